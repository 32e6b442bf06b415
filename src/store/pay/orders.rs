//! What somebody's orders of a month are, and whether what releases their pay has happened.

use std::collections::BTreeMap;

use crate::domain::code::PipelineCode;
use crate::domain::id::{CustomerId, DealId, OrderId, UserId};
use crate::domain::lists::{FieldType, GateKind, Metric, Release};
use crate::domain::money::Money;
use crate::domain::pay::plan::Plan;
use crate::domain::pay::{Earned, Happened};
use crate::domain::report::share::WHOLE_BP;
use crate::domain::time::{DAY_MS, Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::Stage;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::value::Row;
use crate::{sql, values};

/// The share of a price that makes a down payment, basis points.
const DOWN_PAYMENT_BP: i64 = 3_000;

/// An order with what its release goes by.
#[derive(Debug)]
struct Order {
    earned: Earned,
    pipeline: PipelineCode,
    deal: DealId,
    price: Money,
    paid: Money,
}

/// Somebody's orders of a month, as known at an instant.
#[derive(Debug)]
pub struct Orders<'a> {
    playbook: &'a Playbook,
    plan: &'a Plan,
    won: Vec<Order>,
    /// What of an order cannot be worked out from itself.
    known: BTreeMap<(OrderId, Release), Happened>,
}

impl<'a> Orders<'a> {
    /// Reads what is credited to somebody, and where the rank has a share of them the orders of others whose visit this person booked.
    pub fn load(
        tx: Tx<'_>,
        (playbook, plan): (&'a Playbook, &'a Plan),
        user: UserId,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut orders = Vec::new();
        tx.each(
            sql!(
                "SELECT o.id, o.customer_id, o.at, k.amount, o.pipeline, o.deal_id, o.price FROM order_credit k \
                 JOIN sale_order o ON o.id = k.order_id WHERE k.user_id = $1 AND k.at >= $2 AND k.at < $3 AND k.void_at IS NULL \
                 AND o.void_at IS NULL AND o.at <= $4 ORDER BY o.at, o.id"
            ),
            values![user, from, to, now],
            |row| {
                orders.push(order(row, false)?);
                Ok(())
            },
        )?;
        let mut linked = Vec::new();
        tx.each(
            sql!(
                "SELECT DISTINCT o.id, o.customer_id, o.at, o.price, o.pipeline, o.deal_id, o.price FROM node_event n \
                 JOIN sale_order o ON o.customer_id = n.customer_id AND o.at >= $2 AND o.at < $3 AND o.at >= n.node_at \
                 JOIN person_user me ON me.id = n.booked_by JOIN person_user seller ON seller.id = o.by_user \
                 WHERE n.booked_by = $1 AND n.state = 'attended' AND n.void_at IS NULL AND o.void_at IS NULL AND o.at <= $4 \
                 AND seller.id <> me.id AND seller.rank <> me.rank ORDER BY o.at, o.id"
            ),
            values![user, from, to, now],
            |row| {
                linked.push(order(row, true)?);
                Ok(())
            },
        )?;
        for one in linked {
            if !orders.iter().any(|own| own.earned.order == one.earned.order) {
                orders.push(one);
            }
        }
        orders.sort_by_key(|one| (one.earned.at, one.earned.order));
        let mut all = Self { playbook, plan, won: orders, known: BTreeMap::new() };
        all.settle(tx, now)?;
        Ok(all)
    }

    /// Those that count in a metric. Who was only linked to one is paid for it where ranks have shares.
    pub fn of(&self, metric: Metric, linked: bool) -> Vec<Earned> {
        let counts = |pipeline: &PipelineCode| {
            self.playbook.pipeline(pipeline).is_some_and(|pipeline| pipeline.amount_metric == Some(metric))
        };
        let wanted = self.won.iter().filter(|one| counts(&one.pipeline) && (linked || !one.earned.is_linked));
        wanted.map(|one| one.earned.clone()).collect()
    }

    /// Whether what releases a part of an order's pay has happened.
    pub fn happened(&self, order: &Earned, event: Release) -> Happened {
        let found = self.won.iter().find(|one| one.earned.order == order.order);
        let Some(order) = found else { return Happened::NotKnown };
        let yes = |yes: bool| if yes { Happened::Yes } else { Happened::No };
        match event {
            Release::OrderWon => Happened::Yes,
            Release::DownPayment30 => {
                let paid = i128::from(order.paid.0) * i128::from(WHOLE_BP);
                yes(paid >= i128::from(order.price.0) * i128::from(DOWN_PAYMENT_BP))
            }
            Release::FullyPaid => yes(order.paid >= order.price),
            Release::PolicyIssued | Release::CoolingOffPassed | Release::SecondPremiumPaid => {
                self.known.get(&(order.earned.order, event)).copied().unwrap_or(Happened::NotKnown)
            }
        }
    }

