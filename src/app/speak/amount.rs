//! Amounts by their unit: counts, money, minutes, shares.

use crate::app::session::Session;
use crate::domain::lists::{Metric, Unit};
use crate::domain::money::Money;
use crate::text::format;

/// A value of a metric in its unit: `42`, `¥33,600`, `12`, `62%`.
pub fn metric(session: &Session, metric: Metric, value: i64) -> String {
    unit(session, metric.unit(), value)
}

/// A value in a unit. Minutes are stored as seconds and shown rounded down.
pub fn unit(session: &Session, unit: Unit, value: i64) -> String {
    match unit {
        Unit::Money => money(session, Money(value)),
        Unit::Minutes => format::grouped(value / 60),
        Unit::Rate => format::percent(value),
        Unit::Count => format::grouped(value),
    }
}

/// A change of a metric with its sign.
pub fn signed(session: &Session, of: Metric, value: i64) -> String {
    let shown = metric(session, of, value);
    if value > 0 { format!("+{shown}") } else { shown }
}

/// An amount of money in the playbook's currency.
pub fn money(session: &Session, amount: Money) -> String {
    format::money(amount.0, session.playbook().map_or("CNY", |p| p.currency.as_str()))
}
