//! Too much for today: what is worth least goes to the next working day, with one word (S000-07).

use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::desk::{Weighed, tail};
use crate::domain::id::{CustomerId, TaskId, TeamId, UserId};
use crate::domain::lists::{Lane, TaskState};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::change::Topic;
use crate::store::customers::invalid;
use crate::store::desk::stand::Sphere;
use crate::store::desk::{floor, stand};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::desk::{Tail, TailRow};
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::write::{Work, playbook_of};
use crate::{sql, values};

/// Why a task was put off for want of time, as it is kept.
pub const CAPACITY: &str = "capacity";
/// Days that are looked at for the next working one.
const WEEK_AND_A_HALF: i64 = 10;
/// Tasks put off at once, at most.
const AT_ONCE: usize = 1_000;

/// What is too much today, and what of it is worth least.
pub fn proposal(tx: Tx<'_>, books: &mut Books, by: Viewer, team: Option<TeamId>) -> Result<Tail, StoreError> {
    let sphere = Sphere::find(tx, books, by, team)?;
    let playbook = &sphere.book.playbook;
    let day = floor::of(tx, &sphere, by.now)?;
    let over = usize::try_from(day.over()).unwrap_or(usize::MAX).min(AT_ONCE);
    let names = sphere.names();
    let mut weighed: Vec<Weighed> = Vec::new();
    let mut rows: Vec<TailRow> = Vec::new();
    if over > 0 {
        for (team, _) in &sphere.teams {
            let found = candidates(tx, playbook, (*team, sphere.day))?;
            for (task, owner, customer) in found {
                let Some(name) = names.get(&owner) else { continue };
                rows.push(TailRow {
                    task: task.task,
                    lane: task.lane,
                    owner: (owner, name.clone()),
                    customer,
                    due_at: task.due_at,
                    worth: task.worth(),
                });
                weighed.push(task);
            }
        }
    }
    let chosen = tail(&weighed, over);
    let place = |task: TaskId| chosen.iter().position(|id| *id == task);
    rows.retain(|row| place(row.task).is_some());
    rows.sort_by_key(|row| place(row.task));
    Ok(Tail {
        capacity: day.capacity,
        heads: day.present(),
        due: day.due(),
        done: day.done(),
        over: day.over(),
        tasks: rows,
        to: next_day(playbook, sphere.day),
    })
}

type Candidate = (Weighed, UserId, (CustomerId, String));

fn candidates(
    tx: Tx<'_>,
    playbook: &Playbook,
    (team, day): (TeamId, Day),
) -> Result<Vec<Candidate>, StoreError> {
    tx.all(
        sql!(
            "SELECT t.id, t.lane, t.due_at, t.priority, t.promised, t.clock_from, t.node_id, t.owner_id, t.customer_id, c.name, c.tries, \
             d.pipeline, d.stage FROM membership m JOIN task t ON t.owner_id = m.user_id AND t.state = 'due' AND t.due_at < $3 \
             JOIN customer c ON c.id = t.customer_id LEFT JOIN deal d ON d.id = t.deal_id \
             WHERE m.team_id = $1 AND m.from_day <= $2 AND (m.to_day IS NULL OR m.to_day >= $2) ORDER BY t.id"
        ),
        values![team, day, playbook.zone.end(day)],
        |row| {
            let pipeline = row.opt_text(11)?.map(PipelineCode::from);
            let stage = row.opt_text(12)?.map(StageCode::from);
            let weighed = Weighed {
                task: TaskId(row.int(0)?),
                lane: word(row, 1, Lane::parse)?,
                due_at: Timestamp(row.int(2)?),
                priority: row.int(3)?,
                come_bp: pipeline.zip(stage).map_or(0, |(pipeline, stage)| come(playbook, &pipeline, &stage)),
                tries: row.int(10)?,
                is_fixed: row.int(4)? != 0 || row.opt_int(5)?.is_some() || row.opt_int(6)?.is_some(),
            };
            Ok((weighed, UserId(row.int(7)?), (CustomerId(row.int(8)?), row.text(9)?.to_owned())))
        },
    )
}

