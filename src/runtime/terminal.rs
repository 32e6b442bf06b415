//! The local terminal: our modes on, and off again whatever happens.
//!
//! Every mode stands once in one table, with the bytes that switch it on and off on one line; nothing else switches a
//! mode. [`TerminalGuard`] switches them on and restores exactly once: when told, when dropped, or when a panic comes,
//! before its message is printed.

use std::{
    fmt::Write as _,
    io::{self, Write},
    panic,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crossterm::{Command as _, clipboard::CopyToClipboard, terminal};

use crate::runtime::crash::Crashes;
use crate::runtime::paint::Surface;

/// Every mode we switch: its name, the bytes on, the bytes off.
const MODES: [(Mode, &str, &str); 7] = [
    (Mode::AlternateScreen, "\x1b[?1049h", "\x1b[?1049l"),
    (Mode::NoWrap, "\x1b[?7l", "\x1b[?7h"),
    (Mode::BracketedPaste, "\x1b[?2004h", "\x1b[?2004l"),
    (Mode::FocusReports, "\x1b[?1004h", "\x1b[?1004l"),
    (Mode::Mouse, "\x1b[?1000h\x1b[?1006h", "\x1b[?1006l\x1b[?1000l"),
    (Mode::BarCursor, "\x1b[6 q", "\x1b[0 q"),
    (Mode::HiddenCursor, "\x1b[?25l", "\x1b[?25h"),
];

/// Largest text that is sent to the clipboard, in bytes: many terminals drop longer sequences (about 74 KB encoded).
const COPY_LIMIT: usize = 54_000;

/// How long the terminal may take to read what puts it back.
const SETTLE: Duration = Duration::from_secs(1);

/// A mode of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    AlternateScreen,
    BarCursor,
    BracketedPaste,
    FocusReports,
    HiddenCursor,
    Mouse,
    /// A glyph in the last column must not scroll the screen.
    NoWrap,
}

/// Whether the mouse is reported; while it is, most terminals do not let a person select text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pointer {
    /// The mouse belongs to the terminal.
    #[default]
    Off,
    /// The mouse is reported to us.
    On,
}

/// Whether the line discipline of the local terminal is switched as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Raw: keys come at once and unechoed. For the local terminal.
    Raw,
    /// Left alone: there is none, as in tests and over SSH.
    AsIs,
}

/// The bytes that switch our modes on, in order.
pub fn enter_bytes(pointer: Pointer) -> String {
    MODES.iter().filter(|(mode, _, _)| wanted(*mode, pointer)).map(|(_, on, _)| *on).collect()
}

/// The bytes that switch every mode off, in the opposite order; harmless for a mode that is not on.
pub fn leave_bytes() -> String {
    let mut bytes: String = MODES.iter().rev().map(|(_, _, off)| *off).collect();
    // The pen too: what a frame left would colour the shell.
    bytes.push_str("\x1b[0m");
    bytes
}

/// The bytes that give the mouse to us or back to the terminal while a session runs.
pub fn pointer_bytes(pointer: Pointer) -> &'static str {
    MODES.iter().find(|(mode, _, _)| *mode == Mode::Mouse).map_or("", |(_, on, off)| match pointer {
        Pointer::On => on,
        Pointer::Off => off,
    })
}

/// The bytes that put a text on the clipboard of the terminal (OSC 52); `None` when it is too long for most.
///
/// Nobody answers: say "sent to your terminal", never "copied".
pub fn copy_bytes(text: &str) -> Option<String> {
    if text.len() > COPY_LIMIT {
        return None;
    }
    let mut bytes = String::new();
    CopyToClipboard::to_clipboard_from(text).write_ansi(&mut bytes).ok()?;
    Some(bytes)
}

/// The byte that rings the bell of the terminal.
pub const BELL: &str = "\x07";

/// A terminal in our modes, restored when this is dropped.
#[derive(Debug)]
pub struct TerminalGuard<W: Surface> {
    out: W,
    pointer: Pointer,
    state: Arc<State>,
}

/// What the guard and the panic hook share.
#[derive(Debug)]
struct State {
    on: AtomicBool,
    line: Line,
    /// What other threads said when they panicked, kept off the screen until it is the person's again.
    said: Mutex<Vec<String>>,
}

impl<W: Surface> TerminalGuard<W> {
    /// Switches a terminal into our modes.
    ///
    /// # Errors
    ///
    /// When the terminal refuses raw mode or the writer fails; nothing is then left switched on.
    pub fn enter(out: W, pointer: Pointer, line: Line) -> io::Result<Self> {
        let state = Arc::new(State { on: AtomicBool::new(false), line, said: Mutex::default() });
        let mut guard = Self { out, pointer, state };
        guard.resume()?;
        Ok(guard)
    }

    /// Switches our modes on again, after [`TerminalGuard::restore`] for a suspended program. Does nothing when they are.
    ///
    /// # Errors
    ///
    /// As for [`TerminalGuard::enter`].
    pub fn resume(&mut self) -> io::Result<()> {
        if self.state.on.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let switched = self.state.raw(true).and_then(|()| {
            self.out.write_all(enter_bytes(self.pointer).as_bytes())?;
            self.out.flush()
        });
        if switched.is_err() {
            let _ = self.restore();
        }
        switched
    }

    /// Takes the terminal again after the program was stopped from outside: whoever had it meanwhile switched modes as well.
    ///
    /// # Errors
    ///
    /// As for [`TerminalGuard::enter`].
    pub fn again(&mut self) -> io::Result<()> {
        if self.state.on.swap(false, Ordering::SeqCst) {
            self.state.raw(false)?;
        }
        self.resume()
    }

