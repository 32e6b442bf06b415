//! Dialling: a command of the person's settings, started without a shell.

use std::process::{Command, Stdio};

use crate::domain::phone::PhoneNumber;

/// Why a call was not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The command could not be started.
    #[error("'{program}' could not be started ({why}); check 'dial' in the settings file")]
    NotStarted {
        /// The program.
        program: String,
        /// What the system said.
        why: String,
    },
}

/// Starts the dial command with `{phone}` replaced in every argument; nothing is given to a shell.
///
/// # Errors
/// [`DialError::NotStarted`] when the program cannot be started.
pub fn dial(template: &[String], number: &PhoneNumber) -> Result<(), DialError> {
    let filled: Vec<String> = template.iter().map(|part| part.replace("{phone}", number.as_str())).collect();
    let Some((program, arguments)) = filled.split_first() else { return Ok(()) };
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        Ok(mut child) => {
            // collected when it ends, so that nothing stays behind while the session lasts
            std::thread::spawn(move || child.wait());
            Ok(())
        }
        Err(error) => Err(DialError::NotStarted { program: program.clone(), why: error.to_string() }),
    }
}
