//! Copying: through the terminal (OSC 52) when it is elsewhere, with the local tools otherwise.
//!
//! A tool may hang or be missing, so it runs off the loop with a time limit; the first that takes the text wins, and
//! where none does the text goes through the terminal after all.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Tools that take a clipboard text on standard input, by the variable that tells of their desktop.
const TOOLS: &[(&str, &[&str])] = &[
    ("WAYLAND_DISPLAY", &["wl-copy"]),
    ("DISPLAY", &["xclip", "-selection", "clipboard"]),
    ("DISPLAY", &["xsel", "--clipboard", "--input"]),
];
/// How long a tool may take.
const LIMIT: Duration = Duration::from_secs(2);
/// How often a tool is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// Where a text went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// To this machine's clipboard.
    Local,
    /// To the terminal, which may or may not pass it on.
    Terminal,
}

/// Tries this machine's clipboard tools; `false` when none took the text. Blocks up to two seconds a tool.
pub fn copy_locally(text: &str) -> bool {
    let on_mac = cfg!(target_os = "macos") && offer(&["pbcopy"], text);
    let on_windows = cfg!(windows) && offer(&["clip.exe"], text);
    on_mac
        || on_windows
        || TOOLS.iter().any(|(variable, tool)| std::env::var_os(variable).is_some() && offer(tool, text))
}

fn offer(tool: &[&str], text: &str) -> bool {
    let Some((program, arguments)) = tool.split_first() else { return false };
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = started else { return false };
    let Some(mut input) = child.stdin.take() else { return false };
    let written = input.write_all(text.as_bytes()).is_ok();
    drop(input);
    let since = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return written && status.success(),
            Ok(None) if since.elapsed() < LIMIT => std::thread::sleep(LOOK),
            _ => {
                // it hangs: leave nothing behind
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}
