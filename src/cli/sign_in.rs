//! `corral user key`, `invite`, `password`, `totp`, `pin`, `unlock`, `tries`: who may come in, and how.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::args::Key;
use crate::cli::output::{self, Failure};
use crate::cli::secret;
use crate::cli::session::{Local, near, strange, when};
use crate::domain::time::Zone;
use crate::runtime::{invitation, password, pin, totp};
use crate::ssh::keys;
use crate::store::StoreError;
use crate::store::change::{Change, SignInChange};
use crate::store::query::sign_in::KeyRow;
use crate::store::query::{Answer, Query, SignInAnswer, SignInAsk, UserRow};
use crate::text::width::pad;

/// Longest file of keys that is read, in bytes.
const LONGEST: u64 = 64 * 1_024;

/// Keys.
pub fn key(local: &mut Local, key: &Key) -> Result<(), Failure> {
    match key {
        Key::Add { login, file } => {
            let user = whose(local, login)?;
            let text = text_of(file)?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            let keys = lines.map(keys::parse).collect::<Result<Vec<_>, _>>();
            let keys = keys.map_err(|bad| Failure::failed("bad_key", bad.to_string()))?;
            if keys.is_empty() {
                return Err(Failure::usage(format!("there is no key in '{}'", file.display())));
            }
            for key in keys {
                change(local, SignInChange::AddKey { user: user.id, key })?;
            }
            list(local, Some(&user))
        }
        Key::List { login } => {
            let user = login.as_deref().map(|login| whose(local, login)).transpose()?;
            list(local, user.as_ref())
        }
        Key::Remove { login, key } => {
            let user = whose(local, login)?;
            let known = keys_of(local, Some(&user))?;
            let meant = |row: &&KeyRow| row.fingerprint == *key || row.name == *key;
            let found: Vec<&KeyRow> = known.iter().filter(meant).collect();
            let fingerprint = match found.as_slice() {
                [only] => only.fingerprint.clone(),
                [] => {
                    let hint = near(key, known.iter().map(|row| row.fingerprint.as_str()));
                    return Err(StoreError::NotFound { kind: "key", id: key.clone(), hint }.into());
                }
                _ => {
                    let what = format!("'{key}' names {} keys; name one by its fingerprint", found.len());
                    return Err(Failure::usage(what));
                }
            };
            change(local, SignInChange::RemoveKey { user: user.id, fingerprint })?;
            list(local, Some(&user))
        }
    }
}

/// Invites a person to add a key: prints the code, once.
pub fn invite(local: &mut Local, login: &str, hours: u16) -> Result<(), Failure> {
    let user = whose(local, login)?;
    let code = invitation::code().ok_or_else(no_chance)?;
    let until = local.now().plus(Duration::from_hours(hours.into()));
    let hash = invitation::hash(&user.login, &code);
    change(local, SignInChange::Invite { user: user.id, code: hash, until })?;
    let zone = local.me_of(user.id).map_or(Zone::UTC, |me| me.playbook.zone);
    let shape = json!({ "invitation": { "login": user.login, "code": code, "until": when(zone, until) } });
    output::answer(local.json, &shape, || {
        vec![
            format!("{code}  for {} until {}", user.login, when(zone, until)),
            format!("give it to {} alone, who types it at 'ssh -p PORT {}@HOST'", user.name, user.login),
        ]
    })
}

/// Sets a password, read from the terminal or standard input, or takes it away.
pub fn password(local: &mut Local, login: &str, off: bool) -> Result<(), Failure> {
    let user = whose(local, login)?;
    let kept = if off {
        None
    } else {
        let typed = secret::read("Password: ", Some("Once more: "))?;
        Some(password::password(&typed).map_err(|unfit| Failure::failed("unfit", unfit.to_string()))?)
    };
    change(local, SignInChange::SetPassword { user: user.id, password: kept })?;
    said(local, &user, "password", !off)
}

/// Makes the secret of one-time codes and prints it, once; or asks for none any more.
pub fn totp(local: &mut Local, login: &str, off: bool) -> Result<(), Failure> {
    let user = whose(local, login)?;
    if off {
        change(local, SignInChange::SetTotp { user: user.id, secret: None })?;
        return said(local, &user, "totp", false);
    }
    let secret = totp::secret().ok_or_else(no_chance)?;
    change(local, SignInChange::SetTotp { user: user.id, secret: Some(secret.clone()) })?;
    let link = totp::link(&user.login, &secret);
    let shape = json!({ "totp": { "login": user.login, "secret": secret.reveal(), "link": link } });
    output::answer(local.json, &shape, || {
        vec![
            link.clone(),
            format!(
                "{} puts this into an authenticator; its codes are asked for beside the password",
                user.name
            ),
        ]
    })
}

