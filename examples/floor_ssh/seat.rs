//! Somebody at a terminal far away: a real SSH client, and a screen that every byte is drawn on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::client::{self, Handle, Msg};
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{Channel, ChannelMsg};

use crate::ground::Rep;

/// How long a frame may take before that is a failure.
const PATIENCE: Duration = Duration::from_secs(30);
/// The row that says whose call it is, and whether it has begun.
const HEAD: usize = 2;
/// What stands there in a call.
const CALLING: &str = "since ";
/// What stands there before one.
const READY: &str = "Enter starts";
/// What stands there in the day: whoever has worked through the rows that were read is there again.
const DAY: &str = "┏ Calls";
/// What stands in the last line where somebody else was faster.
const GONE: &str = "done elsewhere";
/// What stands there where the rows that were read are done and the next are on their way.
const NONE: &str = "nothing is selected";
/// How long nothing comes where everything has come.
const QUIET: Duration = Duration::from_millis(100);
/// The size of everybody's terminal.
const SIZE: (u16, u16) = (120, 36);

struct Trusting;

impl client::Handler for Trusting {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        // a server of our own, of a moment ago
        Ok(true)
    }
}

/// Somebody at a terminal.
pub struct Seat {
    _connection: Handle<Trusting>,
    channel: Channel<Msg>,
    screen: vt100::Parser,
}

impl Seat {
    /// Signs in and waits for the day.
    pub async fn take(port: u16, rep: &Rep) -> Self {
        let config =
            Arc::new(client::Config { window_size: 256 * 1_024, nodelay: true, ..Default::default() });
        let mut connection = client::connect(config, ("127.0.0.1", port), Trusting).await.unwrap();
        let key = PrivateKeyWithHashAlg::new(Arc::clone(&rep.key), None);
        let signed = connection.authenticate_publickey(&rep.login, key).await.unwrap();
        assert!(signed.success(), "{} does not come in", rep.login);
        let channel = connection.channel_open_session().await.unwrap();
        let (width, height) = SIZE;
        channel.request_pty(true, "xterm-256color", width.into(), height.into(), 0, 0, &[]).await.unwrap();
        channel.request_shell(true).await.unwrap();
        let mut seat = Self {
            _connection: connection,
            channel,
            screen: vt100::Parser::new(height.try_into().unwrap(), width.try_into().unwrap(), 0),
        };
        seat.until("the day", |seat| seat.shows(DAY)).await;
        seat
    }

    /// Types.
    pub async fn press(&mut self, keys: &str) {
        self.channel.data_bytes(keys.as_bytes().to_vec()).await.unwrap();
    }

    /// A call: Enter starts it, `1` says that nobody answered. Answers how long each took to the frame that shows it.
    pub async fn call(&mut self) -> [Duration; 2] {
        let start = loop {
            let took = self.timed("\r", &[CALLING, GONE, NONE]).await;
            if self.shows(CALLING) {
                break took;
            }
            // a promise of the team's that somebody else has kept meanwhile, or a day that is still being read
            if self.shows(GONE) {
                self.press("j").await;
            }
            self.settle(QUIET).await;
        };
        [start, self.timed("1", &[READY, DAY]).await]
    }

    /// Presses a key and waits until the head of the screen, or its last line, shows one of some texts; then until it is quiet: the
    /// card, the save, the news of it. The next key is a person's.
    async fn timed(&mut self, key: &str, shown: &[&str]) -> Duration {
        let since = Instant::now();
        self.press(key).await;
        self.until(key, |seat| shown.iter().any(|shown| seat.shows(shown))).await;
        let took = since.elapsed();
        self.settle(QUIET).await;
        took
    }

    /// Whether the head of the screen or its last line shows a text.
    fn shows(&self, text: &str) -> bool {
        let rows: Vec<String> = self.screen.screen().rows(0, SIZE.0).collect();
        [rows.get(HEAD), rows.last()].into_iter().flatten().any(|row| row.contains(text))
    }

    /// Bytes that a key brings.
    pub async fn bytes_for(&mut self, key: &str) -> usize {
        self.press(key).await;
        self.settle(Duration::from_millis(150)).await
    }

    /// Takes in what comes by itself, until nothing does for a while; answers with the bytes.
    pub async fn settle(&mut self, quiet: Duration) -> usize {
        let mut bytes = 0;
        while let Ok(Some(more)) = tokio::time::timeout(quiet, self.hear()).await {
            bytes += more;
        }
        bytes
    }

    /// Takes in what comes by itself until an instant, as a terminal does.
    pub async fn watch(&mut self, until: Instant) {
        while let Some(rest) = until.checked_duration_since(Instant::now()) {
            if let Ok(None) = tokio::time::timeout(rest, self.hear()).await {
                panic!("a session ended: {}", self.screen.screen().contents());
            }
        }
    }

    async fn until(&mut self, what: &str, is_there: impl Fn(&Self) -> bool) {
        let since = Instant::now();
        while !is_there(self) {
            let left = PATIENCE.saturating_sub(since.elapsed());
            let heard = tokio::time::timeout(left, self.hear()).await.ok().flatten();
            assert!(heard.is_some(), "'{what}' never came:\n{}", self.screen.screen().contents());
        }
    }

    /// Takes in what comes next; answers with its bytes, `None` where the session is over.
    async fn hear(&mut self) -> Option<usize> {
        loop {
            match self.channel.wait().await {
                Some(ChannelMsg::Data { data }) => {
                    self.screen.process(&data);
                    return Some(data.len());
                }
                Some(ChannelMsg::Close) | None => return None,
                Some(_) => {}
            }
        }
    }
}
