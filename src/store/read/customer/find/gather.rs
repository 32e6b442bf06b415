//! Reading the keys of those who answer a term, best first, no more of them than are needed.

use std::collections::BTreeMap;

use super::Answers;
use super::wanted::{Places, Tag, Wanted};
use crate::domain::id::CustomerId;
use crate::domain::search_key::{Closeness, END, Key, Lookup, Range, Subject, Term, Verdict};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::search;
use crate::store::value::Value;
use crate::{sql, values};

/// Keys of one place that are read where their order says nothing about who answers best.
const UNORDERED: usize = 400;
/// Pairs of characters whose keys are read for one spelling.
const PAIRS: usize = 256;
/// Pairs whose keys are read where there are more than that: the newest customers are looked at besides.
const PAIRS_OF_TOO_MANY: usize = 32;
/// Pairs whose keys are asked for at once; as many as the statement has parts.
const TOGETHER: usize = 8;
/// Keys of one pair that are read where only some of them answer.
const SIFTED: usize = 5_000;
/// Keys that are read for one term.
const KEYS: usize = 20_000;

/// Finds who answers.
pub(super) fn gather(
    tx: Tx<'_>,
    wanted: &Wanted<'_>,
    places: &Places,
    limit: usize,
) -> Result<Answers, StoreError> {
    let mut each = wanted.each();
    if let (Some((term, tags)), None) = (each.next(), each.next()) {
        return Reading::new(tx, (term, tags), limit).read(places);
    }
    several(tx, wanted, places)
}

/// Several terms: those who answer the rarest, asked for the others.
fn several(tx: Tx<'_>, wanted: &Wanted<'_>, places: &Places) -> Result<Answers, StoreError> {
    let mut rarest: Option<Answers> = None;
    for term in wanted.each() {
        let found = Reading::new(tx, term, UNORDERED).read(places)?;
        let known = rarest.as_ref().map_or((true, usize::MAX), |best| (best.more, best.found.len()));
        if (found.more, found.found.len()) < known {
            rarest = Some(found);
        }
    }
    let Some(rarest) = rarest else { return Ok(Answers::default()) };
    let mut answers = Answers { more: rarest.more, better: rarest.more, ..Answers::default() };
    for customer in rarest.found.into_keys() {
        if let Some(text) = text_of(tx, customer)?
            && let Some(closeness) = wanted.closeness(tx, customer, text.as_str())?
        {
            answers.add(customer, closeness);
        }
    }
    Ok(answers)
}

fn text_of(tx: Tx<'_>, customer: CustomerId) -> Result<Option<Subject>, StoreError> {
    tx.one(
        sql!(
            "SELECT t.text FROM customer c \
             JOIN search_text t ON t.owner_id = coalesce(c.owner_id, 0) AND t.customer_id = c.id WHERE c.id = $1"
        ),
        values![customer],
        |row| Ok(Subject::unpacked(row.text(0)?)),
    )
}

/// One term being read.
struct Reading<'a> {
    tx: Tx<'a>,
    term: &'a Term,
    tags: &'a [Tag],
    limit: usize,
    /// Keys that may still be read.
    left: usize,
    answers: Answers,
}

/// A row of the keys.
type Row = (CustomerId, Key);

impl<'a> Reading<'a> {
    fn new(tx: Tx<'a>, (term, tags): (&'a Term, &'a [Tag]), limit: usize) -> Self {
        Self { tx, term, tags, limit, left: KEYS, answers: Answers::default() }
    }

    fn read(mut self, places: &Places) -> Result<Answers, StoreError> {
        for lookup in self.term.lookups() {
            match lookup {
                Lookup::Pair { pair, rest } => self.pair(&pair, &rest)?,
                Lookup::Ways { ways, first } => self.ways(&ways, first)?,
                Lookup::Keys(range) => self.keys(&range)?,
                Lookup::Numbers(range) => {
                    for channel in &places.numbers() {
                        self.contacts(channel, &range)?;
                    }
                }
                Lookup::Ids(range) => {
                    for channel in &places.ids() {
                        self.contacts(channel, &range)?;
                    }
                }
            }
        }
        for tag in self.tags {
            self.tagged(tag)?;
        }
        Ok(self.answers)
    }

    /// Adds whoever a row says answers.
    fn judge(&mut self, (customer, key): &Row) -> Result<(), StoreError> {
        let closeness = match self.term.judge(key) {
            Verdict::No => None,
            Verdict::Yes(closeness) => Some(closeness),
            Verdict::Unsure => {
                text_of(self.tx, *customer)?.and_then(|text| self.term.closeness(text.as_str()))
            }
        };
        if let Some(closeness) = closeness {
            self.answers.add(*customer, closeness);
        }
        Ok(())
    }

