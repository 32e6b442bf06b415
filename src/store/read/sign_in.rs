//! Answers about ways in.

use crate::domain::id::UserId;
use crate::domain::lists::{Came, Way};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::sign_in::{Door, KeyRow, Pin, SignInAnswer, SignInAsk, TryRow};
use crate::store::read::people;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// Answers a question of this subject.
pub fn answer(tx: Tx<'_>, ask: &SignInAsk) -> Result<SignInAnswer, StoreError> {
    match ask {
        SignInAsk::Door(login) => Ok(SignInAnswer::Door(door(tx, login)?.map(Box::new))),
        SignInAsk::Pin(user) => Ok(SignInAnswer::Pin(pin(tx, *user)?)),
        SignInAsk::HasPin(user) => Ok(SignInAnswer::HasPin(pin(tx, *user)?.hash.is_some())),
        SignInAsk::Expects { now } => {
            let sql = sql!("SELECT user_id FROM sign_in WHERE invited_until >= $1 LIMIT 1");
            Ok(SignInAnswer::Expects(tx.number(sql, values![*now])?.is_some()))
        }
        SignInAsk::Keys(user) => Ok(SignInAnswer::Keys(keys(tx, *user)?)),
        SignInAsk::Tries { user, limit } => Ok(SignInAnswer::Tries(tries(tx, *user, *limit)?)),
    }
}

/// Asks the same whether there is somebody of the name or not: how long it takes must not tell.
fn door(tx: Tx<'_>, login: &str) -> Result<Option<Door>, StoreError> {
    let user = people::named(tx, login)?;
    let id = user.as_ref().map_or(UserId(0), |user| user.id);
    let keys = tx.all(sql!("SELECT body FROM sign_key WHERE user_id = $1"), values![id], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    let ways = tx.one(
        sql!(
            "SELECT password, totp, totp_step, invitation, invited_until, locked_until FROM sign_in WHERE user_id = $1"
        ),
        values![id],
        |row| {
            let secret = |column| Ok::<_, StoreError>(row.opt_text(column)?.map(Secret::new));
            Ok(Ways {
                password: secret(0)?,
                totp: secret(1)?,
                totp_step: row.int(2)?,
                invitation: secret(3)?.zip(row.opt_int(4)?.map(Timestamp)),
                locked_until: row.opt_int(5)?.map(Timestamp),
            })
        },
    )?;
    let Some(user) = user else { return Ok(None) };
    let Ways { password, totp, totp_step, invitation, locked_until } = ways.unwrap_or_default();
    Ok(Some(Door { user, keys, password, totp, totp_step, invitation, locked_until }))
}

fn pin(tx: Tx<'_>, user: UserId) -> Result<Pin, StoreError> {
    let found =
        tx.one(sql!("SELECT pin, locked_until FROM sign_in WHERE user_id = $1"), values![user], |row| {
            Ok(Pin { hash: row.opt_text(0)?.map(Secret::new), locked_until: row.opt_int(1)?.map(Timestamp) })
        })?;
    Ok(found.unwrap_or_default())
}

#[derive(Default)]
struct Ways {
    password: Option<Secret>,
    totp: Option<Secret>,
    totp_step: i64,
    invitation: Option<(Secret, Timestamp)>,
    locked_until: Option<Timestamp>,
}

fn keys(tx: Tx<'_>, user: Option<UserId>) -> Result<Vec<KeyRow>, StoreError> {
    match user {
        Some(user) => tx.all(
            sql!(
                "SELECT k.user_id, u.login, k.fingerprint, k.body, k.name, k.added_at FROM sign_key k \
                 JOIN person_user u ON u.id = k.user_id WHERE k.user_id = $1 ORDER BY k.added_at, k.fingerprint"
            ),
            values![user],
            key_row,
        ),
        None => tx.all(
            sql!(
                "SELECT k.user_id, u.login, k.fingerprint, k.body, k.name, k.added_at FROM sign_key k \
                 JOIN person_user u ON u.id = k.user_id ORDER BY u.login, k.added_at, k.fingerprint"
            ),
            &[],
            key_row,
        ),
    }
}

fn key_row(row: &dyn Row) -> Result<KeyRow, StoreError> {
    Ok(KeyRow {
        user: UserId(row.int(0)?),
        login: row.text(1)?.to_owned(),
        fingerprint: row.text(2)?.to_owned(),
        body: row.text(3)?.to_owned(),
        name: row.text(4)?.to_owned(),
        added_at: Timestamp(row.int(5)?),
    })
}

fn tries(tx: Tx<'_>, user: Option<UserId>, limit: usize) -> Result<Vec<TryRow>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    match user {
        Some(user) => tx.all(
            sql!(
                "SELECT e.at, u.login, e.way, e.came, e.address FROM sign_in_event e \
                 LEFT JOIN person_user u ON u.id = e.user_id WHERE e.user_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT $2"
            ),
            values![user, limit],
            try_row,
        ),
        None => tx.all(
            sql!(
                "SELECT e.at, u.login, e.way, e.came, e.address FROM sign_in_event e \
                 LEFT JOIN person_user u ON u.id = e.user_id ORDER BY e.id DESC LIMIT $1"
            ),
            values![limit],
            try_row,
        ),
    }
}

fn try_row(row: &dyn Row) -> Result<TryRow, StoreError> {
    Ok(TryRow {
        at: Timestamp(row.int(0)?),
        login: row.opt_text(1)?.unwrap_or_default().to_owned(),
        way: word(row, 2, Way::parse)?,
        came: word(row, 3, Came::parse)?,
        address: row.text(4)?.to_owned(),
    })
}
