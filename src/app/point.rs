//! What stands where on the screen: the mouse acts on what was drawn.
//!
//! Drawing notes what can be pointed at ([`Hits`]); a click looks at the notes of the last frame, never at the state, so
//! that it means what was seen. A row is noted by what it is, not by its place. What lies under a dialog is not there.

use std::cell::RefCell;

use ratatui::layout::{Position, Rect};

use crate::app::action::{Act, Context};
use crate::input::Key;

/// What can be pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The name of an action: a click does what its key does.
    Act(Act),
    /// A key that stands on the screen: a click presses it.
    Key(Key),
    /// A row of a list: a click selects it, a second one opens it.
    Row(Part, i64),
    /// A part with rows or text of its own: a click gives it the keys, the wheel scrolls it.
    Part(Part),
    /// Nothing, whatever was noted beneath.
    Nothing,
}

/// A part of a screen or dialog, numbered by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part(pub usize);

/// What the notes of a frame were made for: on anything else they mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// How many layers there were.
    pub layers: usize,
    /// What the top one was.
    pub context: Context,
}

/// The notes of the frame that was drawn last.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    noted: RefCell<Noted>,
}

#[derive(Debug, Clone, Default)]
struct Noted {
    stamp: Option<Stamp>,
    spots: Vec<(Rect, Spot)>,
}

impl Hits {
    /// Begins the notes of a frame.
    pub fn begin(&self, stamp: Option<Stamp>) {
        let mut noted = self.noted.borrow_mut();
        noted.stamp = stamp;
        noted.spots.clear();
    }

    /// Forgets what was noted of the frame so far: another layer has the keys.
    pub fn clear(&self) {
        self.noted.borrow_mut().spots.clear();
    }

    /// Notes what stands in an area, over what was noted there before.
    pub fn put(&self, area: Rect, spot: Spot) {
        if !area.is_empty() {
            self.noted.borrow_mut().spots.push((area, spot));
        }
    }

    /// Notes a list: its part, and for each of its screen rows the id of what `id` finds there.
    pub fn rows(&self, area: Rect, part: Part, id: impl Fn(Position) -> Option<i64>) {
        self.put(area, Spot::Part(part));
        for y in area.top()..area.bottom() {
            if let Some(id) = id(Position { x: area.x, y }) {
                self.put(Rect { y, height: 1, ..area }, Spot::Row(part, id));
            }
        }
    }

    /// What a click there means; `None` where nothing was noted, or where it was noted for something else.
    pub fn spot(&self, place: Position, stamp: Option<Stamp>) -> Option<Spot> {
        self.find(place, stamp, |_| true)
    }

    /// The part that the wheel scrolls there.
    pub fn part(&self, place: Position, stamp: Option<Stamp>) -> Option<Part> {
        let is_part = |spot: Spot| matches!(spot, Spot::Part(_) | Spot::Row(..) | Spot::Nothing);
        match self.find(place, stamp, is_part)? {
            Spot::Part(part) | Spot::Row(part, _) => Some(part),
            _ => None,
        }
    }

    fn find(&self, place: Position, stamp: Option<Stamp>, wanted: impl Fn(Spot) -> bool) -> Option<Spot> {
        let noted = self.noted.borrow();
        if noted.stamp != stamp || stamp.is_none() {
            return None;
        }
        let here = |(area, spot): &&(Rect, Spot)| area.contains(place) && wanted(*spot);
        noted.spots.iter().rev().find(here).map(|(_, spot)| *spot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Option<Stamp> = Some(Stamp { layers: 1, context: Context::Today });

    fn at(x: u16, y: u16) -> Position {
        Position { x, y }
    }

    #[test]
    fn what_was_noted_last_lies_on_top() {
        let hits = Hits::default();
        hits.begin(STAMP);
        hits.rows(Rect::new(0, 2, 10, 3), Part(4), |place| (place.y < 4).then_some(i64::from(place.y) * 10));
        hits.put(Rect::new(0, 9, 5, 1), Spot::Act(Act::Help));
        assert_eq!(hits.spot(at(3, 3), STAMP), Some(Spot::Row(Part(4), 30)));
        assert_eq!(hits.spot(at(3, 4), STAMP), Some(Spot::Part(Part(4))));
        assert_eq!(hits.part(at(3, 3), STAMP), Some(Part(4)));
        assert_eq!(hits.spot(at(4, 9), STAMP), Some(Spot::Act(Act::Help)));
        assert_eq!((hits.spot(at(5, 9), STAMP), hits.part(at(4, 9), STAMP)), (None, None));
        // a dialog over all of it
        hits.put(Rect::new(0, 0, 10, 8), Spot::Nothing);
        assert_eq!((hits.spot(at(3, 3), STAMP), hits.part(at(3, 3), STAMP)), (Some(Spot::Nothing), None));
    }

    #[test]
    fn what_was_drawn_for_something_else_is_there_no_more() {
        let hits = Hits::default();
        hits.begin(STAMP);
        hits.put(Rect::new(0, 0, 5, 1), Spot::Act(Act::Skip));
        assert_eq!(hits.spot(at(0, 0), Some(Stamp { layers: 2, context: Context::Today })), None);
        assert_eq!(hits.spot(at(0, 0), Some(Stamp { layers: 1, context: Context::Form })), None);
        hits.clear();
        assert_eq!(hits.spot(at(0, 0), STAMP), None);
    }
}
