//! Query → Answer, Change → Commit. SQL lives here and nowhere else.
//!
//! [`query`], [`change`] and [`error`] are plain data that every floor above may name; the rest is machinery. A write runs
//! in one immediate transaction: rights → rules → rows → metric increments → tasks planned → journal row (architecture.md,
//! decision 2). The same write id twice changes nothing.

pub mod access;
pub mod actor;
pub mod agenda;
pub mod audit;
pub mod backup;
pub mod books;
pub mod bulk;
pub mod change;
pub mod copy;
pub mod customers;
pub mod db;
pub mod deals;
pub mod desk;
pub mod disk;
pub mod engine;
pub mod error;
pub mod exchange;
pub mod foreseen;
pub mod good_news;
pub mod grants;
pub mod import;
pub mod journal;
pub mod known;
pub mod machine;
pub mod metrics;
pub mod migrate;
pub mod pay;
pub mod people;
pub mod pk;
pub mod privacy;
pub mod query;
pub mod reach;
pub mod read;
pub mod rebuild;
pub mod report;
pub mod rights;
pub mod search;
pub mod shift;
pub mod sight;
pub mod sign_in;
pub mod tasks;
pub mod undo;
pub mod usage;
pub mod value;
pub mod verify;
pub mod warning;
pub mod work;
pub mod worker;
pub mod write;

pub use db::Db;
pub use error::StoreError;
