//! Matches between people and teams (S001-109): agreed on, counted from the day's roll-ups and the journal, decided once.
//!
//! Nothing is kept of a match while it runs: its score is read anew each time. What was decided is written once
//! (`decide`) and never again; what is corrected later is read beside it (`card`).

mod answer;
mod card;
pub(in crate::store) mod count;
mod decide;
mod dispute;
pub(in crate::store) mod kept;
mod list;
mod nemesis;
mod propose;
mod score;
mod stand;

use crate::store::books::Books;
use crate::store::change::PkChange;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::pk::{PkAnswer, PkAsk};
use crate::store::write::Work;

pub use answer::back as answered_back;
pub use dispute::back as disputed_back;
pub use propose::back as proposed_back;

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &PkChange) -> Result<(), StoreError> {
    match change {
        PkChange::Propose(plan) => propose::propose(work, plan),
        PkChange::Accept { pk } => answer::accept(work, *pk),
        PkChange::Decline { pk, reason } => answer::decline(work, *pk, reason),
        PkChange::Withdraw { pk, reason } => answer::withdraw(work, *pk, reason),
        PkChange::Decide { pk, round } => decide::decide(work, *pk, *round),
        PkChange::Dispute { pk, reason } => dispute::dispute(work, *pk, reason),
        PkChange::Settle { pk, verdict, winner, words } => {
            dispute::settle(work, *pk, (*verdict, *winner), words)
        }
        PkChange::Nemesis { whom } => nemesis::choose(work, *whom),
    }
}

/// Answers a question about matches.
pub fn ask(tx: Tx<'_>, books: &mut Books, ask: &PkAsk) -> Result<PkAnswer, StoreError> {
    Ok(match ask {
        PkAsk::List { by, ended, limit } => PkAnswer::List(list::list(tx, books, *by, (*ended, *limit))?),
        PkAsk::One { pk, by } => PkAnswer::One(Box::new(card::one(tx, books, *pk, *by)?)),
        PkAsk::Due { now, limit } => PkAnswer::Due(list::due(tx, *now, *limit)?),
        PkAsk::Nemesis { by } => PkAnswer::Nemesis(nemesis::read(tx, books, *by)?),
    })
}
