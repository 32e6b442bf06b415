//! What was earned by work on one day, beside the gap line (S001-121).

use crate::domain::lists::Metric;
use crate::domain::money::Money;
use crate::domain::pay::{Earning, process};
use crate::domain::time::Day;
use crate::playbook::Playbook;

/// The pay of a day's work for a rank: `None` where its plan pays nothing by the piece. `value` is what a metric came to that day.
pub fn earning(playbook: &Playbook, rank: &str, day: Day, value: impl Fn(Metric) -> i64) -> Option<Earning> {
    let plan = playbook.pay.as_ref()?;
    let mut earned: Option<Earning> = None;
    for (metric, rate, cap) in plan.pieces(rank) {
        let line = process(metric, &[(day, value(metric))], rate, cap);
        let sum = earned.get_or_insert_default();
        sum.amount = Money(sum.amount.0.saturating_add(line.amount.0));
        sum.capped |= !line.capped.is_empty();
    }
    earned
}
