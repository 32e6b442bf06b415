//! What all sessions of a server share, and how one begins.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use crate::app::App;
use crate::app::keymap::Keymap;
use crate::app::lock::Locking;
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::input::Size;
use crate::runtime::clock::Clock;
use crate::runtime::crash::Crashes;
use crate::runtime::output::Sync;
use crate::runtime::person::{self, Folders, Left, Person};
use crate::runtime::session::{self, Ended, Inbound, Prove, Remember};
use crate::runtime::settings::{self, Settings};
use crate::runtime::steady::Steady;
use crate::runtime::terminal::{Line, Pointer, TerminalGuard};
use crate::ssh::door::Door;
use crate::ssh::figures::Figures;
use crate::ssh::news::Crier;
use crate::ssh::outlet::Outlet;
use crate::ssh::roster::{Limits, Roster};
use crate::store::StoreError;
use crate::store::query::{Answer, Me, Query, UserRow};
use crate::store::worker::Store;
use crate::text::{Lang, Words};
use crate::theme::{Depth, Theme};

/// Where the files of people lie, by sign-in name.
pub struct Home {
    /// Drafts and held changes.
    pub folders: Box<dyn Fn(&str) -> Folders + Send + std::marker::Sync>,
    /// The choices: language, look.
    pub choices: Box<dyn Fn(&str) -> PathBuf + Send + std::marker::Sync>,
    /// Theme files of the floor.
    pub themes: PathBuf,
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Home").field("themes", &self.themes).finish_non_exhaustive()
    }
}

/// How a session begins with what a person finds, on a terminal of a size.
pub type Begin = Box<dyn Fn(Person, Size, Timestamp) -> App + Send + std::marker::Sync>;

/// What is served.
pub struct Floor {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Who comes in.
    pub door: Door,
    /// Who is here.
    pub roster: Arc<Roster>,
    /// What is counted.
    pub figures: Arc<Figures>,
    crashes: Crashes,
    crier: Crier,
    home: Home,
    begin: Begin,
    settings: RwLock<Arc<Settings>>,
    words: [Arc<Words>; 2],
    looks: Mutex<Vec<(String, Depth, Arc<Theme>)>>,
    keymap: Arc<Keymap>,
}

impl fmt::Debug for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Floor").field("store", &self.store).field("home", &self.home).finish_non_exhaustive()
    }
}

/// Who sits down, at what kind of terminal.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Who.
    pub user: UserRow,
    /// From where.
    pub address: IpAddr,
    /// The terminal's size.
    pub size: Size,
    /// Its kind, as `TERM` names it.
    pub term: String,
    /// The locale, where the client told it.
    pub lang: Option<String>,
}

impl Floor {
    /// The floor of a store.
    pub fn new(store: Store, clock: Clock, crashes: Crashes, home: Home, settings: Settings) -> Self {
        let figures = Arc::<Figures>::default();
        let words = [Lang::En, Lang::Zh].map(|lang| Arc::new(Words::new(lang)));
        Self {
            door: Door::new(store.clone(), clock, Arc::clone(&figures)),
            crier: Crier::of(&store),
            store,
            clock,
            roster: Arc::default(),
            figures,
            crashes,
            home,
            begin: Box::new(Person::begin),
            settings: RwLock::new(Arc::new(settings)),
            words,
            looks: Mutex::default(),
            keymap: Arc::default(),
        }
    }

