//! `corral undo`: takes a change back, lists what can be taken back, and tells beforehand what would come of it.

use serde_json::{Value, json};

use crate::cli::args::Undo;
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, strange, when};
use crate::domain::id::WriteId;
use crate::domain::time::Zone;
use crate::store::change::Change;
use crate::store::query::{Answer, ChangeRow, ChangesAsk, Consequence, Query, Standing};

/// Runs the command.
pub fn undo(local: &mut Local, wanted: &Undo) -> Result<(), Failure> {
    if wanted.list {
        return list(local, wanted);
    }
    match wanted.change.filter(|_| wanted.dry_run) {
        Some(change) => dry_run(local, change),
        None => take_back(local, wanted.change),
    }
}

fn take_back(local: &mut Local, change: Option<WriteId>) -> Result<(), Failure> {
    let me = local.me()?;
    let commit = local.make(me.user.id, Change::Undo { write: change })?;
    let (write, what) = commit.effects.undone.clone().ok_or_else(strange)?;
    let shape = json!({ "undone": { "change": write, "what": what }, "revision": commit.revision });
    output::answer(local.json, &shape, || vec![format!("undone: {what} ({write})")])
}

fn list(local: &mut Local, wanted: &Undo) -> Result<(), Failure> {
    let me = local.me()?;
    let user = match &wanted.of {
        Some(login) => local.user_named(login)?.id,
        None => me.user.id,
    };
    let limit = usize::from(wanted.limit);
    let ask = ChangesAsk { by: me.user.id, user, now: local.now(), before: wanted.before, only: None, limit };
    let rows = asked(local, ask)?;
    let zone = me.playbook.zone;
    let next = rows.last().filter(|_| rows.len() >= limit).map(|row| row.revision);
    let shape =
        json!({ "changes": rows.iter().map(|row| change(zone, row)).collect::<Vec<_>>(), "next": next });
    output::answer(local.json, &shape, || {
        if rows.is_empty() {
            return vec!["nothing was changed yet today".to_owned()];
        }
        rows.iter().map(|row| line(zone, row)).collect()
    })
}

fn dry_run(local: &mut Local, write: WriteId) -> Result<(), Failure> {
    let me = local.me()?;
    let (by, now) = (me.user.id, local.now());
    let ask = ChangesAsk { by, user: by, now, before: None, only: Some(write), limit: 1 };
    let row = asked(local, ask)?.into_iter().next().ok_or_else(strange)?;
    let zone = me.playbook.zone;
    output::answer(local.json, &json!({ "change": change(zone, &row) }), || {
        let mut lines = vec![line(zone, &row)];
        lines.extend(row.consequences.iter().map(|consequence| format!("  {}", said(zone, consequence))));
        lines
    })
}

fn asked(local: &mut Local, ask: ChangesAsk) -> Result<Vec<ChangeRow>, Failure> {
    match local.ask(&Query::Changes(ask))? {
        Answer::Changes(rows) => Ok(rows),
        _ => Err(strange()),
    }
}

/// A change as other programs read it.
fn change(zone: Zone, row: &ChangeRow) -> Value {
    let (state, why, reason) = match &row.standing {
        Standing::Free => ("free", None, None),
        Standing::TakenBack => ("taken_back", None, None),
        Standing::Barred { why, what, .. } => ("barred", Some(*why), Some(what)),
    };
    json!({
        "change": row.write,
        "revision": row.revision,
        "at": when(zone, row.at),
        "what": row.kind,
        "customer": row.customer.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
        "outcome": row.outcome,
        "state": state,
        "why": why,
        "reason": reason,
        "consequences": row.consequences.iter().map(|one| consequence(zone, one)).collect::<Vec<_>>(),
    })
}

fn consequence(zone: Zone, consequence: &Consequence) -> Value {
    match consequence {
        Consequence::Left => json!({ "what": "left" }),
        Consequence::Touch { outcome } => json!({ "what": "touch", "outcome": outcome }),
        Consequence::Cancelled { lane, due_at } => {
            json!({ "what": "cancelled", "lane": lane, "due_at": when(zone, *due_at) })
        }
        Consequence::Reopened { lane, due_at } => {
            json!({ "what": "reopened", "lane": lane, "due_at": when(zone, *due_at) })
        }
        Consequence::Moved { lane, from, to } => {
            json!({ "what": "moved", "lane": lane, "from": when(zone, *from), "to": when(zone, *to) })
        }
        Consequence::Stage { pipeline, from, to } => {
            json!({ "what": "stage", "pipeline": pipeline, "from": from, "to": to })
        }
        Consequence::Coupon { coupon, code, state, quota } => {
            json!({ "what": "coupon", "coupon": coupon, "code": code, "state": state, "quota": quota })
        }
        Consequence::Figure { metric, by } => json!({ "what": "figure", "metric": metric, "by": by }),
        Consequence::Gap { metric, from, to } => {
            json!({ "what": "gap", "metric": metric, "from": from, "to": to })
        }
        Consequence::Other { what, name } => json!({ "what": what, "name": name }),
    }
}

/// A change in a line.
fn line(zone: Zone, row: &ChangeRow) -> String {
    let customer = row.customer.as_ref().map(|(_, name)| format!(" · {name}")).unwrap_or_default();
    let outcome = row.outcome.as_ref().map(|outcome| format!(" {outcome}")).unwrap_or_default();
    let state = match &row.standing {
        Standing::Free => "can be taken back".to_owned(),
        Standing::TakenBack => "taken back".to_owned(),
        Standing::Barred { what, .. } => what.clone(),
    };
    format!("{}  {}  {}{outcome}{customer} · {state}", row.write, zone.clock(row.at), row.kind)
}

/// A consequence in a line.
fn said(zone: Zone, consequence: &Consequence) -> String {
    match consequence {
        Consequence::Left => "the message has left the building: only the record of it goes".to_owned(),
        Consequence::Touch { outcome } => format!("the record '{outcome}' is struck out"),
        Consequence::Cancelled { lane, due_at } => format!("{lane} {} goes", when(zone, *due_at)),
        Consequence::Reopened { lane, due_at } => format!("{lane} {} is due again", when(zone, *due_at)),
        Consequence::Moved { lane, from, to } => {
            format!("{lane} {} → {}", when(zone, *from), when(zone, *to))
        }
        Consequence::Stage { pipeline, from, to } => format!("{pipeline} {from} → {to}"),
        Consequence::Coupon { coupon, code, state, quota } => {
            format!("coupon {coupon} {code} → {state}, quota {quota:+}")
        }
        Consequence::Figure { metric, by } => format!("{metric} {by:+}"),
        Consequence::Gap { metric, from, to } => format!("gap of {metric} {from} → {to}"),
        Consequence::Other { what, name } if name.is_empty() => format!("{what} goes back"),
        Consequence::Other { what, name } => format!("{what} goes back: {name}"),
    }
}
