//! The one place that knows the SSH library.
//!
//! What is offered is a session channel with a terminal or a command. Forwarding of ports, sockets, agents and windows, subsystems
//! such as sftp, and variables but the locale are refused, by not being taken up here: the library's answer to what nobody
//! handles is no. Algorithms are the few that are beyond doubt today.

pub mod keys;

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::{Algorithm, EcdsaCurve};
use russh::server::{
    self, Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, Response, RunningSession, Session,
    VerifiedPublicKey,
};
use russh::{
    Channel, ChannelId, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Disconnect, MethodKind, MethodSet,
    Preferred, Pty, SshId, cipher, compression, kex, mac,
};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use crate::domain::lists::{Came, Way};
use crate::input::Size;
use crate::ssh::door::Guess;
use crate::ssh::doorstep::Wait;
use crate::ssh::exec::{self, Kitchen, LONGEST, Order};
use crate::ssh::figures::Refused;
use crate::ssh::floor::{Floor, Seat};
use crate::ssh::keys::Identity;
use crate::ssh::roster::{Guest, Kind, Stay, Why};
use crate::ssh::screen;
use crate::store::change::sign_in::NewKey;
use crate::store::query::UserRow;
use crate::text::Text;

/// How long a refusal takes at least, whatever it is for.
const REFUSAL: Duration = Duration::from_millis(300);
/// Refusals after which the connection ends.
const REFUSALS: usize = 12;
/// Channels that one connection may have open.
const CHANNELS: usize = 8;
/// How long the client may take to hear the end.
const GOODBYE: Duration = Duration::from_secs(2);
/// Longest name of a terminal or a locale.
const NAME: usize = 60;

/// What every connection is served with.
#[derive(Debug)]
pub struct Host {
    /// The floor.
    pub floor: Arc<Floor>,
    /// How commands are run.
    pub kitchen: Kitchen,
}

/// How the server speaks SSH.
#[derive(Debug, Clone)]
pub struct Manner(Arc<Config>);

impl Manner {
    /// The manner of a server that is known by a key.
    pub fn of(identity: &Identity) -> Self {
        let preferred = Preferred {
            kex: Cow::Borrowed(&[
                kex::MLKEM768X25519_SHA256,
                kex::CURVE25519,
                kex::CURVE25519_PRE_RFC_8731,
                kex::EXTENSION_SUPPORT_AS_SERVER,
                kex::EXTENSION_OPENSSH_STRICT_KEX_AS_SERVER,
            ]),
            key: Cow::Borrowed(&[
                Algorithm::Ed25519,
                Algorithm::SkEd25519,
                Algorithm::SkEcdsaSha2NistP256,
                Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
                Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
                Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
            ]),
            host_key_certificates: Cow::Borrowed(&[]),
            cipher: Cow::Borrowed(&[cipher::CHACHA20_POLY1305, cipher::AES_256_GCM, cipher::AES_256_CTR]),
            mac: Cow::Borrowed(&[mac::HMAC_SHA512_ETM, mac::HMAC_SHA256_ETM]),
            compression: Cow::Borrowed(&[compression::NONE]),
        };
        Self(Arc::new(Config {
            // which version of what is here is nobody's business before the door
            server_id: SshId::Standard(Cow::Borrowed("SSH-2.0-corral")),
            methods: methods(&[MethodKind::PublicKey, MethodKind::KeyboardInteractive]),
            auth_rejection_time: REFUSAL,
            auth_rejection_time_initial: Some(Duration::ZERO),
            keys: vec![identity.0.clone()],
            window_size: 64 * 1_024,
            maximum_packet_size: 16 * 1_024,
            channel_buffer_size: 16,
            preferred,
            max_auth_attempts: REFUSALS,
            // a terminal that is silent is one whose owner is thinking; one that is gone does not answer
            inactivity_timeout: None,
            keepalive_interval: Some(Duration::from_secs(30)),
            keepalive_max: 3,
            nodelay: true,
            ..Config::default()
        }))
    }
}

/// Serves a connection to its end; whoever stands at the door too long is sent away, or where others need the place.
pub async fn serve(host: Arc<Host>, manner: &Manner, (stream, address): (TcpStream, IpAddr), wait: Wait) {
    let inside = Arc::new(Notify::new());
    let guest = Visitor::new(Arc::clone(&host), address, Arc::clone(&inside));
    let until = Instant::now() + host.floor.patience();
    let refused = |why| host.floor.figures.refused(why);
    let mut running = tokio::select! {
        begun = server::run_stream(Arc::clone(&manner.0), stream, guest) => match begun {
            Ok(running) => running,
            Err(_) => return,
        },
        () = wait.is_sent_away() => return refused(Refused::Crowd),
        () = sleep_until(until) => return refused(Refused::Slow),
    };
    let why = tokio::select! {
        _ = &mut running => return,
        () = inside.notified() => None,
        () = wait.is_sent_away() => Some(Refused::Crowd),
        () = sleep_until(until) => Some(Refused::Slow),
    };
    drop(wait);
    if let Some(why) = why {
        refused(why);
        return send_away(running, why).await;
    }
    // what the library says at the end of a connection is about the connection
    let _ = running.await;
}

