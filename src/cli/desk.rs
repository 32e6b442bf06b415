//! `corral desk` and `corral warnings`.

mod shape;
mod stock;

use serde_json::json;

use crate::cli::args::desk::{Desk, DeskCommand, Warnings};
use crate::cli::output::{self, Failure};
use crate::cli::people::team_named;
use crate::cli::session::{Local, strange, when};
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::RoundKind;
use crate::store::change::desk::Decide;
use crate::store::change::{Change, Commit, DeskChange};
use crate::store::query::desk::{RoundPage, Tail};
use crate::store::query::{Answer, DeskAnswer, DeskAsk, Query};
use crate::text::width::pad;

/// `corral desk`.
pub fn run(local: &mut Local, wanted: &Desk) -> Result<(), Failure> {
    let team = team(local, wanted.team.as_deref())?;
    match &wanted.command {
        None => floor(local, team),
        Some(DeskCommand::Who { rep, limit }) => who(local, team, rep.as_deref(), *limit),
        Some(DeskCommand::Attend { login, kind }) => {
            let user = match login {
                Some(login) => local.user_named(login)?.id,
                None => local.actor()?.id,
            };
            make(local, DeskChange::Attend { user, kind: *kind })?;
            output::answer(local.json, &json!({ "user": user, "attendance": kind }), || {
                vec![kind.to_string()]
            })
        }
        Some(DeskCommand::Reassign { login, to, tasks }) => {
            let from = local.user_named(login)?.id;
            let to =
                to.iter().map(|login| Ok(local.user_named(login)?.id)).collect::<Result<_, Failure>>()?;
            let commit = make(local, DeskChange::Reassign { from, to, tasks: tasks.clone() })?;
            given(local, from, &commit)
        }
        Some(DeskCommand::Defer { yes }) => defer(local, team, *yes),
        Some(DeskCommand::Whisper { login, words }) => {
            let to = local.user_named(login)?.id;
            let commit = make(local, DeskChange::Whisper { to, words: words.clone() })?;
            let id = commit.effects.made_at_desk.map(|id| id.to_string());
            output::answer(local.json, &json!({ "whisper": id, "to": to }), || vec!["whispered".to_owned()])
        }
        Some(DeskCommand::Round { kind, call, about }) => round(local, team, (*kind, *call, about)),
        Some(DeskCommand::Decide { round, login, words, customer, by }) => {
            let me = local.me()?;
            let user = local.user_named(login)?.id;
            let zone = me.playbook.zone;
            let due_at = by.unwrap_or_else(|| {
                let close = zone.at(zone.day(local.now()), me.playbook.hours.1);
                close.max(local.now())
            });
            let words = words.clone();
            let decide = Decide { round: *round, user, customer: *customer, words, due_at };
            let commit = make(local, DeskChange::Decide(Box::new(decide)))?;
            let id = commit.effects.made_at_desk.map(|id| id.to_string());
            let shape = json!({ "decision": id, "task": commit.effects.task, "due_at": when(zone, due_at) });
            output::answer(local.json, &shape, || vec![format!("decided {}", id.clone().unwrap_or_default())])
        }
        Some(DeskCommand::Done { decision }) => {
            make(local, DeskChange::Settle { decision: *decision })?;
            output::answer(local.json, &json!({ "decision": decision, "done": true }), || {
                vec!["done".to_owned()]
            })
        }
        Some(DeskCommand::Signals) => signals(local, team),
        Some(DeskCommand::StockTake { command }) => stock::run(local, team, command.as_ref()),
    }
}

fn team(local: &mut Local, name: Option<&str>) -> Result<Option<TeamId>, Failure> {
    name.map(|name| Ok(team_named(local, name)?.id)).transpose()
}

fn make(local: &mut Local, change: DeskChange) -> Result<Commit, Failure> {
    let by = local.actor()?.id;
    local.make(by, Change::Desk(change))
}

fn ask(local: &mut Local, ask: DeskAsk) -> Result<DeskAnswer, Failure> {
    match local.ask(&Query::Desk(ask))? {
        Answer::Desk(answer) => Ok(answer),
        _ => Err(strange()),
    }
}

