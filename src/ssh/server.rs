//! Takes connections, keeps the limits, and lets everybody leave in good order.

use std::io;
use std::net::{SocketAddr, TcpListener as Bound};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

use crate::domain::time::Zone;
use crate::runtime::backups::{self, Plan};
use crate::runtime::settings::Settings;
use crate::runtime::{matches, reports, retention, rollover};
use crate::ssh::control;
use crate::ssh::doorstep::Doorstep;
use crate::ssh::figures::{self, Refused};
use crate::ssh::floor::Floor;
use crate::ssh::roster::{Kind, Why};
use crate::ssh::wire::{self, Host, Manner};
use crate::store::Db;
use crate::store::change::Topic;
use crate::store::query::{Answer, Query};

/// How long the server rests where the system gives no connection: too many files are open, mostly.
const REST: Duration = Duration::from_millis(100);
/// How long everybody may take to leave.
const DRAIN: Duration = Duration::from_secs(8);
/// How long those who have left may take to hang up.
const HANGING_UP: Duration = Duration::from_secs(1);
/// How often it is looked whether they have.
const HEARD: Duration = Duration::from_millis(10);
/// How often it is looked whether a business day has begun.
const DAYS: Duration = Duration::from_mins(5);
/// How often it is looked whether a backup is due.
const BACKUPS: Duration = Duration::from_secs(20);

/// What the server is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// End in good order.
    End,
    /// Read the settings again.
    Again,
}

/// What a server is put together of.
pub struct Setup {
    /// What is served.
    pub host: Arc<Host>,
    /// How it speaks SSH.
    pub manner: Manner,
    /// Where connections come in.
    pub listener: Bound,
    /// Where figures are told, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// Where this machine asks.
    pub control: PathBuf,
    /// Reads the settings again.
    pub reload: Box<dyn Fn() -> Settings + Send + Sync>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup").field("control", &self.control).finish_non_exhaustive()
    }
}

/// Serves until told to end. `ready` is called once connections are taken.
///
/// # Errors
/// What the system says where an address or the place of questions cannot be taken.
pub fn run(setup: Setup, ready: impl FnOnce()) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("corral-net")
        .enable_io()
        .enable_time()
        // each thread that has hashed keeps the memory for the next time
        .max_blocking_threads(2)
        .build()?;
    let ended = runtime.block_on(serve(setup, ready));
    // what hangs on a dead connection must not keep the program from ending
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn serve(setup: Setup, ready: impl FnOnce()) -> io::Result<()> {
    let Setup { host, manner, listener, metrics, control, reload } = setup;
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let floor = Arc::clone(&host.floor);
    if let Some(address) = metrics {
        let figures = figures::listen(address).await?;
        let told = Arc::clone(&floor);
        let page =
            move || told.figures.page(told.roster.count(Kind::Screen), told.roster.count(Kind::Command));
        tokio::spawn(figures::answer(figures, Arc::new(page)));
    }
    let questions = control::Questions::listen(&control)?;
    tokio::spawn(questions.answer(Arc::clone(&floor)));
    let mut told = watch_signals()?;
    watch_people(&floor);
    watch_days(&floor);
    watch_backups(&floor)?;
    watch_retention(&floor)?;
    let here = Arc::<AtomicUsize>::default();
    let taking = tokio::spawn(take(listener, host, manner, Arc::clone(&here)));
    tracing::info!("the server takes connections");
    ready();
    while let Some(Told::Again) = told.recv().await {
        floor.set(reload());
        tracing::info!("the settings are read again");
    }
    taking.abort();
    tracing::info!(sessions = floor.roster.count(Kind::Screen), "the server ends");
    floor.roster.close();
    let everybody_left = async {
        tokio::select! {
            () = floor.roster.gone(|_, _| true) => true,
            // told twice: at once
            _ = told.recv() => false,
        }
    };
    if !timeout(DRAIN, everybody_left).await.unwrap_or(false) {
        tracing::warn!(sessions = floor.roster.list().len(), "some sessions did not end in time");
    }
    // what was said last is on its way: whoever has heard it hangs up
    let hung_up = async {
        while here.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(HEARD).await;
        }
    };
    let _ = timeout(HANGING_UP, hung_up).await;
    let _ = std::fs::remove_file(&control);
    Ok(())
}

