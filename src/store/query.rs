//! Queries and their answers: each one consistent snapshot; everything that can be large is read through a window.

pub mod audit;
pub mod board;
pub mod changes;
pub mod customer;
pub mod desk;
pub mod export;
pub mod good_news;
pub mod health;
pub mod pay;
pub mod people;
pub mod pk;
pub mod report;
pub mod sign_in;
pub mod stock;
pub mod today;

pub use audit::{AuditAsk, AuditPage, AuditRow};
pub use board::{Board, BoardAsk, BoardRow, BurnUp, BurnUpAsk, FactRow, FactsAsk, GapLine, SharedBoard};
pub use changes::{ChangeRow, ChangesAsk, Consequence, Standing};
pub use customer::{BatchRow, Card, CustomerRow, Found, TimelineAsk, TimelineItem};
pub use desk::{DeskAnswer, DeskAsk, DeskFloor};
pub use good_news::{GoodNews, GoodNewsAsk};
pub use pay::{PayAsk, PayRow, PaySheet};
pub use people::{Me, PlaybookVersion, TargetRow, TeamRow, UserRow};
pub use pk::{PkAnswer, PkAsk, PkCard};
pub use report::{ReportAnswer, ReportAsk, ReportCard};
pub use sign_in::{SignInAnswer, SignInAsk};
pub use today::{HeldTask, Pen, TaskRow, Today, TodayAsk};

use crate::domain::code::CouponCode;
use crate::domain::gap::Rates;
use crate::domain::id::{BatchId, ContactId, CustomerId, TaskId, UserId, WriteId};
use crate::domain::lists::Metric;
use crate::domain::time::Timestamp;

/// Who asks, and at what instant: both decide what may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub id: UserId,
    /// When, by the client's clock (or `--now`).
    pub now: Timestamp,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Who may sign in: active users with their teams.
    Users,
    /// The one of them who goes by a sign-in name.
    UserNamed(String),
    /// One user with team, playbook, rights: everything a session needs to begin.
    Me(UserId),
    /// Keys, passwords, tries to come in.
    SignIn(SignInAsk),
    /// Teams.
    Teams,
    /// Playbooks in force, newest version each.
    Playbooks,
    /// The text of a playbook version; `None` takes the newest.
    PlaybookText {
        /// The playbook's id.
        id: String,
        /// The version number.
        number: Option<i64>,
    },
    /// The day of a rep.
    Today(TodayAsk),
    /// One task with all that is needed to work on it.
    Task {
        /// Which.
        task: TaskId,
        /// Who asks.
        by: Viewer,
    },
    /// The card of a customer.
    Card {
        /// Whose.
        customer: CustomerId,
        /// Who asks: the notebook on the card is this user's own.
        by: Viewer,
    },
    /// A number or id that is masked on the card, for who has work with the customer today: to dial it, not to read it.
    ToDial {
        /// Which.
        contact: ContactId,
        /// Who asks.
        by: Viewer,
    },
    /// A window of the timeline, newest first.
    Timeline(TimelineAsk),
    /// Customers found by what was typed; best match first.
    Find {
        /// What was typed.
        text: String,
        /// Who asks: among equally good matches the own customers come first.
        by: Viewer,
        /// At most this many.
        limit: usize,
    },
    /// A window of customers, newest first.
    Customers {
        /// Only those this user follows; `None` for all that may be seen.
        owner: Option<UserId>,
        /// After this customer; `None` from the top.
        after: Option<CustomerId>,
        /// Who asks: there are only customers whom this user may see.
        by: Viewer,
        /// At most this many.
        limit: usize,
    },
    /// Imports, newest first.
    Imports {
        /// Those before this one; `None` from the newest.
        before: Option<BatchId>,
        /// At most this many.
        limit: usize,
    },
    /// The import of a file that was begun in this way and not finished.
    Unfinished {
        /// The file's SHA-256, hex.
        hash: String,
        /// The digest of the way.
        options: String,
    },
    /// A window of the audit trail.
    Audit(AuditAsk),
    /// Records as a table.
    Export(export::ExportAsk),
    /// Exports that were asked for, newest first: all to who decides, else the own.
    ExportsAsked {
        /// Who asks.
        by: UserId,
        /// At most this many.
        limit: usize,
    },
    /// A board.
    Board(BoardAsk),
    /// A row of a board, day by day.
    BurnUp(BurnUpAsk),
    /// Good news.
    GoodNews(GoodNewsAsk),
    /// The gap line of a user.
    Gap {
        /// Whose.
        user: UserId,
        /// At what instant.
        now: Timestamp,
    },
    /// What the orders of people bring of late, and how many of their leads become one.
    Rates {
        /// Whose.
        users: Vec<UserId>,
        /// In which metric: of those who work by another main one nothing is told.
        metric: Metric,
        /// At what instant.
        now: Timestamp,
    },
    /// The facts behind a figure.
    Facts(FactsAsk),
    /// Targets in force, own or of a team, on the day of `now`.
    Targets {
        /// At what instant.
        now: Timestamp,
    },
    /// Matches.
    Pk(PkAsk),
    /// Reports, funnels, what the program is worth.
    Report(ReportAsk),
    /// What people are paid.
    Pay(PayAsk),
    /// The lead's desk, warnings, whispers.
    Desk(DeskAsk),
    /// The last change of a user that can be undone.
    LastChange {
        /// Whose.
        user: UserId,
    },
    /// What a user did today, newest first, with what would come of taking each back: tried out, and rolled back.
    Changes(ChangesAsk),
    /// What is left of a coupon's quota this month, and how much is given.
    Quota {
        /// Which coupon.
        coupon: CouponCode,
        /// At what instant.
        now: Timestamp,
    },
}

