//! What happens when things break, made to happen: the disk, the file, other programs, the clock, the terminal, the system.
//!
//! Each drives the built program in a real terminal and asks another process what is in the database afterwards.

mod backup;
mod clock;
mod crash;
mod disk;
mod file;
pub(crate) mod floor;
mod log;
pub(crate) mod mounts;
mod others;
pub(crate) mod pty;
mod safe;
mod terminal;
