//! Records out and in again: what is exported as tables is restored from them, into this database or another.

pub mod cells;
pub mod customers;
pub mod export;
pub mod orders;
pub mod restore;
mod rows;
mod touches;
