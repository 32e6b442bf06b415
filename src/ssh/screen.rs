//! A channel with a terminal: bytes to input, frames to bytes, and a thread for the loop.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use crate::input::{Decoder, Input};
use crate::runtime::session::{self, Ended, How, Inbound, Prove};
use crate::runtime::signals::Signal;
use crate::ssh::figures::Figures;
use crate::ssh::floor::{Floor, Seat, Unseated};
use crate::ssh::outlet::outlet;
use crate::ssh::roster::{Stay, Why};
use crate::ssh::wire::{Ears, Heard, Mouth};
use crate::text::{Text, Words};

/// How long what may be the beginning of a key waits for the rest.
const KEY: Duration = Duration::from_millis(40);
/// How soon a session whose queue is full is tried again.
const FULL: Duration = Duration::from_millis(2);
/// How long a session that is to end may take: what is under way is saved in it.
const SAVING: Duration = Duration::from_secs(5);
/// How long a terminal may take to read what is said at the end.
const GOODBYE: Duration = Duration::from_secs(2);
/// Inputs and news that may wait for a session.
const QUEUE: usize = 128;
/// The signal a session is told that others end.
const TERMINATED: i32 = 15;

/// Why the pump stops.
enum Stop {
    /// The session is over.
    Over,
    /// The terminal is gone.
    Gone,
    /// Others end it.
    Ended(Why),
}

/// Serves a terminal until its session is over. Answers nothing: whatever happens is the end of this session alone.
pub async fn serve(floor: Arc<Floor>, seat: Seat, (mut ears, mouth): (Ears, Mouth), mut stay: Stay) {
    let (inbox, events) = session::queue_of(QUEUE);
    let (outlet, mut pieces) = outlet(inbox.clone());
    let (tell, mut told) = oneshot::channel();
    let begun = {
        let (floor, seat, inbox) = (Arc::clone(&floor), seat.clone(), inbox.clone());
        let prove = prove(&floor, seat.address);
        thread::Builder::new().name("corral-session".to_owned()).spawn(move || {
            let ended = floor.sit(&seat, outlet, (inbox, &events), prove);
            let _ = tell.send(ended);
        })
    };
    if begun.is_err() {
        mouth.say(said(&floor.words(), Text("serve.no_thread"))).await;
        mouth.leave(1).await;
        return;
    }
    let writing = async {
        while let Some(piece) = pieces.next().await {
            let bytes = piece.len();
            if !mouth.say(piece).await {
                break;
            }
            Figures::count(&floor.figures.sent, bytes);
            pieces.sent(bytes);
        }
    };
    tokio::pin!(writing);
    let mut ended = None;
    let mut all_said = false;
    let stop = tokio::select! {
        () = &mut writing => {
            all_said = true;
            Stop::Over
        }
        over = &mut told => {
            ended = Some(over);
            Stop::Over
        }
        stop = listen(&floor, &inbox, &mut ears, &mut stay) => stop,
    };
    let why = match stop {
        Stop::Over => None,
        Stop::Gone => {
            post(&inbox, Inbound::End).await;
            None
        }
        Stop::Ended(why) => {
            post(&inbox, Inbound::Told(Signal::End(TERMINATED))).await;
            Some(why)
        }
    };
    // the session's last bytes put the terminal back
    if !all_said {
        let _ = timeout(SAVING, &mut writing).await;
    }
    let over = match ended {
        Some(over) => over.ok(),
        None => timeout(SAVING, told).await.ok().and_then(Result::ok),
    };
    let words = floor.words();
    let (text, status) = farewell(&words, why.as_ref(), over);
    if over_is_panic(status) {
        Figures::count(&floor.figures.panics, 1);
    }
    if !text.is_empty() {
        let _ = timeout(GOODBYE, mouth.say(text)).await;
    }
    mouth.leave(status).await;
}

/// Looks at PINs where the door looks at passwords: few at once.
fn prove(floor: &Arc<Floor>, address: IpAddr) -> Prove<'static> {
    let (floor, runtime) = (Arc::clone(floor), Handle::current());
    Box::new(move |user, typed, told| {
        let floor = Arc::clone(&floor);
        runtime.spawn(async move { told(floor.door.prove(user, typed, address).await) });
    })
}

