//! The facts behind a figure: every number opens, and its facts sum to it.
//!
//! Orders and payments count by their rows; every other metric by the touches that carry it and, where a change without a
//! touch counted something (a WeChat contact proved by hand, a tag, a node settled), by that change in the journal. Behind a ratio
//! stand its cases, or the facts of the sum that is a figure of its own.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::id::CustomerId;
use crate::domain::lists::Metric;
use crate::domain::mask::HIDDEN;
use crate::domain::time::{DAY_MS, Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::board::{FactRow, FactsAsk};
use crate::store::read::board::{book, case_fact, cases, day, first_book, journal_fact, kept, sufficient};
use crate::store::sight::Sight;
use crate::store::value::Row;
use crate::store::write::playbook_of;
use crate::{sql, values};

/// What facts are looked for, resolved.
#[derive(Debug)]
pub(super) struct Window<'a> {
    pub ask: &'a FactsAsk,
    pub first: Day,
    pub last: Day,
    /// The period's instants, from and before.
    pub from: Timestamp,
    pub to: Timestamp,
    /// Before this instant and id.
    pub before: (i64, i64),
    pub limit: i64,
}

/// Reads a window of facts, newest first.
pub(super) fn facts(tx: Tx<'_>, books: &mut Books, ask: &FactsAsk) -> Result<Vec<FactRow>, StoreError> {
    if !ask.metric.is_summed() && !ask.metric.is_ratio() {
        return Err(StoreError::Invalid {
            code: "no_facts",
            what: format!("'{}' is computed from other figures; open one of those", ask.metric),
        });
    }
    let book = match ask.user {
        Some(user) => {
            let id = playbook_of(tx, user)?.unwrap_or_default();
            book(tx, books, &id)?
        }
        None => match ask.team {
            Some(team) => {
                let id = kept::team_book(tx, team)?;
                book(tx, books, &id)?
            }
            None => first_book(tx, books)?,
        },
    };
    let zone = book.playbook.zone;
    // where one of a ratio's sums is a figure of its own, the facts are that one's
    let metric = cases::counted(ask.metric, &book.playbook).unwrap_or(ask.metric);
    let ask = &FactsAsk { metric, ..ask.clone() };
    let (first, last) = ask.span.days(day(&book, ask.now));
    let window = Window {
        ask,
        first,
        last,
        from: zone.start(first),
        to: zone.end(last),
        before: ask.before.map_or((i64::MAX, i64::MAX), |(at, id)| (at.0, id)),
        limit: i64::try_from(ask.limit).unwrap_or(i64::MAX),
    };
    let mut facts = match ask.metric {
        Metric::OrdersWon => orders(tx, books, &window)?,
        Metric::Receipts | Metric::RefundAmount => payments(tx, &window)?,
        Metric::SelfSufficiency => sufficient::facts(tx, books, &book.playbook, &window)?,
        metric if metric.is_ratio() => case_fact::facts(tx, &book.playbook, &window)?,
        metric if is_amount(&book.playbook, metric) => orders(tx, books, &window)?,
        _ => {
            let mut facts = touches(tx, &window)?;
            facts.extend(journal_fact::facts(tx, &window)?);
            facts
        }
    };
    facts.sort_by_key(|fact| Reverse((fact.at, fact.id)));
    facts.truncate(ask.limit);
    veil(tx, ask, &mut facts)?;
    Ok(facts)
}

/// Takes away the names of customers whom the asker may not see; the fact itself is shown, so that a figure still opens. In facts of
/// the own they stay: they are what the asker did.
fn veil(tx: Tx<'_>, ask: &FactsAsk, facts: &mut [FactRow]) -> Result<(), StoreError> {
    let sight = Sight::of(tx, Viewer { id: ask.by, now: ask.now })?;
    if sight.is_wide() || ask.user == Some(ask.by) {
        return Ok(());
    }
    let seen = sight.seen(tx, facts.iter().map(|fact| fact.customer).collect())?;
    for fact in facts.iter_mut().filter(|fact| !seen.contains(&fact.customer)) {
        HIDDEN.clone_into(&mut fact.customer_name);
        fact.customer = CustomerId(0);
    }
    Ok(())
}

/// A fact of a row that begins with its id, when, by whom, the customer with the name, what it was, and the pipeline.
pub(super) fn fact(row: &dyn Row, value: i64, version: i64) -> Result<FactRow, StoreError> {
    Ok(FactRow {
        id: row.int(0)?,
        at: Timestamp(row.int(1)?),
        by: row.text(2)?.to_owned(),
        customer: CustomerId(row.int(3)?),
        customer_name: row.text(4)?.to_owned(),
        what: row.text(5)?.to_owned(),
        pipeline: row.opt_text(6)?.map(Into::into),
        value,
        version,
    })
}

fn is_amount(book: &Playbook, metric: Metric) -> bool {
    matches!(
        metric,
        Metric::RevenueNew | Metric::RenewalRevenue | Metric::SignedAmount | Metric::FirstYearPremium
    ) || book.pipelines.iter().any(|p| p.amount_metric == Some(metric))
}

