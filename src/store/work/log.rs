//! Saving a touch (S001-08): an outcome alone is a complete record, and everything that follows happens with it.
//!
//! What has happened is recorded whatever the contact rules say; they hold back what has not happened yet.

use std::collections::BTreeMap;

use crate::domain::clean::clean_lines;
use crate::domain::code::{ChannelCode, CouponCode, FieldCode, MaterialCode, PipelineCode};
use crate::domain::id::{CustomerId, DealId, NodeId, PersonId, TouchId};
use crate::domain::lists::{Direction, EventKind, Lane, Metric, OutcomeFlag, TaskState};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::count::Medium;
use crate::playbook::model::Outcome;
use crate::playbook::plan::{Happening, Told};
use crate::store::books::Book;
use crate::store::change::work::LogTouch;
use crate::store::customers::value;
use crate::store::error::StoreError;
use crate::store::foreseen;
use crate::store::known::{self, Basics, Came};
use crate::store::reach::Way;
use crate::store::rights::Action;
use crate::store::tasks;
use crate::store::work::look::{customer, look_up, outcome};
use crate::store::work::record::{Record, record};
use crate::store::work::task::{self, Task};
use crate::store::work::{contact, facts, follow, gap, invalid};
use crate::store::write::Work;
use crate::{sql, values};

/// A touch with everything it names looked up.
pub(super) struct Said<'a> {
    pub(super) touch: &'a LogTouch,
    pub(super) book: &'a Book,
    pub(super) outcome: &'a Outcome,
    pub(super) task: Option<&'a Task>,
    pub(super) customer: CustomerId,
    pub(super) lane: Lane,
    pub(super) channel: ChannelCode,
    pub(super) direction: Direction,
    pub(super) person: Option<PersonId>,
    pub(super) way: Option<Way>,
    pub(super) deal: Option<(DealId, PipelineCode)>,
    pub(super) gone: Gone,
    pub(super) basics: Basics,
}

/// What left the building with a touch.
#[derive(Debug, Clone, Default)]
pub(super) struct Gone {
    pub(super) material: Option<MaterialCode>,
    pub(super) coupon: Option<CouponCode>,
}

impl Said<'_> {
    pub(super) fn has(&self, flag: OutcomeFlag) -> bool {
        self.outcome.flags.contains(&flag)
    }

    /// The time of the node that is booked: named as such, else as the fact that carries it, else as the next time.
    pub(super) fn node_time(&self) -> Option<Timestamp> {
        if !self.has(OutcomeFlag::NodeBooked) {
            return None;
        }
        let kind = self.playbook().node(self.outcome.node.as_ref()?)?;
        let field = kind.field.as_ref().and_then(|code| self.playbook().field(code));
        let as_fact = field.and_then(|field| {
            let (_, typed) = self.touch.set.iter().find(|(code, _)| *code == field.code)?;
            value::checked(self.playbook(), field, typed).ok()?.parse().ok()
        });
        self.touch.node_at.or(as_fact).or(self.touch.next_at)
    }

    pub(super) fn playbook(&self) -> &Playbook {
        &self.book.playbook
    }
}

/// Saves a touch.
pub fn log(work: &mut Work<'_>, touch: &LogTouch) -> Result<(), StoreError> {
    let task = touch.task.map(|id| task::due(work, id, "log a touch")).transpose()?;
    let customer = customer(touch, task.as_ref())?;
    let head = match &task {
        Some(task) => task.head.clone(),
        None => known::head(work.tx, customer)?,
    };
    if task.is_none() {
        work.may_in((customer, head.owner), None, (Action::WorkCustomer, "log a touch"))?;
    }
    work.effects.customer = Some(customer);
    let book = work.book(&head.playbook)?;
    foresee(work, &book, customer)?;
    let outcome = outcome(&book.playbook, touch)?;
    if task.is_some() && outcome.flags.contains(&OutcomeFlag::Pushed) {
        return Err(invalid(
            "use_push",
            "a coupon is given by pushing it, which takes it from the quota; push the task instead",
        ));
    }
    let basics = Basics::of(work.tx, head)?;
    work.foreseen.deals(customer, &basics.deals);
    let mut said = look_up(touch, (&book, outcome), (basics, task.as_ref()))?;
    if said.has(OutcomeFlag::Sent) {
        said.gone.material = task.as_ref().and_then(|task| task.material.clone());
    }
    save(work, said)
}

/// Asks at once what is going to be asked of a customer, where that was not done with the change's first question.
pub(super) fn foresee(work: &mut Work<'_>, book: &Book, customer: CustomerId) -> Result<(), StoreError> {
    let (tx, by, day, at) = (work.tx, work.by.id, work.day, work.at);
    foreseen::ask(tx, customer, Some((book.playbook.metrics.main, by, day)), &[])?;
    work.foreseen.take(tx, &book.playbook, (customer, by), (day, at))
}

