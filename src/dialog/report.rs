//! The three lines of a report, what is said to one, and what a quarter taught.

use crate::app::Session;
use crate::app::speak::time::typed;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::id::{CustomerId, TeamId};
use crate::domain::report::Lines;
use crate::domain::time::{Day, Timestamp};
use crate::store::change::report::{CommentTask, ReportOf};
use crate::store::change::{Change, ReportChange};
use crate::store::query::Card;
use crate::text::Text;

/// Hands a report in.
#[derive(Debug, Clone, Copy)]
pub struct HandIn {
    of: ReportOf,
}

impl HandIn {
    /// This one.
    pub const fn new(of: ReportOf) -> Self {
        Self { of }
    }

    /// Three lines, each of which may stay empty.
    pub fn form(session: &Session, title: &str, lines: &Lines) -> Form {
        let words = &session.words;
        Form::new(
            title,
            words.say(Text("report.hint")),
            vec![
                Field::typed(words.say(Text("report.why")), &lines.why),
                Field::typed(words.say(Text("report.best")), &lines.best),
                Field::typed(words.say(Text("report.help")), &lines.help),
            ],
        )
    }
}

impl Entry for HandIn {
    fn change(&self, form: &Form, _: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let lines = Lines { why: form.value(0), best: form.value(1), help: form.value(2) };
        Ok(Change::Report(ReportChange::HandIn { of: self.of, lines }))
    }
}

/// Says something to a report.
#[derive(Debug, Clone, Copy)]
pub struct Comment {
    of: ReportOf,
}

impl Comment {
    /// To this one.
    pub const fn new(of: ReportOf) -> Self {
        Self { of }
    }

    /// What is said, and a task that comes of it.
    pub fn form(session: &Session, title: &str, customer: Option<CustomerId>) -> Form {
        let words = &session.words;
        let task = customer.map(|id| format!("{id} ")).unwrap_or_default();
        Form::new(
            title,
            words.say(Text("report.task_hint")),
            vec![
                Field::typed(words.say(Text("report.words")), ""),
                Field::typed(words.say(Text("report.task")), &task),
                Field::typed(words.say(Text("report.task_words")), ""),
            ],
        )
    }
}

impl Entry for Comment {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let (said, task) = (form.value(0), form.value(1));
        let tasks = match task.trim() {
            "" => Vec::new(),
            // the customer that was proposed, left as it is, is no task
            text if !text.contains(' ') => Vec::new(),
            text => {
                let bad = || Wrong::new(1, session.words.fill(Text("report.bad_task"), &[("text", &text)]));
                let (customer, due_at) = task_of(session, text).ok_or_else(bad)?;
                vec![CommentTask { customer, due_at, words: form.value(2) }]
            }
        };
        Ok(Change::Report(ReportChange::Comment { of: self.of, words: said, tasks }))
    }
}

/// Notes what a quarter of a team taught (S004-28).
#[derive(Debug, Clone, Copy)]
pub struct NoteHealth {
    team: TeamId,
    quarter: Day,
}

impl NoteHealth {
    /// Of this team, of the quarter with this day.
    pub const fn new(team: TeamId, quarter: Day) -> Self {
        Self { team, quarter }
    }

    /// What is said.
    pub fn form(session: &Session, title: &str) -> Form {
        let words = &session.words;
        Form::new(
            title,
            words.say(Text("health.note_hint")),
            vec![Field::typed(words.say(Text("health.note")), "")],
        )
    }
}

impl Entry for NoteHealth {
    fn change(&self, form: &Form, _: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let (team, quarter) = (self.team, self.quarter);
        Ok(Change::Report(ReportChange::NoteHealth { team, quarter, words: form.value(0) }))
    }
}

/// `123 tomorrow 10:00`.
fn task_of(session: &Session, text: &str) -> Option<(CustomerId, Timestamp)> {
    let (customer, at) = text.split_once(' ')?;
    Some((customer.parse().ok()?, typed(at.trim(), session.now, session.zone())?))
}
