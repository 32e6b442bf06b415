//! The writers as their parent sees them.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child as Process, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::Args;
use crate::error::Failed;
use crate::line::Line;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(2);

/// All writers.
#[derive(Debug)]
pub struct Crew {
    writers: Vec<Writer>,
}

/// A writer.
#[derive(Debug)]
struct Writer {
    process: Process,
    /// Changes acknowledged to it.
    made: Arc<AtomicUsize>,
    lines: Option<JoinHandle<Vec<String>>>,
}

impl Crew {
    /// Starts all writers on a floor.
    pub fn start(args: &Args, path: &Path, now: i64) -> Result<Self, Failed> {
        let writers = (0..args.writers).map(|place| Writer::start(path, (place, now, args.seed)));
        Ok(Self { writers: writers.collect::<Result<_, _>>()? })
    }

    /// Changes acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.writers.iter().map(Writer::made).sum()
    }

    /// Waits until so many changes are acknowledged; answers how long that took.
    pub fn until(&self, count: usize, patience: Duration) -> Result<Duration, Failed> {
        let since = Instant::now();
        while self.acknowledged() < count {
            if since.elapsed() > patience {
                return Err(Failed::Part(format!("no change was acknowledged for {} s", patience.as_secs())));
            }
            thread::sleep(LOOK);
        }
        Ok(since.elapsed())
    }

    /// Waits until every writer has had another change acknowledged.
    pub fn all_go_on(&self, patience: Duration) -> Result<(), Failed> {
        let since = Instant::now();
        let before: Vec<usize> = self.writers.iter().map(Writer::made).collect();
        while let Some(place) = self.writers.iter().zip(&before).position(|(w, before)| w.made() <= *before) {
            if since.elapsed() > patience {
                return Err(Failed::Part(format!("writer {place} did not go on by itself")));
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Has every writer finish what it is at; answers with all they told.
    pub fn end(mut self, differences: &mut Vec<String>) -> Result<Vec<Line>, Failed> {
        let mut told = Vec::new();
        for writer in &mut self.writers {
            drop(writer.process.stdin.take());
        }
        for writer in &mut self.writers {
            let status = writer.process.wait()?;
            if !status.success() {
                differences.push(format!("a writer ended with {status}"));
            }
            let lines = writer
                .lines
                .take()
                .map(JoinHandle::join)
                .transpose()
                .map_err(|_| Failed::Part("a reader panicked".to_owned()))?;
            for line in lines.unwrap_or_default() {
                let line = serde_json::from_str(&line);
                told.push(line.map_err(|e| Failed::Part(format!("a writer told nonsense: {e}")))?);
            }
        }
        Ok(told)
    }
}

impl Writer {
    fn start(path: &Path, (place, now, seed): (usize, i64, u64)) -> Result<Self, Failed> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("writer").arg(path).args([place.to_string(), now.to_string(), seed.to_string()]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let out = process.stdout.take().ok_or_else(|| Failed::Part("a process without a pipe".to_owned()))?;
        let made = Arc::new(AtomicUsize::new(0));
        let count = made.clone();
        let lines = thread::spawn(move || {
            let mut lines = Vec::new();
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if line.starts_with("{\"made\"") {
                    count.fetch_add(1, Ordering::AcqRel);
                }
                lines.push(line);
            }
            lines
        });
        Ok(Self { process, made, lines: Some(lines) })
    }

    fn made(&self) -> usize {
        self.made.load(Ordering::Acquire)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // one that has ended is none to be killed
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
