//! `corral completions`: what a shell may offer while a command is typed.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::cli::args::Args;
use crate::cli::output::{self, Failure};

/// Prints the completions for a shell.
///
/// # Errors
/// When standard output cannot be written.
pub fn completions(shell: Shell) -> Result<(), Failure> {
    output::text(&script(shell))
}

/// The completions for a shell, as it reads them.
pub fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), "corral", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
