//! Who is here today (S001-130, S002-17).

use crate::domain::id::UserId;
use crate::domain::lists::{Attendance, UserState};
use crate::domain::time::Timestamp;
use crate::store::change::Topic;
use crate::store::customers::invalid;
use crate::store::desk::stand;
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::write::Work;
use crate::{sql, values};

/// Says whether somebody is here today. Whoever checks in twice was here from the first time on.
pub fn attend(work: &mut Work<'_>, user: UserId, kind: Attendance) -> Result<(), StoreError> {
    stand::may(work, Action::Attend, user, "say who is here today")?;
    here(work, user)?;
    set(work, user, kind)
}

/// The name of somebody who works here.
pub fn here(work: &Work<'_>, user: UserId) -> Result<String, StoreError> {
    let found =
        work.tx.one(sql!("SELECT name, state FROM person_user WHERE id = $1"), values![user], |row| {
            Ok((row.text(0)?.to_owned(), word(row, 1, UserState::parse)?))
        })?;
    match found {
        None => Err(StoreError::NotFound { kind: "user", id: user.to_string(), hint: None }),
        Some((name, UserState::Left)) => {
            Err(invalid("has_left", format!("'{name}' has left; choose somebody who works here")))
        }
        Some((name, _)) => Ok(name),
    }
}

/// Writes it, with its way back.
pub fn set(work: &mut Work<'_>, user: UserId, kind: Attendance) -> Result<(), StoreError> {
    let day = work.day;
    let before = work.tx.one(
        sql!("SELECT kind, at, by_user FROM attendance WHERE user_id = $1 AND day = $2"),
        values![user, day],
        |row| Ok((word(row, 0, Attendance::parse)?, Timestamp(row.int(1)?), UserId(row.int(2)?))),
    )?;
    if before.as_ref().is_some_and(|(before, ..)| *before == kind) {
        return Ok(());
    }
    work.tx.put(
        sql!(
            "INSERT INTO attendance (user_id, day, kind, at, by_user) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (user_id, day) DO UPDATE SET kind = excluded.kind, at = excluded.at, by_user = excluded.by_user"
        ),
        values![user, day, kind, work.at, work.by.id],
    )?;
    work.reverse(Reversal::Attended { user, day, before });
    work.effects.user = Some(user);
    work.touch(Topic::Desk);
    Ok(())
}
