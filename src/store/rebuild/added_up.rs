//! What the journal says was counted, added up by day and month: millions of steps of few different sums.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::lists::Metric;
use crate::domain::time::{Day, Month, Timestamp};
use crate::sql;
use crate::store::change::figures::{Kept, SumOf};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::rebuild::Key;

/// Characters of a day that are its year and month: `2026-11`.
const YEAR_AND_MONTH: usize = 7;
/// How a counted step begins in the journal: other rows need not be read.
const COUNTED: &str = "{\"counted\"";

/// What changes that stand counted, by day and by month; with the rows read.
pub(super) fn added_up(tx: Tx<'_>, month: Option<Month>) -> Result<(HashMap<Key, Kept>, u64), StoreError> {
    // the days of a month as they are written begin alike
    let of_month = month.map(|month| month.first().to_string().split_at(YEAR_AND_MONTH).0.to_owned());
    let mut days = Days::default();
    let mut rows = 0;
    tx.each(sql!("SELECT at, reversal FROM journal WHERE undone_by IS NULL"), &[], |row| {
        rows += 1;
        let steps = row.text(1)?;
        if !steps.contains(COUNTED) {
            return Ok(());
        }
        let at = row.int(0)?;
        for step in from_json::<Vec<Step<'_>>>(steps)? {
            let Step(Some(step)) = step else { continue };
            if of_month.as_ref().is_none_or(|month| step.day.starts_with(month)) {
                days.add(&step, at)?;
            }
        }
        Ok(())
    })?;
    let mut sums: HashMap<Key, Kept> = HashMap::new();
    for OfDay { day, user, team, pipeline, counted, .. } in days.all {
        for (metric, of_day) in counted {
            if of_day.value != 0 {
                let key = (SumOf::Month(day.month()), user, team, pipeline.clone(), metric);
                let month = sums.entry(key).or_default();
                month.value += of_day.value;
                month.at = month.at.max(of_day.at);
            }
            sums.insert((SumOf::Day(day), user, team, pipeline.clone(), metric), of_day);
        }
    }
    Ok((sums, rows))
}

/// What people did on a day in a team and a pipeline.
#[derive(Debug, Default)]
struct Days {
    all: Vec<OfDay>,
    places: HashMap<String, usize>,
    /// The one the last step was of: a change counts most of what it counts for one person and day.
    last: usize,
    /// The name of the one that is looked for.
    wanted: String,
}

#[derive(Debug)]
struct OfDay {
    /// Its parts as they are written.
    name: String,
    day: Day,
    user: i64,
    team: i64,
    pipeline: String,
    counted: Vec<(Metric, Kept)>,
}

impl Days {
    fn add(&mut self, step: &Counted<'_>, at: i64) -> Result<(), StoreError> {
        self.wanted.clear();
        for part in [step.user, step.day, &step.pipeline] {
            self.wanted.push_str(part);
            self.wanted.push('\n');
        }
        // writing to a text cannot fail
        let _ = write!(self.wanted, "{}", step.team);
        if self.all.get(self.last).is_none_or(|last| last.name != self.wanted) {
            self.last = match self.places.get(&self.wanted) {
                Some(place) => *place,
                None => self.begin(step)?,
            };
        }
        let at = step.at.map_or(at, |own| own.0);
        let Some(of_day) = self.all.get_mut(self.last) else { return Ok(()) };
        match of_day.counted.iter_mut().find(|(metric, _)| metric.as_str() == step.metric) {
            Some((_, sum)) => {
                sum.value += step.value;
                sum.at = sum.at.max(at);
            }
            None => of_day.counted.push((step.metric()?, Kept { value: step.value, at })),
        }
        Ok(())
    }

    fn begin(&mut self, step: &Counted<'_>) -> Result<usize, StoreError> {
        let place = self.all.len();
        self.all.push(OfDay {
            name: self.wanted.clone(),
            day: step.day.parse().map_err(|_| unread(step.day))?,
            user: step.user.parse().map_err(|_| unread(step.user))?,
            team: step.team,
            pipeline: step.pipeline.clone().into_owned(),
            counted: Vec::new(),
        });
        self.places.insert(self.wanted.clone(), place);
        Ok(place)
    }
}

fn unread(what: &str) -> StoreError {
    StoreError::Engine { doing: "reading the journal".to_owned(), what: format!("'{what}' cannot be read") }
}

/// A step back of a change where it counted something: [`Reversal::Counted`](crate::store::undo::Reversal::Counted) as it is written, its
/// parts still texts. Millions are read, of few different sums: what a part means is asked once a sum.
#[derive(Debug)]
struct Step<'a>(Option<Counted<'a>>);

#[derive(Debug, Deserialize)]
struct Counted<'a> {
    #[serde(rename = "d", alias = "day", borrow)]
    day: &'a str,
    #[serde(rename = "u", alias = "user", borrow)]
    user: &'a str,
    #[serde(rename = "t", alias = "team", default)]
    team: i64,
    #[serde(rename = "p", alias = "pipeline", default, borrow)]
    pipeline: Cow<'a, str>,
    #[serde(rename = "m", alias = "metric", borrow)]
    metric: &'a str,
    #[serde(rename = "v", alias = "value")]
    value: i64,
    #[serde(rename = "a", alias = "at", default)]
    at: Option<Timestamp>,
}

impl Counted<'_> {
    fn metric(&self) -> Result<Metric, StoreError> {
        Metric::parse(self.metric).ok_or_else(|| unread(self.metric))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Step<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Steps(PhantomData))
    }
}

/// Reads a step: a word, or an object of one name.
struct Steps<'a>(PhantomData<&'a str>);

impl<'de: 'a, 'a> Visitor<'de> for Steps<'a> {
    type Value = Step<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step back")
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Step(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut step = Step(None);
        while let Some(name) = map.next_key::<&str>()? {
            if name == "counted" {
                step = Step(Some(map.next_value()?));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(step)
    }
}
