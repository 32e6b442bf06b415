//! Keys and passphrases of sealed backups, as they are named on the command line.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::json;

use crate::cli::args::{Backup, Opening, Passphrase};
use crate::cli::output::{self, Failure};
use crate::cli::secret;
use crate::cli::session::Local;
use crate::domain::clean::clean;
use crate::runtime::files;
use crate::store::StoreError;
use crate::store::backup::seal::{self as sealing, Opener, Seal};
use crate::text::Text;

/// For whom a backup is to be sealed; `None` leaves it open.
pub fn seal(wanted: &Backup) -> Result<Option<Seal>, Failure> {
    if !wanted.recipient.is_empty() {
        return Ok(Some(Seal::keys(&wanted.recipient)?));
    }
    let again = Some("Once more: ");
    Ok(passphrase(&wanted.passphrase, again)?.map(|text| Seal::Passphrase(text.into())))
}

/// What opens a backup, where something is named.
pub fn opener(wanted: &Opening) -> Result<Option<Opener>, Failure> {
    if !wanted.identity.is_empty() {
        return Ok(Some(Opener::keys(&wanted.identity)?));
    }
    Ok(passphrase(&wanted.passphrase, None)?.map(|text| Opener::Passphrase(text.into())))
}

fn passphrase(wanted: &Passphrase, again: Option<&str>) -> Result<Option<String>, Failure> {
    if wanted.passphrase {
        return secret::read("Passphrase: ", again).map(Some);
    }
    let Some(file) = &wanted.passphrase_file else { return Ok(None) };
    let unread = |why: &dyn std::fmt::Display| {
        Failure::failed(
            "unreadable",
            format!("'{}' cannot be read ({why}); name a file with the passphrase", file.display()),
        )
    };
    let text = fs::read_to_string(file).map_err(|error| unread(&error))?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Some(line.to_owned())),
        None => Err(unread(&"its first line is empty")),
    }
}

/// Makes a secret key in a file of its own, and tells the public one.
pub fn key(local: &Local, file: &Path) -> Result<(), Failure> {
    let (secret, public) = sealing::key();
    files::fresh(file, sealing::key_file(&secret, &public).as_bytes()).map_err(|error| {
        match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists { path: file.to_owned() },
            _ => StoreError::ReadOnly { path: file.to_owned(), why: error.to_string() },
        }
    })?;
    let name = file.display().to_string();
    output::answer(local.json, &json!({ "file": name, "recipient": public }), || {
        vec![public.clone(), local.words.fill(Text("backup.key"), &[("file", &clean(&name))])]
    })
}
