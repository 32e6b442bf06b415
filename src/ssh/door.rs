//! Who comes in.
//!
//! A name that nobody goes by is treated like any other: the same questions to the store, the same hashing, the same words. What
//! was wrong is never said. A key that is known comes in at once; an invitation's code lets the key in that the client has proved
//! to have; a password is a choice, with a one-time code beside it where that was asked for.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot};

use crate::app::lock::Proof;
use crate::domain::id::{IdMaker, UserId, WriteId};
use crate::domain::lists::{Came, Way};
use crate::domain::origin::Origin;
use crate::domain::secret::Secret;
use crate::runtime::clock::Clock;
use crate::runtime::{invitation, password, pin, totp};
use crate::ssh::figures::Figures;
use crate::ssh::throttle::Throttle;
use crate::store::change::sign_in::{NewKey, Tried};
use crate::store::change::{Change, SignInChange, Write};
use crate::store::query::sign_in::Door as Ways;
use crate::store::query::{Answer, Query, SignInAnswer, SignInAsk, UserRow};
use crate::store::worker::Store;
use crate::store::{Db, StoreError};

/// Passwords that are hashed at once: each takes 19 MiB and a processor.
const HASHES: usize = 2;
/// How soon a question that found too many before it is asked again.
const BUSY: Duration = Duration::from_millis(20);
/// Longest sign-in name that is looked for.
const NAME: usize = 60;
/// Longest answer to a question at the door, in bytes.
const TYPED: usize = 1_024;

/// What a guess came to.
#[derive(Debug)]
pub enum Guess {
    /// It is wrong, or nobody looks at it.
    Wrong,
    /// The person is in.
    In(Box<UserRow>),
    /// It is the code of an invitation.
    Invited(Invited),
    /// The password is right; a one-time code is asked for.
    Second,
}

/// Who was invited, and by which code.
#[derive(Debug, Clone)]
pub struct Invited {
    user: UserRow,
    code: Secret,
}

/// The door of a floor.
#[derive(Debug)]
pub struct Door {
    store: Store,
    clock: Clock,
    throttle: Throttle,
    hashing: Semaphore,
    figures: Arc<Figures>,
}

impl Door {
    /// The door of a store.
    pub fn new(store: Store, clock: Clock, figures: Arc<Figures>) -> Self {
        Self { store, clock, throttle: Throttle::default(), hashing: Semaphore::new(HASHES), figures }
    }

    /// Whose key this is, where it is one of the person's named.
    pub async fn knows(&self, login: &str, body: &str) -> Option<UserRow> {
        let ways = self.ways(login).await?;
        ways.keys.iter().any(|key| key == body).then_some(ways.user)
    }

    /// Whether anybody is invited at the moment: then keys that are not known are worth a proof, whoever shows them.
    pub async fn expects(&self) -> bool {
        let ask = SignInAsk::Expects { now: self.clock.now() };
        matches!(self.ask(ask).await, Some(SignInAnswer::Expects(true)))
    }

    /// Notes that somebody came in, or did not; answers whether it was noted.
    pub async fn note(&self, user: Option<&UserRow>, (way, came): (Way, Came), address: IpAddr) -> bool {
        self.tried(user, (way, came), address, None).await
    }

    /// Looks at what was typed: the code of an invitation, or a password. Whichever it is not costs as much as what it is.
    pub async fn guess(&self, login: &str, typed: String, address: IpAddr) -> Guess {
        let turn = self.throttle.turn(&clip(login));
        let _mine = turn.lock().await;
        let ways = self.ways(login).await;
        let looked_at = self.looks_at(ways.as_ref(), address) && typed.len() <= TYPED;
        let now = self.clock.now();
        let code = invitation::hash(ways.as_ref().map_or("", |ways| &ways.user.login), &typed);
        let kept = ways.as_ref().and_then(|ways| ways.password.clone());
        let is_password = self.is_right(typed, kept).await;
        let nothing = Secret::new("");
        let (wanted, until) = ways
            .as_ref()
            .and_then(|ways| ways.invitation.as_ref())
            .map_or((&nothing, now), |(code, until)| (code, *until));
        let is_code = invitation::is_same(wanted, &code) && until >= now;
        let user = ways.as_ref().map(|ways| &ways.user);
        match ways.as_ref().filter(|_| looked_at) {
            Some(ways) if is_code => Guess::Invited(Invited { user: ways.user.clone(), code }),
            Some(ways) if is_password && ways.totp.is_some() => Guess::Second,
            Some(ways) if is_password => self.enter(&ways.user, Way::Password, address, None).await,
            _ => self.wrong(user, Way::Password, looked_at, address).await,
        }
    }

    /// Looks at the one-time code of who gave the right password.
    pub async fn second(&self, login: &str, typed: &str, address: IpAddr) -> Guess {
        let turn = self.throttle.turn(&clip(login));
        let _mine = turn.lock().await;
        let ways = self.ways(login).await;
        let looked_at = self.looks_at(ways.as_ref(), address) && typed.len() <= TYPED;
        let step = ways.as_ref().and_then(|ways| {
            let secret = ways.totp.as_ref()?;
            totp::step(typed, secret, ways.totp_step, self.clock.now())
        });
        match (ways.as_ref().filter(|_| looked_at), step) {
            (Some(ways), Some(step)) => self.enter(&ways.user, Way::Totp, address, Some(step)).await,
            _ => self.wrong(ways.as_ref().map(|ways| &ways.user), Way::Totp, looked_at, address).await,
        }
    }

