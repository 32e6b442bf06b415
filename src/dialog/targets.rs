//! Several targets at once: those of the period before, raised or lowered; a team's shared out over its reps (S001-94, S001-119).

use crate::app::Session;
use crate::app::speak::fact;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::id::UserId;
use crate::domain::lists::{Level, Metric, Period};
use crate::domain::money::whole_units;
use crate::domain::share_out::{in_units, raised};
use crate::domain::time::Day;
use crate::store::change::people::{NewTarget, Part, TargetOf};
use crate::store::change::{Change, PeopleChange};
use crate::store::query::{Card, TargetRow};
use crate::text::Text;

/// Least and most that targets are raised by at once, in basis points: nothing of them would be left, or ten times as much.
const RAISE: std::ops::RangeInclusive<i64> = -10_000..=100_000;

/// Sets what was in force before, raised or lowered.
#[derive(Debug, Clone)]
pub struct CopyTargets {
    base: Vec<NewTarget>,
}

impl CopyTargets {
    /// Those of the rows that are of one metric, period and level, and of somebody who is meant; to hold from a day on.
    pub fn new(
        rows: &[TargetRow],
        whose: &[TargetOf],
        (metric, period, level): (Metric, Period, Level),
        from: Day,
    ) -> Self {
        let is_meant = |row: &&TargetRow| {
            (row.metric, row.period, row.level) == (metric, period, level) && whose.contains(&row.scope)
        };
        let base = rows.iter().filter(is_meant).map(|row| NewTarget {
            scope: row.scope,
            period,
            metric,
            level,
            part: row.part.clone(),
            value: row.value,
            from,
        });
        Self { base: base.collect() }
    }

    /// How many they are.
    pub const fn count(&self) -> usize {
        self.base.len()
    }

    /// Asks by how much.
    pub fn form(&self, session: &Session, about: String) -> Form {
        let words = &session.words;
        let title = words.say(Text("action.copy_targets"));
        Form::new(title, about, vec![Field::typed(words.say(Text("targets.raise")), "0")])
    }
}

impl Entry for CopyTargets {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let by = share(&form.value(0)).filter(|share| RAISE.contains(share));
        let by = by.ok_or_else(|| Wrong::new(0, session.words.say(Text("targets.bad_share"))))?;
        let targets = self.base.iter().cloned();
        let targets = targets.map(|target| NewTarget { value: raised(target.value, by), ..target });
        Ok(Change::People(PeopleChange::SetTargets(targets.collect())))
    }
}

/// A share in per cent as it is typed, in basis points.
fn share(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches(['%', '％']).trim();
    let (minus, text) = match text.strip_prefix(['-', '−', '－']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let share = if text.is_empty() { 0 } else { fact::money(text)?.0 };
    Some(if minus { -share } else { share })
}

/// A rep of the team whose target is shared out.
#[derive(Debug, Clone, Copy)]
pub struct Sharer {
    /// Who.
    pub user: UserId,
    /// What is to be reached now.
    pub target: i64,
    /// What was done in the period before.
    pub done: i64,
}

/// Shares a team's target out over its reps: the parts add up to it.
#[derive(Debug, Clone)]
pub struct ShareTarget {
    metric: Metric,
    period: Period,
    level: Level,
    whole: i64,
    sharers: Vec<Sharer>,
    from: Day,
}

impl ShareTarget {
    /// So much, over these, from a day on.
    pub const fn new(
        (metric, period, level): (Metric, Period, Level),
        whole: i64,
        sharers: Vec<Sharer>,
        from: Day,
    ) -> Self {
        Self { metric, period, level, whole, sharers, from }
    }

    /// Asks by what.
    pub fn form(&self, session: &Session, about: String) -> Form {
        let words = &session.words;
        let option = |code: &str, text| (code.to_owned(), words.say(text).to_owned());
        let options = vec![
            option("target", Text("targets.by_target")),
            option("done", Text("targets.by_done")),
            option("even", Text("targets.even")),
        ];
        let by = Field::chosen(words.say(Text("targets.share_by")), options, "target");
        Form::new(words.say(Text("action.share_target")), about, vec![by])
    }
}

impl Entry for ShareTarget {
    fn change(&self, form: &Form, _: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let by = form.value(0);
        let weight = |sharer: &Sharer| match by.as_str() {
            "even" => 1,
            "done" => sharer.done,
            _ => sharer.target,
        };
        let weights: Vec<i64> = self.sharers.iter().map(weight).collect();
        let values = in_units(self.whole, whole_units(self.metric.unit()), &weights);
        let targets = self.sharers.iter().zip(values).map(|(sharer, value)| NewTarget {
            scope: TargetOf::User(sharer.user),
            period: self.period,
            metric: self.metric,
            level: self.level,
            part: Part::default(),
            value,
            from: self.from,
        });
        Ok(Change::People(PeopleChange::SetTargets(targets.collect())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_typed_in_per_cent_with_or_without_its_sign() {
        for (text, expected) in [
            ("5", Some(500)),
            ("+5 %", Some(500)),
            ("-10%", Some(-1_000)),
            ("－2.5％", Some(-250)),
            ("", Some(0)),
            ("much", None),
        ] {
            assert_eq!(share(text), expected, "{text}");
        }
    }
}
