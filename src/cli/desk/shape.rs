//! The desk as JSON and as lines.

use serde_json::{Value, json};

use crate::app::amount::amount;
use crate::cli::session::when;
use crate::domain::time::{MINUTE_MS, Timestamp, Zone};
use crate::playbook::Playbook;
use crate::store::query::desk::{DeskFloor, DeskRow, FollowedRow, RoundPage, Signals, Tail, WarningPage};
use crate::text::width::pad;

/// Reps × today.
pub fn floor(zone: Zone, now: Timestamp, floor: &DeskFloor) -> Value {
    json!({
        "as_of": when(zone, now),
        "day": floor.day,
        "teams": floor.teams.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect::<Vec<_>>(),
        "capacity": floor.capacity,
        "present": floor.present(),
        "due": floor.due(),
        "done": floor.done(),
        "over": floor.over(),
        "orphans": floor.orphans,
        "revision": floor.revision,
        "rows": floor.rows.iter().map(|row| self::row(zone, now, row)).collect::<Vec<_>>(),
    })
}

fn row(zone: Zone, now: Timestamp, row: &DeskRow) -> Value {
    json!({
        "id": row.rep.0,
        "name": row.rep.1,
        "team": row.team.1,
        "state": row.state,
        "since": when(zone, row.since),
        "minutes": minutes(row.since, now),
        "attendance": row.attendance,
        "attended_at": row.attended_at.map(|at| when(zone, at)),
        "standards": row.standards,
        "due": row.due,
        "done": row.done,
        "overdue": row.overdue,
        "promised_late": row.promised_late,
        "clocks_red": row.clocks_red,
        "warnings": row.warnings,
        "last": row.last.as_ref().map(|last| json!({
            "touch": last.touch,
            "at": when(zone, last.at),
            "outcome": last.outcome,
            "customer": { "id": last.customer.0, "name": last.customer.1 },
        })),
    })
}

fn minutes(since: Timestamp, now: Timestamp) -> i64 {
    now.since(since).max(0) / MINUTE_MS
}

/// A rep's line.
pub fn line(zone: Zone, now: Timestamp, row: &DeskRow) -> String {
    let standards: Vec<String> =
        row.standards.iter().map(|row| format!("{} {}/{}", row.metric, row.done, row.standard)).collect();
    let last = row
        .last
        .as_ref()
        .map_or_else(|| "-".to_owned(), |last| format!("{} {}", zone.clock(last.at), last.outcome));
    format!(
        "{}  {} {:>4} min  {:>3} due {:>3} done {:>3} overdue {:>2} red  {}  last {last}",
        pad(&row.rep.1, 10),
        pad(row.state.as_str(), 9),
        minutes(row.since, now),
        row.due,
        row.done,
        row.overdue,
        row.clocks_red,
        standards.join(" · ")
    )
}

/// Somebody who was followed up.
pub fn followed(zone: Zone, row: &FollowedRow) -> Value {
    json!({
        "touch": row.touch,
        "at": when(zone, row.at),
        "by": { "id": row.by.0, "name": row.by.1 },
        "customer": { "id": row.customer.0, "name": row.customer.1 },
        "lane": row.lane,
        "outcome": row.outcome,
        "seconds": row.seconds,
        "times": row.times,
        "previous_at": row.previous_at.map(|at| when(zone, at)),
        "next_at": row.next_at.map(|at| when(zone, at)),
    })
}

/// What is too much.
pub fn tail(zone: Zone, tail: &Tail, put_off: u32) -> Value {
    json!({
        "capacity": tail.capacity,
        "heads": tail.heads,
        "due": tail.due,
        "done": tail.done,
        "over": tail.over,
        "to": tail.to,
        "put_off": put_off,
        "reason": "capacity",
        "tasks": tail.tasks.iter().map(|row| json!({
            "id": row.task,
            "lane": row.lane,
            "owner": { "id": row.owner.0, "name": row.owner.1 },
            "customer": { "id": row.customer.0, "name": row.customer.1 },
            "due_at": when(zone, row.due_at),
            "worth": row.worth,
        })).collect::<Vec<_>>(),
    })
}

