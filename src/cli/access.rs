//! Rights over customers, numbers shown, exports that were asked for.

use serde_json::{Value, json};

use crate::cli::args::{Approval, Grant};
use crate::cli::day::act;
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, strange, when};
use crate::domain::id::{AskId, ContactId, CustomerId};
use crate::domain::lists::OwnerRight;
use crate::domain::time::Zone;
use crate::store::change::access::NewGrant;
use crate::store::change::{AccessChange, Change};
use crate::store::query::export::AskedRow;
use crate::store::query::{Answer, Query};
use crate::store::write;

/// `corral customer grant`.
pub fn grant(local: &mut Local, wanted: &Grant) -> Result<(), Failure> {
    let share_bp = match (wanted.right, wanted.share) {
        (OwnerRight::Credit, Some(share)) => share,
        (OwnerRight::Credit, None) => {
            return Err(Failure::usage("credit is a share of what is sold: give --share, such as 30%"));
        }
        (_, None) => 0,
        (_, Some(_)) => return Err(Failure::usage("only credit has a share: leave --share out")),
    };
    let zone = local.me()?.playbook.zone;
    let new = NewGrant {
        customer: wanted.customer,
        to: local.user_named(&wanted.to)?.id,
        right: wanted.right,
        process: wanted.process.clone(),
        until: wanted.until.map(|day| zone.end(day)),
        share_bp,
        reason: wanted.why.clone(),
    };
    act(local, Change::Access(AccessChange::Grant(Box::new(new))))
}

/// `corral customer revoke`.
pub fn revoke(
    local: &mut Local,
    customer: CustomerId,
    (from, right, process): (&str, OwnerRight, &str),
    why: &str,
) -> Result<(), Failure> {
    let from = local.user_named(from)?.id;
    let (process, reason) = (process.to_owned(), why.to_owned());
    act(local, Change::Access(AccessChange::Revoke { customer, from, right, process, reason }))
}

/// `corral customer reveal`: shown once it is on record.
pub fn reveal(local: &mut Local, contact: ContactId, why: &str) -> Result<(), Failure> {
    let by = local.viewer()?;
    let reason = why.to_owned();
    local.make(by.id, Change::Access(AccessChange::Reveal { contact, reason }))?;
    let Answer::ToDial(value) = local.ask(&Query::ToDial { contact, by })? else { return Err(strange()) };
    output::answer(local.json, &json!({ "contact": contact, "value": value }), || vec![value.clone()])
}

/// `corral approval`.
pub fn approval(local: &mut Local, wanted: &Approval) -> Result<(), Failure> {
    match wanted {
        Approval::List { limit } => list(local, *limit),
        Approval::Give { ask, why } => decide(local, *ask, (true, why)),
        Approval::Refuse { ask, why } => decide(local, *ask, (false, why)),
    }
}

fn decide(local: &mut Local, ask: AskId, (approve, why): (bool, &str)) -> Result<(), Failure> {
    let by = local.keeper()?;
    let words = why.to_owned();
    local.make(by, Change::Access(AccessChange::DecideExport { ask, approve, words }))?;
    let said = if approve { "approved for a day" } else { "refused" };
    output::answer(local.json, &json!({ "ask": ask, "approved": approve }), || vec![format!("{ask} {said}")])
}

fn list(local: &mut Local, limit: usize) -> Result<(), Failure> {
    let by = local.keeper()?;
    let zone = local.db()?.snapshot(|tx, books| write::zone_of(tx, books, by))?;
    let Answer::ExportsAsked(rows) = local.ask(&Query::ExportsAsked { by, limit })? else {
        return Err(strange());
    };
    let shape = json!({ "asked": rows.iter().map(|row| shape(zone, row)).collect::<Vec<_>>() });
    output::answer(local.json, &shape, || {
        if rows.is_empty() {
            return vec!["no export was asked for".to_owned()];
        }
        rows.iter().map(|row| line(zone, row)).collect()
    })
}

fn shape(zone: Zone, row: &AskedRow) -> Value {
    let decided = row.decided.as_ref().map(|(by, at, approved, words)| {
        json!({ "by": by, "at": when(zone, *at), "approved": approved, "why": words })
    });
    json!({
        "id": row.id, "by": row.by.1, "records": row.records, "narrowed": row.narrowed, "why": row.reason,
        "at": when(zone, row.at), "decided": decided,
    })
}

fn line(zone: Zone, row: &AskedRow) -> String {
    let state = match &row.decided {
        None => "waits".to_owned(),
        Some((by, at, approved, words)) => {
            let said = if *approved { "approved" } else { "refused" };
            let why = if words.is_empty() { String::new() } else { format!(": {words}") };
            format!("{said} by {by} {}{why}", when(zone, *at))
        }
    };
    let what = format!("{} {}", row.records, row.narrowed);
    format!("{}  {}  {}  {}  “{}”  {state}", row.id, when(zone, row.at), row.by.1, what.trim(), row.reason)
}
