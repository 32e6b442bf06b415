//! Playbooks of a database, read once a version and kept; and who works here, kept until somebody changes it.
//!
//! Users, teams, versions and targets are asked for with every change and changed a few times a day. Each change of them
//! leaves its id in a setting ([`PEOPLE`]): while that is the same, what was read before still holds.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::id::{UserId, WriteId};
use crate::domain::lists::Metric;
use crate::domain::report::share::Share;
use crate::domain::time::{Day, Timestamp, Zone};
use crate::playbook::problem::Problem;
use crate::playbook::{Playbook, source};
use crate::store::actor::Actor;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::read::board::Boards;
use crate::{sql, values};

/// The setting that names the last change of users, teams, playbooks or targets.
pub const PEOPLE: &str = "people";

/// The playbooks in force and those of old facts, by id and number; and who works here.
#[derive(Debug, Default)]
pub struct Books {
    shelf: Shelf,
    staff: Staff,
    boards: Boards,
}

/// Playbooks that were read, by id and number. Connections of one program on one file share it: a playbook takes longer to read
/// than anything else at the start.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<Mutex<Volumes>>);

/// Playbooks by id and number.
type Volumes = BTreeMap<(String, i64), Arc<Playbook>>;

impl Shelf {
    /// Whoever holds it leaves it whole, also where a thread panics.
    fn hold(&self) -> MutexGuard<'_, Volumes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A playbook that is there and that nobody reads just now.
    fn glimpse(&self, id: &str, number: i64) -> Option<Arc<Playbook>> {
        self.0.try_lock().ok()?.get(&(id.to_owned(), number)).cloned()
    }
}

/// What was read of users, teams, versions and targets.
#[derive(Debug, Default)]
struct Staff {
    /// The change it was read after; `None` before the first.
    stamp: Option<String>,
    /// Whether a change of just these is under way: nothing is kept then.
    moving: bool,
    ids: Option<Arc<[String]>>,
    newest: HashMap<String, i64>,
    playbooks: HashMap<UserId, Option<String>>,
    actors: HashMap<(UserId, Day), Actor>,
    targets: HashMap<(UserId, Metric, Day), Option<i64>>,
    conversions: HashMap<(UserId, Day), Share>,
}

/// A playbook with the number it is stored under.
#[derive(Debug, Clone)]
pub struct Book {
    /// The number in this database.
    pub number: i64,
    /// The playbook.
    pub playbook: Arc<Playbook>,
}

impl Books {
    /// The newest version of a playbook.
    pub fn newest(&mut self, tx: Tx<'_>, id: &str) -> Result<Book, StoreError> {
        let number = self.number(tx, id)?;
        self.version(tx, id, number)
    }

    fn number(&mut self, tx: Tx<'_>, id: &str) -> Result<i64, StoreError> {
        if let Some(number) = self.staff.newest.get(id).copied() {
            return Ok(number);
        }
        let number = tx
            .number(sql!("SELECT max(number) FROM playbook_version WHERE playbook = $1"), values![id])?
            .ok_or_else(|| StoreError::NotFound { kind: "playbook", id: id.to_owned(), hint: None })?;
        if !self.staff.moving {
            self.staff.newest.insert(id.to_owned(), number);
        }
        Ok(number)
    }

    /// The time zone of a playbook's newest version. Does not wait for another connection that is reading it.
    pub fn zone(&mut self, tx: Tx<'_>, id: &str) -> Result<Zone, StoreError> {
        let number = self.number(tx, id)?;
        if let Some(playbook) = self.shelf.glimpse(id, number) {
            return Ok(playbook.zone);
        }
        match source::zone(&body(tx, id, number)?) {
            Some(zone) => Ok(zone),
            None => Ok(self.version(tx, id, number)?.playbook.zone),
        }
    }

