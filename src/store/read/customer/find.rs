//! Customers found as something is typed: exact before beginning before part, the asker's own first among equals.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::clean::clean;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::search_key::{self, KeyKind, KeyMatch, Lookup, SearchTerm};
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

/// A customer that has the keys of a look-up, and whether one of them is the whole of what was typed.
type Candidate = (CustomerId, bool);

/// Finds customers by what was typed.
pub fn find(
    tx: Tx<'_>,
    books: &mut Books,
    (text, by): (&str, UserId),
    limit: usize,
) -> Result<Found, StoreError> {
    let typed = clean(text).to_lowercase();
    let mut found: BTreeMap<CustomerId, bool> = BTreeMap::new();
    for lookup in SearchTerm::parse(text).lookups {
        let mut candidates = answering(tx, &lookup, None)?;
        if i64::try_from(candidates.len()).is_ok_and(|n| n >= CANDIDATES) {
            // what is cut off may be the asker's own
            candidates.extend(answering(tx, &lookup, Some(by))?);
        }
        for (id, whole) in candidates {
            *found.entry(id).or_default() |= whole;
        }
    }
    let mut ranked = Vec::with_capacity(found.len());
    for (id, whole) in found {
        let (quality, own) = rank(tx, (id, whole), (&typed, by))?;
        ranked.push((quality, !own, Reverse(id)));
    }
    ranked.sort_unstable();
    let ids: Vec<CustomerId> = ranked.into_iter().map(|(_, _, id)| id.0).collect();
    list::rows(tx, books, &ids, limit)
}

/// Customers that have every key of a look-up, newest first; only those of `owner` where one is given.
fn answering(tx: Tx<'_>, lookup: &Lookup, owner: Option<UserId>) -> Result<Vec<Candidate>, StoreError> {
    let mut keys = lookup.all.iter();
    let Some(first) = keys.next() else { return Ok(Vec::new()) };
    let more: Vec<&KeyMatch> = keys.collect();
    let mut found = Vec::new();
    for (id, whole) in having(tx, first, owner)? {
        let mut has_all = true;
        for key in &more {
            has_all = has_all && has(tx, id, key)?;
        }
        if has_all && accepts(tx, lookup, id)? {
            found.push((id, whole && more.is_empty()));
        }
    }
    Ok(found)
}

fn having(tx: Tx<'_>, key: &KeyMatch, owner: Option<UserId>) -> Result<Vec<Candidate>, StoreError> {
    match (key, owner) {
        (KeyMatch::Exact { kind, key }, None) => tx.all(
            sql!(
                "SELECT customer_id FROM search_key WHERE kind = $1 AND key = $2 ORDER BY customer_id DESC LIMIT $3"
            ),
            values![kind.code(), key, CANDIDATES],
            |row| Ok((CustomerId(row.int(0)?), false)),
        ),
        (KeyMatch::Range { kind, low, high }, None) => tx.all(
            sql!(
                "SELECT customer_id, key FROM search_key WHERE kind = $1 AND key >= $2 AND key < $3 ORDER BY key LIMIT $4"
            ),
            values![kind.code(), low, high, CANDIDATES],
            |row| Ok((CustomerId(row.int(0)?), row.text(1)? == low)),
        ),
        (KeyMatch::Exact { kind, key }, Some(owner)) => tx.all(
            sql!(
                "SELECT c.id FROM customer c WHERE c.owner_id = $1 AND EXISTS \
                   (SELECT 1 FROM search_key k WHERE k.customer_id = c.id AND k.kind = $2 AND k.key = $3) \
                 ORDER BY c.id DESC LIMIT $4"
            ),
            values![owner, kind.code(), key, CANDIDATES],
            |row| Ok((CustomerId(row.int(0)?), false)),
        ),
        (KeyMatch::Range { kind, low, high }, Some(owner)) => tx.all(
            sql!(
                "SELECT c.id, (SELECT min(k.key) FROM search_key k \
                   WHERE k.customer_id = c.id AND k.kind = $2 AND k.key >= $3 AND k.key < $4) AS found \
                 FROM customer c WHERE c.owner_id = $1 AND EXISTS \
                   (SELECT 1 FROM search_key k WHERE k.customer_id = c.id AND k.kind = $2 AND k.key >= $3 AND k.key < $4) \
                 ORDER BY c.id DESC LIMIT $5"
            ),
            values![owner, kind.code(), low, high, CANDIDATES],
            |row| Ok((CustomerId(row.int(0)?), row.opt_text(1)? == Some(low.as_str()))),
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
fn rank(
    tx: Tx<'_>,
    (id, whole): Candidate,
    (typed, by): (&str, UserId),
) -> Result<(Quality, bool), StoreError> {
    let mut own = false;
    let mut best = Quality::Part;
    tx.each(
        sql!(
            "SELECT name, owner_id FROM customer WHERE id = $1 \
             UNION ALL SELECT name, NULL FROM person WHERE customer_id = $1"
        ),
        values![id],
        |row| {
            let name = row.text(0)?;
            own |= row.opt_int(1)? == Some(by.0);
            best = best.min(of(&name.to_lowercase(), typed)).min(spoken(name, (typed, whole)));
            Ok(())
        },
    )?;
    Ok((best, own))
}

/// How well digits, ids and pinyin answer: whole keys are exact, but a spelling must be that of the name from its start.
fn spoken(name: &str, (typed, whole): (&str, bool)) -> Quality {
    let by_key = if whole { Quality::Exact } else { Quality::Beginning };
    if !typed.is_ascii() {
        return Quality::Part;
    }
    if !typed.bytes().all(|b| b.is_ascii_lowercase() || b == b' ') {
        return by_key;
    }
    let first: String = name.chars().take(1).collect();
    let starts = search_key::keys_of_name(&first)
        .iter()
        .filter(|(kind, _)| *kind == KeyKind::Pinyin)
        .any(|(_, syllable)| typed.starts_with(syllable.as_str()) || syllable.starts_with(typed));
    if starts { by_key } else { Quality::Part }
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