/// Passes on what the terminal sends, until something is the end of it.
async fn listen(floor: &Floor, inbox: &SyncSender<Inbound>, ears: &mut Ears, stay: &mut Stay) -> Stop {
    let (mut decoder, mut inputs) = (Decoder::default(), Vec::new());
    let mut pressed = Instant::now();
    loop {
        let settings = floor.settings();
        let patience = u64::try_from(settings.serve_idle).ok().filter(|minutes| *minutes > 0);
        let idle = patience.map(|minutes| pressed + Duration::from_secs(minutes * 60));
        let rest = pressed + KEY;
        let is_pending = decoder.is_pending();
        tokio::select! {
            heard = ears.hear() => match heard {
                Heard::Bytes(bytes) => {
                    pressed = Instant::now();
                    decoder.feed(&bytes, &mut inputs);
                }
                Heard::Size(size) => inputs.push(Input::Resize(size)),
                Heard::NoMore | Heard::Over => return Stop::Gone,
            },
            () = sleep_until(rest), if is_pending => decoder.flush(&mut inputs),
            why = stay.ended() => return Stop::Ended(why),
            () = sleep_until(idle.unwrap_or(rest)), if idle.is_some() => return Stop::Ended(Why::Idle),
        }
        if inputs.is_empty() {
            continue;
        }
        stay.see(floor.now());
        Figures::count(&floor.figures.inputs, inputs.len());
        for input in inputs.drain(..) {
            if !post(inbox, Inbound::Input(input)).await {
                return Stop::Over;
            }
        }
    }
}

/// Puts something into a session's queue, however long that is full: the terminal waits then. Answers whether it was taken.
async fn post(inbox: &SyncSender<Inbound>, mut event: Inbound) -> bool {
    loop {
        match inbox.try_send(event) {
            Ok(()) => return true,
            Err(TrySendError::Full(back)) => event = back,
            Err(TrySendError::Disconnected(_)) => return false,
        }
        tokio::time::sleep(FULL).await;
    }
}

/// What is said at the end, and the exit status.
fn farewell(words: &Words, why: Option<&Why>, over: Option<Result<Ended, Unseated>>) -> (Vec<u8>, u32) {
    let by_others = match why {
        Some(Why::By(name)) => Some(words.fill(Text("serve.signed_out"), &[("name", name)])),
        Some(Why::Drained) => Some(words.say(Text("serve.drained")).to_owned()),
        Some(Why::Idle) => Some(words.say(Text("serve.idle")).to_owned()),
        Some(Why::Taken) => Some(words.say(Text("serve.taken")).to_owned()),
        None => None,
    };
    let (mut lines, mut status): (Vec<String>, u32) = (by_others.into_iter().collect(), 0);
    match over {
        Some(Ok(ended)) => {
            if ended.how == How::Panicked {
                lines.push(words.say(Text("serve.panicked")).to_owned());
                status = PANICKED;
            }
            if ended.kept > 0 {
                lines.push(words.fill(Text("serve.kept"), &[("n", &ended.kept)]));
            }
            if ended.lost > 0 {
                lines.push(words.fill(Text("serve.lost"), &[("n", &ended.lost)]));
                status = status.max(1);
            }
        }
        Some(Err(error)) => {
            lines.push(error.to_string());
            status = 1;
        }
        None => {
            lines.push(words.say(Text("serve.panicked")).to_owned());
            status = PANICKED;
        }
    }
    let mut text = String::new();
    for line in lines {
        text.extend(["corral: ", &line, "\r\n"]);
    }
    (text.into_bytes(), status)
}

/// The exit status of a session that a mistake of the program ended, by custom.
const PANICKED: u32 = 101;

const fn over_is_panic(status: u32) -> bool {
    status == PANICKED
}

fn said(words: &Words, text: Text) -> Vec<u8> {
    format!("corral: {}\r\n", words.say(text)).into_bytes()
}