    /// The same with sessions that begin otherwise.
    #[must_use]
    pub fn beginning(self, begin: Begin) -> Self {
        Self { begin, ..self }
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other settings in force; who is here keeps what the session began with.
    pub fn set(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        // theme files may have changed with them
        self.looks.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many may be here.
    pub fn limits(&self) -> Limits {
        let settings = self.settings();
        let many = |setting: i64| usize::try_from(setting).unwrap_or(usize::MAX);
        Limits {
            sessions: many(settings.serve_sessions),
            address: many(settings.serve_address_sessions),
            person: many(settings.serve_person_sessions),
            waiting: many(settings.serve_waiting),
        }
    }

    /// How long somebody may stand at the door.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.settings().serve_handshake).unwrap_or(1))
    }

    /// The words of the server itself: at the door, and on its way out.
    pub fn words(&self) -> Arc<Words> {
        self.words_of(self.settings().language.as_deref().and_then(Lang::parse).unwrap_or_default())
    }

    /// What a person chose, over what the server has.
    pub fn choices(&self, login: &str) -> Settings {
        let own = settings::load(&(self.home.choices)(login));
        let mut settings = (*self.settings()).clone();
        if own.named.contains("language") {
            settings.language = own.settings.language;
        }
        if own.named.contains("theme") {
            settings.theme = own.settings.theme;
        }
        if own.named.contains("mouse") {
            settings.mouse = own.settings.mouse;
        }
        if own.named.contains("guide") {
            settings.guide = own.settings.guide;
        }
        settings
    }

    /// Runs the session of who sits down, on a thread of its own, to its end.
    ///
    /// # Errors
    /// What the store or the terminal says where it cannot begin.
    pub fn sit(
        &self,
        seat: &Seat,
        outlet: Outlet,
        (inbox, events): (SyncSender<Inbound>, &Receiver<Inbound>),
        prove: Prove<'_>,
    ) -> Result<Ended, Unseated> {
        let login = seat.user.login.as_str();
        let now = Steady::new(self.clock, self.store.newest()).now();
        let me = self.me(seat)?;
        let choices = self.choices(login);
        let mut left = (self.home.folders)(login).open(now);
        let pointer = person::pointer(choices.mouse, &seat.term);
        let person = Person {
            wall: None,
            me: Some(me),
            words: self.words_for(&choices, seat),
            theme: self.look(choices.theme.as_deref(), &seat.term),
            keymap: Arc::clone(&self.keymap),
            key_faults: 0,
            guide: choices.guide,
            pointer,
            // whoever comes over SSH has shown who that is
            locking: Locking::after(choices.lock_after),
            from: Origin::Ssh(seat.address),
            is_remote: true,
            open: left.open.take(),
        };
        let app = (self.begin)(person, seat.size, now);
        let choices_file = (self.home.choices)(login);
        let remember = |key: &str, value: &str| settings::remember(&choices_file, key, value);
        self.run(app, left, (outlet, pointer), (inbox, events), (Box::new(remember), prove))
    }

    /// Runs a session that is put together.
    ///
    /// # Errors
    /// What the terminal says.
    pub fn run(
        &self,
        app: App,
        left: Left,
        (outlet, pointer): (Outlet, Pointer),
        (inbox, events): (SyncSender<Inbound>, &Receiver<Inbound>),
        (remember, prove): (Remember<'_>, Prove<'_>),
    ) -> Result<Ended, Unseated> {
        self.crier.tell(inbox.clone());
        let settings = self.settings();
        let mut guard = TerminalGuard::enter(outlet.clone(), pointer, Line::AsIs)?;
        let running = session::Session {
            app,
            backend: &self.store,
            inbox,
            out: outlet,
            clock: Steady::new(self.clock, self.store.newest()),
            drafts: left.drafts,
            outbox: left.outbox,
            opened: left.opened,
            // the telephone stands beside the person, not beside the server
            dial: Vec::new(),
            remember,
            prove,
            // there is no shell to go back to
            hold: Box::new(|_| None),
            sync: if settings.synchronized { Sync::On } else { Sync::Off },
            trail: self.crashes.trail(),
            later: None,
        };
        let ended = session::run(running, events);
        // a terminal that is gone cannot be put back
        let _ = guard.restore();
        Ok(ended?)
    }

    fn me(&self, seat: &Seat) -> Result<Me, Unseated> {
        match self.store.ask(Query::Me(seat.user.id))? {
            Answer::Me(me) => Ok(*me),
            _ => Err(Unseated::Terminal(io::Error::other("the store answered another question"))),
        }
    }

    fn words_for(&self, choices: &Settings, seat: &Seat) -> Arc<Words> {
        let chosen = choices.language.as_deref().and_then(Lang::parse);
        self.words_of(chosen.unwrap_or_else(|| Lang::from_locale([seat.lang.as_deref()])))
    }

    fn words_of(&self, lang: Lang) -> Arc<Words> {
        let [en, zh] = &self.words;
        Arc::clone(if lang == Lang::Zh { zh } else { en })
    }

    /// The look, made once for all who want it.
    fn look(&self, name: Option<&str>, term: &str) -> Arc<Theme> {
        let depth = Depth::from_environment(None, None, Some(term));
        let wanted = name.unwrap_or_default();
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let known = looks.iter().find(|(name, known, _)| (name.as_str(), *known) == (wanted, depth));
        if let Some((_, _, theme)) = known {
            return Arc::clone(theme);
        }
        let (theme, faults) = person::theme(name, depth, Some(Path::new(&self.home.themes)));
        if !faults.is_empty() {
            tracing::warn!(faults = faults.len(), "a theme is not as it should be");
        }
        let theme = Arc::new(theme);
        looks.push((wanted.to_owned(), depth, Arc::clone(&theme)));
        theme
    }

    /// The instant, for what is noted of sessions.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Why a session could not begin, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum Unseated {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The terminal failed.
    #[error(transparent)]
    Terminal(#[from] io::Error),
}
