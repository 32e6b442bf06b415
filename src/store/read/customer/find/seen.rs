//! Looking at customers one by one, where their keys would be too many: all of the asker's own, and the newest of the others.

use std::collections::BTreeMap;

use super::Answers;
use super::wanted::{Tag, Wanted};
use crate::domain::id::{CustomerId, UserId};
use crate::domain::search_key::{Closeness, Subject, Term};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::search;
use crate::store::sight::Sight;
use crate::{sql, values};

/// Own customers that are looked at, newest first.
const OWN: i64 = 10_000;
/// Customers seen by a grant that are looked at.
const GRANTED: usize = 1_000;
/// The newest customers, or ways of contact, that are looked at.
const NEWEST: i64 = 4_000;
/// How many of them are read at once: what most searches that come here need.
const AT_ONCE: i64 = 500;

/// The asker's own customers that answer, of the newest ten thousand.
pub(super) fn own(
    tx: Tx<'_>,
    wanted: &Wanted<'_>,
    by: UserId,
) -> Result<BTreeMap<CustomerId, Closeness>, StoreError> {
    let mut found = BTreeMap::new();
    let mut look = |row: &dyn crate::store::value::Row| {
        let customer = CustomerId(row.int(0)?);
        if let Some(closeness) = wanted.closeness(tx, customer, row.text(1)?)? {
            found.insert(customer, closeness);
        }
        Ok(())
    };
    match wanted.terms {
        // characters stand in the text as they were typed: the engine passes over those who have them not
        [Term::Characters(typed)] => tx.each(
            sql!(
                "SELECT customer_id, text FROM search_text WHERE owner_id = $1 AND text LIKE $2 \
                 ORDER BY customer_id DESC LIMIT $3"
            ),
            values![by, &format!("%{typed}%"), OWN],
            &mut look,
        )?,
        _ => tx.each(
            sql!(
                "SELECT customer_id, text FROM search_text WHERE owner_id = $1 ORDER BY customer_id DESC LIMIT $2"
            ),
            values![by, OWN],
            &mut look,
        )?,
    }
    if let [_] = wanted.terms {
        for tag in wanted.each().flat_map(|(_, tags)| tags) {
            tagged(tx, tag, by, &mut found)?;
        }
    }
    Ok(found)
}

/// Adds those that answer of what is seen beside the own: of team mates by who may, the newest of nobody's, and what was granted.
pub(super) fn others(
    tx: Tx<'_>,
    wanted: &Wanted<'_>,
    sight: &Sight,
    answers: &mut Answers,
) -> Result<(), StoreError> {
    let me = sight.by().id;
    let pool = sight.sees_pool().then_some(search::NOBODY);
    for owner in sight.followed_by().into_iter().filter(|owner| *owner != me).chain(pool) {
        for (customer, closeness) in own(tx, wanted, owner)? {
            answers.add(customer, closeness);
        }
    }
    for customer in sight.granted().take(GRANTED) {
        let text = tx.one(
            sql!("SELECT t.text FROM customer c JOIN search_text t ON t.owner_id = coalesce(c.owner_id, 0) AND t.customer_id = c.id WHERE c.id = $1"),
            values![customer],
            |row| Ok(row.text(0)?.to_owned()),
        )?;
        let Some(text) = text else { continue };
        if let Some(closeness) = wanted.closeness(tx, customer, &text)? {
            answers.add(customer, closeness);
        }
    }
    Ok(())
}

fn tagged(
    tx: Tx<'_>,
    (playbook, pipeline): &Tag,
    by: UserId,
    found: &mut BTreeMap<CustomerId, Closeness>,
) -> Result<(), StoreError> {
    tx.each(
        sql!(
            "SELECT t.customer_id FROM search_text t JOIN deal d ON d.playbook = $2 AND d.pipeline = $3 \
               AND d.customer_id = t.customer_id AND d.stage IS NULL AND d.state = 'open' AND d.void_at IS NULL \
             WHERE t.owner_id = $1 ORDER BY t.customer_id DESC LIMIT $4"
        ),
        values![by, playbook, pipeline, OWN],
        |row| {
            found.entry(CustomerId(row.int(0)?)).or_insert(Closeness::Part);
            Ok(())
        },
    )
}

/// Adds those of the newest customers that answer by their own name, and of the newest ways of contact by a number, until a
/// window's worth answers as well as can be or enough was looked at.
pub(super) fn newest(
    tx: Tx<'_>,
    wanted: &Wanted<'_>,
    limit: usize,
    answers: &mut Answers,
) -> Result<(), StoreError> {
    let (mut before, mut looked, mut good) = (i64::MAX, 0, 0);
    while looked < NEWEST && good <= limit {
        let mut read = 0;
        tx.each(
            sql!("SELECT id, name FROM customer WHERE id < $1 ORDER BY id DESC LIMIT $2"),
            values![before, AT_ONCE],
            |row| {
                let customer = CustomerId(row.int(0)?);
                (before, read) = (customer.0, read + 1);
                let mut subject = Subject::default();
                subject.name(row.text(1)?);
                if let Some(closeness) = wanted.closeness(tx, customer, subject.as_str())? {
                    answers.add(customer, closeness);
                    good += usize::from(closeness > Closeness::Part);
                }
                Ok(())
            },
        )?;
        looked += AT_ONCE;
        if read < AT_ONCE {
            break;
        }
    }
    match wanted.terms {
        [Term::Digits(_)] => newest_numbers(tx, wanted, answers),
        _ => Ok(()),
    }
}

fn newest_numbers(tx: Tx<'_>, wanted: &Wanted<'_>, answers: &mut Answers) -> Result<(), StoreError> {
    tx.each(sql!("SELECT customer_id, norm FROM contact ORDER BY id DESC LIMIT $1"), values![NEWEST], |row| {
        let customer = CustomerId(row.int(0)?);
        let mut subject = Subject::default();
        search::add_contact(&mut subject, row.text(1)?);
        if let Some(closeness) = wanted.closeness(tx, customer, subject.as_str())? {
            answers.add(customer, closeness);
        }
        Ok(())
    })
}
