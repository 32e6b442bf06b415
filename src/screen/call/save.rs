//! From an outcome key to the write: what must be asked is asked, everything else goes out at once.

use crate::app::speak::named;
use crate::app::{Context, Cx, Effect, Session};
use crate::dialog::confirm::Confirm;
use crate::dialog::facts::Facts;
use crate::dialog::order::Order;
use crate::dialog::stage::missing;
use crate::dialog::when::When;
use crate::domain::code::FieldCode;
use crate::domain::lists::OutcomeFlag;
use crate::domain::time::{HOUR_MS, Timestamp};
use crate::playbook::model::Outcome;
use crate::screen::call::target;
use crate::screen::call::{Call, Over, REMEMBERED, Unsaved};
use crate::store::change::deal::NewOrder;
use crate::store::change::work::LogTouch;
use crate::store::change::{Change, DealChange, WorkChange};
use crate::text::Text;

/// A call longer than this was not one: somebody left the cockpit open.
const LONGEST_CALL_MS: i64 = 4 * HOUR_MS;

/// An outcome on its way: what is still to be asked.
#[derive(Debug, Clone)]
pub struct Saving {
    outcome: Outcome,
    touch: LogTouch,
    order: Option<NewOrder>,
    asked: Vec<Asked>,
}

/// A question of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whether it is meant: it cannot be undone.
    Sure,
    /// When the node takes place.
    Node,
    /// When to call again.
    Next,
    /// Facts.
    Facts,
    /// The order.
    Order,
}

impl Call {
    /// The outcome a key names, where the call was started: a doubled key never saves on the next record.
    pub(super) fn outcome(&mut self, key: char, cx: &mut Cx<'_>) -> bool {
        let lane = target::lane(self.row());
        let Some(outcome) = cx.session.playbook().and_then(|p| p.outcome_at(lane, key)).cloned() else {
            return false;
        };
        if self.started.is_none() {
            let words = cx.session.keyed(Context::Call, Text("call.start_first"), &[]);
            cx.say(crate::app::Notice::refused(words));
            return true;
        }
        let touch = self.touch(cx.session, &outcome);
        self.saving = Some(Saving { outcome, touch, order: None, asked: Vec::new() });
        self.proceed(cx);
        true
    }

    fn touch(&self, session: &Session, outcome: &Outcome) -> LogTouch {
        let row = self.row();
        let person = self.card.as_deref().and_then(|card| target::person(session, row, card)).map(|p| p.id);
        let spoke = outcome.flags.contains(&OutcomeFlag::Connected);
        let lasted = self.started.map(|since| session.now.since(since).clamp(0, LONGEST_CALL_MS) / 1_000);
        let reached = self.reached.zip(target::script(session, row, self.card.as_deref()));
        LogTouch {
            task: row.map(|row| row.id),
            customer: Some(self.customer),
            person: row.and_then(|row| row.person.as_ref()).map(|(id, _, _)| *id).or(person),
            deal: row.and_then(|row| row.deal.as_ref()).map(|(id, _, _)| *id),
            channel: Some(target::channel(row)),
            outcome: outcome.code.clone(),
            seconds: lasted.filter(|_| spoke).and_then(|seconds| u32::try_from(seconds).ok()),
            note: self.note.text().trim().to_owned(),
            script: reached.map(|(line, script)| (script.code.clone(), line)),
            questions: self.questions.clone(),
            ..LogTouch::default()
        }
    }

    /// Asks the next thing the outcome needs, or saves.
    pub(super) fn proceed(&mut self, cx: &mut Cx<'_>) {
        let Some(saving) = &self.saving else { return };
        for (wanted, question) in saving.questions() {
            if wanted && !saving.asked.contains(&question) {
                if let Some(over) = self.question(question, cx.session) {
                    self.over = Some(over);
                    return;
                }
                if let Some(saving) = &mut self.saving {
                    saving.asked.push(question);
                }
                return self.proceed(cx);
            }
        }
        self.save(cx);
    }