    /// A given version of a playbook: old facts are read by the rules they were made under.
    pub fn version(&mut self, tx: Tx<'_>, id: &str, number: i64) -> Result<Book, StoreError> {
        // held while it is read: who asks for the same meanwhile need not read it again
        let mut volumes = self.shelf.hold();
        if let Some(playbook) = volumes.get(&(id.to_owned(), number)) {
            return Ok(Book { number, playbook: playbook.clone() });
        }
        let text = body(tx, id, number)?;
        let playbook = Arc::new(source::load_stored("playbook", &text).map_err(|problems| bad(&problems))?);
        volumes.insert((id.to_owned(), number), playbook.clone());
        Ok(Book { number, playbook })
    }

    /// The ids of all playbooks, in order of their names' codes.
    pub fn ids(tx: Tx<'_>) -> Result<Vec<String>, StoreError> {
        tx.all(sql!("SELECT DISTINCT playbook FROM playbook_version ORDER BY playbook"), &[], |row| {
            Ok(row.text(0)?.to_owned())
        })
    }

    /// The same, kept until somebody changes them.
    pub fn in_force(&mut self, tx: Tx<'_>) -> Result<Arc<[String]>, StoreError> {
        if let Some(ids) = &self.staff.ids {
            return Ok(ids.clone());
        }
        let before = tx.unanswered();
        let ids: Arc<[String]> = Self::ids(tx)?.into();
        if self.keeps(tx, before) {
            self.staff.ids = Some(ids.clone());
        }
        Ok(ids)
    }

    /// Boards that were read.
    pub const fn boards(&mut self) -> &mut Boards {
        &mut self.boards
    }

    /// The last change of those who work here, of targets and of playbooks, as far as was heard.
    pub fn people_stamp(&self) -> Option<String> {
        self.staff.stamp.clone()
    }

    /// Keeps a playbook that was just read, so that it is not read again.
    pub fn keep(&mut self, id: &str, number: i64, playbook: Arc<Playbook>) {
        self.shelf.hold().insert((id.to_owned(), number), playbook);
    }

