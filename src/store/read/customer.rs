//! Answers about customers.

mod card;
mod dial;
mod find;
mod list;
mod timeline;

use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::{Answer, Query};

/// Answers a query of this subject.
pub fn answer(tx: Tx<'_>, books: &mut Books, query: &Query) -> Result<Answer, StoreError> {
    match query {
        Query::Card { customer, by } => {
            let ask = card::Ask { customer: *customer, by: *by };
            Ok(Answer::Card(Box::new(card::card(tx, books, &ask)?)))
        }
        Query::ToDial { contact, by } => Ok(Answer::ToDial(dial::to_dial(tx, books, *contact, *by)?)),
        Query::Timeline(ask) => Ok(Answer::Timeline(timeline::window(tx, ask)?)),
        Query::Find { text, by, limit } => Ok(Answer::Found(find::find(tx, books, (text, *by), *limit)?)),
        Query::Customers { owner, after, by, limit } => {
            Ok(Answer::Found(list::window(tx, books, (*owner, *after), (*by, *limit))?))
        }
        _ => Err(StoreError::Invalid {
            code: "wrong_subject",
            what: "this query is not about a customer".to_owned(),
        }),
    }
}