    fn question(&self, question: Asked, session: &Session) -> Option<Over> {
        let saving = self.saving.as_ref()?;
        let name = self.name();
        let title = named(session, &saving.outcome.name);
        Some(match question {
            Asked::Sure => {
                let words = session.words.fill(Text("call.final"), &[("what", &title), ("name", &name)]);
                Over::Sure(Confirm::new(words))
            }
            Asked::Node => {
                Over::Node(When::node(session, Text("dialog.node_when"), format!("{name} · {title}")))
            }
            Asked::Next => {
                Over::Next(When::call(session, Text("dialog.call_when"), format!("{name} · {title}")))
            }
            Asked::Facts => {
                let facts = Facts::new(session, format!("{title} · {name}"), &self.unknown(session, saving));
                if facts.is_empty() {
                    return None;
                }
                Over::Facts(facts)
            }
            Asked::Order => {
                let card = self.card.as_deref()?;
                let deal = target::deal(self.row(), card)?;
                Over::Order(Box::new(Order::new(session, card, deal, saving.touch.set.clone())?))
            }
        })
    }

    /// Facts the outcome needs that nobody recorded; the time of a booked node was asked already.
    fn unknown(&self, session: &Session, saving: &Saving) -> Vec<FieldCode> {
        let Some(card) = self.card.as_deref() else { return Vec::new() };
        let node = saving.outcome.node.as_ref().and_then(|code| session.playbook()?.node(code));
        let booked = saving.outcome.flags.contains(&OutcomeFlag::NodeBooked);
        let of_node = node.and_then(|node| node.field.clone()).filter(|_| booked);
        let needs: Vec<FieldCode> =
            saving.outcome.needs.iter().filter(|code| Some(*code) != of_node.as_ref()).cloned().collect();
        match target::deal(self.row(), card) {
            Some(deal) => missing(card, deal, &needs),
            None => needs,
        }
    }

    /// Takes an answer in and goes on.
    pub(super) fn answered_question(&mut self, answer: Given, cx: &mut Cx<'_>) {
        self.over = None;
        if let Some(saving) = &mut self.saving {
            let question = match answer {
                Given::Sure => Asked::Sure,
                Given::Node(at) => {
                    saving.touch.node_at = Some(at);
                    Asked::Node
                }
                Given::Next(at) => {
                    saving.touch.next_at = Some(at);
                    Asked::Next
                }
                Given::Facts(set) => {
                    saving.touch.set.extend(set);
                    Asked::Facts
                }
                Given::Order(order) => {
                    saving.order = Some(order);
                    Asked::Order
                }
            };
            saving.asked.push(question);
        }
        self.proceed(cx);
    }

    /// Writes and opens the next record in the same update.
    fn save(&mut self, cx: &mut Cx<'_>) {
        let Some(saving) = self.saving.take() else { return };
        let note = saving.touch.note.clone();
        let id = cx.write(Change::Work(WorkChange::Log(Box::new(saving.touch))));
        if let Some(order) = saving.order {
            cx.write(Change::Deal(DealChange::Win(Box::new(order))));
        }
        self.leave(id, note, cx);
    }

    /// Takes the record out of the queue and opens the next one, waiting for Enter.
    pub(super) fn leave(&mut self, write: crate::domain::id::WriteId, note: String, cx: &mut Cx<'_>) {
        cx.effect(Effect::SaveDraft(self.draft_key(), String::new()));
        match self.at.filter(|at| *at < self.queue.len()) {
            Some(at) => {
                let row = self.queue.remove(at);
                if self.left.len() >= REMEMBERED {
                    self.left.remove(0);
                }
                self.left.push((write, Unsaved { row: row.clone(), note: note.clone() }));
                self.pending.insert(write, Unsaved { row, note });
                let next = if at < self.queue.len() { at } else { 0 };
                match self.queue.get(next).cloned() {
                    Some(row) => self.open(&row, Some(next), cx),
                    None => cx.pop(),
                }
            }
            None => cx.pop(),
        }
    }
}

/// An answer to a question of an outcome.
#[derive(Debug, Clone)]
pub enum Given {
    /// It is meant.
    Sure,
    /// The node's time.
    Node(Timestamp),
    /// The time of the next call.
    Next(Timestamp),
    /// Facts.
    Facts(Vec<(FieldCode, String)>),
    /// The order.
    Order(NewOrder),
}

impl Saving {
    /// What the outcome asks, in order.
    fn questions(&self) -> [(bool, Asked); 5] {
        let has = |flag| self.outcome.flags.contains(&flag);
        [
            (has(OutcomeFlag::Dnc), Asked::Sure),
            (has(OutcomeFlag::NodeBooked), Asked::Node),
            (has(OutcomeFlag::Callback), Asked::Next),
            (!self.outcome.needs.is_empty(), Asked::Facts),
            (has(OutcomeFlag::Sale), Asked::Order),
        ]
    }
}
