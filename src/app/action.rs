//! One table of actions: behind keys, footer, help, palette and the README's list.

use crate::text::Text;

/// What can be done. Each has one row in [`ACTIONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is described by its label in the table below")]
pub enum Act {
    Accept,
    AddContact,
    AddCustomer,
    AddPerson,
    AddTask,
    Advance,
    Answers,
    Back,
    Board,
    BoardBy,
    Book,
    Bottom,
    Call,
    Card,
    Channel,
    Copy,
    Customers,
    Dial,
    DoNotContact,
    Down,
    Edit,
    Explain,
    Find,
    Help,
    Held,
    Interrupt,
    Language,
    Left,
    Lose,
    Mark,
    Mine,
    News,
    NextField,
    Note,
    OpenDeal,
    PageDown,
    PageUp,
    Palette,
    Pay,
    Period,
    PreviousField,
    Private,
    Quit,
    Refresh,
    Right,
    Save,
    SetTarget,
    Skip,
    Snooze,
    Start,
    Suspend,
    Targets,
    Theme,
    Today,
    Top,
    Undo,
    Up,
    Win,
}

/// Where an action applies: what the top layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// Choosing who one is.
    SignIn,
    /// A rep's day.
    Today,
    /// The cockpit.
    Call,
    /// The list of customers.
    Customers,
    /// A customer's card.
    Card,
    /// A board.
    Board,
    /// The facts behind a figure.
    Facts,
    /// Targets.
    Targets,
    /// A list to choose from.
    Choice,
    /// A form to fill in.
    Form,
    /// A text to read.
    Reader,
    /// The palette.
    Palette,
}

use Context as C;

/// Contexts that are whole screens: the numbers, undo and the rest work there.
const SCREENS: &[Context] = &[C::Today, C::Customers, C::Card, C::Board, C::Facts, C::Targets];
/// Screens and the cockpit.
const WORK: &[Context] = &[C::Today, C::Call, C::Customers, C::Card, C::Board, C::Facts, C::Targets];
/// Whatever shows a list.
const LISTS: &[Context] = &[
    C::SignIn,
    C::Today,
    C::Customers,
    C::Card,
    C::Board,
    C::Facts,
    C::Targets,
    C::Choice,
    C::Reader,
    C::Palette,
    C::Call,
];
/// Everywhere.
const ANYWHERE: &[Context] = &[
    C::SignIn,
    C::Today,
    C::Call,
    C::Customers,
    C::Card,
    C::Board,
    C::Facts,
    C::Targets,
    C::Choice,
    C::Form,
    C::Reader,
    C::Palette,
];

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// What.
    pub act: Act,
    /// Its stable name, for keymap files.
    pub id: &'static str,
    /// Where it applies.
    pub contexts: &'static [Context],
    /// Its keys, the first one shown.
    pub keys: &'static [&'static str],
    /// What it is called.
    pub label: Text,
    /// Its place in the footer, 1 first; 0 is not shown there.
    pub footer: u8,
}

macro_rules! actions {
    ($($act:ident $id:literal $contexts:expr, [$($key:literal),* $(,)?], $footer:literal;)*) => {
        /// Every action.
        pub const ACTIONS: &[Action] = &[$(Action {
            act: Act::$act,
            id: $id,
            contexts: $contexts,
            keys: &[$($key),*],
            label: Text(concat!("action.", $id)),
            footer: $footer,
        }),*];
    };
}

