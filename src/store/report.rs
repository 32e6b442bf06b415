//! Reports that write themselves (S001-107): worked out from the roll-ups and the facts, kept once, annotated after.
//!
//! `figures` works out what stands in one, `finds` what does not go together. `hand` keeps it; `card` shows what was kept
//! beside what is so now. `health` reads the sums of months; `funnel` and `value` read the same facts by cohort and against the first weeks.

mod card;
mod due;
mod figures;
mod finds;
mod funnel;
mod hand;
mod health;
pub(in crate::store) mod kept;
mod team;
mod value;

use crate::store::books::Books;
use crate::store::change::ReportChange;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::report::{ReportAnswer, ReportAsk};
use crate::store::write::Work;

pub(in crate::store) use card::{check, relation};
pub(in crate::store) use figures::{LATE_DAYS, execution};
pub use hand::{Before, commented_back, handed_back};
pub use health::noted_back;

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &ReportChange) -> Result<(), StoreError> {
    match change {
        ReportChange::HandIn { of, lines } => hand::hand_in(work, *of, lines),
        ReportChange::Close { who, period, first } => hand::close(work, who, (*period, *first)),
        ReportChange::Comment { of, words, tasks } => hand::comment(work, *of, words, tasks),
        ReportChange::NoteHealth { team, quarter, words } => health::note(work, *team, *quarter, words),
    }
}

/// Answers a question about reports.
pub fn ask(tx: Tx<'_>, books: &mut Books, ask: &ReportAsk) -> Result<ReportAnswer, StoreError> {
    Ok(match ask {
        ReportAsk::One { whose, period, back, by } => {
            ReportAnswer::One(Box::new(card::one(tx, books, *whose, (*period, *back), *by)?))
        }
        ReportAsk::Team { team, period, back, by } => {
            ReportAnswer::Team(Box::new(team::team(tx, books, *team, (*period, *back), *by)?))
        }
        ReportAsk::Due { now, limit } => ReportAnswer::Due(due::due(tx, books, *now, *limit)?),
        ReportAsk::Funnel(ask) => ReportAnswer::Funnel(Box::new(funnel::sheet(tx, books, ask)?)),
        ReportAsk::FunnelRows(ask) => ReportAnswer::FunnelRows(funnel::rows(tx, books, ask)?),
        ReportAsk::Value { by } => ReportAnswer::Value(Box::new(value::report(tx, books, *by)?)),
        ReportAsk::Health { back, by } => {
            ReportAnswer::Health(Box::new(health::report(tx, books, *back, *by)?))
        }
        ReportAsk::ValueRows { line, by, after, limit } => {
            ReportAnswer::ValueRows(value::rows(tx, books, *line, *by, (*after, *limit))?)
        }
    })
}
