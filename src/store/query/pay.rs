//! What people are paid, as it is shown.

use crate::domain::id::UserId;
use crate::domain::money::Money;
use crate::domain::pay::Statement;
use crate::domain::time::{Day, Month};
use crate::store::change::people::TargetOf;
use crate::store::query::Viewer;

/// Whose pay of which month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayAsk {
    /// Whose; `None` for the own, of who leads the team's, of a manager everybody's.
    pub whose: Option<TargetOf>,
    /// The month; `None` for the one that `by.now` lies in.
    pub month: Option<Month>,
    /// A method to work it out by instead of the one that was in force, for those who work by a method of its id: what another plan
    /// would have paid (S001-119). Nothing is changed.
    pub instead: Option<String>,
    /// Who asks, and when: what is paid and what is held is told as of then.
    pub by: Viewer,
}

/// Statements of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaySheet {
    /// First and last day of the month.
    pub days: (Day, Day),
    /// One a person, by name.
    pub rows: Vec<PayRow>,
}

/// A person's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayRow {
    /// Who.
    pub user: UserId,
    /// The sign-in name.
    pub login: String,
    /// The name.
    pub name: String,
    /// The rank at the end of the month, or now; empty for none.
    pub rank: String,
    /// ISO currency of the amounts.
    pub currency: String,
    /// The plan's name; empty where the method says nothing of pay.
    pub plan: String,
    /// The version of the method whose plan it is.
    pub version: i64,
    /// The statement.
    pub statement: Statement,
}

impl PaySheet {
    /// What they come to together: earned, paid now.
    pub fn sums(&self) -> (Money, Money) {
        let total = self.rows.iter().map(|row| row.statement.total()).sum();
        (total, self.rows.iter().map(|row| row.statement.paid()).sum())
    }
}
