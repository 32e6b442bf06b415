//! Ways in: keys, passwords, invitations, and who is locked out.
//!
//! What can be guessed is locked after [`GUESSES`] wrong tries; a key cannot be guessed and lets in all the same, so that nobody
//! can lock a floor out by guessing. Everything that a try changes is changed by the one writer, so that tries at once count.

use std::time::Duration;

use crate::domain::clean::clean;
use crate::domain::id::UserId;
use crate::domain::lists::{AuditKind, Came, Role, UserState};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::store::change::sign_in::{NewKey, Tried};
use crate::store::change::{About, Note, SignInChange};
use crate::store::db::Db;
use crate::store::error::StoreError;
use crate::store::rights::{self, Action};
use crate::store::value::word;
use crate::store::work::invalid;
use crate::store::write::{self, Work};
use crate::{sql, values};

/// Wrong tries after which no more are looked at.
pub const GUESSES: i64 = 5;
/// How long wrong tries count.
pub const COUNTED: Duration = Duration::from_mins(15);
/// How long somebody is locked out who is not released before.
pub const LOCKED: Duration = Duration::from_mins(15);
/// Keys that one user may have.
const KEYS: i64 = 20;
/// Characters of a key's name.
const NAME: usize = 60;

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &SignInChange) -> Result<(), StoreError> {
    match change {
        SignInChange::AddKey { user, key } => {
            may_manage(work, *user, "add a key")?;
            add_key(work, *user, key)?;
            work.note(way(AuditKind::KeyAdded, *user).changed("", key_named(key)));
        }
        SignInChange::RemoveKey { user, fingerprint } => {
            may_manage(work, *user, "remove a key")?;
            remove_key(work, *user, fingerprint)?;
            work.note(way(AuditKind::KeyRemoved, *user).changed(format!("key {fingerprint}"), ""));
        }
        SignInChange::Invite { user, code, until } => {
            may_manage(work, *user, "invite")?;
            ready(work, *user)?;
            work.tx.put(
                sql!("UPDATE sign_in SET invitation = $2, invited_until = $3 WHERE user_id = $1"),
                values![*user, code.reveal(), *until],
            )?;
            let until = told(work, *until)?;
            work.note(way(AuditKind::KeyOffered, *user).changed("", format!("an invitation until {until}")));
        }
        SignInChange::Enrol { user, code, key } => enrol(work, *user, code, key)?,
        SignInChange::SetPassword { user, password } => {
            may_manage(work, *user, "set a password")?;
            ready(work, *user)?;
            work.tx.put(
                sql!("UPDATE sign_in SET password = $2 WHERE user_id = $1"),
                values![*user, password.as_ref().map(Secret::reveal)],
            )?;
            work.note(set_or_taken(*user, "password", password.is_some()));
        }
        SignInChange::SetTotp { user, secret } => {
            may_manage(work, *user, "set one-time codes")?;
            ready(work, *user)?;
            work.tx.put(
                sql!("UPDATE sign_in SET totp = $2, totp_step = 0 WHERE user_id = $1"),
                values![*user, secret.as_ref().map(Secret::reveal)],
            )?;
            work.note(set_or_taken(*user, "one-time codes", secret.is_some()));
        }
        SignInChange::SetPin { user, pin } => {
            may_manage(work, *user, "set a PIN")?;
            ready(work, *user)?;
            work.tx.put(
                sql!("UPDATE sign_in SET pin = $2 WHERE user_id = $1"),
                values![*user, pin.as_ref().map(Secret::reveal)],
            )?;
            work.note(set_or_taken(*user, "PIN", pin.is_some()));
        }
        SignInChange::Unlock { user } => {
            let relation = work.by.relation_to(work.tx, Some(*user), work.day)?;
            rights::check(work.by.role, Action::Unlock, relation, "let somebody guess again")?;
            ready(work, *user)?;
            release(work, *user)?;
            work.note(way(AuditKind::Unlocked, *user));
        }
        SignInChange::Tried(tried) => return note(work, tried),
    }
    work.effects.user = change.user();
    Ok(())
}

