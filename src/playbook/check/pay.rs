//! The pay plan: which keys a component takes, that its parts add up, that what it pays for is counted.

use super::Checker;
use crate::domain::lists::{Metric, Unit};
use crate::playbook::reader::row::Row;

impl Checker<'_> {
    /// Checks a component of the pay plan.
    pub(super) fn component(&mut self, row: &Row) {
        let Some(kind) = row.text("kind") else { return };
        let (needed, allowed): (&[&str], &[&str]) = match kind {
            "base" => (&["by"], &["by"]),
            "process" => (&["metric"], &["metric", "ranks", "rate", "rate_fen", "cap_per_day"]),
            "order" => (&["metric"], &["metric", "tiers", "share", "release"]),
            "channel" => (&["metric", "bp"], &["metric", "bp", "release", "two_person_check_above"]),
            "performance" => (&["amount", "score"], &["amount", "score"]),
            _ => (&["amount", "per"], &["amount", "per", "clawback_days"]),
        };
        for key in needed.iter().filter(|key| !row.has(key)) {
            self.error(row.place, format!("pay component '{kind}' has no '{key}'"), format!("add {key} = …"));
        }
        for (key, item) in row.items().filter(|(key, _)| *key != "kind" && !allowed.contains(key)) {
            self.error(item.place, format!("pay component '{kind}' takes no '{key}'"), "leave it out");
        }
        for (one, other, of) in [("rate", "rate_fen", "process"), ("tiers", "share", "order")] {
            if kind == of && row.has(one) == row.has(other) {
                let message = format!("pay component '{kind}' needs one of '{one}' and '{other}'");
                self.error(row.place, message, "write exactly one");
            }
        }
        for (list, key, whole) in [("release", "bp", 10_000), ("score", "weight", 100)] {
            let sum: i64 = row.rows(list).filter_map(|part| part.int(key)).sum();
            if row.has(list) && sum != whole {
                self.error(
                    row.place_of(list),
                    format!("'{list}' sums to {sum}"),
                    format!("it must sum to {whole}"),
                );
            }
        }
        self.paid_for(row, kind);
        let tiers: Vec<&Row> = row.rows("tiers").collect();
        if let Some((last, rising)) = tiers.split_last() {
            let limits: Vec<i64> =
                rising.iter().filter_map(|tier| tier.money("up_to")).map(|money| money.0).collect();
            let in_order = limits.len() == rising.len() && limits.is_sorted_by(|a, b| a < b);
            if !in_order || last.has("up_to") {
                let hint =
                    "every tier but the last has a larger 'up_to' than the one before, the last has none";
                self.error(row.place_of("tiers"), "the tiers do not rise to an open end", hint);
            }
        }
        let watched =
            |metric: &str| self.root.rows("compliance_rules").any(|rule| rule.text("metric") == Some(metric));
        if let ("process", Some(metric)) = (kind, row.text("metric"))
            && !watched(metric)
        {
            let message = format!("'{metric}' is paid and no compliance rule watches it");
            self.problems.warn(row.place_of("metric"), message, "add [[compliance_rules]] for it");
        }
    }

    /// What is paid for is counted: work by the day, orders by the amounts of a pipeline.
    fn paid_for(&mut self, row: &Row, kind: &str) {
        let Some(metric) = row.text("metric").and_then(Metric::parse) else { return };
        let is_amount = |metric: Metric| {
            let mut pipelines = self.root.rows("pipelines");
            pipelines.any(|pipeline| pipeline.text("amount_metric") == Some(metric.as_str()))
        };
        match kind {
            "process" if !metric.is_summed() || metric.unit() == Unit::Money => {
                let hint = "name what is counted piece by piece";
                self.error(row.place_of("metric"), format!("'{metric}' is no work by the piece"), hint);
            }
            "order" | "channel" if !is_amount(metric) => {
                let message = format!("no pipeline's orders count in '{metric}'");
                self.error(row.place_of("metric"), message, "name the 'amount_metric' of a pipeline");
            }
            _ => {}
        }
    }
}
