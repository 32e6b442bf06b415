//! The touch itself: its row, what it counts, and what it uses up of the customer's patience.

use std::collections::BTreeMap;

use crate::domain::code::{ChannelCode, CouponCode, MaterialCode, PipelineCode, ScriptCode};
use crate::domain::id::{CustomerId, DealId, PersonId, TaskId, TouchId};
use crate::domain::lists::{Direction, Lane, Metric, OutcomeFlag};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::count::{CountedTouch, Medium, News, is_valid, of_touch};
use crate::playbook::model::Outcome;
use crate::store::books::Book;
use crate::store::change::Topic;
use crate::store::error::StoreError;
use crate::store::journal::to_json;
use crate::store::known::Head;
use crate::store::metrics::{Account, count};
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// A touch to record.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// With which customer.
    pub customer: CustomerId,
    /// With whom of it.
    pub person: Option<PersonId>,
    /// On what channel.
    pub channel: &'a ChannelCode,
    /// Which way.
    pub direction: Direction,
    /// In which pen.
    pub lane: Lane,
    /// How long, seconds.
    pub seconds: u32,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// The note, or the text that was sent; clean.
    pub note: &'a str,
    /// The task it was made from.
    pub task: Option<TaskId>,
    /// The deal and its pipeline.
    pub deal: Option<(DealId, PipelineCode)>,
    /// The script used and the line reached.
    pub script: Option<(ScriptCode, usize)>,
    /// The material that went out.
    pub material: Option<&'a MaterialCode>,
    /// The coupon that went out.
    pub coupon: Option<&'a CouponCode>,
    /// The number called.
    pub number: Option<&'a str>,
    /// Whether a WeChat contact became verified by it.
    pub wechat_verified: bool,
    /// Metrics its outcome would count but that did not come about: a node booked without its time.
    pub without: Vec<Metric>,
}

/// Writes a touch with its figures, counters and use of the contact budget, and brings the customer's own row up to date.
pub fn record(
    work: &mut Work<'_>,
    book: &Book,
    touch: &Record<'_>,
    head: &mut Head,
) -> Result<TouchId, StoreError> {
    let playbook = &book.playbook;
    let medium = Medium::of(playbook, touch.channel.as_str());
    let zone = playbook.zone;
    let days_untouched = head
        .last_valid
        .map(|at| u32::try_from((zone.day(work.at).0 - zone.day(at).0).max(0)).unwrap_or(u32::MAX));
    let counted = CountedTouch {
        flags: &touch.outcome.flags,
        medium,
        direction: touch.direction,
        seconds: touch.seconds,
        news: News { wechat_verified: touch.wechat_verified, days_untouched },
    };
    let valid = is_valid(&playbook.metrics, &counted);
    let metrics: BTreeMap<Metric, i64> = of_touch(playbook, &counted)
        .into_iter()
        .filter(|(metric, _)| !touch.without.contains(metric))
        .collect();
    let connected = touch.outcome.flags.contains(&OutcomeFlag::Connected);
    let id = insert(work, book, touch, (connected, &metrics))?;
    let account = Account {
        day: work.day,
        at: work.at,
        user: work.by.id,
        team: work.by.team,
        pipeline: touch.deal.as_ref().map(|(_, pipeline)| pipeline.0.clone()).unwrap_or_default(),
    };
    for (metric, value) in &metrics {
        count(work, &account, *metric, *value)?;
    }
    let called = medium == Medium::Call && touch.direction == Direction::Out;
    counters(work, touch, head, Came { called, connected, valid })?;
    if touch.direction == Direction::Out {
        use_up(work, touch)?;
    }
    if let Some(number) = touch.number.filter(|_| called) {
        use_number(work, number, connected)?;
    }
    work.effects.customer = Some(touch.customer);
    work.effects.touch = Some(id);
    work.touch(Topic::Customer);
    Ok(id)
}

