//! What a person finds at the start of a session: the look, the words, the keys, what was left of the last one.
//!
//! The same for a terminal of this machine and for one far away; where the parts come from is the caller's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::app::keymap::Keymap;
use crate::app::lock::Locking;
use crate::app::open::Open;
use crate::app::{App, Layer, Session};
use crate::domain::id::TeamId;
use crate::domain::lists::Role;
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::input::Size;
use crate::runtime::drafts::Drafts;
use crate::runtime::open::Opened;
use crate::runtime::outbox::{Files, Outbox};
use crate::runtime::terminal::Pointer;
use crate::screen::desk::Desk;
use crate::screen::sign_in::SignIn;
use crate::screen::today::Today;
use crate::screen::wall::{self, Wall};
use crate::store::query::Me;
use crate::text::Words;
use crate::theme::{Depth, Theme};

/// What a session begins with.
#[derive(Debug)]
pub struct Person {
    /// Who it is; the session begins with the chooser where that is not known.
    pub me: Option<Me>,
    /// The words.
    pub words: Arc<Words>,
    /// The look.
    pub theme: Arc<Theme>,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// Things in the keymap file that are not as asked for.
    pub key_faults: usize,
    /// Whether the guide to the first call comes.
    pub guide: bool,
    /// Whether the mouse is used.
    pub pointer: Pointer,
    /// When the screen locks by itself.
    pub locking: Locking,
    /// From where the person works.
    pub from: Origin,
    /// Whether the terminal is on another machine.
    pub is_remote: bool,
    /// The call an earlier session was cut off from.
    pub open: Option<Open>,
    /// The wall, where that is what is wanted: of a team or of the floor, each page standing so long.
    pub wall: Option<(Option<TeamId>, Duration)>,
}

impl Person {
    /// The session of this person on a terminal of a size.
    pub fn begin(self, size: Size, now: Timestamp) -> App {
        let mut state = Session::new(self.words, self.theme, self.keymap, seed());
        state.tell_keys(self.key_faults);
        state.locking = self.locking;
        state.from = self.from;
        state.remote = self.is_remote;
        state.size = size;
        state.now = now;
        state.mouse = self.pointer == Pointer::On;
        let first: Box<dyn Layer> = match self.me {
            Some(me) => {
                let looks = me.user.role == Role::Viewer;
                let team = me.user.team.as_ref().map(|(team, _)| *team);
                state.enter(me);
                match self.wall.or_else(|| looks.then_some((team, wall::STANDS))) {
                    Some((team, stands)) => {
                        // nobody sits before it
                        state.locking = Locking::default();
                        Box::new(Wall::new(team, stands))
                    }
                    // a lead begins with the team, unless a call was left open (S001-17)
                    None if self.open.is_none() && Desk::is_for(&state) => Box::new(Desk::new()),
                    None => Box::new(Today::after(self.open)),
                }
            }
            None => Box::new(SignIn::new()),
        };
        if self.guide && self.wall.is_none() {
            state.guide.open();
        }
        App::new(state, first)
    }
}

/// Where drafts and held changes of one person on one database are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// Drafts.
    pub drafts: PathBuf,
    /// Changes that could not be saved.
    pub outbox: PathBuf,
}

impl Folders {
    /// What was left of earlier sessions, to go on from.
    pub fn open(&self, now: Timestamp) -> Left {
        let (opened, open) = Opened::take(&self.drafts, now);
        let outbox = Outbox::with_files(Files::new(&self.outbox));
        Left { drafts: Drafts::new(&self.drafts), outbox, opened, open }
    }

    /// Leaves aside what there is.
    pub fn open_safe(&self) -> Left {
        let drafts = Drafts::new(&self.drafts.join("safe"));
        Left { drafts, outbox: Outbox::default(), opened: Opened::default(), open: None }
    }
}

/// What was left of earlier sessions.
#[derive(Debug)]
pub struct Left {
    /// Drafts.
    pub drafts: Drafts,
    /// Changes on their way.
    pub outbox: Outbox,
    /// Where the open call is kept.
    pub opened: Opened,
    /// The call that was open.
    pub open: Option<Open>,
}

/// The look: the one asked for, else one that fits. What is wrong with a theme file is told, and the rest of it used.
pub fn theme(asked: Option<&str>, depth: Depth, folder: Option<&Path>) -> (Theme, Vec<String>) {
    let name = match (asked, depth) {
        (_, Depth::None) => "mono",
        (Some(name), _) => name,
        (None, _) => "dark",
    };
    if let Some(theme) = Theme::builtin(name, depth) {
        return (theme, Vec::new());
    }
    let usual = || Theme::builtin("dark", depth).unwrap_or_default();
    let Some(folder) = folder else { return (usual(), Vec::new()) };
    let read = |name: &str| std::fs::read_to_string(folder.join(name).with_extension("toml")).ok();
    let Some(text) = read(name) else {
        return (usual(), vec![format!("there is no theme '{name}'; the dark one is used")]);
    };
    let (theme, warnings) = Theme::load(&text, &read, depth);
    let told = warnings.iter().map(|warning| format!("theme '{name}': {warning}")).collect();
    (theme.named(name), told)
}

/// Whether the mouse is used: unless the person says no, where a terminal of this kind can have one.
pub fn pointer(wanted: bool, term: &str) -> Pointer {
    let has_mouse = !matches!(term, "" | "dumb" | "linux");
    if has_mouse && wanted { Pointer::On } else { Pointer::Off }
}

/// What makes the ids of a session its own.
fn seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