/// Takes connections, each on its own. One that is refused by the system is no end of the others.
async fn take(listener: TcpListener, host: Arc<Host>, manner: Manner, here: Arc<AtomicUsize>) {
    let doorstep = Arc::<Doorstep>::default();
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(came) => came,
            Err(error) => {
                tracing::warn!(why = error.kind().to_string(), "no connection can be taken");
                tokio::time::sleep(REST).await;
                continue;
            }
        };
        let figures = &host.floor.figures;
        figures::Figures::count(&figures.connections, 1);
        let limits = host.floor.limits();
        let most = limits.waiting.saturating_add(limits.sessions);
        if here.fetch_add(1, Ordering::SeqCst) >= most {
            here.fetch_sub(1, Ordering::SeqCst);
            figures.refused(Refused::Full);
            continue;
        }
        let _ = stream.set_nodelay(true);
        let (host, manner, here) = (Arc::clone(&host), manner.clone(), Arc::clone(&here));
        let wait = doorstep.come(limits.waiting);
        tokio::spawn(async move {
            wire::serve(host, &manner, (stream, peer.ip()), wait).await;
            here.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Passes signals on.
fn watch_signals() -> io::Result<Receiver<Told>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let (tell, told) = channel(4);
    thread::Builder::new().name("corral-signals".to_owned()).spawn(move || {
        for number in signals.forever() {
            let word = if number == SIGHUP { Told::Again } else { Told::End };
            // where the queue is full the server knows already
            let _ = tell.try_send(word);
        }
    })?;
    Ok(told)
}

/// Ends the sessions of people who do not work here any more, as soon as that is known.
fn watch_people(floor: &Arc<Floor>) {
    let (news, floor) = (floor.store.subscribe(), Arc::downgrade(floor));
    thread::spawn(move || {
        for commit in news {
            if !commit.topics.contains(&Topic::People) {
                continue;
            }
            let Some(floor) = floor.upgrade() else { return };
            let Ok(Answer::Users(users)) = floor.store.ask(Query::Users) else { continue };
            let why = Why::By("Corral".to_owned());
            floor.roster.end(&why, |_, guest| users.iter().all(|user| user.id != guest.user));
        }
    });
}

/// Begins each business day, whoever works in it.
fn watch_days(floor: &Arc<Floor>) {
    let floor = Arc::downgrade(floor);
    tokio::spawn(async move {
        loop {
            let Some(floor) = floor.upgrade() else { return };
            let roll = move || {
                rollover::roll_over(&floor.store, Db::SYSTEM, floor.clock)?;
                matches::decide(&floor.store, Db::SYSTEM, floor.clock)?;
                reports::close(&floor.store, Db::SYSTEM, floor.clock)
            };
            // what fails is done by whoever comes next
            let _ = tokio::task::spawn_blocking(roll).await;
            tokio::time::sleep(DAYS).await;
        }
    });
}

/// Makes backups when they are due, on a thread of its own: one takes its time.
fn watch_backups(floor: &Arc<Floor>) -> io::Result<()> {
    let floor = Arc::downgrade(floor);
    let watch = move || loop {
        let Some(here) = floor.upgrade() else { return };
        let (figures, settings, now) = (Arc::clone(&here.figures), here.settings(), here.clock.now());
        let zone = zone_of(&here);
        let db = here.store.path().to_owned();
        // the floor is not held up by a backup that is being made
        drop(here);
        backups::look(&figures.backups, Plan::of(&settings, &db, zone).as_ref(), &db, now);
        thread::sleep(BACKUPS);
    };
    thread::Builder::new().name("corral-backup".to_owned()).spawn(watch).map(drop)
}

/// Sees once a day to what has been kept as long as the playbooks say.
fn watch_retention(floor: &Arc<Floor>) -> io::Result<()> {
    let floor = Arc::downgrade(floor);
    let watch = move || {
        let mut seen = None;
        loop {
            let Some(here) = floor.upgrade() else { return };
            let (now, settings, db) = (here.clock.now(), here.settings(), here.store.path().to_owned());
            let zone = zone_of(&here);
            drop(here);
            let day = zone.day(now);
            if seen != Some(day) {
                let folder = settings.backup_dir.as_deref().map(Path::new);
                match retention::see_to(&db, folder, now) {
                    Ok(0) => seen = Some(day),
                    Ok(changes) => {
                        seen = Some(day);
                        tracing::info!(changes, "what had been kept long enough is gone");
                    }
                    // tried again in a moment
                    Err(error) => {
                        tracing::error!(why = error.logged(), "what has had its time is still there");
                    }
                }
            }
            thread::sleep(DAYS);
        }
    };
    thread::Builder::new().name("corral-retain".to_owned()).spawn(watch).map(drop)
}

/// The floor's zone.
fn zone_of(floor: &Floor) -> Zone {
    match floor.store.ask(Query::Me(Db::SYSTEM)) {
        Ok(Answer::Me(me)) => me.playbook.zone,
        _ => Zone::UTC,
    }
}
