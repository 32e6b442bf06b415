//! Exports that need a manager's word: asked for, approved or turned down, good for a day.

use std::time::Duration;

use crate::domain::clean::clean;
use crate::domain::id::{AskId, UserId};
use crate::domain::lists::{AuditKind, Records, Role};
use crate::domain::time::Timestamp;
use crate::store::change::{About, Note};
use crate::store::customers::{invalid, user_name};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::export::AskedRow;
use crate::store::rights::{self, Action, Relation};
use crate::store::value::word;
use crate::store::write::Work;
use crate::{sql, values};

/// The rule by which an export is refused that was not approved.
pub const NOT_APPROVED: &str = "not_approved";

/// How long an approval holds.
const GOOD_FOR: Duration = Duration::from_hours(24);

/// Asks whether records may be taken out.
pub fn ask(
    work: &mut Work<'_>,
    records: Records,
    (narrowed, reason): (&str, &str),
) -> Result<(), StoreError> {
    rights::check(work.by.role, Action::Export, Relation::Team, "export records")?;
    let (narrowed, reason) = (clean(narrowed), clean(reason));
    if reason.trim().is_empty() {
        return Err(invalid("no_reason", "say what the records are wanted for"));
    }
    let id = AskId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO export_asked (id, by_user, records, narrowed, reason, at, decided_by, decided_at, approved, words) \
             VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, NULL, '')"
        ),
        values![id, work.by.id, records, narrowed.as_ref(), reason.as_ref(), work.at],
    )?;
    work.effects.ask = Some(id);
    let about = About::thing("export", id.to_string());
    let what = format!("{records} {narrowed}");
    work.note(Note::new(AuditKind::ExportAsked, about).changed("", what.trim()).because(reason.as_ref()));
    Ok(())
}

/// Says whether it may be made.
pub fn decide(work: &mut Work<'_>, ask: AskId, (approve, words): (bool, &str)) -> Result<(), StoreError> {
    rights::check(work.by.role, Action::ApproveExport, Relation::Nobody, "decide about an export")?;
    let found = work.tx.one(
        sql!("SELECT by_user, decided_by, approved FROM export_asked WHERE id = $1"),
        values![ask],
        |row| Ok((UserId(row.int(0)?), row.opt_int(1)?, row.opt_int(2)?)),
    )?;
    let Some((by, decided, was)) = found else {
        return Err(StoreError::NotFound {
            kind: "export that was asked for",
            id: ask.to_string(),
            hint: None,
        });
    };
    let said = |approved: bool| if approved { "approved" } else { "turned down" };
    if let Some(decided) = decided {
        return Err(StoreError::Conflict {
            what: format!("the export {ask}"),
            by: user_name(work, decided)?,
            theirs: said(was == Some(1)).to_owned(),
            yours: said(approve).to_owned(),
        });
    }
    if by == work.by.id {
        return Err(invalid("own_export", "nobody decides about an export of the own; ask a colleague"));
    }
    let words = clean(words);
    work.tx.put(
        sql!("UPDATE export_asked SET decided_by = $2, decided_at = $3, approved = $4, words = $5 WHERE id = $1"),
        values![ask, work.by.id, work.at, i64::from(approve), words.as_ref()],
    )?;
    work.effects.ask = Some(ask);
    let kind = if approve { AuditKind::ExportApproved } else { AuditKind::ExportTurnedDown };
    let about = About::thing("export", ask.to_string());
    work.note(Note::new(kind, about).changed("", format!("user {by}")).because(words.as_ref()));
    Ok(())
}

/// Whether a user's export of these records was approved not longer ago than a day.
pub fn approved(
    tx: Tx<'_>,
    (user, now): (UserId, Timestamp),
    (records, narrowed): (Records, &str),
) -> Result<bool, StoreError> {
    let found = tx.number(
        sql!(
            "SELECT id FROM export_asked WHERE by_user = $1 AND at > $2 AND approved = 1 AND decided_at > $3 \
             AND records = $4 AND narrowed = $5 LIMIT 1"
        ),
        // who decides does so within a week
        values![user, now.minus(GOOD_FOR * 8), now.minus(GOOD_FOR), records, narrowed],
    )?;
    Ok(found.is_some())
}

/// Exports that were asked for, newest first: all to who decides, else the own.
pub fn asked(tx: Tx<'_>, by: UserId, limit: usize) -> Result<Vec<AskedRow>, StoreError> {
    let role = tx.one(sql!("SELECT role FROM person_user WHERE id = $1"), values![by], |row| {
        word(row, 0, Role::parse)
    })?;
    let decides = role.is_some_and(|role| rights::may(role, Action::ApproveExport, Relation::Nobody));
    tx.all(
        sql!(
            "SELECT a.id, a.by_user, coalesce(u.name, ''), a.records, a.narrowed, a.reason, a.at, coalesce(d.name, ''), \
               a.decided_at, a.approved, a.words \
             FROM export_asked a LEFT JOIN person_user u ON u.id = a.by_user LEFT JOIN person_user d ON d.id = a.decided_by \
             WHERE CAST($1 AS BIGINT) IS NULL OR a.by_user = $1 ORDER BY a.id DESC LIMIT $2"
        ),
        values![(!decides).then_some(by), i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| {
            let answer = match row.opt_int(8)? {
                Some(at) => {
                    let (name, words) = (row.text(7)?.to_owned(), row.text(10)?.to_owned());
                    Some((name, Timestamp(at), row.opt_int(9)? == Some(1), words))
                }
                None => None,
            };
            Ok(AskedRow {
                id: AskId(row.int(0)?),
                by: (UserId(row.int(1)?), row.text(2)?.to_owned()),
                records: word(row, 3, Records::parse)?,
                narrowed: row.text(4)?.to_owned(),
                reason: row.text(5)?.to_owned(),
                at: Timestamp(row.int(6)?),
                decided: answer,
            })
        },
    )
}
