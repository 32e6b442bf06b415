//! The journal: one row a change, numbered without gaps, each sealed with the one before.

use std::hash::{BuildHasher as _, Hasher as _};

use sha2::{Digest, Sha256};

use crate::domain::hex::hex;
use crate::domain::id::{CustomerId, UserId, WriteId};
use crate::domain::time::Timestamp;
use crate::store::change::{Change, Commit, Effects, PrivacyChange, SignInChange, Topic, Write};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::undo::Reversal;
use crate::{sql, values};

/// The commit of a write that was done before, if it was.
pub fn replayed(tx: Tx<'_>, id: WriteId) -> Result<Option<Commit>, StoreError> {
    let found =
        tx.one(sql!("SELECT rev, topics, effects FROM journal WHERE write_id = $1"), values![id], |row| {
            Ok((row.int(0)?, row.text(1)?.to_owned(), row.text(2)?.to_owned()))
        })?;
    let Some((revision, topics, effects)) = found else { return Ok(None) };
    Ok(Some(Commit {
        revision,
        write: id,
        topics: from_json(&topics)?,
        effects: from_json(&effects)?,
        replayed: true,
    }))
}

/// The newest revision; 0 before the first change.
pub fn revision(tx: Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.number(sql!("SELECT max(rev) FROM journal"), &[])?.unwrap_or(0))
}

/// What others need to know of a change's effects.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct News {
    customer: Option<CustomerId>,
    owners: Vec<UserId>,
}

/// The commits after revision `seen`, oldest first, at most `limit`: the feed other programs read on from where they were. Of
/// the effects only the customer and the owners are told: every session reads every commit of the floor.
pub fn since(tx: Tx<'_>, seen: i64, limit: usize) -> Result<Vec<Commit>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.all(
        sql!("SELECT rev, write_id, topics, effects FROM journal WHERE rev > $1 ORDER BY rev LIMIT $2"),
        values![seen, limit],
        |row| {
            let News { customer, owners } = from_json(row.text(3)?)?;
            Ok(Commit {
                revision: row.int(0)?,
                write: WriteId(row.int(1)?),
                topics: from_json(row.text(2)?)?,
                effects: Effects { customer, owners, ..Effects::default() },
                replayed: false,
            })
        },
    )
}

/// The setting that names the newest row, so that its loss is found: `REV HASH`.
pub const HEAD: &str = "journal_head";

/// What to write beside a change.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The change as it came.
    pub write: &'a Write,
    /// What it caused.
    pub effects: Effects,
    /// What others may want to read again.
    pub topics: Vec<Topic>,
    /// What takes it back; empty when nothing can.
    pub reversal: Vec<Reversal>,
}

/// The journal's end: where the next row goes.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    /// The newest row's number; 0 before the first.
    pub revision: i64,
    /// Its seal; empty before the first.
    pub seal: String,
}

