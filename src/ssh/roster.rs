//! Who is here: every session, and the word that ends one.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};

use crate::domain::id::{TeamId, UserId};
use crate::domain::time::Timestamp;
use crate::ssh::figures::Refused;
use crate::store::query::UserRow;

/// What a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A terminal with the screens.
    Screen,
    /// A command.
    Command,
}

impl Kind {
    /// The word for it in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Command => "command",
        }
    }
}

/// Why a session is ended by others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Somebody signed the person out.
    By(String),
    /// The server goes.
    Drained,
    /// Nothing was pressed for too long.
    Idle,
    /// The person goes on at another terminal.
    Taken,
}

/// How many may be here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub sessions: usize,
    /// From one address.
    pub address: usize,
    /// Of one person.
    pub person: usize,
    /// Connections that have not signed in.
    pub waiting: usize,
}

/// Somebody who is here.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Who.
    pub user: UserId,
    /// The sign-in name.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// The team.
    pub team: Option<TeamId>,
    /// From where.
    pub address: IpAddr,
    /// Since when.
    pub since: Timestamp,
    /// What.
    pub kind: Kind,
}

impl Guest {
    /// A user who comes from an address.
    pub fn of(user: &UserRow, address: IpAddr, since: Timestamp, kind: Kind) -> Self {
        Self {
            user: user.id,
            login: user.login.clone(),
            name: user.name.clone(),
            team: user.team.as_ref().map(|(id, _)| *id),
            address,
            since,
            kind,
        }
    }
}

/// A session as it is listed.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub id: u64,
    /// Who.
    pub guest: Guest,
    /// When something was pressed last.
    pub seen: Timestamp,
}

/// The list.
#[derive(Debug, Default)]
pub struct Roster {
    list: Mutex<List>,
    left: Notify,
}

#[derive(Debug, Default)]
struct List {
    /// Whether nobody is taken in any more.
    closed: bool,
    last: u64,
    here: BTreeMap<u64, Place>,
}

#[derive(Debug)]
struct Place {
    guest: Guest,
    seen: Arc<AtomicI64>,
    end: watch::Sender<Option<Why>>,
}

/// A place in the list; whoever drops it has left.
#[derive(Debug)]
pub struct Stay {
    id: u64,
    roster: Arc<Roster>,
    seen: Arc<AtomicI64>,
    ended: watch::Receiver<Option<Why>>,
}

impl Roster {
    /// Takes somebody in, as far as the limits go.
    ///
    /// # Errors
    /// Which limit was reached.
    pub fn enter(self: &Arc<Self>, guest: Guest, limits: &Limits) -> Result<Stay, Refused> {
        let mut list = self.lock();
        let count =
            |same: &dyn Fn(&Guest) -> bool| list.here.values().filter(|place| same(&place.guest)).count();
        if list.closed || list.here.len() >= limits.sessions {
            return Err(Refused::Full);
        }
        if count(&|other| other.address == guest.address) >= limits.address {
            return Err(Refused::Address);
        }
        if count(&|other| other.user == guest.user) >= limits.person {
            return Err(Refused::Person);
        }
        list.last += 1;
        let id = list.last;
        let seen = Arc::new(AtomicI64::new(guest.since.0));
        let (end, ended) = watch::channel(None);
        list.here.insert(id, Place { guest, seen: Arc::clone(&seen), end });
        Ok(Stay { id, roster: Arc::clone(self), seen, ended })
    }

    /// Everybody, in the order they came.
    pub fn list(&self) -> Vec<Row> {
        let row = |(id, place): (&u64, &Place)| Row {
            id: *id,
            guest: place.guest.clone(),
            seen: Timestamp(place.seen.load(Ordering::Relaxed)),
        };
        self.lock().here.iter().map(row).collect()
    }

    /// How many there are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.lock().here.values().filter(|place| place.guest.kind == kind).count()
    }

    /// Takes nobody in from here on, and ends every session.
    pub fn close(&self) {
        self.lock().closed = true;
        self.end(&Why::Drained, |_, _| true);
    }

    /// Ends the sessions that are meant; answers how many that were.
    pub fn end(&self, why: &Why, meant: impl Fn(u64, &Guest) -> bool) -> usize {
        let list = self.lock();
        let mut ended = 0;
        for (_, place) in list.here.iter().filter(|(id, place)| meant(**id, &place.guest)) {
            place.end.send_replace(Some(why.clone()));
            ended += 1;
        }
        ended
    }

    /// Waits until none is here that is meant.
    pub async fn gone(&self, meant: impl Fn(u64, &Guest) -> bool) {
        loop {
            let left = self.left.notified();
            tokio::pin!(left);
            // from here on nobody leaves unnoticed
            left.as_mut().enable();
            if !self.lock().here.iter().any(|(id, place)| meant(*id, &place.guest)) {
                return;
            }
            left.await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, List> {
        // every holder leaves it whole
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stay {
    /// The session's number.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Notes that something was pressed.
    pub fn see(&self, now: Timestamp) {
        self.seen.store(now.0, Ordering::Relaxed);
    }

    /// Why the session is to end; waits until it is.
    pub async fn ended(&mut self) -> Why {
        match self.ended.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or(Why::Drained),
            Err(_) => Why::Drained,
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.roster.lock().here.remove(&self.id);
        self.roster.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { sessions: 4, address: 3, person: 2, waiting: 2 };

    fn guest(user: i64, address: &str) -> Guest {
        Guest {
            user: UserId(user),
            login: format!("u{user}"),
            name: String::new(),
            team: None,
            address: address.parse().unwrap(),
            since: Timestamp(5),
            kind: Kind::Screen,
        }
    }

    #[test]
    fn each_limit_holds_and_who_leaves_makes_room() {
        let roster = Arc::new(Roster::default());
        let first = roster.enter(guest(1, "192.0.2.1"), &LIMITS).unwrap();
        let _second = roster.enter(guest(1, "192.0.2.1"), &LIMITS).unwrap();
        assert_eq!(roster.enter(guest(1, "192.0.2.2"), &LIMITS).unwrap_err(), Refused::Person);
        let _third = roster.enter(guest(2, "192.0.2.1"), &LIMITS).unwrap();
        assert_eq!(roster.enter(guest(3, "192.0.2.1"), &LIMITS).unwrap_err(), Refused::Address);
        let _fourth = roster.enter(guest(3, "192.0.2.2"), &LIMITS).unwrap();
        assert_eq!(roster.enter(guest(4, "192.0.2.3"), &LIMITS).unwrap_err(), Refused::Full);
        drop(first);
        let again = roster.enter(guest(1, "192.0.2.1"), &LIMITS).unwrap();
        assert_eq!(again.id(), 5, "numbers are not given twice");
    }

    #[tokio::test]
    async fn who_is_meant_hears_why_and_whoever_waits_hears_of_the_leaving() {
        let roster = Arc::new(Roster::default());
        let mut mine = roster.enter(guest(1, "192.0.2.1"), &LIMITS).unwrap();
        let other = roster.enter(guest(2, "192.0.2.1"), &LIMITS).unwrap();
        assert_eq!(roster.end(&Why::Taken, |_, guest| guest.user == UserId(1)), 1);
        assert_eq!(mine.ended().await, Why::Taken);
        assert!(!other.ended.has_changed().unwrap());
        let waits = Arc::clone(&roster);
        let waiting = tokio::spawn(async move { waits.gone(|_, guest| guest.user == UserId(1)).await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(mine);
        waiting.await.unwrap();
    }
}
