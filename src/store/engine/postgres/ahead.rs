//! Answers to questions that were asked ahead, kept until something is written to a table they read.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_postgres::Row;

use crate::store::engine::postgres::cells::Cell;

/// Answers at hand, by the statement and its values.
#[derive(Debug, Default)]
pub struct Ahead(HashMap<Arc<str>, Answers>);

/// The answers to one statement, by its values.
type Answers = HashMap<Vec<Cell>, Arc<Vec<Row>>>;

/// A question: a statement and its values.
pub type Asked = (Arc<str>, Vec<Cell>);

impl Ahead {
    /// Keeps an answer.
    pub fn keep(&mut self, text: Arc<str>, values: Vec<Cell>, rows: Vec<Row>) {
        self.0.entry(text).or_default().insert(values, Arc::new(rows));
    }

    /// The answer to a question, where it was asked ahead with these very values.
    pub fn find(&self, text: &str, values: &[Cell]) -> Option<Arc<Vec<Row>>> {
        self.0.get(text)?.get(values).cloned()
    }

    /// Whether there is no answer at hand.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets the answers that a statement may have made old: those that read the table it writes to.
    pub fn written(&mut self, statement: &str) {
        if self.0.is_empty() {
            return;
        }
        match target(statement) {
            Some(table) => self.0.retain(|text, _| !reads(text, table)),
            None => self.0.clear(),
        }
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// The table a statement writes to; `None` where that cannot be seen at its beginning.
fn target(statement: &str) -> Option<&str> {
    let mut words = statement.split_whitespace();
    match words.next()? {
        "INSERT" | "DELETE" => words.nth(1),
        "UPDATE" => words.next(),
        _ => None,
    }
}

/// Whether a statement names a table.
fn reads(text: &str, table: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_the_table_it_writes_to() {
        assert_eq!(target("INSERT INTO task (id) VALUES ($1)"), Some("task"));
        assert_eq!(target("UPDATE customer SET name = $1"), Some("customer"));
        assert_eq!(target("DELETE FROM person WHERE id = $1"), Some("person"));
        assert_eq!(target("WITH gone AS (DELETE FROM person) SELECT 1"), None);
    }

    #[test]
    fn an_answer_is_old_once_its_table_is_written_to() {
        assert!(reads("SELECT id FROM task t JOIN deal d ON d.id = t.deal_id", "deal"));
        assert!(!reads("SELECT task_id FROM promise", "task"));
    }

    #[test]
    fn answers_go_with_the_table_they_read_and_no_others() {
        let mut ahead = Ahead::default();
        let text = |text: &str| Arc::<str>::from(text);
        ahead.keep(text("SELECT id FROM task"), Vec::new(), Vec::new());
        ahead.keep(text("SELECT id FROM deal"), vec![Cell::Int(1)], Vec::new());
        ahead.written("UPDATE task SET state = 'done'");
        assert!(ahead.find(&text("SELECT id FROM task"), &[]).is_none());
        assert!(ahead.find(&text("SELECT id FROM deal"), &[Cell::Int(1)]).is_some());
        assert!(ahead.find(&text("SELECT id FROM deal"), &[Cell::Int(2)]).is_none());
        ahead.written("WITH a AS (SELECT 1) INSERT INTO deal SELECT 1");
        assert!(ahead.is_empty());
    }
}
