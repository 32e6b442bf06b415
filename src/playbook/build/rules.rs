//! Rules, ranks, targets, metrics, boards, the pool.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::lists::{
    Audience, FieldRight, Gladness, Lane, Level, Metric, OutcomeFlag, Period, RepRate, Role, Severity, Unit,
};
use crate::domain::report::Terms;
use crate::domain::time::Clock;
use crate::playbook::model::{
    Access, AccessRule, Board, Desk, GoodNewsRule, MetricRules, Pool, ProductFloor, RampStep, Rank,
    RecycleRule, RepWarning, ReportRule, Standard, StockTake, TargetRule, TargetScope, TaskRule, Warning,
};
use crate::playbook::reader::row::{Item, Row, Value};

use super::{clauses, code, codes, count, event, members, metric, rows};

pub fn task_rule(row: &Row) -> Option<TaskRule> {
    Some(TaskRule {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        on: event(row.text("on")?)?,
        clauses: clauses(row, "where")?,
        lane: Lane::parse(row.text("lane")?)?,
        within: row.span("within")?,
        priority: u8::try_from(row.int("priority")?).ok()?,
        script: code(row, "script"),
        material: code(row, "material"),
        coupon: code(row, "coupon"),
    })
}

pub fn warning(row: &Row) -> Option<Warning> {
    Some(Warning {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        clauses: clauses(row, "where")?,
        severity: Severity::parse(row.text("severity")?)?,
        lane: Lane::parse(row.text("lane")?)?,
        lead_after: row.span("lead_after"),
        manager_after: row.span("manager_after"),
    })
}

pub fn rep_warning(row: &Row) -> Option<RepWarning> {
    Some(RepWarning {
        code: code(row, "id")?,
        name: row.both("name")?.clone(),
        severity: Severity::parse(row.text("severity")?)?,
        rate: RepRate::parse(row.text("rate")?)?,
        below_bp: count(row, "below")?,
        cases: count(row, "cases")?,
        days: count(row, "days")?,
    })
}

pub fn desk(row: &Row) -> Option<Desk> {
    Some(Desk {
        quiet_after: row.span("quiet_after")?,
        idle_after: row.span("idle_after")?,
        capacity: count(row, "capacity")?,
        stalled_days: count(row, "stalled_days")?,
        unfollowed_days: count(row, "unfollowed_days")?,
        proactive_bp: count(row, "proactive_min")?,
        proactive_days: count(row, "proactive_days")?,
        leading_fall_bp: count(row, "leading_fall")?,
        slow_slope_bp: count(row, "slow_slope")?,
        lead_after: row.span("lead_after")?,
        manager_after: row.span("manager_after")?,
        warned_days: count(row, "warned_days")?,
        rounds: row.flag("rounds"),
    })
}

pub fn stock_take(row: &Row) -> Option<StockTake> {
    Some(StockTake {
        older_than: count(row, "older_than")?,
        value: code(row, "value"),
        months: count(row, "months")?,
    })
}

pub fn rank(row: &Row) -> Option<Rank> {
    Some(Rank { code: code(row, "id")?, name: row.both("name")?.clone(), base: row.money("base")? })
}

pub fn target(row: &Row, minor: i64) -> Option<TargetRule> {
    let metric = metric(row, "metric")?;
    let scope = row.text("scope")?;
    Some(TargetRule {
        period: Period::parse(row.text("period")?)?,
        scope: match scope.strip_prefix("role:") {
            Some(job) => TargetScope::Job(job.to_owned()),
            None if scope == "team" => TargetScope::Team,
            None => TargetScope::Rank,
        },
        metric,
        level: Level::parse(row.text("level")?)?,
        values: values(row, metric, minor)?,
    })
}

pub fn ramp(row: &Row) -> Option<RampStep> {
    Some(RampStep { days: count(row, "days")?, share_bp: count(row, "share_bp")? })
}

pub fn product_floor(row: &Row) -> Option<ProductFloor> {
    Some(ProductFloor {
        product: code(row, "product")?,
        period: Period::parse(row.text("period")?)?,
        least: count(row, "least")?,
        cap_bp: count(row, "cap_bp")?,
    })
}

pub fn standard(row: &Row, minor: i64) -> Option<Standard> {
    let metric = metric(row, "metric")?;
    Some(Standard { metric, values: values(row, metric, minor)? })
}

/// Values by rank in the unit the metric is stored in; `minor` is a unit of money in minor units.
fn values(row: &Row, metric: Metric, minor: i64) -> Option<BTreeMap<String, i64>> {
    let unit = match metric.unit() {
        Unit::Minutes => 60,
        Unit::Money => minor,
        Unit::Count | Unit::Rate => 1,
    };
    let entry = |(rank, item): &(String, Item)| match item.value {
        Value::Int(number) => Some((rank.clone(), number.saturating_mul(unit))),
        _ => None,
    };
    row.map("values").iter().map(entry).collect()
}