async fn send_away(mut running: RunningSession<Visitor>, why: Refused) {
    let handle = running.handle();
    let said =
        if why == Refused::Crowd { "others need the place at the door" } else { "too long at the door" };
    let word = handle.disconnect(Disconnect::ByApplication, said.to_owned(), String::new());
    let _ = timeout(GOODBYE, word).await;
    if timeout(GOODBYE, &mut running).await.is_err() {
        tracing::debug!("a connection that was sent away is still open");
    }
}

/// What came over a channel.
#[derive(Debug)]
pub enum Heard {
    /// Bytes.
    Bytes(Vec<u8>),
    /// The terminal has another size.
    Size(Size),
    /// No bytes will follow.
    NoMore,
    /// The channel is closed, or the connection is gone.
    Over,
}

/// The hearing half of a channel.
#[derive(Debug)]
pub struct Ears(ChannelReadHalf);

impl Ears {
    /// What comes next.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match self.0.wait().await {
                Some(ChannelMsg::Data { data }) => return Heard::Bytes(data.to_vec()),
                Some(ChannelMsg::WindowChange { col_width, row_height, .. }) => {
                    return Heard::Size(size(col_width, row_height));
                }
                Some(ChannelMsg::Eof) => return Heard::NoMore,
                Some(ChannelMsg::Close) | None => return Heard::Over,
                Some(_) => {}
            }
        }
    }
}

/// The speaking half of a channel.
#[derive(Debug)]
pub struct Mouth(ChannelWriteHalf<Msg>);

impl Mouth {
    /// Says something; waits while the other end does not read, for ever where it is gone. Answers whether it was taken.
    pub async fn say(&self, bytes: Vec<u8>) -> bool {
        self.0.data_bytes(bytes).await.is_ok()
    }

    /// The same on standard error.
    pub async fn complain(&self, bytes: Vec<u8>) -> bool {
        self.0.extended_data_bytes(STANDARD_ERROR, bytes).await.is_ok()
    }

    /// Ends the channel with a status.
    pub async fn leave(&self, status: u32) {
        let leaving = async {
            let _ = self.0.exit_status(status).await;
            let _ = self.0.eof().await;
            let _ = self.0.close().await;
        };
        let _ = timeout(GOODBYE, leaving).await;
    }
}

/// The stream of standard error in RFC 4254.
const STANDARD_ERROR: u32 = 1;

/// A channel that was opened and has not begun to do something.
struct Opened {
    channel: Channel<Msg>,
    terminal: Option<(Size, String)>,
    lang: Option<String>,
}

/// What was asked at the door last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Guess,
    Second,
    /// Nothing: the client was told that it has no key.
    NoKey,
}

/// Somebody at the other end of a connection.
pub struct Visitor {
    host: Arc<Host>,
    address: IpAddr,
    inside: Arc<Notify>,
    /// The name given last; what was said at the door was said for it.
    login: String,
    /// Keys shown that are not known.
    shown: usize,
    asked: Asked,
    /// The key the client has proved to have and that is not known: what an invitation lets in.
    proved: Option<NewKey>,
    user: Option<UserRow>,
    channels: HashMap<ChannelId, Opened>,
}

impl Visitor {
    fn new(host: Arc<Host>, address: IpAddr, inside: Arc<Notify>) -> Self {
        Self {
            host,
            address,
            inside,
            login: String::new(),
            shown: 0,
            asked: Asked::Nothing,
            proved: None,
            user: None,
            channels: HashMap::new(),
        }
    }

    /// Another name begins anew.
    fn is_now(&mut self, login: &str) {
        if self.login != login {
            login.clone_into(&mut self.login);
            (self.shown, self.asked, self.proved) = (0, Asked::Nothing, None);
        }
    }

    fn ask(&mut self, asked: Asked, text: Text) -> Auth {
        self.asked = asked;
        // the cursor stands behind the question
        let prompt = format!("{} ", self.host.floor.words().say(text));
        Auth::Partial {
            name: "".into(),
            instructions: "".into(),
            prompts: vec![(prompt.into(), false)].into(),
        }
    }

