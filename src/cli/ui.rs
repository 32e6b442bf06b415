//! `corral` itself: the screen on the local terminal.

mod foreseen;

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crossterm::event;

pub use foreseen::{Beginning, Foreseen};

use crate::app::lock::Locking;
use crate::app::{App, Notice};
use crate::cli::keys;
use crate::cli::output::{self, Failure};
use crate::cli::place::Place;
use crate::cli::session::{Local, strange};
use crate::domain::id::{TeamId, UserId};
use crate::domain::origin::Origin;
use crate::input::{Input, Size};
use crate::runtime::clock::Clock;
use crate::runtime::drafts::Drafts;
use crate::runtime::hangup;
use crate::runtime::output::Sync;
use crate::runtime::paint::Pen;
use crate::runtime::person::{self, Left, Person};
use crate::runtime::session::{self, Ended, How, Inbound, Later, Pause, Prove, Remember};
use crate::runtime::steady::Steady;
use crate::runtime::terminal::{Line, Pointer, TerminalGuard};
use crate::runtime::{pin, settings, signals};
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
    run_with(local, path, user, None)
}

/// Which wall: of a team or of the floor, each page standing so long.
pub type WallOf = (Option<TeamId>, Duration);

/// Runs a session that is the wall, where one is wanted.
pub fn run_with(
    local: &mut Local,
    path: &Path,
    user: Option<UserId>,
    wall: Option<WallOf>,
) -> Result<u8, Failure> {
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
    let login = local.login().unwrap_or("anyone").to_owned();
    let words = Arc::new(local.words.clone());
    words.make_ready();
    let keys = keys::load(&local.place);
    let (width, height) = crossterm::terminal::size()?;
    let me = match me {
        Some(asked) => match asked.recv().map_err(|_| strange())?? {
            Answer::Me(me) => Some(*me),
            _ => return Err(strange()),
        },
        None => None,
    };
    let folders = local.place.folders(path, &login);
    let mut left = if local.place.safe { folders.open_safe() } else { folders.open(now) };
    let person = Person {
        me,
        open: left.open.take(),
        words,
        theme: Arc::new(theme(local)),
        keymap: Arc::new(keys.keymap),
        key_faults: keys.problems.len(),
        guide: local.place.settings.guide,
        pointer: pointer(&local.place),
        locking: Locking {
            at_start: local.place.settings.ask_pin,
            ..Locking::after(local.place.settings.lock_after)
        },
        from: Origin::Local,
        is_remote: is_remote(),
        wall,
    };
    let mut app = person.begin(Size::clamped(width, height), now);
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
    let later = roll(local, &store, user);
    let ended = serve(local, &Beginning { store: &store, day }, app, left, Some(later))?;
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
    left: Left,
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
        drafts: left.drafts,
        outbox: left.outbox,
        opened: left.opened,
        dial: local.place.settings.dial.clone(),
        remember: remember(local),
        prove: prove(store, local.clock),
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

/// Looks at PINs on a thread of their own.
fn prove(store: &Store, clock: Clock) -> Prove<'static> {
    let store = store.clone();
    Box::new(move |user, typed, told| {
        let (store, now) = (store.clone(), Steady::new(clock, store.newest()).now());
        thread::spawn(move || told(pin::prove(&store, now, (user, Origin::Local), &typed)));
    })
}

/// What is to be known at the start: said until the first key.
fn greet(local: &Local, app: &mut App, path: &Path, login: &str) {
    let faults = local.place.problems.len();
    let said = if local.place.safe {
        let left = Drafts::new(&local.place.folders(path, login).drafts).count();
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
        thread::spawn(move || {
            crate::runtime::rollover::roll_over(&store, by, clock)?;
            crate::runtime::matches::decide(&store, by, clock)?;
            crate::runtime::reports::close(&store, crate::store::Db::SYSTEM, clock)
        });
    })
}

/// The look of the person's choice; what is wrong with a theme file is told.
fn theme(local: &Local) -> Theme {
    let folder = local.place.themes();
    let folder = (!local.place.safe).then_some(folder.as_path());
    let (theme, told) = person::theme(local.theme.as_deref(), depth(), folder);
    for fault in told {
        output::note(&format!("corral: {fault}"));
    }
    theme
}

/// How many colours the surroundings promise.
pub fn depth() -> Depth {
    let get = |name: &str| std::env::var(name).ok();
    Depth::from_environment(get("NO_COLOR").as_deref(), get("COLORTERM").as_deref(), get("TERM").as_deref())
}

/// Whether the mouse is used: unless the settings say no, where the terminal can have one.
pub fn pointer(place: &Place) -> Pointer {
    let term = std::env::var("TERM").unwrap_or_default();
    person::pointer(place.settings.mouse, &term)
}

fn is_remote() -> bool {
    ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| std::env::var_os(name).is_some())
}

/// Passes news of commits, and of the file itself, into the loop.
fn listen(store: &Store, inbox: &SyncSender<Inbound>) {
    pass(store.subscribe(), inbox.clone(), |commit| Inbound::News(Arc::new([commit])));
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
