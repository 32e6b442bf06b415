//! A target: how much, from which day.

use crate::app::Session;
use crate::app::speak::fact;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::dialog::value::typed_day;
use crate::domain::gap::bounds;
use crate::domain::lists::{Level, Metric, Period, Unit};
use crate::store::change::people::{NewTarget, Part, TargetOf};
use crate::store::change::{Change, PeopleChange};
use crate::store::query::Card;
use crate::text::Text;

/// Sets a target.
#[derive(Debug, Clone, Copy)]
pub struct SetTarget {
    scope: TargetOf,
    metric: Metric,
    period: Period,
    level: Level,
}

impl SetTarget {
    /// Of a person or team, for a metric, a period and a level.
    pub const fn new(scope: TargetOf, metric: Metric, period: Period, level: Level) -> Self {
        Self { scope, metric, period, level }
    }

    /// Value in the metric's unit, and the day it holds from: the period's first day unless said otherwise.
    pub fn form(&self, session: &Session, name: &str, value: Option<i64>) -> Form {
        let words = &session.words;
        let today = session.zone().day(session.now);
        let (first, _) = bounds(self.period, today);
        let metric = words.name("metric", self.metric.as_str());
        let period = words.name("period", self.period.as_str());
        let label = match self.metric.unit() {
            Unit::Money => Text("form.target_money"),
            Unit::Minutes => Text("form.target_minutes"),
            Unit::Rate => Text("form.target_rate"),
            Unit::Count => Text("form.target_count"),
        };
        let value = value.map(|value| typed_back(self.metric.unit(), value)).unwrap_or_default();
        Form::new(
            words.say(Text("action.set_target")),
            match self.level {
                Level::Goal => format!("{name} · {metric} · {period}"),
                level => format!("{name} · {metric} · {period} · {}", words.name("level", level.as_str())),
            },
            vec![
                Field::typed(words.say(label), &value),
                Field::typed(words.say(Text("form.from")), &first.to_string()),
            ],
        )
    }
}

/// A value in its unit as it is typed.
fn typed_back(unit: Unit, value: i64) -> String {
    match unit {
        Unit::Money | Unit::Rate => (value / 100).to_string(),
        Unit::Minutes => (value / 60).to_string(),
        Unit::Count => value.to_string(),
    }
}

/// What was typed, in the metric's unit; `None` where it is no amount of it.
fn value(unit: Unit, text: &str) -> Option<i64> {
    let money = fact::money(text.trim_end_matches('%'))?.0;
    match unit {
        // a share is typed in per cent, of which the hundredth part is the basis point
        Unit::Money | Unit::Rate => Some(money),
        Unit::Minutes if money % 100 == 0 => Some(money / 100 * 60),
        Unit::Count if money % 100 == 0 => Some(money / 100),
        Unit::Minutes | Unit::Count => None,
    }
}

impl Entry for SetTarget {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let words = &session.words;
        let value = value(self.metric.unit(), &form.value(0))
            .ok_or_else(|| Wrong::new(0, words.say(Text("form.bad_target")).to_owned()))?;
        let from = typed_day(session, &form.value(1))
            .ok_or_else(|| Wrong::new(1, words.say(Text("asked.want_date")).to_owned()))?;
        let (scope, metric, period) = (self.scope, self.metric, self.period);
        Ok(Change::People(PeopleChange::SetTarget(NewTarget {
            scope,
            period,
            metric,
            level: self.level,
            part: Part::default(),
            value,
            from,
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_typed_in_the_metrics_unit() {
        for (unit, text, expected) in [
            (Unit::Money, "120,000", Some(12_000_000)),
            (Unit::Money, "1.2万", Some(1_200_000)),
            (Unit::Minutes, "90", Some(5_400)),
            (Unit::Count, "40", Some(40)),
            (Unit::Rate, "62.5%", Some(6_250)),
            (Unit::Count, "4.5", None),
            (Unit::Count, "many", None),
        ] {
            assert_eq!(value(unit, text), expected, "{text}");
        }
    }
}
