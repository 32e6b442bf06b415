//! What a made-up customer is like: how easily reached, how far willing to go. Drawn once from the customer's id.

use crate::domain::id::CustomerId;
use crate::sample::chance::Chance;

/// Of leads, how many are connected in the end (formulas.md, sample figures: 119 of 264), basis points.
const CONNECTED: f64 = 4_500.0;
/// Of leads, how many pay in the end (15 of 264), basis points.
const PAID: f64 = 570.0;

/// What a customer is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Temper {
    /// Of calls, how many are answered, basis points; 0 for a number that is dead.
    pub answers: u32,
    /// The share of leads that go less far than this one, basis points: 10,000 would go all the way.
    rank: u32,
    warmth: u32,
}

impl Temper {
    /// Draws a customer's. `warmth` (per cent, 100 is the sample figures' own) says how much better these leads are than
    /// all: a small sample shows the better part of a floor's leads.
    pub fn of(seed: u64, customer: CustomerId, warmth: u32) -> Self {
        let mut chance = Chance::of(seed, customer.0);
        let answers = match chance.below(100) {
            0..=3 => 0,
            4..=15 => 1_500,
            16..=60 => 5_200,
            _ => 7_000,
        };
        Self { answers, rank: u32::try_from(chance.below(10_000)).unwrap_or(0), warmth }
    }

    /// How many of a pipeline's stages this customer will enter, from 1 (the first) to `stages`.
    pub fn reaches(self, stages: usize) -> usize {
        let warm = f64::from(self.warmth) / 100.0;
        let first = (CONNECTED * warm).min(8_500.0);
        let last = (PAID * warm).min(first);
        let steps = stages.saturating_sub(1);
        let left = f64::from(self.rank);
        // the shares fall evenly from those who are connected to those who pay
        (1..=steps)
            .filter(|step| {
                let part = if steps > 1 { (to_f64(*step) - 1.0) / (to_f64(steps) - 1.0) } else { 1.0 };
                left < first * (last / first).powf(part)
            })
            .count()
            + 1
    }
}

fn to_f64(n: usize) -> f64 {
    u32::try_from(n).map_or(0.0, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(stage: usize, warmth: u32) -> usize {
        (0..10_000).filter(|id| Temper::of(1, CustomerId(*id), warmth).reaches(7) >= stage).count()
    }

    #[test]
    fn the_funnel_is_that_of_the_sample_figures() {
        // of 10,000 leads 4,500 are connected and 570 pay; three standard deviations are about 150 and 70
        assert!((4_350..4_650).contains(&share(2, 100)), "{}", share(2, 100));
        assert!((500..640).contains(&share(7, 100)), "{}", share(7, 100));
        assert_eq!(share(1, 100), 10_000);
        assert!(share(4, 100) < share(3, 100));
    }

    #[test]
    fn warmer_leads_go_further() {
        assert!(share(7, 250) > 2 * share(7, 100));
    }
}
