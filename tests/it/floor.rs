//! A small floor to test on: a database of its own with a playbook, two teams and the people of a day.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use corral::domain::id::{IdMaker, TeamId, UserId, WriteId};
use corral::domain::lists::Role;
use corral::domain::origin::Origin;
use corral::domain::time::{Day, MINUTE_MS, Timestamp, Zone};
use corral::playbook::Playbook;
use corral::store::change::people::NewUser;
use corral::store::change::{Change, Commit, PeopleChange, Write};
use corral::store::query::board::SharedBoard;
use corral::store::query::{Answer, BoardAsk, GapLine, Query, Viewer};
use corral::store::verify::verify;
use corral::store::{Db, StoreError};

use crate::ground;

/// When the floor opens: Monday 2026-11-16, 10:00 in Shanghai.
pub const OPENS: &str = "2026-11-16T10:00:00+08:00";

/// A database in a folder of its own, gone when dropped.
pub struct Floor {
    /// The connection the floor's changes go through.
    pub db: Db,
    /// The playbook everybody works by.
    pub playbook: Arc<Playbook>,
    /// A rep of team one.
    pub rep: UserId,
    /// Another rep of team one.
    pub mate: UserId,
    /// A rep of team two.
    pub stranger: UserId,
    /// The lead of team one.
    pub lead: UserId,
    /// A manager, of no team.
    pub manager: UserId,
    /// Team one.
    pub team: TeamId,
    now: Timestamp,
    made: i64,
    tampered: Cell<bool>,
    place: PathBuf,
    folder: tempfile::TempDir,
}

impl Floor {
    /// A floor that works by a small method: pipeline `main` (new, warm, won) and brief `extra`; call outcomes `talked`,
    /// `silent`, `later`, `never`, `booked`, `sold`; a leaflet, two coupons a month, a three-step procedure.
    pub fn new() -> Self {
        Self::with(include_str!("floor/small.toml"))
    }

    /// A floor that works by a playbook's text.
    pub fn with(method: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = ground::fresh(folder.path(), "floor.db");
        Self::at(place, method, folder)
    }

    /// The small method's floor in a database of this name.
    pub fn on(place: PathBuf) -> Self {
        Self::at(place, include_str!("floor/small.toml"), tempfile::tempdir().unwrap())
    }

    fn at(place: PathBuf, method: &str, folder: tempfile::TempDir) -> Self {
        let db = Db::create(&place).unwrap();
        let nobody = UserId(0);
        let mut floor = Self {
            db,
            playbook: Arc::new(corral::playbook::source::load_text("floor", method).unwrap().playbook),
            rep: nobody,
            mate: nobody,
            stranger: nobody,
            lead: nobody,
            manager: nobody,
            team: TeamId(0),
            now: OPENS.parse().unwrap(),
            made: 0,
            tampered: Cell::new(false),
            place,
            folder,
        };
        let text = method.to_owned();
        floor.write(Db::SYSTEM, Change::People(PeopleChange::ApplyPlaybook { text })).unwrap();
        floor.manager = floor.add_user("manager", "钱经理", Role::Manager, None);
        floor.lead = floor.add_user("lead", "孙组长", Role::Lead, Some("One"));
        floor.rep = floor.add_user("rep", "王芳", Role::Rep, Some("One"));
        floor.mate = floor.add_user("mate", "李强", Role::Rep, Some("One"));
        floor.stranger = floor.add_user("stranger", "赵敏", Role::Rep, Some("Two"));
        let Answer::Teams(teams) = floor.read(&Query::Teams).unwrap() else { panic!("teams") };
        floor.team = teams.iter().find(|team| team.name == "One").unwrap().id;
        floor
    }

    /// Adds a user.
    pub fn add_user(&mut self, login: &str, name: &str, role: Role, team: Option<&str>) -> UserId {
        let user = NewUser {
            login: login.to_owned(),
            name: name.to_owned(),
            role,
            team: team.map(str::to_owned),
            rank: None,
            job: None,
        };
        let commit = self.write(Db::SYSTEM, Change::People(PeopleChange::AddUser(user))).unwrap();
        commit.effects.user.unwrap()
    }

    /// Makes a change now.
    pub fn write(&mut self, by: UserId, change: Change) -> Result<Commit, StoreError> {
        let write = self.prepare(by, change);
        self.db.write(&write)
    }

    /// A write with a fresh id, to send when and as often as a test likes.
    pub fn prepare(&mut self, by: UserId, change: Change) -> Write {
        self.made += 1;
        let id = IdMaker::new(self.now, 0).make() + self.made * 10_000;
        Write { id: WriteId(id), by, at: self.now, from: Origin::Local, change }
    }

    /// Asks.
    pub fn read(&mut self, query: &Query) -> Result<Answer, StoreError> {
        self.db.read(query)
    }

    /// A board.
    pub fn board(&mut self, ask: BoardAsk) -> Result<SharedBoard, StoreError> {
        self.read(&Query::Board(ask)).map(|answer| match answer {
            Answer::Board(board) => board,
            other => panic!("{other:?}"),
        })
    }

    /// What stands on top of somebody's screen.
    pub fn gap_line(&mut self, user: UserId) -> GapLine {
        match self.read(&Query::Gap { user, now: self.now }).unwrap() {
            Answer::Gap(line) => line,
            other => panic!("{other:?}"),
        }
    }

    /// Has a manager put somebody into a team from today on.
    pub fn move_to(&mut self, user: UserId, team: &str) {
        let moved = PeopleChange::SetUser {
            user,
            name: None,
            role: None,
            team: Some(team.to_owned()),
            rank: None,
            job: None,
            state: None,
            coach: None,
        };
        self.write(self.manager, Change::People(moved)).unwrap();
    }

    /// The time on the floor's clock.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Somebody who looks now.
    pub const fn sees(&self, id: UserId) -> Viewer {
        Viewer { id, now: self.now }
    }

    /// Opens the floor's connection anew: what it learned of users and playbooks is forgotten.
    pub fn reopen(&mut self) {
        self.db = self.second();
    }

    /// The business day on the floor's clock.
    pub fn day(&self) -> Day {
        self.zone().day(self.now)
    }

    /// The business zone.
    pub fn zone(&self) -> Zone {
        self.playbook.zone
    }

    /// Moves the clock on (or back).
    pub fn pass_minutes(&mut self, minutes: i64) {
        self.now = Timestamp(self.now.0 + minutes * MINUTE_MS);
    }

    /// Sets the clock to an RFC 3339 time.
    pub fn set_clock(&mut self, time: &str) {
        self.now = time.parse().unwrap();
    }

    /// The database: a file, or a server's address.
    pub fn path(&self) -> PathBuf {
        self.place.clone()
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Another connection to the same file, as another program would have it.
    pub fn second(&self) -> Db {
        Db::open(&self.path()).unwrap()
    }

    /// The rows of a query given as SQL, cells as text, for looking behind the store's back.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        ground::rows(&self.place, sql)
    }

    /// Runs SQL behind the store's back, to damage what it keeps.
    pub fn tamper(&self, sql: &str) {
        self.tampered.set(true);
        ground::run(&self.place, sql);
    }
}

/// After every test the derived figures must be what the facts make them.
impl Drop for Floor {
    fn drop(&mut self) {
        if self.tampered.get() || std::thread::panicking() {
            return;
        }
        let report = verify(&mut self.db).unwrap();
        assert!(report.ok, "verify: {:#?}", report.differences);
    }
}
