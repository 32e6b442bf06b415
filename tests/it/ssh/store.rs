//! Ways in, as the store keeps them, on both engines.

use std::time::Duration;

use corral::domain::id::{UserId, WriteId};
use corral::domain::lists::{Came, Role, Way};
use corral::domain::origin::Origin;
use corral::domain::secret::Secret;
use corral::domain::time::Timestamp;
use corral::store::change::people::NewUser;
use corral::store::change::sign_in::{NewKey, Tried};
use corral::store::change::{Change, PeopleChange, SignInChange, Write};
use corral::store::query::sign_in::Door;
use corral::store::query::{Answer, Query, SignInAnswer, SignInAsk};
use corral::store::sign_in::{COUNTED, GUESSES, LOCKED};
use corral::store::{Db, StoreError};

use crate::ground;

const START: Timestamp = Timestamp(1_795_000_000_000);

struct Ways {
    db: Db,
    now: Timestamp,
    made: i64,
    _folder: tempfile::TempDir,
}

impl Ways {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::create(&ground::fresh(folder.path(), "ways.db")).unwrap();
        Self { db, now: START, made: 0, _folder: folder }
    }

    fn write(&mut self, by: UserId, change: Change) -> Result<UserId, StoreError> {
        self.made += 1;
        let id = WriteId((self.now.0 - 1_577_836_800_000) << 22 | self.made << 13);
        let commit = self.db.write(&Write { id, by, at: self.now, from: Origin::Local, change })?;
        Ok(commit.effects.user.unwrap_or_default())
    }

    fn change(&mut self, by: UserId, change: SignInChange) -> Result<(), StoreError> {
        self.write(by, Change::SignIn(change)).map(|_| ())
    }

    fn user(&mut self, login: &str, role: Role, team: &str) -> UserId {
        let user = NewUser {
            login: login.to_owned(),
            name: login.to_owned(),
            role,
            team: Some(team.to_owned()),
            rank: None,
            job: None,
        };
        self.write(Db::SYSTEM, Change::People(PeopleChange::AddUser(user))).unwrap()
    }

    fn door(&mut self, login: &str) -> Door {
        match self.db.read(&Query::SignIn(SignInAsk::Door(login.to_owned()))).unwrap() {
            Answer::SignIn(SignInAnswer::Door(Some(door))) => *door,
            other => panic!("{other:?}"),
        }
    }

    fn guess(&mut self, user: UserId, came: Came) {
        let address = "192.0.2.7".to_owned();
        let tried = Tried { user: Some(user), way: Way::Password, came, address, step: None };
        self.change(Db::SYSTEM, SignInChange::Tried(tried)).unwrap();
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }
}

fn key(name: &str) -> NewKey {
    NewKey {
        fingerprint: format!("SHA256:{name}"),
        body: format!("ssh-ed25519 {name}"),
        name: name.to_owned(),
    }
}

#[test]
fn wrong_guesses_lock_out_for_a_while_and_old_ones_do_not_count() {
    let mut ways = Ways::new();
    let wang = ways.user("wang", Role::Rep, "One");
    for _ in 1..GUESSES {
        ways.guess(wang, Came::Wrong);
    }
    assert_eq!(ways.door("wang").locked_until, None);
    // one that is right forgives those before it
    ways.guess(wang, Came::In);
    for _ in 1..GUESSES {
        ways.guess(wang, Came::Wrong);
    }
    // those of long ago do not count
    ways.pass(COUNTED + Duration::from_secs(1));
    ways.guess(wang, Came::Wrong);
    assert_eq!(ways.door("wang").locked_until, None);
    for _ in 1..GUESSES {
        ways.guess(wang, Came::Wrong);
    }
    let until = ways.now.plus(LOCKED);
    assert_eq!(ways.door("wang").locked_until, Some(until));
    // what is not looked at does not lock for longer: nobody could be kept out for ever
    ways.pass(Duration::from_mins(1));
    ways.guess(wang, Came::Locked);
    assert_eq!(ways.door("wang").locked_until, Some(until));
    // once it is over the count begins anew
    ways.pass(LOCKED);
    ways.guess(wang, Came::Wrong);
    assert_eq!(ways.door("wang").locked_until, None);
}

