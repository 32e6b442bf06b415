//! The database as plain SQL finds it: nothing here goes through the store.

use std::collections::BTreeMap;

use corral::domain::id::WriteId;
use corral::store::change::{Change, Commit, Write};

use crate::error::Failed;

/// Sums of a user's metrics over all days.
pub type Figures = BTreeMap<(i64, String), i64>;

/// Who answers plain SQL: cells as text, empty where there is no value.
pub trait Rows {
    /// The rows of a query.
    fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, Failed>;
}

/// Where the journal ends, and what the figures are there.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    /// The newest row.
    pub newest: i64,
    /// The instant of the newest change.
    pub instant: i64,
    /// Every user's metrics.
    pub figures: Figures,
}

/// What was written since a mark.
#[derive(Debug, Default)]
pub struct Book {
    journal: BTreeMap<i64, Vec<Entry>>,
    touches: BTreeMap<i64, Vec<Touch>>,
    /// How many touches a task has that count.
    touched: BTreeMap<i64, usize>,
    /// How often a task is there.
    tasks: BTreeMap<i64, usize>,
    figures: Figures,
}

/// A row of the journal.
#[derive(Debug)]
struct Entry {
    revision: i64,
    at: i64,
    by: i64,
    kind: String,
    payload: String,
    effects: String,
}

/// A touch.
#[derive(Debug, PartialEq, Eq)]
struct Touch {
    user: i64,
    customer: i64,
    at: i64,
    task: Option<i64>,
}

/// A row's cells, taken one after the other.
struct Cells(std::vec::IntoIter<String>);

impl Cells {
    fn text(&mut self) -> String {
        self.0.next().unwrap_or_default()
    }

    fn number(&mut self) -> Result<i64, Failed> {
        let text = self.text();
        text.parse().map_err(|_| Failed::Part(format!("'{text}' is no number")))
    }

    fn perhaps(&mut self) -> Result<Option<i64>, Failed> {
        match self.text() {
            text if text.is_empty() => Ok(None),
            text => text.parse().map(Some).map_err(|_| Failed::Part(format!("'{text}' is no number"))),
        }
    }
}

fn cells(rows: &dyn Rows, sql: &str) -> Result<impl Iterator<Item = Cells> + use<>, Failed> {
    Ok(rows.rows(sql)?.into_iter().map(|row| Cells(row.into_iter())))
}

impl Mark {
    /// Where things stand now.
    pub fn set(rows: &dyn Rows) -> Result<Self, Failed> {
        let mut mark = Self { figures: figures(rows)?, ..Self::default() };
        for mut row in cells(rows, "SELECT rev, at FROM journal ORDER BY rev DESC LIMIT 1")? {
            (mark.newest, mark.instant) = (row.number()?, row.number()?);
        }
        Ok(mark)
    }
}

fn figures(rows: &dyn Rows) -> Result<Figures, Failed> {
    let sql = "SELECT user_id, metric, sum(value) FROM metric_day GROUP BY user_id, metric";
    cells(rows, sql)?.map(|mut row| Ok(((row.number()?, row.text()), row.number()?))).collect()
}

impl Book {
    /// Reads what was written since a mark.
    pub fn since(mark: &Mark, rows: &dyn Rows) -> Result<Self, Failed> {
        let mut book = Self { figures: figures(rows)?, ..Self::default() };
        let sql = format!(
            "SELECT write_id, rev, at, by_user, kind, payload, effects FROM journal WHERE rev > {}",
            mark.newest
        );
        for mut row in cells(rows, &sql)? {
            let id = row.number()?;
            let (revision, at, by) = (row.number()?, row.number()?, row.number()?);
            let (kind, payload, effects) = (row.text(), row.text(), row.text());
            book.journal.entry(id).or_default().push(Entry { revision, at, by, kind, payload, effects });
        }
        let sql = "SELECT id, user_id, customer_id, at, task_id, void_at FROM touch";
        for mut row in cells(rows, sql)? {
            let id = row.number()?;
            let (user, customer, at) = (row.number()?, row.number()?, row.number()?);
            let (task, is_void) = (row.perhaps()?, row.perhaps()?.is_some());
            if let Some(task) = task.filter(|_| !is_void) {
                *book.touched.entry(task).or_default() += 1;
            }
            book.touches.entry(id).or_default().push(Touch { user, customer, at, task });
        }
        for mut row in cells(rows, "SELECT id FROM task")? {
            *book.tasks.entry(row.number()?).or_default() += 1;
        }
        Ok(book)
    }

