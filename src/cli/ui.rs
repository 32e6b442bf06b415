//! `corral` itself: the screen on the local terminal.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread;

use crossterm::event;

use crate::app::{App, Layer, Session};
use crate::cli::keys;
use crate::cli::output::{self, Failure};
use crate::cli::session::Local;
use crate::domain::id::UserId;
use crate::input::{Input, Size};
use crate::runtime::drafts::Drafts;
use crate::runtime::output::Sync;
use crate::runtime::session::{self, Backend, Inbound, Reply};
use crate::runtime::settings;
use crate::runtime::terminal::{Line, Pointer, TerminalGuard};
use crate::screen::sign_in::SignIn;
use crate::screen::today::Today;
use crate::store::change::{Commit, Write};
use crate::store::query::{Answer, Query};
use crate::store::worker::Store;
use crate::text::Words;
use crate::theme::{Depth, Theme};

impl Backend for Store {
    fn read(&self, query: Query, reply: Reply<Answer>) {
        Self::read(self, query, reply);
    }

    fn write(&self, change: Write, reply: Reply<Commit>) {
        Self::write(self, change, reply);
    }
}

/// Opens the screen on the database in use.
pub fn open(local: &mut Local) -> Result<(), Failure> {
    let path = local.place.db.clone();
    if !path.exists() && local.login().is_none() {
        let what = format!(
            "there is no database at '{}' yet; see Corral on sample data with 'corral demo', or make one with \
             'corral init --playbook edu-english'",
            path.display()
        );
        return Err(Failure::failed("missing", what));
    }
    let user = match local.login() {
        Some(_) => Some(local.actor()?.id),
        None => None,
    };
    run(local, &path, user)
}

/// Runs a session on a database; without a user it begins with the chooser.
pub fn run(local: &mut Local, path: &Path, user: Option<UserId>) -> Result<(), Failure> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        let what = "the screen needs a terminal; without one use the commands, 'corral --help' lists them";
        return Err(Failure::usage(what));
    }
    let store = Store::open(path)?;
    roll(local, &store, user);
    let (inbox, events) = session::queue();
    let words = Arc::new(Words::new(local.words.lang()));
    let keys = keys::load(local);
    let mut state = Session::new(words, Arc::new(theme(local)), Arc::new(keys.keymap), seed());
    state.tell_keys(keys.problems.len());
    state.remote = is_remote();
    let (width, height) = crossterm::terminal::size()?;
    state.size = Size::clamped(width, height);
    state.now = local.now();
    let first: Box<dyn Layer> = match user {
        Some(user) => {
            if let Answer::Me(me) = store.ask(Query::Me(user))? {
                state.enter(*me);
            }
            Box::new(Today::new())
        }
        None => Box::new(SignIn::new()),
    };
    let pointer = pointer(local);
    state.mouse = pointer == Pointer::On;
    let app = App::new(state, first);
    let mut guard = TerminalGuard::enter(io::stdout(), pointer, Line::Raw)?;
    guard.restore_on_panic();
    listen(&store, inbox.clone());
    watch_signals(inbox.clone())?;
    read_keys(inbox.clone());
    let login = local.login().unwrap_or("anyone").to_owned();
    let settings_file = local.place.settings_file.clone();
    let running = session::Session {
        app,
        backend: &store,
        inbox,
        out: guard.out(),
        clock: local.clock,
        drafts: Drafts::new(&local.place.drafts(path, &login)),
        dial: local.place.settings.dial.clone(),
        remember: Box::new(move |key, value| settings::remember(&settings_file, key, value)),
        sync: if local.place.settings.synchronized == Some(false) { Sync::Off } else { Sync::On },
    };
    let ended = run_to_end(running, &events);
    guard.restore()?;
    ended
}

fn run_to_end(
    running: session::Session<'_, &mut io::Stdout>,
    events: &Receiver<Inbound>,
) -> Result<(), Failure> {
    match session::run(running, events) {
        // the terminal went away: there is nobody to tell
        Err(error) if matches!(error.kind(), io::ErrorKind::BrokenPipe) => Ok(()),
        other => Ok(other?),
    }
}

/// The day begins with whoever comes first; it must not keep the screen waiting.
fn roll(local: &mut Local, store: &Store, user: Option<UserId>) {
    let by = user.unwrap_or(crate::store::Db::SYSTEM);
    let (store, clock) = (store.clone(), local.clock);
    thread::spawn(move || crate::runtime::rollover::roll_over(&store, by, clock));
}

/// The look: the one asked for, else one that fits; a theme file with faults is told about and used as far as it goes.
fn theme(local: &Local) -> Theme {
    let get = |name: &str| std::env::var(name).ok();
    let depth = Depth::from_environment(
        get("NO_COLOR").as_deref(),
        get("COLORTERM").as_deref(),
        get("TERM").as_deref(),
    );
    let name = match (&local.theme, depth) {
        (_, Depth::None) => "mono",
        (Some(name), _) => name.as_str(),
        (None, _) => "dark",
    };
    if let Some(theme) = Theme::builtin(name, depth) {
        return theme;
    }
    let folder = local.place.themes();
    let read = |name: &str| std::fs::read_to_string(folder.join(name).with_extension("toml")).ok();
    let Some(text) = read(name) else {
        output::note(&format!("corral: there is no theme '{name}'; the dark one is used"));
        return Theme::builtin("dark", depth).unwrap_or_default();
    };
    let (theme, warnings) = Theme::load(&text, &read, depth);
    for warning in warnings {
        output::note(&format!("corral: theme '{name}': {warning}"));
    }
    theme.named(name)
}

/// Whether the mouse is used: unless the settings say no, where the terminal can have one.
fn pointer(local: &Local) -> Pointer {
    let kind = std::env::var("TERM").unwrap_or_default();
    let has_mouse = !matches!(kind.as_str(), "" | "dumb" | "linux");
    if has_mouse && local.place.settings.mouse != Some(false) { Pointer::On } else { Pointer::Off }
}

fn is_remote() -> bool {
    ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| std::env::var_os(name).is_some())
}

fn seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// Passes news of commits into the loop.
fn listen(store: &Store, inbox: SyncSender<Inbound>) {
    let news = store.subscribe();
    thread::spawn(move || {
        for commit in news {
            if inbox.send(Inbound::News(commit)).is_err() {
                break;
            }
        }
    });
}

/// Passes keys, pastes and resizes into the loop.
fn read_keys(inbox: SyncSender<Inbound>) {
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            let Some(input) = Input::from_terminal(event) else { continue };
            if inbox.send(Inbound::Input(input)).is_err() {
                return;
            }
        }
        // the terminal is gone
        let _ = inbox.send(Inbound::End);
    });
}

/// Ends the session in good order when the program is told to end.
#[cfg(unix)]
fn watch_signals(inbox: SyncSender<Inbound>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            let _ = inbox.send(Inbound::End);
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn watch_signals(_inbox: SyncSender<Inbound>) -> io::Result<()> {
    Ok(())
}
