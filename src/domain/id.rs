//! Ids of facts: newtypes over `i64`, made by whoever writes, ordered by time.
//!
//! 41 bits of milliseconds since 2020-01-01 UTC, then 22 random bits: a client can show a row before it is stored, and a
//! write sent twice keeps its ids. Ids made from one [`IdMaker`] are consecutive within a millisecond.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::time::Timestamp;

/// Milliseconds from the Unix epoch to 2020-01-01T00:00:00Z, where ids begin.
const EPOCH_MS: i64 = 1_577_836_800_000;
/// Low bits that are random (then counted up) within a millisecond.
const LOW_BITS: u32 = 22;

/// Tells that a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not an id: an id is a positive whole number, as printed by Corral")]
pub struct BadId {
    /// What was given.
    pub text: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                match text.trim().parse::<i64>() {
                    Ok(n) if n > 0 => Ok(Self(n)),
                    _ => Err(BadId { text: text.to_owned() }),
                }
            }
        }

        // ids are JSON strings: a 63-bit number does not survive a reader with doubles
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A person who signs in: rep, lead, coach, manager, admin.
    UserId,
    /// A team (an `org_unit` of kind team).
    TeamId,
    /// A customer: a household, company or sole trader.
    CustomerId,
    /// A member of a customer.
    PersonId,
    /// A phone number, WeChat id or other way to reach a person.
    ContactId,
    /// An opportunity (商机) of any shape.
    DealId,
    /// A unit of work in a lane.
    TaskId,
    /// One interaction on any channel (触达).
    TouchId,
    /// A key-node event: a booked trial, visit, plan call.
    NodeId,
    /// An order.
    OrderId,
    /// A promise made to a customer.
    PromiseId,
    /// A coupon reserved for a customer.
    IssueId,
    /// An import batch.
    BatchId,
    /// A target row.
    TargetId,
    /// An export that was asked for.
    AskId,
    /// Good news that was told.
    NewsId,
    /// A match between people or teams.
    PkId,
    /// A report.
    ReportId,
    /// A line that was whispered to somebody.
    WhisperId,
    /// A warning that was opened.
    WarningId,
    /// A morning or evening round that was called.
    RoundId,
    /// What was decided in a round.
    DecisionId,
    /// A stock-take of a team's deals.
    StockTakeId,
    /// What a stock-take decided about a deal.
    StockRowId,
    /// One change as its maker named it: the same id twice changes nothing.
    WriteId,
}

/// Makes ids for one change: time-ordered, consecutive.
#[derive(Debug, Clone)]
pub struct IdMaker {
    next: i64,
}

impl IdMaker {
    /// Starts at `now` with `random` in the low bits (any number; 21 bits of it are used, so that a
    /// change has room to count up without touching the time).
    pub fn new(now: Timestamp, random: u64) -> Self {
        let ms = (now.0 - EPOCH_MS).max(0);
        let low = (random & ((1 << (LOW_BITS - 1)) - 1)).cast_signed();
        Self { next: ((ms << LOW_BITS) | low).max(1) }
    }

    /// Continues after an id already made, so that what a change creates follows the change's own id.
    pub fn after(id: WriteId) -> Self {
        Self { next: id.0 + 1 }
    }

    /// Goes on apart from an id whose neighbours another change may have taken: in the half of its millisecond that no change
    /// begins in, at a place of its own.
    pub fn apart(id: WriteId) -> Self {
        let half = 1_i64 << (LOW_BITS - 1);
        // an odd factor keeps two that were neighbours apart
        let place = id.0.wrapping_mul(0x2545_F491_4F6C_DD1D) & (half - 1);
        Self { next: (id.0 >> LOW_BITS << LOW_BITS) | half | place }
    }

    /// The next id as a bare number, for `UserId(ids.make())` and the like.
    pub fn make(&mut self) -> i64 {
        let id = self.next;
        self.next += 1;
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_are_greater_and_ids_of_one_maker_are_consecutive() {
        let mut early = IdMaker::new(Timestamp(EPOCH_MS + 1), u64::MAX);
        let mut late = IdMaker::new(Timestamp(EPOCH_MS + 2), 0);
        let first = early.make();
        assert_eq!(early.make(), first + 1);
        assert!(late.make() > early.make());
    }

    #[test]
    fn what_goes_on_apart_meets_neither_those_who_begin_in_the_millisecond_nor_a_neighbour_apart() {
        let now = Timestamp(EPOCH_MS + 7);
        let (one, other) = (IdMaker::new(now, 1_000).make(), IdMaker::new(now, 1_001).make());
        let (apart, too) = (IdMaker::apart(WriteId(one)).make(), IdMaker::apart(WriteId(other)).make());
        // a change begins in the lower half of its millisecond, whatever the random number
        assert!(apart > IdMaker::new(now, u64::MAX).make());
        assert!(apart < IdMaker::new(Timestamp(now.0 + 1), 0).make());
        assert!(apart.abs_diff(too) > 10_000, "{apart} {too}");
    }

    #[test]
    fn an_id_is_a_string_in_json_and_nothing_else_is_an_id() {
        assert_eq!(serde_json::to_string(&UserId(7)).unwrap(), "\"7\"");
        assert_eq!(serde_json::from_str::<UserId>("\"7\"").unwrap(), UserId(7));
        assert!("x7".parse::<UserId>().is_err());
        assert!("-7".parse::<UserId>().is_err());
    }
}
