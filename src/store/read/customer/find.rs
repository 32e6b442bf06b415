//! Customers found as something is typed, among those whom the asker may see: the whole before the beginning before a part, the asker's own first among equals,
//! then the newest.
//!
//! The best come first however many answer, without reading them all. The keys of a pair of characters stand in that very
//! order, so that a window's worth of them is the best there are. Where that is not known (one letter, a syllable that a
//! tenth of all names begin with, `138`), every one of the asker's own customers is looked at, of the others the newest, and
//! then those whose keys come first: [`seen`] says within which bounds.

mod gather;
mod seen;
mod wanted;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::{CustomerId, UserId};
use crate::domain::search_key::{Closeness, Search};
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::customer::Found;
use crate::store::read::customer::list;
use crate::store::sight::Sight;
use crate::store::value::{AT_ONCE, Value, filled};
use crate::{sql, values};
use wanted::{Places, Wanted};

/// Own customers are told apart one by one up to so many answers, and by reading all of the own ones beyond.
const ONE_BY_ONE: usize = 128;

/// Who answers, and how well.
#[derive(Debug, Default)]
struct Answers {
    found: BTreeMap<CustomerId, Closeness>,
    /// Whether more answer than were read.
    more: bool,
    /// Whether one that was not read may be better than one that was.
    better: bool,
}

impl Answers {
    fn add(&mut self, customer: CustomerId, closeness: Closeness) {
        let known = self.found.entry(customer).or_insert(closeness);
        *known = closeness.max(*known);
    }

    fn take(&mut self, other: Self) {
        for (customer, closeness) in other.found {
            self.add(customer, closeness);
        }
        self.more |= other.more;
        self.better |= other.better;
    }
}

/// Finds customers by what was typed.
pub fn find(
    tx: Tx<'_>,
    books: &mut Books,
    (text, by): (&str, Viewer),
    limit: usize,
) -> Result<Found, StoreError> {
    let search = Search::parse(text);
    if search.ways().is_empty() {
        return Ok(Found::default());
    }
    let sight = Sight::of(tx, by)?;
    let by = by.id;
    let places = Places::of(tx, books)?;
    let mut answers = Answers::default();
    let mut own: Option<BTreeSet<CustomerId>> = None;
    for way in search.ways() {
        let wanted = Wanted::of(&search, way, &places);
        let mut found = gather::gather(tx, &wanted, &places, limit)?;
        if found.better {
            seen::newest(tx, &wanted, limit, &mut found)?;
        }
        if found.more {
            let mine = seen::own(tx, &wanted, by)?;
            for (customer, closeness) in &mine {
                found.add(*customer, *closeness);
            }
            if !sight.is_wide() {
                // whom else this user sees is few enough to be looked at, so that nothing better is missed
                seen::others(tx, &wanted, &sight, &mut found)?;
                found.more = false;
            }
            if search.ways().len() == 1 {
                own = Some(mine.into_keys().collect());
            }
        }
        answers.take(found);
    }
    let Answers { mut found, more, .. } = answers;
    if !sight.is_wide() {
        let seen = sight.seen(tx, found.keys().copied().collect())?;
        found.retain(|customer, _| seen.contains(customer));
    }
    if found.len() <= limit {
        // the rows say whose they are
        let ids: Vec<CustomerId> = found.keys().copied().collect();
        let mut shown = list::rows(tx, books, &ids, (&sight, limit))?;
        shown.rows.sort_by_key(|row| {
            let mine = row.owner.as_ref().is_some_and(|(owner, _)| *owner == by);
            (Reverse(found.get(&row.id)), !mine, Reverse(row.id))
        });
        shown.more |= more;
        return Ok(shown);
    }
    let own = match own {
        Some(own) => own,
        None => belonging(tx, by, &found)?,
    };
    let mut ranked: Vec<(Reverse<Closeness>, bool, Reverse<CustomerId>)> = found
        .into_iter()
        .map(|(id, closeness)| (Reverse(closeness), !own.contains(&id), Reverse(id)))
        .collect();
    ranked.sort_unstable();
    let ids: Vec<CustomerId> = ranked.into_iter().map(|(_, _, id)| id.0).collect();
    let mut shown = list::rows(tx, books, &ids, (&sight, limit))?;
    shown.more |= more;
    Ok(shown)
}

/// Those of some customers that a user follows.
fn belonging(
    tx: Tx<'_>,
    by: UserId,
    found: &BTreeMap<CustomerId, Closeness>,
) -> Result<BTreeSet<CustomerId>, StoreError> {
    let mut own = BTreeSet::new();
    if found.len() <= ONE_BY_ONE {
        let wanted: Vec<Value<'_>> = found.keys().copied().map(Value::from).collect();
        for part in wanted.chunks(AT_ONCE) {
            tx.each(
                sql!(
                    "SELECT customer_id FROM search_text WHERE owner_id = $33 AND customer_id IN ($1, $2, $3, $4, $5, $6, $7, \
                       $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, \
                       $29, $30, $31, $32)"
                ),
                &filled(part, values![by]),
                |row| {
                    own.insert(CustomerId(row.int(0)?));
                    Ok(())
                },
            )?;
        }
        return Ok(own);
    }
    tx.each(sql!("SELECT customer_id FROM search_text WHERE owner_id = $1"), values![by], |row| {
        own.insert(CustomerId(row.int(0)?));
        Ok(())
    })?;
    Ok(own)
}
