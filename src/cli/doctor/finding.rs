//! What was found: a thing, how it stands, and what to do next.

use serde_json::{Value, json};

use crate::domain::clean::clean;
use crate::text::width::{cells, pad, wrap};
use crate::text::{Text, Words};

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// As it should.
    Fine,
    /// It works; somebody may want to know.
    Warning,
    /// It keeps Corral from working, or harms.
    Wrong,
}

/// What is looked at, in the order it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Program,
    Database,
    Locks,
    Clock,
    Folders,
    Own,
    Terminal,
}

/// Something that was found.
#[derive(Debug, Clone)]
pub struct Finding {
    pub part: Part,
    pub mark: Mark,
    /// A stable word for the thing, unlike any other of its part.
    id: &'static str,
    /// The bare value, for programs.
    value: Value,
    said: String,
    next: Option<String>,
}

/// What was found of one part.
#[derive(Debug)]
pub struct Findings<'a> {
    part: Part,
    words: &'a Words,
    found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    /// Nothing yet.
    pub const fn new(part: Part, words: &'a Words) -> Self {
        Self { part, words, found: Vec::new() }
    }

    /// Adds a thing that is as it should be.
    pub fn fine(&mut self, id: &'static str, value: impl Into<Value>, said: impl Into<String>) {
        self.add(Mark::Fine, id, value.into(), &said.into(), None);
    }

    /// Adds a thing that works and that somebody may want to know of.
    pub fn warn(&mut self, id: &'static str, value: impl Into<Value>, said: impl Into<String>, next: Text) {
        let next = self.words.say(next).to_owned();
        self.add(Mark::Warning, id, value.into(), &said.into(), Some(next));
    }

    /// Adds a thing that keeps Corral from working, or harms.
    pub fn wrong(&mut self, id: &'static str, value: impl Into<Value>, said: impl Into<String>, next: Text) {
        let next = self.words.say(next).to_owned();
        self.add(Mark::Wrong, id, value.into(), &said.into(), Some(next));
    }

    /// What was found.
    pub fn all(self) -> Vec<Finding> {
        self.found
    }

    fn add(&mut self, mark: Mark, id: &'static str, value: Value, said: &str, next: Option<String>) {
        // a path or a variable may carry what steers a terminal
        let said = clean(said).into_owned();
        self.found.push(Finding { part: self.part, mark, id, value, said, next });
    }
}

impl Mark {
    const fn id(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

impl Part {
    const fn id(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Database => "database",
            Self::Locks => "locks",
            Self::Clock => "clock",
            Self::Folders => "folders",
            Self::Own => "own",
            Self::Terminal => "terminal",
        }
    }
}

impl Finding {
    /// The finding as JSON has it.
    pub fn shape(&self) -> Value {
        json!({
            "part": self.part.id(),
            "id": self.id,
            "state": self.mark.id(),
            "value": self.value,
            "said": self.said,
            "next": self.next,
        })
    }
}

/// The findings for people, part by part, in columns; broken to a width where one is known.
pub fn lines(found: &[Finding], words: &Words, width: Option<usize>) -> Vec<String> {
    let mark = |finding: &Finding| words.name("doctor_mark", finding.mark.id());
    let title = |finding: &Finding| words.name("doctor_title", finding.id);
    let marks = found.iter().map(|finding| cells(mark(finding))).max().unwrap_or(0);
    let titles = found.iter().map(|finding| cells(title(finding))).max().unwrap_or(0);
    let before = 2 + marks + 2 + titles + 2;
    // a window too narrow for a column of text breaks lines by itself
    let room = width.map(|width| width.saturating_sub(before)).filter(|room| *room >= 20);
    let broken = |text: &str, room: Option<usize>| match room {
        Some(room) => wrap(text, room),
        None => vec![text.to_owned()],
    };
    let mut lines = Vec::new();
    let mut part = None;
    for finding in found {
        if part != Some(finding.part) {
            if part.is_some() {
                lines.push(String::new());
            }
            part = Some(finding.part);
            lines.push(words.name("doctor_part", finding.part.id()).to_owned());
        }
        let mut head = format!("  {}  {}  ", pad(mark(finding), marks), pad(title(finding), titles));
        for line in broken(&finding.said, room) {
            lines.push(format!("{head}{line}").trim_end().to_owned());
            head = " ".repeat(before);
        }
        let mut head = format!("{}→ ", " ".repeat(before));
        for line in finding.next.iter().flat_map(|next| broken(next, room.map(|room| room - 2))) {
            lines.push(format!("{head}{line}"));
            head = " ".repeat(before + 2);
        }
    }
    lines
}
