//! The wall in its terminal: what it shows, what it costs.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::{Failed, print};
use crate::memory;
use crate::program::{VIEWER, product};
use crate::pty::{Lines, Terminal};

/// How long a page stands, seconds: in an hour each is shown many times.
const STANDS: u64 = 5;
/// After this long without a byte a page that is held is complete: longer than its least time between two readings.
const QUIET: Duration = Duration::from_millis(2_500);
/// What the head line says where the server is away.
const AWAY: &str = "away · figures of";
/// Between two lines about memory.
const TELL: Duration = Duration::from_mins(5);

/// A wall.
pub struct Hung {
    terminal: Terminal,
    begun: Instant,
    memory: Memory,
}

/// What a wall cost.
#[derive(Debug, Default)]
pub struct Memory {
    /// KiB, one each look.
    looks: Vec<(Duration, usize)>,
    /// Bytes sent to the terminal.
    pub bytes: usize,
    /// Pages compared with those of a wall that was just started.
    pub compared: usize,
}

impl Memory {
    /// The median of the second minute: every page has been shown by then.
    pub fn settled(&self) -> usize {
        let minute = Duration::from_mins(1);
        let mut second: Vec<usize> = self
            .looks
            .iter()
            .filter(|(at, _)| (minute..minute * 2).contains(at))
            .map(|look| look.1)
            .collect();
        second.sort_unstable();
        second.get(second.len() / 2).or(second.last()).copied().unwrap_or_default()
    }

    /// The most at any look.
    pub fn most(&self) -> usize {
        self.looks.iter().map(|look| look.1).max().unwrap_or_default()
    }

    /// At the last look.
    pub fn last(&self) -> usize {
        self.looks.last().map(|look| look.1).unwrap_or_default()
    }
}

impl Hung {
    /// Starts one and waits until it shows its first page.
    pub fn start(floor: &Path, home: &Path) -> Result<Self, Failed> {
        let terminal = open(floor, home)?;
        let begun = terminal.started;
        Ok(Self { terminal, begun, memory: Memory::default() })
    }

    /// Lets it hang, and notes its memory.
    pub fn hang_until(&mut self, end: Instant, look: Duration, made: impl Fn() -> u64) -> Result<(), Failed> {
        let mut told = Instant::now();
        while Instant::now() < end {
            self.terminal.rest(look.min(end.saturating_duration_since(Instant::now())));
            let now = memory::share(self.terminal.process())?;
            self.memory.looks.push((self.begun.elapsed(), now));
            if told.elapsed() >= TELL {
                told = Instant::now();
                print(&format!("{:4} s: {now} KiB, {} changes", self.begun.elapsed().as_secs(), made()))?;
            }
        }
        Ok(())
    }

    /// While the server is away: that is said on the head line, and the figures that were there stay on their pages.
    pub fn stays_through(&mut self, time: Duration) -> Vec<String> {
        let mut wrong = Vec::new();
        let since = Instant::now();
        self.terminal.rest(time / 2);
        let lines = self.terminal.lines();
        if !lines.have(&[AWAY.to_owned()]) {
            wrong.push(format!("half way through a stop the head line says: {}", lines.line(0)));
        }
        self.terminal.rest(time.saturating_sub(since.elapsed()));
        if self.terminal.lines().0.iter().filter(|line| !line.trim().is_empty()).count() < 10 {
            wrong.push("while the server was away the page was empty".to_owned());
        }
        wrong
    }

    /// Waits until the head line does not say any more that the server is away; answers how long that took.
    pub fn goes_on(&mut self) -> Result<Duration, Failed> {
        let since = Instant::now();
        if self.terminal.lines().line(0).contains(AWAY) {
            self.terminal.until("the server again", |lines| !lines.line(0).contains(AWAY))?;
        }
        Ok(since.elapsed())
    }

    /// Compares every page with that of a wall that was just started, while nobody works; answers with the lines that differ.
    pub fn equals_a_new_one(&mut self, floor: &Path, home: &Path) -> Result<Vec<String>, Failed> {
        let mut other = open(floor, home)?;
        for wall in [&mut self.terminal, &mut other] {
            wall.press(" ")?;
            wall.settle(QUIET);
            back_to_the_first(wall)?;
        }
        let mut wrong = Vec::new();
        let (_, many) = page(&self.terminal.lines())?;
        for number in 1..=many {
            for (old, new) in differences(&self.terminal.lines(), &other.lines()) {
                wrong.push(format!("page {number}: «{old}» where a new one has «{new}»"));
            }
            self.memory.compared += 1;
            for wall in [&mut self.terminal, &mut other] {
                wall.press("\x1b[C")?;
                wall.settle(QUIET);
            }
        }
        self.terminal.press(" ")?;
        other.end("q")?;
        Ok(wrong)
    }

    /// Ends it; answers with what it cost.
    pub fn end(mut self) -> Result<Memory, Failed> {
        self.memory.bytes = self.terminal.bytes;
        self.terminal.end("q")?;
        Ok(self.memory)
    }
}

fn open(floor: &Path, home: &Path) -> Result<Terminal, Failed> {
    let db = floor.display().to_string();
    let words = ["--db", &db, "--user", VIEWER, "--lang", "en", "wall", "--seconds", &STANDS.to_string()];
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let mut terminal = Terminal::open(&product()?, &words, home)?;
    terminal.until("the first page", |lines| page(lines).is_ok())?;
    terminal.settle(Duration::from_millis(500));
    Ok(terminal)
}

/// The page that is shown, of how many: `3/8` on the head line.
fn page(lines: &Lines) -> Result<(usize, usize), Failed> {
    let number = |text: &str| text.parse::<usize>().ok();
    let head = lines.line(0);
    let found =
        head.split_whitespace().find_map(|word| word.split_once('/').map(|(a, b)| (number(a), number(b))));
    match found {
        Some((Some(at), Some(of))) => Ok((at, of)),
        _ => Err(Failed::Part(format!("no page is named in: {head}"))),
    }
}

fn back_to_the_first(wall: &mut Terminal) -> Result<(), Failed> {
    let (at, _) = page(&wall.lines())?;
    for _ in 1..at {
        wall.press("\x1b[D")?;
        wall.settle(Duration::from_millis(300));
    }
    wall.settle(QUIET);
    match page(&wall.lines())? {
        (1, _) => Ok(()),
        (at, of) => Err(Failed::Part(format!("the wall stands at page {at} of {of}, not at the first"))),
    }
}

/// The lines that differ, but for the head with its clock and the foot with good news.
fn differences(old: &Lines, new: &Lines) -> Vec<(String, String)> {
    let body = |lines: &Lines| -> Vec<String> {
        let many = lines.0.len();
        lines.0.iter().take(many.saturating_sub(1)).skip(1).map(|line| line.trim_end().to_owned()).collect()
    };
    body(old).into_iter().zip(body(new)).filter(|(old, new)| old != new).collect()
}
