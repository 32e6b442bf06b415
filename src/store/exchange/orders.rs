//! Orders with their payments and credits.

use crate::domain::lists::Records;
use crate::domain::time::{Timestamp, Zone};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::exchange::cells;
use crate::store::exchange::export::Filter;
use crate::store::query::export::{Cell, ExportPage, columns};
use crate::store::value::Row;
use crate::{sql, values};

/// Between two payments, and between two credits.
pub const BETWEEN: &str = " | ";

/// Orders by who sold them.
pub const FIND: &str = sql!(
    "SELECT o.id, o.deal_id, o.customer_id, c.name, o.playbook, o.playbook_number, o.pipeline, o.product, o.list, \
       o.discount, o.price, o.at, u.login, m.name \
     FROM sale_order o JOIN customer c ON c.id = o.customer_id LEFT JOIN person_user u ON u.id = o.by_user \
       LEFT JOIN team m ON m.id = o.team_id \
     WHERE o.id > $1 AND o.void_at IS NULL AND (CAST($2 AS BIGINT) IS NULL OR o.by_user = $2) \
       AND (CAST($3 AS BIGINT) IS NULL OR o.team_id = $3) AND o.at >= $4 AND o.at < $5 \
       AND CAST($7 AS BIGINT) IS NOT NULL ORDER BY o.id LIMIT $6"
);

/// A window of orders by who sold them.
pub fn page(tx: Tx<'_>, filter: &Filter, zone: Zone) -> Result<ExportPage, StoreError> {
    let heads = tx.all(FIND, &filter.values(), |row| {
        let cells = columns(Records::Orders)
            .iter()
            .enumerate()
            .take(14)
            .map(|(place, column)| cells::written(row, place, column.cell, zone))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((row.int(0)?, cells))
    })?;
    let full = heads.len() == usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let next = heads.last().map(|(id, _)| *id).filter(|_| full);
    let mut rows = Vec::with_capacity(heads.len());
    for (order, mut cells) in heads {
        let (payments, paid) = payments(tx, order, zone)?;
        cells.push(payments);
        cells.push(credits(tx, order, zone)?);
        cells.push(cells::money(paid));
        rows.push(cells);
    }
    Ok(ExportPage { rows, next })
}

/// `AMOUNT TIME LOGIN`, with the sum.
fn payments(tx: Tx<'_>, order: i64, zone: Zone) -> Result<(String, i64), StoreError> {
    let mut sum = 0;
    let rows = tx.all(
        sql!(
            "SELECT p.amount, p.at, u.login FROM payment p LEFT JOIN person_user u ON u.id = p.by_user \
             WHERE p.order_id = $1 AND p.void_at IS NULL ORDER BY p.at, p.id"
        ),
        values![order],
        |row| Ok((row.int(0)?, item(row, zone)?)),
    )?;
    let texts: Vec<String> = rows
        .into_iter()
        .map(|(amount, text)| {
            sum += amount;
            text
        })
        .collect();
    Ok((texts.join(BETWEEN), sum))
}

/// `AMOUNT TIME LOGIN SHARE SOURCE STATE`; the share in basis points.
fn credits(tx: Tx<'_>, order: i64, zone: Zone) -> Result<String, StoreError> {
    let texts = tx.all(
        sql!(
            "SELECT k.amount, k.at, u.login, k.share_bp, k.source, k.state FROM order_credit k \
             LEFT JOIN person_user u ON u.id = k.user_id WHERE k.order_id = $1 AND k.void_at IS NULL ORDER BY k.at, k.id"
        ),
        values![order],
        |row| Ok(format!("{} {} {} {}", item(row, zone)?, row.int(3)?, row.text(4)?, row.text(5)?)),
    )?;
    Ok(texts.join(BETWEEN))
}

fn item(row: &dyn Row, zone: Zone) -> Result<String, StoreError> {
    let login = cells::written(row, 2, Cell::User, zone)?;
    Ok(format!("{} {} {login}", cells::money(row.int(0)?), zone.exact(Timestamp(row.int(1)?))))
}
