//! What a touch names, looked up: the outcome, the channel, the person, the deal.

use crate::domain::code::{ChannelCode, PipelineCode};
use crate::domain::id::{CustomerId, DealId, PersonId};
use crate::domain::lists::{DealState, Direction, Lane};
use crate::playbook::Playbook;
use crate::playbook::model::Outcome;
use crate::store::books::Book;
use crate::store::change::work::LogTouch;
use crate::store::error::StoreError;
use crate::store::known::Basics;
use crate::store::reach;
use crate::store::work::invalid;
use crate::store::work::log::{Gone, Said};
use crate::store::work::task::Task;

pub(super) fn customer(touch: &LogTouch, task: Option<&Task>) -> Result<CustomerId, StoreError> {
    match (touch.customer, task.map(|task| task.customer)) {
        (Some(named), Some(of_task)) if named != of_task => Err(invalid(
            "other_customer",
            format!("the task is of customer '{of_task}', not of '{named}'; name one of both"),
        )),
        (named, of_task) => named
            .or(of_task)
            .ok_or_else(|| invalid("no_customer", "a touch needs a task or a customer; name one")),
    }
}

pub(super) fn outcome<'a>(playbook: &'a Playbook, touch: &LogTouch) -> Result<&'a Outcome, StoreError> {
    playbook.outcome(&touch.outcome).ok_or_else(|| {
        let near = crate::playbook::near::nearest(
            touch.outcome.as_str(),
            playbook.outcomes.iter().map(|outcome| outcome.code.as_str()),
        );
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        invalid(
            "unknown_outcome",
            format!("'{}' is not an outcome of the playbook '{}'{near}", touch.outcome, playbook.id),
        )
    })
}

pub(super) fn look_up<'a>(
    touch: &'a LogTouch,
    (book, outcome): (&'a Book, &'a Outcome),
    (basics, task): (Basics, Option<&'a Task>),
) -> Result<Said<'a>, StoreError> {
    let customer = basics.head.customer;
    let playbook = &book.playbook;
    let lane = match task {
        Some(task) => task.lane,
        None => outcome.lanes.first().copied().unwrap_or(Lane::Call),
    };
    if !outcome.lanes.contains(&lane) {
        let offered: Vec<&str> = playbook.outcomes_for(lane).map(|o| o.code.as_str()).collect();
        return Err(invalid(
            "outcome_lane",
            format!(
                "'{}' is not an outcome of a {lane} task; choose one of {}",
                outcome.code,
                offered.join(", ")
            ),
        ));
    }
    let channel = channel(playbook, touch, task)?;
    let ways = reach::ways_of(customer, &basics.members);
    let wanted = person(touch, &basics)?.or(task.and_then(|task| task.person));
    let way = reach::choose(playbook, &ways, &channel, wanted);
    // who was named was spoken to, by whatever number
    let way = way.filter(|way| touch.person.is_none_or(|person| person == way.person)).cloned();
    Ok(Said {
        touch,
        book,
        outcome,
        task,
        customer,
        lane,
        channel,
        direction: touch.direction.unwrap_or(Direction::Out),
        person: wanted.filter(|_| touch.person.is_some() || way.is_none()).or(way.as_ref().map(|w| w.person)),
        way,
        deal: deal(touch, &basics, task)?,
        gone: Gone::default(),
        basics,
    })
}

fn channel(playbook: &Playbook, touch: &LogTouch, task: Option<&Task>) -> Result<ChannelCode, StoreError> {
    let call =
        || playbook.channels.iter().find(|channel| channel.is_call).map(|channel| channel.code.clone());
    let named = touch.channel.clone().or_else(|| task.map(|task| task.channel.clone())).or_else(call);
    let code = named.unwrap_or_default();
    if playbook.channel(&code).is_some() {
        return Ok(code);
    }
    let near =
        crate::playbook::near::nearest(code.as_str(), playbook.channels.iter().map(|c| c.code.as_str()));
    let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
    Err(invalid(
        "unknown_channel",
        format!("'{code}' is not a channel of the playbook '{}'{near}", playbook.id),
    ))
}

fn person(touch: &LogTouch, basics: &Basics) -> Result<Option<PersonId>, StoreError> {
    let Some(person) = touch.person else { return Ok(None) };
    if basics.members.iter().any(|member| member.id == person) {
        return Ok(Some(person));
    }
    Err(StoreError::NotFound { kind: "member of this customer", id: person.to_string(), hint: None })
}

/// The open deal a touch is about: the one named, the task's, else the customer's only one that has stages.
fn deal(
    touch: &LogTouch,
    basics: &Basics,
    task: Option<&Task>,
) -> Result<Option<(DealId, PipelineCode)>, StoreError> {
    let open = || {
        let open = basics.deals.iter().filter(|deal| deal.state == DealState::Open && deal.stage.is_some());
        open.map(|deal| (deal.id, deal.pipeline.clone()))
    };
    if let Some(named) = touch.deal {
        let found = open().find(|(deal, _)| *deal == named);
        return found.map(Some).ok_or_else(|| StoreError::NotFound {
            kind: "open deal of this customer",
            id: named.to_string(),
            hint: None,
        });
    }
    let of_task = task.and_then(|task| task.deal);
    if let Some(found) = open().find(|(deal, _)| Some(*deal) == of_task) {
        return Ok(Some(found));
    }
    let mut all = open();
    let first = all.next();
    Ok(first.filter(|_| all.next().is_none()))
}