#[test]
fn ways_in_are_changed_by_who_may() {
    let mut ways = Ways::new();
    let wang = ways.user("wang", Role::Rep, "One");
    let zhou = ways.user("zhou", Role::Lead, "One");
    let li = ways.user("li", Role::Rep, "Two");
    let boss = ways.user("boss", Role::Manager, "One");
    let add = |user| SignInChange::AddKey { user, key: key("k") };
    let unlock = |user| SignInChange::Unlock { user };
    for (by, change, may) in [
        (wang, add(wang), true),
        (wang, add(li), false),
        (wang, add(zhou), false),
        (zhou, add(wang), true),
        (zhou, add(li), false),
        // of the same team, and above
        (zhou, add(boss), false),
        (boss, add(li), true),
        (boss, add(zhou), true),
        (Db::SYSTEM, add(boss), true),
        (wang, unlock(wang), false),
        (zhou, unlock(wang), true),
        (zhou, unlock(li), false),
        (boss, unlock(li), true),
    ] {
        let made = ways.change(by, change.clone());
        let forbidden = matches!(made, Err(StoreError::Forbidden { .. }));
        assert_eq!((made.is_ok(), forbidden), (may, !may), "{by} {change:?}: {made:?}");
    }
    // what the server notes nobody else may
    let tried =
        Tried { user: Some(li), way: Way::Password, came: Came::Wrong, address: String::new(), step: None };
    for change in [
        SignInChange::Tried(tried),
        SignInChange::Enrol { user: boss, code: Secret::new("x"), key: key("k") },
    ] {
        assert!(matches!(ways.change(boss, change), Err(StoreError::Forbidden { .. })));
    }
}

#[test]
fn an_invitation_is_taken_up_once_and_in_time() {
    let mut ways = Ways::new();
    let wang = ways.user("wang", Role::Rep, "One");
    let until = ways.now.plus(Duration::from_hours(1));
    let enrol = |code: &str| SignInChange::Enrol { user: wang, code: Secret::new(code), key: key("mine") };
    let invite = |code: &str| SignInChange::Invite { user: wang, code: Secret::new(code), until };
    ways.change(Db::SYSTEM, invite("first")).unwrap();
    ways.change(Db::SYSTEM, invite("second")).unwrap();
    assert!(ways.change(Db::SYSTEM, enrol("first")).is_err(), "a newer one took its place");
    ways.change(Db::SYSTEM, enrol("second")).unwrap();
    assert_eq!(ways.door("wang").keys, ["ssh-ed25519 mine"]);
    assert!(ways.change(Db::SYSTEM, enrol("second")).is_err(), "used");
    ways.change(Db::SYSTEM, invite("third")).unwrap();
    ways.pass(Duration::from_hours(1) + Duration::from_millis(1));
    assert!(ways.change(Db::SYSTEM, enrol("third")).is_err(), "too late");
}

#[test]
fn the_journal_tells_who_changed_whose_ways_in_and_no_secret() {
    let mut ways = Ways::new();
    let wang = ways.user("wang", Role::Rep, "One");
    let secret = || Some(Secret::new("MARKED"));
    for change in [
        SignInChange::SetPassword { user: wang, password: secret() },
        SignInChange::SetTotp { user: wang, secret: secret() },
        SignInChange::SetPin { user: wang, pin: secret() },
        SignInChange::Invite { user: wang, code: Secret::new("MARKED"), until: ways.now },
        SignInChange::AddKey { user: wang, key: key("k") },
    ] {
        ways.change(Db::SYSTEM, change.clone()).unwrap();
        assert!(!format!("{change:?}").contains("MARKED"), "{change:?}");
    }
    let Ways { db, _folder: _kept, .. } = ways;
    let place = db.place().to_owned();
    drop(db);
    let rows =
        ground::rows(&place, "SELECT kind, payload FROM journal WHERE kind LIKE 'sign_in.%' ORDER BY rev");
    let kinds: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let set = ["sign_in.set_password", "sign_in.set_totp", "sign_in.set_pin"];
    assert_eq!(kinds[..3], set);
    assert_eq!(kinds[3..], ["sign_in.invite", "sign_in.add_key"]);
    assert!(
        rows.iter().all(|row| !row[1].contains("MARKED") && row[1].contains(&wang.to_string())),
        "{rows:?}"
    );
}
