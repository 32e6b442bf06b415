//! A floor at work over SSH: many reps who log an outcome every ten seconds, and people who watch boards.
//!
//! ```sh
//! cargo build --release --bin corral --example floor_ssh
//! target/release/examples/floor_ssh --sessions 500 --boards 20 --seconds 60
//! target/release/examples/floor_ssh --sessions 500 --boards 20 --minutes 60
//! ```
//!
//! It makes a floor in a folder of its own, starts the release program's `serve` on it, lets one session work alone, then signs
//! everybody in with a real SSH client library, lets them be, and lets them work. It tells the time from a key to the frame that
//! shows it, as a terminal that takes every byte in sees it; memory; processor time while nobody presses a key; bytes for a move
//! of the selection; sign-ins a second. The floor's playbook stands in a time zone where it is about noon, whenever it is run.

#![allow(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    clippy::unwrap_used,
    reason = "a program to measure with"
)]

#[cfg(unix)]
#[path = "floor_ssh/figures.rs"]
mod figures;
#[cfg(unix)]
#[path = "floor_ssh/ground.rs"]
mod ground;
#[cfg(unix)]
#[path = "floor_ssh/seat.rs"]
mod seat;
#[cfg(unix)]
#[path = "floor_ssh/work.rs"]
mod work;

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() {
    use clap::Parser as _;
    let args = work::Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(work::run(&args));
}
