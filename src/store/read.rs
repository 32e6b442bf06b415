//! Queries to answers, a file a subject.

pub mod board;
pub mod changes;
pub mod customer;
pub mod people;
pub mod sign_in;
pub mod today;

use crate::store::access;
use crate::store::audit;
use crate::store::books::Books;
use crate::store::desk;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::exchange::export;
use crate::store::import::batch;
use crate::store::pay;
use crate::store::pk;
use crate::store::query::{Answer, Query};
use crate::store::report;

/// Answers a query inside an open snapshot.
pub fn answer(tx: Tx<'_>, books: &mut Books, query: &Query) -> Result<Answer, StoreError> {
    match query {
        Query::Users
        | Query::UserNamed(_)
        | Query::Me(_)
        | Query::Teams
        | Query::Playbooks
        | Query::PlaybookText { .. }
        | Query::LastChange { .. } => people::answer(tx, books, query),
        Query::SignIn(ask) => Ok(Answer::SignIn(sign_in::answer(tx, ask)?)),
        Query::Today(_) | Query::Task { .. } | Query::Quota { .. } => today::answer(tx, books, query),
        Query::Card { .. }
        | Query::ToDial { .. }
        | Query::Timeline(_)
        | Query::Find { .. }
        | Query::Customers { .. } => customer::answer(tx, books, query),
        Query::Changes(_) => Err(StoreError::Invalid {
            code: "wrong_subject",
            what: "changes are tried out in a transaction of their own; ask the connection for them"
                .to_owned(),
        }),
        Query::Audit(ask) => Ok(Answer::Audit(audit::ask::page(tx, books, ask)?)),
        Query::Export(ask) => Ok(Answer::Export(export::page(tx, books, ask)?)),
        Query::ExportsAsked { by, limit } => Ok(Answer::ExportsAsked(access::asked(tx, *by, *limit)?)),
        Query::Imports { before, limit } => Ok(Answer::Imports(batch::window(tx, *before, *limit)?)),
        Query::Unfinished { hash, options } => {
            Ok(Answer::Imports(batch::unfinished(tx, hash, options)?.into_iter().collect()))
        }
        Query::Board(_)
        | Query::BurnUp(_)
        | Query::GoodNews(_)
        | Query::Gap { .. }
        | Query::Rates { .. }
        | Query::Facts(_)
        | Query::Targets { .. } => board::answer(tx, books, query),
        Query::Desk(ask) => Ok(Answer::Desk(desk::ask(tx, books, ask)?)),
        Query::Pk(ask) => Ok(Answer::Pk(pk::ask(tx, books, ask)?)),
        Query::Pay(ask) => Ok(Answer::Pay(Box::new(pay::sheet(tx, books, ask)?))),
        Query::Report(ask) => Ok(Answer::Report(report::ask(tx, books, ask)?)),
    }
}
