//! A task made by hand: pen, time, why.

use crate::app::Session;
use crate::app::speak::time;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::clean::clean;
use crate::domain::id::CustomerId;
use crate::domain::lists::Lane;
use crate::store::change::{Change, WorkChange};
use crate::store::query::Card;
use crate::text::Text;

/// Makes a task.
#[derive(Debug, Clone, Copy)]
pub struct NewTask {
    customer: CustomerId,
}

impl NewTask {
    /// For a customer.
    pub const fn new(customer: CustomerId) -> Self {
        Self { customer }
    }

    /// Pen, time, words. A task that sends a material or a coupon needs one named, so only pens without are offered.
    pub fn form(session: &Session, about: &str) -> Form {
        let words = &session.words;
        let lanes = [Lane::Call, Lane::Care, Lane::Node];
        let lanes = lanes
            .iter()
            .filter(|lane| session.playbook().is_none_or(|p| p.outcomes_for(**lane).next().is_some()))
            .map(|lane| (lane.as_str().to_owned(), words.name("lane", lane.as_str()).to_owned()))
            .collect();
        Form::new(
            words.say(Text("action.add_task")),
            about,
            vec![
                Field::chosen(words.say(Text("form.lane")), lanes, Lane::Call.as_str()),
                Field::typed(words.say(Text("column.due")), "").hint(words.say(Text("form.time_hint"))),
                Field::typed(words.say(Text("column.why")), ""),
            ],
        )
    }
}

impl Entry for NewTask {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let words = &session.words;
        let lane = Lane::parse(&form.value(0))
            .ok_or_else(|| Wrong::new(0, words.say(Text("form.choose")).to_owned()))?;
        let due_at = time::typed(&form.value(1), session.now, session.zone())
            .filter(|at| *at > session.now)
            .ok_or_else(|| Wrong::new(1, words.say(Text("when.unclear")).to_owned()))?;
        let words = clean(&form.value(2)).into_owned();
        Ok(Change::Work(WorkChange::AddTask { customer: self.customer, lane, due_at, words }))
    }
}
