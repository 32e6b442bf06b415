//! A rep's day without a screen: today, outcomes, log, send, push, skip, snooze, roll.

use serde_json::{Value, json};

use crate::cli::args::{Log, Skip};
use crate::cli::lines;
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, near, strange, when};
use crate::cli::shapes;
use crate::domain::code::{FieldCode, OutcomeCode, ReasonCode};
use crate::domain::id::{TaskId, UserId};
use crate::domain::lists::Lane;
use crate::domain::time::{Timestamp, Zone};
use crate::playbook::Playbook;
use crate::runtime::rollover;
use crate::store::StoreError;
use crate::store::change::work::LogTouch;
use crate::store::change::{Change, Commit, WorkChange};
use crate::store::query::{Answer, Query, Today, TodayAsk, Viewer};
use crate::text::Lang;
use crate::text::width::pad;

/// Rows of each pen a headless command prints.
const ROWS: usize = 1_000;

/// `corral today`.
pub fn today(local: &mut Local) -> Result<(), Failure> {
    let me = local.me()?;
    let zone = me.playbook.zone;
    roll_over(local, me.user.id)?;
    let now = local.now();
    let ask = TodayAsk { user: me.user.id, now, limit: ROWS, filter: String::new() };
    let Answer::Today(today) = local.ask(&Query::Today(ask))? else { return Err(strange()) };
    output::answer(local.json, &shape(zone, &today), || text(local, zone, &today))
}

fn shape(zone: Zone, today: &Today) -> Value {
    let rows = |lanes: &[Lane]| -> Vec<Value> {
        let pens = today.pens.iter().filter(|pen| lanes.contains(&pen.lane));
        pens.flat_map(|pen| &pen.rows).map(|row| shapes::task(zone, row)).collect()
    };
    let counts: Vec<Value> =
        today.pens.iter().map(|pen| json!({ "lane": pen.lane, "due": pen.due, "done": pen.done })).collect();
    json!({
        "day": today.day,
        "calls": rows(&[Lane::Call]),
        "materials": rows(&[Lane::Material]),
        "coupons": rows(&[Lane::Coupon]),
        "nodes": rows(&[Lane::Node]),
        "care": rows(&[Lane::Care]),
        "reports": rows(&[Lane::Report]),
        "held": today.held.iter().map(|held| shapes::held(zone, held)).collect::<Vec<_>>(),
        "counts": counts,
        "gap": shapes::gap(&today.gap),
        "revision": today.revision,
    })
}

fn text(local: &Local, zone: Zone, today: &Today) -> Vec<String> {
    let mut lines = Vec::new();
    for pen in &today.pens {
        lines.push(format!(
            "{} · {} due, {} done",
            local.words.name("lane", pen.lane.as_str()),
            pen.due,
            pen.done
        ));
        for row in &pen.rows {
            let clock = zone.clock(row.due_at);
            lines.push(format!(
                "  {}  {clock}  {}  {}",
                row.id,
                pad(&row.source.short(), 28),
                row.customer_name
            ));
        }
    }
    for held in &today.held {
        let until = held.held.until.map_or_else(String::new, |at| format!(" until {}", when(zone, at)));
        lines.push(format!(
            "held  {}  {}  {:?}{until}",
            held.task.id, held.task.customer_name, held.held.rule
        ));
    }
    lines
}

/// `corral outcomes`.
pub fn outcomes(local: &mut Local, lane: Option<Lane>) -> Result<(), Failure> {
    let playbook = match local.login() {
        Some(_) => local.me()?.playbook,
        None => local.me_of(crate::store::Db::SYSTEM)?.playbook,
    };
    let shape = shapes::outcomes(&playbook, lane);
    output::answer(local.json, &shape, || {
        let chosen = playbook.outcomes.iter().filter(|o| lane.is_none_or(|lane| o.lanes.contains(&lane)));
        chosen
            .map(|o| {
                format!("{}  {}  {}  {}", o.key, pad(o.code.as_str(), 22), pad(&o.name.en, 28), o.name.zh)
            })
            .collect()
    })
}

/// `corral log`.
pub fn log(local: &mut Local, log: &Log) -> Result<(), Failure> {
    if log.task == "-" {
        return lines::log(local);
    }
    let me = local.me()?;
    let task: TaskId =
        log.task.parse().map_err(|e: crate::domain::id::BadId| Failure::usage(e.to_string()))?;
    let Some(outcome) = &log.outcome else {
        return Err(Failure::usage("which outcome? give --outcome CODE; 'corral outcomes' lists them"));
    };
    let touch = LogTouch {
        task: Some(task),
        person: log.person,
        outcome: outcome_named(local, (&me.playbook, me.user.id), Some(task), outcome)?,
        seconds: log.seconds,
        note: log.note.clone(),
        next_at: log.next,
        node_at: log.node_at,
        words: log.words.clone(),
        set: log.set.iter().map(|(field, value)| (FieldCode::new(field), value.clone())).collect(),
        ..LogTouch::default()
    };
    finish(local, me.user.id, me.playbook.zone, Change::Work(WorkChange::Log(Box::new(touch))))
}

