//! The stock-take of open deals (盘点, S001-56): what is not as it was left, in which order deals are gone through, what a month's end
//! is likely to bring. Pure: the store brings the rows.

use std::cmp::Reverse;

use serde::Serialize;

use crate::domain::id::{DealId, UserId};
use crate::domain::lists::StockNews;
use crate::domain::money::Money;
use crate::domain::report::share::Share;
use crate::domain::time::{Day, Timestamp};

/// A deal as far as two stock-takes can differ over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood {
    /// Who follows its customer; `None` where nobody does.
    pub owner: Option<UserId>,
    /// Its stage.
    pub stage: String,
    /// What it is worth.
    pub value: Money,
    /// When somebody was in touch with its customer last.
    pub last_at: Option<Timestamp>,
}

/// What is not as the stock-take before left it; empty where nothing has changed.
pub fn news(before: Option<&Stood>, now: &Stood) -> Vec<StockNews> {
    let Some(before) = before else { return vec![StockNews::New] };
    let told = [
        (StockNews::Owner, before.owner != now.owner),
        (StockNews::Stage, before.stage != now.stage),
        (StockNews::Value, before.value != now.value),
        (StockNews::Contact, before.last_at != now.last_at),
    ];
    told.into_iter().filter(|(_, differs)| *differs).map(|(news, _)| news).collect()
}

/// The place of a deal in a stock-take: what has changed first, rep by rep, the oldest day first, of one day what is worth most.
pub type Place = (bool, usize, Day, Reverse<i64>, DealId);

/// See [`Place`]; `rep` is the rep's own place.
pub const fn place(has_changed: bool, rep: usize, (opened, value, deal): (Day, Money, DealId)) -> Place {
    (!has_changed, rep, opened, Reverse(value.0), deal)
}

/// What is open at a stage, and what became of such deals in the months before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// The pipeline.
    pub pipeline: String,
    /// The stage.
    pub stage: String,
    /// Deals that are open there.
    pub deals: i64,
    /// What they are worth together.
    pub value: Money,
    /// Of those that were open there at the same distance from the end of earlier months, how many were won by it.
    pub won: Share,
}

impl Rate {
    /// What the month's end is likely to bring of them; `None` while there are too few cases to say (AP-05).
    pub fn expected(&self) -> Option<Expected> {
        self.won.bp()?;
        let share = |whole: i64, times: i64| {
            let (part, of) = (i128::from(whole) * i128::from(self.won.part) * i128::from(times), self.won.of);
            i64::try_from((part * 2 + i128::from(of)).div_euclid(i128::from(of) * 2)).unwrap_or(i64::MAX)
        };
        Some(Expected { hundredths: share(self.deals, 100), value: Money(share(self.value.0, 1)) })
    }
}

/// What is likely to be won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Expected {
    /// Deals, in hundredths.
    pub hundredths: i64,
    /// What they are worth.
    pub value: Money,
}

/// The forecast of a month's end: both sums, and what they leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Sums {
    /// Open deals of stages with enough cases.
    pub deals: i64,
    /// What these are worth.
    pub value: Money,
    /// What is likely to be won of them.
    pub expected: Expected,
    /// Open deals of stages with too few cases: left out.
    pub withheld: i64,
}

/// Adds the stages up.
pub fn sums(rates: &[Rate]) -> Sums {
    rates.iter().fold(Sums::default(), |mut sums, rate| {
        match rate.expected() {
            Some(expected) => {
                sums.deals += rate.deals;
                sums.value = sums.value + rate.value;
                sums.expected.hundredths += expected.hundredths;
                sums.expected.value = sums.expected.value + expected.value;
            }
            None => sums.withheld += rate.deals,
        }
        sums
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stood(stage: &str, value: i64, last: i64) -> Stood {
        Stood {
            owner: Some(UserId(1)),
            stage: stage.to_owned(),
            value: Money(value),
            last_at: Some(Timestamp(last)),
        }
    }

    #[test]
    fn a_deal_has_changed_where_stage_value_contact_or_owner_differ() {
        let before = stood("new", 468_000, 5);
        assert_eq!(news(None, &before), [StockNews::New]);
        assert_eq!(news(Some(&before), &before), []);
        let mut now = stood("warm", 360_000, 9);
        assert_eq!(news(Some(&before), &now), [StockNews::Stage, StockNews::Value, StockNews::Contact]);
        now = Stood { owner: None, ..before.clone() };
        assert_eq!(news(Some(&before), &now), [StockNews::Owner]);
    }

    #[test]
    fn what_changed_comes_first_then_reps_then_age_then_worth() {
        let at = |changed, rep, day, value, deal| place(changed, rep, (Day(day), Money(value), DealId(deal)));
        let mut rows = [
            at(false, 0, 1, 900, 1),
            at(true, 1, 1, 100, 2),
            at(true, 0, 3, 100, 3),
            at(true, 0, 2, 100, 4),
            at(true, 0, 2, 500, 5),
        ];
        rows.sort_unstable();
        assert_eq!(rows.iter().map(|row| row.4.0).collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
    }

    #[test]
    fn a_forecast_is_open_deals_by_the_rate_of_their_stage_and_leaves_out_what_has_few_cases() {
        let rate = |stage: &str, deals, value, part, of| Rate {
            pipeline: "main".to_owned(),
            stage: stage.to_owned(),
            deals,
            value: Money(value),
            won: Share::of(part, of),
        };
        // 12 of 48 is a quarter: 10 deals of 46,800.00 make 2.50 deals and 11,700.00; 29 cases say nothing of the other 3
        let rates = [rate("warm", 10, 4_680_000, 12, 48), rate("new", 3, 1_404_000, 9, 29)];
        assert_eq!(rates[0].expected(), Some(Expected { hundredths: 250, value: Money(1_170_000) }));
        assert_eq!(rates[1].expected(), None);
        let sums = sums(&rates);
        assert_eq!((sums.deals, sums.value, sums.withheld), (10, Money(4_680_000), 3));
        assert_eq!(sums.expected, Expected { hundredths: 250, value: Money(1_170_000) });
    }
}
