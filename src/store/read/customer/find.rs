//! Customers found as something is typed: exact before beginning before part, the asker's own first among equals.

use std::collections::BTreeSet;

use crate::domain::clean::clean;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::search_key::{KeyMatch, Lookup, SearchTerm};
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::customer::Found;
use crate::store::read::customer::list;
use crate::{sql, values};

/// Candidates looked at for one way to answer, newest first; more of one match than this are not told apart.
const CANDIDATES: i64 = 400;

/// How well a customer answers what was typed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Quality {
    Exact,
    Beginning,
    Part,
}

/// Finds customers by what was typed.
pub fn find(
    tx: Tx<'_>,
    books: &mut Books,
    (text, by): (&str, UserId),
    limit: usize,
) -> Result<Found, StoreError> {
    let typed = clean(text).to_lowercase();
    let mut found = BTreeSet::new();
    for lookup in SearchTerm::parse(text).lookups {
        let mut ids = candidates(tx, &lookup, None)?;
        if i64::try_from(ids.len()).is_ok_and(|n| n >= CANDIDATES) {
            // what is cut off may be the asker's own
            ids.extend(candidates(tx, &lookup, Some(by))?);
        }
        found.extend(ids);
    }
    let mut ranked = Vec::with_capacity(found.len());
    for id in found {
        let (quality, own) = rank(tx, id, (&typed, by))?;
        ranked.push((quality, !own, std::cmp::Reverse(id)));
    }
    ranked.sort_unstable();
    let ids: Vec<CustomerId> = ranked.into_iter().map(|(_, _, id)| id.0).collect();
    list::rows(tx, books, &ids, limit)
}

/// Customers that have every key of a lookup, newest first; only those of `owner` where one is given.
fn candidates(tx: Tx<'_>, lookup: &Lookup, owner: Option<UserId>) -> Result<Vec<CustomerId>, StoreError> {
    let mut keys = lookup.all.iter();
    let Some(first) = keys.next() else { return Ok(Vec::new()) };
    let more: Vec<&KeyMatch> = keys.collect();
    let mut found = Vec::new();
    for id in first_of(tx, first, owner)? {
        let mut has_all = true;
        for key in &more {
            has_all = has_all && has(tx, id, key)?;
        }
        if has_all && accepts(tx, lookup, id)? {
            found.push(id);
        }
    }
    Ok(found)
}

fn first_of(tx: Tx<'_>, key: &KeyMatch, owner: Option<UserId>) -> Result<Vec<CustomerId>, StoreError> {
    match (key, owner) {
        (KeyMatch::Exact { kind, key }, None) => tx.all(
            sql!(
                "SELECT customer_id FROM search_key WHERE kind = $1 AND key = $2 ORDER BY customer_id DESC LIMIT $3"
            ),
            values![kind.code(), key, CANDIDATES],
            |row| Ok(CustomerId(row.int(0)?)),
        ),
        (KeyMatch::Range { kind, low, high }, None) => tx.all(
            sql!(
                "SELECT customer_id FROM search_key WHERE kind = $1 AND key >= $2 AND key < $3 ORDER BY key LIMIT $4"
            ),
            values![kind.code(), low, high, CANDIDATES],
            |row| Ok(CustomerId(row.int(0)?)),
        ),
        (KeyMatch::Exact { kind, key }, Some(owner)) => tx.all(
            sql!(
                "SELECT c.id FROM customer c WHERE c.owner_id = $1 AND EXISTS \
                   (SELECT 1 FROM search_key k WHERE k.customer_id = c.id AND k.kind = $2 AND k.key = $3) \
                 ORDER BY c.id DESC LIMIT $4"
            ),
            values![owner, kind.code(), key, CANDIDATES],
            |row| Ok(CustomerId(row.int(0)?)),
        ),
        (KeyMatch::Range { kind, low, high }, Some(owner)) => tx.all(
            sql!(
                "SELECT c.id FROM customer c WHERE c.owner_id = $1 AND EXISTS \
                   (SELECT 1 FROM search_key k WHERE k.customer_id = c.id AND k.kind = $2 AND k.key >= $3 AND k.key < $4) \
                 ORDER BY c.id DESC LIMIT $5"
            ),
            values![owner, kind.code(), low, high, CANDIDATES],
            |row| Ok(CustomerId(row.int(0)?)),
        ),
    }
}

fn has(tx: Tx<'_>, id: CustomerId, key: &KeyMatch) -> Result<bool, StoreError> {
    let found = match key {
        KeyMatch::Exact { kind, key } => tx.number(
            sql!("SELECT 1 FROM search_key WHERE kind = $1 AND key = $2 AND customer_id = $3"),
            values![kind.code(), key, id],
        )?,
        KeyMatch::Range { kind, low, high } => tx.number(
            sql!(
                "SELECT 1 FROM search_key WHERE customer_id = $1 AND kind = $2 AND key >= $3 AND key < $4 LIMIT 1"
            ),
            values![id, kind.code(), low, high],
        )?,
    };
    Ok(found.is_some())
}

fn accepts(tx: Tx<'_>, lookup: &Lookup, id: CustomerId) -> Result<bool, StoreError> {
    Ok(lookup.recheck.is_empty() || texts(tx, id)?.iter().any(|name| lookup.accepts(name)))
}

/// The names of a customer and its members.
fn texts(tx: Tx<'_>, id: CustomerId) -> Result<Vec<String>, StoreError> {
    tx.all(
        sql!(
            "SELECT name FROM customer WHERE id = $1 UNION ALL SELECT name FROM person WHERE customer_id = $1"
        ),
        values![id],
        |row| Ok(row.text(0)?.to_owned()),
    )
}

/// How well a customer answers, and whether it is the asker's own.
fn rank(tx: Tx<'_>, id: CustomerId, (typed, by): (&str, UserId)) -> Result<(Quality, bool), StoreError> {
    let owner = tx.number(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![id])?;
    let mut best = Quality::Part;
    for name in texts(tx, id)? {
        best = best.min(of(&name.to_lowercase(), typed));
    }
    if best > Quality::Exact {
        // pinyin, digits and ids: the whole key typed is as good as the whole name
        let plain: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '+' | '(' | ')')).collect();
        let keys = tx.all(
            sql!("SELECT key FROM search_key WHERE customer_id = $1 AND kind IN (3, 5, 7)"),
            values![id],
            |row| Ok(row.text(0)?.to_owned()),
        )?;
        for key in keys {
            best = best.min(of(&key, &plain));
        }
    }
    Ok((best, owner == Some(by.0)))
}

fn of(text: &str, typed: &str) -> Quality {
    if typed.is_empty() {
        Quality::Part
    } else if text == typed {
        Quality::Exact
    } else if text.starts_with(typed) {
        Quality::Beginning
    } else {
        Quality::Part
    }
}
