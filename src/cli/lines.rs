//! Line-by-line driving: one JSON object a line on standard input, one a line on standard output, so that another
//! program can drive a thousand reps without starting a thousand processes.
//!
//! A line is `{"task": "…", "outcome": "…", …}` with the fields of `corral log`; it may also carry `user` (else the
//! command's), `now`, and `do` with another command: `today`, `send`, `push`, `skip`, `snooze`, `undo`, `roll`, `book`,
//! `win`, `move`, `lose`, `board`.

use std::io::{self, BufRead as _, Write as _};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::board;
use crate::cli::day::{outcome_named, roll_over};
use crate::cli::output::Failure;
use crate::cli::session::{Local, strange};
use crate::cli::shapes;
use crate::domain::code::{FieldCode, NodeCode, ProductCode, ReasonCode, StageCode};
use crate::domain::id::{DealId, PersonId, TaskId, WriteId};
use crate::domain::lists::Lane;
use crate::domain::money::Money;
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::runtime::clock::Clock;
use crate::store::change::deal::NewOrder;
use crate::store::change::work::LogTouch;
use crate::store::change::{Change, DealChange, WorkChange};
use crate::store::query::{Answer, Me, Query, TodayAsk};

/// One line.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Line {
    #[serde(rename = "do")]
    command: Option<String>,
    user: Option<String>,
    now: Option<Timestamp>,
    task: Option<TaskId>,
    customer: Option<crate::domain::id::CustomerId>,
    person: Option<PersonId>,
    deal: Option<DealId>,
    outcome: Option<String>,
    seconds: Option<u32>,
    note: String,
    next: Option<Timestamp>,
    node_at: Option<Timestamp>,
    words: String,
    set: std::collections::BTreeMap<String, String>,
    reason: Option<String>,
    until: Option<Timestamp>,
    change: Option<WriteId>,
    node: Option<String>,
    at: Option<Timestamp>,
    to: Option<String>,
    product: Option<String>,
    price: Option<i64>,
    paid: Option<i64>,
    limit: Option<usize>,
    with: Vec<String>,
}

/// Answers every line; a line that fails is answered by an object with `error` and stops nothing.
///
/// # Errors
/// When standard input or output fails.
pub fn log(local: &mut Local) -> Result<(), Failure> {
    let mut people: std::collections::BTreeMap<String, Me> = std::collections::BTreeMap::new();
    let usual = local.clock;
    for line in io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Line>(&line) {
            Ok(line) if local.from != Origin::Local && (line.user.is_some() || line.now.is_some()) => {
                Err(Failure::usage(
                    "'user' and 'now' are for whoever has the machine; from afar you are who signed in, now",
                ))
            }
            Ok(line) => {
                local.clock = line.now.map_or(usual, Clock::Fixed);
                one(local, &mut people, line)
            }
            Err(error) => Err(Failure::usage(format!("the line is not what is asked for: {error}"))),
        };
        let answer = answer.unwrap_or_else(|failure| failure.to_json());
        let mut out = io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    local.clock = usual;
    Ok(())
}

