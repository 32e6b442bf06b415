//! What a plan says: the components of pay as a playbook declares them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::code::RankCode;
use crate::domain::lists::{Metric, Release};
use crate::domain::money::Money;

/// A pay plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// Days after an order in which money given back takes its pay back.
    pub clawback_days: u32,
    /// Days a customer may withdraw in, where the method says them.
    pub cooling_off_days: Option<u32>,
    /// What pay is made of, in the order it is told.
    pub components: Vec<Component>,
}

/// A component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Component {
    /// The base of the rank.
    Base,
    /// Work by the piece.
    Process {
        /// What is paid.
        metric: Metric,
        /// Who gets it; empty for everybody.
        ranks: Vec<RankCode>,
        /// What one is worth.
        rate: Money,
        /// How many a day are paid at most.
        cap_per_day: Option<u32>,
    },
    /// Orders.
    Order {
        /// The metric the amounts count in.
        metric: Metric,
        /// By what.
        by: OrderBy,
        /// When it is paid out; empty for at once.
        release: Vec<Part>,
    },
    /// What a partner gets. No person's pay.
    Channel,
    /// An amount by a score.
    Performance {
        /// What a full score brings.
        amount: Money,
        /// What is scored.
        score: Vec<Weight>,
    },
    /// For each trainee who qualified.
    Coach {
        /// For one.
        amount: Money,
    },
}

/// How orders are paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderBy {
    /// Marginal tiers, rising.
    Tiers(Vec<Tier>),
    /// Basis points by rank; a rank that is not named gets nothing.
    Rank(BTreeMap<RankCode, u32>),
}

/// A tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tier {
    /// Up to this sum of a month; `None` for everything above.
    pub up_to: Option<Money>,
    /// Basis points.
    pub bp: u32,
}

/// A part of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// When it is paid.
    pub on: Release,
    /// Its share, basis points; the shares of a payout sum to ten thousand.
    pub bp: u32,
}

/// A share of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// What is scored.
    pub metric: Metric,
    /// Its weight, percent; the weights sum to a hundred.
    pub weight: u32,
}

impl Component {
    /// Whether it is paid to a rank.
    pub fn is_for(&self, rank: &str) -> bool {
        match self {
            Self::Process { ranks, .. } => ranks.is_empty() || ranks.iter().any(|of| of.as_str() == rank),
            Self::Order { by: OrderBy::Rank(shares), .. } => shares.contains_key(rank),
            _ => true,
        }
    }
}

impl Plan {
    /// What is paid by the piece to a rank: the metric, what one is worth, how many a day.
    pub fn pieces<'a>(&'a self, rank: &'a str) -> impl Iterator<Item = (Metric, Money, Option<u32>)> + 'a {
        self.components.iter().filter_map(move |component| match component {
            Component::Process { metric, rate, cap_per_day, .. } if component.is_for(rank) => {
                Some((*metric, *rate, *cap_per_day))
            }
            _ => None,
        })
    }
}
