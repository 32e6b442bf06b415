//! What all writers told, put together and compared with what is there.

use std::collections::{BTreeMap, BTreeSet};

use corral::domain::id::WriteId;
use corral::store::change::{Commit, Write};

use crate::book::{Book, Mark};
use crate::line::Line;

/// What became of every change.
#[derive(Debug, Default)]
pub struct Told {
    /// What was sent.
    pub tried: BTreeMap<WriteId, Write>,
    /// What was acknowledged.
    pub made: BTreeMap<WriteId, Commit>,
    /// What a rule refused.
    pub refused: BTreeSet<i64>,
}

impl Told {
    /// Puts lines together; what went wrong, or was acknowledged twice, is a difference.
    pub fn of(lines: Vec<Line>, differences: &mut Vec<String>) -> Self {
        let mut told = Self::default();
        for line in lines {
            match line {
                Line::Try(write) => drop(told.tried.insert(write.id, *write)),
                Line::Made(commit) => {
                    if told.made.insert(commit.write, *commit).is_some() {
                        differences.push("a change was acknowledged twice".to_owned());
                    }
                }
                Line::Refused(id) => drop(told.refused.insert(id)),
                Line::Failed(error) => differences.push(format!("a writer was told: {error}")),
            }
        }
        told
    }

    /// What was sent and not answered.
    pub fn under_way(&self) -> impl Iterator<Item = &Write> {
        self.tried
            .values()
            .filter(|write| !self.made.contains_key(&write.id) && !self.refused.contains(&write.id.0))
    }

    /// Whether what is there is what was acknowledged: each change once, as it was sent, with its touch, its tasks and its figures,
    /// and nothing else.
    pub fn compare(&self, book: &Book, mark: &Mark, differences: &mut Vec<String>) {
        for (id, commit) in &self.made {
            match self.tried.get(id) {
                Some(write) => book.is_there_once(write, commit, differences),
                None => differences.push(format!("change {id} was acknowledged but never sent")),
            }
        }
        for id in &self.refused {
            if book.revision(WriteId(*id)).is_some() {
                differences.push(format!("change {id} was refused but is in the journal"));
            }
        }
        book.nothing_else(&self.made, differences);
        book.sums(mark, &self.tried, &self.made, differences);
    }
}
