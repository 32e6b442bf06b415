//! Proposing a match.

use crate::domain::clean::clean;
use crate::domain::id::{PkId, TeamId, UserId};
use crate::domain::lists::{PkKind, PkState, Role, UserState};
use crate::domain::pk::{Plan, Who, Window, check, days_of};
use crate::domain::time::Zone;
use crate::store::change::Topic;
use crate::store::customers::invalid;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pk::kept::load;
use crate::store::pk::score::Score;
use crate::store::pk::stand::Stand;
use crate::store::rights::{self, Action, Relation};
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::write::{Work, playbook_of};
use crate::{sql, values};

/// Proposes a match. It has been accepted by every side for which the proposer may speak.
pub fn propose(work: &mut Work<'_>, plan: &Plan) -> Result<(), StoreError> {
    let playbook = playbook_of(work.tx, work.by.id)?.unwrap_or_default();
    let book = work.book(&playbook)?.playbook;
    let mut plan = cleaned(plan);
    check(&plan, book.zone).map_err(|bad| invalid(bad.code, bad.what))?;
    let window = in_time(work, &plan, book.zone)?;
    let stand = Stand::load(work.tx, work.by.id, work.day)?;
    rights::check(work.by.role, Action::ProposePk, relation(&stand, &plan), "propose this match")
        .map_err(|_| forbidden(work.by.role, "propose a match of others"))?;
    for side in &mut plan.sides {
        let name = known(work.tx, &side.who)?;
        if side.name.is_empty() {
            side.name = name;
        }
    }
    apart(work, &plan)?;
    let id = PkId(work.ids.make());
    write(work, id, &plan, (&playbook, window))?;
    sides(work, id, &plan, &stand)?;
    if plan.kind == PkKind::OwnTarget {
        has_targets(work, id)?;
    }
    work.effects.pk = Some(id);
    work.reverse(Reversal::PkProposed(id));
    work.touch(Topic::Pk);
    Ok(())
}

/// Texts from outside made harmless.
fn cleaned(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    let texts = [&mut plan.title, &mut plan.prize].into_iter();
    let sides = plan.sides.iter_mut().map(|side| &mut side.name);
    let rounds = plan.rounds.iter_mut().map(|round| &mut round.name);
    let legs = plan.legs.iter_mut().map(|leg| &mut leg.name);
    for text in texts.chain(sides).chain(rounds).chain(legs) {
        let cleaned = clean(text).into_owned();
        *text = cleaned;
    }
    plan
}

/// From the first round's beginning to the last one's end; refused where it has passed, or began before today.
fn in_time(work: &Work<'_>, plan: &Plan, zone: Zone) -> Result<Window, StoreError> {
    let whole = plan.rounds.first().zip(plan.rounds.last());
    let (from, to) = whole.map_or((work.at, work.at), |(first, last)| (first.window.from, last.window.to));
    let first_to = plan.rounds.first().map_or(to, |round| round.window.to);
    if first_to <= work.at {
        return Err(invalid(
            "pk_window",
            format!("the window ended at {first_to}; let it end later than now"),
        ));
    }
    if from < zone.start(work.day) {
        return Err(invalid(
            "pk_window",
            format!("the window begins at {from}, before today; what was done by then is known already"),
        ));
    }
    Ok(Window { from, to })
}

/// How the proposer stands to what is proposed: in it with one other, of a team of it, or neither.
fn relation(stand: &Stand, plan: &Plan) -> Relation {
    let single = plan.sides.iter().all(|side| matches!(&side.who, Who::People(people) if people.len() == 1));
    if single && plan.sides.len() <= 2 && plan.sides.iter().any(|side| stand.is_in(&side.who)) {
        return Relation::Own;
    }
    let own = plan.sides.iter().any(|side| stand.leads_all(&side.who));
    if own { Relation::Team } else { Relation::Other }
}

/// A refusal without a word of customers.
pub fn forbidden(role: Role, what: &str) -> StoreError {
    StoreError::Forbidden { role: role.as_str().to_owned(), what: what.to_owned(), relation: String::new() }
}

/// The name of a side: of its team, or of its people. Refused where one is not there, or has left.
fn known(tx: Tx<'_>, who: &Who) -> Result<String, StoreError> {
    match who {
        Who::Team(team) => {
            let found = tx.one(sql!("SELECT name FROM team WHERE id = $1"), values![*team], |row| {
                Ok(row.text(0)?.to_owned())
            })?;
            found.ok_or_else(|| StoreError::NotFound { kind: "team", id: team.to_string(), hint: None })
        }
        Who::People(people) => {
            let mut names = Vec::new();
            for user in people {
                names.push(name(tx, *user)?);
            }
            names.dedup();
            Ok(names.join("/"))
        }
    }
}

/// The name of somebody who works here.
pub fn name(tx: Tx<'_>, user: UserId) -> Result<String, StoreError> {
    let found = tx.one(sql!("SELECT name, state FROM person_user WHERE id = $1"), values![user], |row| {
        Ok((row.text(0)?.to_owned(), word(row, 1, UserState::parse)?))
    })?;
    match found {
        None => Err(StoreError::NotFound { kind: "user", id: user.to_string(), hint: None }),
        Some((name, UserState::Left)) => {
            Err(invalid("pk_left", format!("'{name}' has left; choose somebody who works here")))
        }
        Some((name, _)) => Ok(name),
    }
}

