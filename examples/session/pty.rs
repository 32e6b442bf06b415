//! A program in a pseudo-terminal: keys in, bytes out with the instant each came, the screen they make.

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::error::Failed;

/// How long a screen may take to come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Size of the terminal.
pub const ROWS: u16 = 50;
/// Size of the terminal.
pub const COLUMNS: u16 = 200;

/// A program in a terminal of its own.
pub struct Terminal {
    screen: vt100::Parser,
    chunks: Receiver<(Instant, Vec<u8>)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    /// The pair lives as long as somebody holds it.
    _master: Box<dyn MasterPty + Send>,
    /// Bytes that came so far.
    pub bytes: usize,
    /// The instant the program was started.
    pub started: Instant,
}

impl Terminal {
    /// Starts a program; its settings lie in `home`.
    pub fn open(program: &Path, words: &[String], home: &Path) -> Result<Self, Failed> {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).map_err(failed)?;
        let mut command = CommandBuilder::new(program);
        command.args(words);
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
            command.env(name, home);
        }
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env_remove("NO_COLOR");
        let mut reader = pair.master.try_clone_reader().map_err(failed)?;
        let keys = pair.master.take_writer().map_err(failed)?;
        let (tell, chunks) = channel();
        thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                let chunk = buffer.get(..read).unwrap_or_default().to_vec();
                if tell.send((Instant::now(), chunk)).is_err() {
                    break;
                }
            }
        });
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).map_err(failed)?;
        drop(pair.slave);
        let whole = |size| NonZeroU16::new(size).unwrap_or(NonZeroU16::MIN);
        let screen = vt100::Parser::new(whole(ROWS), whole(COLUMNS), 0);
        Ok(Self { screen, chunks, keys, child, _master: pair.master, bytes: 0, started })
    }

    /// The program's process.
    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap_or(0)
    }

    /// Presses keys; answers with the instant.
    pub fn press(&mut self, keys: &str) -> Result<Instant, Failed> {
        let at = Instant::now();
        self.keys.write_all(keys.as_bytes())?;
        self.keys.flush()?;
        Ok(at)
    }

    /// Reads on until the screen is as wanted; answers with the instant the last byte of that came.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&Lines) -> bool) -> Result<Instant, Failed> {
        let since = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(since.elapsed());
            let (mut at, chunk) = self.chunks.recv_timeout(left).map_err(|_| {
                Failed::Part(format!(
                    "{what} never came; this was there:\n{}",
                    self.screen.screen().contents()
                ))
            })?;
            self.take(&chunk);
            // what has come by now belongs to it
            while let Ok((later, chunk)) = self.chunks.try_recv() {
                at = later;
                self.take(&chunk);
            }
            if wanted(&self.lines()) {
                return Ok(at);
            }
        }
    }

    /// Reads on for as long as bytes come with less than `pause` between them.
    pub fn settle(&mut self, pause: Duration) {
        while let Ok((_, chunk)) = self.chunks.recv_timeout(pause) {
            self.take(&chunk);
        }
    }

    /// Reads on for a time.
    pub fn rest(&mut self, time: Duration) {
        let since = Instant::now();
        loop {
            match self.chunks.recv_timeout(time.saturating_sub(since.elapsed())) {
                Ok((_, chunk)) => self.take(&chunk),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// The lines on the screen.
    pub fn lines(&self) -> Lines {
        Lines(self.screen.screen().rows(0, COLUMNS).collect())
    }

    /// Ends the program by its key, or by force.
    pub fn end(mut self, keys: &str) -> Result<(), Failed> {
        // it may have ended already
        let _ = self.press(keys);
        self.settle(Duration::from_millis(300));
        if self.child.try_wait()?.is_none() {
            self.child.kill()?;
        }
        self.child.wait()?;
        Ok(())
    }

    fn take(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len();
        self.screen.process(chunk);
    }
}

/// The lines of a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(pub Vec<String>);

impl Lines {
    /// Whether every one of some texts is somewhere.
    pub fn have(&self, texts: &[String]) -> bool {
        texts.iter().all(|text| self.0.iter().any(|line| line.contains(text.as_str())))
    }

    /// A line, counted from 0; empty beyond the last.
    pub fn line(&self, at: usize) -> &str {
        self.0.get(at).map_or("", String::as_str)
    }
}

fn failed(error: impl std::fmt::Display) -> Failed {
    Failed::Part(format!("the pseudo-terminal: {error}"))
}
