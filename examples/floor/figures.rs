//! Times as they are told: the median, the ninety-ninth of a hundred, the longest.

use serde::Serialize;

/// The figures of some times, milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Figures {
    /// How many.
    pub count: usize,
    /// The median.
    pub p50: f64,
    /// The ninety-ninth of a hundred.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

impl Figures {
    /// The figures of times in microseconds, in any order.
    pub fn of(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        Self {
            count: times.len(),
            p50: millis(share(&times, 50)),
            p99: millis(share(&times, 99)),
            max: millis(times.last().copied().unwrap_or(0)),
        }
    }
}

/// The value below which so many of a hundred lie; 0 of an empty list, which must be sorted.
pub fn share(sorted: &[u64], of_hundred: usize) -> u64 {
    let place = (sorted.len() * of_hundred).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0)
}

/// The middle of some numbers.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

#[expect(clippy::cast_precision_loss, reason = "a time in microseconds is far below 2⁵²")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
