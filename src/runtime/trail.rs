//! The last things that happened in a session, by their kinds: what a crash report tells of them.
//!
//! A kind is a word of the program's own, never what was typed or read.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Steps that are kept.
const KEPT: usize = 40;

/// The last steps of a session. Clones are the same trail.
#[derive(Debug, Clone, Default)]
pub struct Trail(Arc<Mutex<VecDeque<Step>>>);

/// A trail as others see it: it is gone with its session.
#[derive(Debug, Clone)]
pub struct WeakTrail(Weak<Mutex<VecDeque<Step>>>);

#[derive(Debug, PartialEq, Eq)]
struct Step {
    /// The context it happened in.
    place: &'static str,
    what: &'static str,
    /// How often in a row.
    times: u32,
}

impl Trail {
    /// Notes a step; the same again is counted.
    pub fn note(&self, place: &'static str, what: &'static str) {
        let mut steps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = steps.back_mut().filter(|last| (last.place, last.what) == (place, what)) {
            last.times = last.times.saturating_add(1);
            return;
        }
        if steps.len() >= KEPT {
            steps.pop_front();
        }
        steps.push_back(Step { place, what, times: 1 });
    }

    /// The steps, oldest first, a line for each stay in a place. Never waits: a trail that is being written to is left alone.
    pub fn told(&self) -> String {
        let Ok(steps) = self.0.try_lock() else { return String::new() };
        let mut text = String::new();
        let mut place = "";
        for step in steps.iter() {
            if step.place != place {
                place = step.place;
                let _ = write!(text, "{}{place}:", if text.is_empty() { "" } else { "\n" });
            }
            let _ = write!(text, " {}", step.what);
            if step.times > 1 {
                let _ = write!(text, "×{}", step.times);
            }
        }
        text
    }
}

impl Trail {
    /// The trail for somebody who only looks.
    pub fn watched(&self) -> WeakTrail {
        WeakTrail(Arc::downgrade(&self.0))
    }
}

impl WeakTrail {
    /// Whether the session is still there.
    pub fn is_kept(&self) -> bool {
        self.0.strong_count() > 0
    }

    /// The steps as [`Trail::told`] tells them; nothing where the session is gone.
    pub fn told(&self) -> String {
        self.0.upgrade().map(|steps| Trail(steps).told()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_steps_are_told_by_where_they_were_and_how_often() {
        let trail = Trail::default();
        assert_eq!(trail.told(), "");
        for (place, what) in [("today", "start"), ("call", "note"), ("call", "text"), ("call", "text")] {
            trail.note(place, what);
        }
        assert_eq!(trail.told(), "today: start\ncall: note text×2");
        for _ in 0..KEPT {
            trail.note("board", "up");
            trail.note("board", "down");
        }
        let told = trail.told();
        assert_eq!(
            (told.matches("up").count(), told.matches("down").count()),
            (KEPT / 2, KEPT / 2),
            "{told}"
        );
    }
}