/// Who has the right to somebody's ways in: the person, a lead of the team, managers; never those of a higher role.
fn may_manage(work: &Work<'_>, user: UserId, what: &str) -> Result<(), StoreError> {
    let relation = work.by.relation_to(work.tx, Some(user), work.day)?;
    rights::check(work.by.role, Action::ManageSignIn, relation, what)?;
    let (role, state) = role_of(work, user)?;
    if state == UserState::Left {
        return Err(StoreError::NotActive { by: user, why: "left".to_owned() });
    }
    if user == work.by.id || role <= work.by.role {
        return Ok(());
    }
    Err(StoreError::Forbidden {
        role: work.by.role.as_str().to_owned(),
        what: format!("{what} for a user of role '{role}'"),
        relation: String::new(),
    })
}

fn role_of(work: &Work<'_>, user: UserId) -> Result<(Role, UserState), StoreError> {
    if user == Db::SYSTEM {
        return Err(invalid("system_user", "nobody signs in as the system user".to_owned()));
    }
    work.tx
        .one(sql!("SELECT role, state FROM person_user WHERE id = $1"), values![user], |row| {
            Ok((word(row, 0, Role::parse)?, word(row, 1, UserState::parse)?))
        })?
        .ok_or_else(|| StoreError::NotFound { kind: "user", id: user.to_string(), hint: None })
}

/// Sees that there is a row for a user.
fn ready(work: &Work<'_>, user: UserId) -> Result<(), StoreError> {
    work.tx.put(
        sql!(
            "INSERT INTO sign_in (user_id, totp_step, failures) VALUES ($1, 0, 0) ON CONFLICT (user_id) DO NOTHING"
        ),
        values![user],
    )?;
    Ok(())
}

fn add_key(work: &mut Work<'_>, user: UserId, key: &NewKey) -> Result<(), StoreError> {
    let have = work
        .tx
        .number(sql!("SELECT COUNT(*) FROM sign_key WHERE user_id = $1"), values![user])?
        .unwrap_or_default();
    if have >= KEYS {
        return Err(invalid(
            "keys",
            format!("there are {have} keys already; remove one with 'corral user key remove' before"),
        ));
    }
    let name: String = clean(&key.name).chars().take(NAME).collect();
    work.tx.put(
        sql!(
            "INSERT INTO sign_key (user_id, fingerprint, body, name, added_at, added_by) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (user_id, fingerprint) DO UPDATE SET name = excluded.name"
        ),
        values![user, &key.fingerprint, &key.body, &name, work.at, work.by.id],
    )?;
    Ok(())
}

fn remove_key(work: &mut Work<'_>, user: UserId, fingerprint: &str) -> Result<(), StoreError> {
    let gone = work.tx.run(
        sql!("DELETE FROM sign_key WHERE user_id = $1 AND fingerprint = $2"),
        values![user, fingerprint],
    )?;
    if gone == 0 {
        return Err(StoreError::NotFound { kind: "key", id: fingerprint.to_owned(), hint: None });
    }
    Ok(())
}

fn enrol(work: &mut Work<'_>, user: UserId, code: &Secret, key: &NewKey) -> Result<(), StoreError> {
    only_the_server(work, "take an invitation up")?;
    if role_of(work, user)?.1 == UserState::Left {
        return Err(StoreError::NotActive { by: user, why: "left".to_owned() });
    }
    // two who know the code at once: the second finds it used
    let taken = work.tx.run(
        sql!(
            "UPDATE sign_in SET invitation = NULL, invited_until = NULL, failures = 0, locked_until = NULL \
             WHERE user_id = $1 AND invitation = $2 AND invited_until >= $3"
        ),
        values![user, code.reveal(), work.at],
    )?;
    if taken == 0 {
        return Err(invalid(
            "invitation",
            "the invitation was used or its time is over; ask for another".to_owned(),
        ));
    }
    add_key(work, user, key)?;
    work.note(way(AuditKind::KeyAdded, user).changed("", key_named(key)).because("by an invitation"));
    Ok(())
}

