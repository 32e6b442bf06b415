//! PINs: what opens a locked screen, and the local one at its start where that is asked for.
//!
//! Four digits are soon guessed, so whoever guesses is slowed down as at the door: by the cost of a password's hash, and by the
//! lock-out that wrong tries of every way count for. Each try is noted.

use crate::app::lock::{LONGEST, Proof, digit};
use crate::domain::id::{IdMaker, UserId, WriteId};
use crate::domain::lists::{Came, Way};
use crate::domain::origin::Origin;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::runtime::password;
use crate::store::Db;
use crate::store::change::sign_in::Tried;
use crate::store::change::{Change, SignInChange, Write};
use crate::store::query::sign_in::Pin;
use crate::store::query::{Answer, Query, SignInAnswer, SignInAsk};
use crate::store::worker::Store;

/// Fewest digits.
pub const LEAST: usize = 4;

/// Why a text cannot be a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is none.
    #[error("a PIN has {LEAST} to {LONGEST} digits and nothing else")]
    NoDigits,
    /// It is one of those that are tried first.
    #[error(
        "this PIN is guessed first: no row of neighbours such as 1234, nothing repeated such as 1111 or 1212"
    )]
    Easy,
    /// The system gives no random numbers.
    #[error("this system gives no random numbers; nothing was changed")]
    NoChance,
}

/// The hash of a new PIN.
///
/// # Errors
/// What is wrong with it.
pub fn pin(text: &str) -> Result<Secret, Unfit> {
    let digits: Option<String> = text.trim().chars().map(digit).collect();
    let digits = digits.filter(|digits| (LEAST..=LONGEST).contains(&digits.len())).ok_or(Unfit::NoDigits)?;
    if is_easy(digits.as_bytes()) {
        return Err(Unfit::Easy);
    }
    password::hash(&digits).ok_or(Unfit::NoChance)
}

/// Whether it is a row of neighbours, or a shorter one repeated.
fn is_easy(digits: &[u8]) -> bool {
    let steps =
        |by: u8| digits.windows(2).all(|two| matches!(two, [a, b] if (a - b'0' + by) % 10 == b - b'0'));
    let repeats = |part: usize| {
        digits.len().is_multiple_of(part) && digits.chunks(part).all(|chunk| digits.starts_with(chunk))
    };
    steps(1) || steps(9) || (1..=digits.len() / 2).any(repeats)
}

/// Finds out whether a PIN is somebody's and notes that it was tried. Blocks, and takes a password's memory: for a thread that may.
pub fn prove(store: &Store, now: Timestamp, (user, from): (UserId, Origin), typed: &Secret) -> Proof {
    let Some(kept) = kept(store, user) else { return Proof::Failed };
    let locked = kept.locked_until.filter(|until| *until > now);
    let came = match locked {
        Some(_) => Came::Locked,
        None if password::is_right(typed.reveal(), kept.hash.as_ref()) => Came::In,
        None => Came::Wrong,
    };
    // what cannot be noted does not count, and would let somebody guess on
    if !note(store, now, (user, from), came) {
        return Proof::Failed;
    }
    match (came, locked) {
        (Came::In, _) => Proof::Right,
        (_, Some(until)) => Proof::Locked(until),
        _ => now_locked(store, user, now).map_or(Proof::Wrong, Proof::Locked),
    }
}

fn now_locked(store: &Store, user: UserId, now: Timestamp) -> Option<Timestamp> {
    kept(store, user)?.locked_until.filter(|until| *until > now)
}

fn kept(store: &Store, user: UserId) -> Option<Pin> {
    match store.ask(Query::SignIn(SignInAsk::Pin(user))) {
        Ok(Answer::SignIn(SignInAnswer::Pin(pin))) => Some(pin),
        _ => None,
    }
}

fn note(store: &Store, at: Timestamp, (user, from): (UserId, Origin), came: Came) -> bool {
    let address = match from {
        Origin::Ssh(address) => address.to_string(),
        Origin::Local => String::new(),
    };
    let mut random = [0; 8];
    // ids need only differ
    let _ = getrandom::fill(&mut random);
    let id = WriteId(IdMaker::new(at, u64::from_le_bytes(random)).make());
    let tried = Tried { user: Some(user), way: Way::Pin, came, address, step: None };
    let change = Change::SignIn(SignInChange::Tried(tried));
    store.make(Write { id, by: Db::SYSTEM, at, from, change }).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_four_to_twelve_digits_that_are_not_tried_first() {
        for easy in [
            "1234",
            "4321",
            "7890",
            "0123456789",
            "0987",
            "0000",
            "1111",
            "777777",
            "1212",
            "123123",
            "908908",
        ] {
            assert_eq!(pin(easy), Err(Unfit::Easy), "{easy}");
        }
        for none in ["", "123", "1234567890123", "12a4", "-1245", "12 45", "１２"] {
            assert_eq!(pin(none), Err(Unfit::NoDigits), "{none}");
        }
        for good in ["1357", "2580", "908172", "112233445566"] {
            assert!(password::is_right(good, Some(&pin(good).unwrap())), "{good}");
        }
        // as an input method for Chinese writes digits
        assert!(password::is_right("2580", Some(&pin("２５８０\n").unwrap())));
    }
}