    /// The best keys of a pair that have something behind it.
    fn pair(&mut self, pair: &str, rest: &Range) -> Result<(), StoreError> {
        let most = count(self.limit + 1);
        let rows = if rest.low.is_empty() {
            self.best(pair, 1, most)?
        } else {
            self.tx.all(
                sql!(
                    "SELECT place, customer_id, rest FROM search_key WHERE key = $1 AND rest >= $2 AND rest < $3 \
                     ORDER BY place DESC, customer_id DESC LIMIT $4"
                ),
                values![pair, &rest.low, &rest.high, most],
                |row| Ok((CustomerId(row.int(1)?), Key::of(pair, row.int(0)?, row.text(2)?))),
            )?
        };
        for row in &rows {
            self.judge(row)?;
        }
        if rows.len() > self.limit {
            self.answers.more = true;
            self.whole(pair, rest)?;
        }
        Ok(())
    }

    /// The keys of a pair with which a name is over: longer names that are newer must not hide them.
    fn whole(&mut self, pair: &str, rest: &Range) -> Result<(), StoreError> {
        if rest.low.is_empty() {
            return Ok(());
        }
        let over = format!("{}{END}", rest.low);
        let rows = self.tx.all(
            sql!(
                "SELECT place, customer_id, rest FROM search_key WHERE key = $1 AND rest = $2 AND place >= 2 \
                 ORDER BY place DESC, customer_id DESC LIMIT $3"
            ),
            values![pair, &over, count(self.limit + 1)],
            |row| Ok((CustomerId(row.int(1)?), Key::of(pair, row.int(0)?, row.text(2)?))),
        )?;
        for row in &rows {
            self.judge(row)?;
        }
        Ok(())
    }

    /// The first keys of a pair in the order they are kept in, from a place on.
    fn best(&self, pair: &str, from: i64, most: i64) -> Result<Vec<Row>, StoreError> {
        self.tx.all(
            sql!(
                "SELECT place, customer_id, rest FROM search_key WHERE key = $1 AND place >= $2 \
                 ORDER BY place DESC, customer_id DESC LIMIT $3"
            ),
            values![pair, from, most],
            |row| Ok((CustomerId(row.int(1)?), Key::of(pair, row.int(0)?, row.text(2)?))),
        )
    }

    /// The best keys of every pair that is typed so.
    fn ways(&mut self, ways: &Range, first: bool) -> Result<(), StoreError> {
        let mut pairs = self.tx.all(
            sql!("SELECT pair FROM search_way WHERE way >= $1 AND way < $2 ORDER BY way, pair LIMIT $3"),
            values![&ways.low, &ways.high, count(PAIRS + 1)],
            |row| Ok(row.text(0)?.to_owned()),
        )?;
        if pairs.len() > PAIRS {
            self.too_many();
            pairs.truncate(PAIRS_OF_TOO_MANY);
        }
        pairs.sort_unstable();
        pairs.dedup();
        let from = if first { 2 } else { 1 };
        // what a pair alone answers is answered in the order of its keys
        let alone = |pair: &String| matches!(self.term.judge(&Key::of(pair, 2, "")), Verdict::Yes(_));
        let (ordered, sifted): (Vec<String>, Vec<String>) = pairs.into_iter().partition(alone);
        // of those that are sifted many rows are read: not of more pairs than there may be keys left for
        for (pairs, most, together) in [(ordered, self.limit + 1, TOGETHER), (sifted, SIFTED, 2)] {
            for part in pairs.chunks(together) {
                let mut rows = self.best_of(part, from, count(most))?;
                for pair in part {
                    if self.left == 0 {
                        self.too_many();
                        return Ok(());
                    }
                    let rows = rows.remove(pair).unwrap_or_default();
                    for row in &rows {
                        self.judge(row)?;
                    }
                    if rows.len() >= most {
                        self.answers.more = true;
                        self.answers.better |= most == SIFTED;
                    }
                    self.left = self.left.saturating_sub(rows.len());
                }
            }
        }
        Ok(())
    }

