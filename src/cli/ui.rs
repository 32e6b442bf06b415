//! `corral` itself: the screen on the local terminal.

mod foreseen;

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crossterm::event;

pub use foreseen::{Beginning, Foreseen};

use crate::app::{App, Layer, Notice, Session};
use crate::cli::keys;
use crate::cli::output::{self, Failure};
use crate::cli::place::Place;
use crate::cli::session::Local;
use crate::domain::id::UserId;
use crate::input::{Input, Size};
use crate::runtime::drafts::Drafts;
use crate::runtime::hangup;
use crate::runtime::outbox::{Files, Outbox};
use crate::runtime::output::Sync;
use crate::runtime::paint::Pen;
use crate::runtime::session::{self, Ended, How, Inbound, Later, Pause, Remember};
use crate::runtime::steady::Steady;
use crate::runtime::terminal::{Line, Pointer, TerminalGuard};
use crate::runtime::{settings, signals};
use crate::screen::sign_in::SignIn;
use crate::screen::today::Today;
use crate::store::StoreError;
use crate::store::query::{Answer, Query};
use crate::store::worker::Store;
use crate::store::{engine, migrate};
use crate::text::Text;
use crate::theme::{Depth, Theme};

/// The exit status of a program that made a mistake, by custom.
const PANICKED: u8 = 101;

/// Opens the screen on the database in use.
pub fn open(local: &mut Local) -> Result<u8, Failure> {
    let path = local.place.db.clone();
    if !engine::may_be_there(&path) && local.login().is_none() {
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

/// Runs a session on a database; without a user it begins with the chooser. Answers with the exit status.
pub fn run(local: &mut Local, path: &Path, user: Option<UserId>) -> Result<u8, Failure> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        let what = "the screen needs a terminal; without one use the commands, 'corral --help' lists them";
        return Err(Failure::usage(what));
    }
    // the connection that found out who acts is the store's first one
    let store = match local.give_db().filter(|db| db.place() == path) {
        Some(db) => Store::over(db)?,
        None => Store::open(path)?,
    };
    // day and playbook are read by two connections while the rest is made ready
    let now = local.now();
    let day = user
        .map(|user| Foreseen::ask(Today::first_question(user, now), |query, reply| store.read(query, reply)));
    let me = user.map(|user| ask(&store, Query::Me(user)));
    let words = Arc::new(local.words.clone());
    words.make_ready();
    let keys = keys::load(&local.place);
    let mut state = Session::new(words, Arc::new(theme(local)), Arc::new(keys.keymap), seed());
    state.tell_keys(keys.problems.len());
    state.remote = is_remote();
    let (width, height) = crossterm::terminal::size()?;
    state.size = Size::clamped(width, height);
    state.now = now;
    let first: Box<dyn Layer> = match me {
        Some(me) => {
            // no answer comes where the store has ended, which the day's own question tells
            if let Ok(me) = me.recv()
                && let Answer::Me(me) = me?
            {
                state.enter(*me);
            }
            Box::new(Today::new())
        }
        None => Box::new(SignIn::new()),
    };
    if local.place.settings.guide {
        state.guide.open();
    }
    state.mouse = pointer(&local.place) == Pointer::On;
    let login = local.login().unwrap_or("anyone").to_owned();
    let mut app = App::new(state, first);
    greet(local, &mut app, path, &login);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        layout = migrate::newest(),
        width,
        height,
        safe = local.place.safe,
        faults = local.place.problems.len() + keys.problems.len(),
        "a session begins"
    );
    let (drafts, outbox) = own_files(local, path, &login);
    let later = roll(local, &store, user);
    let ended = serve(local, &Beginning { store: &store, day }, app, drafts, outbox, Some(later))?;
    Ok(farewell(local, &ended))
}

/// Runs a session on the local terminal, over a store, until it ends; the terminal is put back then. `later` is done once the
/// first answer is on screen.
///
/// # Errors
/// When the terminal refuses.
pub fn serve(
    local: &Local,
    beginning: &Beginning<'_>,
    app: App,
    drafts: Drafts,
    outbox: Outbox,
    later: Option<Later<'_>>,
) -> Result<Ended, Failure> {
    let store = beginning.store;
    let (inbox, events) = session::queue();
    let pen = Pen::start(io::stdout(), inbox.clone())?;
    let pointer = if app.session().mouse { Pointer::On } else { Pointer::Off };
    let mut guard = TerminalGuard::enter(pen.clone(), pointer, Line::Raw)?;
    guard.restore_on_panic(local.crashes.clone());
    listen(store, &inbox);
    signals::watch(inbox.clone())?;
    hangup::watch(inbox.clone())?;
    read_keys(inbox.clone());
    let running = session::Session {
        app,
        backend: beginning,
        inbox,
        out: pen,
        clock: Steady::new(local.clock, store.newest()),
        drafts,
        outbox,
        dial: local.place.settings.dial.clone(),
        remember: remember(local),
        hold: Box::new(|pause| hold(&mut guard, pause)),
        sync: if local.place.settings.synchronized { Sync::On } else { Sync::Off },
        trail: local.crashes.trail(),
        later,
    };
    let ended = session::run(running, &events);
    let restored = guard.restore();
    let ended = ended?;
    if ended.how == How::Left {
        // otherwise the terminal may be gone, which is no failure of ours
        restored?;
    }
    Ok(ended)
}

