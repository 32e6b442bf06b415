//! What is wrong outside the session and lasts: the disk, the file, another program, the clock.
//!
//! Whoever runs the session says what it is ([`crate::app::App::set_troubles`]); it stands on the status line until it is
//! over, whatever is said in between, and a session with unsaved work asks once before it ends.

use std::time::Duration;

use crate::app::action::Act;
use crate::app::cx::Notice;
use crate::app::session::Session;
use crate::app::{good_news, whisper};
use crate::store::StoreError;
use crate::text::{Text, format};

/// Why changes are not saved yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The server cannot be reached.
    Away,
    /// Another program has been writing for long.
    Busy,
    /// The disk failed.
    Disk,
    /// The disk is full.
    Full,
    /// The file was removed or replaced.
    Gone,
    /// The answer takes long; nothing is known yet.
    Late,
    /// The file may only be read.
    ReadOnly,
    /// The server does not let the program in, or do what it has to.
    Refused,
}

impl Cause {
    /// The cause of a failure that may pass.
    pub const fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Away { .. } => Self::Away,
            StoreError::Full { .. } => Self::Full,
            StoreError::Gone { .. } => Self::Gone,
            StoreError::ReadOnly { .. } => Self::ReadOnly,
            StoreError::Refused { .. } => Self::Refused,
            StoreError::Busy { .. } => Self::Busy,
            _ => Self::Disk,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Disk => "disk",
            Self::Full => "full",
            Self::Gone => "gone",
            Self::Late => "late",
            Self::ReadOnly => "read_only",
            Self::Refused => "refused",
        }
    }
}

/// Changes that are not saved yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsaved {
    /// How many.
    pub count: usize,
    /// Why.
    pub cause: Cause,
    /// Whether they are kept on this machine, so that the next session can send them.
    pub kept: bool,
}

/// Everything that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Troubles {
    /// Changes that are not saved yet.
    pub unsaved: Option<Unsaved>,
    /// What is wrong with the database itself, so that nothing can be saved: the file is gone, the server away.
    pub database: Option<Cause>,
    /// Notes that are in memory only.
    pub notes: usize,
    /// By how many milliseconds the machine's clock is behind the session's.
    pub behind: Option<i64>,
}

/// The worst of what is wrong, for the status line; `None` when nothing is.
pub fn line(session: &Session) -> Option<String> {
    let words = &session.words;
    let Troubles { unsaved, database, notes, behind } = session.troubles;
    if let Some(Unsaved { count, cause, kept }) = unsaved {
        let cause = words.name("trouble", cause.word());
        let how = words.say(if kept { Text("trouble.kept") } else { Text("trouble.kept_here") });
        return Some(words.fill(Text("trouble.unsaved"), &[("n", &count), ("cause", &cause), ("how", &how)]));
    }
    if let Some(cause) = database {
        let waiting = session.ahead.filter(|_| cause == Cause::Away);
        return Some(match waiting {
            Some(count) => {
                let key = session.keymap.label(session.context, Act::Interrupt);
                words.fill(Text("trouble.away_ahead"), &[("n", &count), ("key", &key)])
            }
            None => words.say(idle(cause)).to_owned(),
        });
    }
    if notes > 0 {
        return Some(words.fill(Text("trouble.notes"), &[("n", &notes)]));
    }
    if let Some(count) = session.ahead {
        let key = session.keymap.label(session.context, Act::Interrupt);
        return Some(words.fill(Text("ahead.waiting"), &[("n", &count), ("key", &key)]));
    }
    // the two clocks are read one after the other: an hour to the nearest minute, not 59 min and some
    let minutes = (behind?.unsigned_abs() + 30_000) / 60_000;
    let behind = Duration::from_mins(minutes);
    Some(words.fill(Text("trouble.clock"), &[("length", &format::duration(words, behind))]))
}

/// What is said of the database while nothing waits to be saved.
const fn idle(cause: Cause) -> Text {
    match cause {
        Cause::Away => Text("trouble.away_idle"),
        Cause::Refused => Text("trouble.refused_idle"),
        _ => Text("trouble.gone_idle"),
    }
}

/// What stands on the status line: what was just said, else the worst of what is wrong, else good news.
pub fn said(session: &Session) -> Option<Notice> {
    (session.notice.clone())
        .or_else(|| line(session).map(Notice::refused))
        .or_else(|| whisper::line(session).map(Notice::done))
        .or_else(|| good_news::line(session).map(Notice::done))
}

/// What to say instead of leaving, the first time: `None` when nothing would be lost or left undone.
pub fn before_leaving(session: &Session, act: Act) -> Option<String> {
    let words = &session.words;
    let Troubles { unsaved, notes, .. } = session.troubles;
    let key = session.keymap.label(session.context, act);
    match unsaved {
        Some(Unsaved { count, kept: true, .. }) if notes == 0 => {
            Some(words.fill(Text("trouble.leave_kept"), &[("n", &count), ("key", &key)]))
        }
        None if notes == 0 => None,
        _ => {
            let count = unsaved.map_or(0, |unsaved| unsaved.count) + notes;
            Some(words.fill(Text("trouble.leave_lost"), &[("n", &count), ("key", &key)]))
        }
    }
}