actions! {
    Start "start" &[C::Today, C::Call], ["enter"], 1;
    Accept "accept" &[C::SignIn, C::Customers, C::Board, C::Facts, C::Targets, C::Choice, C::Form, C::Palette, C::Card], ["enter"], 1;
    Back "back" &[C::Call, C::Card, C::Facts, C::Choice, C::Form, C::Reader, C::Palette, C::Customers, C::Board, C::Targets, C::Today], ["esc"], 9;
    Up "up" LISTS, ["up", "k"], 0;
    Down "down" LISTS, ["down", "j"], 0;
    Left "left" &[C::Today, C::Board, C::Targets, C::Card, C::Call, C::Form], ["left"], 0;
    Right "right" &[C::Today, C::Board, C::Targets, C::Card, C::Call, C::Form], ["right"], 0;
    NextField "next_field" &[C::Today, C::Form, C::Call, C::Card], ["tab"], 0;
    PreviousField "previous_field" &[C::Today, C::Form, C::Call, C::Card], ["backtab"], 0;
    PageUp "page_up" LISTS, ["pageup"], 0;
    PageDown "page_down" LISTS, ["pagedown"], 0;
    Top "top" LISTS, ["home"], 0;
    Bottom "bottom" LISTS, ["end"], 0;
    Skip "skip" &[C::Today, C::Call], ["s"], 2;
    Snooze "snooze" &[C::Today, C::Call], ["z"], 0;
    Explain "explain" &[C::Today, C::Board, C::Call], ["y"], 4;
    Held "held" &[C::Today], ["h"], 0;
    News "news" &[C::Today, C::Board, C::Customers], ["r"], 0;
    Note "note" &[C::Call, C::Card], ["n"], 2;
    Answers "answers" &[C::Call], ["/"], 3;
    Mark "mark" &[C::Call], ["space"], 4;
    Copy "copy" &[C::Call, C::Card, C::Customers], ["f7"], 0;
    Dial "dial" &[C::Call, C::Card], ["f6"], 0;
    Advance "advance" &[C::Call, C::Card], ["f3"], 5;
    Book "book" &[C::Call, C::Card], ["f4"], 6;
    Win "win" &[C::Call, C::Card], ["f8"], 0;
    Lose "lose" &[C::Call, C::Card], ["f9"], 0;
    Pay "pay" &[C::Card], ["f12"], 0;
    OpenDeal "open_deal" &[C::Card], ["o"], 0;
    AddTask "add_task" &[C::Card], ["t"], 3;
    AddPerson "add_person" &[C::Card], ["p"], 0;
    AddContact "add_contact" &[C::Card, C::Call], ["f5"], 0;
    Private "private" &[C::Card, C::Call], ["f11"], 0;
    Edit "edit" &[C::Card], ["e"], 2;
    DoNotContact "do_not_contact" &[C::Card], ["x"], 0;
    Channel "channel" &[C::Card], ["f"], 0;
    Find "find" &[C::Today, C::Customers, C::Card, C::Board, C::Targets], ["/"], 3;
    Mine "mine" &[C::Customers], ["m"], 4;
    AddCustomer "add_customer" &[C::Customers], ["a"], 2;
    Call "call" &[C::Customers, C::Card], ["c"], 5;
    Card "card" &[C::Today, C::Call], ["i", "f10"], 0;
    Period "period" &[C::Board, C::Facts, C::Targets], ["p"], 2;
    BoardBy "board_by" &[C::Board], ["b"], 3;
    SetTarget "set_target" &[C::Targets, C::Board], ["t"], 2;
    Save "save" &[C::Form], ["f12"], 2;
    Today "today" SCREENS, ["1"], 0;
    Customers "customers" SCREENS, ["2"], 0;
    Board "board" SCREENS, ["3"], 0;
    Targets "targets" SCREENS, ["4"], 0;
    Undo "undo" WORK, ["u"], 6;
    Palette "palette" WORK, ["ctrl-p", ":"], 0;
    Language "language" ANYWHERE, ["f2"], 0;
    Theme "theme" WORK, ["ctrl-t"], 0;
    Refresh "refresh" ANYWHERE, ["ctrl-l"], 0;
    Help "help" WORK, ["?", "f1"], 10;
    Quit "quit" SCREENS, ["q"], 0;
    Interrupt "interrupt" ANYWHERE, ["ctrl-c"], 0;
    Suspend "suspend" ANYWHERE, ["ctrl-z"], 0;
}

/// The row of an action.
pub fn action(act: Act) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.act == act)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::input::Key;

    #[test]
    fn no_key_means_two_things_in_one_context() {
        let mut seen: BTreeMap<(String, String), &str> = BTreeMap::new();
        for action in ACTIONS {
            for context in action.contexts {
                for key in action.keys {
                    let twice = seen.insert((format!("{context:?}"), (*key).to_owned()), action.id);
                    assert_eq!(twice, None, "{key} in {context:?}: {} too", action.id);
                }
            }
        }
    }

    #[test]
    fn every_default_key_can_be_typed_on_every_keyboard() {
        for action in ACTIONS {
            for key in action.keys {
                let parsed = Key::parse(key).unwrap_or_else(|e| panic!("{}: {e}", action.id));
                // the keys that are expected to stop the program do stop it
                let stops = matches!(action.act, Act::Interrupt | Act::Suspend);
                assert!(stops || crate::input::forbidden(parsed).is_none(), "{} on {key}", action.id);
            }
        }
    }
}
