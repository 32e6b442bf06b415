//! What a server counts, and the page of it that a monitor reads (Prometheus's text format).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::domain::lists::{Came, Way};
use crate::domain::time::Timestamp;
use crate::runtime::backups::Backups;

/// How long whoever reads the page may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a connection or a session was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// As many sessions as may be.
    Full,
    /// As many from this address as may be.
    Address,
    /// As many of this person as may be.
    Person,
    /// Too long at the door.
    Slow,
    /// The longest at the door, where others needed the place.
    Crowd,
}

impl Refused {
    const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Address => "address",
            Self::Person => "person",
            Self::Slow => "slow",
            Self::Crowd => "crowd",
        }
    }
}

/// What is counted since the start.
#[derive(Debug)]
pub struct Figures {
    begun: Instant,
    /// Connections taken.
    pub connections: AtomicU64,
    /// Bytes sent to terminals.
    pub sent: AtomicU64,
    /// Inputs taken from terminals.
    pub inputs: AtomicU64,
    /// Commands run.
    pub commands: AtomicU64,
    /// Sessions that a mistake of the program ended.
    pub panics: AtomicU64,
    /// How it stands with the backups.
    pub backups: Backups,
    tries: Mutex<BTreeMap<(Way, Came), u64>>,
    refused: Mutex<BTreeMap<Refused, u64>>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            connections: AtomicU64::default(),
            sent: AtomicU64::default(),
            inputs: AtomicU64::default(),
            commands: AtomicU64::default(),
            panics: AtomicU64::default(),
            backups: Backups::default(),
            tries: Mutex::default(),
            refused: Mutex::default(),
        }
    }
}

impl Figures {
    /// Counts one.
    pub fn count(figure: &AtomicU64, by: usize) {
        figure.fetch_add(by as u64, Ordering::Relaxed);
    }

    /// Counts a try to come in.
    pub fn tried(&self, way: Way, came: Came) {
        *self.tries.lock().unwrap_or_else(PoisonError::into_inner).entry((way, came)).or_default() += 1;
    }

    /// Counts what was not taken.
    pub fn refused(&self, why: Refused) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(why).or_default() += 1;
    }

    /// How long the server runs.
    pub fn runs(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The page, with so many screens and commands here now.
    pub fn page(&self, screens: usize, commands: usize) -> String {
        let mut page = String::new();
        let mut family = |name: &str, kind: &str, help: &str, rows: Vec<(String, u64)>| {
            let _ = writeln!(page, "# HELP corral_{name} {help}\n# TYPE corral_{name} {kind}");
            for (labels, value) in rows {
                let _ = writeln!(page, "corral_{name}{labels} {value}");
            }
        };
        let plain = |value: u64| vec![(String::new(), value)];
        let read = |figure: &AtomicU64| vec![(String::new(), figure.load(Ordering::Relaxed))];
        let here = vec![
            ("{kind=\"screen\"}".to_owned(), screens as u64),
            ("{kind=\"command\"}".to_owned(), commands as u64),
        ];
        family("sessions", "gauge", "Sessions here now.", here);
        family("uptime_seconds", "gauge", "Seconds since the start.", plain(self.runs().as_secs()));
        family("resident_bytes", "gauge", "Memory of the server.", plain(resident()));
        family("connections_total", "counter", "Connections taken.", read(&self.connections));
        family("commands_total", "counter", "Commands run.", read(&self.commands));
        family("inputs_total", "counter", "Keys and other inputs of terminals.", read(&self.inputs));
        family("sent_bytes_total", "counter", "Bytes sent to terminals.", read(&self.sent));
        family(
            "panics_total",
            "counter",
            "Sessions that a mistake of the program ended.",
            read(&self.panics),
        );
        if let Some(standing) = self.backups.standing() {
            let at = |at: Option<Timestamp>| at.and_then(|at| u64::try_from(at.0 / 1_000).ok());
            let at = |instant| at(instant).map(|seconds| (String::new(), seconds)).into_iter().collect();
            let name = "backup_last_timestamp_seconds";
            family(name, "gauge", "When the last good backup was made.", at(standing.last));
            family("backup_due_timestamp_seconds", "gauge", "When the next is due.", at(standing.due));
            let failing = plain(u64::from(standing.failed.is_some()));
            family("backup_failing", "gauge", "Whether the last try failed.", failing);
            family("backup_failures_total", "counter", "Tries that failed.", plain(standing.failures));
            family("backups_total", "counter", "Backups made and verified.", plain(standing.made));
        }
        let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rows =
            tries.into_iter().map(|((way, came), n)| (format!("{{way=\"{way}\",came=\"{came}\"}}"), n));
        family("sign_ins_total", "counter", "Tries to come in.", rows.collect());
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rows = refused.into_iter().map(|(why, n)| (format!("{{why=\"{}\"}}", why.word()), n));
        family("refused_total", "counter", "Connections and sessions that were not taken.", rows.collect());
        page
    }
}

/// Memory of this program, in bytes; 0 where the system does not say.
pub fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages: Option<u64> = pages.and_then(|text| text.split(' ').nth(1)?.parse().ok());
    #[cfg(unix)]
    let size = rustix::param::page_size() as u64;
    #[cfg(not(unix))]
    let size = 0;
    pages.unwrap_or(0) * size
}

/// Gives the page to whoever asks on an address of this machine.
///
/// # Errors
/// When the address is another machine's to reach, or taken.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    if !address.ip().is_loopback() {
        let what =
            format!("figures are for this machine: '{address}' can be reached from others; use 127.0.0.1");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    TcpListener::bind(address).await
}

/// Answers every question with the page.
pub async fn answer(listener: TcpListener, page: Arc<dyn Fn() -> String + Send + Sync>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let page = Arc::clone(&page);
        tokio::spawn(async move {
            let _ = tokio::time::timeout(PATIENCE, give(stream, page.as_ref())).await;
        });
    }
}

async fn give(mut stream: TcpStream, page: &(dyn Fn() -> String + Send + Sync)) -> io::Result<()> {
    // what exactly is asked for is all the same; its end is what is waited for
    let mut asked = Vec::new();
    let mut piece = [0; 1_024];
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") && asked.len() < 8_192 {
        let n = stream.read(&mut piece).await?;
        if n == 0 {
            return Ok(());
        }
        asked.extend_from_slice(piece.get(..n).unwrap_or_default());
    }
    let page = page();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        page.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(page.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_what_was_counted() {
        let figures = Figures::default();
        Figures::count(&figures.sent, 1_500);
        figures.tried(Way::Password, Came::Wrong);
        figures.tried(Way::Password, Came::Wrong);
        figures.refused(Refused::Slow);
        let page = figures.page(3, 1);
        for line in [
            "corral_sessions{kind=\"screen\"} 3",
            "corral_sent_bytes_total 1500",
            "corral_sign_ins_total{way=\"password\",came=\"wrong\"} 2",
            "corral_refused_total{why=\"slow\"} 1",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
        }
    }

    #[tokio::test]
    async fn figures_are_told_on_this_machine_only() {
        assert!(listen("0.0.0.0:0".parse().unwrap()).await.is_err());
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(answer(listener, Arc::new(|| "corral_sessions 0\n".to_owned())));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).await.unwrap();
        assert!(
            told.starts_with("HTTP/1.1 200 OK\r\n") && told.ends_with("\r\n\r\ncorral_sessions 0\n"),
            "{told}"
        );
    }
}
