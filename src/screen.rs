//! What a person sees: one folder a screen.
//!
//! [`frame`] draws what every screen has: the header with the tabs, the gap line, the notice and the keys that act now.
//! [`ScreenId`] lists the screens behind the number keys; [`switch`] goes to one.

pub mod call;
pub mod frame;
pub mod parts;
pub mod today;

use crate::app::action::Act;
use crate::text::Text;

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
}

impl ScreenId {
    /// Every screen, in the order of its number.
    pub const ALL: [Self; 4] = [Self::Today, Self::Customers, Self::Board, Self::Targets];

    /// Its title.
    pub const fn title(self) -> Text {
        match self {
            Self::Today => Text("action.today"),
            Self::Customers => Text("action.customers"),
            Self::Board => Text("action.board"),
            Self::Targets => Text("action.targets"),
        }
    }

    /// The action that goes there.
    pub const fn act(self) -> Act {
        match self {
            Self::Today => Act::Today,
            Self::Customers => Act::Customers,
            Self::Board => Act::Board,
            Self::Targets => Act::Targets,
        }
    }
}
