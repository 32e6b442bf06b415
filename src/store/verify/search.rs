//! Whether every customer is found by what it has now, and by nothing it had.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Report;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::search_key::{Key, keys, ways};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::search::{stored, subject_of};
use crate::{sql, values};

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
    tx.each(sql!("SELECT id, owner_id FROM customer"), &[], |row| {
        let (customer, owner) = (CustomerId(row.int(0)?), row.opt_int(1)?.map(UserId));
        let subject = subject_of(tx, customer)?;
        for key in keys(&subject) {
            expected.add(customer, &key);
        }
        let found = stored(tx, customer, owner)?;
        if found.as_ref() != Some(&subject) {
            let found = found.map_or("none".to_owned(), |found| found.as_str().to_owned());
            report.differs("search_text", customer, (subject.as_str(), found));
        }
        customers += 1;
        Ok(())
    })?;
    report.count("search_text", customers);
    let texts = tx.number(sql!("SELECT COUNT(*) FROM search_text"), &[])?.unwrap_or(0);
    if u64::try_from(texts) != Ok(customers) {
        report.differs("search_text", "", (format!("{customers} texts"), format!("{texts}")));
    }
    let mut found = Sum::default();
    let mut pair = String::new();
    tx.each(sql!("SELECT key, place, customer_id, rest FROM search_key ORDER BY key"), &[], |row| {
        let key = Key::of(row.text(0)?, row.int(1)?, row.text(3)?);
        found.add(CustomerId(row.int(2)?), &key);
        if key.is_pair() && key.text != pair {
            missing_ways(tx, &key.text, report)?;
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

fn missing_ways(tx: Tx<'_>, pair: &str, report: &mut Report) -> Result<(), StoreError> {
    for way in ways(pair) {
        let there =
            tx.number(sql!("SELECT 1 FROM search_way WHERE way = $1 AND pair = $2"), values![&way, pair])?;
        if there.is_none() {
            report.differs("search_way", pair, (way, "none"));
        }
    }
    Ok(())
}
