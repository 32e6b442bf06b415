//! Whether a customer or a number may be contacted now: one function for every path (S001-74, peers.md 2.3).

use crate::domain::time::Timestamp;

/// How often a customer and a number have been contacted, as the rules count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Touches of the customer today, outgoing, all channels and reps.
    pub touches_today: u32,
    /// Of these, commercial ones.
    pub commercial_today: u32,
    /// Touches of the customer in the last seven business days, today included.
    pub touches_week: u32,
    /// Calls to the number today, whoever made them and whichever customer it was for.
    pub calls_today: u32,
    /// Calls to the number in the last 30 days.
    pub calls_month: u32,
    /// The last call to the number.
    pub last_call: Option<Timestamp>,
    /// Whether that call was answered.
    pub last_connected: bool,
    /// Until when the customer must not be contacted.
    pub do_not_contact: Option<Timestamp>,
}

/// The rule that holds a task back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The customer asked not to be contacted.
    DoNotContact,
    /// Quiet hours.
    QuietHours,
    /// Calls to this number today.
    CallsPerDay,
    /// Calls to this number in 30 days.
    CallsPerMonth,
    /// Too soon after the last call to this number.
    TooSoon,
    /// Touches of this customer today.
    TouchesPerDay,
    /// Touches of this customer this week.
    TouchesPerWeek,
    /// Commercial touches of this customer today.
    CommercialPerDay,
    /// Nobody of this customer may be contacted on the channel.
    NoContact,
}

/// What holds a task back, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The rule.
    pub rule: Rule,
    /// When it frees the task; `None` when only a change can.
    pub until: Option<Timestamp>,
}
