//! The threads that write and read.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::Reply;
use super::desk::{Desk, Reader};
use super::news::Shared;
use crate::store::change::{Commit, Write};
use crate::store::db::{Beside, Db};
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::query::{Answer, Query};

/// Changes in one commit, at most.
const GROUP: usize = 64;
/// Time after which a group takes no more changes, so that other programs get their turn.
const GROUP_TIME: Duration = Duration::from_millis(25);

/// Bytes of room got at once: just less than what glibc asks the system for by itself.
const PIECE: usize = 120 << 10;
/// Pieces of room for a reader: its pages, and the rows of an answer.
const PIECES: usize = 24;
/// Bytes that stay in use above them: more than what glibc keeps in its lists of small ones.
const LID: usize = 4 << 10;

/// A commit that takes longer is told in the log.
const SLOW: Duration = Duration::from_millis(250);

/// Makes changes until the queue is closed. The connection is opened with the first change.
pub fn write(beside: &Beside, queue: &Receiver<(Write, Reply<Commit>)>, shared: &Shared) {
    let mut open: Option<Db> = None;
    while let Ok((first, reply)) = queue.recv() {
        let db = match &mut open {
            Some(db) => db,
            none => match Db::beside(beside) {
                Ok(db) => none.insert(db),
                Err(error) => {
                    answer(reply, Err(error));
                    continue;
                }
            },
        };
        let mut replies = vec![reply];
        let kind = journal::kind(&first.change);
        let mut first = Some(first);
        let begun = Instant::now();
        let next = || {
            if let Some(first) = first.take() {
                shared.announce(first.id);
                return Some(first);
            }
            if replies.len() >= GROUP || begun.elapsed() >= GROUP_TIME {
                return None;
            }
            let (write, reply) = queue.try_recv().ok()?;
            replies.push(reply);
            shared.announce(write.id);
            Some(write)
        };
        let Ok(done) = catch_unwind(AssertUnwindSafe(|| db.write_group(next))) else {
            db.reset();
            tracing::error!(kind, "making a change panicked");
            for reply in replies {
                answer(reply, Err(failed("making a change")));
            }
            continue;
        };
        let took = begun.elapsed();
        if took >= SLOW {
            tracing::warn!(kind, changes = done.len(), ms = took.as_millis(), "a commit was slow");
        }
        for ((write, made), reply) in done.into_iter().zip(replies) {
            let kind = journal::kind(&write.change);
            match &made {
                Ok(commit) => tracing::debug!(kind, replayed = commit.replayed, "a change was made"),
                Err(error) => log_refusal(kind, error),
            }
            let news = made.as_ref().ok().filter(|commit| !commit.replayed).cloned();
            if news.is_none() {
                shared.retract(write.id);
            }
            answer(reply, made);
            if let Some(commit) = news {
                shared.tell(&commit);
            }
        }
        db.tidy();
    }
}

/// Answers questions until the desk is closed, over the connection given; without one it is opened with the first question that
/// comes here.
pub fn read(mut open: Option<Db>, beside: &Beside, desk: &Desk<(Query, Reply<Answer>)>, reader: Reader) {
    let _room = make_room();
    while let Some((query, reply)) = desk.take(reader) {
        let db = match &mut open {
            Some(db) => db,
            none => match Db::reader_beside(beside) {
                Ok(db) => none.insert(db),
                Err(error) => {
                    answer(reply, Err(error));
                    continue;
                }
            },
        };
        let found = catch_unwind(AssertUnwindSafe(|| db.read(&query)));
        let found = found.unwrap_or_else(|_| {
            db.reset();
            tracing::error!("answering a question panicked");
            Err(failed("answering a question"))
        });
        if let Err(error) = &found {
            tracing::warn!(why = error.logged(), "a question was not answered");
        }
        answer(reply, found);
    }
}

/// Has the allocator get room for this thread in large pieces; what is answered is held as long as the thread runs.
///
/// glibc grows the memory of a thread that is not the first by what is asked for, which is a page where SQLite reads one, and asks
/// the system each time: that took as long as reading the pages. Only what is used of the room becomes memory.
fn make_room() -> Vec<u8> {
    let pieces: Vec<Vec<u8>> = (0..PIECES).map(|_| black_box(Vec::with_capacity(PIECE))).collect();
    // the last one stays: room at the very end would be given back at once
    let lid = black_box(Vec::with_capacity(LID));
    drop(pieces);
    lid
}

/// What a rule refuses is the day's work; what the disk or the program refuses is the admin's.
fn log_refusal(kind: &str, error: &StoreError) {
    if error.is_fault() {
        tracing::warn!(kind, why = error.logged(), "a change was not made");
    } else {
        tracing::debug!(kind, why = error.logged(), "a change was refused");
    }
}

/// A reply that panics ends a session, not the store.
fn answer<T>(reply: Reply<T>, answer: Result<T, StoreError>) {
    let _ = catch_unwind(AssertUnwindSafe(|| reply(answer)));
}

fn failed(doing: &str) -> StoreError {
    StoreError::Engine {
        doing: doing.to_owned(),
        what: "the program made a mistake; nothing was changed".to_owned(),
    }
}
