//! The pay plan.

use crate::domain::code::RankCode;
use crate::domain::lists::Release;
use crate::domain::money::Money;
use crate::domain::pay::plan::{Component, OrderBy, Part, Plan, Tier, Weight};
use crate::playbook::reader::row::{Item, Row, Value};

use super::{codes, count, metric, rows};

/// The plan, with the days to withdraw that the limits of the law say.
pub fn plan(row: &Row, limits: Option<&Row>) -> Option<Plan> {
    Some(Plan {
        name: row.text("plan")?.to_owned(),
        clawback_days: count(row, "clawback_days")?,
        cooling_off_days: limits.and_then(|limits| count(limits, "cooling_off_days")),
        components: rows(row, "components", component)?,
    })
}

fn component(row: &Row) -> Option<Component> {
    Some(match row.text("kind")? {
        "base" => Component::Base,
        "process" => Component::Process {
            metric: metric(row, "metric")?,
            ranks: codes(row, "ranks"),
            rate: row.money("rate").or_else(|| row.int("rate_fen").map(Money))?,
            cap_per_day: count(row, "cap_per_day"),
        },
        "order" => Component::Order {
            metric: metric(row, "metric")?,
            by: if row.has("share") { OrderBy::Rank(shares(row)) } else { OrderBy::Tiers(tiers(row)?) },
            release: rows(row, "release", |part| {
                Some(Part { on: Release::parse(part.text("on")?)?, bp: count(part, "bp")? })
            })?,
        },
        "channel" => Component::Channel,
        "performance" => Component::Performance {
            amount: row.money("amount")?,
            score: rows(row, "score", |share| {
                Some(Weight { metric: metric(share, "metric")?, weight: count(share, "weight")? })
            })?,
        },
        _ => Component::Coach { amount: row.money("amount")? },
    })
}

fn tiers(row: &Row) -> Option<Vec<Tier>> {
    rows(row, "tiers", |tier| Some(Tier { up_to: tier.money("up_to"), bp: count(tier, "bp")? }))
}

fn shares(row: &Row) -> std::collections::BTreeMap<RankCode, u32> {
    let share = |(rank, item): &(String, Item)| match item.value {
        Value::Int(bp) => Some((RankCode::new(rank.as_str()), u32::try_from(bp).ok()?)),
        _ => None,
    };
    row.map("share").iter().filter_map(share).collect()
}
