//! The rows that can be filled in, a table each.

use crate::domain::code::{ChannelCode, OutcomeCode, PipelineCode, StageCode};
use crate::domain::id::{BatchId, CustomerId, DealId, PersonId, TaskId, TouchId, UserId};
use crate::domain::lists::{
    ContactState, CustomerKind, DealState, Direction, Lane, Metric, OwnerRight, TaskState,
};
use crate::domain::search_key::{Key, Subject};
use crate::domain::time::{Day, Month, Timestamp};
use crate::playbook::plan::Source;
use crate::store::bulk::Filling;
use crate::store::error::StoreError;
use crate::store::journal::to_json;
use crate::store::search;
use crate::{sql, values};

/// What the touches of a customer come to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counters {
    /// Calls made.
    pub attempts: u32,
    /// Calls since the last answered one.
    pub tries: u32,
    /// Whether one was answered.
    pub connected: bool,
    /// The last touch.
    pub last: Option<Timestamp>,
    /// The last valid one.
    pub valid: Option<Timestamp>,
}

/// A customer with its one member, who follows it and how it came.
#[derive(Debug, Clone, Copy)]
pub struct NewCustomer<'a> {
    /// Its id; the member, the ownership and the contacts have the next ones.
    pub id: CustomerId,
    /// The member's name, which is the customer's.
    pub name: &'a str,
    /// The member's roles.
    pub roles: &'a str,
    /// City.
    pub city: &'a str,
    /// Source.
    pub source: &'a str,
    /// The playbook's id.
    pub playbook: &'a str,
    /// Who follows it.
    pub owner: UserId,
    /// Who brought it in.
    pub by: UserId,
    /// When it came.
    pub at: Timestamp,
    /// With what file.
    pub batch: BatchId,
    /// What its touches came to.
    pub counters: Counters,
    /// The last note; may be empty.
    pub note: &'a str,
}

impl NewCustomer<'_> {
    /// Its member.
    pub const fn person(&self) -> PersonId {
        PersonId(self.id.0 + 1)
    }
}

/// A way of contact of a customer's member.
#[derive(Debug, Clone, Copy)]
pub struct NewContact<'a> {
    /// Its place among the customer's contacts, from 0.
    pub place: i64,
    /// The kind.
    pub channel: &'a ChannelCode,
    /// What is unique.
    pub norm: &'a str,
    /// As it was given.
    pub raw: &'a str,
}

/// An open deal that entered its first stage when its customer came, and perhaps another since.
#[derive(Debug, Clone, Copy)]
pub struct NewDeal<'a> {
    /// Its id; its moves have the next ones.
    pub id: DealId,
    /// The pipeline.
    pub pipeline: &'a PipelineCode,
    /// Stages entered, with when; the last is where it stands.
    pub stages: &'a [(StageCode, Timestamp)],
    /// The version of the playbook.
    pub number: i64,
}