    /// The same as [`Reading::best`] for several pairs at once.
    fn best_of(
        &self,
        pairs: &[String],
        from: i64,
        most: i64,
    ) -> Result<BTreeMap<String, Vec<Row>>, StoreError> {
        // no key is empty
        let mut values = vec![Value::from(""); TOGETHER];
        for (value, pair) in values.iter_mut().zip(pairs) {
            *value = Value::from(pair);
        }
        values.extend_from_slice(values![from, most]);
        let mut found: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        self.tx.each(
            sql!(
                "SELECT key, place, customer_id, rest FROM (SELECT key, place, customer_id, rest FROM search_key \
                   WHERE key = $1 AND place >= $9 ORDER BY place DESC, customer_id DESC LIMIT $10) AS a UNION ALL \
                 SELECT key, place, customer_id, rest FROM (SELECT key, place, customer_id, rest FROM search_key \
                   WHERE key = $2 AND place >= $9 ORDER BY place DESC, customer_id DESC LIMIT $10) AS b UNION ALL \
                 SELECT key, place, customer_id, rest FROM (SELECT key, place, customer_id, rest FROM search_key \
                   WHERE key = $3 AND place >= $9 ORDER BY place DESC, customer_id DESC LIMIT $10) AS c UNION ALL \
                 SELECT key, place, customer_id, rest FROM (SELECT key, place, customer_id, rest FROM search_key \
                   WHERE key = $4 AND place >= $9 ORDER BY place DESC, customer_id DESC LIMIT $10) AS d UNION ALL \
                 SELECT key, place, customer_id, rest FROM (SELECT key, place, customer_id, rest FROM search_key \
                   WHERE key = $5 AND place >= $9 ORDER BY place DESC, customer_id DESC LIMIT $10) AS e UNION ALL \
                 SELECT key, place, customer_id, rest FROM (SELECT key, place, customer_id, rest FROM search_key \
                   WHERE key = $6 AND place >= $9 ORDER BY place DESC, customer_id DESC LIMIT $10) AS f UNION ALL \
                 SELECT key, place, customer_id, rest FROM (SELECT key, place, customer_id, rest FROM search_key \
                   WHERE key = $7 AND place >= $9 ORDER BY place DESC, customer_id DESC LIMIT $10) AS g UNION ALL \
                 SELECT key, place, customer_id, rest FROM (SELECT key, place, customer_id, rest FROM search_key \
                   WHERE key = $8 AND place >= $9 ORDER BY place DESC, customer_id DESC LIMIT $10) AS h"
            ),
            &values,
            |row| {
                let key = Key::of(row.text(0)?, row.int(1)?, row.text(3)?);
                found.entry(row.text(0)?.to_owned()).or_default().push((CustomerId(row.int(2)?), key));
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// The first keys of a range.
    fn keys(&mut self, range: &Range) -> Result<(), StoreError> {
        let rows = self.tx.all(
            sql!(
                "SELECT key, place, customer_id, rest FROM search_key WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3"
            ),
            values![&range.low, &range.high, count(UNORDERED + 1)],
            |row| Ok((CustomerId(row.int(2)?), Key::of(row.text(0)?, row.int(1)?, row.text(3)?))),
        )?;
        for row in &rows {
            self.judge(row)?;
        }
        if rows.len() > UNORDERED {
            self.too_many();
        }
        Ok(())
    }

    /// The first ways of contact of a range.
    fn contacts(&mut self, channel: &str, range: &Range) -> Result<(), StoreError> {
        let rows = self.tx.all(
            sql!(
                "SELECT customer_id, norm FROM contact WHERE channel = $1 AND norm >= $2 AND norm < $3 \
                 ORDER BY norm LIMIT $4"
            ),
            values![channel, &range.low, &range.high, count(UNORDERED + 1)],
            |row| {
                let mut subject = Subject::default();
                search::add_contact(&mut subject, row.text(1)?);
                Ok((CustomerId(row.int(0)?), self.term.closeness(subject.as_str())))
            },
        )?;
        for (customer, closeness) in &rows {
            if let Some(closeness) = closeness {
                self.answers.add(*customer, *closeness);
            }
        }
        if rows.len() > UNORDERED {
            self.too_many();
        }
        Ok(())
    }

    /// The newest customers with a tag.
    fn tagged(&mut self, (playbook, pipeline): &Tag) -> Result<(), StoreError> {
        let rows = self.tx.all(
            sql!(
                "SELECT customer_id FROM deal WHERE playbook = $1 AND pipeline = $2 AND stage IS NULL AND state = 'open' \
                 AND void_at IS NULL ORDER BY customer_id DESC LIMIT $3"
            ),
            values![playbook, pipeline, count(self.limit + 1)],
            |row| Ok(CustomerId(row.int(0)?)),
        )?;
        self.answers.more |= rows.len() > self.limit;
        for customer in rows {
            self.answers.add(customer, Closeness::Part);
        }
        Ok(())
    }

    /// Notes that those who were not read may be better than those who were.
    fn too_many(&mut self) {
        self.answers.more = true;
        self.answers.better = true;
    }
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
