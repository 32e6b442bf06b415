//! What sales work is: values and rules without I/O, clock, terminal or SQL.
//!
//! Everything here is a plain value or a pure function of its arguments; whoever calls passes the time in.

pub mod code;
pub mod contact;
pub mod desk;
pub mod floor;
pub mod gap;
pub mod health;
pub mod hex;
pub mod id;
pub mod lists;
pub mod mask;
pub mod money;
pub mod origin;
pub mod outlook;
pub mod ratio;
pub mod score;
pub mod secret;
pub mod share_out;
pub mod span;
pub mod stock;
pub mod time;
pub mod warning;

pub mod access;
pub mod clean;
pub mod pay;
pub mod phone;
pub mod pk;
pub mod report;
pub mod search_key;
