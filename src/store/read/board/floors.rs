//! How the products stand that have a floor (S003-12): orders of a stretch of days by product, as the playbook asks for them.

use std::collections::BTreeMap;

use crate::domain::floor::Floor;
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::Period;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// Orders by whoever made them, in which team, and product.
#[derive(Debug, Clone, Default)]
pub(super) struct Sold(BTreeMap<(UserId, TeamId), BTreeMap<String, i64>>);

impl Sold {
    /// What everybody sold from an instant before another.
    pub(super) fn load(tx: Tx<'_>, (from, to): (Timestamp, Timestamp)) -> Result<Self, StoreError> {
        let mut sold = Self::default();
        tx.each(
            sql!(
                "SELECT by_user, team_id, product, count(*) FROM sale_order WHERE at >= $1 AND at < $2 AND void_at IS NULL \
                 GROUP BY by_user, team_id, product"
            ),
            values![from, to],
            |row| {
                let key = (UserId(row.int(0)?), TeamId(row.opt_int(1)?.unwrap_or(0)));
                *sold.0.entry(key).or_default().entry(row.text(2)?.to_owned()).or_default() += row.int(3)?;
                Ok(())
            },
        )?;
        Ok(sold)
    }

    /// The floors of a period for so many people, with what whoever is wanted sold.
    pub(super) fn floors(
        &self,
        book: &Playbook,
        (period, people): (Period, i64),
        wanted: impl Fn(UserId, TeamId) -> bool,
    ) -> Vec<Floor> {
        let of = |product: &str| {
            let found = self.0.iter().filter(|((user, team), _)| wanted(*user, *team));
            found.filter_map(|(_, sold)| sold.get(product)).sum()
        };
        floors(book, (period, people), of)
    }
}

fn floors(book: &Playbook, (period, people): (Period, i64), sold: impl Fn(&str) -> i64) -> Vec<Floor> {
    let of_period = book.product_floors.iter().filter(|floor| floor.period == period);
    of_period
        .map(|floor| Floor {
            product: floor.product.clone(),
            least: i64::from(floor.least).saturating_mul(people),
            sold: sold(floor.product.as_str()),
            cap_bp: i64::from(floor.cap_bp),
        })
        .collect()
}

/// The floors of a month with what one person sold in it; `None` where the playbook has none, and nothing is asked.
pub(super) fn of_user(
    tx: Tx<'_>,
    book: &Playbook,
    user: UserId,
    (first, last): (Day, Day),
) -> Result<Option<Vec<Floor>>, StoreError> {
    if !book.product_floors.iter().any(|floor| floor.period == Period::Month) {
        return Ok(None);
    }
    let mut sold: BTreeMap<String, i64> = BTreeMap::new();
    tx.each(
        sql!(
            "SELECT product, count(*) FROM sale_order WHERE by_user = $1 AND at >= $2 AND at < $3 AND void_at IS NULL GROUP BY product"
        ),
        values![user, book.zone.start(first), book.zone.end(last)],
        |row| {
            sold.insert(row.text(0)?.to_owned(), row.int(1)?);
            Ok(())
        },
    )?;
    Ok(Some(floors(book, (Period::Month, 1), |product| sold.get(product).copied().unwrap_or(0))))
}
