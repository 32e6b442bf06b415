//! What a piece of the screen means.

macro_rules! roles {
    ($(#[doc = $doc:literal] $(#[$more:meta])* $role:ident = $name:literal,)*) => {
        /// A meaning a theme gives a style to.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role { $(#[doc = $doc] $(#[$more])* $role,)* }

        impl Role {
            /// Every role, in the order of the enum.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$role),*];

            /// Names the role as theme files do.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$role => $name,)* }
            }

            /// Says what the role is for, in a sentence.
            pub fn about(self) -> &'static str {
                match self { $(Self::$role => $doc,)* }.trim()
            }
        }
    };
}

roles! {
    /// Ordinary text; its background is that of the whole frame.
    #[default]
    Text = "text",
    /// Text that may be overlooked: units, ages, what is done.
    Dim = "dim",
    /// The title of a pane or a dialog.
    Title = "title",
    /// What the eye should find first: a name, a figure.
    Accent = "accent",
    /// The row the next key acts on, where the pane has the focus. Sets no foreground, so meanings stay.
    Selected = "selected",
    /// The selected row of a pane without the focus.
    SelectedQuiet = "selected-quiet",
    /// The part of a text that matches a search.
    Match = "match",
    /// The border of a pane.
    Border = "border",
    /// The border of the pane that has the focus.
    FocusBorder = "focus-border",
    /// A dialog over the screen: its text and its background.
    Popup = "popup",
    /// The head of a table.
    TableHead = "table-head",
    /// A state that is well: attended, won, ahead.
    Good = "good",
    /// A state to look after: soon due, close to a limit.
    Warning = "warning",
    /// A state that went wrong: overdue, lost, blocked.
    Bad = "bad",
    /// Something promised to a customer for a time; it comes before everything else.
    Promised = "promised",
    /// Something held back by a rule until a time.
    Held = "held",
    /// Something that arrived since the list was read.
    Fresh = "fresh",
    /// A row shown before the store has confirmed it.
    Pending = "pending",
    /// An amount of money.
    Money = "money",
    /// The done part of the gap bar.
    BarDone = "bar-done",
    /// The part of the gap bar that is left.
    BarLeft = "bar-left",
    /// The part of the gap bar beyond the target.
    BarOver = "bar-over",
    /// The mark on the gap bar where the plan stands today.
    BarPace = "bar-pace",
    /// The key of a key hint.
    Key = "key",
    /// The label of a key hint.
    KeyLabel = "key-label",
    /// The label of an action that a rule blocks now.
    KeyOff = "key-off",
    /// The text of an input field.
    Input = "input",
    /// The text of the input field that has the focus.
    InputFocus = "input-focus",
    /// What an empty input field asks for.
    Placeholder = "placeholder",
    /// The notice line: what was done.
    Notice = "notice",
    /// The notice line: what was refused, and why.
    Error = "error",
    /// A script line that tells something.
    ScriptTell = "script-tell",
    /// A script line that asks something.
    ScriptAsk = "script-ask",
    /// A script line that claims a value.
    ScriptClaim = "script-claim",
    /// A script line that asks for the decision.
    ScriptClose = "script-close",
    /// A merge field of a script with its value.
    Merge = "merge",
    /// A merge field of a script without a value.
    MergeMissing = "merge-missing",
    /// The mark that says the screen is live.
    Live = "live",
    /// The mark that says the screen is not live.
    Stale = "stale",
    /// The header bar.
    Header = "header",
    /// The name of the program in the header bar.
    Brand = "brand",
    /// A tab that is not open.
    Tab = "tab",
    /// The tab that is open.
    TabActive = "tab-active",
    /// My own row on a board.
    Mine = "mine",
    /// The first three ranks of a board.
    Podium = "podium",
    /// The thumb of a scroll bar.
    ScrollThumb = "scroll-thumb",
    /// The track of a scroll bar.
    ScrollTrack = "scroll-track",
}

impl Role {
    /// The grounds that text without one of its own is read on.
    pub const GROUNDS: [Self; 4] = [Self::Text, Self::Popup, Self::Selected, Self::SelectedQuiet];

    /// Whether words are read in it: all but borders, bars, scroll bars and grounds.
    pub const fn is_read(self) -> bool {
        !matches!(
            self,
            Self::Selected
                | Self::SelectedQuiet
                | Self::Border
                | Self::FocusBorder
                | Self::BarDone
                | Self::BarLeft
                | Self::BarOver
                | Self::BarPace
                | Self::ScrollThumb
                | Self::ScrollTrack
        )
    }

    /// Finds the role a theme file names.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}
