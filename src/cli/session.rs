//! What every headless command needs: the database, who acts, the time, how to print.

use std::hash::{BuildHasher as _, Hasher as _};

use crate::cli::args::Args;
use crate::cli::output::{self, Failure};
use crate::cli::place::Place;
use crate::domain::id::{IdMaker, UserId, WriteId};
use crate::domain::lists::AuditKind;
use crate::domain::origin::Origin;
use crate::domain::time::{MINUTE_MS, Timestamp, Zone};
use crate::runtime::clock::Clock;
use crate::runtime::crash::Crashes;
use crate::runtime::steady::Steady;
use crate::store::change::{About, Change, Commit, Note, Write};
use crate::store::query::{Answer, Me, Query, TaskRow, UserRow, Viewer};
use crate::store::{Db, StoreError};
use crate::text::{Lang, Words};

/// A headless command's surroundings.
#[derive(Debug)]
pub struct Local {
    /// Places on this machine.
    pub place: Place,
    /// The time.
    pub clock: Clock,
    /// Whether to print JSON.
    pub json: bool,
    /// The words.
    pub words: Words,
    /// The look asked for.
    pub theme: Option<String>,
    /// Where what is done comes from.
    pub from: Origin,
    /// Reports of mistakes of the program's own.
    pub crashes: Crashes,
    login: Option<String>,
    db: Option<Db>,
    /// Milliseconds by which the last change lies ahead of a clock that was set back.
    ahead: i64,
    made: i64,
    random: u64,
}

