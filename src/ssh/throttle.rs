//! Slows guessing down: wrong tries by address, and one try at a time by name.
//!
//! Only guesses are counted. A key cannot be guessed, and two hundred reps may come from one address: whoever has a key comes in
//! whatever others try from there.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Mutex as Turn;

/// Wrong guesses from one address after which none is looked at any more.
pub const GUESSES: u32 = 30;
/// How long they count.
pub const COUNTED: Duration = Duration::from_mins(10);
/// Addresses that are remembered; those whose time is over go first.
const ADDRESSES: usize = 10_000;

/// Who guessed how often.
#[derive(Debug, Default)]
pub struct Throttle {
    addresses: Mutex<HashMap<IpAddr, Guesses>>,
    turns: Mutex<HashMap<String, Weak<Turn<()>>>>,
}

#[derive(Debug, Clone, Copy)]
struct Guesses {
    count: u32,
    since: Instant,
}

impl Throttle {
    /// Whether guesses from an address are looked at.
    pub fn looks_at(&self, address: IpAddr, now: Instant) -> bool {
        let addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.get(&site(address)).is_none_or(|guesses| guesses.is_over(now) || guesses.count < GUESSES)
    }

    /// Counts a wrong guess.
    pub fn count(&self, address: IpAddr, now: Instant) {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if addresses.len() >= ADDRESSES {
            addresses.retain(|_, guesses| !guesses.is_over(now));
        }
        if addresses.len() >= ADDRESSES {
            // so many at once are an attack: what matters then is the lock of each account, and no memory without end
            addresses.clear();
        }
        let guesses = addresses.entry(site(address)).or_insert(Guesses { count: 0, since: now });
        if guesses.is_over(now) {
            *guesses = Guesses { count: 0, since: now };
        }
        guesses.count = guesses.count.saturating_add(1);
    }

    /// The turn of whoever guesses for a name, whether there is somebody of the name or not: a hundred guesses at once are
    /// looked at one after the other, so that the fifth wrong one locks out the others.
    pub fn turn(&self, login: &str) -> Arc<Turn<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = turns.get(login).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(Turn::new(()));
        turns.insert(login.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

impl Guesses {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= COUNTED
    }
}

/// What is counted as one: whoever has one IPv6 address has the 2^64 beside it.
fn site(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_thirty_wrong_guesses_an_address_is_not_looked_at_for_ten_minutes_and_others_are() {
        let (throttle, begun) = (Throttle::default(), Instant::now());
        let here: IpAddr = "192.0.2.7".parse().unwrap();
        for _ in 0..30 {
            assert!(throttle.looks_at(here, begun));
            throttle.count(here, begun);
        }
        assert!(!throttle.looks_at(here, begun));
        assert!(!throttle.looks_at("::ffff:192.0.2.7".parse().unwrap(), begun), "the same in other words");
        assert!(throttle.looks_at("192.0.2.8".parse().unwrap(), begun));
        assert!(!throttle.looks_at(here, begun + Duration::from_secs(599)));
        assert!(throttle.looks_at(here, begun + Duration::from_mins(10)));
        throttle.count(here, begun + Duration::from_mins(10));
        assert!(throttle.looks_at(here, begun + Duration::from_mins(10)));
    }

    #[test]
    fn a_network_of_version_six_is_one_address() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for last in 0..30 {
            throttle.count(format!("2001:db8:0:1::{last}").parse().unwrap(), now);
        }
        assert!(!throttle.looks_at("2001:db8:0:1:ffff::1".parse().unwrap(), now));
        assert!(throttle.looks_at("2001:db8:0:2::1".parse().unwrap(), now));
    }

    #[test]
    fn there_is_one_turn_a_name_while_somebody_waits_for_it() {
        let throttle = Throttle::default();
        let first = throttle.turn("wang");
        assert!(Arc::ptr_eq(&first, &throttle.turn("wang")));
        assert!(!Arc::ptr_eq(&first, &throttle.turn("li")));
        drop(first);
        let _turn = throttle.turn("zhao");
        assert_eq!(throttle.turns.lock().unwrap().len(), 1, "nobody waits for the others");
    }
}
