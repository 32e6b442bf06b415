//! Pay (S001-100): worked out from the roll-ups, the orders and the payments whenever it is asked for; nothing of it is stored.
//!
//! `sheet` works out statements, `orders` what somebody's orders bring and whether what releases it has happened, `rank` which rank
//! somebody had. `score` keeps what no fact says: whoever leads sets it, with a reason, for a person and a month.

mod coach;
pub(in crate::store) mod earning;
mod orders;
mod rank;
mod score;
mod sheet;

pub use score::{back, set};
pub use sheet::sheet;
