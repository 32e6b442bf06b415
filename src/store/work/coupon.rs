//! Coupons: reserved and pushed against a quota that cannot be overdrawn, by one conditional update.

use crate::domain::code::{CouponCode, PipelineCode, StageCode};
use crate::domain::contact::Rule;
use crate::domain::id::{IssueId, TaskId};
use crate::domain::lists::{IssueState, Lane, OutcomeFlag};
use crate::domain::time::{Month, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::give::{Standing, may_give};
use crate::playbook::model::Coupon;
use crate::store::books::Book;
use crate::store::change::work::LogTouch;
use crate::store::change::{GivenCoupon, Topic};
use crate::store::error::StoreError;
use crate::store::known::Basics;
use crate::store::undo::Reversal;
use crate::store::usage::small;
use crate::store::value::word;
use crate::store::work::log::{Gone, foresee, save};
use crate::store::work::look::look_up;
use crate::store::work::merge::{merge_values, with_coupon};
use crate::store::work::send::{may_quote, merged, tongue, whose, with_flag};
use crate::store::work::task::{self, Task};
use crate::store::work::{held, invalid};
use crate::store::write::Work;
use crate::{sql, values};

/// Characters of a code: no look-alikes (0 O, 1 I).
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Length of a code: 40 bits.
const CODE_LENGTH: u32 = 8;

/// A coupon given to a customer.
struct Issue {
    id: IssueId,
    code: String,
    month: Month,
    until: Timestamp,
}

/// Reserves the coupon of a task; reserved already, it is the same one.
pub fn reserve(work: &mut Work<'_>, id: TaskId) -> Result<(), StoreError> {
    let task = task::due(work, id, "reserve a coupon")?;
    work.effects.customer = Some(task.customer);
    let book = work.book(&task.head.playbook)?;
    let coupon = coupon(&book.playbook, &task)?;
    let issue = take(work, &book, &task, coupon)?;
    told(work, coupon, &issue);
    Ok(())
}

/// Pushes the coupon of a task, reserving it where that was not done.
pub fn push(work: &mut Work<'_>, id: TaskId, chinese: bool) -> Result<(), StoreError> {
    let task = task::due(work, id, "push a coupon")?;
    work.effects.customer = Some(task.customer);
    let book = work.book(&task.head.playbook)?;
    let playbook = &book.playbook;
    let coupon = coupon(playbook, &task)?;
    foresee(work, &book, task.customer)?;
    let basics = Basics::of(work.tx, task.head.clone())?;
    work.foreseen.deals(task.customer, &basics.deals);
    let way = held::way(playbook, &task, &basics)?;
    held::check(work, playbook, &task, true)?;
    let mut issue = take(work, &book, &task, coupon)?;
    issue.until = last_instant(playbook, coupon, work.at);
    let tongue = tongue(chinese);
    let ask = whose(work, playbook, (&task, way.as_ref()), tongue);
    let mut values = merge_values(work.tx, &ask, &basics)?;
    with_coupon(&mut values, &ask, (&issue.code, issue.until));
    may_quote(work, playbook, &task, coupon.text.of(tongue))?;
    let text = merged(coupon.text.of(tongue), &values)?;
    work.tx.put(
        sql!("UPDATE coupon_issue SET state = $2, pushed_at = $3, until = $4, user_id = $5 WHERE id = $1"),
        values![issue.id, IssueState::Pushed, work.at, issue.until, work.by.id],
    )?;
    work.reverse(Reversal::IssueChanged { issue: issue.id, state: IssueState::Reserved });
    let outcome = with_flag(playbook, Lane::Coupon, OutcomeFlag::Pushed)?;
    let touch = LogTouch {
        task: Some(id),
        person: way.map(|way| way.person),
        outcome: outcome.code.clone(),
        note: text.clone(),
        ..LogTouch::default()
    };
    let mut said = look_up(&touch, (&book, outcome), (basics, Some(&task)))?;
    said.gone = Gone { material: None, coupon: Some(coupon.code.clone()) };
    save(work, said)?;
    work.effects.text = Some(text);
    told(work, coupon, &issue);
    Ok(())
}

/// Gives a reserved coupon back. It has no way back of its own: it is simply reserved again.
pub fn release(work: &mut Work<'_>, id: TaskId) -> Result<(), StoreError> {
    let task = task::due(work, id, "release a coupon")?;
    work.effects.customer = Some(task.customer);
    let book = work.book(&task.head.playbook)?;
    let coupon = coupon(&book.playbook, &task)?;
    let Some(issue) = reserved(work, &task)? else {
        return Err(invalid("not_reserved", format!("no coupon is reserved for task {id}")));
    };
    work.tx.put(
        sql!("UPDATE coupon_issue SET state = $2 WHERE id = $1"),
        values![issue.id, IssueState::Released],
    )?;
    work.tx.put(
        sql!(
            "UPDATE coupon_quota SET used = used - 1 WHERE playbook = $1 AND coupon = $2 AND month = $3 AND used > 0"
        ),
        values![&book.playbook.id, &coupon.code, issue.month],
    )?;
    work.reverse(Reversal::IssueChanged { issue: issue.id, state: IssueState::Reserved });
    work.touch(Topic::Customer);
    Ok(())
}

fn coupon<'a>(playbook: &'a Playbook, task: &Task) -> Result<&'a Coupon, StoreError> {
    task.coupon
        .as_ref()
        .and_then(|code: &CouponCode| playbook.coupon(code))
        .ok_or_else(|| invalid("no_coupon", format!("task {} has no coupon of this playbook", task.id)))
}

