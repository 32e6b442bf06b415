//! Chance from a seed: the same seed gives the same floor on every machine.
//!
//! `SplitMix64` (Steele, Lea, Flood 2014): small, fast, and its outputs are fixed for ever, which a library's generator
//! does not promise.

/// A source of chance.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

/// The whole of a share, in basis points.
const WHOLE: u64 = 10_000;

impl Chance {
    /// Starts from a seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A source of its own for a thing that has a number: what happens to others does not change it.
    pub fn of(seed: u64, thing: i64) -> Self {
        let mut chance = Self::new(seed ^ thing.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15));
        chance.number();
        chance
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to below `end`; 0 where `end` is 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        let number = self.number();
        if end == 0 { 0 } else { number % end }
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = to.saturating_sub(from).saturating_add(1).max(1);
        from.saturating_add(i64::try_from(self.below(span.unsigned_abs())).unwrap_or(0))
    }

    /// Whether something that comes about in `share` basis points of all cases does so now.
    pub const fn hits(&mut self, share: u32) -> bool {
        self.below(WHOLE) < share as u64
    }

    /// One of a list, each as likely; `None` of an empty one.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let place = self.below(list.len() as u64);
        list.get(usize::try_from(place).unwrap_or(0))
    }

    /// The place of one of these weights, as likely as it weighs; 0 where nothing weighs anything.
    pub fn weighed(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let all: u64 = weights.clone().map(u64::from).sum();
        let mut at = self.below(all);
        for (place, weight) in weights.enumerate() {
            if at < u64::from(weight) {
                return place;
            }
            at -= u64::from(weight);
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator() {
        // Vigna's splitmix64.c from state 1234567 gives these first three
        let mut chance = Chance::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| chance.number()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn weights_are_kept_in_the_long_run() {
        let mut chance = Chance::new(7);
        let mut seen = [0_u32; 3];
        for _ in 0..10_000 {
            seen[chance.weighed([1_u32, 0, 3].into_iter())] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((2_300..2_700).contains(&seen[0]), "{seen:?}");
    }

    #[test]
    fn what_happens_to_one_thing_does_not_change_another() {
        let mut early = Chance::of(1, 5);
        let mut late = Chance::of(1, 5);
        Chance::of(1, 4).number();
        assert_eq!(early.number(), late.number());
        assert_ne!(Chance::of(1, 5).number(), Chance::of(1, 6).number());
    }

    #[test]
    fn bounds_are_included() {
        let mut chance = Chance::new(3);
        let seen: Vec<i64> = (0..200).map(|_| chance.between(-1, 1)).collect();
        for wanted in [-1, 0, 1] {
            assert!(seen.contains(&wanted), "{wanted}");
        }
        assert_eq!(chance.between(4, 4), 4);
        assert!(chance.pick::<u8>(&[]).is_none());
    }
}
