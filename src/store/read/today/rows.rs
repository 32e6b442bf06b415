//! Task rows with what they show, joined in one statement.

use crate::domain::code::{ChannelCode, PipelineCode, StageCode};
use crate::domain::id::{CustomerId, DealId, NodeId, PersonId, TaskId, TeamId, UserId};
use crate::domain::lists::Lane;
use crate::domain::time::{Day, Timestamp};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::known::roles;
use crate::store::query::TaskRow;
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
}

/// Which tasks are wanted.
#[derive(Debug, Clone, Copy)]
enum Which {
    /// Those of a user that are due before an instant.
    Own(UserId, Timestamp),
    /// Late ones of a user's team mates.
    Late(UserId, Late),
    /// One, in whatever state.
    One(TaskId),
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

/// The tasks of a user that are due before the end of a day.
pub fn own(tx: Tx<'_>, user: UserId, (start, end): (Timestamp, Timestamp)) -> Result<Vec<Found>, StoreError> {
    read(tx, start, Which::Own(user, end))
}

/// The late tasks of a user's team mates.
pub fn late(tx: Tx<'_>, user: UserId, late: &Late, start: Timestamp) -> Result<Vec<Found>, StoreError> {
    read(tx, start, Which::Late(user, *late))
}

/// One task, in whatever state.
pub fn one(tx: Tx<'_>, id: TaskId) -> Result<Option<Found>, StoreError> {
    Ok(read(tx, Timestamp(0), Which::One(id))?.pop())
}

/// Reads the tasks wanted; a node at or after `ahead` counts as one to come. Of the three parts of the inner question
/// only the one asked for runs: the others fail on their first, constant, condition.
fn read(tx: Tx<'_>, ahead: Timestamp, which: Which) -> Result<Vec<Found>, StoreError> {
    let nothing = Late { team: TeamId(0), day: Day(0), promised: Timestamp(0), clock: Timestamp(0) };
    let (part, id, before, late) = match which {
        Which::Own(user, end) => ("own", user.0, end, nothing),
        Which::Late(user, late) => ("late", user.0, late.promised.max(late.clock), late),
        Which::One(task) => ("one", task.0, Timestamp(0), nothing),
    };
    tx.all(
        sql!(
            "SELECT t.id, t.lane, t.channel, t.customer_id, c.name, t.person_id, p.name, p.roles, t.owner_id, t.due_at, \
             t.clock_from, t.source, t.promised, t.priority, t.deal_id, d.pipeline, d.stage, d.stage_since, n.id, n.node, \
             n.node_at, t.script, t.material, t.coupon, c.attempts, c.last_note, t.node_id \
             FROM task t JOIN customer c ON c.id = t.customer_id \
             LEFT JOIN person p ON p.id = t.person_id \
             LEFT JOIN deal d ON d.id = t.deal_id \
             LEFT JOIN node_event n ON n.id = (SELECT x.id FROM node_event x WHERE x.customer_id = t.customer_id \
                 AND x.node_at >= $1 AND x.state IN ('booked', 'reminded') AND x.void_at IS NULL \
                 ORDER BY x.node_at, x.id LIMIT 1) \
             WHERE t.id IN ( \
                 SELECT o.id FROM task o WHERE $2 = 'own' AND o.owner_id = $3 AND o.state = 'due' AND o.due_at < $4 \
                 UNION ALL \
                 SELECT l.id FROM task l WHERE $2 = 'late' AND l.owner_id <> $3 AND l.state = 'due' AND l.due_at <= $4 \
                     AND l.owner_id IN (SELECT m.user_id FROM membership m \
                         WHERE m.team_id = $5 AND m.from_day <= $6 AND (m.to_day IS NULL OR m.to_day >= $6)) \
                     AND ((l.promised = 1 AND l.due_at <= $7) OR (l.clock_from IS NOT NULL AND l.due_at < $8)) \
                 UNION ALL \
                 SELECT s.id FROM task s WHERE $2 = 'one' AND s.id = $3)"
        ),
        values![ahead, part, id, before, late.team, late.day, late.promised, late.clock],
        row,
    )
}

fn row(row: &dyn Row) -> Result<Found, StoreError> {
    let person = match row.opt_int(5)? {
        Some(id) => {
            let role = roles(row.opt_text(7)?.unwrap_or_default()).into_iter().next();
            let name = row.opt_text(6)?.unwrap_or_default().to_owned();
            Some((PersonId(id), name, role.map(|role| role.0).unwrap_or_default()))
        }
        None => None,
    };
    let deal = match (row.opt_int(14)?, row.opt_text(15)?) {
        (Some(id), Some(pipeline)) => {
            Some((DealId(id), PipelineCode::from(pipeline), row.opt_text(16)?.map(StageCode::from)))
        }
        _ => None,
    };
    let node = match (row.opt_int(18)?, row.opt_text(19)?, row.opt_int(20)?) {
        (Some(id), Some(node), Some(at)) => Some((NodeId(id), node.to_owned(), Timestamp(at))),
        _ => None,
    };
    let task = TaskRow {
        id: TaskId(row.int(0)?),
        lane: word(row, 1, Lane::parse)?,
        channel: ChannelCode::from(row.text(2)?),
        customer: CustomerId(row.int(3)?),
        customer_name: row.text(4)?.to_owned(),
        person,
        owner: row.opt_int(8)?.map(UserId),
        due_at: Timestamp(row.int(9)?),
        clock_from: row.opt_int(10)?.map(Timestamp),
        source: from_json(row.text(11)?)?,
        promised: row.int(12)? != 0,
        priority: u8::try_from(row.int(13)?).unwrap_or(5),
        deal,
        stage_since: row.opt_int(17)?.map(Timestamp),
        node,
        script: row.opt_text(21)?.map(Into::into),
        material: row.opt_text(22)?.map(Into::into),
        coupon: row.opt_text(23)?.map(Into::into),
        attempts: small(row.int(24)?),
        last_note: row.text(25)?.lines().next().unwrap_or_default().to_owned(),
        score: 0,
        parts: Vec::new(),
    };
    Ok(Found { task, reminds: row.opt_int(26)?.is_some() })
}
