//! What the figures were made on.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::error::Failed;

/// Syncs that say how the disk is.
const SYNCS: usize = 300;

/// The machine in words, a line each.
pub fn look(root: &Path) -> Result<Vec<String>, Failed> {
    let first = |path: &str, head: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(head)).unwrap_or_default();
        line.split_once(':').map_or("", |(_, rest)| rest).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split_whitespace().take(3).collect();
    let compiler = Command::new("rustc").arg("--version").output()?;
    let (middle, late) = disk(&root.join("target/perf/disk.tmp"))?;
    Ok(vec![
        format!(
            "{}, {cores} cores, {} of memory",
            first("/proc/cpuinfo", "model name"),
            first("/proc/meminfo", "MemTotal")
        ),
        format!("Linux {}, {}", kernel.trim(), String::from_utf8_lossy(&compiler.stdout).trim()),
        format!("syncing 32 KiB to disk: p50 {middle} us, p99 {late} us"),
        format!("load when the last program had ended: {}", load.join(" ")),
    ])
}

/// The median and the ninety-ninth of a hundred of appending 32 KiB and syncing, microseconds.
fn disk(path: &Path) -> Result<(u128, u128), Failed> {
    let mut file = File::create(path)?;
    let page = vec![7; 32 << 10];
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begun = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        times.push(begun.elapsed().as_micros());
    }
    drop(file);
    fs::remove_file(path)?;
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or(0);
    Ok((at(SYNCS / 2), at(SYNCS * 99 / 100)))
}