fn touches(tx: Tx<'_>, window: &Window<'_>) -> Result<Vec<FactRow>, StoreError> {
    let ask = window.ask;
    let carries = format!("%\"{}\"%", ask.metric);
    // the day of a touch decides; the instants only lead the index near it, a day wide for other zones
    let (from, to) = (window.from.0 - DAY_MS, window.to.0 + DAY_MS);
    let rows = tx.all(
        sql!(
            "SELECT t.id, t.at, u.name, t.customer_id, c.name, t.outcome, t.pipeline, t.metrics, t.playbook_number \
             FROM touch t JOIN customer c ON c.id = t.customer_id JOIN person_user u ON u.id = t.user_id \
             WHERE (CAST($1 AS BIGINT) IS NULL OR t.user_id = $1) AND (CAST($2 AS BIGINT) IS NULL OR t.team_id = $2) \
               AND t.at >= $3 AND t.at < $4 AND t.day >= $5 AND t.day <= $6 \
               AND (t.at < $7 OR (t.at = $7 AND t.id < $8)) AND t.void_at IS NULL AND t.metrics LIKE $9 \
             ORDER BY t.at DESC, t.id DESC LIMIT $10"
        ),
        values![
            ask.user,
            ask.team,
            from,
            to,
            window.first,
            window.last,
            window.before.0,
            window.before.1,
            &carries,
            window.limit
        ],
        |row| fact(row, counted(row.text(7)?, ask.metric)?, row.int(8)?),
    )?;
    Ok(rows)
}

/// How much of a metric a touch says it counted.
fn counted(text: &str, metric: Metric) -> Result<i64, StoreError> {
    let counted: BTreeMap<Metric, i64> = crate::store::journal::from_json(text)?;
    Ok(counted.get(&metric).copied().unwrap_or(0))
}

fn orders(tx: Tx<'_>, books: &mut Books, window: &Window<'_>) -> Result<Vec<FactRow>, StoreError> {
    let ask = window.ask;
    let mut counts: BTreeMap<(String, i64, String), bool> = BTreeMap::new();
    let mut found = Vec::new();
    let rows = tx.all(
        sql!(
            "SELECT o.id, o.at, u.name, o.customer_id, c.name, o.product, o.pipeline, o.price, o.playbook_number, o.playbook \
             FROM sale_order o JOIN customer c ON c.id = o.customer_id JOIN person_user u ON u.id = o.by_user \
             WHERE (CAST($1 AS BIGINT) IS NULL OR o.by_user = $1) AND (CAST($2 AS BIGINT) IS NULL OR o.team_id = $2) AND o.at >= $3 AND o.at < $4 \
               AND (o.at < $5 OR (o.at = $5 AND o.id < $6)) AND o.void_at IS NULL ORDER BY o.at DESC, o.id DESC"
        ),
        values![ask.user, ask.team, window.from, window.to, window.before.0, window.before.1],
        |row| {
            let value = if ask.metric == Metric::OrdersWon { 1 } else { row.int(7)? };
            Ok((fact(row, value, row.int(8)?)?, row.text(9)?.to_owned(), row.text(6)?.to_owned()))
        },
    )?;
    for (fact, playbook, pipeline) in rows {
        // an order counts in the metric its pipeline had in the version it was made under
        let key = (playbook, fact.version, pipeline);
        let yes = if let Some(yes) = counts.get(&key) {
            *yes
        } else {
            let book = books.version(tx, &key.0, key.1)?.playbook;
            let amount =
                book.pipelines.iter().find(|p| p.code.as_str() == key.2).and_then(|p| p.amount_metric);
            let yes = ask.metric == Metric::OrdersWon || amount == Some(ask.metric);
            counts.insert(key, yes);
            yes
        };
        if yes {
            found.push(fact);
        }
    }
    Ok(found)
}

fn payments(tx: Tx<'_>, window: &Window<'_>) -> Result<Vec<FactRow>, StoreError> {
    let ask = window.ask;
    // money given back is a negative payment and counts as refund
    let sign = if ask.metric == Metric::RefundAmount { -1_i64 } else { 1 };
    tx.all(
        sql!(
            "SELECT p.id, p.at, u.name, o.customer_id, c.name, o.product, o.pipeline, p.amount * $1, o.playbook_number \
             FROM payment p JOIN sale_order o ON o.id = p.order_id JOIN customer c ON c.id = o.customer_id \
             JOIN person_user u ON u.id = p.by_user \
             WHERE (CAST($2 AS BIGINT) IS NULL OR p.by_user = $2) AND (CAST($3 AS BIGINT) IS NULL OR p.team_id = $3) AND p.at >= $4 AND p.at < $5 \
               AND (p.at < $6 OR (p.at = $6 AND p.id < $7)) AND p.void_at IS NULL AND p.amount * $1 > 0 \
             ORDER BY p.at DESC, p.id DESC LIMIT $8"
        ),
        values![
            sign,
            ask.user,
            ask.team,
            window.from,
            window.to,
            window.before.0,
            window.before.1,
            window.limit
        ],
        |row| fact(row, row.int(7)?, row.int(8)?),
    )
}
