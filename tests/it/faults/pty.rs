//! The program in a real terminal, which may be resized, hung up and killed.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a screen may take to come before the test says what was there instead.
pub const PATIENCE: Duration = Duration::from_mins(3);

/// A terminal with a program in it.
pub struct Pty {
    screen: vt100::Parser,
    seen: Vec<u8>,
    bytes: Receiver<Vec<u8>>,
    keys: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    hung_up: Arc<AtomicBool>,
    reading: Option<JoinHandle<()>>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
}

impl Pty {
    /// Opens a terminal of this width and height on a command.
    pub fn open(command: CommandBuilder, (width, height): (u16, u16)) -> Self {
        let size = PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (tell, bytes) = channel();
        let hung_up = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&hung_up);
        let reading = thread::spawn(move || {
            let mut buffer = [0; 8_192];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if over.load(Ordering::SeqCst) || tell.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let screen = vt100::Parser::new(height.try_into().unwrap(), width.try_into().unwrap(), 0);
        let (keys, master, reading) = (Some(keys), Some(pair.master), Some(reading));
        Self { screen, seen: Vec::new(), bytes, keys, master, hung_up, reading, child }
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        let typed = self.keys.as_mut().unwrap();
        typed.write_all(keys.as_bytes()).unwrap();
        typed.flush().unwrap();
    }

    /// What is on the screen.
    pub fn shown(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads on until the screen shows what is asked for.
    pub fn until(&mut self, wanted: &str) {
        self.wait(&format!("'{wanted}' never came"), |shown| shown.contains(wanted));
    }

    /// Reads on until the screen does not show it any more.
    pub fn until_gone(&mut self, unwanted: &str) {
        self.wait(&format!("'{unwanted}' never went"), |shown| !shown.contains(unwanted));
    }

    /// Reads on until the screen is as wanted.
    pub fn wait(&mut self, otherwise: &str, wanted: impl Fn(&str) -> bool) {
        let since = Instant::now();
        while !wanted(&self.shown()) {
            let left = PATIENCE.saturating_sub(since.elapsed());
            let Ok(bytes) = self.bytes.recv_timeout(left) else {
                panic!("{otherwise}:\n{}", self.shown());
            };
            self.take(&bytes);
        }
    }

    /// Reads on until what was sent to the terminal is as wanted.
    pub fn wait_sent(&mut self, otherwise: &str, wanted: impl Fn(&str) -> bool) {
        let since = Instant::now();
        while !wanted(&self.sent()) {
            let left = PATIENCE.saturating_sub(since.elapsed());
            let Ok(bytes) = self.bytes.recv_timeout(left) else {
                panic!("{otherwise}:\n{}", self.shown());
            };
            self.take(&bytes);
        }
    }

    /// Makes the terminal another size.
    pub fn resize(&mut self, (width, height): (u16, u16)) {
        let size = PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 };
        self.screen.screen_mut().set_size(height.try_into().unwrap(), width.try_into().unwrap());
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    /// The program's number.
    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends the program a signal, named as `kill` names it.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// Hangs up: the terminal is gone. A text field has the keys at the time: a letter goes into it.
    pub fn hang_up(&mut self) {
        self.hung_up.store(true, Ordering::SeqCst);
        // the thread that reads has the terminal too: a letter is drawn, which wakes it
        self.press("t");
        self.reading.take().unwrap().join().unwrap();
        self.keys = None;
        self.master = None;
    }

    /// Reads on to the end of the program; answers with its exit status.
    pub fn end(&mut self) -> u32 {
        let since = Instant::now();
        loop {
            while let Ok(bytes) = self.bytes.try_recv() {
                self.take(&bytes);
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                // what it wrote last is still on its way
                while let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(100)) {
                    self.take(&bytes);
                }
                return status.exit_code();
            }
            assert!(since.elapsed() < PATIENCE, "the program does not end:\n{}", self.shown());
            if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(20)) {
                self.take(&bytes);
            }
        }
    }

    /// Everything the terminal was sent.
    pub fn sent(&self) -> String {
        String::from_utf8_lossy(&self.seen).into_owned()
    }

    /// Whether every mode that was switched on was switched off after it.
    pub fn is_left_as_it_was(&self) -> bool {
        let sent = self.sent();
        [("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?2004h", "\x1b[?2004l"), ("\x1b[?25l", "\x1b[?25h")]
            .iter()
            .all(|(on, off)| sent.rfind(off) > sent.rfind(on))
    }

    fn take(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.seen.extend_from_slice(bytes);
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // a test that fails leaves nothing running
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a process a signal.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap();
    assert!(sent.success(), "kill -s {name} {process}");
}

/// Waits until something holds that is seen from outside.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The program with nothing of this machine's settings, at home in a folder.
pub fn corral(home: &Path, arguments: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_corral"));
    command.args(arguments);
    surroundings(home, &mut command);
    command
}

/// Makes a command a stranger's on this machine.
pub fn surroundings(home: &Path, command: &mut CommandBuilder) {
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
        command.env(name, home);
    }
    command.env("TERM", "xterm-256color");
    for name in ["NO_COLOR", "CORRAL_DB", "CORRAL_USER", "CORRAL_SETTINGS"] {
        command.env_remove(name);
    }
}
