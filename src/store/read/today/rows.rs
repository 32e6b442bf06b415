//! Task rows with what they show and whom they can reach, joined in one statement.
//!
//! A task comes once for each way to reach its customer: the rows of one task follow each other and are put together here.

use std::collections::HashMap;

use crate::domain::code::{ChannelCode, PipelineCode, StageCode};
use crate::domain::id::{ContactId, CustomerId, DealId, NodeId, PersonId, TaskId, TeamId, UserId};
use crate::domain::lists::{ContactState, Lane};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::plan::Source;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::known::roles;
use crate::store::query::TaskRow;
use crate::store::reach::Way;
use crate::store::usage::small;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// A task row, and what the rules ask beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The row.
    pub task: TaskRow,
    /// Whether it is about a node of its own: the reminder of what was agreed.
    pub reminds: bool,
    /// Until when its customer must not be contacted.
    pub do_not_contact: Option<Timestamp>,
    /// When its customer was in contact last.
    pub last_touch: Option<Timestamp>,
    /// The ways to reach its customer, members and contacts in the order they came.
    pub ways: Vec<Way>,
}

/// What of a team is late.
#[derive(Debug, Clone, Copy)]
pub struct Late {
    /// The team.
    pub team: TeamId,
    /// On this day.
    pub day: Day,
    /// Promises due at or before this instant.
    pub promised: Timestamp,
    /// Response clocks with a limit before this instant.
    pub clock: Timestamp,
}

/// The tasks of a user that are due before the end of a day; a node at or after its start counts as one to come.
pub fn own(tx: Tx<'_>, user: UserId, (start, end): (Timestamp, Timestamp)) -> Result<Vec<Found>, StoreError> {
    let mut rows = Rows::default();
    tx.each(
        sql!(
            "SELECT t.id, t.lane, t.channel, t.customer_id, c.name, t.person_id, t.owner_id, t.due_at, t.clock_from, t.source, \
             t.promised, t.priority, t.deal_id, d.pipeline, d.stage, d.stage_since, t.script, t.material, t.coupon, c.attempts, \
             c.last_note, t.node_id, c.dnc_until, n.id, n.node, n.node_at, k.id, k.person_id, k.channel, k.norm, k.state, p.name, p.roles, c.last_touch_at \
             FROM task t JOIN customer c ON c.id = t.customer_id \
             LEFT JOIN deal d ON d.id = t.deal_id \
             LEFT JOIN node_event n ON n.customer_id = t.customer_id AND n.node_at >= $1 AND n.state IN ('booked', 'reminded') \
                 AND n.void_at IS NULL \
             LEFT JOIN contact k ON k.customer_id = t.customer_id AND k.state <> 'dead' \
             LEFT JOIN person p ON p.id = k.person_id \
             WHERE t.owner_id = $2 AND t.state = 'due' AND t.due_at < $3 ORDER BY t.due_at, t.id"
        ),
        values![start, user, end],
        |row| rows.add(row),
    )?;
    rows.finish(tx)
}

/// The late tasks of a user's team mates.
pub fn late(tx: Tx<'_>, user: UserId, late: &Late, start: Timestamp) -> Result<Vec<Found>, StoreError> {
    let mut rows = Rows::default();
    tx.each(
        sql!(
            "SELECT t.id, t.lane, t.channel, t.customer_id, c.name, t.person_id, t.owner_id, t.due_at, t.clock_from, t.source, \
             t.promised, t.priority, t.deal_id, d.pipeline, d.stage, d.stage_since, t.script, t.material, t.coupon, c.attempts, \
             c.last_note, t.node_id, c.dnc_until, n.id, n.node, n.node_at, k.id, k.person_id, k.channel, k.norm, k.state, p.name, p.roles, c.last_touch_at \
             FROM task t JOIN customer c ON c.id = t.customer_id \
             LEFT JOIN deal d ON d.id = t.deal_id \
             LEFT JOIN node_event n ON n.customer_id = t.customer_id AND n.node_at >= $1 AND n.state IN ('booked', 'reminded') \
                 AND n.void_at IS NULL \
             LEFT JOIN contact k ON k.customer_id = t.customer_id AND k.state <> 'dead' \
             LEFT JOIN person p ON p.id = k.person_id \
             WHERE t.owner_id IN (SELECT m.user_id FROM membership m WHERE m.team_id = $2 AND m.from_day <= $3 \
                     AND (m.to_day IS NULL OR m.to_day >= $3) AND m.user_id <> $4) \
                 AND t.state = 'due' AND (t.promised = 1 OR t.clock_from IS NOT NULL) AND t.due_at <= $5 \
                 AND ((t.promised = 1 AND t.due_at <= $6) OR (t.clock_from IS NOT NULL AND t.due_at < $7)) \
             ORDER BY t.id"
        ),
        values![start, late.team, late.day, user, late.promised.max(late.clock), late.promised, late.clock],
        |row| rows.add(row),
    )?;
    rows.finish(tx)
}