/// Writes the touch and what it brings about.
pub(super) fn save(work: &mut Work<'_>, mut said: Said<'_>) -> Result<(), StoreError> {
    let said = &mut said;
    let deal = said.deal.as_ref().map(|(deal, _)| *deal);
    // facts of a deal that this very touch may open wait until it is there
    let (now, later): (Vec<_>, Vec<_>) = said.touch.set.iter().cloned().partition(|(code, _)| {
        deal.is_some() || !crate::store::deals::stage::is_of_deal(said.playbook(), code)
    });
    let on = facts::On { customer: said.customer, person: said.person, deal };
    let mut happened = facts::set(work, said.playbook(), &on, &now)?;
    let mut blocked = Vec::new();
    let wechat = follow::wechat(work, said, &mut blocked)?;
    let mut came = follow::node(work, said, &mut blocked)?;
    happened.append(&mut came.happened);
    let note = clean_lines(&said.touch.note);
    let mut head = said.basics.head.clone();
    let id = record(
        work,
        said.book,
        &Record {
            customer: said.customer,
            person: said.person,
            channel: &said.channel,
            direction: said.direction,
            lane: said.lane,
            seconds: said.touch.seconds.unwrap_or(0),
            outcome: said.outcome,
            note: note.trim(),
            task: said.touch.task,
            deal: said.deal.clone(),
            script: script(said)?,
            material: said.gone.material.as_ref(),
            coupon: said.gone.coupon.as_ref(),
            number: said.way.as_ref().map(|way| way.norm.as_str()),
            wechat_verified: wechat,
            without: came.without.clone(),
        },
        &mut head,
    )?;
    said.basics.head = head;
    hear(work, said);
    questions(work, said, id)?;
    follow::contacts(work, said)?;
    if said.has(OutcomeFlag::Dnc) {
        let stands = (said.customer, said.basics.head.do_not_contact);
        let until = contact::refuse(work, said.playbook(), stands, (None, note.trim()))?;
        said.basics.head.do_not_contact = Some(until);
    }
    happened.extend(happenings(work, said, wechat));
    let told = told(work, said, id);
    follow::plan(
        work,
        said,
        follow::Heard { told, happened, later: later.into_iter().collect() },
        &mut blocked,
    )?;
    work.effects.node = came.id;
    work.effects.task = said.touch.task;
    if !blocked.is_empty() {
        work.effects.blocked = Some(blocked.join(" "));
    }
    if let Some(task) = said.task {
        tasks::end(work, task.id, (task.owner, task.promised), (TaskState::Done, &why(work, task)))?;
    }
    gap::tell(work, said.playbook())
}

/// Adds the touch to what is known of the timeline.
fn hear(work: &mut Work<'_>, said: &Said<'_>) {
    let came = Came {
        channel: &said.channel,
        out: said.direction == Direction::Out,
        connected: said.has(OutcomeFlag::Connected),
        person: said.person,
        material: said.gone.material.as_ref(),
        at: work.at,
    };
    if work.foreseen.heard.as_mut().is_some_and(|heard| !heard.add(said.playbook(), came)) {
        // not the newest: it is read again
        work.foreseen.heard = None;
    }
}

/// Why a task ended: with a response clock the seconds it took to respond (S000-23).
pub(super) fn why(work: &Work<'_>, task: &Task) -> String {
    match task.clock_from {
        Some(from) => format!("touch clock:{}", work.at.since(from).max(0) / 1_000),
        None => "touch".to_owned(),
    }
}

fn script(said: &Said<'_>) -> Result<Option<(crate::domain::code::ScriptCode, usize)>, StoreError> {
    let Some((code, line)) = &said.touch.script else { return Ok(None) };
    if said.playbook().script(code).is_none() {
        return Err(invalid("unknown_script", format!("'{code}' is not a script of the playbook")));
    }
    Ok(Some((code.clone(), *line)))
}

fn questions(work: &mut Work<'_>, said: &Said<'_>, touch: TouchId) -> Result<(), StoreError> {
    for (question, solved) in &said.touch.questions {
        work.tx.put(
            sql!(
                "INSERT INTO question_use (touch_id, question, solved) VALUES ($1, $2, $3) \
                 ON CONFLICT (touch_id, question) DO NOTHING"
            ),
            values![touch, question, *solved],
        )?;
    }
    Ok(())
}

/// What planning is told of the touch beside its outcome.
fn happenings(work: &Work<'_>, said: &Said<'_>, wechat: bool) -> Vec<Happening> {
    let medium = Medium::of(said.playbook(), said.channel.as_str());
    let connected = said.has(OutcomeFlag::Connected);
    let deal = said.deal.as_ref().map(|(deal, _)| *deal);
    let happening = |kind| Happening { kind, name: None, deal, node: None, at: work.at };
    [
        (said.direction == Direction::In).then_some(EventKind::CustomerReplied),
        (medium == Medium::Call && connected).then_some(EventKind::CallConnected),
        (medium == Medium::Meeting && connected).then_some(EventKind::VisitRegistered),
        wechat.then_some(EventKind::WechatAdded),
    ]
    .into_iter()
    .flatten()
    .map(happening)
    .collect()
}

fn told(work: &Work<'_>, said: &Said<'_>, touch: TouchId) -> Told {
    Told {
        touch,
        task: said.touch.task,
        lane: said.lane,
        channel: said.channel.clone(),
        outcome: said.outcome.code.clone(),
        deal: said.deal.as_ref().map(|(deal, _)| *deal),
        next_at: said.touch.next_at.filter(|next| said.node_time() != Some(*next)),
        words: clean_lines(&said.touch.words).trim().to_owned(),
        coupon: said.gone.coupon.clone(),
        material: said.gone.material.clone(),
        at: work.at,
    }
}

/// What node handling came to.
#[derive(Default)]
pub(super) struct NodeCame {
    pub(super) id: Option<NodeId>,
    pub(super) happened: Vec<Happening>,
    pub(super) without: Vec<Metric>,
}

/// Facts that wait for a deal.
pub(super) type Later = BTreeMap<FieldCode, String>;
