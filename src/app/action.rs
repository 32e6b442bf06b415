//! One table of actions: behind keys, footer, help, palette, man page and the README's list.

use crate::input::{Edit, Key};
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
    Audit,
    AuditKind,
    AuditPerson,
    Back,
    Board,
    BoardBy,
    Book,
    Bottom,
    Call,
    Card,
    Changes,
    Channel,
    Chart,
    /// Says something to a report.
    CommentReport,
    CheckIn,
    Copy,
    CopyTargets,
    Customers,
    DeskCall,
    DeskDecide,
    DeskDefer,
    DeskGive,
    DeskRadar,
    DeskRound,
    DeskSignals,
    DeskTeam,
    DeskWarnings,
    DeskWhisper,
    DeskWho,
    Dial,
    DoNotContact,
    Down,
    Earlier,
    Edit,
    Explain,
    Face,
    /// A step of editing in a text field.
    Field(Edit),
    Find,
    Funnel,
    FunnelPipeline,
    GiveBack,
    Grant,
    /// Closes the guide, or begins it anew.
    Guide,
    /// Hands a report in.
    HandIn,
    Help,
    /// How teams are doing under the surface.
    Health,
    Held,
    /// Keeps the page of the wall, or lets it go on.
    Hold,
    Interrupt,
    Language,
    Later,
    Left,
    Lock,
    Lose,
    Mark,
    Mine,
    News,
    NextField,
    No,
    Note,
    OpenDeal,
    PageDown,
    PageUp,
    Palette,
    Pay,
    Period,
    Pk,
    PkAccept,
    PkDecline,
    PkDispute,
    PkEnded,
    PkPropose,
    PkRival,
    PkSettle,
    PkWithdraw,
    Pointer,
    PreviousField,
    Private,
    Quit,
    Refresh,
    Report,
    ReportBy,
    Reveal,
    Right,
    Save,
    SetTarget,
    ShareTarget,
    Skip,
    Snooze,
    Start,
    /// What somebody is paid.
    Statement,
    /// Opens the stock-take.
    Stock,
    StockAdvance,
    StockCoach,
    StockDrop,
    StockEnd,
    StockKeep,
    StockPool,
    Suspend,
    TargetLevel,
    Targets,
    Team,
    Theme,
    Today,
    Top,
    Undo,
    Up,
    /// What the program is worth.
    Value,
    Win,
    Yes,
}

/// Where an action applies: what the top layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The audit trail.
    Audit,
    /// The wall.
    Wall,
    /// Matches between people and teams.
    Pk,
    /// Reports.
    Report,
    /// A funnel.
    Funnel,
    /// How teams are doing under the surface.
    Health,
    /// The lead's desk.
    Desk,
    /// A stock-take of open deals.
    Stock,
    /// A list to choose from.
    Choice,
    /// A form to fill in.
    Form,
    /// A text to read.
    Reader,
    /// The palette.
    Palette,
    /// A material or a coupon that is about to leave.
    Preview,
    /// A locked screen.
    Lock,
    /// A text field, wherever it stands: its keys come before those of the context around it.
    Text,
}

impl Context {
    /// Every context: screens first, then what opens over them, the text field last.
    pub const ALL: [Self; 23] = [
        Self::Today,
        Self::Call,
        Self::Customers,
        Self::Card,
        Self::Board,
        Self::Facts,
        Self::Targets,
        Self::Audit,
        Self::Wall,
        Self::Pk,
        Self::Report,
        Self::Funnel,
        Self::Health,
        Self::Desk,
        Self::Stock,
        Self::SignIn,
        Self::Choice,
        Self::Form,
        Self::Preview,
        Self::Reader,
        Self::Palette,
        Self::Lock,
        Self::Text,
    ];

    /// Its stable name, for keymap files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Today => "today",
            Self::Call => "call",
            Self::Customers => "customers",
            Self::Card => "card",
            Self::Board => "board",
            Self::Facts => "facts",
            Self::Targets => "targets",
            Self::Audit => "audit",
            Self::Wall => "wall",
            Self::Pk => "pk",
            Self::Report => "report",
            Self::Funnel => "funnel",
            Self::Health => "health",
            Self::Desk => "desk",
            Self::Stock => "stock",
            Self::Choice => "choice",
            Self::Form => "form",
            Self::Reader => "reader",
            Self::Palette => "palette",
            Self::Preview => "preview",
            Self::Lock => "lock",
            Self::Text => "text",
        }
    }

    /// Whether a text field can have the keys there.
    pub const fn has_text(self) -> bool {
        self.spends_letters() || matches!(self, Self::Today | Self::Call | Self::Customers)
    }

    /// Whether letters and digits are text or options there, so that no action can be on one.
    pub const fn spends_letters(self) -> bool {
        matches!(self, Self::SignIn | Self::Form | Self::Palette | Self::Lock)
    }
}

