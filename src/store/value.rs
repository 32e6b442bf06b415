//! Values and rows as both engines know them.

use crate::store::error::StoreError;

/// A bound parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A whole number: ids, times, money, flags.
    Int(i64),
    /// A text.
    Text(&'a str),
}

impl From<i64> for Value<'_> {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<u32> for Value<'_> {
    fn from(n: u32) -> Self {
        Self::Int(i64::from(n))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! bind_newtypes {
    ($($name:ty),* $(,)?) => {$(
        impl From<$name> for Value<'_> {
            fn from(id: $name) -> Self {
                Self::Int(id.0)
            }
        }
    )*};
}

bind_newtypes!(
    crate::domain::id::UserId,
    crate::domain::id::TeamId,
    crate::domain::id::CustomerId,
    crate::domain::id::PersonId,
    crate::domain::id::ContactId,
    crate::domain::id::DealId,
    crate::domain::id::TaskId,
    crate::domain::id::TouchId,
    crate::domain::id::NodeId,
    crate::domain::id::OrderId,
    crate::domain::id::PromiseId,
    crate::domain::id::IssueId,
    crate::domain::id::AskId,
    crate::domain::id::NewsId,
    crate::domain::id::PkId,
    crate::domain::id::ReportId,
    crate::domain::id::WhisperId,
    crate::domain::id::WarningId,
    crate::domain::id::RoundId,
    crate::domain::id::DecisionId,
    crate::domain::id::StockRowId,
    crate::domain::id::StockTakeId,
    crate::domain::id::BatchId,
    crate::domain::id::TargetId,
    crate::domain::id::WriteId,
    crate::domain::money::Money,
    crate::domain::time::Timestamp,
    crate::domain::time::Day,
    crate::domain::time::Month,
);

macro_rules! bind_codes {
    ($($name:ident),* $(,)?) => {$(
        impl<'a> From<&'a crate::domain::code::$name> for Value<'a> {
            fn from(code: &'a crate::domain::code::$name) -> Self {
                Self::Text(code.as_str())
            }
        }
    )*};
}

bind_codes!(
    PipelineCode,
    StageCode,
    OutcomeCode,
    FieldCode,
    ScriptCode,
    MaterialCode,
    CouponCode,
    SopCode,
    RoleCode,
    ProductCode,
    RankCode,
    TagCode,
    RuleCode,
    ChannelCode,
    NodeCode,
    QuestionCode,
    ReasonCode,
);

macro_rules! bind_words {
    ($($name:ident),* $(,)?) => {$(
        impl From<crate::domain::lists::$name> for Value<'_> {
            fn from(word: crate::domain::lists::$name) -> Self {
                Self::Text(word.as_str())
            }
        }
    )*};
}

bind_words!(
    Role,
    UserState,
    Way,
    Came,
    Lane,
    TaskState,
    DealState,
    Direction,
    Metric,
    Period,
    Level,
    Gladness,
    Audience,
    NodeState,
    IssueState,
    ContactState,
    CustomerKind,
    OwnerRight,
    PromiseState,
    Entity,
    AuditKind,
    Records,
    PkKind,
    PkState,
    PkHow,
    PkVerdict,
    Attendance,
    RoundKind,
    StockDecision,
);

/// Things asked for in one statement whose text names that many.
pub const AT_ONCE: usize = 32;

/// Values for a statement that asks for [`AT_ONCE`] at once: the last one as often as there are too few, then `others`.
pub fn filled<'v>(part: &[Value<'v>], others: &[Value<'v>]) -> Vec<Value<'v>> {
    let last = part.last().copied().unwrap_or(Value::Null);
    let mut values: Vec<Value<'v>> = part.to_vec();
    values.resize(AT_ONCE, last);
    values.extend_from_slice(others);
    values
}

/// One row of an answer; columns count from 0.
pub trait Row {
    /// A whole number.
    fn int(&self, column: usize) -> Result<i64, StoreError>;
    /// A whole number or nothing.
    fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError>;
    /// A text.
    fn text(&self, column: usize) -> Result<&str, StoreError>;
    /// A text or nothing.
    fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError>;
}

/// Reads a word of a closed list, refusing one this program does not know.
pub fn word<T>(row: &dyn Row, column: usize, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let text = row.text(column)?;
    parse(text).ok_or_else(|| StoreError::Engine {
        doing: format!("reading column {column}"),
        what: format!("unknown word '{text}'; the file may come from another version"),
    })
}
