//! What is measured: times, memory, processor time.

use std::time::Duration;

/// Times from a key to its frame.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Takes others in.
    pub fn add(&mut self, others: impl IntoIterator<Item = Duration>) {
        self.0.extend(others);
        self.0.sort_unstable();
    }

    /// The time that so many of a hundred do not exceed, in milliseconds.
    pub fn at(&self, share: usize) -> f64 {
        let place = (self.0.len() * share / 100).min(self.0.len().saturating_sub(1));
        self.0.get(place).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    }

    /// Prints them.
    pub fn tell(&self, what: &str) {
        println!(
            "{what}: p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, worst {:.1} ms, n {}",
            self.at(50),
            self.at(90),
            self.at(99),
            self.at(100),
            self.0.len()
        );
    }
}

/// Memory of a process in KiB.
pub fn resident(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Processor time a process has used.
pub fn processor(pid: u32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after = text.rsplit_once(") ").unwrap().1;
    let fields: Vec<u64> = after.split(' ').skip(11).take(2).map(|field| field.parse().unwrap()).collect();
    // a hundred ticks a second, as Linux tells them to everybody
    Duration::from_millis((fields[0] + fields[1]) * 10)
}
