//! What a session costs while nothing happens: bytes, processor, memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::Figure;
use crate::error::Failed;
use crate::memory;
use crate::place::{Place, beside};
use crate::pty::Terminal;

/// Sessions, and pollers, that idle side by side.
const SIDE_BY_SIDE: usize = 4;
/// After this long without a byte a screen is complete.
const QUIET: Duration = Duration::from_millis(500);

/// Measures sessions and bare pollers that do nothing at the same time.
pub fn measure(place: &Place, seconds: u64) -> Result<Vec<Figure>, Failed> {
    let names = place.names()?;
    let mut sessions = Vec::new();
    for _ in 0..SIDE_BY_SIDE {
        let mut session = place.product(false)?;
        session.until("the day", |lines| lines.have(&names))?;
        sessions.push(session);
    }
    for session in &mut sessions {
        session.settle(QUIET);
    }
    // rolling the day over and the like are over by then
    thread::sleep(Duration::from_secs(3));
    for session in &mut sessions {
        session.settle(QUIET);
    }
    let mut pollers = Vec::new();
    for _ in 0..SIDE_BY_SIDE {
        let mut poller = Command::new(beside("bare")?);
        poller.arg("poller").arg(&place.db).arg((seconds + 30).to_string());
        pollers.push(poller.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
    }
    thread::sleep(Duration::from_secs(1));
    let bytes = |sessions: &[Terminal]| sessions.iter().map(|session| session.bytes).sum::<usize>();
    let cost = |process: u32| processor(process);
    let total = |costs: Vec<Result<u64, Failed>>| costs.into_iter().sum::<Result<u64, Failed>>();
    let sent = bytes(&sessions);
    let own = total(sessions.iter().map(|session| cost(session.process())).collect())?;
    let floor = total(pollers.iter().map(|poller| cost(poller.id())).collect())?;
    thread::sleep(Duration::from_secs(seconds));
    let own = total(sessions.iter().map(|session| cost(session.process())).collect())? - own;
    let floor = total(pollers.iter().map(|poller| cost(poller.id())).collect())? - floor;
    for session in &mut sessions {
        session.settle(Duration::from_millis(1));
    }
    let sent = bytes(&sessions) - sent;
    for session in sessions {
        session.end("q")?;
    }
    for mut poller in pollers {
        poller.kill()?;
        poller.wait()?;
    }
    let each =
        |nanos: u64| millis(nanos) / share(SIDE_BY_SIDE) / share(usize::try_from(seconds).unwrap_or(1));
    Ok(vec![
        Figure::alone("bytes sent while idle", "B", share(sent), "0"),
        Figure::beside("processor of an idle session, a second", "ms", (each(floor), each(own)), "≤ 1.5 ×"),
    ])
}

/// Opens many sessions and shares their memory out among them.
pub fn memory(place: &Place, count: usize) -> Result<Vec<Figure>, Failed> {
    let (names, bare_names) = (place.names()?, place.bare_names()?);
    let floor = proportional(count, &bare_names, || place.bare())?;
    let own = proportional(count, &names, || place.product(false))?;
    let name = format!("proportional memory of a session, {count} at once");
    Ok(vec![Figure { target: "≤ 11 MiB", ..Figure::beside(name, "MiB", (floor, own), "") }])
}

fn proportional(
    count: usize,
    names: &[String],
    open: impl Fn() -> Result<Terminal, Failed>,
) -> Result<f64, Failed> {
    let mut sessions = Vec::new();
    for _ in 0..count {
        let mut session = open()?;
        session.until("the screen", |lines| lines.have(names))?;
        sessions.push(session);
    }
    thread::sleep(Duration::from_secs(2));
    let mut kibibytes = 0;
    for session in &sessions {
        kibibytes += memory::share(session.process())?;
    }
    for session in sessions {
        session.end("q")?;
    }
    Ok(share(kibibytes) / 1_024.0 / share(count))
}

/// What all threads of a process have had of the processor, nanoseconds.
fn processor(process: u32) -> Result<u64, Failed> {
    let mut nanos = 0;
    for task in fs::read_dir(Path::new("/proc").join(process.to_string()).join("task"))? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let first = text.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
        nanos += first.ok_or_else(|| Failed::Part("the system tells no processor time".to_owned()))?;
    }
    Ok(nanos)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2⁵²")]
fn millis(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "far below 2⁵²")]
fn share(number: usize) -> f64 {
    number as f64
}