fn insert(
    work: &mut Work<'_>,
    book: &Book,
    touch: &Record<'_>,
    (connected, metrics): (bool, &BTreeMap<Metric, i64>),
) -> Result<TouchId, StoreError> {
    let id = TouchId(work.ids.make());
    let (deal, pipeline) = touch.deal.as_ref().map(|(deal, pipeline)| (*deal, pipeline)).unzip();
    let (script, line) = touch.script.as_ref().map(|(script, line)| (script, *line)).unzip();
    work.tx.put(
        sql!(
            "INSERT INTO touch (id, customer_id, person_id, user_id, team_id, channel, direction, lane, at, day, seconds, \
             outcome, connected, fresh, number, note, task_id, deal_id, pipeline, playbook, playbook_number, script, \
             script_line, material, coupon, metrics, void_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
             $23, $24, $25, $26, NULL)"
        ),
        values![
            id,
            touch.customer,
            touch.person,
            work.by.id,
            work.by.team,
            touch.channel,
            touch.direction,
            touch.lane,
            work.at,
            work.day,
            touch.seconds,
            &touch.outcome.code,
            connected,
            metrics.contains_key(&Metric::NewCustomers),
            touch.number,
            touch.note,
            touch.task,
            deal,
            pipeline,
            &book.playbook.id,
            book.number,
            script,
            line.and_then(|line| i64::try_from(line).ok()),
            touch.material,
            touch.coupon,
            &to_json(metrics)?
        ],
    )?;
    work.reverse(Reversal::TouchMade(id));
    Ok(id)
}

/// What came of a touch, as the customer's counters see it.
#[derive(Clone, Copy)]
struct Came {
    called: bool,
    connected: bool,
    valid: bool,
}

fn counters(work: &mut Work<'_>, touch: &Record<'_>, head: &mut Head, came: Came) -> Result<(), StoreError> {
    let before = head.clone();
    head.attempts += i64::from(came.called);
    head.tries = match (came.connected, came.called) {
        (true, _) => 0,
        (false, true) => before.tries + 1,
        (false, false) => before.tries,
    };
    head.connected = before.connected.max(i64::from(came.connected));
    head.last_touch = before.last_touch.max(Some(work.at));
    if came.valid {
        head.last_valid = before.last_valid.max(Some(work.at));
    }
    if !touch.note.is_empty() {
        touch.note.clone_into(&mut head.last_note);
    }
    work.tx.put(
        sql!(
            "UPDATE customer SET attempts = $2, tries = $3, connected = $4, last_touch_at = $5, last_valid_at = $6, \
             last_note = $7 WHERE id = $1"
        ),
        values![
            touch.customer,
            head.attempts,
            head.tries,
            head.connected,
            head.last_touch,
            head.last_valid,
            &head.last_note
        ],
    )?;
    work.reverse(Reversal::Counters {
        customer: touch.customer,
        attempts: before.attempts,
        tries: before.tries,
        connected: before.connected,
        last_touch: before.last_touch,
        last_valid: before.last_valid,
        last_note: before.last_note,
    });
    Ok(())
}

fn use_up(work: &mut Work<'_>, touch: &Record<'_>) -> Result<(), StoreError> {
    let commercial = i64::from(touch.coupon.is_some());
    work.tx.put(
        sql!(
            "INSERT INTO contact_use (customer_id, day, touches, commercial) VALUES ($1, $2, 1, $3) \
             ON CONFLICT (customer_id, day) DO UPDATE SET touches = contact_use.touches + 1, \
             commercial = contact_use.commercial + excluded.commercial"
        ),
        values![touch.customer, work.day, commercial],
    )?;
    work.reverse(Reversal::Used { customer: touch.customer, day: work.day, touches: 1, commercial });
    Ok(())
}

fn use_number(work: &mut Work<'_>, number: &str, connected: bool) -> Result<(), StoreError> {
    let day: Day = work.day;
    let before = match &work.foreseen.numbers {
        Some(numbers) => numbers.get(number).copied(),
        None => work.tx.one(
            sql!("SELECT last_at, last_connected FROM number_use WHERE number = $1 AND day = $2"),
            values![number, day],
            |row| Ok((Timestamp(row.int(0)?), row.int(1)?)),
        )?,
    };
    work.tx.put(
        sql!(
            "INSERT INTO number_use (number, day, calls, last_at, last_connected) VALUES ($1, $2, 1, $3, $4) \
             ON CONFLICT (number, day) DO UPDATE SET calls = number_use.calls + 1, last_at = excluded.last_at, \
             last_connected = excluded.last_connected"
        ),
        values![number, day, work.at, connected],
    )?;
    work.reverse(Reversal::Called { number: number.to_owned(), day, before });
    Ok(())
}
