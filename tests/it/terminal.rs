//! The program in a real terminal: two keys a call, and the terminal as it was when it ends.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// How long a screen may take to come before the test says what was there instead.
const PATIENCE: Duration = Duration::from_mins(1);

/// A session of the program in a terminal of 120 by 36.
struct Terminal {
    screen: vt100::Parser,
    seen: Vec<u8>,
    bytes: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    _home: tempfile::TempDir,
}

impl Terminal {
    fn open(arguments: &[&str]) -> Self {
        let size = PtySize { rows: 36, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_corral"));
        command.args(arguments);
        let home = tempfile::tempdir().unwrap();
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env(name, home.path());
        }
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (tell, bytes) = channel();
        thread::spawn(move || {
            // the pair lives as long as somebody reads from it
            let _master = pair.master;
            let mut buffer = [0; 8_192];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if tell.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let screen = vt100::Parser::new(36.try_into().unwrap(), 120.try_into().unwrap(), 0);
        Self { screen, seen: Vec::new(), bytes, keys, child, _home: home }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Reads on until the screen shows what is asked for.
    fn until(&mut self, wanted: &str) {
        let since = Instant::now();
        while !self.screen.screen().contents().contains(wanted) {
            let left = PATIENCE.saturating_sub(since.elapsed());
            let Ok(bytes) = self.bytes.recv_timeout(left) else {
                panic!("'{wanted}' never came:\n{}", self.screen.screen().contents());
            };
            self.take(&bytes);
        }
    }

    /// Reads on to the end of the program; answers with its exit status.
    fn end(&mut self) -> u32 {
        while let Ok(bytes) = self.bytes.recv_timeout(PATIENCE) {
            self.take(&bytes);
        }
        self.child.wait().unwrap().exit_code()
    }

    fn take(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.seen.extend_from_slice(bytes);
    }

    fn last_of(&self, sequence: &str) -> Option<usize> {
        self.seen.windows(sequence.len()).rposition(|part| part == sequence.as_bytes())
    }
}

#[test]
fn two_keys_make_a_call_and_the_terminal_is_left_as_it_was() {
    let now = "2026-11-24T13:30:00+08:00";
    let mut terminal =
        Terminal::open(&["demo", "--colleagues", "0", "--user", "lixue", "--lang", "en", "--now", now]);
    terminal.until("First contact");
    // two keys: the call begins, its outcome is saved and the next customer is there
    terminal.press("\r");
    terminal.until("since 13:30");
    terminal.press("1");
    terminal.until("saved");
    terminal.until("Calls dialled +1");
    terminal.until("Enter starts");
    // it can be taken back, and everything is left in order
    terminal.press("u");
    terminal.until("undone");
    terminal.press("\x1b");
    terminal.until("Materials");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    for (on, off) in
        [("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?2004h", "\x1b[?2004l"), ("\x1b[?25l", "\x1b[?25h")]
    {
        assert!(terminal.last_of(off) > terminal.last_of(on), "{} is left on", on.escape_debug());
    }
}

#[test]
fn a_newcomer_chooses_who_to_be() {
    let now = "2026-11-24T13:30:00+08:00";
    let mut terminal = Terminal::open(&["demo", "--colleagues", "0", "--lang", "zh", "--now", now]);
    terminal.until("您是哪位");
    terminal.press("\r");
    terminal.until("今日");
    terminal.until("首次触达");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}
