//! The page of a round: everything a team of a dozen looks at together, on one screen.

use std::collections::BTreeSet;

use crate::domain::gap::bounds;
use crate::domain::id::{CustomerId, DecisionId, RoundId, TaskId, TeamId, UserId};
use crate::domain::lists::{Period, RepState, RoundKind};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::lookup::TargetFor;
use crate::store::books::Books;
use crate::store::desk::floor;
use crate::store::desk::stand::Sphere;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::desk::{DecisionRow, RoundPage};
use crate::store::usage::small;
use crate::{sql, values};

/// Nodes that are listed.
const NODES: usize = 8;
/// Decisions that are listed, at most.
const DECISIONS: i64 = 40;
/// Days that are looked back at for the working day before.
const BACK: i64 = 10;

/// Reads the page of a round of today.
pub fn page(
    tx: Tx<'_>,
    books: &mut Books,
    by: Viewer,
    (team, kind): (Option<TeamId>, RoundKind),
) -> Result<RoundPage, StoreError> {
    let sphere = Sphere::find(tx, books, by, team)?;
    let playbook = &sphere.book.playbook;
    let Some((id, name)) = sphere.teams.first().cloned() else {
        return Err(StoreError::NotFound { kind: "team", id: String::new(), hint: None });
    };
    let day = sphere.day;
    let of = match kind {
        RoundKind::Evening => day,
        RoundKind::Morning => day_before(playbook, day),
    };
    let today = floor::of(tx, &sphere, by.now)?;
    let counted = floor::counted(tx, playbook, of)?;
    let whole = (1, 1);
    let mut reps = Vec::new();
    let mut sums: Vec<(crate::domain::lists::Metric, i64, i64)> = Vec::new();
    for member in sphere.members.iter().filter(|member| member.team == Some(id)) {
        let rows = floor::standards(playbook, member, &counted, whole);
        if let Some(first) = rows.first() {
            reps.push((member.id, member.name.clone(), first.done, first.standard));
        }
        for row in rows {
            match sums.iter_mut().find(|(metric, ..)| *metric == row.metric) {
                Some((_, done, standard)) => {
                    *done += row.done;
                    *standard += row.standard;
                }
                None => sums.push((row.metric, row.done, row.standard)),
            }
        }
    }
    reps.sort_by_key(|(user, _, done, _)| (-done, *user));
    let rows = || today.rows.iter().filter(|row| row.team.0 == id);
    let present = rows().filter(|row| row.state != RepState::Absent).count();
    let (nodes, nodes_count) = nodes(tx, playbook, (id, day))?;
    Ok(RoundPage {
        kind,
        team: (id, name),
        day,
        called: called(tx, (id, day), kind)?,
        of,
        sums,
        reps,
        month: month(tx, playbook, (id, day))?,
        present: (u32::try_from(present).unwrap_or(0), u32::try_from(rows().count()).unwrap_or(0)),
        due: (rows().map(|row| row.due).sum(), today.over()),
        late: rows().map(|row| row.promised_late + row.clocks_red).sum(),
        warnings: rows().map(|row| row.warnings).sum(),
        nodes,
        nodes_count,
        decisions: decisions(tx, id, day)?,
    })
}

fn day_before(playbook: &Playbook, day: Day) -> Day {
    (1..=BACK).map(|n| day.plus(-n)).find(|day| playbook.workdays.works(*day)).unwrap_or(day.plus(-1))
}

type Called = Option<(RoundId, Timestamp, String, String)>;

fn called(tx: Tx<'_>, (team, day): (TeamId, Day), kind: RoundKind) -> Result<Called, StoreError> {
    tx.one(
        sql!(
            "SELECT r.id, r.at, u.name, r.words FROM round_call r JOIN person_user u ON u.id = r.by_user \
             WHERE r.team_id = $1 AND r.day = $2 AND r.kind = $3 AND r.void_at IS NULL ORDER BY r.id LIMIT 1"
        ),
        values![team, day, kind],
        |row| {
            let (by, words) = (row.text(2)?.to_owned(), row.text(3)?.to_owned());
            Ok((RoundId(row.int(0)?), Timestamp(row.int(1)?), by, words))
        },
    )
}