/// Nobody plays for a team and against it.
fn apart(work: &Work<'_>, plan: &Plan) -> Result<(), StoreError> {
    let teams: Vec<TeamId> = plan
        .sides
        .iter()
        .filter_map(|side| match side.who {
            Who::Team(team) => Some(team),
            Who::People(_) => None,
        })
        .collect();
    for side in &plan.sides {
        let Who::People(people) = &side.who else { continue };
        for user in people {
            if work.team_of(*user)?.is_some_and(|team| teams.contains(&team)) {
                let name = name(work.tx, *user)?;
                return Err(invalid(
                    "pk_twice",
                    format!("'{name}' is in a team of the match and on a side of it; choose one"),
                ));
            }
        }
    }
    Ok(())
}

fn write(
    work: &Work<'_>,
    id: PkId,
    plan: &Plan,
    (playbook, window): (&str, Window),
) -> Result<(), StoreError> {
    work.tx.put(
        sql!(
            "INSERT INTO pk_match (id, kind, title, playbook, by_user, at, from_at, to_at, win, lose, prize, state, ended_by, \
             ended_at, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'proposed', NULL, NULL, '')"
        ),
        values![
            id,
            plan.kind,
            &plan.title,
            playbook,
            work.by.id,
            work.at,
            window.from,
            window.to,
            plan.win,
            plan.lose,
            &plan.prize
        ],
    )?;
    for (place, weight) in (1_i64..).zip(&plan.weights) {
        work.tx.put(
            sql!("INSERT INTO pk_metric (pk_id, place, metric, points, per) VALUES ($1, $2, $3, $4, $5)"),
            values![id, place, weight.metric, weight.points, weight.per],
        )?;
    }
    for (number, round) in (1_i64..).zip(&plan.rounds) {
        work.tx.put(
            sql!(
                "INSERT INTO pk_round (pk_id, round, name, from_at, to_at, decided_at, decided_rev) \
                 VALUES ($1, $2, $3, $4, $5, NULL, NULL)"
            ),
            values![id, number, &round.name, round.window.from, round.window.to],
        )?;
    }
    for (number, leg) in (1_i64..).zip(&plan.legs) {
        work.tx.put(
            sql!("INSERT INTO pk_leg (pk_id, leg, name, from_at, to_at) VALUES ($1, $2, $3, $4, $5)"),
            values![id, number, &leg.name, leg.window.from, leg.window.to],
        )?;
    }
    Ok(())
}

fn sides(work: &Work<'_>, id: PkId, plan: &Plan, stand: &Stand) -> Result<(), StoreError> {
    let mut open = false;
    for (number, side) in (1_i64..).zip(&plan.sides) {
        let speaks = stand.may(Action::AnswerPk, stand.to_side(&side.who));
        open |= !speaks;
        let team = match side.who {
            Who::Team(team) => Some(team),
            Who::People(_) => None,
        };
        work.tx.put(
            sql!(
                "INSERT INTO pk_side (pk_id, side, name, team_id, accepted_by, accepted_at) VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            values![id, number, &side.name, team, speaks.then_some(work.by.id), speaks.then_some(work.at)],
        )?;
        let Who::People(people) = &side.who else { continue };
        for (place, user) in (1_i64..).zip(people) {
            work.tx.put(
                sql!("INSERT INTO pk_member (pk_id, side, place, user_id) VALUES ($1, $2, $3, $4)"),
                values![id, number, place, *user],
            )?;
        }
    }
    if !open {
        set_state(work, id, PkState::Accepted)?;
    }
    Ok(())
}

/// Says how a match stands from now on.
pub fn set_state(work: &Work<'_>, id: PkId, state: PkState) -> Result<(), StoreError> {
    work.tx.put(sql!("UPDATE pk_match SET state = $2 WHERE id = $1"), values![id, state])
}

/// Every side has a target in every metric of the match.
fn has_targets(work: &mut Work<'_>, id: PkId) -> Result<(), StoreError> {
    let kept = load(work.tx, id)?;
    let book = work.book(&kept.playbook)?.playbook;
    let score = Score::new(work.tx, &kept, &book)?;
    let targets = score.targets(&days_of(kept.window.span(book.zone), book.workdays))?;
    let without = kept.sides.iter().zip(targets).find(|(_, target)| *target <= 0);
    match without {
        None => Ok(()),
        Some((side, _)) => {
            let name = &side.name;
            Err(invalid("pk_no_target", format!("'{name}' has no target in this metric; set one first")))
        }
    }
}

/// Takes a proposal back with the change that made it; answers how many rows that were. Refused once another side has accepted it or it has
/// begun.
pub fn back(work: &Work<'_>, id: PkId) -> Result<usize, StoreError> {
    work.tx.run(
        sql!(
            "UPDATE pk_match SET state = 'withdrawn', ended_by = $2, ended_at = $3 WHERE id = $1 \
             AND state IN ('proposed', 'accepted') AND from_at > $3 \
             AND NOT EXISTS (SELECT 1 FROM pk_side s WHERE s.pk_id = $1 AND s.accepted_by IS NOT NULL AND s.accepted_by <> $2)"
        ),
        values![id, work.by.id, work.at],
    )
}
