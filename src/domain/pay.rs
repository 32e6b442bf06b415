//! What somebody is paid for a month (S001-100): base, process, orders, performance, coaching, by a plan that a playbook gives.
//!
//! Pure: `plan` is what a plan says, this file what it comes to for one person. Money is in minor units, shares in basis points; what is
//! shared is rounded down in minor units and the remainder goes to the last part (formulas.md no. 7).

pub mod plan;

use serde::Serialize;

use crate::domain::id::{CustomerId, OrderId};
use crate::domain::lists::{Metric, PayPart, Release, Unit};
use crate::domain::money::Money;
use crate::domain::report::share::WHOLE_BP;
use crate::domain::time::{Day, Timestamp};

use plan::{Part, Tier, Weight};

/// What the weights of a score sum to.
const WEIGHTS: i64 = 100;

/// What a part of pay is worth for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// This, whatever was done.
    Fixed(Money),
    /// This for each.
    Each(Money),
    /// So many basis points of an amount.
    Share(u32),
    /// Marginal tiers of an amount.
    Tiers(Vec<Tier>),
    /// Up to this, by a score.
    UpTo(Money),
}

/// Why money that was earned is not paid yet, or is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// The event has not happened.
    Until(Release),
    /// Nothing on record says whether it has.
    NotKnown(Release),
}

/// Whether what releases a part has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// It has.
    Yes,
    /// Not yet.
    No,
    /// Nothing on record says.
    NotKnown,
}

/// An order as it is paid for: what of its price is this person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earned {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: CustomerId,
    /// When it was won.
    pub at: Timestamp,
    /// The amount that is credited.
    pub amount: Money,
    /// What of it was given back while that still takes pay back.
    pub refunded: Money,
    /// Whether it is another's order that this person brought the visit to.
    pub is_linked: bool,
}

impl Earned {
    /// What is paid for.
    pub fn counted(&self) -> Money {
        Money((self.amount - self.refunded).0.max(0))
    }
}

/// An order of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderPay {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: CustomerId,
    /// When it was won.
    pub at: Timestamp,
    /// The amount that counts, refunds taken off.
    pub counted: Money,
    /// What was given back.
    pub refunded: Money,
    /// Whether it is another's order that this person brought the visit to.
    pub is_linked: bool,
    /// What it brings.
    pub amount: Money,
    /// What of that is paid now.
    pub paid: Money,
    /// What is held, and why.
    pub held: Vec<(Wait, Money)>,
}

/// A share of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scored {
    /// What is scored.
    pub metric: Metric,
    /// Its weight, percent.
    pub weight: u32,
    /// The value, basis points; `None` while nothing says it.
    pub value: Option<i64>,
}

/// A line of a statement: a component and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which part.
    pub part: PayPart,
    /// What is paid for; `None` for the base.
    pub metric: Option<Metric>,
    /// The unit of the quantity.
    pub unit: Unit,
    /// How much was done, in the unit told: whole minutes, minor units of money, basis points of a score.
    pub quantity: i64,
    /// How much of it counts: what a cap a day leaves, what refunds leave.
    pub counted: i64,
    /// How many a day are paid at most.
    pub cap_per_day: Option<u32>,
    /// What one is worth.
    pub rate: Rate,
    /// What it comes to.
    pub amount: Money,
    /// What of that is paid now; the rest is held.
    pub paid: Money,
    /// The days that reached the cap.
    pub capped: Vec<Day>,
    /// The orders it is made of.
    pub orders: Vec<OrderPay>,
    /// The shares of a score.
    pub score: Vec<Scored>,
}

impl Line {
    /// What is held.
    pub fn held(&self) -> Money {
        self.amount - self.paid
    }

    /// Why that is held: each reason once, with its money.
    pub fn waits(&self) -> Vec<(Wait, Money)> {
        let mut waits: std::collections::BTreeMap<Wait, Money> = std::collections::BTreeMap::new();
        for (wait, held) in self.orders.iter().flat_map(|order| &order.held) {
            let sum = waits.entry(*wait).or_insert(Money::ZERO);
            *sum = *sum + *held;
        }
        waits.into_iter().collect()
    }
}

fn line(part: PayPart, metric: Option<Metric>, rate: Rate, amount: Money) -> Line {
    Line {
        part,
        metric,
        unit: metric.map_or(Unit::Money, Metric::unit),
        quantity: 1,
        counted: 1,
        cap_per_day: None,
        rate,
        amount,
        paid: amount,
        capped: Vec::new(),
        orders: Vec::new(),
        score: Vec::new(),
    }
}

/// The base of a rank.
pub fn base(amount: Money) -> Line {
    line(PayPart::Base, None, Rate::Fixed(amount), amount)
}

/// Work by the piece: what was done on each day, as stored, as far as a day is paid (S001-121).
pub fn process(metric: Metric, days: &[(Day, i64)], rate: Money, cap: Option<u32>) -> Line {
    let told = |value: i64| if metric.unit() == Unit::Minutes { value.div_euclid(60) } else { value };
    let most = cap.map_or(i64::MAX, i64::from);
    let quantity = days.iter().map(|(_, value)| told(*value)).sum();
    let counted: i64 = days.iter().map(|(_, value)| told(*value).clamp(0, most)).sum();
    let amount = Money(rate.0.saturating_mul(counted));
    Line {
        quantity,
        counted,
        cap_per_day: cap,
        capped: days.iter().filter(|(_, value)| told(*value) >= most).map(|(day, _)| *day).collect(),
        ..line(PayPart::Process, Some(metric), Rate::Each(rate), amount)
    }
}

