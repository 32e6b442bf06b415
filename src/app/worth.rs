//! What the program is worth, in words: parts of wholes, sums by day and head, counts with what they brought.

use crate::app::amount::amount;
use crate::domain::lists::Unit;
use crate::store::query::report::{ValueFigure, ValueKind, ValueReport};

/// A figure as it is read: `2,393 / 3,357 = 71.3%`, `86,400 / 40 = 2,160`, `12 · 3 · 14,040`.
pub fn shown(report: &ValueReport, kind: ValueKind, figure: ValueFigure) -> String {
    let count = |value| amount(Unit::Count, "", value);
    match figure {
        ValueFigure::Share(share) => {
            format!("{} / {} = {}", count(share.part), count(share.of), share.shown())
        }
        ValueFigure::PerHead { sum, days } => {
            let show = |value| amount(kind.unit(report.main.unit()), &report.currency, value);
            let each = |sum: i64| if days > 0 { sum / days } else { 0 };
            // of few a day the tenths matter
            let told = if kind.unit(report.main.unit()) == Unit::Count {
                let tenths = each(sum.saturating_mul(10));
                format!("{}.{}", count(tenths.div_euclid(10)), tenths.rem_euclid(10))
            } else {
                show(each(sum))
            };
            format!("{} / {} = {told}", show(sum), count(days))
        }
        ValueFigure::Count { count: many, won, amount: money } if kind == ValueKind::Revived => {
            format!("{} · {} · {}", count(many), count(won), amount(Unit::Money, &report.currency, money))
        }
        ValueFigure::Count { count: many, .. } => count(many),
    }
}
