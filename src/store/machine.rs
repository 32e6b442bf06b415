//! What the machine is called that a program runs on.

use crate::domain::clean::clean;

/// Characters of a name that are kept: the system's own limit is lower as a rule.
const LONGEST: usize = 64;

/// The machine's name as the system says it; empty where it says none.
pub fn name() -> String {
    clean(&said()).chars().take(LONGEST).collect()
}

#[cfg(unix)]
fn said() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn said() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}