/// What marginal tiers make of an amount (formulas.md no. 9), rounded down once.
pub fn marginal(tiers: &[Tier], amount: Money) -> Money {
    let (mut from, mut sum) = (0_i64, 0_i128);
    for tier in tiers {
        let to = tier.up_to.map_or(i64::MAX, |limit| limit.0);
        let slice = amount.0.min(to).saturating_sub(from).max(0);
        sum += i128::from(slice) * i128::from(tier.bp);
        from = to;
    }
    Money(i64::try_from(sum.div_euclid(i128::from(WHOLE_BP))).unwrap_or(i64::MAX))
}

/// Orders at a rate, in the order they were won: each brings what the sum of them all rises by, so that the parts add up to the whole.
/// `happened` says of an order whether what releases a part of its pay has happened.
pub fn orders(
    (part, metric): (PayPart, Metric),
    rate: Rate,
    earned: &[Earned],
    release: &[Part],
    happened: impl Fn(&Earned, Release) -> Happened,
) -> Line {
    let brings = |sum: Money| match &rate {
        Rate::Tiers(tiers) => marginal(tiers, sum),
        Rate::Share(bp) => sum.share(i64::from(*bp)),
        Rate::Fixed(_) | Rate::Each(_) | Rate::UpTo(_) => Money::ZERO,
    };
    let mut sum = Money::ZERO;
    let orders: Vec<OrderPay> = earned
        .iter()
        .map(|order| {
            let before = brings(sum);
            sum = sum + order.counted();
            let amount = brings(sum) - before;
            let mut held = Vec::new();
            for (event, money) in split(amount, release) {
                match happened(order, event) {
                    Happened::Yes => {}
                    Happened::No => held.push((Wait::Until(event), money)),
                    Happened::NotKnown => held.push((Wait::NotKnown(event), money)),
                }
            }
            held.retain(|(_, money)| *money != Money::ZERO);
            let waits: Money = held.iter().map(|(_, money)| *money).sum();
            OrderPay {
                order: order.order,
                customer: order.customer,
                at: order.at,
                counted: order.counted(),
                refunded: order.refunded,
                is_linked: order.is_linked,
                amount,
                paid: amount - waits,
                held,
            }
        })
        .collect();
    let amount = orders.iter().map(|order| order.amount).sum();
    Line {
        quantity: earned.iter().map(|order| order.amount).sum::<Money>().0,
        counted: sum.0,
        paid: orders.iter().map(|order| order.paid).sum(),
        orders,
        ..line(part, Some(metric), rate, amount)
    }
}

/// An amount in its parts: each rounded down, the remainder to the last. Without parts all of it is due when the order is won.
fn split(amount: Money, parts: &[Part]) -> Vec<(Release, Money)> {
    let Some((last, first)) = parts.split_last() else { return vec![(Release::OrderWon, amount)] };
    let mut rest = amount;
    let mut all: Vec<(Release, Money)> = Vec::with_capacity(parts.len());
    for part in first {
        let money = amount.share(i64::from(part.bp));
        rest = rest - money;
        all.push((part.on, money));
    }
    all.push((last.on, rest));
    all
}

/// An amount by a weighted score. Each share counts in full at most, and not at all while nothing says it.
pub fn performance(amount: Money, weights: &[Weight], value: impl Fn(Metric) -> Option<i64>) -> Line {
    let score: Vec<Scored> = weights
        .iter()
        .map(|weight| Scored { metric: weight.metric, weight: weight.weight, value: value(weight.metric) })
        .collect();
    let weighed: i64 =
        score.iter().map(|share| i64::from(share.weight) * share.value.unwrap_or(0).clamp(0, WHOLE_BP)).sum();
    let earned = i128::from(amount.0) * i128::from(weighed) / i128::from(WEIGHTS * WHOLE_BP);
    let earned = Money(i64::try_from(earned).unwrap_or(i64::MAX));
    Line {
        unit: Unit::Rate,
        quantity: weighed / WEIGHTS,
        counted: weighed / WEIGHTS,
        score,
        ..line(PayPart::Performance, None, Rate::UpTo(amount), earned)
    }
}

/// Trainees who qualified, each worth the same.
pub fn coach(qualified: i64, each: Money) -> Line {
    let amount = Money(each.0.saturating_mul(qualified));
    Line {
        unit: Unit::Count,
        quantity: qualified,
        counted: qualified,
        ..line(PayPart::Coach, None, Rate::Each(each), amount)
    }
}

/// What was earned by work on one day, and whether a cap was reached (S001-121).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Earning {
    /// The money.
    pub amount: Money,
    /// Whether something that is paid has reached what is paid a day.
    pub capped: bool,
}

/// A person's month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Statement {
    /// Its lines, in the plan's order.
    pub lines: Vec<Line>,
}

impl Statement {
    /// All that was earned.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// What of it is paid now.
    pub fn paid(&self) -> Money {
        self.lines.iter().map(|line| line.paid).sum()
    }

    /// What of it is held.
    pub fn held(&self) -> Money {
        self.total() - self.paid()
    }
}

#[cfg(test)]
mod tests;
