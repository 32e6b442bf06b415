//! Warnings of reps who are far below their team's median (S001-57): looked for once a day, closed by the booking that cures them, or
//! by the next day's look.
//!
//! Each makes one task: whoever coaches the rep, else the team's lead, goes through the rep's next call with the rep.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::contact::next_allowed;
use crate::domain::id::{CustomerId, TaskId, TeamId, UserId, WarningId};
use crate::domain::lists::{Lane, RepRate, Role, TaskState};
use crate::domain::report::share::Share;
use crate::domain::time::{DAY_MS, Timestamp};
use crate::domain::warning::{Bar, behind};
use crate::playbook::Playbook;
use crate::playbook::model::RepWarning;
use crate::playbook::plan::{NewTask, Source};
use crate::store::actor::team_of;
use crate::store::change::Topic;
use crate::store::desk::stock;
use crate::store::error::StoreError;
use crate::store::read::board::people::{self, Member};
use crate::store::report::execution;
use crate::store::tasks;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Whoever follows a customer, where that person is warned of.
pub const OF_OWNER: &str = sql!(
    "SELECT w.user_id FROM rep_warning w JOIN customer c ON c.owner_id = w.user_id WHERE c.id = $1 AND w.closed_at IS NULL LIMIT 1"
);
/// How pressing the task is, of five.
const PRIORITY: u8 = 2;

/// An open warning of a rep.
#[derive(Debug, Clone)]
struct Open {
    id: WarningId,
    rule: String,
    user: UserId,
    task: Option<TaskId>,
}

/// Looks at every team that works by a playbook.
pub fn look(work: &mut Work<'_>, playbook: &Playbook) -> Result<(), StoreError> {
    look_at(work, playbook, None)
}

/// Looks again at the team of whoever follows a customer, where that person is warned of: a booking may have cured it.
pub fn booked(work: &mut Work<'_>, playbook: &Playbook, customer: CustomerId) -> Result<(), StoreError> {
    if playbook.rep_warnings.is_empty() {
        return Ok(());
    }
    let known = work.foreseen.rep_warned.filter(|(of, _)| *of == customer);
    let warned = match known {
        Some((_, warned)) => warned,
        None => work.tx.number(OF_OWNER, values![customer])?.map(UserId),
    };
    let Some(owner) = warned else { return Ok(()) };
    match team_of(work.tx, owner, work.day)? {
        Some(team) => look_at(work, playbook, Some((team, owner))),
        None => Ok(()),
    }
}

/// Opens what holds and is not open, closes what is open and holds no more; of one person of a team only what is to be closed.
fn look_at(
    work: &mut Work<'_>,
    playbook: &Playbook,
    only: Option<(TeamId, UserId)>,
) -> Result<(), StoreError> {
    let open = work.tx.all(
        sql!("SELECT id, rule, user_id, task_id FROM rep_warning WHERE playbook = $1 AND closed_at IS NULL ORDER BY id"),
        values![&playbook.id],
        |row| {
            Ok(Open {
                id: WarningId(row.int(0)?),
                rule: row.text(1)?.to_owned(),
                user: UserId(row.int(2)?),
                task: row.opt_int(3)?.map(TaskId),
            })
        },
    )?;
    if playbook.rep_warnings.is_empty() && open.is_empty() {
        return Ok(());
    }
    let everybody = people::all(work.tx, work.day)?;
    let mut teams: BTreeMap<TeamId, Vec<&Member>> = BTreeMap::new();
    for member in everybody.iter().filter(|member| member.competes()) {
        let by_this = member.playbook.is_empty() || member.playbook == playbook.id;
        if let Some(team) = member.team.filter(|team| by_this && only.is_none_or(|(of, _)| of == *team)) {
            teams.entry(team).or_default().push(member);
        }
    }
    let mut holds: BTreeSet<WarningId> = BTreeSet::new();
    for rule in &playbook.rep_warnings {
        let bar = Bar { below_bp: i64::from(rule.below_bp), cases: i64::from(rule.cases) };
        for (team, members) in &teams {
            let mut shares = Vec::with_capacity(members.len());
            for member in members {
                shares.push(share(work, (playbook, rule), member.id)?);
            }
            for (member, own) in members.iter().zip(&shares) {
                let known =
                    open.iter().find(|open| open.user == member.id && open.rule == rule.code.as_str());
                match (behind(*own, &shares, bar), known) {
                    (Some(_), Some(known)) => drop(holds.insert(known.id)),
                    (Some(middle), None) if only.is_none() => {
                        let told = lead(&everybody, member, *team);
                        warn(work, playbook, (rule, member.id, told), (*own, middle))?;
                    }
                    _ => {}
                }
            }
        }
    }
    for cured in open.iter().filter(|open| !holds.contains(&open.id)) {
        if only.is_none_or(|(_, user)| user == cured.user) {
            close(work, cured)?;
        }
    }
    Ok(())
}

/// Whoever coaches a rep, else who leads the team.
fn lead(everybody: &[Member], rep: &Member, team: TeamId) -> Option<UserId> {
    let works = |user: &UserId| everybody.iter().any(|member| member.id == *user && member.active);
    let leads = |member: &&Member| member.active && member.role == Role::Lead && member.team == Some(team);
    rep.coach.filter(works).or_else(|| everybody.iter().find(leads).map(|member| member.id))
}

