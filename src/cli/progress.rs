//! How far a long job has come: one line on standard error that is written over, on a terminal only.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// Least time between two lines: a person reads no faster.
const EVERY: Duration = Duration::from_millis(200);

/// A job of so many rows on its way.
#[derive(Debug)]
pub struct Progress {
    total: u64,
    /// Rows that were done before: they say nothing of the rate.
    before: u64,
    begun: Instant,
    told: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Begins a job of `total` rows; 0 where nobody knows.
    pub fn new(total: u64) -> Self {
        Self::resumed(total, 0)
    }

    /// Goes on with a job of which `before` rows are done already.
    pub fn resumed(total: u64, before: u64) -> Self {
        Self { total, before, begun: Instant::now(), told: None, shown: io::stderr().is_terminal() }
    }

    /// Says how many rows are done, when it is time to say it.
    pub fn at(&mut self, done: u64) {
        if !self.shown || self.told.is_some_and(|told| told.elapsed() < EVERY) {
            return;
        }
        self.told = Some(Instant::now());
        let line = line((done, self.before), self.total, self.begun.elapsed());
        // nobody is left to tell where standard error is gone
        let _ = write!(io::stderr(), "\r\x1b[K{line}");
    }

    /// Takes the line away.
    pub fn end(&self) {
        if self.told.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// `12,300 of 100,000 rows · 4,100/s · 21 s left`
fn line((done, before): (u64, u64), total: u64, spent: Duration) -> String {
    let millis = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = done.saturating_sub(before).saturating_mul(1_000) / millis;
    if total == 0 {
        return format!("{} rows · {}/s", grouped(done), grouped(rate));
    }
    let left = total.saturating_sub(done).checked_div(rate);
    let left = left.map(|left| format!(" · {} left", time(left))).unwrap_or_default();
    format!("{} of {} rows · {}/s{left}", grouped(done), grouped(total), grouped(rate))
}

fn time(seconds: u64) -> String {
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) }
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_the_rate_and_the_time_left() {
        // 12,300 rows in 3 s are 4,100 a second; 87,700 are left: 21.4 s
        let said = line((12_300, 0), 100_000, Duration::from_secs(3));
        assert_eq!(said, "12,300 of 100,000 rows · 4,100/s · 21 s left");
        // 1,000,000 left at 1,000/s: 1,000 s are 16 min 40 s
        assert!(line((1_000, 0), 1_001_000, Duration::from_secs(1)).ends_with("17 min left"));
    }

    #[test]
    fn rows_that_were_done_before_say_nothing_of_the_rate() {
        // 2,000 rows in 2 s are 1,000 a second; 3,000 are left
        let said = line((7_000, 5_000), 10_000, Duration::from_secs(2));
        assert_eq!(said, "7,000 of 10,000 rows · 1,000/s · 3 s left");
    }

    #[test]
    fn where_nothing_is_known_nothing_is_promised() {
        assert_eq!(line((0, 0), 100, Duration::ZERO), "0 of 100 rows · 0/s");
        assert_eq!(line((500, 0), 0, Duration::from_secs(1)), "500 rows · 500/s");
    }
}