/// A line of the audit trail about somebody's ways in.
fn way(kind: AuditKind, user: UserId) -> Note {
    Note::new(kind, About::User(user))
}

/// An instant as the trail tells it, in the time of the business.
fn told(work: &mut Work<'_>, at: Timestamp) -> Result<String, StoreError> {
    let (tx, by) = (work.tx, work.by.id);
    Ok(write::zone_of(tx, work.books(), by)?.rfc3339(at))
}

fn key_named(key: &NewKey) -> String {
    format!("key {} {}", key.fingerprint, key.name)
}

fn set_or_taken(user: UserId, what: &str, is_set: bool) -> Note {
    if is_set {
        way(AuditKind::KeyAdded, user).changed("", what)
    } else {
        way(AuditKind::KeyRemoved, user).changed(what, "")
    }
}

fn release(work: &Work<'_>, user: UserId) -> Result<(), StoreError> {
    work.tx.put(
        sql!("UPDATE sign_in SET failures = 0, failed_at = NULL, locked_until = NULL WHERE user_id = $1"),
        values![user],
    )?;
    Ok(())
}

/// Notes a try. It changes nothing that others see: the journal is for what people do.
fn note(work: &mut Work<'_>, tried: &Tried) -> Result<(), StoreError> {
    only_the_server(work, "note who tried to come in")?;
    work.idle();
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO sign_in_event (id, at, user_id, way, came, address) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO NOTHING"
        ),
        values![id, work.at, tried.user, tried.way, tried.came, &tried.address],
    )?;
    let kind = match tried.came {
        Came::In | Came::Enrolled => AuditKind::SignedIn,
        Came::Wrong | Came::Locked => AuditKind::SignInFailed,
    };
    // what was typed for a name may be a password: a name that nobody goes by is not kept
    let about = tried.user.map_or(About::Nothing, About::User);
    work.note(Note::new(kind, about).changed("", format!("{}: {}", tried.way, tried.came)));
    let Some(user) = tried.user else { return Ok(()) };
    match tried.came {
        Came::Wrong => {
            ready(work, user)?;
            guessed(work, user)
        }
        Came::In if tried.way.is_guessable() => {
            if let Some(step) = tried.step {
                work.tx
                    .put(sql!("UPDATE sign_in SET totp_step = $2 WHERE user_id = $1"), values![user, step])?;
            }
            release(work, user)
        }
        _ => Ok(()),
    }
}

fn guessed(work: &mut Work<'_>, user: UserId) -> Result<(), StoreError> {
    let so_far = work.tx.one(
        sql!("SELECT failures, failed_at, locked_until FROM sign_in WHERE user_id = $1"),
        values![user],
        |row| Ok((row.int(0)?, row.opt_int(1)?.map(Timestamp), row.opt_int(2)?.map(Timestamp))),
    )?;
    let (failures, failed_at, locked_until) = so_far.unwrap_or((0, None, None));
    let counts = failed_at.is_some_and(|at| at.plus(COUNTED) >= work.at)
        && locked_until.is_none_or(|until| until > work.at);
    let failures = if counts { failures + 1 } else { 1 };
    let locked = (failures >= GUESSES).then(|| work.at.plus(LOCKED));
    work.tx.put(
        sql!("UPDATE sign_in SET failures = $2, failed_at = $3, locked_until = $4 WHERE user_id = $1"),
        values![user, failures, work.at, locked],
    )?;
    if let Some(until) = locked {
        let until = told(work, until)?;
        work.note(way(AuditKind::Locked, user).changed("", format!("until {until}")));
    }
    Ok(())
}

fn only_the_server(work: &Work<'_>, what: &str) -> Result<(), StoreError> {
    if work.by.id == Db::SYSTEM {
        return Ok(());
    }
    Err(StoreError::Forbidden {
        role: work.by.role.as_str().to_owned(),
        what: what.to_owned(),
        relation: String::new(),
    })
}