pub fn metrics(row: &Row) -> Option<MetricRules> {
    let valid = row.row("calls_valid")?;
    Some(MetricRules {
        valid_seconds: count(valid, "min_seconds")?,
        valid_evidence: members(valid, "or_evidence", OutcomeFlag::parse)?,
        reception_minutes: count(row.row("receptions")?, "min_minutes")?,
        new_customer_gap_days: count(row, "new_customer_gap_days")?,
        conversion_window_days: count(row, "conversion_window_days")?,
        old_customer_days: count(row, "old_customer_days")?,
        self_sufficient_bp: count(row, "self_sufficient_from")?,
        main: metric(row, "main")?,
    })
}

pub fn board(row: &Row) -> Option<Board> {
    Some(Board {
        code: row.text("id")?.to_owned(),
        name: row.both("name")?.clone(),
        scope: row.text("scope")?.to_owned(),
        period: Period::parse(row.text("period")?)?,
        columns: members(row, "columns", Metric::parse)?,
        sort: metric(row, "sort")?,
        score: row
            .rows("score")
            .map(|row| Some((metric(row, "metric")?, row.int("points")?)))
            .collect::<Option<_>>()?,
    })
}

pub fn good_news(row: &Row) -> Option<GoodNewsRule> {
    Some(GoodNewsRule {
        code: row.text("id")?.to_owned(),
        on: Gladness::parse(row.text("on")?)?,
        metric: metric(row, "metric")?,
        level: Level::parse(row.text("level")?)?,
        at_least: row.money("at_least")?,
        scope: Audience::parse(row.text("scope")?)?,
        says: row.both("says")?.clone(),
    })
}

/// The reports that are written; without any those the profile asks for.
pub fn reports(root: &Row, ends: Clock) -> Option<Vec<ReportRule>> {
    let rules: Vec<ReportRule> = root.rows("reports").map(|row| report(row, ends)).collect::<Option<_>>()?;
    if !rules.is_empty() {
        return Some(rules);
    }
    let light = root.row("profile").and_then(|row| row.text("mgmt_density")) == Some("light");
    let periods: &[Period] =
        if light { &[Period::Month] } else { &[Period::Day, Period::Week, Period::Month] };
    let usual = |period: &Period| ReportRule {
        period: *period,
        terms: terms(*period, ends, (None, None)),
        metrics: Vec::new(),
    };
    Some(periods.iter().map(usual).collect())
}

fn report(row: &Row, ends: Clock) -> Option<ReportRule> {
    let period = Period::parse(row.text("period")?)?;
    let due = row.clock("due").unwrap_or(ends);
    let mut metrics = Vec::new();
    for (name, _) in row.texts("metrics") {
        metrics.push(Metric::parse(name)?);
    }
    let terms = terms(period, due, (row.span("opens"), row.span("closes")));
    Some(ReportRule { period, terms, metrics })
}

fn terms(period: Period, due: Clock, (opens, closes): (Option<Duration>, Option<Duration>)) -> Terms {
    let (before, after) = match period {
        Period::Day => (2, 12),
        Period::Week => (24, 24),
        Period::Month | Period::Quarter => (48, 48),
    };
    Terms {
        opens: opens.unwrap_or(Duration::from_hours(before)),
        due,
        closes: closes.unwrap_or(Duration::from_hours(after)),
    }
}

pub fn pool(row: Option<&Row>) -> Option<Pool> {
    let Some(row) = row else { return Some(Pool::default()) };
    let days = |row: &Row| {
        row.list("warn_days")
            .iter()
            .filter_map(|item| match item.value {
                Value::Int(days) => u32::try_from(days).ok(),
                _ => None,
            })
            .collect()
    };
    let recycle = rows(row, "recycle", |row| {
        Some(RecycleRule { code: code(row, "id")?, clauses: clauses(row, "where")?, warn_days: days(row) })
    })?;
    Some(Pool { recycle })
}

/// Who sees and writes what.
pub fn access(row: &Row) -> Option<Access> {
    Some(Access {
        reveals_per_day: count(row, "reveals_per_day")?,
        export_rows: count(row, "export_rows")?,
        export_approval: row.flag("export_approval"),
        rules: rows(row, "rules", |row| {
            Some(AccessRule {
                roles: members(row, "roles", Role::parse)?,
                process: row.text("process").map(str::to_owned),
                fields: codes(row, "fields"),
                contacts: codes(row, "contacts"),
                right: FieldRight::parse(row.text("right")?)?,
            })
        })?,
    })
}
