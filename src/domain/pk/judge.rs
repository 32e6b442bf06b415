//! Who has won: by value; of equals who had it first; where that cannot be told it is shared, and said so.

use std::cmp::Ordering;

use crate::domain::lists::PkHow;
use crate::domain::pk::tally::Tally;
use crate::domain::time::Timestamp;

/// A side as it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub side: u32,
    /// What it has.
    pub tally: Tally,
    /// When it first had as much; `None` where that is not known.
    pub first: Option<Timestamp>,
}

/// Who has won, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The winners' numbers; several share it, none where nobody did anything.
    pub winners: Vec<u32>,
    /// By what.
    pub how: PkHow,
}

/// Judges a round in which all meet all.
pub fn judge(entries: &[Entry]) -> Judged {
    let best = best(entries);
    let winners = |entries: &[&Entry]| entries.iter().map(|entry| entry.side).collect();
    match best.as_slice() {
        [] => Judged { winners: Vec::new(), how: PkHow::Nothing },
        [only] if only.tally.units > 0 => Judged { winners: vec![only.side], how: PkHow::Value },
        some if some.iter().all(|entry| entry.tally.units <= 0) => {
            Judged { winners: Vec::new(), how: PkHow::Nothing }
        }
        several => match earliest(several) {
            Some(side) => Judged { winners: vec![side], how: PkHow::First },
            None => Judged { winners: winners(several), how: PkHow::Shared },
        },
    }
}

/// Judges a pair of a bracket, of whom one has to go on: by value, then who had it first, then who was named first.
pub fn pair(one: Entry, other: Entry) -> Judged {
    let judged = judge(&[one, other]);
    match judged.winners.as_slice() {
        [_] => judged,
        _ => Judged { winners: vec![one.side.min(other.side)], how: PkHow::Seed },
    }
}

/// Points of a side: those who share it share the winner's points, rounded down; nobody gets any where nobody did anything.
pub fn prize(judged: &Judged, side: u32, (win, lose): (i64, i64)) -> i64 {
    let shares = i64::try_from(judged.winners.len()).unwrap_or(1).max(1);
    match judged.how {
        PkHow::Nothing => 0,
        _ if judged.winners.contains(&side) => win / shares,
        _ => lose,
    }
}

/// Those than whom nobody has more.
fn best(entries: &[Entry]) -> Vec<&Entry> {
    let mut best: Vec<&Entry> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.tally.is_known()) {
        match best.first().map_or(Ordering::Greater, |top| entry.tally.against(top.tally)) {
            Ordering::Greater => best = vec![entry],
            Ordering::Equal => best.push(entry),
            Ordering::Less => {}
        }
    }
    best
}

/// The one that had it before all others; `None` where one's time is not known, or two had it in the same instant.
fn earliest(entries: &[&Entry]) -> Option<u32> {
    let mut times =
        entries.iter().map(|entry| Some((entry.first?, entry.side))).collect::<Option<Vec<_>>>()?;
    times.sort_unstable();
    match times.as_slice() {
        [(first, side), (second, _), ..] if first < second => Some(*side),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(side: u32, units: i64, first: Option<i64>) -> Entry {
        Entry { side, tally: Tally::plain(units), first: first.map(Timestamp) }
    }

    fn judged(winners: &[u32], how: PkHow) -> Judged {
        Judged { winners: winners.to_vec(), how }
    }

    #[test]
    fn more_wins_then_earlier_and_what_cannot_be_told_is_shared() {
        assert_eq!(judge(&[entry(1, 9, Some(5)), entry(2, 12, Some(8))]), judged(&[2], PkHow::Value));
        assert_eq!(judge(&[entry(1, 9, Some(5)), entry(2, 9, Some(4))]), judged(&[2], PkHow::First));
        assert_eq!(judge(&[entry(1, 9, Some(5)), entry(2, 9, Some(5))]), judged(&[1, 2], PkHow::Shared));
        assert_eq!(judge(&[entry(1, 9, Some(5)), entry(2, 9, None)]), judged(&[1, 2], PkHow::Shared));
        assert_eq!(
            judge(&[entry(1, 9, Some(1)), entry(2, 9, Some(2)), entry(3, 10, None)]),
            judged(&[3], PkHow::Value)
        );
        assert_eq!(judge(&[entry(1, 0, None), entry(2, 0, None)]), judged(&[], PkHow::Nothing));
        assert_eq!(judge(&[]), judged(&[], PkHow::Nothing));
    }

    #[test]
    fn a_junior_wins_by_the_own_target() {
        // 41,000 of 40,000 against 70,000 of 70,200
        let junior = Entry { side: 1, tally: Tally { units: 41_000, times: 1, by: 40_000 }, first: None };
        let senior = Entry { side: 2, tally: Tally { units: 70_000, times: 1, by: 70_200 }, first: None };
        assert_eq!(judge(&[senior, junior]), judged(&[1], PkHow::Value));
        let none = Entry { side: 3, tally: Tally { units: 99_000, times: 1, by: 0 }, first: None };
        assert_eq!(judge(&[senior, none]), judged(&[2], PkHow::Value));
    }

    #[test]
    fn in_a_bracket_somebody_always_goes_on() {
        assert_eq!(pair(entry(3, 9, Some(5)), entry(6, 9, Some(4))), judged(&[6], PkHow::First));
        assert_eq!(pair(entry(6, 9, None), entry(3, 9, None)), judged(&[3], PkHow::Seed));
        assert_eq!(pair(entry(3, 0, None), entry(6, 0, None)), judged(&[3], PkHow::Seed));
    }

    #[test]
    fn points_are_shared_by_those_who_share_it() {
        let alone = judged(&[2], PkHow::Value);
        assert_eq!([1, 2].map(|side| prize(&alone, side, (100, 10))), [10, 100]);
        let shared = judged(&[1, 2, 4], PkHow::Shared);
        assert_eq!([1, 2, 3, 4].map(|side| prize(&shared, side, (100, 10))), [33, 33, 10, 33]);
        assert_eq!(prize(&judged(&[], PkHow::Nothing), 1, (100, 10)), 0);
    }
}