fn told(work: &mut Work<'_>, coupon: &Coupon, issue: &Issue) {
    work.effects.coupon = Some(GivenCoupon {
        coupon: coupon.code.clone(),
        issue: issue.id,
        code: issue.code.clone(),
        until: issue.until,
    });
}

fn reserved(work: &Work<'_>, task: &Task) -> Result<Option<Issue>, StoreError> {
    work.tx.one(
        sql!(
            "SELECT id, code, month, until FROM coupon_issue WHERE task_id = $1 AND state = 'reserved' ORDER BY id LIMIT 1"
        ),
        values![task.id],
        |row| {
            Ok(Issue {
                id: IssueId(row.int(0)?),
                code: row.text(1)?.to_owned(),
                month: Month(row.int(2)?),
                until: Timestamp(row.int(3)?),
            })
        },
    )
}

/// The task's reserved coupon, else one taken from the quota.
fn take(work: &mut Work<'_>, book: &Book, task: &Task, coupon: &Coupon) -> Result<Issue, StoreError> {
    if let Some(issue) = reserved(work, task)? {
        return Ok(issue);
    }
    eligible(work, task, coupon)?;
    let month = work.day.month();
    let playbook = &book.playbook;
    work.tx.put(
        sql!(
            "INSERT INTO coupon_quota (playbook, coupon, month, used) VALUES ($1, $2, $3, 0) \
             ON CONFLICT (playbook, coupon, month) DO NOTHING"
        ),
        values![&playbook.id, &coupon.code, month],
    )?;
    // the row is taken only while there is one left: two reps cannot both get the last
    let taken = work.tx.run(
        sql!(
            "UPDATE coupon_quota SET used = used + 1 WHERE playbook = $1 AND coupon = $2 AND month = $3 AND used < $4"
        ),
        values![&playbook.id, &coupon.code, month, coupon.quota_month],
    )?;
    if taken == 0 {
        return Err(StoreError::Held {
            rule: "none_left".to_owned(),
            what: format!("all {} of '{}' are given this month", coupon.quota_month, coupon.code),
            until: Some(playbook.zone.end(month.last())),
        });
    }
    let id = IssueId(work.ids.make());
    let issue =
        Issue { id, code: fresh_code(work, id)?, month, until: last_instant(playbook, coupon, work.at) };
    work.tx.put(
        sql!(
            "INSERT INTO coupon_issue (id, playbook, coupon, month, code, customer_id, task_id, user_id, state, reserved_at, \
             pushed_at, until, order_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, $11, NULL)"
        ),
        values![
            id,
            &playbook.id,
            &coupon.code,
            month,
            &issue.code,
            task.customer,
            task.id,
            work.by.id,
            IssueState::Reserved,
            work.at,
            issue.until
        ],
    )?;
    work.reverse(Reversal::Reserved(id));
    work.touch(Topic::Customer);
    Ok(issue)
}

