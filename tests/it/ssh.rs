//! The floor over SSH, as people meet it: with OpenSSH's own `ssh` in a real terminal.
//!
//! Where this machine has no `ssh` the tests say that they were skipped; where `CI` is set that is a failure.

mod backups;
mod commands;
mod door;
mod host;
mod limits;
mod lock;
mod marks;
mod panic;
mod screens;
mod store;