    /// Switches every mode off. Does nothing when they are.
    ///
    /// # Errors
    ///
    /// When the terminal or the writer fails; the rest is still tried.
    pub fn restore(&mut self) -> io::Result<()> {
        self.state.restore(&mut self.out)
    }

    /// Gives the mouse to us or back to the terminal.
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn point(&mut self, pointer: Pointer) -> io::Result<()> {
        self.pointer = pointer;
        self.out.write_all(pointer_bytes(pointer).as_bytes())?;
        self.out.flush()
    }

    /// The writer of the terminal, for frames.
    pub const fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// Makes a panic on this thread restore the terminal before it is reported and told.
    ///
    /// A panic on another thread leaves the session running; it is told when the terminal is restored.
    /// To be called once, by the thread that draws, of the program that owns the local terminal.
    pub fn restore_on_panic(&self, crashes: Crashes) {
        let state = Arc::clone(&self.state);
        let owner = thread::current().id();
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() != owner && state.on.load(Ordering::SeqCst) {
                let told = crashes.report(info);
                state.said.lock().unwrap_or_else(PoisonError::into_inner).push(told);
                return;
            }
            let _ = state.restore(&mut io::stdout());
            let told = crashes.report(info);
            let _ = writeln!(io::stderr(), "{told}");
        }));
    }
}

impl<W: Surface> Drop for TerminalGuard<W> {
    fn drop(&mut self) {
        let _ = self.restore();
    }
}

impl State {
    fn restore(&self, out: &mut impl Surface) -> io::Result<()> {
        if !self.on.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let written = out.write_all(leave_bytes().as_bytes()).and_then(|()| out.flush());
        // a terminal that does not read must not keep the program from ending
        out.settle(SETTLE);
        let cooked = self.raw(false);
        let said = std::mem::take(&mut *self.said.lock().unwrap_or_else(PoisonError::into_inner));
        if !said.is_empty() {
            let mut message = String::new();
            for line in said {
                let _ = writeln!(message, "{line}");
            }
            let _ = io::stderr().write_all(message.as_bytes());
        }
        written.and(cooked)
    }

    fn raw(&self, on: bool) -> io::Result<()> {
        match (self.line, on) {
            (Line::AsIs, _) => Ok(()),
            (Line::Raw, true) => terminal::enable_raw_mode(),
            (Line::Raw, false) => terminal::disable_raw_mode(),
        }
    }
}

fn wanted(mode: Mode, pointer: Pointer) -> bool {
    mode != Mode::Mouse || pointer == Pointer::On
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;

    fn after(bytes: &str) -> vt100::Parser {
        let mut parser = vt100::Parser::new(NonZeroU16::new(3).unwrap(), NonZeroU16::new(9).unwrap(), 0);
        parser.process(bytes.as_bytes());
        parser
    }

    #[test]
    fn what_is_switched_on_is_switched_off() {
        for pointer in [Pointer::Off, Pointer::On] {
            let on = enter_bytes(pointer);
            let parser = after(&on);
            assert!(parser.screen().alternate_screen());
            assert!(parser.screen().bracketed_paste());
            assert!(parser.screen().hide_cursor());
            let reports = parser.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None;
            assert_eq!(reports, pointer == Pointer::On);

            let parser = after(&(on + &leave_bytes()));
            assert!(!parser.screen().alternate_screen());
            assert!(!parser.screen().bracketed_paste());
            assert!(!parser.screen().hide_cursor());
            assert_eq!(parser.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        }
    }

    #[test]
    fn the_bytes_off_are_the_bytes_on_with_the_other_end() {
        for (mode, on, off) in MODES {
            if mode == Mode::BarCursor {
                continue;
            }
            let numbers = |bytes: &str| {
                let mut numbers: Vec<String> = bytes
                    .split('?')
                    .skip(1)
                    .map(|part| part.trim_end_matches(|c| !char::is_numeric(c)).to_owned())
                    .collect();
                numbers.sort();
                numbers
            };
            assert_eq!(numbers(on), numbers(off), "{mode:?}");
            assert_ne!(on, off);
        }
    }

    #[test]
    fn a_guard_restores_exactly_once() {
        let mut bytes = Vec::new();
        let mut guard = TerminalGuard::enter(&mut bytes, Pointer::Off, Line::AsIs).unwrap();
        guard.restore().unwrap();
        guard.restore().unwrap();
        drop(guard);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, enter_bytes(Pointer::Off) + &leave_bytes());
    }

    #[test]
    fn a_suspended_program_switches_on_again() {
        let mut bytes = Vec::new();
        let mut guard = TerminalGuard::enter(&mut bytes, Pointer::On, Line::AsIs).unwrap();
        guard.restore().unwrap();
        guard.resume().unwrap();
        drop(guard);
        let once = enter_bytes(Pointer::On) + &leave_bytes();
        assert_eq!(String::from_utf8(bytes).unwrap(), format!("{once}{once}"));
    }

    #[test]
    fn a_writer_that_fails_leaves_nothing_on() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        impl Surface for Broken {}
        assert!(TerminalGuard::enter(Broken, Pointer::Off, Line::AsIs).is_err());
    }

    #[test]
    fn a_copied_text_is_encoded_and_a_long_one_refused() {
        // base64 of the six bytes e5 bc a0 e5 b0 8f.
        assert_eq!(copy_bytes("张小").unwrap(), "\x1b]52;c;5byg5bCP\x1b\\");
        assert_eq!(copy_bytes(&"x".repeat(COPY_LIMIT + 1)), None);
    }
}
