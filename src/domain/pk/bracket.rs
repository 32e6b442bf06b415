//! A bracket: who meets whom in which round.

/// Rounds that a number of sides play: 2 play one, 4 two, 8 three, 16 four. `None` for any other number.
pub const fn rounds(sides: usize) -> Option<u32> {
    match sides {
        2 => Some(1),
        4 => Some(2),
        8 => Some(3),
        16 => Some(4),
        _ => None,
    }
}

/// The pairs of those who are in a round, neighbours in the order they were named in.
pub fn pairs(entrants: &[u32]) -> Vec<(u32, u32)> {
    entrants.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect()
}

/// Those who are in a round, by number from 1: all in the first, else the winners of the round before; `None` while that is open.
/// `won` tells whether a side has won a round.
pub fn entrants(sides: u32, round: u32, won: &dyn Fn(u32, u32) -> bool) -> Option<Vec<u32>> {
    let mut left: Vec<u32> = (1..=sides).collect();
    for before in 1..round {
        let winners: Vec<u32> = left.iter().copied().filter(|side| won(before, *side)).collect();
        if winners.len() * 2 != left.len() {
            return None;
        }
        left = winners;
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_meet_and_winners_meet_winners() {
        assert_eq!(
            [1, 2, 3, 4, 8, 16, 32].map(rounds),
            [None, Some(1), None, Some(2), Some(3), Some(4), None]
        );
        let won = |round: u32, side: u32| match round {
            1 => [1, 4, 5, 8].contains(&side),
            2 => [4, 8].contains(&side),
            _ => false,
        };
        let entrants = |round| entrants(8, round, &won);
        assert_eq!(pairs(&entrants(1).unwrap()), [(1, 2), (3, 4), (5, 6), (7, 8)]);
        assert_eq!(pairs(&entrants(2).unwrap()), [(1, 4), (5, 8)]);
        assert_eq!(pairs(&entrants(3).unwrap()), [(4, 8)]);
        assert_eq!(entrants(4), None, "the final is not decided");
    }
}