/// Sets a PIN, read from the terminal or standard input, or takes it away.
pub fn pin(local: &mut Local, login: &str, off: bool) -> Result<(), Failure> {
    let user = whose(local, login)?;
    let kept = if off {
        None
    } else {
        let typed = secret::read("PIN: ", Some("Once more: "))?;
        Some(pin::pin(&typed).map_err(|unfit| Failure::failed("unfit", unfit.to_string()))?)
    };
    change(local, SignInChange::SetPin { user: user.id, pin: kept })?;
    said(local, &user, "pin", !off)
}

/// Lets somebody guess again who was locked out.
pub fn unlock(local: &mut Local, login: &str) -> Result<(), Failure> {
    let user = whose(local, login)?;
    change(local, SignInChange::Unlock { user: user.id })?;
    let shape = json!({ "unlocked": { "login": user.login } });
    output::answer(local.json, &shape, || vec![format!("{} may try again", user.login)])
}

/// Who tried to come in, newest first.
pub fn tries(local: &mut Local, login: Option<&str>, limit: u16) -> Result<(), Failure> {
    let user = login.map(|login| whose(local, login)).transpose()?.map(|user| user.id);
    let ask = SignInAsk::Tries { user, limit: limit.into() };
    let Answer::SignIn(SignInAnswer::Tries(rows)) = local.ask(&Query::SignIn(ask))? else {
        return Err(strange());
    };
    let rows: Vec<(String, Value)> = rows
        .into_iter()
        .map(|row| {
            let at = row.at.to_string();
            let line = format!(
                "{at}  {}  {}  {}  {}",
                pad(&row.login, 14),
                pad(row.way.as_str(), 9),
                pad(row.came.as_str(), 9),
                row.address
            );
            let login = Some(row.login).filter(|login| !login.is_empty());
            let shape =
                json!({ "at": at, "login": login, "way": row.way, "came": row.came, "address": row.address });
            (line, shape)
        })
        .collect();
    let shape = json!({ "tries": rows.iter().map(|(_, shape)| shape).collect::<Vec<_>>() });
    output::answer(local.json, &shape, || rows.iter().map(|(line, _)| line.clone()).collect())
}

fn whose(local: &mut Local, login: &str) -> Result<UserRow, Failure> {
    local.user_named(&login.to_lowercase())
}

fn change(local: &mut Local, change: SignInChange) -> Result<(), Failure> {
    let by = local.keeper()?;
    local.make(by, Change::SignIn(change)).map(|_| ())
}

fn keys_of(local: &mut Local, user: Option<&UserRow>) -> Result<Vec<KeyRow>, Failure> {
    let ask = SignInAsk::Keys(user.map(|user| user.id));
    match local.ask(&Query::SignIn(ask))? {
        Answer::SignIn(SignInAnswer::Keys(rows)) => Ok(rows),
        _ => Err(strange()),
    }
}

fn list(local: &mut Local, user: Option<&UserRow>) -> Result<(), Failure> {
    let rows = keys_of(local, user)?;
    let shapes: Vec<Value> = rows
        .iter()
        .map(|row| {
            let added = row.added_at.to_string();
            json!({ "login": row.login, "fingerprint": row.fingerprint, "key": row.body, "name": row.name, "added_at": added })
        })
        .collect();
    output::answer(local.json, &json!({ "keys": shapes }), || {
        rows.iter().map(|row| format!("{}  {}  {}", pad(&row.login, 14), row.fingerprint, row.name)).collect()
    })
}

fn said(local: &Local, user: &UserRow, what: &str, is_set: bool) -> Result<(), Failure> {
    let shape = json!({ what: { "login": user.login, "set": is_set } });
    let word = if is_set { "is set" } else { "is taken away" };
    output::answer(local.json, &shape, || vec![format!("the {what} of {} {word}", user.login)])
}

fn text_of(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(LONGEST).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(LONGEST).read_to_string(&mut text))
    };
    read.map_err(|error| Failure::failed("io", format!("'{}' cannot be read: {error}", file.display())))?;
    Ok(text)
}

fn no_chance() -> Failure {
    Failure::failed("no_chance", "this system gives no random numbers; nothing was changed")
}