/// The answer to the query of the same name.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To `Users` and `UserNamed`.
    Users(Vec<UserRow>),
    /// To `Me`.
    Me(Box<Me>),
    /// To `SignIn`.
    SignIn(SignInAnswer),
    /// To `Teams`.
    Teams(Vec<TeamRow>),
    /// To `Playbooks`.
    Playbooks(Vec<PlaybookVersion>),
    /// To `PlaybookText`.
    PlaybookText(String),
    /// To `Today`.
    Today(Box<Today>),
    /// To `Task`.
    Task(Box<TaskRow>),
    /// To `Card`.
    Card(Box<Card>),
    /// To `ToDial`: as it is dialled or found, and whether it is a number.
    ToDial(String),
    /// To `Timeline`.
    Timeline(Vec<TimelineItem>),
    /// To `Find` and `Customers`.
    Found(Found),
    /// To `Imports` and `Unfinished`.
    Imports(Vec<BatchRow>),
    /// To `Audit`.
    Audit(AuditPage),
    /// To `Export`.
    Export(export::ExportPage),
    /// To `ExportsAsked`.
    ExportsAsked(Vec<export::AskedRow>),
    /// To `Board`.
    Board(SharedBoard),
    /// A row of a board, day by day.
    BurnUp(BurnUp),
    /// Good news, oldest first.
    GoodNews(Vec<GoodNews>),
    /// To `Gap`.
    Gap(GapLine),
    /// To `Rates`, in the order asked.
    Rates(Vec<(UserId, Rates)>),
    /// To `Facts`.
    Facts(Vec<FactRow>),
    /// To `Targets`.
    Targets(Vec<TargetRow>),
    /// To `Pk`.
    Pk(PkAnswer),
    /// To `Report`.
    Report(ReportAnswer),
    /// To `Pay`.
    Pay(Box<PaySheet>),
    /// To `Desk`.
    Desk(DeskAnswer),
    /// To `LastChange`: the change's id, its kind as a stable word, its customer's name, when it was made.
    LastChange(Option<(WriteId, String, String, Timestamp)>),
    /// To `Changes`.
    Changes(Vec<ChangeRow>),
    /// To `Quota`: given, quota.
    Quota(u32, u32),
}