    /// Looks at the PIN of somebody who is in already.
    pub async fn prove(&self, user: UserId, typed: Secret, address: IpAddr) -> Proof {
        let turn = self.throttle.turn(&user.to_string());
        let _mine = turn.lock().await;
        let Ok(_room) = self.hashing.acquire().await else { return Proof::Failed };
        let (store, now) = (self.store.clone(), self.clock.now());
        let from = Origin::Ssh(address.to_canonical());
        let looked = tokio::task::spawn_blocking(move || pin::prove(&store, now, (user, from), &typed));
        let proof = looked.await.unwrap_or(Proof::Failed);
        match proof {
            Proof::Right => self.figures.tried(Way::Pin, Came::In),
            Proof::Wrong => self.figures.tried(Way::Pin, Came::Wrong),
            Proof::Locked(_) => self.figures.tried(Way::Pin, Came::Locked),
            Proof::Failed => {}
        }
        proof
    }

    /// Lets a key in that an invited person has proved to have.
    pub async fn enrol(&self, invited: &Invited, key: NewKey, address: IpAddr) -> Option<UserRow> {
        let Invited { user, code } = invited;
        let change = SignInChange::Enrol { user: user.id, code: code.clone(), key };
        if self.make(change, address).await.is_err() {
            self.note(Some(user), (Way::Code, Came::Wrong), address).await;
            return None;
        }
        self.note(Some(user), (Way::Code, Came::Enrolled), address).await;
        Some(user.clone())
    }

    async fn enter(&self, user: &UserRow, way: Way, address: IpAddr, step: Option<i64>) -> Guess {
        // a code that is not noted as used would hold again
        if self.tried(Some(user), (way, Came::In), address, step).await {
            Guess::In(Box::new(user.clone()))
        } else {
            Guess::Wrong
        }
    }

    async fn wrong(&self, user: Option<&UserRow>, way: Way, looked_at: bool, address: IpAddr) -> Guess {
        let came = if looked_at { Came::Wrong } else { Came::Locked };
        if looked_at {
            self.throttle.count(address, Instant::now());
        }
        self.note(user, (way, came), address).await;
        Guess::Wrong
    }

    fn looks_at(&self, ways: Option<&Ways>, address: IpAddr) -> bool {
        let now = self.clock.now();
        let is_locked = ways.and_then(|ways| ways.locked_until).is_some_and(|until| until > now);
        !is_locked && self.throttle.looks_at(address, Instant::now())
    }

    async fn is_right(&self, typed: String, kept: Option<Secret>) -> bool {
        // who waits too long is sent away by the time the handshake may take
        let Ok(_room) = self.hashing.acquire().await else { return false };
        let hashed = tokio::task::spawn_blocking(move || password::is_right(&typed, kept.as_ref()));
        hashed.await.unwrap_or(false)
    }

    async fn ways(&self, login: &str) -> Option<Ways> {
        match self.ask(SignInAsk::Door(clip(login))).await {
            Some(SignInAnswer::Door(ways)) => ways.map(|ways| *ways),
            _ => None,
        }
    }

    async fn ask(&self, ask: SignInAsk) -> Option<SignInAnswer> {
        loop {
            let (tell, told) = oneshot::channel();
            self.store.read(Query::SignIn(ask.clone()), move |answer| {
                let _ = tell.send(answer);
            });
            match told.await {
                Ok(Ok(Answer::SignIn(answer))) => return Some(answer),
                // a floor that comes back all at once is no stranger: whoever waits too long here is sent away
                Ok(Err(StoreError::Busy { .. })) => tokio::time::sleep(BUSY).await,
                _ => return None,
            }
        }
    }

    async fn tried(
        &self,
        user: Option<&UserRow>,
        (way, came): (Way, Came),
        address: IpAddr,
        step: Option<i64>,
    ) -> bool {
        self.figures.tried(way, came);
        tracing::info!(
            way = way.as_str(),
            came = came.as_str(),
            known = user.is_some(),
            "somebody came to the door"
        );
        let (user, named) = (user.map(|user| user.id), address.to_canonical().to_string());
        let tried = Tried { user, way, came, address: named, step };
        self.make(SignInChange::Tried(tried), address).await.is_ok()
    }

    async fn make(&self, change: SignInChange, address: IpAddr) -> Result<(), StoreError> {
        let at = self.clock.now();
        let mut random = [0; 8];
        // ids need only differ
        let _ = getrandom::fill(&mut random);
        let id = WriteId(IdMaker::new(at, u64::from_le_bytes(random)).make());
        let (tell, told) = oneshot::channel();
        let from = Origin::Ssh(address.to_canonical());
        let write = Write { id, by: Db::SYSTEM, at, from, change: Change::SignIn(change) };
        self.store.write(write, move |made| {
            let _ = tell.send(made.map(|_| ()));
        });
        let gone = StoreError::Busy { what: "the database has been closed".to_owned() };
        told.await.unwrap_or(Err(gone))
    }
}

/// A sign-in name as it is kept; one that is too long for any is cut.
fn clip(login: &str) -> String {
    login.trim().to_lowercase().chars().take(NAME + 1).collect()
}
