//! Scroll offsets: which rows of a long list are in sight.

/// The offset nearest to `offset` that keeps the selected row in sight and shows no blank rows that could be full.
pub fn keep(offset: usize, selected: usize, height: usize, total: usize) -> usize {
    let height = height.max(1);
    let selected = selected.min(total.saturating_sub(1));
    let lowest = (selected + 1).saturating_sub(height);
    offset.clamp(lowest, selected).min(total.saturating_sub(height))
}

/// The selection after a step of some rows up (negative) or down, held at both ends.
pub fn step(selected: usize, by: isize, total: usize) -> usize {
    selected.saturating_add_signed(by).min(total.saturating_sub(1))
}

/// Where the thumb of a scroll bar stands and how long it is, in rows; `None` when everything is in sight.
pub fn thumb(offset: usize, height: u16, total: usize) -> Option<(u16, u16)> {
    let rows = usize::from(height);
    if rows == 0 || total <= rows {
        return None;
    }
    let long = (rows * rows / total).max(1);
    let hidden = total - rows;
    // Rounded up, so that the thumb leaves the top with the first row and reaches the bottom only at the end.
    let free = rows - long;
    let start =
        if offset >= hidden { free } else { (offset * free).div_ceil(hidden).min(free.saturating_sub(1)) };
    Some((u16::try_from(start).ok()?, u16::try_from(long).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_offset_moves_only_as_far_as_it_must() {
        for (offset, selected, height, total, expected) in [
            (0, 5, 10, 100, 0),
            (0, 10, 10, 100, 1),
            (50, 20, 10, 100, 20),
            (95, 99, 10, 100, 90),
            (3, 0, 10, 4, 0),
            (0, 0, 0, 0, 0),
        ] {
            assert_eq!(keep(offset, selected, height, total), expected);
        }
    }

    #[test]
    fn the_selection_is_held_at_both_ends() {
        assert_eq!(step(0, -1, 5), 0);
        assert_eq!(step(3, 10, 5), 4);
        assert_eq!(step(0, 1, 0), 0);
    }

    #[test]
    fn the_thumb_is_at_the_ends_only_at_the_ends() {
        assert_eq!(thumb(0, 10, 10), None);
        assert_eq!(thumb(0, 10, 100), Some((0, 1)));
        assert_eq!(thumb(1, 10, 100), Some((1, 1)));
        assert_eq!(thumb(89, 10, 100), Some((8, 1)));
        assert_eq!(thumb(90, 10, 100), Some((9, 1)));
    }

    proptest! {
        #[test]
        fn the_selected_row_is_in_sight(offset in 0usize..300, selected in 0usize..200, height in 1usize..50, total in 1usize..200) {
            let top = keep(offset, selected, height, total);
            let selected = selected.min(total - 1);
            prop_assert!(top <= selected && selected < top + height);
            prop_assert!(top + height <= total.max(height));
        }
    }
}