/// What a rule looks at, of one rep.
fn share(
    work: &Work<'_>,
    (playbook, rule): (&Playbook, &RepWarning),
    rep: UserId,
) -> Result<Share, StoreError> {
    let zone = playbook.zone;
    match rule.rate {
        RepRate::OnTime => {
            let days = (work.day.plus(-i64::from(rule.days)), work.day.plus(-1));
            let instants = (zone.start(days.0), zone.end(days.1));
            let done = execution(work.tx, rep, (days, instants), work.at)?;
            Ok(Share::of(i64::from(done.on_time), i64::from(done.planned)))
        }
        RepRate::InStage => {
            let mut share = Share::default();
            for deal in stock::open_deals(work.tx, playbook, rep)? {
                let pipeline = playbook.pipeline(&deal.pipeline.as_str().into());
                let stage = pipeline.and_then(|pipeline| pipeline.stage(&deal.stage.as_str().into()));
                let days = stage.and_then(|stage| stage.max_days).map_or(i64::MAX, i64::from);
                let within = work.day.0 - zone.day(deal.stage_since).0 <= days;
                share = share.and(Share::of(i64::from(within), 1));
            }
            Ok(share)
        }
        RepRate::Booking => {
            let from = Timestamp(work.at.0.saturating_sub(i64::from(rule.days) * DAY_MS));
            let found = work.tx.one(
                sql!(
                    "SELECT COUNT(DISTINCT w.customer_id), COUNT(DISTINCT n.customer_id) FROM ownership w \
                     LEFT JOIN node_event n ON n.customer_id = w.customer_id AND n.booked_at >= w.from_at AND n.void_at IS NULL \
                     WHERE w.user_id = $1 AND w.owner_right = 'follow' AND w.from_at >= $2 AND w.from_at <= $3"
                ),
                values![rep, from, work.at],
                |row| Ok(Share::of(row.int(1)?, row.int(0)?)),
            )?;
            Ok(found.unwrap_or_default())
        }
    }
}

/// Opens a warning with the task of whoever sees to it.
fn warn(
    work: &mut Work<'_>,
    playbook: &Playbook,
    (rule, rep, told): (&RepWarning, UserId, Option<UserId>),
    (own, middle): (Share, i64),
) -> Result<(), StoreError> {
    let id = WarningId(work.ids.make());
    let task = match told {
        Some(told) => coach(work, playbook, (rule, id), (rep, told))?,
        None => None,
    };
    work.tx.put(
        sql!(
            "INSERT INTO rep_warning (id, playbook, rule, user_id, part, cases, median_bp, coach_id, task_id, since, closed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL)"
        ),
        values![id, &playbook.id, &rule.code, rep, own.part, own.of, middle, told, task, work.at],
    )?;
    work.touch(Topic::Desk);
    Ok(())
}

/// The task of a coach: with the customer the rep is to call next. None where nobody waits for a call.
fn coach(
    work: &mut Work<'_>,
    playbook: &Playbook,
    (rule, warning): (&RepWarning, WarningId),
    (rep, told): (UserId, UserId),
) -> Result<Option<TaskId>, StoreError> {
    let next = work.tx.number(
        sql!(
            "SELECT customer_id FROM task WHERE owner_id = $1 AND state = 'due' AND lane = 'call' ORDER BY due_at, id LIMIT 1"
        ),
        values![rep],
    )?;
    let channel = playbook.channels.iter().find(|channel| channel.is_call);
    let Some((customer, channel)) = next.map(CustomerId).zip(channel) else { return Ok(None) };
    let closes = playbook.zone.at(work.day, playbook.hours.1);
    let id = TaskId(work.ids.make());
    let task = NewTask {
        id,
        key: format!("rep_warning:{warning}"),
        lane: Lane::Call,
        channel: channel.code.clone(),
        person: None,
        deal: None,
        pipeline: None,
        node: None,
        due_at: next_allowed(&playbook.contact, &playbook.calendar(), closes.max(work.at)),
        clock_from: None,
        priority: PRIORITY,
        source: Source::Rule { rule: rule.code.clone() },
        script: None,
        material: None,
        coupon: None,
        promised: false,
    };
    tasks::make(work, customer, Some(told), &task)?;
    work.owner(Some(told));
    Ok(Some(id))
}

/// Closes a warning, and its task with it.
fn close(work: &mut Work<'_>, cured: &Open) -> Result<(), StoreError> {
    work.tx.put(sql!("UPDATE rep_warning SET closed_at = $2 WHERE id = $1"), values![cured.id, work.at])?;
    work.reverse(Reversal::RepWarningClosed(cured.id));
    if let Some(task) = cured.task {
        tasks::close(work, task, TaskState::Cancelled, "cured")?;
    }
    work.touch(Topic::Desk);
    Ok(())
}

/// Opens a warning again with the change that cured it, unless it holds again already.
pub fn closed_back(work: &mut Work<'_>, warning: WarningId) -> Result<(), StoreError> {
    work.tx.put(
        sql!(
            "UPDATE rep_warning SET closed_at = NULL WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM rep_warning o \
             WHERE o.user_id = rep_warning.user_id AND o.rule = rep_warning.rule AND o.closed_at IS NULL)"
        ),
        values![warning],
    )?;
    work.touch(Topic::Desk);
    Ok(())
}