    /// Reads what was paid and given back, and what else releases pay.
    fn settle(&mut self, tx: Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let clawback = i64::from(self.plan.clawback_days) * DAY_MS;
        for order in &mut self.won {
            let (mut paid, mut back) = (0_i64, 0_i64);
            tx.each(
                sql!("SELECT amount, at FROM payment WHERE order_id = $1 AND at <= $2 AND void_at IS NULL"),
                values![order.earned.order, now],
                |row| {
                    let (amount, at) = (row.int(0)?, Timestamp(row.int(1)?));
                    paid += amount;
                    if amount < 0 && at.since(order.earned.at) <= clawback {
                        back -= amount;
                    }
                    Ok(())
                },
            )?;
            order.paid = Money(paid);
            order.earned.refunded = part_of(order.earned.amount, Money(back), order.price);
            let id = order.earned.order;
            self.known
                .insert((id, Release::CoolingOffPassed), cooled(tx, (self.playbook, self.plan), order, now)?);
            self.known.insert((id, Release::SecondPremiumPaid), continued(tx, self.playbook, order, now)?);
        }
        Ok(())
    }
}

fn order(row: &dyn Row, is_linked: bool) -> Result<Order, StoreError> {
    Ok(Order {
        earned: Earned {
            order: OrderId(row.int(0)?),
            customer: CustomerId(row.int(1)?),
            at: Timestamp(row.int(2)?),
            amount: Money(row.int(3)?),
            refunded: Money::ZERO,
            is_linked,
        },
        pipeline: PipelineCode::from(row.text(4)?),
        deal: DealId(row.int(5)?),
        price: Money(row.int(6)?),
        paid: Money::ZERO,
    })
}

/// What of a credited amount goes with what of the price was given back, rounded down.
fn part_of(credited: Money, back: Money, price: Money) -> Money {
    if price.0 <= 0 {
        return Money::ZERO;
    }
    let part = i128::from(credited.0) * i128::from(back.0) / i128::from(price.0);
    Money(i64::try_from(part).unwrap_or(credited.0))
}

/// Whether the days to withdraw are over: by the date that the stage with that gate asks for, else by the days the method says.
fn cooled(
    tx: Tx<'_>,
    (playbook, plan): (&Playbook, &Plan),
    order: &Order,
    now: Timestamp,
) -> Result<Happened, StoreError> {
    let today = playbook.zone.day(now);
    let over = |last: Day| if today > last { Happened::Yes } else { Happened::No };
    let stages =
        playbook.pipeline(&order.pipeline).map(|pipeline| pipeline.stages.as_slice()).unwrap_or_default();
    let gated =
        |stage: &&Stage| stage.gate.as_ref().is_some_and(|gate| gate.kind == GateKind::CoolingOffPassed);
    if stages.iter().find(|stage| stage.closes_won).as_ref().is_some_and(gated) {
        // it was won no sooner
        return Ok(Happened::Yes);
    }
    let date = stages
        .iter()
        .filter(gated)
        .flat_map(|stage| &stage.required)
        .find(|code| playbook.field(code).is_some_and(|field| field.kind == FieldType::Date));
    if let Some(date) = date {
        let told = tx.one(
            sql!(
                "SELECT value FROM field_value WHERE entity = 'opportunity' AND entity_id = $1 AND field = $2"
            ),
            values![order.deal, date],
            |row| Ok(row.text(0)?.parse::<Day>().ok()),
        )?;
        if let Some(last) = told.flatten() {
            return Ok(over(last));
        }
    }
    Ok(match plan.cooling_off_days {
        Some(days) => over(playbook.zone.day(order.earned.at).plus(i64::from(days))),
        None => Happened::NotKnown,
    })
}

/// Whether the customer has paid for what follows: an order of the pipeline that follows, paid in full.
fn continued(tx: Tx<'_>, playbook: &Playbook, order: &Order, now: Timestamp) -> Result<Happened, StoreError> {
    let follows = playbook.pipeline(&order.pipeline).and_then(|pipeline| pipeline.followed_by.as_ref());
    let Some(follows) = follows else { return Ok(Happened::NotKnown) };
    let mut paid = false;
    tx.each(
        sql!(
            "SELECT o.price, (SELECT CAST(sum(p.amount) AS BIGINT) FROM payment p WHERE p.order_id = o.id AND p.at <= $4 AND p.void_at IS NULL) \
             FROM sale_order o WHERE o.customer_id = $1 AND o.at > $2 AND o.pipeline = $3 AND o.void_at IS NULL"
        ),
        values![order.earned.customer, order.earned.at, follows, now],
        |row| {
            paid |= row.opt_int(1)?.unwrap_or(0) >= row.int(0)?;
            Ok(())
        },
    )?;
    Ok(if paid { Happened::Yes } else { Happened::No })
}
