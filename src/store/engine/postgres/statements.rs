//! Statements: sent at once, kept until an answer is needed, asked ahead, streamed.

use std::collections::HashSet;
use std::sync::Arc;

use super::ahead::Asked;
use super::cells::{Arrived, Cell};
use super::pipe::Step;
use super::{LONG, Open, PATIENCE, Postgres};
use crate::store::engine::{Question, Statements};
use crate::store::error::StoreError;
use crate::store::migrate::layout::Table;
use crate::store::value::{Row, Value};

/// Statements that travel together at most: while they are made the server hears nothing of this program.
const TOGETHER: usize = 100;
/// Rows of a large answer that are handed over at once.
const PART: usize = 1_000;

impl Postgres {
    /// Keeps a statement that writes until it travels with the next one; `sent` is how it is sent.
    pub(super) fn put_as(&self, sql: &str, sent: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        if let Some(error) = &*self.broken.borrow() {
            return Err(error.clone());
        }
        self.writes(sql);
        let step = Step::Ask(self.text(sent), Cell::all(values));
        let many = {
            let mut waiting = self.waiting.borrow_mut();
            waiting.push(step);
            waiting.len() >= TOGETHER
        };
        if many { self.flush(Vec::new(), PATIENCE, "making a change").map(drop) } else { Ok(()) }
    }

    /// The text of a statement, to be kept.
    pub(super) fn text(&self, sql: &str) -> Arc<str> {
        let mut texts = self.texts.borrow_mut();
        if let Some(known) = texts.get(sql) {
            return known.clone();
        }
        let text: Arc<str> = sql.into();
        texts.insert(text.clone());
        text
    }

    pub(super) fn at_hand(&self, text: &Arc<str>, cells: &[Cell]) -> Option<Arc<Vec<tokio_postgres::Row>>> {
        let ahead = self.ahead.borrow();
        if ahead.is_empty() { None } else { ahead.find(text, cells) }
    }

    /// Whether this is a question of a round of reading, which is noted and answered by the next.
    fn is_noted(&self, text: &Arc<str>, cells: &[Cell]) -> bool {
        let mut round = self.round.borrow_mut();
        let Some(noted) = round.as_mut() else { return false };
        noted.push((text.clone(), cells.to_vec()));
        true
    }

    /// Whether a question is done with for now: its rows were at hand and were handed over, or it is noted for the next round.
    fn needs_no_trip(
        &self,
        text: &Arc<str>,
        cells: &[Cell],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        match self.at_hand(text, cells) {
            Some(rows) => hand(&rows, each).map(|()| true),
            None => Ok(self.is_noted(text, cells)),
        }
    }

    /// Asks questions at once and keeps the answers at hand.
    fn ask_together(&self, mut asked: Vec<Asked>) -> Result<(), StoreError> {
        let mut seen = HashSet::with_capacity(asked.len());
        asked.retain(|question| seen.insert(question.clone()));
        let steps = asked.iter().map(|(text, cells)| Step::Ask(text.clone(), cells.clone())).collect();
        let done = self.flush(steps, self.patience(), "asking the database")?;
        let mut ahead = self.ahead.borrow_mut();
        for ((text, cells), done) in asked.into_iter().zip(done) {
            ahead.keep(text, cells, done.rows);
        }
        Ok(())
    }

    pub(super) fn writes(&self, sql: &str) {
        self.wrote.set(true);
        self.ahead.borrow_mut().written(sql);
    }
}

fn hand(
    rows: &[tokio_postgres::Row],
    each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    rows.iter().try_for_each(|row| each(&Arrived(row)))
}

impl Statements for Postgres {
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.writes(sql);
        let done = self.ask(&self.text(sql), Cell::all(values))?;
        Ok(usize::try_from(done.count).unwrap_or(usize::MAX))
    }

    fn put(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        if self.open.get() == Open::Not {
            return self.run(sql, values).map(drop);
        }
        self.put_as(sql, sql, values)
    }

    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (text, cells) = (self.text(sql), Cell::all(values));
        if self.needs_no_trip(&text, &cells, each)? {
            return Ok(());
        }
        if !sql.starts_with("SELECT") {
            self.writes(sql);
        }
        let done = self.ask(&text, cells)?;
        hand(&done.rows, each)
    }

    fn stream(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (text, cells) = (self.text(sql), Cell::all(values));
        if self.needs_no_trip(&text, &cells, each)? {
            return Ok(());
        }
        if self.open.get() == Open::Not {
            return self.each(sql, values, each);
        }
        // a place of its own on the server: others may ask in between, also for large answers
        let name = format!("part_{}", self.parts.replace(self.parts.get() + 1));
        let next = Step::Once(format!("FETCH {PART} FROM {name}"), Vec::new());
        let mut steps =
            vec![Step::Once(format!("DECLARE {name} NO SCROLL CURSOR FOR {sql}"), cells), next.clone()];
        loop {
            let mut done = self.flush(std::mem::take(&mut steps), LONG, "asking the database")?;
            let rows = done.pop().unwrap_or_default().rows;
            if rows.len() < PART {
                self.waiting.borrow_mut().push(Step::Words(format!("CLOSE {name}")));
                return hand(&rows, each);
            }
            hand(&rows, each)?;
            steps.push(next.clone());
        }
    }

    fn at_hand(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        match Self::at_hand(self, &self.text(sql), &Cell::all(values)) {
            Some(rows) => hand(&rows, each).map(|()| true),
            None => Ok(false),
        }
    }

    fn likely(&self, sql: &str, values: &[Value<'_>], rows: usize) -> Result<usize, StoreError> {
        if self.careful.get() || self.open.get() == Open::Not {
            return self.run(sql, values);
        }
        // what was taken for granted is checked by the server: where it was not so, nothing behind it is done, not even the end
        let checked = format!(
            "WITH changed AS ({sql} RETURNING 1) \
             SELECT 1 / (CASE WHEN count(*) = {rows} THEN 1 ELSE 0 END) FROM changed"
        );
        self.put_as(sql, &checked, values).map(|()| rows)
    }

    fn fill(&self, table: &Table, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.pour(table, values)
    }

    fn ahead(&self, questions: &[Question<'_>]) -> Result<(), StoreError> {
        if self.open.get() == Open::Not {
            return Ok(());
        }
        let mut asked: Vec<(Arc<str>, Vec<Cell>)> =
            questions.iter().map(|(sql, values)| (self.text(sql), Cell::all(values))).collect();
        asked.retain(|(text, cells)| Self::at_hand(self, text, cells).is_none());
        if asked.is_empty() {
            return Ok(());
        }
        self.ask_together(asked)
    }

    fn begin_round(&self) -> bool {
        self.round.replace(Some(Vec::new()));
        true
    }

    fn unanswered(&self) -> usize {
        self.round.borrow().as_ref().map_or(0, Vec::len)
    }

    fn end_round(&self) -> Result<bool, StoreError> {
        let asked = self.round.take().unwrap_or_default();
        if asked.is_empty() {
            return Ok(false);
        }
        self.ask_together(asked).map(|()| true)
    }
}
