//! What a person sees: one folder a screen.
//!
//! [`frame`] draws what every screen has: the header with the tabs, the gap line, the notice and the keys that act now.
//! [`ScreenId`] lists the screens behind the number keys; [`switch`] goes to one.

pub mod audit;
pub mod board;
pub mod call;
pub mod card;
pub mod changes;
pub mod customers;
pub mod desk;
pub mod facts;
pub mod following;
pub mod frame;
pub mod funnel;
pub mod health;
pub mod parts;
pub mod pay;
pub mod pk;
pub mod report;
pub mod select;
pub mod sign_in;
pub mod stock;
pub mod targets;
pub mod today;
pub mod wall;
pub mod worth;

use crate::app::action::Act;
use crate::app::{Cx, Flow, Notice, Session};
use crate::dialog::help::Help;
use crate::dialog::palette::Palette;
use crate::dialog::theme::Themes;
use crate::domain::lists::{Attendance, Role};
use crate::store::change::{Change, DeskChange};
use crate::text::Text;

/// Goes to the screen of a number key or to the search, or opens help, palette or themes; passes every other action on.
pub fn switch(act: Act, cx: &mut Cx<'_>) -> Flow {
    match act {
        Act::Today => cx.replace(today::Today::new()),
        Act::Customers => cx.replace(customers::Customers::new()),
        Act::Board => cx.replace(board::Board::new()),
        Act::Targets => cx.replace(targets::Targets::new()),
        Act::Report => cx.replace(report::Reports::new()),
        Act::Team if !desk::Desk::is_for(cx.session) => {
            let words = cx.session.words.say(Text("desk.not_yours")).to_owned();
            cx.say(Notice::refused(words));
        }
        Act::Team => cx.replace(desk::Desk::new()),
        Act::CheckIn => {
            let user = cx.user();
            let kind = Attendance::Present;
            cx.write(Change::Desk(DeskChange::Attend { user, kind }));
        }
        Act::Find => cx.replace(customers::Customers::search()),
        Act::Help => cx.push(Help::new(cx.session.context)),
        Act::Audit if !may_audit(cx) => {
            let words = cx.session.words.say(Text("audit.not_yours")).to_owned();
            cx.say(Notice::refused(words));
        }
        Act::Audit => cx.push(audit::Audit::new()),
        Act::Changes => cx.push(changes::Changes::new()),
        Act::Pk => cx.push(pk::Matches::new()),
        Act::Palette => {
            let palette = Palette::new(cx.session);
            cx.push(palette);
        }
        Act::Theme => {
            let themes = Themes::new(cx.session);
            cx.push(themes);
        }
        _ => return Flow::Passed,
    }
    Flow::Used
}

/// Whether who is signed in may read the audit trail; the store asks once more, and says of which team.
fn may_audit(cx: &Cx<'_>) -> bool {
    cx.session.me.as_ref().is_some_and(|me| me.user.role >= Role::Lead)
}

/// The screens behind the number keys, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenId {
    /// A rep's day.
    Today,
    /// Customers.
    Customers,
    /// The board.
    Board,
    /// Targets.
    Targets,
    /// Reports.
    Report,
    /// The lead's desk.
    Team,
}

impl ScreenId {
    /// Every screen, in the order of its number.
    pub const ALL: [Self; 6] =
        [Self::Today, Self::Customers, Self::Board, Self::Targets, Self::Report, Self::Team];

    /// The key it is behind.
    pub const fn number(self) -> u8 {
        match self {
            Self::Today => 1,
            Self::Customers => 2,
            Self::Board => 3,
            Self::Targets => 4,
            Self::Report => 5,
            Self::Team => 6,
        }
    }

    /// Those somebody has: the desk is for whoever leads.
    pub fn of(session: &Session) -> Vec<Self> {
        Self::ALL.into_iter().filter(|id| *id != Self::Team || desk::Desk::is_for(session)).collect()
    }

    /// Its title.
    pub const fn title(self) -> Text {
        match self {
            Self::Today => Text("action.today"),
            Self::Customers => Text("action.customers"),
            Self::Board => Text("action.board"),
            Self::Targets => Text("action.targets"),
            Self::Report => Text("action.report"),
            Self::Team => Text("action.team"),
        }
    }

    /// The action that goes there.
    pub const fn act(self) -> Act {
        match self {
            Self::Today => Act::Today,
            Self::Customers => Act::Customers,
            Self::Board => Act::Board,
            Self::Targets => Act::Targets,
            Self::Report => Act::Report,
            Self::Team => Act::Team,
        }
    }
}