/// Whether this customer may get the coupon now: stage, pipeline and how many it got. Whether one is left is for the
/// statement that takes it to say.
fn eligible(work: &Work<'_>, task: &Task, coupon: &Coupon) -> Result<(), StoreError> {
    let deals = work.tx.all(
        sql!(
            "SELECT pipeline, stage FROM deal WHERE customer_id = $1 AND state = 'open' AND void_at IS NULL \
             AND ($2 = 0 OR id = $2)"
        ),
        values![task.customer, task.deal.map_or(0, |deal| deal.0)],
        |row| Ok((PipelineCode::from(row.text(0)?), row.opt_text(1)?.map(StageCode::from))),
    )?;
    let got = work.tx.number(
        sql!(
            "SELECT count(*) FROM coupon_issue WHERE customer_id = $1 AND coupon = $2 AND state <> 'released'"
        ),
        values![task.customer, &coupon.code],
    )?;
    let standing = Standing { deals: &deals, got: small(got.unwrap_or(0)), used: 0 };
    may_give(coupon, &standing).or_else(|rule| match rule {
        // a quota of nothing at all
        Rule::NoneLeft => Ok(()),
        rule => Err(StoreError::Held {
            rule: held::word(rule).to_owned(),
            what: match rule {
                Rule::PerCustomer => format!(
                    "the customer has got '{}' {} times, which is all",
                    coupon.code, coupon.per_customer
                ),
                _ => format!("'{}' is not for the stage or pipeline this customer stands at", coupon.code),
            },
            until: None,
        }),
    })
}

/// The last instant a coupon pushed now is valid: the end of the business day `valid_days` on.
fn last_instant(playbook: &Playbook, coupon: &Coupon, at: Timestamp) -> Timestamp {
    let day = playbook.zone.day(at).plus(i64::from(coupon.valid_days));
    Timestamp(playbook.zone.end(day).0 - 1)
}

/// A code nobody has yet.
fn fresh_code(work: &Work<'_>, issue: IssueId) -> Result<String, StoreError> {
    for salt in 0..16 {
        let code = code(issue, salt);
        let taken = work.tx.number(sql!("SELECT id FROM coupon_issue WHERE code = $1"), values![&code])?;
        if taken.is_none() {
            return Ok(code);
        }
    }
    Err(StoreError::Busy { what: "no free coupon code was found".to_owned() })
}

/// Eight characters out of an id, scattered so that a code does not give the next one away.
fn code(issue: IssueId, salt: u64) -> String {
    // the finaliser of SplitMix64
    let mut n = issue.0.cast_unsigned().wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^= n >> 31;
    (0..CODE_LENGTH)
        .filter_map(|place| ALPHABET.get(usize::try_from((n >> (5 * place)) & 31).unwrap_or(0)))
        .map(|byte| char::from(*byte))
        .collect()
}

/// The state of an issue and what it belongs to, for the order that uses it.
pub(crate) fn used_by(
    work: &Work<'_>,
    issue: IssueId,
) -> Result<(CouponCode, crate::domain::id::CustomerId, IssueState, Timestamp), StoreError> {
    let found = work.tx.one(
        sql!("SELECT coupon, customer_id, state, until FROM coupon_issue WHERE id = $1"),
        values![issue],
        |row| {
            Ok((
                CouponCode::from(row.text(0)?),
                crate::domain::id::CustomerId(row.int(1)?),
                word(row, 2, IssueState::parse)?,
                Timestamp(row.int(3)?),
            ))
        },
    )?;
    found.ok_or_else(|| StoreError::NotFound { kind: "coupon", id: issue.to_string(), hint: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_eight_characters_without_look_alikes_and_differ() {
        let codes: std::collections::BTreeSet<String> = (1..=10_000).map(|id| code(IssueId(id), 0)).collect();
        // 10,000 draws of 2^40: a collision has a chance of 1 in 22,000, and the input is fixed
        assert_eq!(codes.len(), 10_000);
        assert!(codes.iter().all(|code| code.len() == 8 && !code.contains(['0', 'O', '1', 'I'])));
        assert_ne!(code(IssueId(1), 0), code(IssueId(1), 1));
    }
}
