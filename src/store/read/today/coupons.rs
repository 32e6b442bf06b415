//! What the push of a coupon would say, before it is tried: stage and pipeline, how many the customer got, the month's quota.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::code::{CouponCode, PipelineCode, StageCode};
use crate::domain::contact::{Held, Rule};
use crate::domain::id::{CustomerId, DealId, TaskId};
use crate::domain::lists::{IssueState, Lane};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::give::{Standing, may_give};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::TaskRow;
use crate::store::read::today::rows::Found;
use crate::store::usage::small;
use crate::store::value::{AT_ONCE, Row, Value, filled, word};
use crate::{sql, values};

/// A coupon a customer got: which, for which task, and what became of it.
type Got = (CouponCode, Option<TaskId>, IssueState);
/// An open deal.
type Open = (DealId, PipelineCode, Option<StageCode>);

/// What is known of the coupons of a day.
#[derive(Debug, Default)]
pub struct Coupons {
    deals: BTreeMap<CustomerId, Vec<Open>>,
    got: BTreeMap<CustomerId, Vec<Got>>,
    used: BTreeMap<CouponCode, u32>,
}

impl Coupons {
    /// Reads what concerns the coupon tasks among these; nothing is read where there is none.
    pub fn load(
        tx: Tx<'_>,
        playbook: &Playbook,
        tasks: &[Found],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut coupons = Self::default();
        let wanted = tasks.iter().map(|found| &found.task).filter(|task| task.lane == Lane::Coupon);
        let customers: BTreeSet<CustomerId> = wanted.map(|task| task.customer).collect();
        if customers.is_empty() {
            return Ok(coupons);
        }
        let customers: Vec<Value<'_>> = customers.into_iter().map(Value::from).collect();
        for part in customers.chunks(AT_ONCE) {
            let values = filled(part, &[]);
            tx.each(
                sql!(
                    "SELECT customer_id, id, pipeline, stage FROM deal WHERE state = 'open' AND void_at IS NULL \
                     AND customer_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
                     $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
                ),
                &values,
                |row| coupons.open(row),
            )?;
            tx.each(
                sql!(
                    "SELECT customer_id, coupon, task_id, state FROM coupon_issue WHERE state <> 'released' \
                     AND customer_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
                     $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
                ),
                &values,
                |row| coupons.given(row),
            )?;
        }
        coupons.quota(tx, playbook, now)?;
        Ok(coupons)
    }

    /// Whether the coupon of a task may be given now; one that is reserved for it already may.
    ///
    /// # Errors
    /// The rule in the way, and when it frees where time does.
    pub fn judge(&self, playbook: &Playbook, task: &TaskRow, now: Timestamp) -> Result<(), Held> {
        let code = task.coupon.as_ref().filter(|_| task.lane == Lane::Coupon);
        let Some(coupon) = code.and_then(|code| playbook.coupon(code)) else { return Ok(()) };
        let got = self.got.get(&task.customer).map(Vec::as_slice).unwrap_or_default();
        if got.iter().any(|(_, of, state)| *of == Some(task.id) && *state == IssueState::Reserved) {
            return Ok(());
        }
        let own = task.deal.as_ref().map(|(deal, _, _)| *deal);
        let deals: Vec<(PipelineCode, Option<StageCode>)> = self
            .deals
            .get(&task.customer)
            .into_iter()
            .flatten()
            .filter(|(deal, ..)| own.is_none_or(|own| own == *deal))
            .map(|(_, pipeline, stage)| (pipeline.clone(), stage.clone()))
            .collect();
        let got = got.iter().filter(|(given, ..)| *given == coupon.code).count();
        let standing = Standing {
            deals: &deals,
            got: u32::try_from(got).unwrap_or(u32::MAX),
            used: self.used.get(&coupon.code).copied().unwrap_or(0),
        };
        may_give(coupon, &standing).map_err(|rule| {
            let month = playbook.zone.day(now).month();
            let until = (rule == Rule::NoneLeft).then(|| playbook.zone.end(month.last()));
            Held { rule, until }
        })
    }

    fn open(&mut self, row: &dyn Row) -> Result<(), StoreError> {
        let stage = row.opt_text(3)?.map(StageCode::from);
        let deal = (DealId(row.int(1)?), PipelineCode::from(row.text(2)?), stage);
        self.deals.entry(CustomerId(row.int(0)?)).or_default().push(deal);
        Ok(())
    }

    fn given(&mut self, row: &dyn Row) -> Result<(), StoreError> {
        let task = row.opt_int(2)?.map(TaskId);
        let got = (CouponCode::from(row.text(1)?), task, word(row, 3, IssueState::parse)?);
        self.got.entry(CustomerId(row.int(0)?)).or_default().push(got);
        Ok(())
    }

    fn quota(&mut self, tx: Tx<'_>, playbook: &Playbook, now: Timestamp) -> Result<(), StoreError> {
        tx.each(
            sql!("SELECT coupon, used FROM coupon_quota WHERE playbook = $1 AND month = $2"),
            values![&playbook.id, playbook.zone.day(now).month()],
            |row| {
                self.used.insert(CouponCode::from(row.text(0)?), small(row.int(1)?));
                Ok(())
            },
        )
    }
}
