//! A job that is done until the server is there.

use std::thread;
use std::time::Duration;

use corral::store::StoreError;

/// Time before it is tried again.
const AGAIN: Duration = Duration::from_millis(100);

/// Does the same again until the server is there.
pub fn until_there<T>(mut job: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    loop {
        match job() {
            Err(error) if error.may_pass() => thread::sleep(AGAIN),
            done => return done,
        }
    }
}