/// The month's main metric over the team, and the target: set for the team, else the playbook's.
fn month(
    tx: Tx<'_>,
    playbook: &Playbook,
    (team, day): (TeamId, Day),
) -> Result<(crate::domain::lists::Metric, i64, i64), StoreError> {
    let metric = playbook.metrics.main;
    let done = tx.number(
        sql!(
            "SELECT CAST(sum(value) AS BIGINT) FROM metric_month WHERE month = $1 AND metric = $2 AND team_id = $3"
        ),
        values![day.month(), metric, team],
    )?;
    let TeamId(id) = team;
    let set = tx.number(
        sql!(
            "SELECT value FROM target WHERE scope = 'team' AND scope_id = $1 AND period = 'month' AND metric = $2 AND level = 'goal' \
             AND pipeline = '' AND product = '' AND from_day <= $3 AND void_at IS NULL ORDER BY from_day DESC, id DESC LIMIT 1"
        ),
        values![id, metric, bounds(Period::Month, day).1],
    )?;
    let target = set.or_else(|| playbook.target_for(TargetFor::Team, metric, Period::Month));
    Ok((metric, done.unwrap_or(0), target.unwrap_or(0)))
}

type Nodes = Vec<(String, Timestamp, String, String)>;

fn nodes(tx: Tx<'_>, playbook: &Playbook, (team, day): (TeamId, Day)) -> Result<(Nodes, u32), StoreError> {
    let (start, end) = (playbook.zone.start(day), playbook.zone.end(day));
    let mut found = Nodes::new();
    let mut count = 0;
    tx.each(
        sql!(
            "SELECT n.node, n.node_at, c.name, u.name FROM node_event n CROSS JOIN customer c \
             JOIN membership m ON m.user_id = c.owner_id AND m.team_id = $1 AND m.from_day <= $2 AND (m.to_day IS NULL OR m.to_day >= $2) \
             JOIN person_user u ON u.id = c.owner_id \
             WHERE c.id = n.customer_id AND n.node_at >= $3 AND n.node_at < $4 AND n.state = 'booked' AND n.void_at IS NULL ORDER BY n.node_at, n.id"
        ),
        values![team, day, start, end],
        |row| {
            count += 1;
            if found.len() < NODES {
                let (customer, owner) = (row.text(2)?.to_owned(), row.text(3)?.to_owned());
                found.push((row.text(0)?.to_owned(), Timestamp(row.int(1)?), customer, owner));
            }
            Ok(())
        },
    )?;
    Ok((found, small(count)))
}

/// What was decided today, and earlier and is not done, the soonest due first.
fn decisions(tx: Tx<'_>, team: TeamId, day: Day) -> Result<Vec<DecisionRow>, StoreError> {
    let mut seen: BTreeSet<DecisionId> = BTreeSet::new();
    let mut rows = Vec::new();
    tx.each(
        sql!(
            "SELECT d.id, d.round_id, d.user_id, u.name, d.customer_id, c.name, d.task_id, d.words, d.due_at, d.done_at, t.state \
             FROM round_call r JOIN decision d ON d.round_id = r.id JOIN person_user u ON u.id = d.user_id \
             LEFT JOIN customer c ON c.id = d.customer_id LEFT JOIN task t ON t.id = d.task_id \
             WHERE r.team_id = $1 AND r.void_at IS NULL AND d.void_at IS NULL AND r.day >= $2 \
             AND (r.day = $3 OR (d.done_at IS NULL AND (t.state IS NULL OR t.state = 'due'))) ORDER BY d.due_at, d.id LIMIT $4"
        ),
        values![team, day.plus(-31), day, DECISIONS],
        |row| {
            let id = DecisionId(row.int(0)?);
            if !seen.insert(id) {
                return Ok(());
            }
            let customer = row.opt_int(4)?.map(CustomerId);
            let name = row.opt_text(5)?.unwrap_or_default().to_owned();
            let state = row.opt_text(10)?;
            rows.push(DecisionRow {
                id,
                round: RoundId(row.int(1)?),
                user: (UserId(row.int(2)?), row.text(3)?.to_owned()),
                customer: customer.map(|customer| (customer, name)),
                task: row.opt_int(6)?.map(TaskId),
                words: row.text(7)?.to_owned(),
                due_at: Timestamp(row.int(8)?),
                done: row.opt_int(9)?.is_some() || state.is_some_and(|state| state != "due"),
            });
            Ok(())
        },
    )?;
    Ok(rows)
}