/// A round's page.
pub fn round(zone: Zone, page: &RoundPage) -> Value {
    let (metric, done, target) = page.month;
    json!({
        "kind": page.kind,
        "team": { "id": page.team.0, "name": page.team.1 },
        "day": page.day,
        "of": page.of,
        "round": page.called.as_ref().map(|(id, at, by, words)| json!({
            "id": id, "at": when(zone, *at), "by": by, "about": words,
        })),
        "standards": page.sums.iter().map(|(metric, done, standard)| json!({
            "metric": metric, "done": done, "standard": standard,
        })).collect::<Vec<_>>(),
        "reps": page.reps.iter().map(|(id, name, done, standard)| json!({
            "id": id, "name": name, "done": done, "standard": standard,
        })).collect::<Vec<_>>(),
        "month": { "metric": metric, "done": done, "target": target },
        "present": page.present.0,
        "people": page.present.1,
        "due": page.due.0,
        "over": page.due.1,
        "late": page.late,
        "warnings": page.warnings,
        "nodes_count": page.nodes_count,
        "nodes": page.nodes.iter().map(|(node, at, customer, owner)| json!({
            "node": node, "at": when(zone, *at), "customer": customer, "owner": owner,
        })).collect::<Vec<_>>(),
        "decisions": page.decisions.iter().map(|row| json!({
            "id": row.id,
            "round": row.round,
            "user": { "id": row.user.0, "name": row.user.1 },
            "customer": row.customer.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
            "task": row.task,
            "words": row.words,
            "due_at": when(zone, row.due_at),
            "done": row.done,
        })).collect::<Vec<_>>(),
    })
}

/// The page in lines.
pub fn round_lines(playbook: &Playbook, page: &RoundPage) -> Vec<String> {
    let zone = playbook.zone;
    let show =
        |metric: crate::domain::lists::Metric, value: i64| amount(metric.unit(), &playbook.currency, value);
    let (metric, done, target) = page.month;
    let mut lines = vec![format!("{} {} · {} · figures of {}", page.day, page.kind, page.team.1, page.of)];
    if let Some((id, _, by, words)) = &page.called {
        lines.push(format!("round {id} called by {by}: {words}"));
    }
    lines.push(format!("month {metric} {} / {}", show(metric, done), show(metric, target)));
    lines.push(format!(
        "{} of {} here · {} due, {} too many · {} late · {} warnings · {} nodes today",
        page.present.0, page.present.1, page.due.0, page.due.1, page.late, page.warnings, page.nodes_count
    ));
    for (metric, done, standard) in &page.sums {
        lines.push(format!("{metric} {} / {}", show(*metric, *done), show(*metric, *standard)));
    }
    lines.extend(
        page.reps.iter().map(|(_, name, done, standard)| format!("  {}  {done}/{standard}", pad(name, 10))),
    );
    for (node, at, customer, owner) in &page.nodes {
        lines.push(format!("{}  {node}  {customer}  {owner}", zone.clock(*at)));
    }
    for row in &page.decisions {
        let mark = if row.done { "done" } else { "open" };
        lines.push(format!(
            "{mark}  {}  {}  {}  by {}",
            row.id,
            pad(&row.user.1, 10),
            row.words,
            when(zone, row.due_at)
        ));
    }
    lines
}

/// What deserves a look.
pub fn signals(zone: Zone, found: &Signals) -> Value {
    json!({
        "reps": found.reps,
        "deals": found.deals.iter().map(|row| json!({
            "deal": row.deal,
            "customer": { "id": row.customer.0, "name": row.customer.1 },
            "owner": { "id": row.owner.0, "name": row.owner.1 },
            "pipeline": row.stage.0,
            "stage": row.stage.1,
            "last_at": row.last_at.map(|at| when(zone, at)),
            "next_at": row.next_at.map(|at| when(zone, at)),
        })).collect::<Vec<_>>(),
        "ratios": found.ratios.iter().map(|row| json!({
            "id": row.rep.0,
            "name": row.rep.1,
            "share_bp": row.share_bp,
            "days": row.days.iter().map(|(day, all, out)| json!({ "day": day, "touches": all, "outbound_new": out })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

/// Warnings.
pub fn warnings(zone: Zone, page: &WarningPage) -> Value {
    let [rep, lead, manager] = page.open;
    json!({
        "open": { "rep": rep, "lead": lead, "manager": manager },
        "lost": page.lost,
        "warned": page.warned,
        "warned_first_bp": page.share_bp,
        "rows": page.rows.iter().map(|row| json!({
            "id": row.id,
            "rule": row.rule,
            "name": { "zh": row.name.zh, "en": row.name.en },
            "severity": row.severity,
            "level": row.level,
            "since": when(zone, row.since),
            "customer": { "id": row.customer.0, "name": row.customer.1 },
            "deal": row.deal,
            "owner": row.owner.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
            "task": row.task,
        })).collect::<Vec<_>>(),
    })
}
