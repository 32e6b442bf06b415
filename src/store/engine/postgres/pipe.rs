//! What is on its way: statements nobody waits for yet travel with the next one, and questions asked ahead travel together.
//!
//! A round trip costs more than a statement. So the beginning of a transaction, its rows and its end are kept until an answer is
//! needed, and then sent as one; the server works through them in order, and after a failure does none of the rest.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::join_all;
use futures_util::{StreamExt as _, pin_mut};
use tokio_postgres::{Client, Error, Row, Statement};

use crate::store::engine::postgres::cells::Cell;

/// Something to be sent.
#[derive(Debug, Clone)]
pub enum Step {
    /// Words without values: beginnings and ends.
    Words(String),
    /// A statement of the catalogue.
    Ask(Arc<str>, Vec<Cell>),
    /// A statement of this one time: what it answers is known once it is done.
    Once(String, Vec<Cell>),
}

/// What came of a step.
#[derive(Debug, Default)]
pub struct Done {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many rows were changed, or are here.
    pub count: u64,
}

/// Statements that were prepared, by their text and by where they have no value. What is asked for the first time is not prepared
/// but asked at once: many a program asks most things once, and would wait twice.
#[derive(Debug, Default)]
pub struct Kept {
    prepared: HashMap<Arc<str>, Vec<(Vec<bool>, Statement)>>,
    once: HashSet<Arc<str>>,
}

/// A step's failure: which one, and why.
pub type Failed = (usize, Error);

impl Kept {
    fn find(&self, text: &str, values: &[Cell]) -> Option<Statement> {
        let ways = self.prepared.get(text)?;
        ways.iter().find(|(blank, _)| is_blank(blank, values)).map(|(_, statement)| statement.clone())
    }

    /// Prepares what is needed again and not there yet, all of it in one round trip.
    async fn prepare(&mut self, client: &Client, steps: &[Step]) -> Result<(), Failed> {
        let mut missing: Vec<(usize, Arc<str>, &[Cell])> = Vec::new();
        for (place, step) in steps.iter().enumerate() {
            if let Step::Ask(text, values) = step
                && (self.once.contains(text) || !self.once.insert(text.clone()))
                && self.find(text, values).is_none()
                && !missing.iter().any(|(_, other, given)| other == text && is_blank(&blank(given), values))
            {
                missing.push((place, text.clone(), values));
            }
        }
        let prepared = join_all(missing.iter().map(|(_, text, values)| async move {
            let kinds: Vec<_> = values.iter().map(Cell::kind).collect();
            client.prepare_typed(text, &kinds).await
        }));
        for (prepared, (place, text, values)) in prepared.await.into_iter().zip(missing) {
            let statement = prepared.map_err(|error| (place, error))?;
            self.prepared.entry(text).or_default().push((blank(values), statement));
        }
        Ok(())
    }
}

fn blank(values: &[Cell]) -> Vec<bool> {
    values.iter().map(|value| *value == Cell::Null).collect()
}

fn is_blank(blank: &[bool], values: &[Cell]) -> bool {
    blank.len() == values.len()
        && blank.iter().zip(values).all(|(blank, value)| *blank == (*value == Cell::Null))
}

/// Sends steps as one and waits for all of them; answers what came of each.
///
/// # Errors
/// The first one that failed: the others behind it were not done.
pub async fn send(client: &Client, kept: Option<&mut Kept>, steps: &[Step]) -> Result<Vec<Done>, Failed> {
    let statements: Vec<Option<Statement>> = match kept {
        Some(kept) => {
            kept.prepare(client, steps).await?;
            let found = |step: &Step| match step {
                Step::Ask(text, values) => kept.find(text, values),
                Step::Words(_) | Step::Once(..) => None,
            };
            steps.iter().map(found).collect()
        }
        None => steps.iter().map(|_| None).collect(),
    };
    // each sends when it is first looked at, which is in this order
    let sent = steps.iter().zip(statements).map(|(step, statement)| async move {
        match (step, statement) {
            (Step::Words(words), _) => client.batch_execute(words).await.map(|()| Done::default()),
            (Step::Ask(_, values), Some(statement)) => {
                collect(client.query_raw(&statement, values).await?).await
            }
            (Step::Ask(text, values), None) => at_once(client, text, values).await,
            (Step::Once(text, values), _) => at_once(client, text, values).await,
        }
    });
    let mut done = Vec::with_capacity(steps.len());
    for (place, came) in join_all(sent).await.into_iter().enumerate() {
        done.push(came.map_err(|error| (place, error))?);
    }
    Ok(done)
}

async fn at_once(client: &Client, text: &str, values: &[Cell]) -> Result<Done, Error> {
    let typed = values.iter().map(|value| (value, value.kind()));
    collect(client.query_typed_raw(text, typed).await?).await
}

async fn collect(stream: tokio_postgres::RowStream) -> Result<Done, Error> {
    pin_mut!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.next().await {
        rows.push(row?);
    }
    let count = stream.rows_affected().unwrap_or_default();
    Ok(Done { rows, count })
}
