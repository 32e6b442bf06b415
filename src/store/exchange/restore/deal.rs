//! Deals, and orders with their payments and credits.

use super::{Cells, Fated, Run, nobody, owner_name};
use crate::domain::code::{PipelineCode, TagCode};
use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::DealState;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::count;
use crate::store::change::customer::Fate;
use crate::store::error::StoreError;
use crate::store::exchange::cells;
use crate::store::exchange::orders::BETWEEN;
use crate::store::metrics::{self, Account};
use crate::store::value::Value;
use crate::store::write::Work;
use crate::{sql, values};

impl Run {
    pub(super) fn deal(work: &mut Work<'_>, cells: &Cells) -> Result<Fated, StoreError> {
        let customer = CustomerId(cells.number(1));
        let Some(owner) = owner_name(work, customer)? else { return Ok(Err(nobody(customer))) };
        let known = work.tx.number(sql!("SELECT id FROM deal WHERE id = $1"), values![cells.number(0)])?;
        if known.is_some() {
            return Ok(Ok(Fate::Duplicate { customer, by: "id".to_owned(), owner }));
        }
        if DealState::parse(cells.text(9)).is_none() {
            return Ok(Err(format!("'{}' is not a state of a deal", cells.text(9))));
        }
        let Ok(book) = work.book(cells.text(3)) else {
            return Ok(Err(format!("there is no playbook '{}' here; apply it first", cells.text(3))));
        };
        work.tx.put(
            sql!(
                "INSERT INTO deal (id, customer_id, playbook, playbook_number, pipeline, seq, stage, stage_since, state, opened_at, \
                   opened_by, closed_at, reason, words, void_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL)"
            ),
            &[
                cells.bound(0),
                cells.bound(1),
                cells.bound(3),
                Value::Int(cells.number(4).min(book.number)),
                cells.bound(5),
                Value::Int(cells.number(6)),
                cells.bound(7),
                Value::Int(cells.number(8)),
                cells.bound(9),
                Value::Int(cells.number(10)),
                Value::Int(cells.at(11).number().unwrap_or(work.by.id.0)),
                cells.bound(12),
                cells.bound(13),
                cells.bound(14),
            ],
        )?;
        Ok(Ok(Fate::Created(customer)))
    }

    pub(super) fn order(&mut self, work: &mut Work<'_>, cells: &Cells) -> Result<Fated, StoreError> {
        let customer = CustomerId(cells.number(2));
        let Some(owner) = owner_name(work, customer)? else { return Ok(Err(nobody(customer))) };
        let order = cells.number(0);
        if work.tx.number(sql!("SELECT id FROM sale_order WHERE id = $1"), values![order])?.is_some() {
            return Ok(Ok(Fate::Duplicate { customer, by: "id".to_owned(), owner }));
        }
        if work.tx.number(sql!("SELECT id FROM deal WHERE id = $1"), values![cells.number(1)])?.is_none() {
            return Ok(Err(format!("there is no deal {} here; bring the deals in first", cells.number(1))));
        }
        let Ok(book) = work.book(cells.text(4)) else {
            return Ok(Err(format!("there is no playbook '{}' here; apply it first", cells.text(4))));
        };
        let Some(seller) = cells.at(12).number() else {
            return Ok(Err("the row does not say who sold".to_owned()));
        };
        let items = (self.items(cells.text(14)), self.items(cells.text(15)));
        let (payments, credits) = match items {
            (Ok(payments), Ok(credits)) => (payments, credits),
            (Err(reason), _) | (_, Err(reason)) => return Ok(Err(reason)),
        };
        work.tx.put(
            sql!(
                "INSERT INTO sale_order (id, deal_id, customer_id, playbook, playbook_number, pipeline, product, list, discount, \
                   price, issue_id, at, by_user, team_id, void_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, $11, $12, $13, NULL)"
            ),
            &[
                cells.bound(0),
                cells.bound(1),
                cells.bound(2),
                cells.bound(4),
                Value::Int(cells.number(5).min(book.number)),
                cells.bound(6),
                cells.bound(7),
                Value::Int(cells.number(8)),
                Value::Int(cells.number(9)),
                Value::Int(cells.number(10)),
                Value::Int(cells.number(11)),
                Value::Int(seller),
                cells.bound(13),
            ],
        )?;
        let zone = book.playbook.zone;
        let pipeline = cells.text(6).to_owned();
        let team = cells.at(13).number().map(TeamId);
        let account = |at: i64| Account {
            day: zone.day(Timestamp(at)),
            at: Timestamp(at),
            user: UserId(seller),
            team,
            pipeline: pipeline.clone(),
        };
        let tags = tags_at(work, &book.playbook, customer, cells.number(11))?;
        let amount = Money(cells.number(10));
        let counted =
            count::CountedOrder { pipeline: &PipelineCode::from(pipeline.as_str()), amount, tags: &tags };
        for (metric, value) in count::of_order(&book.playbook, &counted) {
            metrics::count(work, &account(cells.number(11)), metric, value)?;
        }
        for item in payments {
            let id = work.ids.make();
            work.tx.put(
                sql!(
                    "INSERT INTO payment (id, order_id, amount, at, by_user, team_id, void_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, NULL)"
                ),
                values![id, order, item.amount, item.at, item.user, team],
            )?;
            for (metric, value) in count::of_payment(Money(item.amount)) {
                metrics::count(work, &account(item.at), metric, value)?;
            }
        }
        for item in credits {
            let id = work.ids.make();
            let [share, source, state] = item.rest;
            work.tx.put(
                sql!(
                    "INSERT INTO order_credit (id, order_id, user_id, share_bp, amount, source, state, at, void_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)"
                ),
                values![id, order, item.user, share.parse::<i64>().unwrap_or(0), item.amount, source, state, item.at],
            )?;
        }
        Ok(Ok(Fate::Created(customer)))
    }

    /// Payments or credits: `AMOUNT TIME LOGIN …`.
    fn items<'t>(&self, text: &'t str) -> Result<Vec<Item<'t>>, String> {
        let item = |part: &'t str| {
            let wrong = || format!("'{part}' is not an amount, a time and a sign-in name");
            let mut words = part.split(' ');
            let mut next = || words.next().unwrap_or_default();
            let (amount, at, login) = (next(), next(), next());
            Ok(Item {
                amount: cells::amount(amount).ok_or_else(wrong)?,
                at: at.parse::<Timestamp>().map_err(|_| wrong())?.0,
                user: self.names.user(login)?,
                rest: [next(), next(), next()],
            })
        };
        text.split(BETWEEN).filter(|part| !part.is_empty()).map(item).collect()
    }
}

/// A payment or a credit.
struct Item<'t> {
    amount: i64,
    at: i64,
    user: UserId,
    /// The share, the source and the state of a credit.
    rest: [&'t str; 3],
}

/// The tags a customer carried at an instant.
fn tags_at(
    work: &Work<'_>,
    playbook: &Playbook,
    customer: CustomerId,
    at: i64,
) -> Result<Vec<TagCode>, StoreError> {
    let open = work.tx.all(
        sql!(
            "SELECT pipeline FROM deal WHERE customer_id = $1 AND void_at IS NULL AND stage IS NULL AND opened_at <= $2 \
             AND (closed_at IS NULL OR closed_at > $2)"
        ),
        values![customer, at],
        |row| Ok(PipelineCode::from(row.text(0)?)),
    )?;
    Ok(open.iter().filter_map(|code| playbook.pipeline(code)?.tag.clone()).collect())
}
