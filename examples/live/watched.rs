//! A screen that is watched: which of its lines must move.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::Failed;
use crate::floor::Floor;
use crate::program::{VIEWER, product};
use crate::pty::{Lines, Terminal};

/// After this long without a byte a screen is complete.
const QUIET: Duration = Duration::from_millis(250);
/// What the board and the wall call the metric, and the day.
const METRIC: &str = "Valid calls";
const TODAY: &str = "today";
/// Keys pressed at most to find a page.
const TURNS: usize = 40;
/// The mark of the selected row.
const MARK: &str = "▸";

/// A program in a terminal, and whose lines are looked at.
pub struct Watched {
    terminal: Terminal,
    /// What is in the lines that move; empty where any line under the head's clock may.
    name: String,
}

impl Watched {
    /// Today's board of valid calls, in a lead's session; somebody else than the rep is selected.
    pub fn board(floor: &Floor, home: &Path) -> Result<Self, Failed> {
        let mut watched = Self::session(floor, home, &floor.rep.name)?;
        watched.press("3")?;
        watched.turn("p", |lines| lines.line(2).contains(TODAY))?;
        watched.turn("\x1b[C", |lines| lines.line(2).contains(METRIC))?;
        let other = |lines: &Lines| selected(lines).is_some_and(|line| !line.contains(&floor.rep.name));
        watched.turn("\x1b[B", other)?;
        Ok(watched)
    }

    /// The match, in a lead's session.
    pub fn pk(floor: &Floor, home: &Path) -> Result<Self, Failed> {
        // each side's people stand under its bar with what they brought
        let mut watched = Self::session(floor, home, &floor.rep.name)?;
        watched.press("K")?;
        watched.press("\r")?;
        Ok(watched)
    }

    /// The wall's page of matches, held: its score is drawn large.
    pub fn wall(floor: &Floor, home: &Path) -> Result<Self, Failed> {
        let words = ["--user", VIEWER, "wall", "--seconds", "3600"];
        let mut watched = Self::open(floor, home, &words, "")?;
        watched.turn("\x1b[C", |lines| lines.have(&[METRIC.to_owned()]))?;
        watched.press(" ")?;
        Ok(watched)
    }

    fn session(floor: &Floor, home: &Path, name: &str) -> Result<Self, Failed> {
        Self::open(floor, home, &["--user", &floor.lead.login], name)
    }

    fn open(floor: &Floor, home: &Path, words: &[&str], name: &str) -> Result<Self, Failed> {
        fs::create_dir_all(home.join("corral"))?;
        fs::write(home.join("corral/settings.toml"), "guide = false\n")?;
        let db = floor.db.display().to_string();
        let mut all = vec!["--db".to_owned(), db, "--lang".to_owned(), "en".to_owned()];
        all.extend(words.iter().map(|word| (*word).to_owned()));
        let mut terminal = Terminal::open(&product()?, &all, home)?;
        terminal.until("a screen", |lines| !lines.line(0).trim().is_empty())?;
        terminal.settle(QUIET);
        Ok(Self { terminal, name: name.to_owned() })
    }

    fn press(&mut self, keys: &str) -> Result<(), Failed> {
        self.terminal.press(keys)?;
        self.terminal.settle(QUIET);
        Ok(())
    }

    /// Presses a key until the screen is as wanted.
    fn turn(&mut self, key: &str, wanted: impl Fn(&Lines) -> bool) -> Result<(), Failed> {
        for _ in 0..TURNS {
            if wanted(&self.terminal.lines()) {
                return Ok(());
            }
            self.press(key)?;
        }
        let lines = self.terminal.lines().0.join("\n");
        Err(Failed::Part(format!("{key:?} leads to no such page; this is there:\n{lines}")))
    }

    /// Reads on for a time.
    pub fn rest(&mut self, time: Duration) {
        self.terminal.rest(time);
    }

    /// Waits until the figures of the name move; answers when they did.
    pub fn moves(&mut self) -> Result<Instant, Failed> {
        let before = figures(&self.terminal.lines(), &self.name);
        let name = self.name.clone();
        self.terminal.until("the figure", |lines| figures(lines, &name) != before)
    }

    /// The name on the selected row.
    pub fn selected(&self) -> String {
        let lines = self.terminal.lines();
        let row = selected(&lines).unwrap_or_default();
        // beside the mark stand the rank and how far it moved
        let name = row.split_whitespace().find(|word| word.chars().all(char::is_alphabetic));
        name.unwrap_or_default().to_owned()
    }

    /// Ends it.
    pub fn end(self) -> Result<(), Failed> {
        self.terminal.end("q")
    }
}

fn selected(lines: &Lines) -> Option<String> {
    lines.0.iter().find(|line| line.contains(MARK)).cloned()
}

fn figures(lines: &Lines, name: &str) -> Vec<String> {
    lines.0.iter().skip(1).filter(|line| line.contains(name)).cloned().collect()
}