/// An outcome by its code, or by its key in the lane of the task.
pub fn outcome_named(
    local: &mut Local,
    (playbook, by): (&Playbook, UserId),
    task: Option<TaskId>,
    name: &str,
) -> Result<OutcomeCode, Failure> {
    if playbook.outcomes.iter().any(|o| o.code.as_str() == name) {
        return Ok(OutcomeCode::from(name));
    }
    if let (Some(key), None) = (name.chars().next(), name.chars().nth(1)) {
        let by = Viewer { id: by, now: local.now() };
        let lane = match task {
            Some(task) => match local.ask(&Query::Task { task, by })? {
                Answer::Task(row) => row.lane,
                _ => return Err(strange()),
            },
            None => Lane::Call,
        };
        if let Some(outcome) = playbook.outcome_at(lane, key) {
            return Ok(outcome.code.clone());
        }
    }
    let hint = near(name, playbook.outcomes.iter().map(|o| o.code.as_str()));
    Err(StoreError::NotFound { kind: "outcome", id: name.to_owned(), hint }.into())
}

/// `corral send`.
pub fn send(local: &mut Local, task: TaskId) -> Result<(), Failure> {
    let chinese = local.words.lang() == Lang::Zh;
    act(local, Change::Work(WorkChange::Send { task, chinese }))
}

/// `corral push`.
pub fn push(local: &mut Local, task: TaskId) -> Result<(), Failure> {
    let chinese = local.words.lang() == Lang::Zh;
    act(local, Change::Work(WorkChange::Push { task, chinese }))
}

/// `corral skip`.
pub fn skip(local: &mut Local, skip: &Skip) -> Result<(), Failure> {
    let reason = ReasonCode::new(&skip.reason);
    act(local, Change::Work(WorkChange::Skip { task: skip.task, reason, words: skip.words.clone() }))
}

/// `corral snooze`.
pub fn snooze(local: &mut Local, task: TaskId, until: Timestamp) -> Result<(), Failure> {
    act(local, Change::Work(WorkChange::Snooze { task, until }))
}

/// `corral roll`.
pub fn roll(local: &mut Local) -> Result<(), Failure> {
    let by = local.keeper()?;
    let parts = roll_over(local, by)?;
    output::answer(local.json, &json!({ "parts": parts }), || vec![format!("rolled over in {parts} parts")])
}

/// Rolls the business day over where nobody has yet, part by part, so that nobody else is stopped for long. Answers with
/// the parts done. Anybody may: whoever comes first in the morning does it.
pub fn roll_over(local: &mut Local, by: UserId) -> Result<usize, Failure> {
    let zone = local.me_of(by)?.playbook.zone;
    let day = zone.day(local.now());
    rollover::parts(day, |change, _| local.make(by, change))
}

/// Makes a change of the person who acts and prints what it caused.
pub fn act(local: &mut Local, change: Change) -> Result<(), Failure> {
    let me = local.me()?;
    finish(local, me.user.id, me.playbook.zone, change)
}

fn finish(local: &mut Local, by: UserId, zone: Zone, change: Change) -> Result<(), Failure> {
    let commit = local.make(by, change)?;
    let made = local.made(&commit, by)?;
    output::answer(local.json, &shapes::commit(zone, &commit, &made), || caused(zone, &commit))
}

fn caused(zone: Zone, commit: &Commit) -> Vec<String> {
    let done = &commit.effects;
    let mut lines: Vec<String> = Vec::new();
    lines.extend(done.text.clone());
    lines.extend(done.coupon.as_ref().map(|c| format!("coupon {} until {}", c.code, when(zone, c.until))));
    let next = done.made.iter().map(|t| format!("next: {} {} ({})", t.lane, when(zone, t.due_at), t.reason));
    lines.extend(next);
    lines.extend(done.metrics.iter().map(|(metric, value)| format!("{metric} {value:+}")));
    lines.extend(done.moved.iter().map(|(_, from, to)| format!("stage {from} → {to}")));
    lines.extend(done.blocked.as_ref().map(|why| format!("stage not moved: {why}")));
    if lines.is_empty() {
        lines.push("saved".to_owned());
    }
    lines
}
