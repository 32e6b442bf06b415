//! What no single key can tell: rules over the whole playbook, each reported with its place.

mod access;
mod figures;
mod method;
mod outcomes;
mod pay;
mod texts;
mod work;

use crate::domain::time::Clock;

use super::near::nearest;
use super::problem::{Place, Problems};
use super::reader::names::Names;
use super::reader::row::Row;

/// The most facts that may be asked at once (S001-87).
pub const FIELDS_MAX: usize = 3;
/// Letters the program keeps for itself where outcomes are keyed: coupon, card, down, up, material, note, skip, undo,
/// why, snooze.
pub const RESERVED_KEYS: &[char] = &['c', 'i', 'j', 'k', 'm', 'n', 's', 'u', 'y', 'z'];

/// Notes everything wrong or doubtful in what was read.
pub fn check(root: &Row, names: &Names, problems: &mut Problems) {
    let mut checker = Checker { root, names, problems };
    checker.figures();
    checker.method();
    checker.outcomes();
    checker.texts();
    checker.work();
    checker.access();
}

struct Checker<'a> {
    root: &'a Row,
    names: &'a Names,
    problems: &'a mut Problems,
}

impl<'a> Checker<'a> {
    fn error(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.error(place, message, hint);
    }

    /// The row of a list with that id.
    fn find(&self, list: &str, id: &str) -> Option<&'a Row> {
        self.root.rows(list).find(|row| row.text("id") == Some(id))
    }

    /// Whether a pipeline has a stage; a pipeline that is not there has every stage, as that was said already.
    fn has_stage(&self, pipeline: &str, stage: &str) -> bool {
        self.find("pipelines", pipeline)
            .is_none_or(|row| row.rows("stages").any(|row| row.text("id") == Some(stage)))
    }

    /// Says when a stage is none of a pipeline's.
    fn stage_of(&mut self, pipeline: Option<&str>, stage: &str, place: Place) {
        let Some(pipeline) = pipeline else { return };
        if self.has_stage(pipeline, stage) || !self.names.knows(super::schema::Domain::Stage, stage) {
            return;
        }
        let stages: Vec<&str> = self
            .find("pipelines", pipeline)
            .map(|row| row.rows("stages").filter_map(|row| row.text("id")).collect())
            .unwrap_or_default();
        let hint = nearest(stage, stages.iter().copied()).map_or_else(
            || format!("its stages are: {}", stages.join(", ")),
            |near| format!("did you mean '{near}'?"),
        );
        self.error(place, format!("pipeline '{pipeline}' has no stage '{stage}'"), hint);
    }

    /// Says when work is planned for a time at which nobody may be contacted or nobody works.
    fn clock(&mut self, clock: Clock, place: Place) {
        let quiet = self.root.row("contact_rules").and_then(|row| row.window("quiet"));
        if let Some((from, to)) = quiet
            && within(clock, from, to)
        {
            let hint = format!("choose a time from {to} to {from}");
            self.error(place, format!("'{clock}' lies in the quiet hours {from} to {to}"), hint);
            return;
        }
        let about = self.root.row("playbook");
        let hours = about.and_then(|row| Some((row.clock("day_start")?, row.clock("day_end")?)));
        if let Some((start, end)) = hours
            && (clock < start || clock > end)
        {
            let hint = format!("choose a time from {start} to {end}");
            self.error(place, format!("'{clock}' lies outside the working hours {start} to {end}"), hint);
        }
    }
}

/// Whether a window holds a clock time; over midnight when `from > to`. The end is outside.
fn within(clock: Clock, from: Clock, to: Clock) -> bool {
    if from < to { from <= clock && clock < to } else { clock >= from || clock < to }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_over_midnight_holds_the_night() {
        let clock = |text: &str| text.parse::<Clock>().unwrap();
        let night = |at: &str| within(clock(at), clock("20:30"), clock("10:00"));
        assert!(night("20:30") && night("03:00") && night("09:59"));
        assert!(!night("10:00") && !night("20:29"));
        assert!(within(clock("12:30"), clock("12:00"), clock("13:30")));
    }
}