fn floor(local: &mut Local, team: Option<TeamId>) -> Result<(), Failure> {
    let by = local.viewer()?;
    let zone = local.me()?.playbook.zone;
    let DeskAnswer::Floor(floor) = ask(local, DeskAsk::Floor { by, team })? else { return Err(strange()) };
    let now = local.now();
    output::answer(local.json, &shape::floor(zone, now, &floor), || {
        let mut lines: Vec<String> = floor.rows.iter().map(|row| shape::line(zone, now, row)).collect();
        lines.push(format!(
            "{} here · {} due · {} done · {} too many · {} of nobody here",
            floor.present(),
            floor.due(),
            floor.done(),
            floor.over(),
            floor.orphans
        ));
        lines
    })
}

fn who(local: &mut Local, team: Option<TeamId>, rep: Option<&str>, limit: usize) -> Result<(), Failure> {
    let by = local.viewer()?;
    let zone = local.me()?.playbook.zone;
    let rep = rep.map(|login| Ok::<_, Failure>(local.user_named(login)?.id)).transpose()?;
    let asked = DeskAsk::Followed { by, team, rep, before: None, limit };
    let DeskAnswer::Followed(rows) = ask(local, asked)? else { return Err(strange()) };
    let shape = json!({ "rows": rows.iter().map(|row| shape::followed(zone, row)).collect::<Vec<_>>() });
    output::answer(local.json, &shape, || {
        let line = |row: &crate::store::query::desk::FollowedRow| {
            let next = row.next_at.map_or_else(|| "nothing planned".to_owned(), |at| when(zone, at));
            format!(
                "{}  {}  {}  {}  next {next}",
                when(zone, row.at),
                pad(&row.by.1, 10),
                pad(&row.customer.1, 14),
                row.outcome
            )
        };
        rows.iter().map(line).collect()
    })
}

fn given(local: &mut Local, from: UserId, commit: &Commit) -> Result<(), Failure> {
    let users = local.users()?;
    let name = |user: UserId| users.iter().find(|row| row.id == user).map_or("", |row| row.login.as_str());
    let given = &commit.effects.given;
    let mut takers: Vec<(UserId, usize)> = Vec::new();
    for (_, user) in given {
        match takers.iter_mut().find(|(taker, _)| taker == user) {
            Some((_, count)) => *count += 1,
            None => takers.push((*user, 1)),
        }
    }
    let shape = json!({
        "from": from,
        "given": given.iter().map(|(task, to)| json!({ "task": task, "to": to })).collect::<Vec<_>>(),
        "takers": takers.iter().map(|(user, count)| json!({ "user": user, "login": name(*user), "tasks": count })).collect::<Vec<_>>(),
    });
    output::answer(local.json, &shape, || {
        let mut lines = vec![format!("{} tasks given to others; undo takes all of it back", given.len())];
        lines.extend(takers.iter().map(|(user, count)| format!("{}  {count}", pad(name(*user), 14))));
        lines
    })
}

fn defer(local: &mut Local, team: Option<TeamId>, yes: bool) -> Result<(), Failure> {
    let by = local.viewer()?;
    let zone = local.me()?.playbook.zone;
    let DeskAnswer::Tail(tail) = ask(local, DeskAsk::Tail { by, team })? else { return Err(strange()) };
    let mut put_off = 0;
    if yes && !tail.tasks.is_empty() {
        let tasks = tail.tasks.iter().map(|row| row.task).collect();
        put_off = make(local, DeskChange::Defer { tasks })?.effects.put_off;
    }
    output::answer(local.json, &shape::tail(zone, &tail, put_off), || told(zone, &tail, (yes, put_off)))
}

