//! A line whispered by who leads: shown where good news stands, before it, and never in a call (S003-22).

use std::collections::VecDeque;
use std::time::Duration;

use crate::app::cx::Cx;
use crate::app::event::{Effect, Event, Ticket};
use crate::app::session::Session;
use crate::domain::id::WhisperId;
use crate::domain::time::Timestamp;
use crate::store::change::{Change, Commit, DeskChange, Topic};
use crate::store::query::desk::WhisperRow;
use crate::store::query::{Answer, DeskAnswer, DeskAsk, Query};
use crate::text::Text;

/// How long one stands.
pub const STANDS: Duration = Duration::from_secs(20);

/// What was whispered and not yet shown.
#[derive(Debug, Clone, Default)]
pub struct Whispers {
    asked: Option<Ticket>,
    stale: bool,
    waiting: VecDeque<WhisperRow>,
    shown: Option<(WhisperRow, Timestamp)>,
    last: Option<WhisperId>,
}

/// Whether a commit may have brought a whisper to somebody: of several joined into one it is not told to whom.
fn concerns(commit: &Commit, session: &Session) -> bool {
    let owners = &commit.effects.owners;
    commit.topics.contains(&Topic::Desk) && (owners.is_empty() || owners.contains(&session.user()))
}

/// Follows what is committed and answered; to be called with every event after the layers had it.
pub fn follow(event: &Event, cx: &mut Cx<'_>) {
    match event {
        Event::Committed(commit) if concerns(commit, cx.session) => cx.session.whispers.stale = true,
        // what was said before somebody came
        Event::Answered(_, Ok(Answer::Me(_))) => cx.session.whispers.stale = true,
        Event::Answered(ticket, answer) if cx.session.whispers.asked == Some(*ticket) => {
            let whispers = &mut cx.session.whispers;
            whispers.asked = None;
            if let Ok(Answer::Desk(DeskAnswer::Whispers(rows))) = answer {
                let known = whispers.last;
                let fresh = rows.iter().filter(|row| known.is_none_or(|known| row.id > known)).cloned();
                whispers.waiting.extend(fresh);
                whispers.last = rows.last().map(|row| row.id).max(known);
            }
        }
        _ => {}
    }
    ask(cx);
    advance(cx);
}

fn ask(cx: &mut Cx<'_>) {
    if !cx.session.whispers.stale || cx.session.whispers.asked.is_some() || cx.session.me.is_none() {
        return;
    }
    cx.session.whispers.stale = false;
    let by = cx.viewer();
    let ticket = cx.read(Query::Desk(DeskAsk::Whispers { by }));
    cx.session.whispers.asked = Some(ticket);
}

/// Shows the next, unless one stands or it is to wait: in a call nothing distracts. Who whispered is told that it was shown.
fn advance(cx: &mut Cx<'_>) {
    let now = cx.now();
    let stands = i64::try_from(STANDS.as_millis()).unwrap_or(i64::MAX);
    let whispers = &mut cx.session.whispers;
    if whispers.shown.as_ref().is_some_and(|(_, since)| now.since(*since) >= stands) {
        whispers.shown = None;
    }
    if whispers.shown.is_some() || cx.session.in_call {
        return;
    }
    if let Some(next) = cx.session.whispers.waiting.pop_front() {
        let whisper = next.id;
        cx.session.whispers.shown = Some((next, now));
        cx.quietly(Change::Desk(DeskChange::Heard { whisper }));
        cx.effect(Effect::Wake(STANDS));
    }
}

/// What stands on the line in words; `None` where nothing does, and in a call.
pub fn line(session: &Session) -> Option<String> {
    let (whisper, _) = session.whispers.shown.as_ref().filter(|_| !session.in_call)?;
    Some(session.words.fill(Text("desk.whispered"), &[("name", &whisper.by.1), ("words", &whisper.words)]))
}