    async fn answered(&mut self, login: &str, typed: String) -> Auth {
        let door = &self.host.floor.door;
        let guess = match self.asked {
            Asked::Guess => door.guess(login, typed, self.address).await,
            Asked::Second => door.second(login, &typed, self.address).await,
            Asked::Nothing | Asked::NoKey => Guess::Wrong,
        };
        self.asked = Asked::Nothing;
        match guess {
            Guess::Wrong => Auth::reject(),
            Guess::In(user) => {
                self.user = Some(*user);
                Auth::Accept
            }
            Guess::Second => self.ask(Asked::Second, Text("serve.second")),
            Guess::Invited(invited) if let Some(key) = self.proved.take() => {
                self.user = door.enrol(&invited, key, self.address).await;
                if self.user.is_some() { Auth::Accept } else { Auth::reject() }
            }
            Guess::Invited(_) => {
                self.asked = Asked::NoKey;
                let told = self.host.floor.words().say(Text("serve.no_key")).to_owned();
                Auth::Partial { name: "".into(), instructions: told.into(), prompts: Vec::new().into() }
            }
        }
    }

    /// Takes a channel that is to do something now, with a place among those who are here.
    fn begin(&mut self, id: ChannelId, kind: Kind) -> Option<(Opened, Result<Stay, Refused>)> {
        let opened = self.channels.remove(&id)?;
        let user = self.user.as_ref()?;
        let floor = &self.host.floor;
        let guest = Guest::of(user, self.address.to_canonical(), floor.now(), kind);
        Some((opened, floor.roster.enter(guest, &floor.limits())))
    }

    fn open_screen(&mut self, id: ChannelId, takes: bool, session: &mut Session) -> Result<(), russh::Error> {
        let (Some(user), true) = (self.user.clone(), self.channels.contains_key(&id)) else {
            return session.channel_failure(id);
        };
        session.channel_success(id)?;
        let (host, address) = (Arc::clone(&self.host), self.address);
        let Some(opened) = self.channels.remove(&id) else { return Ok(()) };
        let (read, write) = opened.channel.split();
        let (ears, mouth) = (Ears(read), Mouth(write));
        let Some((size, term)) = opened.terminal else {
            let words = host.floor.words();
            tokio::spawn(async move { refuse(&mouth, words.say(Text("serve.no_terminal")), 2).await });
            return Ok(());
        };
        let lang = opened.lang;
        tokio::spawn(async move {
            let floor = Arc::clone(&host.floor);
            let person = user.id;
            if takes {
                let is_other = |_: u64, guest: &Guest| guest.user == person && guest.kind == Kind::Screen;
                floor.roster.end(&Why::Taken, is_other);
                // what the other session has to save comes first
                let _ = timeout(TAKING, floor.roster.gone(is_other)).await;
            }
            let guest = Guest::of(&user, address.to_canonical(), floor.now(), Kind::Screen);
            match floor.roster.enter(guest, &floor.limits()) {
                Ok(stay) => {
                    let seat = Seat { user, address: address.to_canonical(), size, term, lang };
                    screen::serve(floor, seat, (ears, mouth), stay).await;
                }
                Err(why) => turn_away(&floor, why, &mouth).await,
            }
        });
        Ok(())
    }

    fn run_command(
        &mut self,
        id: ChannelId,
        words: Vec<String>,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let Some(user) = self.user.clone() else { return session.channel_failure(id) };
        let Some((opened, place)) = self.begin(id, Kind::Command) else {
            return session.channel_failure(id);
        };
        session.channel_success(id)?;
        let (read, write) = opened.channel.split();
        let (ears, mouth) = (Ears(read), Mouth(write));
        let (host, lang, address) = (Arc::clone(&self.host), opened.lang, self.address.to_canonical());
        tokio::spawn(async move {
            let floor = Arc::clone(&host.floor);
            match place {
                Ok(stay) => {
                    let who = (&user, address, lang.as_deref());
                    exec::serve(floor, (&host.kitchen, words), who, (ears, mouth), stay).await;
                }
                Err(why) => turn_away(&floor, why, &mouth).await,
            }
        });
        Ok(())
    }
}

/// How long somebody's other session may take to leave.
const TAKING: Duration = Duration::from_secs(8);

