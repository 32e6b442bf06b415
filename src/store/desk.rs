//! The lead's desk (S001-123): reps × today, read from roll-ups and open tasks, whatever the count of touches; and what a lead does there.

mod attend;
mod back;
mod defer;
mod floor;
mod followed;
mod give;
pub(in crate::store) mod proactive;
mod round;
mod signals;
mod stand;
pub(in crate::store) mod stock;
mod whisper;

use crate::store::books::Books;
use crate::store::change::DeskChange;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::desk::{DeskAnswer, DeskAsk};
use crate::store::write::Work;

pub use back::back;

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &DeskChange) -> Result<(), StoreError> {
    match change {
        DeskChange::Attend { user, kind } => attend::attend(work, *user, *kind),
        DeskChange::Reassign { from, to, tasks } => give::reassign(work, *from, to, tasks),
        DeskChange::Defer { tasks } => defer::defer(work, tasks),
        DeskChange::Whisper { to, words } => whisper::whisper(work, *to, words).map(drop),
        DeskChange::Heard { whisper } => whisper::heard(work, *whisper),
        DeskChange::CallRound { team, kind, words } => round::call(work, *team, (*kind, words)),
        DeskChange::Decide(decide) => round::decide(work, decide),
        DeskChange::Settle { decision } => round::settle(work, *decision),
        DeskChange::TakeStock(wanted) => stock::decide(work, wanted),
        DeskChange::FinishStock { team } => stock::finish(work, *team),
    }
}

/// Answers a question at the desk.
pub fn ask(tx: Tx<'_>, books: &mut Books, ask: &DeskAsk) -> Result<DeskAnswer, StoreError> {
    Ok(match ask {
        DeskAsk::Floor { by, team } => DeskAnswer::Floor(Box::new(floor::floor(tx, books, *by, *team)?)),
        DeskAsk::Followed { by, team, rep, before, limit } => {
            DeskAnswer::Followed(followed::followed(tx, books, *by, (*team, *rep), (*before, *limit))?)
        }
        DeskAsk::Tail { by, team } => DeskAnswer::Tail(defer::proposal(tx, books, *by, *team)?),
        DeskAsk::Whispers { by } => DeskAnswer::Whispers(whisper::waiting(tx, *by)?),
        DeskAsk::Round { by, team, kind } => {
            DeskAnswer::Round(Box::new(round::page(tx, books, *by, (*team, *kind))?))
        }
        DeskAsk::Warnings { by, team, level, after, limit } => {
            DeskAnswer::Warnings(stand::warnings(tx, books, *by, (*team, *level), (*after, *limit))?)
        }
        DeskAsk::Signals { by, team } => DeskAnswer::Signals(signals::signals(tx, books, *by, *team)?),
        DeskAsk::Stock { by, team, after, limit } => {
            DeskAnswer::Stock(Box::new(stock::page(tx, books, *by, (*team, *after, *limit))?))
        }
        DeskAsk::StockSaved { by, team, take, after, limit } => {
            let asked = (*team, *take, (*after, *limit));
            DeskAnswer::StockSaved(Box::new(stock::saved(tx, books, *by, asked)?))
        }
    })
}