impl Local {
    /// Surroundings from the arguments; the database is opened when it is first needed.
    pub fn new(args: &Args, place: Place) -> Self {
        let set = args.lang.as_deref().or(place.settings.language.as_deref());
        let lang = set.and_then(Lang::parse).unwrap_or_else(|| {
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).ok());
            Lang::from_locale(locale.iter().map(Option::as_deref))
        });
        let words = Words::new(lang);
        Self {
            clock: args.now.map_or(Clock::System, Clock::Fixed),
            json: args.json,
            crashes: Crashes::new(&place.crashes(), words.clone()),
            words,
            theme: args.theme.clone().or_else(|| place.settings.theme.clone()),
            login: args.user.clone().or_else(|| place.settings.user.clone()),
            place,
            from: args.served.map_or(Origin::Local, Origin::Ssh),
            db: None,
            ahead: 0,
            made: 0,
            random: random(),
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.clock.now().0.saturating_add(self.ahead))
    }

    /// The sign-in name asked for, if one was.
    pub fn login(&self) -> Option<&str> {
        self.login.as_deref()
    }

    /// The database, opened.
    pub fn db(&mut self) -> Result<&mut Db, Failure> {
        if self.db.is_none() {
            let mut db = Db::open(&self.place.db)?;
            self.follow(db.newest()?);
            self.db = Some(db);
        }
        self.db.as_mut().ok_or_else(|| Failure::failed("no_db", "the database is not open"))
    }

    /// Goes on from the last change where the machine's clock was set back behind it: ids and days never run backwards.
    fn follow(&mut self, newest: Option<Timestamp>) {
        let begun = Steady::new(self.clock, newest);
        self.ahead = begun.ahead();
        if let Some(behind) = begun.behind() {
            tracing::warn!(minutes = behind / MINUTE_MS, "this machine's clock is behind the last change");
            output::note(&format!(
                "corral: this machine's clock is {} minutes behind the last change here; set it right",
                behind / MINUTE_MS
            ));
        }
    }

    /// Gives the open database away; the next question opens another.
    pub const fn give_db(&mut self) -> Option<Db> {
        self.db.take()
    }

    /// Takes a database that was just made.
    pub fn use_db(&mut self, db: Db) {
        self.db = Some(db);
    }

    /// Asks.
    pub fn ask(&mut self, query: &Query) -> Result<Answer, Failure> {
        Ok(self.db()?.read(query)?)
    }

    /// Makes a change.
    pub fn make(&mut self, by: UserId, change: Change) -> Result<Commit, Failure> {
        let id = self.write_id();
        self.make_as(id, by, change)
    }

    /// Makes a change under an id of its own, so that the same again changes nothing.
    pub fn make_as(&mut self, id: WriteId, by: UserId, change: Change) -> Result<Commit, Failure> {
        let (at, from) = (self.now(), self.from);
        Ok(self.db()?.write(&Write { id, by, at, from, change })?)
    }

    /// Notes in the audit trail what is no change.
    pub fn note(&mut self, by: UserId, note: Note) -> Result<(), Failure> {
        self.make(by, Change::Note(Box::new(note))).map(drop)
    }

    /// Notes that something that is no change was refused for lack of a right; answers with the refusal.
    pub fn refuse(&mut self, by: UserId, what: &str, failure: Failure) -> Failure {
        if !matches!(failure, Failure::Store(StoreError::Forbidden { .. })) {
            return failure;
        }
        let note =
            Note::new(AuditKind::Refused, About::Nothing).changed("", what).because(failure.to_string());
        // what was refused stays refused, whether it can be noted or not; that it cannot is told instead
        self.note(by, note).err().unwrap_or(failure)
    }

    /// The tasks a change made, as far as who made it may see them: who kept a team mate's promise sees nothing of what follows.
    pub fn made(&mut self, commit: &Commit, by: UserId) -> Result<Vec<TaskRow>, Failure> {
        let mut rows = Vec::new();
        let by = Viewer { id: by, now: self.now() };
        for task in &commit.effects.made {
            match self.ask(&Query::Task { task: task.id, by }) {
                Ok(Answer::Task(row)) => rows.push(*row),
                Ok(_) => return Err(strange()),
                Err(Failure::Store(StoreError::Forbidden { .. })) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(rows)
    }

    /// An id for a write: of this instant, unlike any other's.
    pub fn write_id(&mut self) -> WriteId {
        // a write may make some thousands of ids after its own: leave room between two of one millisecond
        self.made += 1;
        self.random = self.random.wrapping_add(8_192);
        WriteId(IdMaker::new(Timestamp(self.now().0 + self.made / 256), self.random).make())
    }

    /// The user who acts.
    ///
    /// # Errors
    /// When nobody is named, or nobody goes by the name; near misses are told.
    pub fn actor(&mut self) -> Result<UserRow, Failure> {
        let Some(login) = self.login.clone() else {
            return Err(Failure::usage("who acts? name a user with --user LOGIN or CORRAL_USER"));
        };
        self.user_named(&login)
    }

    /// Who looks: the user who acts, now.
    pub fn viewer(&mut self) -> Result<Viewer, Failure> {
        Ok(Viewer { id: self.actor()?.id, now: self.now() })
    }

    /// The user of a sign-in name.
    pub fn user_named(&mut self, login: &str) -> Result<UserRow, Failure> {
        let Answer::Users(found) = self.ask(&Query::UserNamed(login.to_owned()))? else {
            return Err(strange());
        };
        if let Some(user) = found.into_iter().next() {
            return Ok(user);
        }
        // who is meant perhaps is worth reading them all
        let users = self.users()?;
        let hint = near(login, users.iter().map(|u| u.login.as_str()));
        Err(StoreError::NotFound { kind: "user", id: login.to_owned(), hint }.into())
    }

    /// Every user.
    pub fn users(&mut self) -> Result<Vec<UserRow>, Failure> {
        match self.ask(&Query::Users)? {
            Answer::Users(users) => Ok(users),
            _ => Err(strange()),
        }
    }

    /// Who acts, with the playbook worked by.
    pub fn me(&mut self) -> Result<Me, Failure> {
        let user = self.actor()?.id;
        self.me_of(user)
    }

    /// A user with the playbook worked by.
    pub fn me_of(&mut self, user: UserId) -> Result<Me, Failure> {
        match self.ask(&Query::Me(user))? {
            Answer::Me(me) => Ok(*me),
            _ => Err(strange()),
        }
    }

    /// The admin work is done by: whoever is named, else the system itself (the person at the file owns it; sign-in
    /// proper comes with the server).
    pub fn keeper(&mut self) -> Result<UserId, Failure> {
        match self.login.clone() {
            Some(login) => Ok(self.user_named(&login)?.id),
            None => Ok(Db::SYSTEM),
        }
    }
}

/// An instant with the zone's offset, as JSON wants it.
pub fn when(zone: Zone, at: Timestamp) -> String {
    zone.rfc3339(at)
}

/// The store answered another question than was asked.
pub fn strange() -> Failure {
    Failure::failed("internal", "the store answered another question; please report this")
}

/// The nearest of some names, if one is near.
pub fn near<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    crate::playbook::near::nearest(name, names).map(str::to_owned)
}

fn random() -> u64 {
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
