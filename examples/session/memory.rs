//! What a process costs of memory.

use std::fs;

use crate::error::Failed;

/// A process's share of memory, in KiB.
pub fn share(process: u32) -> Result<usize, Failed> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let number = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok());
    number.ok_or_else(|| Failed::Part("the system tells no proportional memory".to_owned()))
}