use Context as C;

/// Contexts that are whole screens: the numbers, undo and the rest work there.
const SCREENS: &[Context] = &[
    C::Today,
    C::Customers,
    C::Card,
    C::Board,
    C::Facts,
    C::Targets,
    C::Audit,
    C::Pk,
    C::Report,
    C::Funnel,
    C::Health,
    C::Desk,
    C::Stock,
];
/// Screens and the cockpit.
const WORK: &[Context] = &[
    C::Today,
    C::Call,
    C::Customers,
    C::Card,
    C::Board,
    C::Facts,
    C::Targets,
    C::Audit,
    C::Pk,
    C::Report,
    C::Funnel,
    C::Health,
    C::Desk,
    C::Stock,
];
/// Whatever shows a list and takes no letters for itself.
const LISTS: &[Context] = &[
    C::Today,
    C::Customers,
    C::Card,
    C::Board,
    C::Facts,
    C::Targets,
    C::Audit,
    C::Pk,
    C::Report,
    C::Funnel,
    C::Health,
    C::Desk,
    C::Stock,
    C::Choice,
    C::Reader,
    C::Call,
];
/// Whatever shows a list and takes letters for itself.
const TYPED: &[Context] = &[C::SignIn, C::Form, C::Palette];
/// Whatever shows more rows than fit.
const LONG: &[Context] = &[
    C::SignIn,
    C::Today,
    C::Customers,
    C::Card,
    C::Board,
    C::Facts,
    C::Targets,
    C::Audit,
    C::Pk,
    C::Report,
    C::Funnel,
    C::Health,
    C::Desk,
    C::Stock,
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
    C::Audit,
    C::Wall,
    C::Pk,
    C::Report,
    C::Funnel,
    C::Health,
    C::Desk,
    C::Stock,
    C::Choice,
    C::Form,
    C::Preview,
    C::Reader,
    C::Palette,
];
/// Text fields.
const TEXT: &[Context] = &[C::Text];

/// The keys of options where nothing names others, in order; the rest of a longer list is reached by the arrows.
pub const CHOICES: &str = "123456789abcdefghilmnopqrstuvwxyz";

/// A row of the table. An action whose keys differ from place to place has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// What.
    pub act: Act,
    /// Its stable name, for keymap files; never the name of a context, which is a table of its own there.
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

impl Action {
    /// Its keys where no keymap file says otherwise, the first one shown.
    pub fn defaults(&self) -> impl Iterator<Item = Key> + use<> {
        self.keys.iter().filter_map(|key| Key::parse(key).ok())
    }
}

macro_rules! actions {
    (@label $id:literal) => { Text(concat!("action.", $id)) };
    (@label $id:literal as $word:literal) => { Text(concat!("action.", $word)) };
    ($($act:ident $(($edit:ident))? $id:literal $(as $word:literal)? $contexts:expr, [$($key:literal),* $(,)?], $footer:literal;)*) => {
        /// Every action.
        pub const ACTIONS: &[Action] = &[$(Action {
            act: Act::$act $((Edit::$edit))?,
            id: $id,
            contexts: $contexts,
            keys: &[$($key),*],
            label: actions!(@label $id $(as $word)?),
            footer: $footer,
        }),*];
    };
}

