//! What sales work is: values and rules without I/O, clock, terminal or SQL.

pub mod clean;
pub mod phone;
pub mod search_key;
