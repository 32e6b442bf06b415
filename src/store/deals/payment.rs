//! Payments for orders, and money given back.

use crate::domain::code::PipelineCode;
use crate::domain::id::{CustomerId, DealId, OrderId, TeamId, UserId};
use crate::domain::lists::EventKind;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::playbook::count::of_payment;
use crate::playbook::plan::Happening;
use crate::store::change::Topic;
use crate::store::error::StoreError;
use crate::store::metrics::{Account, count};
use crate::store::rights::Action;
use crate::store::tasks;
use crate::store::undo::Reversal;
use crate::store::work::{gap, invalid};
use crate::store::write::Work;
use crate::{sql, values};

/// Records a payment, or money given back (a negative amount).
pub fn pay(work: &mut Work<'_>, order: OrderId, amount: Money) -> Result<(), StoreError> {
    let found = work.tx.one(
        sql!(
            "SELECT customer_id, deal_id, pipeline, price, by_user, team_id FROM sale_order WHERE id = $1 AND void_at IS NULL"
        ),
        values![order],
        |row| {
            Ok((
                CustomerId(row.int(0)?),
                DealId(row.int(1)?),
                PipelineCode::from(row.text(2)?),
                Money(row.int(3)?),
                (UserId(row.int(4)?), row.opt_int(5)?.map(TeamId)),
            ))
        },
    )?;
    let Some((customer, deal, pipeline, price, (user, team))) = found else {
        return Err(StoreError::NotFound { kind: "order", id: order.to_string(), hint: None });
    };
    work.may(Action::MoveDeal, customer, "record a payment")?;
    work.effects.customer = Some(customer);
    let paid = work.tx.number(
        sql!("SELECT CAST(sum(amount) AS BIGINT) FROM payment WHERE order_id = $1 AND void_at IS NULL"),
        values![order],
    )?;
    let before = Money(paid.unwrap_or(0));
    let after = before + amount;
    if amount == Money::ZERO || after.0 < 0 || after > price {
        return Err(invalid(
            "amount",
            format!("{amount} does not fit: {before} of {price} are paid; give at most {}", price - before),
        ));
    }
    let row = payment(work, order, amount, (user, team, &pipeline))?;
    work.reverse(Reversal::PaymentMade(row));
    work.effects.order = Some(order);
    work.touch(Topic::Customer);
    let playbook = work.book_of(customer)?.playbook;
    if after == price {
        tasks::happen(work, customer, vec![fully_paid(deal, work.at)])?;
    }
    gap::tell(work, &playbook)
}

/// Writes a payment and counts it for who sold.
pub(super) fn payment(
    work: &mut Work<'_>,
    order: OrderId,
    amount: Money,
    (user, team, pipeline): (UserId, Option<TeamId>, &PipelineCode),
) -> Result<i64, StoreError> {
    let row = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO payment (id, order_id, amount, at, by_user, team_id, void_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)"
        ),
        values![row, order, amount, work.at, user, team],
    )?;
    let account = Account { day: work.day, at: work.at, user, team, pipeline: pipeline.0.clone() };
    for (metric, value) in of_payment(amount) {
        count(work, &account, metric, value)?;
    }
    Ok(row)
}

/// What planning is told of a deal that is paid in full.
pub(super) fn fully_paid(deal: DealId, at: Timestamp) -> Happening {
    Happening { kind: EventKind::FullyPaid, name: None, deal: Some(deal), node: None, at }
}