fn one(
    local: &mut Local,
    people: &mut std::collections::BTreeMap<String, Me>,
    line: Line,
) -> Result<Value, Failure> {
    let login = line.user.clone().or_else(|| local.login().map(str::to_owned));
    let login =
        login.ok_or_else(|| Failure::usage("who acts? the line names no 'user' and the command neither"))?;
    let me = if let Some(me) = people.get(&login) {
        me.clone()
    } else {
        let id = local.user_named(&login)?.id;
        let me = local.me_of(id)?;
        people.insert(login, me.clone());
        me
    };
    let zone = me.playbook.zone;
    let change = match line.command.as_deref().unwrap_or("log") {
        "today" => {
            roll_over(local, me.user.id)?;
            return today(local, &me, line.limit.unwrap_or(200));
        }
        "board" => return board::of_options(local, &me.playbook, &line.with),
        "roll" => return roll_over(local, me.user.id).map(|parts| json!({ "parts": parts })),
        "log" => log_touch(local, &me, line)?,
        "send" => Change::Work(WorkChange::Send { task: needed(line.task, "task")?, chinese: true }),
        "push" => Change::Work(WorkChange::Push { task: needed(line.task, "task")?, chinese: true }),
        "skip" => Change::Work(WorkChange::Skip {
            task: needed(line.task, "task")?,
            reason: ReasonCode::new(needed(line.reason, "reason")?),
            words: line.words,
        }),
        "snooze" => Change::Work(WorkChange::Snooze {
            task: needed(line.task, "task")?,
            until: needed(line.until, "until")?,
        }),
        "undo" => Change::Undo { write: line.change },
        "book" => Change::Deal(DealChange::Book {
            deal: needed(line.deal, "deal")?,
            node: NodeCode::new(needed(line.node, "node")?),
            at: needed(line.at, "at")?,
        }),
        "move" => Change::Deal(DealChange::Move {
            deal: needed(line.deal, "deal")?,
            to: StageCode::new(needed(line.to, "to")?),
            set: fields(line.set),
        }),
        "lose" => Change::Deal(DealChange::Lose {
            deal: needed(line.deal, "deal")?,
            reason: ReasonCode::new(needed(line.reason, "reason")?),
            words: line.words,
        }),
        "win" => {
            let price = Money::whole(needed(line.price, "price")?);
            Change::Deal(DealChange::Win(Box::new(NewOrder {
                deal: needed(line.deal, "deal")?,
                product: ProductCode::new(needed(line.product, "product")?),
                price,
                coupon: None,
                paid: line.paid.map_or(price, Money::whole),
                set: fields(line.set),
            })))
        }
        other => return Err(Failure::usage(format!("'{other}' is not something a line can do"))),
    };
    let commit = local.make(me.user.id, change)?;
    if let Some((write, what)) = &commit.effects.undone {
        return Ok(json!({ "undone": { "change": write, "what": what } }));
    }
    let made = local.made(&commit, me.user.id)?;
    Ok(shapes::commit(zone, &commit, &made))
}

fn log_touch(local: &mut Local, me: &Me, line: Line) -> Result<Change, Failure> {
    let outcome =
        outcome_named(local, (&me.playbook, me.user.id), line.task, &needed(line.outcome, "outcome")?)?;
    Ok(Change::Work(WorkChange::Log(Box::new(LogTouch {
        task: line.task,
        customer: line.customer,
        person: line.person,
        deal: line.deal,
        outcome,
        seconds: line.seconds,
        note: line.note,
        next_at: line.next,
        node_at: line.node_at,
        words: line.words,
        set: fields(line.set),
        ..LogTouch::default()
    }))))
}

fn fields(set: std::collections::BTreeMap<String, String>) -> Vec<(FieldCode, String)> {
    set.into_iter().map(|(field, value)| (FieldCode::new(field), value)).collect()
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::usage(format!("the line lacks '{name}'")))
}

fn today(local: &mut Local, me: &Me, limit: usize) -> Result<Value, Failure> {
    let zone = me.playbook.zone;
    let now = local.now();
    let ask = TodayAsk { user: me.user.id, now, limit, filter: String::new() };
    let Answer::Today(today) = local.ask(&Query::Today(ask))? else { return Err(strange()) };
    let rows = |lane: Lane| -> Vec<Value> {
        let pens = today.pens.iter().filter(|pen| pen.lane == lane);
        pens.flat_map(|pen| &pen.rows).map(|row| shapes::task(zone, row)).collect()
    };
    Ok(json!({
        "day": today.day,
        "calls": rows(Lane::Call), "materials": rows(Lane::Material), "coupons": rows(Lane::Coupon),
        "nodes": rows(Lane::Node), "care": rows(Lane::Care),
        "held": today.held.iter().map(|held| shapes::held(zone, held)).collect::<Vec<_>>(),
    }))
}