impl Handler for Visitor {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        self.is_now(user);
        if !keys::is_taken(offer.public_key) {
            return Ok(Auth::reject());
        }
        let door = &self.host.floor.door;
        if door.knows(user, &keys::body(offer.public_key)).await.is_some() {
            return Ok(Auth::Accept);
        }
        self.shown += 1;
        // the first one may be what an invitation is for, and a client that was told no would not show it again
        let may_be_invited = self.proved.is_none() && door.expects().await;
        Ok(if may_be_invited { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        self.is_now(user);
        let door = &self.host.floor.door;
        self.user = door.knows(user, &keys::body(key.public_key)).await;
        if let Some(known) = &self.user {
            door.note(Some(known), (Way::Key, Came::In), self.address).await;
            return Ok(Auth::Accept);
        }
        // it is the client's, which is as far as it goes: other keys are looked at, and a code is asked for
        let name = format!("{} {}", self.address.to_canonical(), key.algorithm);
        self.proved = Some(keys::known(key.public_key, &name));
        let proceed_with_methods = Some(methods(&[MethodKind::PublicKey, MethodKind::KeyboardInteractive]));
        Ok(Auth::Reject { proceed_with_methods, partial_success: true })
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _submethods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        self.is_now(user);
        let Some(mut typed) = response else { return Ok(self.ask(Asked::Guess, Text("serve.ask"))) };
        let Some(typed) = typed.next() else {
            self.asked = Asked::Nothing;
            return Ok(Auth::reject());
        };
        Ok(self.answered(user, String::from_utf8_lossy(&typed).into_owned()).await)
    }

    async fn auth_succeeded(&mut self, _session: &mut Session) -> Result<(), Self::Error> {
        self.inside.notify_one();
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        // one that is not answered is refused
        if self.user.is_some() && self.channels.len() < CHANNELS {
            self.channels.insert(channel.id(), Opened { channel, terminal: None, lang: None });
            reply.accept().await;
        }
        Ok(())
    }

    async fn channel_close(&mut self, channel: ChannelId, _session: &mut Session) -> Result<(), Self::Error> {
        self.channels.remove(&channel);
        Ok(())
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        term: &str,
        col_width: u32,
        row_height: u32,
        _pix_width: u32,
        _pix_height: u32,
        _modes: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let Some(opened) = self.channels.get_mut(&channel) else { return session.channel_failure(channel) };
        opened.terminal = Some((size(col_width, row_height), plain(term)));
        session.channel_success(channel)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        value: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        match self.channels.get_mut(&channel) {
            Some(opened) if name == "LANG" => {
                opened.lang = Some(plain(value));
                session.channel_success(channel)
            }
            _ => session.channel_failure(channel),
        }
    }

    async fn shell_request(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), Self::Error> {
        self.open_screen(channel, false, session)
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let line = std::str::from_utf8(data).ok().filter(|line| line.len() <= LONGEST);
        let order = match line {
            Some(line) => (self.host.kitchen.allow)(line),
            None => Order::Say("corral: the command is no UTF-8 text, or longer than 8 KiB\n".to_owned(), 2),
        };
        match order {
            Order::Run(words) => self.run_command(channel, words, session),
            Order::Take => self.open_screen(channel, true, session),
            Order::Say(text, status) => {
                let Some(opened) = self.channels.remove(&channel) else {
                    return session.channel_failure(channel);
                };
                session.channel_success(channel)?;
                let (_, write) = opened.channel.split();
                tokio::spawn(async move {
                    let mouth = Mouth(write);
                    let said = async {
                        if status == 0 {
                            mouth.say(text.into_bytes()).await
                        } else {
                            mouth.complain(text.into_bytes()).await
                        }
                    };
                    let _ = timeout(GOODBYE, said).await;
                    mouth.leave(status.into()).await;
                });
                Ok(())
            }
        }
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        // keys that are not known are no guesses: which of several a client has is nobody's fault
        if self.user.is_none() && self.shown > 0 {
            self.host.floor.figures.tried(Way::Key, Came::Wrong);
            tracing::info!(keys = self.shown, "somebody left the door whose keys are not known");
        }
    }
}

async fn turn_away(floor: &Floor, why: Refused, mouth: &Mouth) {
    floor.figures.refused(why);
    let words = floor.words();
    let text = match why {
        Refused::Person => words.fill(Text("serve.many"), &[("n", &floor.limits().person)]),
        Refused::Full | Refused::Address | Refused::Slow | Refused::Crowd => {
            words.say(Text("serve.full")).to_owned()
        }
    };
    refuse(mouth, &text, 1).await;
}

async fn refuse(mouth: &Mouth, text: &str, status: u32) {
    let _ = timeout(GOODBYE, mouth.complain(format!("corral: {text}\r\n").into_bytes())).await;
    mouth.leave(status).await;
}

/// A size as it was told, in bounds.
fn size(width: u32, height: u32) -> Size {
    let cells = |told: u32| u16::try_from(told).unwrap_or(u16::MAX);
    Size::clamped(cells(width), cells(height))
}

/// The name of a terminal or a locale: nothing in it that could be anything else.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.@+:".contains(*c)).take(NAME).collect()
}

fn methods(kinds: &[MethodKind]) -> MethodSet {
    kinds.into()
}