    /// Asks whether anybody has changed what is kept of those who work here.
    pub fn refresh(&mut self, tx: Tx<'_>) -> Result<(), StoreError> {
        let before = tx.unanswered();
        let stamp = tx.one(sql!("SELECT value FROM setting WHERE name = $1"), values![PEOPLE], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
        if tx.unanswered() == before {
            self.hear(stamp);
        }
        Ok(())
    }

    /// Hears the last change of those who work here, and forgets what is older.
    pub fn hear(&mut self, stamp: Option<String>) {
        if self.staff.stamp != stamp {
            self.staff = Staff { stamp, ..Staff::default() };
        }
    }

    /// Whether what was just read is kept: not while those who work here are changed, nor where an answer is still to come.
    fn keeps(&self, tx: Tx<'_>, unanswered_before: usize) -> bool {
        !self.staff.moving && tx.unanswered() == unanswered_before
    }

    /// A change of those who work here begins: nothing is kept until the next one hears of it.
    pub fn begin_moving(&mut self) {
        self.staff = Staff { moving: true, ..Staff::default() };
    }

    /// The change has ended, whatever came of it.
    pub fn end_moving(&mut self) {
        if self.staff.moving {
            self.staff = Staff::default();
        }
    }

    /// Forgets what a change read or kept that was taken back.
    pub fn forget(&mut self) {
        // a number that was not given after all may be given to another text: nobody has asked for it yet
        self.shelf.hold().clear();
        self.staff = Staff::default();
        self.boards = Boards::default();
    }

    /// Shares the playbooks that were read with those who have this shelf.
    pub fn share(&mut self, other: &Shelf) {
        self.shelf = other.clone();
    }

    /// The shelf, to be shared.
    pub const fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Who acts; refuses one who left.
    pub fn actor(&mut self, tx: Tx<'_>, id: UserId, day: Day) -> Result<Actor, StoreError> {
        if let Some(actor) = self.staff.actors.get(&(id, day)) {
            return Ok(actor.clone());
        }
        let before = tx.unanswered();
        let actor = Actor::load(tx, id, day)?;
        if self.keeps(tx, before) {
            self.staff.actors.insert((id, day), actor.clone());
        }
        Ok(actor)
    }

    /// The id of the playbook a user works by: the present team's, else the first there is.
    pub fn playbook_of(&mut self, tx: Tx<'_>, user: UserId) -> Result<Option<String>, StoreError> {
        if let Some(id) = self.staff.playbooks.get(&user) {
            return Ok(id.clone());
        }
        let before = tx.unanswered();
        let id = crate::store::write::playbook_of(tx, user)?;
        if self.keeps(tx, before) {
            self.staff.playbooks.insert(user, id.clone());
        }
        Ok(id)
    }

    /// The metric a user's gap is told of, the user, and the business day of an instant; `None` where it would have to be read.
    pub fn account(&self, user: UserId, at: Timestamp) -> Option<(Metric, UserId, Day)> {
        let id = self.staff.playbooks.get(&user)?.clone()?;
        let number = *self.staff.newest.get(&id)?;
        let playbook = self.shelf.hold().get(&(id, number))?.clone();
        Some((playbook.metrics.main, user, playbook.zone.day(at)))
    }

    /// A user's own target of the month's metric on a day, where one was set.
    pub fn month_target(
        &mut self,
        tx: Tx<'_>,
        user: UserId,
        metric: Metric,
        day: Day,
    ) -> Result<Option<i64>, StoreError> {
        if let Some(target) = self.staff.targets.get(&(user, metric, day)) {
            return Ok(*target);
        }
        let UserId(id) = user;
        let before = tx.unanswered();
        let target = tx.number(
            sql!(
                "SELECT value FROM target WHERE scope = 'user' AND scope_id = $1 AND period = 'month' AND metric = $2 \
                 AND level = 'goal' AND pipeline = '' AND product = '' AND from_day <= $3 AND void_at IS NULL ORDER BY from_day DESC, id DESC LIMIT 1"
            ),
            values![id, metric, day],
        )?;
        if self.keeps(tx, before) {
            self.staff.targets.insert((user, metric, day), target);
        }
        Ok(target)
    }

    /// How many of somebody's leads became an order, as it is told all day: read once a day and person.
    pub fn conversion<'a>(
        &mut self,
        tx: Tx<'a>,
        of: (UserId, Day),
        read: impl FnOnce(Tx<'a>) -> Result<Share, StoreError>,
    ) -> Result<Share, StoreError> {
        if let Some(share) = self.staff.conversions.get(&of) {
            return Ok(*share);
        }
        let before = tx.unanswered();
        let share = read(tx)?;
        if self.keeps(tx, before) {
            self.staff.conversions.insert(of, share);
        }
        Ok(share)
    }
}

/// The text of a version of a playbook.
fn body(tx: Tx<'_>, id: &str, number: i64) -> Result<String, StoreError> {
    let text = tx.one(
        sql!("SELECT body FROM playbook_version WHERE playbook = $1 AND number = $2"),
        values![id, number],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    text.ok_or_else(|| StoreError::NotFound {
        kind: "playbook version",
        id: format!("{id} {number}"),
        hint: None,
    })
}

/// Notes a change of users, teams, playbooks or targets: whoever keeps what it read of them reads it again.
pub fn stamp(tx: Tx<'_>, write: WriteId) -> Result<(), StoreError> {
    tx.put(
        sql!(
            "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        values![PEOPLE, &write.to_string()],
    )?;
    Ok(())
}

/// A playbook's text that has been read and found right.
#[derive(Debug)]
pub struct Text {
    /// The playbook.
    pub playbook: Arc<Playbook>,
    /// The text as it is stored.
    pub text: String,
    /// SHA-256 of that text, hex.
    pub hash: String,
}

/// Reads a playbook's text.
///
/// # Errors
/// [`StoreError::Invalid`] with every problem, a line each.
pub fn read_text(text: &str) -> Result<Text, StoreError> {
    let loaded = source::load_text("playbook", text).map_err(|problems| bad(&problems))?;
    Ok(Text { playbook: Arc::new(loaded.playbook), text: loaded.text, hash: loaded.hash })
}

fn bad(problems: &[Problem]) -> StoreError {
    StoreError::Invalid {
        code: "bad_playbook",
        what: problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}
