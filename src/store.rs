//! Query → Answer, Change → Commit. SQL lives here and nowhere else.
//!
//! [`query`], [`change`] and [`error`] are plain data that every floor above may name; the rest is machinery. A write runs
//! in one immediate transaction: rights → rules → rows → metric increments → tasks planned → journal row (architecture.md,
//! decision 2). The same write id twice changes nothing.

pub mod change;
pub mod error;
pub mod query;
