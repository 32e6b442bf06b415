//! Answers about figures: boards, the gap line, the facts behind a figure, targets.

mod burn_up;
mod case_fact;
mod cases;
mod fact;
mod floors;
mod journal_fact;
mod kept;
pub(crate) mod line;
pub(in crate::store) mod people;
mod rate;
pub(in crate::store) mod rows;
mod sheet;
mod source;
pub(in crate::store) mod sufficient;
pub(in crate::store) mod target;

pub use kept::Boards;

use crate::domain::time::{Day, Timestamp};
use crate::store::books::{Book, Books};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::good_news;
use crate::store::query::{Answer, Query};

/// Answers a query of this subject.
pub fn answer(tx: Tx<'_>, books: &mut Books, query: &Query) -> Result<Answer, StoreError> {
    match query {
        Query::Board(ask) => Ok(Answer::Board(kept::board(tx, books, ask)?)),
        Query::BurnUp(ask) => Ok(Answer::BurnUp(burn_up::burn_up(tx, books, ask)?)),
        Query::GoodNews(ask) => Ok(Answer::GoodNews(good_news::read(tx, ask)?)),
        Query::Gap { user, now } => Ok(Answer::Gap(line::gap_line(tx, books, *user, *now)?)),
        Query::Rates { users, metric, now } => {
            Ok(Answer::Rates(rate::of_users(tx, books, users, (*metric, *now))?))
        }
        Query::Facts(ask) => Ok(Answer::Facts(fact::facts(tx, books, ask)?)),
        Query::Targets { now } => Ok(Answer::Targets(target::in_force(tx, books, *now)?)),
        _ => Err(StoreError::Invalid {
            code: "wrong_subject",
            what: "this query is not about figures".to_owned(),
        }),
    }
}

/// The playbook whose calendar a figure without a person of its own is read by: the first there is.
fn first_book(tx: Tx<'_>, books: &mut Books) -> Result<Book, StoreError> {
    let id = Books::ids(tx)?.into_iter().next().ok_or_else(|| StoreError::Invalid {
        code: "no_playbook",
        what: "there is no playbook yet; apply one first".to_owned(),
    })?;
    books.newest(tx, &id)
}

/// The playbook of that id, or the first where it is empty.
fn book(tx: Tx<'_>, books: &mut Books, id: &str) -> Result<Book, StoreError> {
    if id.is_empty() { first_book(tx, books) } else { books.newest(tx, id) }
}

/// The business day of an instant by a playbook's zone.
fn day(book: &Book, now: Timestamp) -> Day {
    book.playbook.zone.day(now)
}