/// One task, in whatever state.
pub fn one(tx: Tx<'_>, id: TaskId) -> Result<Option<Found>, StoreError> {
    let mut rows = Rows::default();
    tx.each(
        sql!(
            "SELECT t.id, t.lane, t.channel, t.customer_id, c.name, t.person_id, t.owner_id, t.due_at, t.clock_from, t.source, \
             t.promised, t.priority, t.deal_id, d.pipeline, d.stage, d.stage_since, t.script, t.material, t.coupon, c.attempts, \
             c.last_note, t.node_id, c.dnc_until, n.id, n.node, n.node_at, k.id, k.person_id, k.channel, k.norm, k.state, p.name, p.roles, c.last_touch_at \
             FROM task t JOIN customer c ON c.id = t.customer_id \
             LEFT JOIN deal d ON d.id = t.deal_id \
             LEFT JOIN node_event n ON n.customer_id = t.customer_id AND n.node_at >= $1 AND n.state IN ('booked', 'reminded') \
                 AND n.void_at IS NULL \
             LEFT JOIN contact k ON k.customer_id = t.customer_id AND k.state <> 'dead' \
             LEFT JOIN person p ON p.id = k.person_id \
             WHERE t.id = $2"
        ),
        values![Timestamp(0), id],
        |row| rows.add(row),
    )?;
    Ok(rows.finish(tx)?.pop())
}

/// Rows on their way to tasks.
#[derive(Debug, Default)]
struct Rows {
    found: Vec<Found>,
    /// Where tasks come from, by the text it was read from.
    sources: HashMap<String, Source>,
    /// The member each task speaks to, still without a name.
    speaks_to: Vec<Option<PersonId>>,
}

impl Rows {
    fn add(&mut self, row: &dyn Row) -> Result<(), StoreError> {
        let id = TaskId(row.int(0)?);
        if self.found.last().is_none_or(|last| last.task.id != id) {
            let found = self.task(row, id)?;
            self.found.push(found);
            self.speaks_to.push(row.opt_int(5)?.map(PersonId));
        }
        let Some(found) = self.found.last_mut() else { return Ok(()) };
        if let Some(id) = row.opt_int(23)?
            && let (Some(node), Some(at)) = (row.opt_text(24)?, row.opt_int(25)?)
        {
            let soonest =
                found.task.node.as_ref().is_none_or(|(known, _, when)| (at, id) < (when.0, known.0));
            if soonest {
                found.task.node = Some((NodeId(id), node.to_owned(), Timestamp(at)));
            }
        }
        if let Some(contact) = row.opt_int(26)?.map(ContactId)
            && found.ways.iter().all(|way| way.contact != contact)
        {
            found.ways.push(Way {
                customer: found.task.customer,
                person: PersonId(row.int(27)?),
                name: row.opt_text(31)?.unwrap_or_default().to_owned(),
                roles: roles(row.opt_text(32)?.unwrap_or_default()),
                contact,
                channel: ChannelCode::from(row.text(28)?),
                norm: row.text(29)?.to_owned(),
                state: word(row, 30, ContactState::parse)?,
            });
        }
        Ok(())
    }

    fn task(&mut self, row: &dyn Row, id: TaskId) -> Result<Found, StoreError> {
        let deal = match (row.opt_int(12)?, row.opt_text(13)?) {
            (Some(id), Some(pipeline)) => {
                Some((DealId(id), PipelineCode::from(pipeline), row.opt_text(14)?.map(StageCode::from)))
            }
            _ => None,
        };
        let task = TaskRow {
            id,
            lane: word(row, 1, Lane::parse)?,
            channel: ChannelCode::from(row.text(2)?),
            customer: CustomerId(row.int(3)?),
            customer_name: row.text(4)?.to_owned(),
            person: None,
            owner: row.opt_int(6)?.map(UserId),
            due_at: Timestamp(row.int(7)?),
            clock_from: row.opt_int(8)?.map(Timestamp),
            source: self.source(row.text(9)?)?,
            promised: row.int(10)? != 0,
            priority: u8::try_from(row.int(11)?).unwrap_or(5),
            deal,
            stage_since: row.opt_int(15)?.map(Timestamp),
            node: None,
            script: row.opt_text(16)?.map(Into::into),
            material: row.opt_text(17)?.map(Into::into),
            coupon: row.opt_text(18)?.map(Into::into),
            attempts: small(row.int(19)?),
            last_note: row.text(20)?.lines().next().unwrap_or_default().to_owned(),
            score: 0,
            parts: Vec::new(),
        };
        Ok(Found {
            task,
            reminds: row.opt_int(21)?.is_some(),
            do_not_contact: row.opt_int(22)?.map(Timestamp),
            last_touch: row.opt_int(33)?.map(Timestamp),
            ways: Vec::new(),
        })
    }

    /// Where a task comes from; many of a day come from the same few steps.
    fn source(&mut self, json: &str) -> Result<Source, StoreError> {
        if let Some(source) = self.sources.get(json) {
            return Ok(source.clone());
        }
        let source: Source = from_json(json)?;
        self.sources.insert(json.to_owned(), source.clone());
        Ok(source)
    }

    /// Puts the ways in order and names whom the tasks speak to.
    fn finish(self, tx: Tx<'_>) -> Result<Vec<Found>, StoreError> {
        let Self { mut found, speaks_to, .. } = self;
        for (found, person) in found.iter_mut().zip(speaks_to) {
            found.ways.sort_unstable_by_key(|way| (way.person, way.contact));
            let Some(person) = person else { continue };
            let way = found.ways.iter().find(|way| way.person == person);
            let first = |roles: &[crate::domain::code::RoleCode]| {
                roles.first().map(|role| role.0.clone()).unwrap_or_default()
            };
            found.task.person = match way {
                Some(way) => Some((person, way.name.clone(), first(&way.roles))),
                // a member without a contact: a child, say
                None => {
                    tx.one(sql!("SELECT name, roles FROM person WHERE id = $1"), values![person], |row| {
                        Ok((person, row.text(0)?.to_owned(), first(&roles(row.text(1)?))))
                    })?
                }
            };
        }
        Ok(found)
    }
}
