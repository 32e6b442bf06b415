//! Whether every customer is found by what it has now, and by nothing it had.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Report;
use crate::domain::id::CustomerId;
use crate::domain::search_key::{Key, Subject, keys, ways};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::search::add_contact;
use crate::{sql, values};

/// Customers that are looked at together.
const WINDOW: i64 = 1_000;

/// What a customer is found by.
#[derive(Debug)]
struct Seen {
    /// As its facts make it.
    subject: Subject,
    /// As it is kept.
    kept: Option<Subject>,
}

/// Keys in any order: how many, and a sum that no other keys are likely to have.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    keys: u64,
    sum: u64,
}

impl Sum {
    fn add(&mut self, customer: CustomerId, key: &Key) {
        let mut hasher = DefaultHasher::new();
        (customer.0, key).hash(&mut hasher);
        self.keys += 1;
        self.sum = self.sum.wrapping_add(hasher.finish());
    }
}

/// The packed text of every customer is what its facts make it; the keys are those of the texts; every pair of characters
/// among them can be typed in all its ways.
pub fn search(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    let (mut expected, mut customers) = (Sum::default(), 0);
    let mut after = i64::MIN;
    loop {
        let part = window(tx, after)?;
        let Some((last, _)) = part.last_key_value() else { break };
        after = last.0;
        customers += part.len() as u64;
        for (customer, Seen { subject, kept }) in part {
            for key in keys(&subject) {
                expected.add(customer, &key);
            }
            if kept.as_ref() != Some(&subject) {
                let found = kept.map_or("none".to_owned(), |kept| kept.as_str().to_owned());
                report.differs("search_text", customer, (subject.as_str(), found));
            }
        }
    }
    report.count("search_text", customers);
    let texts = tx.number(sql!("SELECT COUNT(*) FROM search_text"), &[])?.unwrap_or(0);
    if u64::try_from(texts) != Ok(customers) {
        report.differs("search_text", "", (format!("{customers} texts"), format!("{texts}")));
    }
    let ways = ways_there_are(tx)?;
    let mut found = Sum::default();
    let mut pair = String::new();
    tx.each(sql!("SELECT key, place, customer_id, rest FROM search_key ORDER BY key"), &[], |row| {
        let key = Key::of(row.text(0)?, row.int(1)?, row.text(3)?);
        found.add(CustomerId(row.int(2)?), &key);
        if key.is_pair() && key.text != pair {
            missing_ways(&ways, &key.text, report);
        }
        pair = key.text;
        Ok(())
    })?;
    report.count("search_key", found.keys);
    if found != expected {
        let say = |sum: &Sum| format!("{} keys, sum {:x}", sum.keys, sum.sum);
        report.differs("search_key", "", (say(&expected), say(&found)));
    }
    Ok(())
}

/// The customers behind one, by their ids, each with what its facts make of it and what is kept: a window at a time.
fn window(tx: Tx<'_>, after: i64) -> Result<BTreeMap<CustomerId, Seen>, StoreError> {
    let mut part: BTreeMap<CustomerId, Seen> = BTreeMap::new();
    tx.each(
        sql!(
            "SELECT c.id, c.name, t.text FROM customer c \
             LEFT JOIN search_text t ON t.owner_id = coalesce(c.owner_id, 0) AND t.customer_id = c.id \
             WHERE c.id > $1 ORDER BY c.id LIMIT $2"
        ),
        values![after, WINDOW],
        |row| {
            let mut subject = Subject::default();
            subject.name(row.text(1)?);
            let kept = row.opt_text(2)?.map(Subject::unpacked);
            part.insert(CustomerId(row.int(0)?), Seen { subject, kept });
            Ok(())
        },
    )?;
    let (Some(first), Some(last)) = (part.keys().next().copied(), part.keys().next_back().copied()) else {
        return Ok(part);
    };
    tx.each(
        sql!(
            "SELECT customer_id, name FROM person WHERE customer_id >= $1 AND customer_id <= $2 ORDER BY customer_id, id"
        ),
        values![first, last],
        |row| {
            if let Some(seen) = part.get_mut(&CustomerId(row.int(0)?)) {
                seen.subject.name(row.text(1)?);
            }
            Ok(())
        },
    )?;
    tx.each(
        sql!(
            "SELECT customer_id, norm FROM contact WHERE customer_id >= $1 AND customer_id <= $2 ORDER BY customer_id, id"
        ),
        values![first, last],
        |row| {
            if let Some(seen) = part.get_mut(&CustomerId(row.int(0)?)) {
                add_contact(&mut seen.subject, row.text(1)?);
            }
            Ok(())
        },
    )?;
    Ok(part)
}

/// A sum of each way to type a pair that is kept. Pairs are as many as names have, not as there are customers.
fn ways_there_are(tx: Tx<'_>) -> Result<HashSet<u64>, StoreError> {
    let mut there = HashSet::new();
    tx.each(sql!("SELECT way, pair FROM search_way"), &[], |row| {
        there.insert(sum_of(row.text(0)?, row.text(1)?));
        Ok(())
    })?;
    Ok(there)
}

fn sum_of(way: &str, pair: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (way, pair).hash(&mut hasher);
    hasher.finish()
}

fn missing_ways(there: &HashSet<u64>, pair: &str, report: &mut Report) {
    for way in ways(pair) {
        if !there.contains(&sum_of(&way, pair)) {
            report.differs("search_way", pair, (way, "none"));
        }
    }
}
