//! What happens when the server, the network or the pool fails: on servers of the tests' own, stopped, killed, cut off and filled up.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use corral::domain::lists::{Metric, Period};
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::{Change, Commit, PeopleChange, Write};
use corral::store::query::Query;
use corral::store::worker::Store;
use corral::store::{Db, StoreError};

use crate::cluster::{Cluster, Relay};
use crate::floor::Floor;

mod away;
mod doctor;
mod let_in;
mod lost;
mod pool;
mod said;
mod screen;
mod standby;
mod tls;

/// Long enough for anything that has no limit of its own, on a busy machine too.
const PATIENCE: Duration = Duration::from_mins(1);
/// What "within about a second" may take on a machine that does other things.
const SOON: Duration = Duration::from_secs(4);

/// The address of a floor's database.
fn address(url: &str) -> PathBuf {
    PathBuf::from(format!("{url}?schema=floor"))
}

/// A floor on a server.
fn floor_on(server: &Cluster) -> Floor {
    Floor::on(address(&server.database()))
}

/// The same floor by way of a relay.
fn by_relay(floor: &Floor, relay: &Relay) -> PathBuf {
    let path = floor.path();
    let (_, database) = path.to_str().unwrap().rsplit_once('/').unwrap();
    address(&relay.url(database.split('?').next().unwrap()))
}

/// A change that leaves one row in `target`.
fn target(floor: &mut Floor) -> Write {
    let (lead, scope, from) = (floor.lead, TargetOf::User(floor.rep), floor.day());
    let target = NewTarget::goal(scope, Period::Day, Metric::CallsDialed, (80, from));
    floor.prepare(lead, Change::People(PeopleChange::SetTarget(target)))
}

/// Targets and changes that stand in the database; each change once.
fn count(db: &mut Db) -> i64 {
    let number = |db: &mut Db, sql: &'static str| db.snapshot(|tx, _| tx.number(sql, &[])).unwrap().unwrap();
    let (targets, changes) = (
        number(db, "SELECT count(*) FROM target"),
        number(db, "SELECT count(DISTINCT write_id) FROM journal WHERE kind = 'people.set_target'"),
    );
    assert_eq!(targets, changes, "a target of each change");
    targets
}

/// Sends a change again, as a session does, until it is made.
fn made_at_last(store: &Store, write: &Write) -> Commit {
    let since = Instant::now();
    loop {
        match store.make(write.clone()) {
            Ok(commit) => return commit,
            Err(error) => {
                assert!(error.may_pass(), "{error}");
                assert!(since.elapsed() < PATIENCE, "{error}");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

/// The next thing that is said of the database.
fn told(troubles: &Receiver<Option<StoreError>>, within: Duration) -> Option<String> {
    let trouble = troubles.recv_timeout(within).expect("something is said of the database in time");
    trouble.map(|error| error.code().to_owned())
}

fn ask(store: &Store) -> Result<(), StoreError> {
    store.ask(Query::Users).map(drop)
}