actions! {
    Start "start" &[C::Today, C::Call], ["enter"], 1;
    Accept "accept" &[C::SignIn, C::Customers, C::Board, C::Facts, C::Targets, C::Audit, C::Pk, C::Report, C::Funnel, C::Health, C::Choice, C::Form, C::Preview, C::Palette, C::Card, C::Desk, C::Stock], ["enter"], 1;
    Accept "accept" &[C::Lock], ["enter"], 0;
    Back "back" ANYWHERE, ["esc"], 9;
    Back "back" &[C::Lock], ["esc"], 0;
    Up "up" LISTS, ["up", "k"], 0;
    Down "down" LISTS, ["down", "j"], 0;
    Up "up" TYPED, ["up"], 0;
    Down "down" TYPED, ["down"], 0;
    Left "left" &[C::Today, C::Board, C::Report, C::Funnel, C::Targets, C::Card, C::Call, C::Form, C::Wall, C::Desk], ["left"], 0;
    Right "right" &[C::Today, C::Board, C::Report, C::Funnel, C::Targets, C::Card, C::Call, C::Wall, C::Desk], ["right"], 0;
    Hold "hold" &[C::Wall], ["space"], 1;
    Right "right" &[C::Form], ["right", "space"], 0;
    NextField "next_field" &[C::Today, C::Form, C::Call, C::Card], ["tab"], 0;
    PreviousField "previous_field" &[C::Today, C::Form, C::Call, C::Card], ["backtab"], 0;
    PageUp "page_up" LONG, ["pageup"], 0;
    PageDown "page_down" LONG, ["pagedown"], 0;
    Top "top" LONG, ["home"], 0;
    Bottom "bottom" LONG, ["end"], 0;
    Skip "skip" &[C::Today, C::Call], ["s"], 2;
    Snooze "snooze" &[C::Today, C::Call], ["z"], 0;
    Explain "explain" &[C::Today, C::Call], ["y"], 4;
    Explain "explain" &[C::Board, C::Report, C::Funnel, C::Health, C::Desk], ["x", "y"], 4;
    Held "held" &[C::Today], ["h"], 0;
    News "news" &[C::Today, C::Board, C::Customers, C::Pk, C::Report, C::Funnel, C::Health, C::Desk, C::Stock], ["r"], 0;
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
    Reveal "reveal" &[C::Card], ["v"], 0;
    Grant "grant" &[C::Card], ["g"], 0;
    Channel "channel" &[C::Card], ["f"], 0;
    Find "find" &[C::Today, C::Customers, C::Card, C::Board, C::Targets], ["/"], 3;
    Mine "mine" &[C::Customers], ["m"], 4;
    AddCustomer "add_customer" &[C::Customers], ["a"], 2;
    Call "start_call" as "call" &[C::Customers, C::Card], ["c"], 5;
    Card "open_card" as "card" &[C::Today, C::Call], ["i", "f10"], 0;
    Period "period" &[C::Board, C::Facts, C::Targets, C::Report, C::Funnel], ["p"], 2;
    Earlier "earlier" &[C::Board, C::Facts, C::Report, C::Funnel, C::Health], [","], 0;
    Later "later" &[C::Board, C::Facts, C::Report, C::Funnel, C::Health], ["."], 0;
    BoardBy "board_by" &[C::Board], ["b"], 3;
    Face "face" &[C::Board], ["v"], 5;
    Chart "chart" &[C::Board], ["g"], 6;
    SetTarget "set_target" &[C::Targets, C::Board], ["t"], 2;
    TargetLevel "target_level" &[C::Targets], ["l"], 3;
    CopyTargets "copy_targets" &[C::Targets], ["c"], 4;
    ShareTarget "share_target" &[C::Targets], ["D"], 5;
    Statement "open_statement" as "statement" &[C::Targets], ["m"], 6;
    Save "save" &[C::Form], ["f12"], 2;
    Yes "yes" &[C::Choice], ["y", "Y"], 0;
    No "no" &[C::Choice], ["n", "N"], 0;
    GiveBack "give_back" &[C::Preview], ["x"], 0;
    Today "go_today" as "today" SCREENS, ["1"], 0;
    Customers "go_customers" as "customers" SCREENS, ["2"], 0;
    Board "go_board" as "board" SCREENS, ["3"], 0;
    Targets "go_targets" as "targets" SCREENS, ["4"], 0;
    Report "go_report" as "report" SCREENS, ["5"], 0;
    HandIn "hand_in" &[C::Report], ["w"], 2;
    CommentReport "comment_report" &[C::Report, C::Health], ["c"], 3;
    ReportBy "report_by" &[C::Report], ["b"], 5;
    Funnel "open_funnel" as "funnel" &[C::Report, C::Funnel], ["f"], 6;
    Value "open_value" as "value" &[C::Report], ["v"], 0;
    Health "open_health" as "health" &[C::Report], ["h"], 7;
    FunnelPipeline "funnel_pipeline" &[C::Funnel], ["v"], 3;
    Team "go_team" as "team" SCREENS, ["6"], 0;
    Undo "undo" WORK, ["u"], 6;
    Changes "changes" WORK, ["U"], 0;
    Audit "open_audit" as "audit" WORK, ["A"], 0;
    AuditKind "audit_kind" &[C::Audit], ["f"], 2;
    AuditPerson "audit_person" &[C::Audit], ["p"], 3;
    Pk "open_pk" as "pk" WORK, ["K"], 0;
    PkPropose "pk_propose" &[C::Pk], ["a"], 2;
    PkAccept "pk_accept" &[C::Pk], ["y"], 3;
    PkDecline "pk_decline" &[C::Pk], ["n"], 4;
    PkDispute "pk_dispute" &[C::Pk], ["d"], 5;
    PkSettle "pk_settle" &[C::Pk], ["s"], 6;
    PkWithdraw "pk_withdraw" &[C::Pk], ["x"], 0;
    PkEnded "pk_ended" &[C::Pk], ["e"], 7;
    PkRival "pk_rival" &[C::Pk], ["v"], 0;
    DeskRadar "desk_radar" &[C::Desk], ["v"], 2;
    DeskWho "desk_who" &[C::Desk], ["f"], 3;
    DeskGive "desk_give" &[C::Desk], ["a"], 4;
    DeskWhisper "desk_whisper" &[C::Desk], ["w"], 5;
    DeskDefer "desk_defer" &[C::Desk], ["d"], 6;
    DeskRound "desk_round" &[C::Desk], ["m"], 7;
    DeskWarnings "desk_warnings" &[C::Desk], ["n"], 7;
    DeskSignals "desk_signals" &[C::Desk], ["g"], 8;
    DeskCall "desk_call" &[C::Desk], ["c"], 0;
    DeskDecide "desk_decide" &[C::Desk], ["o"], 0;
    DeskTeam "desk_team" &[C::Desk, C::Stock], ["t"], 0;
    Stock "open_stock" as "stock" &[C::Desk], ["s"], 8;
    StockAdvance "stock_advance" &[C::Stock], ["a"], 2;
    StockDrop "stock_drop" &[C::Stock], ["d"], 3;
    StockPool "stock_pool" &[C::Stock], ["p"], 4;
    StockCoach "stock_coach" &[C::Stock], ["c"], 5;
    StockKeep "stock_keep" &[C::Stock], ["space"], 1;
    StockEnd "stock_end" &[C::Stock], ["f"], 7;
    CheckIn "check_in" &[C::Today, C::Desk], ["p"], 0;
    Palette "actions" as "palette" WORK, ["ctrl-p", ":"], 0;
    Language "language" ANYWHERE, ["f2"], 0;
    Theme "theme" WORK, ["ctrl-t"], 0;
    Pointer "pointer" ANYWHERE, ["ctrl-g"], 0;
    Refresh "refresh" ANYWHERE, ["ctrl-l"], 0;
    Refresh "refresh" &[C::Lock], ["ctrl-l"], 0;
    Lock "lock_screen" as "lock" WORK, ["L"], 0;
    Guide "guide" ANYWHERE, ["ctrl-x"], 0;
    Help "help" WORK, ["?", "f1"], 10;
    Quit "quit" SCREENS, ["q"], 0;
    Quit "quit" &[C::Wall], ["q"], 2;
    Interrupt "interrupt" ANYWHERE, ["ctrl-c"], 0;
    Interrupt "interrupt" &[C::Lock], ["ctrl-c"], 0;
    Suspend "suspend" ANYWHERE, ["ctrl-z"], 0;
    Field(Left) "left" TEXT, ["left"], 0;
    Field(Right) "right" TEXT, ["right"], 0;
    Field(WordLeft) "word_left" TEXT, ["ctrl-left", "alt-left"], 0;
    Field(WordRight) "word_right" TEXT, ["ctrl-right", "alt-right"], 0;
    Field(Home) "home" TEXT, ["home", "ctrl-a"], 0;
    Field(End) "end" TEXT, ["end", "ctrl-e"], 0;
    Field(Backspace) "backspace" TEXT, ["backspace"], 0;
    Field(Delete) "delete" TEXT, ["delete"], 0;
    Field(DeleteWord) "delete_word" TEXT, ["ctrl-w", "ctrl-backspace", "alt-backspace"], 0;
    Field(DeleteWordAfter) "delete_word_after" TEXT, ["ctrl-delete", "alt-delete"], 0;
    Field(DeleteToStart) "delete_to_start" TEXT, ["ctrl-u"], 0;
    Field(DeleteToEnd) "delete_to_end" TEXT, ["ctrl-k"], 0;
}

