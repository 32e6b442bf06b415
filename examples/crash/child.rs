//! What a writer's process is told.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What a process is.
#[derive(Debug, Subcommand)]
pub enum Role {
    /// A writer
    #[command(hide = true)]
    Writer(Child),
}

/// What a writer is told.
#[derive(Debug, Clone, Args)]
pub struct Child {
    /// The database
    pub path: PathBuf,
    /// Which writer, counted from 0
    pub place: usize,
    /// The instant the floor's clock stands at, milliseconds
    pub now: i64,
    /// The seed
    pub seed: u64,
}
