//! What a cold build costs: processor time of the compiler and all it starts.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::error::Failed;

/// What the README's first command may cost, seconds of processor time.
const MOST: f64 = 360.0;
/// Ticks of the kernel's clock in a second, as it tells them to programs (`USER_HZ`).
const TICKS: u64 = 100;
/// Which numbers behind the program's name are the processor time of its ended children: user's, system's.
const OF_CHILDREN: [usize; 2] = [13, 14];

/// Processor time of every program that was started from here and has ended.
pub fn spent() -> Result<Duration, Failed> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // the name in brackets may have spaces in it
    let numbers = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let numbers: Vec<&str> = numbers.split(' ').collect();
    let ticks: u64 = OF_CHILDREN
        .iter()
        .filter_map(|place| numbers.get(*place))
        .filter_map(|number| number.parse::<u64>().ok())
        .sum();
    Ok(Duration::from_millis(ticks * 1_000 / TICKS))
}

/// Appends the figure.
pub fn record(into: &Path, spent: Duration) -> Result<(), Failed> {
    let seconds = spent.as_secs_f64();
    let line = json!({
        "name": "processor time of a cold release build", "unit": "s", "floor": null, "product": seconds, "ratio": null,
        "target": "≤ 360 s", "met": seconds <= MOST,
    });
    let mut out = File::options().create(true).append(true).open(into)?;
    Ok(writeln!(out, "{line}")?)
}