/// How far a deal has come: the stages gone in basis points of all.
fn come(playbook: &Playbook, pipeline: &PipelineCode, stage: &StageCode) -> i64 {
    let Some(pipeline) = playbook.pipeline(pipeline) else { return 0 };
    let gone = pipeline.stages.iter().position(|known| known.code == *stage);
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    gone.map_or(0, |gone| count(gone) * 10_000 / count(pipeline.stages.len()).max(1))
}

/// The next working day.
fn next_day(playbook: &Playbook, day: Day) -> Day {
    let days = (1..=WEEK_AND_A_HALF).map(|n| day.plus(n));
    days.into_iter().find(|day| playbook.workdays.works(*day)).unwrap_or(day.plus(1))
}

/// Puts tasks off to the next working day, at the clock time they had; all of them or none.
pub fn defer(work: &mut Work<'_>, tasks: &[TaskId]) -> Result<(), StoreError> {
    if tasks.is_empty() || tasks.len() > AT_ONCE {
        return Err(invalid("how_many", format!("name one to {AT_ONCE} tasks to put off")));
    }
    for id in tasks {
        one(work, *id)?;
    }
    work.touch(Topic::Desk);
    Ok(())
}

fn one(work: &mut Work<'_>, id: TaskId) -> Result<(), StoreError> {
    let found = work.tx.one(
        sql!(
            "SELECT t.owner_id, t.due_at, t.state, t.promised, t.clock_from, t.node_id, p.at, t.customer_id FROM task t \
             LEFT JOIN put_off p ON p.task_id = t.id WHERE t.id = $1"
        ),
        values![id],
        |row| {
            let fixed = row.int(3)? != 0 || row.opt_int(4)?.is_some() || row.opt_int(5)?.is_some();
            let state = word(row, 2, TaskState::parse)?;
            let was = row.opt_int(6)?.is_some();
            let whose = (row.opt_int(0)?.map(UserId), CustomerId(row.int(7)?));
            Ok((whose, Timestamp(row.int(1)?), (state, fixed), was))
        },
    )?;
    let Some(((owner, customer), before, (state, fixed), was)) = found else {
        return Err(StoreError::NotFound { kind: "task", id: id.to_string(), hint: None });
    };
    stand::may_with(work, (Action::RunDesk, owner), "put this work off")?;
    let Some(owner) = owner else {
        return Err(invalid("nobodys", format!("task {id} is nobody's; give it to somebody first")));
    };
    if state != TaskState::Due {
        return Err(invalid("not_due", format!("task {id} is {state} by now; look again")));
    }
    if fixed {
        let what = format!("task {id} was promised, is waited for, or is bound to a meeting; it stays today");
        return Err(invalid("is_fixed", what));
    }
    let playbook = playbook_of(work.tx, owner)?.unwrap_or_default();
    let playbook = work.book(&playbook)?.playbook;
    let day = next_day(&playbook, work.day);
    let clock = playbook.zone.at(day, playbook.zone.clock(before));
    let at = crate::domain::contact::next_working(&playbook.contact, &playbook.calendar(), clock);
    work.tx.put(sql!("UPDATE task SET due_at = $2 WHERE id = $1"), values![id, at])?;
    work.tx.put(
        sql!(
            "INSERT INTO put_off (task_id, customer_id, reason, at, by_user) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (task_id) DO UPDATE SET reason = excluded.reason, at = excluded.at, by_user = excluded.by_user"
        ),
        values![id, customer, CAPACITY, work.at, work.by.id],
    )?;
    work.reverse(Reversal::TaskPutOff { task: id, before, was });
    work.effects.put_off += 1;
    work.owner(Some(owner));
    Ok(())
}