/// A task, due or done.
#[derive(Debug, Clone)]
pub struct NewTask<'a> {
    /// Its id.
    pub id: TaskId,
    /// Its unique key.
    pub key: String,
    /// Its pen.
    pub lane: Lane,
    /// Its channel.
    pub channel: &'a ChannelCode,
    /// Its customer.
    pub customer: CustomerId,
    /// Its deal and pipeline.
    pub deal: (DealId, &'a PipelineCode),
    /// Whose.
    pub owner: UserId,
    /// When it is due.
    pub due_at: Timestamp,
    /// 1 (first) to 5.
    pub priority: u8,
    /// Where it comes from.
    pub source: &'a Source,
    /// Script, material, coupon.
    pub with: (Option<&'a str>, Option<&'a str>, Option<&'a str>),
    /// Whether a time was promised; the promise's row is written too.
    pub promised: bool,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When and on what day it was done; `None` while it is due.
    pub done: Option<(Timestamp, Day)>,
}

/// A touch.
#[derive(Debug, Clone, Copy)]
pub struct NewTouch<'a> {
    /// Its id.
    pub id: TouchId,
    /// With which customer.
    pub customer: CustomerId,
    /// By whom, and of which team.
    pub by: (UserId, Option<i64>),
    /// The channel.
    pub channel: &'a ChannelCode,
    /// In which pen.
    pub lane: Lane,
    /// When, and on what business day.
    pub at: (Timestamp, Day),
    /// How long, seconds.
    pub seconds: u32,
    /// How it ended, and whether it was answered.
    pub outcome: (&'a OutcomeCode, bool),
    /// Whether it counted a new customer.
    pub fresh: bool,
    /// The number called.
    pub number: Option<&'a str>,
    /// The note.
    pub note: &'a str,
    /// The task it did.
    pub task: Option<TaskId>,
    /// Its deal and pipeline.
    pub deal: (DealId, &'a PipelineCode),
    /// The playbook and its number.
    pub playbook: (&'a str, i64),
    /// The material that went out.
    pub material: Option<&'a str>,
    /// What it counted, JSON.
    pub metrics: &'a str,
}

impl Filling<'_> {
    /// Writes a customer, its member and who follows it.
    pub fn customer(&self, new: &NewCustomer<'_>) -> Result<(), StoreError> {
        let counters = new.counters;
        self.tx.put(
            sql!(
                "INSERT INTO customer (id, kind, name, city, source, external_id, playbook, owner_id, assigned_at, created_at, \
                 created_by, dnc_until, attempts, tries, connected, last_touch_at, last_valid_at, last_note, batch_id, version) \
                 VALUES ($1, $2, $3, $4, $5, NULL, $6, $7, $8, $8, $9, NULL, $10, $11, $12, $13, $14, $15, $16, 1)"
            ),
            values![
                new.id,
                CustomerKind::Household,
                new.name,
                new.city,
                new.source,
                new.playbook,
                new.owner,
                new.at,
                new.by,
                counters.attempts,
                counters.tries,
                counters.connected,
                counters.last,
                counters.valid,
                new.note,
                new.batch
            ],
        )?;
        self.tx.put(
            sql!(
                "INSERT INTO person (id, customer_id, name, roles, touched, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            values![new.person(), new.id, new.name, new.roles, counters.connected, new.at],
        )?;
        self.tx.put(
            sql!(
                "INSERT INTO ownership (id, customer_id, process, user_id, owner_right, from_at, to_at, reason) \
                 VALUES ($1, $2, '', $3, $4, $5, NULL, 'added')"
            ),
            values![new.id.0 + 2, new.id, new.owner, OwnerRight::Follow, new.at],
        )?;
        Ok(())
    }

    /// Writes a way of contact of a customer's member.
    pub fn contact(&self, of: &NewCustomer<'_>, new: &NewContact<'_>) -> Result<(), StoreError> {
        self.tx.put(
            sql!(
                "INSERT INTO contact (id, person_id, customer_id, channel, norm, raw, extension, state, added_by, added_at, verified_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, NULL)"
            ),
            values![
                of.id.0 + 3 + new.place,
                of.person(),
                of.id,
                new.channel,
                new.norm,
                new.raw,
                ContactState::Stated,
                of.by,
                of.at
            ],
        )?;
        Ok(())
    }

    /// Writes a deal with the stages it entered.
    pub fn deal(&self, of: &NewCustomer<'_>, new: &NewDeal<'_>) -> Result<(), StoreError> {
        let stands = new.stages.last();
        self.tx.put(
            sql!(
                "INSERT INTO deal (id, customer_id, playbook, playbook_number, pipeline, seq, stage, stage_since, state, \
                 opened_at, opened_by, closed_at, reason, words, void_at) \
                 VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, NULL, NULL, NULL, NULL)"
            ),
            values![
                new.id,
                of.id,
                of.playbook,
                new.number,
                new.pipeline,
                stands.map(|(stage, _)| stage),
                stands.map_or(of.at, |(_, at)| *at),
                DealState::Open,
                of.at,
                of.by
            ],
        )?;
        let mut before = "";
        for (place, (stage, at)) in (1_i64..).zip(new.stages) {
            let (by, evidence) =
                if before.is_empty() { (of.by, "lead_assigned") } else { (of.owner, "touch") };
            self.tx.put(
                sql!(
                    "INSERT INTO stage_move (id, deal_id, customer_id, from_stage, to_stage, at, by_user, evidence, void_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)"
                ),
                values![new.id.0 + place, new.id, of.id, before, stage, *at, by, evidence],
            )?;
            before = stage.as_str();
        }
        Ok(())
    }

    /// Writes a fact of a customer; `value` as the store keeps it.
    pub fn fact(&self, of: &NewCustomer<'_>, field: &str, value: &str) -> Result<(), StoreError> {
        self.tx.put(
            sql!(
                "INSERT INTO field_value (entity, entity_id, field, customer_id, value, at, by_user) \
                 VALUES ('customer', $1, $2, $1, $3, $4, $5)"
            ),
            values![of.id, field, value, of.at, of.by],
        )?;
        Ok(())
    }

    /// Writes a lead file's row.
    pub fn batch(
        &self,
        id: BatchId,
        file: &str,
        at: Timestamp,
        (by, rows): (UserId, i64),
    ) -> Result<(), StoreError> {
        self.tx.put(
            sql!(
                "INSERT INTO import_batch (id, file, hash, at, by_user, seen, created, updated, duplicates, rejected, done) \
                 VALUES ($1, $2, $2, $3, $4, $5, $5, 0, 0, 0, 1)"
            ),
            values![id, file, at, by, rows],
        )?;
        Ok(())
    }

    /// Writes a task, and the promise behind it.
    pub fn task(&self, new: &NewTask<'_>) -> Result<(), StoreError> {
        let state = if new.done.is_some() { TaskState::Done } else { TaskState::Due };
        let (script, material, coupon) = new.with;
        self.tx.put(
            sql!(
                "INSERT INTO task (id, task_key, lane, channel, customer_id, person_id, deal_id, pipeline, node_id, owner_id, \
                 due_at, clock_from, priority, state, source, script, material, coupon, promised, planned_at, closed_at, \
                 closed_by, closed_day, why) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $10, NULL, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
                 $20, $21, $22)"
            ),
            values![
                new.id,
                &new.key,
                new.lane,
                new.channel,
                new.customer,
                PersonId(new.customer.0 + 1),
                new.deal.0,
                new.deal.1,
                new.owner,
                new.due_at,
                i64::from(new.priority),
                state,
                &to_json(new.source)?,
                script,
                material,
                coupon,
                new.promised,
                new.planned_at,
                new.done.map(|(at, _)| at),
                new.done.map(|_| new.owner),
                new.done.map(|(_, day)| day),
                new.done.map(|_| "touch")
            ],
        )?;
        if !new.promised || new.done.is_some() {
            return Ok(());
        }
        self.tx.put(
            sql!(
                "INSERT INTO promise (id, customer_id, task_id, by_user, words, due_at, state, made_at, settled_at) \
                 VALUES ($1, $2, $3, $4, '', $5, 'open', $6, NULL)"
            ),
            values![new.id.0 + 1, new.customer, new.id, new.owner, new.due_at, new.planned_at],
        )?;
        Ok(())
    }

    /// Writes a touch.
    pub fn touch(&self, new: &NewTouch<'_>) -> Result<(), StoreError> {
        self.tx.put(
            sql!(
                "INSERT INTO touch (id, customer_id, person_id, user_id, team_id, channel, direction, lane, at, day, seconds, \
                 outcome, connected, fresh, number, note, task_id, deal_id, pipeline, playbook, playbook_number, script, \
                 script_line, material, coupon, metrics, void_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, NULL, \
                 NULL, $22, NULL, $23, NULL)"
            ),
            values![
                new.id,
                new.customer,
                PersonId(new.customer.0 + 1),
                new.by.0,
                new.by.1,
                new.channel,
                Direction::Out,
                new.lane,
                new.at.0,
                new.at.1,
                new.seconds,
                new.outcome.0,
                new.outcome.1,
                new.fresh,
                new.number,
                new.note,
                new.task,
                new.deal.0,
                new.deal.1,
                new.playbook.0,
                new.playbook.1,
                new.material,
                new.metrics
            ],
        )?;
        Ok(())
    }

    /// Writes how often a customer was contacted on a day.
    pub fn contact_use(&self, customer: CustomerId, day: Day, touches: i64) -> Result<(), StoreError> {
        self.tx.put(
            sql!("INSERT INTO contact_use (customer_id, day, touches, commercial) VALUES ($1, $2, $3, 0)"),
            values![customer, day, touches],
        )?;
        Ok(())
    }

    /// Writes how often a number was called on a day, and how the last call went.
    pub fn number_use(
        &self,
        number: &str,
        day: Day,
        calls: i64,
        last: (Timestamp, bool),
    ) -> Result<(), StoreError> {
        self.tx.put(
            sql!("INSERT INTO number_use (number, day, calls, last_at, last_connected) VALUES ($1, $2, $3, $4, $5)"),
            values![number, day, calls, last.0, last.1],
        )?;
        Ok(())
    }

    /// Writes a figure of a day.
    pub fn metric_day(
        &self,
        (day, metric): (Day, Metric),
        (user, team): (UserId, i64),
        pipeline: &PipelineCode,
        value: i64,
    ) -> Result<(), StoreError> {
        self.tx.put(
            sql!(
                "INSERT INTO metric_day (day, user_id, team_id, pipeline, metric, value) VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            values![day, user, team, pipeline, metric, value],
        )?;
        Ok(())
    }

    /// Writes a figure of a month.
    pub fn metric_month(
        &self,
        (month, metric): (Month, Metric),
        (user, team): (UserId, i64),
        pipeline: &PipelineCode,
        value: i64,
    ) -> Result<(), StoreError> {
        self.tx.put(
            sql!(
                "INSERT INTO metric_month (month, user_id, team_id, pipeline, metric, value) VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            values![month, user, team, pipeline, metric, value],
        )?;
        Ok(())
    }

    /// Notes that a day has been rolled over.
    pub fn rolled(&self, playbook: &str, day: Day) -> Result<(), StoreError> {
        self.tx.put(
            sql!("INSERT INTO day_roll (playbook, day, customer_after, done) VALUES ($1, $2, 0, 1)"),
            values![playbook, day],
        )?;
        Ok(())
    }

    /// Writes what a customer is found by; quick in the order of owners and customers.
    pub fn search_text(
        &self,
        customer: CustomerId,
        owner: UserId,
        subject: &Subject,
    ) -> Result<(), StoreError> {
        search::put_text(self.tx, (customer, Some(owner)), subject)
    }

    /// Writes the search keys of customers, in their order.
    pub fn search_keys(&self, keys: impl IntoIterator<Item = (Key, CustomerId)>) -> Result<(), StoreError> {
        search::put_sorted(self.tx, keys)
    }
}