    /// Where a change stands in the journal.
    pub fn revision(&self, id: WriteId) -> Option<i64> {
        self.journal.get(&id.0)?.first().map(|entry| entry.revision)
    }

    /// Whether an acknowledged change is there once, as it was sent and as it was answered.
    pub fn is_there_once(&self, write: &Write, commit: &Commit, differences: &mut Vec<String>) {
        let found = self.journal.get(&write.id.0).map(Vec::as_slice).unwrap_or_default();
        let [entry] = found else {
            differences.push(format!("change {} stands in the journal {} times", write.id, found.len()));
            return;
        };
        let same = serde_json::from_str::<Change>(&entry.payload).is_ok_and(|change| change == write.change)
            && (entry.revision, entry.at, entry.by) == (commit.revision, write.at.0, write.by.0)
            && serde_json::to_string(&commit.effects).is_ok_and(|told| told == entry.effects);
        if !same {
            differences.push(format!("change {} is not in the journal as it was acknowledged", write.id));
        }
        if let Some(touch) = commit.effects.touch {
            self.touch_is_right(write, (touch.0, commit), differences);
        }
        for task in &commit.effects.made {
            once(("task", task.id.0), self.tasks.get(&task.id.0).copied(), differences);
        }
    }

    fn touch_is_right(&self, write: &Write, (touch, commit): (i64, &Commit), differences: &mut Vec<String>) {
        let found = self.touches.get(&touch).map(Vec::as_slice).unwrap_or_default();
        let task = commit.effects.task.map(|task| task.0);
        let customer = commit.effects.customer.map_or(0, |customer| customer.0);
        let expected = (write.by.0, customer, write.at.0, task);
        let seen: Vec<_> =
            found.iter().map(|touch| (touch.user, touch.customer, touch.at, touch.task)).collect();
        if seen != [expected] {
            differences.push(format!("touch {touch} of change {} is {found:?}", write.id));
        }
        if let Some(task) = task {
            once(("touch of task", task), self.touched.get(&task).copied(), differences);
        }
    }

    /// Whether the journal has nothing new but these changes.
    pub fn nothing_else(&self, made: &BTreeMap<WriteId, Commit>, differences: &mut Vec<String>) {
        let mut count = 0;
        for (id, entries) in &self.journal {
            count += entries.len();
            if !made.contains_key(&WriteId(*id)) {
                let kind = entries.first().map_or("", |entry| &entry.kind);
                differences.push(format!("change {id} ({kind}) is in the journal but nobody was told"));
            }
        }
        if count != made.len() {
            differences.push(format!("the journal has {count} new rows for {} changes", made.len()));
        }
    }

    /// Whether every user's figures grew since a mark by what the acknowledged changes said, and by nothing else.
    pub fn sums(
        &self,
        mark: &Mark,
        tried: &BTreeMap<WriteId, Write>,
        made: &BTreeMap<WriteId, Commit>,
        differences: &mut Vec<String>,
    ) {
        let mut expected = mark.figures.clone();
        for (id, commit) in made {
            let Some(write) = tried.get(id) else { continue };
            for (metric, value) in &commit.effects.metrics {
                *expected.entry((write.by.0, metric.as_str().to_owned())).or_default() += value;
            }
        }
        for (whose, value) in &expected {
            let found = self.figures.get(whose).copied().unwrap_or(0);
            if found != *value {
                differences
                    .push(format!("{} of user {} is {found}, the changes say {value}", whose.1, whose.0));
            }
        }
        for whose in self.figures.keys().filter(|whose| !expected.contains_key(whose)) {
            differences.push(format!("{} of user {} came from nowhere", whose.1, whose.0));
        }
    }
}

fn once((what, id): (&str, i64), times: Option<usize>, differences: &mut Vec<String>) {
    let times = times.unwrap_or(0);
    if times != 1 {
        differences.push(format!("{what} {id} is there {times} times"));
    }
}