/// The row of an action.
pub fn action(act: Act) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.act == act)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::text::{Lang, Words};

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
    fn every_action_has_one_row_in_a_context_and_words_in_both_languages() {
        let words = [Words::new(Lang::En), Words::new(Lang::Zh)];
        for context in Context::ALL {
            let mut seen = Vec::new();
            for action in ACTIONS.iter().filter(|action| action.contexts.contains(&context)) {
                assert!(!seen.contains(&action.id), "{} twice in {context:?}", action.id);
                seen.push(action.id);
            }
            assert!(!seen.is_empty(), "nothing acts in {context:?}");
            for words in &words {
                assert!(words.has(&format!("context.{}", context.id())), "{context:?}");
            }
        }
        for action in ACTIONS {
            assert!(words.iter().all(|words| words.has(action.label.0)), "{}", action.id);
            // in a keymap file `call = …` is an action and `[keys.call]` a context: both cannot be
            assert!(Context::ALL.iter().all(|context| context.id() != action.id), "{}", action.id);
        }
    }

    #[test]
    fn no_letter_is_an_action_where_letters_are_text_or_options() {
        for action in ACTIONS {
            for context in action.contexts.iter().filter(|c| c.spends_letters()) {
                let letters = action.defaults().filter(|key| key.typed().is_some_and(|c| c != ' '));
                assert_eq!(letters.count(), 0, "{} in {context:?}", action.id);
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
