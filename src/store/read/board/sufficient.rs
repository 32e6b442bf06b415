//! Whether the customers somebody has suffice for the target (S004-06): what old customers brought, of the target.
//!
//! It is told in the metric the target is of, the main one of the person's playbook: what does not count for a target does not carry
//! it. A customer is old once it has been here for as many days as the playbook says, on the day of the order.

use std::sync::Arc;

use crate::domain::id::UserId;
use crate::domain::lists::{Level, Metric};
use crate::domain::report::share::Share;
use crate::domain::span::Span;
use crate::domain::time::{DAY_MS, Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::board::{FactRow, Part};
use crate::store::read::board::case_fact::whose;
use crate::store::read::board::fact::{Window, fact};
use crate::store::read::board::people::Member;
use crate::store::read::board::target::{For, Set};
use crate::store::read::board::{book, rate};
use crate::store::write::playbook_of;
use crate::{sql, values};

/// What one person's share is of.
#[derive(Debug, Clone)]
pub(in crate::store) struct Wanted {
    pub user: UserId,
    pub playbook: Arc<Playbook>,
    /// The target of the days asked for; 0 where there is none.
    pub target: i64,
}

/// Those of several people, each by the own method, on a stretch of days as known on a day.
pub(in crate::store) fn wanted(
    tx: Tx<'_>,
    books: &mut Books,
    members: &[Member],
    (span, days, on): (Span, (Day, Day), Day),
) -> Result<Vec<Wanted>, StoreError> {
    let mut sets: Vec<(Metric, Set)> = Vec::new();
    let mut all = Vec::with_capacity(members.len());
    for member in members.iter().filter(|member| member.competes()) {
        let playbook = book(tx, books, &member.playbook)?.playbook;
        let main = playbook.metrics.main;
        if !sets.iter().any(|(metric, _)| *metric == main) {
            sets.push((main, Set::load(tx, main, &Part::default(), on)?));
        }
        let set = sets.iter().find(|(metric, _)| *metric == main);
        let wanted = For { span, days, on, level: Level::Goal };
        let target = set.and_then(|(_, set)| set.of_user(&playbook, member, wanted)).unwrap_or(0);
        all.push(Wanted { user: member.id, playbook, target });
    }
    Ok(all)
}

impl Wanted {
    /// What old customers brought from an instant up to another, of the target.
    pub(in crate::store) fn share(
        &self,
        tx: Tx<'_>,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Share, StoreError> {
        let (metric, old) = (self.playbook.metrics.main, age(&self.playbook));
        let mut sum = 0;
        for pipeline in pipelines(&self.playbook) {
            let found = if metric == Metric::Receipts {
                tx.number(
                    sql!(
                        "SELECT CAST(sum(p.amount) AS BIGINT) FROM payment p JOIN sale_order o ON o.id = p.order_id \
                         JOIN customer c ON c.id = o.customer_id WHERE p.by_user = $1 AND p.at >= $2 AND p.at < $3 \
                         AND o.pipeline = $4 AND c.created_at <= p.at - CAST($5 AS BIGINT) AND p.amount > 0 AND p.void_at IS NULL"
                    ),
                    values![self.user, from, to, pipeline, old],
                )?
            } else {
                tx.number(
                    sql!(
                        "SELECT CAST(sum(CASE WHEN CAST($6 AS BIGINT) = 1 THEN 1 ELSE o.price END) AS BIGINT) FROM sale_order o \
                         JOIN customer c ON c.id = o.customer_id WHERE o.by_user = $1 AND o.at >= $2 AND o.at < $3 \
                         AND o.pipeline = $4 AND c.created_at <= o.at - CAST($5 AS BIGINT) AND o.void_at IS NULL"
                    ),
                    values![self.user, from, to, pipeline, old, i64::from(metric == Metric::OrdersWon)],
                )?
            };
            sum += found.unwrap_or(0);
        }
        Ok(Share::of(sum, self.target))
    }
}

/// The age of an old customer, in milliseconds.
fn age(playbook: &Playbook) -> i64 {
    i64::from(playbook.metrics.old_customer_days) * DAY_MS
}

/// The pipelines whose orders count for the target.
fn pipelines(playbook: &Playbook) -> impl Iterator<Item = &str> {
    let all = playbook.pipelines.iter().map(|pipeline| pipeline.code.as_str());
    all.filter(|pipeline| rate::counts(playbook, pipeline))
}

/// A window of what old customers brought: every one is an order, or a payment where those are what is counted.
pub(super) fn facts(
    tx: Tx<'_>,
    books: &mut Books,
    calendar: &Playbook,
    window: &Window<'_>,
) -> Result<Vec<FactRow>, StoreError> {
    let mut found = Vec::new();
    for user in whose(tx, calendar, window)? {
        let id = playbook_of(tx, user)?.unwrap_or_default();
        let playbook = book(tx, books, &id)?.playbook;
        let metric = playbook.metrics.main;
        for pipeline in pipelines(&playbook) {
            let values = values![
                user,
                window.from,
                window.to,
                window.before.0,
                window.before.1,
                window.limit,
                pipeline,
                age(&playbook)
            ];
            let rows = if metric == Metric::Receipts {
                tx.all(
                    sql!(
                        "SELECT p.id, p.at, u.name, o.customer_id, c.name, o.product, o.pipeline, p.amount, o.playbook_number \
                         FROM payment p JOIN sale_order o ON o.id = p.order_id JOIN customer c ON c.id = o.customer_id \
                         JOIN person_user u ON u.id = p.by_user WHERE p.by_user = $1 AND p.at >= $2 AND p.at < $3 \
                         AND (p.at < $4 OR (p.at = $4 AND p.id < $5)) AND o.pipeline = $7 \
                         AND c.created_at <= p.at - CAST($8 AS BIGINT) AND p.amount > 0 AND p.void_at IS NULL \
                         ORDER BY p.at DESC, p.id DESC LIMIT $6"
                    ),
                    values,
                    |row| fact(row, row.int(7)?, row.int(8)?),
                )?
            } else {
                tx.all(
                    sql!(
                        "SELECT o.id, o.at, u.name, o.customer_id, c.name, o.product, o.pipeline, o.price, o.playbook_number \
                         FROM sale_order o JOIN customer c ON c.id = o.customer_id JOIN person_user u ON u.id = o.by_user \
                         WHERE o.by_user = $1 AND o.at >= $2 AND o.at < $3 AND (o.at < $4 OR (o.at = $4 AND o.id < $5)) \
                         AND o.pipeline = $7 AND c.created_at <= o.at - CAST($8 AS BIGINT) AND o.void_at IS NULL \
                         ORDER BY o.at DESC, o.id DESC LIMIT $6"
                    ),
                    values,
                    |row| {
                        let value = if metric == Metric::OrdersWon { 1 } else { row.int(7)? };
                        fact(row, value, row.int(8)?)
                    },
                )?
            };
            found.extend(rows);
        }
    }
    Ok(found)
}
