//! Records as tables: what goes out, and what comes in again.

use crate::domain::id::{AskId, TeamId, UserId};
use crate::domain::lists::Records;
use crate::domain::time::{Day, Timestamp};

/// A window of records, oldest id first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportAsk {
    /// Which records.
    pub records: Records,
    /// Who asks: exporting is a right (S004-25), and a lead's own team is all a lead gets.
    pub by: UserId,
    /// At what instant.
    pub now: Timestamp,
    /// Only those of these business days, first and last: when customers came in, deals opened, touches and orders were made,
    /// tasks were due.
    pub days: Option<(Day, Day)>,
    /// Only those of this team.
    pub team: Option<TeamId>,
    /// Only those of this user.
    pub user: Option<UserId>,
    /// After this record's id; 0 from the beginning.
    pub after: i64,
    /// Records in the window, at most; one customer may be several rows.
    pub limit: usize,
}

impl ExportAsk {
    /// To what the records are narrowed, as words: what an approval is about.
    pub fn narrowed(&self) -> String {
        let days = self.days.map(|(first, last)| format!("from {first} until {last}"));
        let team = self.team.map(|team| format!("team {team}"));
        let user = self.user.map(|user| format!("user {user}"));
        [days, team, user].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// An export that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRow {
    /// Which.
    pub id: AskId,
    /// By whom, with the name.
    pub by: (UserId, String),
    /// Which records.
    pub records: Records,
    /// To what they are narrowed; empty for all there are.
    pub narrowed: String,
    /// What for.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Who decided, when, whether it may be made, and why; `None` while nobody has.
    pub decided: Option<(String, Timestamp, bool, String)>,
}

/// A window of records as cells, in the order of [`columns`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPage {
    /// Rows of cells: as many as there are columns.
    pub rows: Vec<Vec<String>>,
    /// What to give as `after` for the window that follows; `None` at the end.
    pub next: Option<i64>,
}

/// What a column holds, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// A number that names a record; it does not survive a spreadsheet's doubles.
    Id,
    /// Text; empty is empty.
    Text,
    /// Text; empty is nothing.
    Maybe,
    /// A whole number; may be nothing.
    Number,
    /// Money in whole units with two decimals.
    Money,
    /// An instant, RFC 3339 in the business zone; may be nothing.
    Time,
    /// A user by sign-in name; may be nobody.
    User,
    /// A team by name; may be none.
    Team,
    /// For the reader only; not read back.
    Shown,
}

/// A column of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, in the header.
    pub name: &'static str,
    /// What it holds.
    pub cell: Cell,
}

const fn column(name: &'static str, cell: Cell) -> Column {
    Column { name, cell }
}

use Cell as C;

/// Who took the row out and when: a file that went astray says where it came from.
const MARK: Column = column("exported_by", C::Shown);

/// A row is a member; the customer's own columns stand on its first row.
const CUSTOMERS: &[Column] = &[
    column("customer", C::Id),
    column("kind", C::Text),
    column("customer_name", C::Text),
    column("playbook", C::Text),
    column("external_id", C::Maybe),
    column("source", C::Text),
    column("city", C::Text),
    column("owner", C::User),
    column("assigned_at", C::Time),
    column("created_at", C::Time),
    column("created_by", C::User),
    column("do_not_contact_until", C::Time),
    column("note", C::Text),
    column("facts", C::Text),
    column("person", C::Id),
    column("name", C::Text),
    column("roles", C::Text),
    column("person_since", C::Time),
    column("contacts", C::Text),
    column("person_facts", C::Text),
    column("phone", C::Shown),
    MARK,
];

const DEALS: &[Column] = &[
    column("deal", C::Id),
    column("customer", C::Id),
    column("customer_name", C::Shown),
    column("playbook", C::Text),
    column("playbook_number", C::Number),
    column("pipeline", C::Text),
    column("seq", C::Number),
    column("stage", C::Maybe),
    column("stage_since", C::Time),
    column("state", C::Text),
    column("opened_at", C::Time),
    column("opened_by", C::User),
    column("closed_at", C::Time),
    column("reason", C::Maybe),
    column("words", C::Maybe),
    MARK,
];

const TOUCHES: &[Column] = &[
    column("touch", C::Id),
    column("customer", C::Id),
    column("customer_name", C::Shown),
    column("person", C::Id),
    column("user", C::User),
    column("user_name", C::Shown),
    column("team", C::Team),
    column("channel", C::Text),
    column("direction", C::Text),
    column("lane", C::Text),
    column("at", C::Time),
    column("seconds", C::Number),
    column("outcome", C::Text),
    column("connected", C::Number),
    column("fresh", C::Number),
    column("number", C::Maybe),
    column("note", C::Text),
    column("task", C::Id),
    column("deal", C::Id),
    column("pipeline", C::Maybe),
    column("playbook", C::Text),
    column("playbook_number", C::Number),
    column("script", C::Maybe),
    column("script_line", C::Number),
    column("material", C::Maybe),
    column("coupon", C::Maybe),
    column("counts", C::Text),
    MARK,
];

const TASKS: &[Column] = &[
    column("task", C::Id),
    column("key", C::Text),
    column("lane", C::Text),
    column("channel", C::Text),
    column("customer", C::Id),
    column("customer_name", C::Shown),
    column("person", C::Id),
    column("deal", C::Id),
    column("pipeline", C::Maybe),
    column("owner", C::User),
    column("due_at", C::Time),
    column("clock_from", C::Time),
    column("priority", C::Number),
    column("state", C::Text),
    column("source", C::Text),
    column("script", C::Maybe),
    column("material", C::Maybe),
    column("coupon", C::Maybe),
    column("promised", C::Number),
    column("promise", C::Maybe),
    column("planned_at", C::Time),
    column("closed_at", C::Time),
    column("closed_by", C::User),
    column("why", C::Maybe),
    MARK,
];

/// Payments and credits are lists: `AMOUNT TIME LOGIN`, with ` | ` between.
const ORDERS: &[Column] = &[
    column("order", C::Id),
    column("deal", C::Id),
    column("customer", C::Id),
    column("customer_name", C::Shown),
    column("playbook", C::Text),
    column("playbook_number", C::Number),
    column("pipeline", C::Text),
    column("product", C::Text),
    column("list", C::Money),
    column("discount", C::Money),
    column("price", C::Money),
    column("at", C::Time),
    column("by", C::User),
    column("team", C::Team),
    column("payments", C::Text),
    column("credits", C::Text),
    column("paid", C::Shown),
    MARK,
];

/// A lesson taken, a policy served: `left` is how many remain after it.
const USAGE: &[Column] = &[
    column("usage", C::Id),
    column("customer", C::Id),
    column("customer_name", C::Shown),
    column("kind", C::Text),
    column("at", C::Time),
    column("amount", C::Number),
    column("left", C::Number),
    column("by", C::User),
    MARK,
];

/// The columns of an export.
pub const fn columns(records: Records) -> &'static [Column] {
    match records {
        Records::Customers => CUSTOMERS,
        Records::Deals => DEALS,
        Records::Touches => TOUCHES,
        Records::Tasks => TASKS,
        Records::Orders => ORDERS,
        Records::Usage => USAGE,
    }
}
