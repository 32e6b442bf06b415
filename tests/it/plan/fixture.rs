//! A household of the small school, what happens to it, and plans in words.

use std::collections::BTreeMap;
use std::time::Duration;

use corral::domain::id::{CustomerId, DealId, IdMaker, NodeId, PersonId, TaskId, TouchId, UserId};
use corral::domain::lists::{ContactState, DealState, EventKind, Lane, NodeState};
use corral::domain::money::Money;
use corral::domain::time::{Clock, Timestamp, Zone};
use corral::playbook::Playbook;
use corral::playbook::plan::{
    Happening, Known, KnownDeal, KnownNode, KnownPerson, KnownTask, NewTask, Plan, Planner, Source, Told,
};

pub use super::school::{clause, playbook};

/// An instant of Shanghai: `at("11-24 15:00")` in 2026. The 23rd and 30th of November are Mondays.
pub fn at(text: &str) -> Timestamp {
    let (date, clock) = text.split_once(' ').unwrap();
    format!("2026-{date}T{clock}:00+08:00").parse().unwrap()
}

/// An instant as `11-24 15:00`.
pub fn show(at: Timestamp) -> String {
    let zone = Zone("Asia/Shanghai".parse().unwrap());
    format!("{} {}", &zone.day(at).to_string()[5..], zone.clock(at))
}

pub fn clock(text: &str) -> Clock {
    text.parse().unwrap()
}

pub fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

pub fn days(n: u64) -> Duration {
    Duration::from_secs(n * 86_400)
}

/// A household that came in on Tuesday the 24th at 15:00: mother and father with phones, the mother with a stated chat.
pub fn known() -> Known {
    let person = |id: i64, role: &str, channels: &[&str]| KnownPerson {
        id: PersonId(id),
        roles: vec![role.into()],
        contacts: channels.iter().map(|code| ((*code).into(), ContactState::Stated)).collect(),
        touched: false,
    };
    Known {
        customer: CustomerId(7),
        owner: Some(UserId(1)),
        assigned_at: at("11-24 15:00"),
        persons: vec![
            person(30, "child", &["phone"]),
            person(31, "mother", &["phone", "chat"]),
            person(32, "decider", &["phone"]),
        ],
        ..Known::default()
    }
}

pub fn deal(id: i64, pipeline: &str, stage: &str, since: &str) -> KnownDeal {
    KnownDeal {
        id: DealId(id),
        pipeline: pipeline.into(),
        stage: Some(stage.into()),
        stage_since: at(since),
        opened_at: at(since),
        state: DealState::Open,
        fields: BTreeMap::new(),
        paid_bp: 0,
    }
}

pub fn node(id: i64, deal: i64, time: &str) -> KnownNode {
    KnownNode {
        id: NodeId(id),
        node: "trial".into(),
        deal: Some(DealId(deal)),
        state: NodeState::Booked,
        at: at(time),
    }
}

pub fn happening(kind: EventKind, time: &str) -> Happening {
    Happening { kind, name: None, deal: None, node: None, at: at(time) }
}

pub fn told(outcome: &str, time: &str) -> Told {
    Told {
        touch: TouchId(900),
        task: None,
        lane: Lane::Call,
        channel: "phone".into(),
        outcome: outcome.into(),
        deal: None,
        next_at: None,
        words: String::new(),
        coupon: None,
        material: None,
        at: at(time),
    }
}

pub fn ids(time: &str) -> IdMaker {
    IdMaker::new(at(time), 5)
}

pub fn planner<'a>(playbook: &'a Playbook, known: &Known, now: &str) -> Planner<'a> {
    Planner::new(playbook, known.clone(), at(now), ids(now))
}

/// Made tasks as the store would load them next time.
pub fn open(plan: &Plan) -> Vec<KnownTask> {
    plan.made.iter().map(open_task).collect()
}

pub fn open_task(task: &NewTask) -> KnownTask {
    KnownTask {
        id: task.id,
        key: task.key.clone(),
        lane: task.lane,
        deal: task.deal,
        node: task.node,
        due_at: task.due_at,
        source: task.source.clone(),
        coupon: task.coupon.clone(),
        material: task.material.clone(),
        owner: None,
        promised: task.promised,
    }
}

/// A task in state due that an outcome made.
pub fn outcome_task(id: i64, due: &str) -> KnownTask {
    KnownTask {
        id: TaskId(id),
        key: format!("next:{id}"),
        lane: Lane::Call,
        deal: None,
        node: None,
        due_at: at(due),
        source: Source::Outcome { outcome: "talked".into(), attempt: 0 },
        coupon: None,
        material: None,
        owner: None,
        promised: false,
    }
}

/// Source and due time of every made task, as made.
pub fn made(plan: &Plan) -> Vec<String> {
    plan.made.iter().map(|task| format!("{} {}", task.source.short(), show(task.due_at))).collect()
}

/// Source and reason of every closed task, of those that were open.
pub fn closed(plan: &Plan, open: &[KnownTask]) -> Vec<String> {
    plan.closed
        .iter()
        .map(|end| {
            let task = open.iter().find(|task| task.id == end.id).unwrap();
            format!("{} {} {}", task.source.short(), end.state, end.why)
        })
        .collect()
}

/// The household after its lead was assigned and planned for: one open deal, its tasks open.
pub fn after_assignment() -> (Playbook, Known) {
    let playbook = playbook();
    let mut known = known();
    let mut planner = planner(&playbook, &known, "11-24 15:00");
    planner.happen(happening(EventKind::LeadAssigned, "11-24 15:00"));
    let plan = planner.finish();
    let id = plan.opened[0].id.0;
    known.tasks = open(&plan);
    known.deals = vec![deal(id, "sale", "fresh", "11-24 15:00")];
    (playbook, known)
}

pub fn price(yuan: i64) -> Money {
    Money::whole(yuan)
}