/// Asks without waiting for the answer.
fn ask(store: &Store, query: Query) -> Receiver<Result<Answer, StoreError>> {
    let (tell, told) = sync_channel(1);
    store.read(query, move |answer| {
        // whoever asked may have given up meanwhile
        let _ = tell.send(answer);
    });
    told
}

/// Keeps choices in the settings file, but for a safe start, which leaves it alone: they hold for the session then.
fn remember(local: &Local) -> Remember<'static> {
    if local.place.safe {
        return Box::new(|_, _| Ok(()));
    }
    let file = local.place.settings_file.clone();
    Box::new(move |key, value| settings::remember(&file, key, value))
}

/// Drafts and held changes of the person on this database. A safe start leaves aside what there is.
fn own_files(local: &Local, path: &Path, login: &str) -> (Drafts, Outbox) {
    let drafts = local.place.drafts(path, login);
    if local.place.safe {
        return (Drafts::new(&drafts.join("safe")), Outbox::default());
    }
    (Drafts::new(&drafts), Outbox::with_files(Files::new(&local.place.outbox(path, login))))
}

/// What is to be known at the start: said until the first key.
fn greet(local: &Local, app: &mut App, path: &Path, login: &str) {
    let faults = local.place.problems.len();
    let said = if local.place.safe {
        let left = Drafts::new(&local.place.drafts(path, login)).count();
        local.words.fill(Text("trouble.safe"), &[("n", &left)])
    } else if faults > 0 {
        local.words.fill(Text("trouble.settings"), &[("n", &faults)])
    } else {
        return;
    };
    app.say(Notice::refused(said));
}

fn hold(guard: &mut TerminalGuard<Pen>, pause: Pause) -> Option<Size> {
    // a terminal that is gone ends the session by itself
    let _ = match pause {
        Pause::Stop => guard.restore().and_then(|()| signals::stop()).and_then(|()| guard.resume()),
        Pause::Again => guard.again(),
    };
    crossterm::terminal::size().ok().map(|(width, height)| Size::clamped(width, height))
}

/// What is left undone is told where the person finds it; answers with the exit status.
pub fn farewell(local: &Local, ended: &Ended) -> u8 {
    if ended.how == How::Panicked && ended.lost == 0 {
        output::note(local.words.say(Text("crash.kept")));
    }
    if ended.kept > 0 {
        output::note(&format!(
            "corral: {} changes are not saved yet; they are kept on this machine and saved at the next start",
            ended.kept
        ));
    }
    if ended.lost > 0 {
        output::note(&format!("corral: {} changes and notes could not be saved or kept", ended.lost));
    }
    match ended.how {
        How::Told(signal) => u8::try_from(signals::STATUS + signal).unwrap_or(1),
        How::Panicked => PANICKED,
        How::Left | How::Gone => u8::from(ended.lost > 0),
    }
}

/// The day begins with whoever comes first; it must not keep the screen waiting.
fn roll(local: &Local, store: &Store, user: Option<UserId>) -> Later<'static> {
    let by = user.unwrap_or(crate::store::Db::SYSTEM);
    let (store, clock) = (store.clone(), local.clock);
    Box::new(move || {
        thread::spawn(move || crate::runtime::rollover::roll_over(&store, by, clock));
    })
}

/// The look: the one asked for, else one that fits; a theme file with faults is told about and used as far as it goes.
fn theme(local: &Local) -> Theme {
    let depth = depth();
    let name = match (&local.theme, depth) {
        (_, Depth::None) => "mono",
        (Some(name), _) => name.as_str(),
        (None, _) => "dark",
    };
    if let Some(theme) = Theme::builtin(name, depth) {
        return theme;
    }
    if local.place.safe {
        return Theme::builtin("dark", depth).unwrap_or_default();
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

/// How many colours the surroundings promise.
pub fn depth() -> Depth {
    let get = |name: &str| std::env::var(name).ok();
    Depth::from_environment(get("NO_COLOR").as_deref(), get("COLORTERM").as_deref(), get("TERM").as_deref())
}

/// Whether the mouse is used: unless the settings say no, where the terminal can have one.
pub fn pointer(place: &Place) -> Pointer {
    let kind = std::env::var("TERM").unwrap_or_default();
    let has_mouse = !matches!(kind.as_str(), "" | "dumb" | "linux");
    if has_mouse && place.settings.mouse { Pointer::On } else { Pointer::Off }
}

fn is_remote() -> bool {
    ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| std::env::var_os(name).is_some())
}

fn seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// Passes news of commits, and of the file itself, into the loop.
fn listen(store: &Store, inbox: &SyncSender<Inbound>) {
    pass(store.subscribe(), inbox.clone(), Inbound::News);
    pass(store.troubles(), inbox.clone(), Inbound::File);
}

fn pass<T: Send + 'static>(
    from: Receiver<T>,
    inbox: SyncSender<Inbound>,
    made: impl Fn(T) -> Inbound + Send + 'static,
) {
    thread::spawn(move || {
        for news in from {
            if inbox.send(made(news)).is_err() {
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
