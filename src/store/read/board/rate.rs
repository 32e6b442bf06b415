//! What a rep's orders bring and how many leads become one (formulas.md no. 1, S001-108).
//!
//! The average order is of this month and the two before it, from the sums that are kept anyway. The conversion is of the leads that
//! came in [`COHORT_DAYS`] days, the last of which had the playbook's `conversion_window_days` to become an order: it is over for
//! all of them, so that the rate is the same all day and is read once a day and person.

use std::collections::BTreeSet;

use crate::domain::gap::Rates;
use crate::domain::id::UserId;
use crate::domain::lists::{Metric, Unit};
use crate::domain::report::share::Share;
use crate::domain::time::{DAY_MS, Day, Month, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::read::board::{book, day};
use crate::{sql, values};

/// Days whose leads a conversion is of.
const COHORT_DAYS: i64 = 90;

/// The rates of those of several people whose method has this main metric, each by the own method.
pub(super) fn of_users(
    tx: Tx<'_>,
    books: &mut Books,
    users: &[UserId],
    (metric, now): (Metric, Timestamp),
) -> Result<Vec<(UserId, Rates)>, StoreError> {
    let mut all = Vec::with_capacity(users.len());
    for user in users {
        let id = books.playbook_of(tx, *user)?.unwrap_or_default();
        let book = book(tx, books, &id)?;
        if book.playbook.metrics.main != metric {
            continue;
        }
        all.push((*user, rates(tx, books, (&book.playbook, *user), day(&book, now))?));
    }
    Ok(all)
}

/// The rates of somebody on a day, in the main metric.
pub(super) fn rates(
    tx: Tx<'_>,
    books: &mut Books,
    (playbook, user): (&Playbook, UserId),
    today: Day,
) -> Result<Rates, StoreError> {
    let average = average(tx, playbook, user, today.month())?;
    let conversion = books.conversion(tx, (user, today), |tx| conversion(tx, playbook, user, today))?;
    Ok(Rates { average, conversion })
}

/// The average order: one for one where orders themselves are counted; without an order the price of the playbook's first product.
fn average(tx: Tx<'_>, playbook: &Playbook, user: UserId, month: Month) -> Result<Option<i64>, StoreError> {
    let main = playbook.metrics.main;
    if main == Metric::OrdersWon {
        return Ok(Some(1));
    }
    if main.unit() != Unit::Money {
        return Ok(None);
    }
    let Month(this) = month;
    let (mut orders, mut sum) = (0_i64, 0_i64);
    tx.each(
        sql!(
            "SELECT pipeline, metric, CAST(sum(value) AS BIGINT) FROM metric_month WHERE month IN ($1, $2, $3) AND metric IN ($4, $5) \
             AND user_id = $6 GROUP BY pipeline, metric"
        ),
        values![Month(this - 2), Month(this - 1), month, main, Metric::OrdersWon, user],
        |row| {
            if counts(playbook, row.text(0)?) {
                if row.text(1)? == Metric::OrdersWon.as_str() {
                    orders += row.int(2)?;
                } else {
                    sum += row.int(2)?;
                }
            }
            Ok(())
        },
    )?;
    if orders > 0 {
        return Ok(Some(sum / orders));
    }
    Ok(playbook.products.first().map(|product| product.price.0))
}

/// Of the customers somebody came to follow, those who bought of the same person within the playbook's days.
fn conversion(tx: Tx<'_>, playbook: &Playbook, user: UserId, today: Day) -> Result<Share, StoreError> {
    let window = i64::from(playbook.metrics.conversion_window_days);
    let before = today.plus(-window);
    let (mut leads, mut won) = (BTreeSet::new(), BTreeSet::new());
    tx.each(
        sql!(
            "SELECT w.customer_id, o.pipeline FROM ownership w LEFT JOIN sale_order o ON o.customer_id = w.customer_id \
             AND o.by_user = w.user_id AND o.at >= w.from_at AND o.at - w.from_at < $4 AND o.void_at IS NULL \
             WHERE w.user_id = $1 AND w.owner_right = 'follow' AND w.from_at >= $2 AND w.from_at < $3"
        ),
        values![
            user,
            playbook.zone.start(before.plus(-COHORT_DAYS)),
            playbook.zone.start(before),
            window * DAY_MS
        ],
        |row| {
            let lead = row.int(0)?;
            leads.insert(lead);
            if row.opt_text(1)?.is_some_and(|pipeline| counts(playbook, pipeline)) {
                won.insert(lead);
            }
            Ok(())
        },
    )?;
    let count = |set: &BTreeSet<i64>| i64::try_from(set.len()).unwrap_or(i64::MAX);
    Ok(Share::of(count(&won), count(&leads)))
}

/// Whether what is sold in a pipeline counts in the main metric.
pub(super) fn counts(playbook: &Playbook, pipeline: &str) -> bool {
    let main = playbook.metrics.main;
    let own =
        |amount: Option<Metric>| matches!(main, Metric::Receipts | Metric::OrdersWon) || amount == Some(main);
    playbook.pipelines.iter().any(|p| p.code.as_str() == pipeline && own(p.amount_metric))
}
