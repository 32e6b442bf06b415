//! A step of the journal that counted something, as it is written: its parts are read where a sum begins, not each time.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::lists::Metric;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;

/// A step back of a change where it counted something: [`Reversal::Counted`](crate::store::undo::Reversal::Counted) as it is written, its
/// parts still texts. Millions are read, of few different sums: what a part means is asked once a sum.
#[derive(Debug)]
pub(super) struct Step<'a>(pub(super) Option<Counted<'a>>);

#[derive(Debug, Deserialize)]
pub(super) struct Counted<'a> {
    #[serde(rename = "d", alias = "day", borrow)]
    pub(super) day: &'a str,
    #[serde(rename = "u", alias = "user", borrow)]
    pub(super) user: &'a str,
    #[serde(rename = "t", alias = "team", default)]
    pub(super) team: i64,
    #[serde(rename = "p", alias = "pipeline", default, borrow)]
    pub(super) pipeline: Cow<'a, str>,
    #[serde(rename = "m", alias = "metric", borrow)]
    pub(super) metric: &'a str,
    #[serde(rename = "v", alias = "value")]
    pub(super) value: i64,
    #[serde(rename = "a", alias = "at", default)]
    pub(super) at: Option<Timestamp>,
}

impl Counted<'_> {
    pub(super) fn metric(&self) -> Result<Metric, StoreError> {
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

pub(super) fn unread(what: &str) -> StoreError {
    StoreError::Engine { doing: "reading the journal".to_owned(), what: format!("'{what}' cannot be read") }
}
