//! Granting a right over a customer, and taking it back (S001-32).

use crate::domain::clean::clean;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::{AuditKind, OwnerRight};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::actor::owner_of;
use crate::store::change::access::NewGrant;
use crate::store::change::{About, Note, Topic};
use crate::store::customers::{add, hint, invalid, login_of};
use crate::store::error::StoreError;
use crate::store::grants::{self, Grant};
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// The whole of an order, basis points.
const WHOLE: i64 = 10_000;

/// Grants a right; an earlier grant of the same right for the same process ends.
pub fn grant(work: &mut Work<'_>, new: &NewGrant) -> Result<(), StoreError> {
    may(work, new.customer, new.right)?;
    let owner = owner_of(work.tx, new.customer)?;
    add::may_follow(work, new.to)?;
    if owner == Some(new.to) && new.right != OwnerRight::Credit {
        return Err(invalid("is_owner", "who follows a customer sees and works it already"));
    }
    if new.until.is_some_and(|until| until <= work.at) {
        return Err(invalid("bad_until", "the end of the grant has passed already; give a later one"));
    }
    let book = work.book_of(new.customer)?.playbook;
    known_process(&book, &new.process)?;
    let standing = grants::over(work.tx, new.customer, work.at)?;
    share(new, &standing)?;
    let same = |grant: &&Grant| {
        (grant.user, grant.right, grant.process.as_str()) == (new.to, new.right, new.process.as_str())
    };
    let before = standing.iter().find(same);
    if let Some(before) = before {
        end(work, before)?;
    }
    let id = work.ids.make();
    let reason = clean(&new.reason);
    work.tx.put(
        sql!(
            "INSERT INTO ownership (id, customer_id, process, user_id, owner_right, from_at, to_at, reason, share_bp) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        values![
            id,
            new.customer,
            &new.process,
            new.to,
            new.right,
            work.at,
            new.until,
            reason.as_ref(),
            new.share_bp
        ],
    )?;
    work.reverse(Reversal::Granted { id, until: new.until });
    let login = login_of(work, Some(new.to))?;
    let told = told(&login, (new.right, &new.process), (new.until, new.share_bp));
    let was = match before {
        Some(before) => self::told(&login, (before.right, &before.process), (before.until, before.share_bp)),
        None => String::new(),
    };
    let about = About::Customer(new.customer);
    work.note(Note::new(AuditKind::Granted, about).changed(was, told).because(reason.as_ref()));
    concerns(work, new.customer, new.to);
    Ok(())
}

/// Takes a grant back.
pub fn revoke(
    work: &mut Work<'_>,
    customer: CustomerId,
    (from, right, process): (UserId, OwnerRight, &str),
    reason: &str,
) -> Result<(), StoreError> {
    may(work, customer, right)?;
    let standing = grants::over(work.tx, customer, work.at)?;
    let found = standing
        .iter()
        .find(|grant| (grant.user, grant.right, grant.process.as_str()) == (from, right, process));
    let login = login_of(work, Some(from))?;
    let Some(grant) = found else {
        return Err(StoreError::NotFound {
            kind: "grant",
            id: told(&login, (right, process), (None, 0)),
            hint: None,
        });
    };
    end(work, grant)?;
    let was = told(&login, (grant.right, &grant.process), (grant.until, grant.share_bp));
    let note = Note::new(AuditKind::Revoked, About::Customer(customer)).changed(was, "");
    work.note(note.because(clean(reason).as_ref()));
    concerns(work, customer, from);
    Ok(())
}

fn may(work: &Work<'_>, customer: CustomerId, right: OwnerRight) -> Result<(), StoreError> {
    match right {
        OwnerRight::Follow => {
            Err(invalid("use_assign", "who follows a customer is said by assigning it, not by a grant"))
        }
        OwnerRight::Credit => work.may(Action::GrantCredit, customer, "share the credit of a customer"),
        OwnerRight::View | OwnerRight::Collaborate => {
            work.may(Action::Grant, customer, "grant a right over a customer")
        }
    }
}

fn known_process(book: &Playbook, process: &str) -> Result<(), StoreError> {
    let known = || book.pipelines.iter().map(|pipeline| pipeline.process.as_str());
    if process.is_empty() || known().any(|known| known == process) {
        return Ok(());
    }
    let near = hint(process, known());
    Err(invalid("unknown_process", format!("'{process}' is no process of the playbook '{}'{near}", book.id)))
}

/// Shares of credit are some of an order, together at most the whole of it.
fn share(new: &NewGrant, standing: &[Grant]) -> Result<(), StoreError> {
    if new.right != OwnerRight::Credit {
        return if new.share_bp == 0 { Ok(()) } else { Err(invalid("bad_share", "only credit has a share")) };
    }
    let meet = |grant: &&Grant| {
        grant.right == OwnerRight::Credit
            && (grant.user, grant.process.as_str()) != (new.to, new.process.as_str())
            && (new.process.is_empty() || grant.is_for(&new.process))
    };
    let others: i64 = standing.iter().filter(meet).map(|grant| grant.share_bp).sum();
    if (1..=WHOLE - others).contains(&new.share_bp) {
        return Ok(());
    }
    let left = WHOLE - others;
    let what = format!("a share of {} of {WHOLE} does not fit; {left} are left to give", new.share_bp);
    Err(invalid("bad_share", what))
}

fn end(work: &mut Work<'_>, grant: &Grant) -> Result<(), StoreError> {
    work.tx.put(sql!("UPDATE ownership SET to_at = $2 WHERE id = $1"), values![grant.id, work.at])?;
    work.reverse(Reversal::Revoked { id: grant.id, until: grant.until });
    Ok(())
}

fn concerns(work: &mut Work<'_>, customer: CustomerId, user: UserId) {
    work.effects.customer = Some(customer);
    work.effects.user = Some(user);
    work.touch(Topic::Customer);
}

/// A grant in words of data, as the trail keeps it: `wang: collaborate renewal until 2026-…`.
fn told(
    login: &str,
    (right, process): (OwnerRight, &str),
    (until, share_bp): (Option<Timestamp>, i64),
) -> String {
    let process = if process.is_empty() { String::new() } else { format!(" in {process}") };
    let share = if share_bp > 0 { format!(" {share_bp} bp") } else { String::new() };
    let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
    format!("{login}: {right}{process}{share}{until}")
}

/// Takes a grant back with the change that made it; answers how many rows that were.
pub fn back(work: &Work<'_>, id: i64, until: Option<Timestamp>) -> Result<usize, StoreError> {
    work.tx.run(
        sql!("UPDATE ownership SET to_at = $2 WHERE id = $1 AND to_at IS NOT DISTINCT FROM $3"),
        values![id, work.at, until],
    )
}

/// Gives a grant again with the change that took it back; answers how many rows that were.
pub fn taken_back(
    work: &Work<'_>,
    id: i64,
    (at, until): (Timestamp, Option<Timestamp>),
) -> Result<usize, StoreError> {
    work.tx.run(sql!("UPDATE ownership SET to_at = $3 WHERE id = $1 AND to_at = $2"), values![id, at, until])
}
