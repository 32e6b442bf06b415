//! Where the sessions run: a copy of a floor, who signs in, what is to be seen.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use corral::domain::id::UserId;
use corral::domain::lists::{Lane, OutcomeFlag};
use corral::domain::time::Timestamp;
use corral::playbook::Playbook;
use corral::store::query::{Answer, Query, TodayAsk};
use corral::store::{Db, agenda};
use tempfile::TempDir;

use crate::error::Failed;
use crate::pty::Terminal;
use crate::writer;

/// Rows whose names must be on screen for it to be of use.
const ROWS: usize = 5;
/// Characters of a name that no column cuts off.
const CHARACTERS: usize = 3;

/// A floor to sign in to.
pub struct Place {
    folder: TempDir,
    /// The database.
    pub db: PathBuf,
    /// The one who signs in: the first rep.
    pub user: UserId,
    login: String,
    /// The instant sessions stand at.
    pub now: Timestamp,
    /// The playbook of that rep.
    pub book: Arc<Playbook>,
}

impl Place {
    /// Copies a floor.
    pub fn prepare(from: &Path, into: Option<&Path>, in_place: bool) -> Result<Self, Failed> {
        let folder = match into {
            Some(into) => tempfile::tempdir_in(into)?,
            None => tempfile::tempdir()?,
        };
        let db = if in_place { from.to_owned() } else { folder.path().join("session.db") };
        if !in_place {
            Db::open(from)?.copy_to(&db)?;
            rusqlite::Connection::open(&db)?.pragma_update(None, "journal_mode", "WAL")?;
        }
        let mut open = Db::open(&db)?;
        let first = open.snapshot(|tx, _| agenda::reps(tx))?.first().copied();
        let (Some(user), Some(now)) = (first, open.newest()?) else {
            return Err(Failed::Part("nobody works on this floor".to_owned()));
        };
        let Answer::Me(me) = open.read(&Query::Me(user))? else { return Err(strange()) };
        Ok(Self { folder, db, user, login: me.user.login, now, book: me.playbook })
    }

    /// The folder for settings of the sessions.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// The product's session; its clock stands unless it is to run.
    pub fn product(&self, runs: bool) -> Result<Terminal, Failed> {
        let mut words = vec!["--db".to_owned(), self.db.display().to_string(), "--user".to_owned()];
        words.extend([self.login.clone(), "--lang".to_owned(), "zh".to_owned()]);
        if !runs {
            words.extend(["--now".to_owned(), self.now.to_string()]);
        }
        Terminal::open(&beside("../corral")?, &words, self.home())
    }

    /// The bare program's.
    pub fn bare(&self) -> Result<Terminal, Failed> {
        let words = ["screen".to_owned(), self.db.display().to_string()];
        Terminal::open(&beside("bare")?, &words, self.home())
    }

    /// The names that the product's first screen shows at the top when its clock stands.
    pub fn names(&self) -> Result<Vec<String>, Failed> {
        self.names_at(self.now)
    }

    /// The names that the product's first screen shows at the top at an instant.
    pub fn names_at(&self, now: Timestamp) -> Result<Vec<String>, Failed> {
        let ask = TodayAsk { user: self.user, now, limit: 60, filter: String::new() };
        let Answer::Today(today) = Db::open(&self.db)?.read(&Query::Today(ask))? else {
            return Err(strange());
        };
        let first = today.pens.iter().find(|pen| !pen.rows.is_empty());
        let names = first.map(|pen| pen.rows.iter().map(|row| row.customer_name.clone()).collect());
        Ok(top(names.unwrap_or_default()))
    }

    /// The names that the bare program's screen shows at the top.
    pub fn bare_names(&self) -> Result<Vec<String>, Failed> {
        let connection = writer::open(&self.db)?;
        let day = writer::day(&connection, self.user.0, writer::newest(&connection)?)?;
        Ok(top(day.into_iter().map(|due| due.name).collect()))
    }

    /// The key that says that nobody answered.
    pub fn silent(&self) -> Result<char, Failed> {
        let heard = [OutcomeFlag::Connected, OutcomeFlag::Contact, OutcomeFlag::Dnc, OutcomeFlag::Unworkable];
        let silent = self.book.outcomes_for(Lane::Call).find(|outcome| {
            outcome.needs.is_empty() && !outcome.flags.iter().any(|flag| heard.contains(flag))
        });
        silent.map(|outcome| outcome.key).ok_or_else(|| Failed::Part("everybody answers here".to_owned()))
    }
}

fn top(names: Vec<String>) -> Vec<String> {
    names.into_iter().take(ROWS).map(|name| name.chars().take(CHARACTERS).collect()).collect()
}

/// A program that was built with this one.
pub fn beside(name: &str) -> Result<PathBuf, Failed> {
    let here = env::current_exe()?;
    let path = here.parent().map(|folder| folder.join(name)).unwrap_or_default();
    if path.exists() {
        return Ok(path);
    }
    let what =
        format!("'{}' is not there; run 'cargo build --release --bins --examples' first", path.display());
    Err(Failed::Part(what))
}

/// The store answered another question than was asked.
pub fn strange() -> Failed {
    Failed::Part("the store answered another question".to_owned())
}
