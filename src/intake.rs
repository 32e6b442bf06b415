//! Lead files: encodings, delimited text, workbooks, web pages, mappings, rejects.
//!
//! Everything between a file on disk and clean rows, without a database:
//! [`table::Table`] reads rows, a [`mapping::Mapping`] says what the columns mean, [`lead::lead`] turns one row
//! into a [`lead::LeadRow`] or a [`Reject`], [`seen::Seen`] finds rows that repeat an earlier one,
//! [`customer::customer`] says what a lead says in the store's words, and [`rejects::Rejects`] writes what was refused.

pub mod customer;
pub mod encoding;
pub mod error;
pub mod lead;
pub mod mapping;
pub mod rejects;
pub mod seen;
pub mod source;
pub mod table;

pub use error::IntakeError;

/// A row that cannot be used, as it goes to the rejects file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its number in the file as a person counts it, the header being row 1.
    pub row: u64,
    /// Why, and what to do.
    pub reason: String,
    /// The cells as they stand in the file (over-long ones cut).
    pub cells: Vec<String>,
}