fn told(zone: crate::domain::time::Zone, tail: &Tail, (yes, put_off): (bool, u32)) -> Vec<String> {
    if tail.capacity == 0 {
        return vec!["the playbook sets no capacity; '[desk] capacity' does".to_owned()];
    }
    let mut lines = vec![format!(
        "{} due, {} done, {} here of {} each: {} too many",
        tail.due, tail.done, tail.heads, tail.capacity, tail.over
    )];
    lines.extend(tail.tasks.iter().map(|row| {
        let (name, customer) = (pad(&row.owner.1, 10), pad(&row.customer.1, 14));
        format!("{}  {}  {name}  {customer}  {}", row.task, pad(row.lane.as_str(), 8), when(zone, row.due_at))
    }));
    match (yes, tail.tasks.len()) {
        (true, _) => lines.push(format!("{put_off} put off to {}", tail.to)),
        (false, 0) => {}
        (false, count) => lines.push(format!("--yes puts these {count} off to {}", tail.to)),
    }
    lines
}

fn round(
    local: &mut Local,
    team: Option<TeamId>,
    (kind, call, about): (RoundKind, bool, &str),
) -> Result<(), Failure> {
    let me = local.me()?;
    let page = |local: &mut Local| -> Result<RoundPage, Failure> {
        let by = local.viewer()?;
        match ask(local, DeskAsk::Round { by, team, kind })? {
            DeskAnswer::Round(page) => Ok(*page),
            _ => Err(strange()),
        }
    };
    if call {
        let team = match (team, &me.user.team) {
            (Some(team), _) => team,
            (None, Some((team, _))) => *team,
            (None, None) => return Err(Failure::usage("whose round? name a team with --team NAME")),
        };
        make(local, DeskChange::CallRound { team, kind, words: about.to_owned() })?;
    }
    let page = page(local)?;
    let playbook = &me.playbook;
    output::answer(local.json, &shape::round(playbook.zone, &page), || shape::round_lines(playbook, &page))
}

fn signals(local: &mut Local, team: Option<TeamId>) -> Result<(), Failure> {
    let by = local.viewer()?;
    let zone = local.me()?.playbook.zone;
    let DeskAnswer::Signals(found) = ask(local, DeskAsk::Signals { by, team })? else {
        return Err(strange());
    };
    output::answer(local.json, &shape::signals(zone, &found), || {
        let rep = |row: &crate::store::query::desk::RepSignal| {
            let since = row.since.map(|day| format!(" since {day}")).unwrap_or_default();
            format!("{}  {}  {}{since}", pad(row.kind.as_str(), 11), pad(&row.rep.1, 10), row.lasts)
        };
        let deal = |row: &crate::store::query::desk::DealSignal| {
            let last = row.last_at.map_or_else(|| "never".to_owned(), |at| when(zone, at));
            format!("unfollowed   {}  {}  last {last}", pad(&row.owner.1, 10), pad(&row.customer.1, 14))
        };
        found.reps.iter().map(rep).chain(found.deals.iter().map(deal)).collect()
    })
}

/// `corral warnings`.
pub fn warnings(local: &mut Local, wanted: &Warnings) -> Result<(), Failure> {
    let team = team(local, wanted.team.as_deref())?;
    let by = local.viewer()?;
    let zone = local.me()?.playbook.zone;
    let asked = DeskAsk::Warnings { by, team, level: wanted.level, after: None, limit: wanted.limit };
    let DeskAnswer::Warnings(page) = ask(local, asked)? else { return Err(strange()) };
    output::answer(local.json, &shape::warnings(zone, &page), || {
        let mut lines: Vec<String> = page
            .rows
            .iter()
            .map(|row| {
                let owner = row.owner.as_ref().map_or("", |(_, name)| name.as_str());
                format!(
                    "{}  {}  {}  {}  {}  since {}",
                    pad(row.severity.as_str(), 6),
                    pad(row.level.as_str(), 8),
                    pad(&row.name.en, 24),
                    pad(&row.customer.1, 14),
                    pad(owner, 10),
                    when(zone, row.since)
                )
            })
            .collect();
        let [rep, lead, manager] = page.open;
        lines.push(format!("open: {rep} with reps, {lead} with leads, {manager} with managers"));
        if let Some(share) = page.share_bp {
            let (whole, part) = (share / 100, share % 100);
            lines.push(format!(
                "{} of {} deals lost this month were warned of: {whole}.{part:02}%",
                page.warned, page.lost
            ));
        }
        lines
    })
}