impl Tail {
    /// Finds the journal's end.
    pub fn find(tx: Tx<'_>) -> Result<Self, StoreError> {
        let found = tx.one(sql!("SELECT rev, hash FROM journal ORDER BY rev DESC LIMIT 1"), &[], |row| {
            Ok(Self { revision: row.int(0)?, seal: row.text(1)?.to_owned() })
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Names the newest row beside the journal.
    pub fn note(&self, tx: Tx<'_>) -> Result<(), StoreError> {
        tx.put(
            sql!(
                "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            values![HEAD, &format!("{} {}", self.revision, self.seal)],
        )?;
        Ok(())
    }

    /// Writes the row of a change behind the last one and makes its commit; [`Tail::note`] is still to be called.
    pub fn append(&mut self, tx: Tx<'_>, entry: Entry<'_>) -> Result<Commit, StoreError> {
        let Entry { write, effects, topics, reversal } = entry;
        let revision = self.revision + 1;
        let sealed = Sealed {
            revision,
            write: write.id,
            at: write.at,
            by: write.by.0,
            kind: kind(&write.change),
            payload: &payload(&write.change)?,
            effects: &to_json(&effects)?,
            reversal: &to_json(&reversal)?,
            salt: salt(),
        };
        let hash = sealed.hash(&self.seal);
        tx.put(
            sql!(
                "INSERT INTO journal (rev, write_id, at, by_user, kind, customer_id, topics, payload, effects, reversal, undone_by, hash, \
                 salt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, $11, $12)"
            ),
            values![
                revision,
                write.id,
                write.at,
                write.by,
                sealed.kind,
                effects.customer,
                &to_json(&topics)?,
                sealed.payload,
                sealed.effects,
                sealed.reversal,
                &hash,
                sealed.salt
            ],
        )?;
        *self = Self { revision, seal: hash };
        Ok(Commit { revision, write: write.id, topics, effects, replayed: false })
    }
}

/// What a journal row's seal covers. `undone_by` is not covered: it is set later, and the undo has a row of its own.
#[derive(Debug)]
pub struct Sealed<'a> {
    /// Number.
    pub revision: i64,
    /// Write id.
    pub write: WriteId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: i64,
    /// Kind.
    pub kind: &'a str,
    /// The change, JSON.
    pub payload: &'a str,
    /// The effects, JSON.
    pub effects: &'a str,
    /// The reversal, JSON.
    pub reversal: &'a str,
    /// What makes the seal say nothing to who guesses the rest, once the row is emptied; 0 in rows from before.
    pub salt: i64,
}

impl Sealed<'_> {
    /// The row's seal: SHA-256 over the seal before and this row, hex.
    pub fn hash(&self, before: &str) -> String {
        let mut sha = Sha256::new();
        for part in [
            before,
            &self.revision.to_string(),
            &self.write.to_string(),
            &self.at.0.to_string(),
            &self.by.to_string(),
            self.kind,
            self.payload,
            self.effects,
            self.reversal,
        ] {
            sha.update(part.len().to_le_bytes());
            sha.update(part.as_bytes());
        }
        if self.salt != 0 {
            sha.update(self.salt.to_le_bytes());
        }
        hex(&sha.finalize())
    }
}

/// A number that nobody can guess: what the system seeds hash tables with; never 0.
fn salt() -> i64 {
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    (random >> 1).cast_signed().max(1)
}

/// Makes the list of kinds and the word of each out of one table, so that neither can know one the other does not.
macro_rules! kinds {
    ($($change:pat => $word:literal),* $(,)?) => {
        /// The stable words for kinds of changes.
        pub const KINDS: &[&str] = &[$($word),*];

        /// A stable word for the kind of a change: `work.log`, `deal.move`, ….
        pub const fn kind(change: &Change) -> &'static str {
            match change { $($change => $word),* }
        }
    };
}

use crate::store::change::{
    AccessChange as A, CustomerChange as C, DealChange as D, DeskChange as E, FiguresChange as F,
    PeopleChange as P, PkChange as K, ReportChange as R, SignInChange as S, WorkChange as W,
};

kinds! {
    Change::People(P::AddUser(_)) => "people.add_user",
    Change::People(P::SetUser { .. }) => "people.set_user",
    Change::People(P::ApplyPlaybook { .. }) => "people.apply_playbook",
    Change::People(P::TeamPlaybook { .. }) => "people.team_playbook",
    Change::People(P::SetTarget(_)) => "people.set_target",
    Change::People(P::SetTargets(_)) => "people.set_targets",
    Change::People(P::SetScore(_)) => "people.set_score",
    Change::Customer(C::Add(_)) => "customer.add",
    Change::Customer(C::Edit { .. }) => "customer.edit",
    Change::Customer(C::AddPerson { .. }) => "customer.add_person",
    Change::Customer(C::AddContact { .. }) => "customer.add_contact",
    Change::Customer(C::SetContact { .. }) => "customer.set_contact",
    Change::Customer(C::SetField { .. }) => "customer.set_field",
    Change::Customer(C::Assign { .. }) => "customer.assign",
    Change::Customer(C::PrivateNote { .. }) => "customer.private_note",
    Change::Customer(C::Import(_)) => "customer.import",
    Change::Customer(C::Restore(_)) => "customer.restore",
    Change::Customer(C::UndoImport(_)) => "customer.undo_import",
    Change::Work(W::Log(_)) => "work.log",
    Change::Work(W::Send { .. }) => "work.send",
    Change::Work(W::Reserve { .. }) => "work.reserve",
    Change::Work(W::Push { .. }) => "work.push",
    Change::Work(W::Release { .. }) => "work.release",
    Change::Work(W::Skip { .. }) => "work.skip",
    Change::Work(W::Snooze { .. }) => "work.snooze",
    Change::Work(W::AddTask { .. }) => "work.add_task",
    Change::Work(W::DoNotContact { .. }) => "work.do_not_contact",
    Change::Work(W::MayContact { .. }) => "work.may_contact",
    Change::Work(W::RollDay { .. }) => "work.roll_day",
    Change::Deal(D::Open { .. }) => "deal.open",
    Change::Deal(D::Move { .. }) => "deal.move",
    Change::Deal(D::Lose { .. }) => "deal.lose",
    Change::Deal(D::Win(_)) => "deal.win",
    Change::Deal(D::Pay { .. }) => "deal.pay",
    Change::Deal(D::Book { .. }) => "deal.book",
    Change::Deal(D::Node { .. }) => "deal.node",
    Change::Deal(D::Untag { .. }) => "deal.untag",
    Change::SignIn(S::AddKey { .. }) => "sign_in.add_key",
    Change::SignIn(S::RemoveKey { .. }) => "sign_in.remove_key",
    Change::SignIn(S::Invite { .. }) => "sign_in.invite",
    Change::SignIn(S::Enrol { .. }) => "sign_in.enrol",
    Change::SignIn(S::SetPassword { .. }) => "sign_in.set_password",
    Change::SignIn(S::SetTotp { .. }) => "sign_in.set_totp",
    Change::SignIn(S::SetPin { .. }) => "sign_in.set_pin",
    Change::SignIn(S::Unlock { .. }) => "sign_in.unlock",
    Change::SignIn(S::Tried(_)) => "sign_in.tried",
    Change::Access(A::Grant(_)) => "access.grant",
    Change::Access(A::Revoke { .. }) => "access.revoke",
    Change::Access(A::Reveal { .. }) => "access.reveal",
    Change::Access(A::AskExport { .. }) => "access.ask_export",
    Change::Access(A::DecideExport { .. }) => "access.decide_export",
    Change::Privacy(PrivacyChange::Erase { .. }) => "privacy.erase",
    Change::Privacy(PrivacyChange::Age { .. }) => "privacy.age",
    Change::Pk(K::Propose(_)) => "pk.propose",
    Change::Pk(K::Accept { .. }) => "pk.accept",
    Change::Pk(K::Decline { .. }) => "pk.decline",
    Change::Pk(K::Withdraw { .. }) => "pk.withdraw",
    Change::Pk(K::Decide { .. }) => "pk.decide",
    Change::Pk(K::Dispute { .. }) => "pk.dispute",
    Change::Pk(K::Settle { .. }) => "pk.settle",
    Change::Pk(K::Nemesis { .. }) => "pk.nemesis",
    Change::Report(R::HandIn { .. }) => "report.hand_in",
    Change::Report(R::Close { .. }) => "report.close",
    Change::Report(R::Comment { .. }) => "report.comment",
    Change::Report(R::NoteHealth { .. }) => "report.note_health",
    Change::Desk(E::Attend { .. }) => "desk.attend",
    Change::Desk(E::Reassign { .. }) => "desk.reassign",
    Change::Desk(E::Defer { .. }) => "desk.defer",
    Change::Desk(E::Whisper { .. }) => "desk.whisper",
    Change::Desk(E::Heard { .. }) => "desk.heard",
    Change::Desk(E::CallRound { .. }) => "desk.call_round",
    Change::Desk(E::Decide(_)) => "desk.decide",
    Change::Desk(E::Settle { .. }) => "desk.settle",
    Change::Desk(E::TakeStock(_)) => "desk.take_stock",
    Change::Desk(E::FinishStock { .. }) => "desk.finish_stock",
    Change::Figures(F::Mend { .. }) => "figures.mend",
    Change::Undo { .. } => "undo",
    Change::Note(_) => "note",
}

/// The change as the journal keeps it. Rows of an import are kept in the tables they went to; the journal keeps the counts.
fn payload(change: &Change) -> Result<String, StoreError> {
    if let Change::Customer(crate::store::change::CustomerChange::Import(chunk)) = change {
        let mut short = chunk.clone();
        short.rows = Vec::new();
        return to_json(&short);
    }
    if let Change::Customer(crate::store::change::CustomerChange::Restore(chunk)) = change {
        return to_json(&json_count(chunk));
    }
    if let Change::SignIn(change) = change {
        return to_json(&told(change));
    }
    if let Change::Privacy(PrivacyChange::Erase { customer, rows, .. }) = change {
        // why stands in the audit trail
        return to_json(&serde_json::json!({ "erase": { "customer": customer, "rows": rows.len() } }));
    }
    if let Change::Privacy(PrivacyChange::Age { playbook, before, touches, rows }) = change {
        let (touches, rows) = (touches.len(), rows.len());
        return to_json(&serde_json::json!({
            "age": { "playbook": playbook, "before": before, "touches": touches, "rows": rows },
        }));
    }
    if let Change::Pk(K::Nemesis { whom }) = change {
        // whom is nobody's business but the chooser's
        return to_json(&serde_json::json!({ "pk": { "nemesis": { "set": whom.is_some() } } }));
    }
    to_json(change)
}

/// Whose ways in were changed: secrets stay where they are used, and the journal is read by many.
fn told(change: &SignInChange) -> serde_json::Value {
    let key = match change {
        SignInChange::AddKey { key, .. } | SignInChange::Enrol { key, .. } => Some(&key.fingerprint),
        SignInChange::RemoveKey { fingerprint, .. } => Some(fingerprint),
        _ => None,
    };
    let is_set = match change {
        SignInChange::SetPassword { password: secret, .. }
        | SignInChange::SetTotp { secret, .. }
        | SignInChange::SetPin { pin: secret, .. } => Some(secret.is_some()),
        _ => None,
    };
    serde_json::json!({ "sign_in": { "user": change.user(), "key": key, "set": is_set } })
}

/// Records that came in again are kept in the tables they went to; the journal keeps what and how many.
fn json_count(chunk: &crate::store::change::customer::RestoreChunk) -> serde_json::Value {
    serde_json::json!({ "restore": { "records": chunk.records, "rows": chunk.rows.len() } })
}

/// Writes JSON.
pub fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|e| StoreError::Engine { doing: "writing the journal".to_owned(), what: e.to_string() })
}

/// Reads JSON back.
pub fn from_json<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Engine {
        doing: "reading the journal".to_owned(),
        what: format!("{e} in '{text}'"),
    })
}
