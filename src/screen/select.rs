//! Which row of a list is selected: held by what the row is, so that nothing moves because the list was read again.

use crate::app::Act;
use crate::widget::window;

/// Whether an action moves a selection.
pub const fn moves(act: Act) -> bool {
    matches!(act, Act::Up | Act::Down | Act::PageUp | Act::PageDown | Act::Top | Act::Bottom)
}

/// A selection by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select<K> {
    key: Option<K>,
    at: usize,
}

impl<K> Default for Select<K> {
    fn default() -> Self {
        Self { key: None, at: 0 }
    }
}

impl<K: PartialEq + Clone> Select<K> {
    /// The selected key.
    pub const fn key(&self) -> Option<&K> {
        self.key.as_ref()
    }

    /// The place of the selected row.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Selects a row by its key; the place follows at the next [`Select::settle`].
    pub fn choose(&mut self, key: K) {
        self.key = Some(key);
    }

    /// Forgets the selection: the first row is next.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Finds the selected row again among new ones; where it is gone, the row at its place takes over.
    pub fn settle(&mut self, keys: &[K]) {
        let found = self.key.as_ref().and_then(|key| keys.iter().position(|other| other == key));
        self.at = found.unwrap_or(self.at).min(keys.len().saturating_sub(1));
        self.key = keys.get(self.at).cloned();
    }

    /// Selects a row that was pointed at; `false` where it is not there any more.
    pub fn point(&mut self, key: K, keys: &[K]) -> bool {
        let Some(at) = keys.iter().position(|known| *known == key) else { return false };
        (self.at, self.key) = (at, Some(key));
        true
    }

    /// Moves as an action says, a page being so many rows; `false` where the action does not move.
    pub fn travel(&mut self, act: Act, page: usize, keys: &[K]) -> bool {
        self.travel_among(act, page, (keys.len(), |at| keys.get(at).cloned()))
    }

    /// The same over so many rows, of which only the one that is reached is asked for its key.
    pub fn travel_among(
        &mut self,
        act: Act,
        page: usize,
        (count, key): (usize, impl FnOnce(usize) -> Option<K>),
    ) -> bool {
        let page = isize::try_from(page.max(1)).unwrap_or(isize::MAX);
        self.at = match act {
            Act::Up => window::step(self.at, -1, count),
            Act::Down => window::step(self.at, 1, count),
            Act::PageUp => window::step(self.at, -page, count),
            Act::PageDown => window::step(self.at, page, count),
            Act::Top => 0,
            Act::Bottom => count.saturating_sub(1),
            _ => return false,
        };
        self.key = key(self.at);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_stays_with_its_row_when_others_come_and_go() {
        let mut select = Select::default();
        select.settle(&['a', 'b', 'c']);
        assert!(select.travel(Act::Down, 10, &['a', 'b', 'c']));
        select.settle(&['x', 'y', 'a', 'b']);
        assert_eq!((select.key(), select.at()), (Some(&'b'), 3));
        // b is gone: its place is taken by what stands there now
        select.settle(&['x', 'y']);
        assert_eq!((select.key(), select.at()), (Some(&'y'), 1));
        select.settle(&[]);
        assert_eq!((select.key(), select.at()), (None, 0));
    }
}
