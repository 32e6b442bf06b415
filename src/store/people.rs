//! Users, teams, playbooks, targets.

use crate::domain::clean::clean;
use crate::domain::id::{TargetId, TeamId, UserId};
use crate::domain::lists::{AuditKind, Level, Metric, Role, UserState};
use crate::domain::time::Day;
use crate::store::actor;
use crate::store::books::Books;
use crate::store::change::people::{NewTarget, NewUser, TargetOf};
use crate::store::change::{About, Note, PeopleChange, Topic};
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pay;
use crate::store::rights::{self, Action, Relation};
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::write::{self, Work};
use crate::{sql, values};

mod apply;

pub use apply::{Preview, Vanishing, preview};

/// Characters a sign-in name or team name may have, at most.
const NAME_MAX: usize = 60;

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &PeopleChange) -> Result<(), StoreError> {
    match change {
        PeopleChange::AddUser(user) => add_user(work, user),
        PeopleChange::SetUser { .. } => set_user(work, change),
        PeopleChange::ApplyPlaybook { text } => apply::apply(work, text),
        PeopleChange::TeamPlaybook { team, playbook } => team_playbook(work, *team, playbook),
        PeopleChange::SetTarget(target) => set_target(work, target),
        PeopleChange::SetScore(score) => pay::set(work, score),
        PeopleChange::SetTargets(targets) => targets.iter().try_for_each(|target| set_target(work, target)),
    }
}

fn add_user(work: &mut Work<'_>, user: &NewUser) -> Result<(), StoreError> {
    may(work, Action::ManagePeople, "add users")?;
    may_give(work, user.role)?;
    let login = login(&user.login)?;
    let name = match clean(&user.name) {
        name if name.is_empty() => login.clone(),
        name => name.into_owned(),
    };
    let known =
        work.tx.one(sql!("SELECT name FROM person_user WHERE login = $1"), values![&login], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
    if let Some(known) = known {
        return Err(invalid(
            "login_taken",
            format!(
                "the sign-in name '{login}' is taken by {known}; choose another, or change that user with 'user set'"
            ),
        ));
    }
    let id = UserId(work.ids.make());
    let team = user.team.as_deref().map(|team| team_named(work, team)).transpose()?;
    if let Some(team) = team {
        join(work.tx, id, team, work)?;
    }
    let rank = match &user.rank {
        Some(rank) => known_rank(work, id, rank)?,
        None => first_rank(work, id)?,
    };
    let job = user.job.as_deref().map(clean).unwrap_or_default();
    work.tx.put(
        sql!(
            "INSERT INTO person_user (id, login, name, role, state, rank, job, coach_id, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8)"
        ),
        values![id, &login, &name, user.role, UserState::Active, &rank, job.as_ref(), work.at],
    )?;
    let told = standing(work.tx, id, work.day)?;
    work.note(Note::new(AuditKind::UserAdded, About::User(id)).changed("", told));
    work.effects.user = Some(id);
    work.touch(Topic::People);
    Ok(())
}

/// What a user is, for the audit trail: a line a fact.
fn standing(tx: Tx<'_>, user: UserId, day: Day) -> Result<String, StoreError> {
    let facts = tx.one(
        sql!(
            "SELECT u.login, u.name, u.role, u.state, u.rank, u.job, c.login FROM person_user u \
             LEFT JOIN person_user c ON c.id = u.coach_id WHERE u.id = $1"
        ),
        values![user],
        |row| {
            let mut lines = Vec::new();
            for (place, name) in
                ["login", "name", "role", "state", "rank", "job", "coach"].into_iter().enumerate()
            {
                if let Some(fact) = row.opt_text(place)?.filter(|fact| !fact.is_empty()) {
                    lines.push(format!("{name}: {fact}"));
                }
            }
            Ok(lines)
        },
    )?;
    let mut lines = facts.unwrap_or_default();
    if let Some(team) = actor::team_of(tx, user, day)? {
        let name = tx.one(sql!("SELECT name FROM team WHERE id = $1"), values![team], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
        lines.push(format!("team: {}", name.unwrap_or_default()));
    }
    Ok(lines.join("\n"))
}

/// The lines of one text that the other has not, and the other way round.
fn differing(before: &str, after: &str) -> (String, String) {
    let only = |these: &str, those: &str| {
        let lines: Vec<&str> =
            these.lines().filter(|line| !those.lines().any(|other| other == *line)).collect();
        lines.join("\n")
    };
    (only(before, after), only(after, before))
}

fn set_user(work: &mut Work<'_>, change: &PeopleChange) -> Result<(), StoreError> {
    let PeopleChange::SetUser { user, name, role, team, rank, job, state, coach } = change else {
        return Ok(());
    };
    may(work, Action::ManagePeople, "change users")?;
    if *user == Db::SYSTEM {
        return Err(invalid("system_user", "the system user cannot be changed".to_owned()));
    }
    let had = work
        .tx
        .one(sql!("SELECT role, state FROM person_user WHERE id = $1"), values![*user], |row| {
            Ok((word(row, 0, Role::parse)?, word(row, 1, UserState::parse)?))
        })?
        .ok_or_else(|| StoreError::NotFound { kind: "user", id: user.to_string(), hint: None })?;
    may_give(work, had.0)?;
    let before = standing(work.tx, *user, work.day)?;
    if let Some(role) = role {
        may_give(work, *role)?;
        work.tx.put(sql!("UPDATE person_user SET role = $2 WHERE id = $1"), values![*user, *role])?;
    }
    if let Some(name) = name {
        let name = clean(name);
        if name.is_empty() {
            return Err(invalid("empty_name", "the name is empty; give the name to show".to_owned()));
        }
        work.tx.put(sql!("UPDATE person_user SET name = $2 WHERE id = $1"), values![*user, name.as_ref()])?;
    }
    if let Some(team) = team {
        let team = team_named(work, team)?;
        join(work.tx, *user, team, work)?;
    }
    if let Some(rank) = rank {
        let rank = known_rank(work, *user, rank)?;
        work.tx.put(sql!("UPDATE person_user SET rank = $2 WHERE id = $1"), values![*user, &rank])?;
    }
    if let Some(job) = job {
        work.tx.put(
            sql!("UPDATE person_user SET job = $2 WHERE id = $1"),
            values![*user, clean(job).as_ref()],
        )?;
    }
    if let Some(state) = state {
        set_state(work, *user, had.1, *state)?;
    }
    if let Some(coach) = coach {
        let coach = coach_named(work.tx, *user, coach)?;
        work.tx.put(sql!("UPDATE person_user SET coach_id = $2 WHERE id = $1"), values![*user, coach])?;
    }
    let (before, after) = differing(&before, &standing(work.tx, *user, work.day)?);
    work.note(Note::new(AuditKind::UserChanged, About::User(*user)).changed(before, after));
    work.effects.user = Some(*user);
    work.touch(Topic::People);
    Ok(())
}

/// One who leaves is a member of no team from the next day on.
fn set_state(work: &Work<'_>, user: UserId, had: UserState, state: UserState) -> Result<(), StoreError> {
    if user == work.by.id && state == UserState::Left {
        return Err(invalid(
            "own_state",
            "you cannot sign yourself out for good; ask a colleague".to_owned(),
        ));
    }
    work.tx.put(sql!("UPDATE person_user SET state = $2 WHERE id = $1"), values![user, state])?;
    if state == UserState::Left && had != state {
        work.tx.put(
            sql!(
                "UPDATE membership SET to_day = $2 WHERE user_id = $1 AND to_day IS NULL AND from_day <= $2"
            ),
            values![user, work.day],
        )?;
    }
    Ok(())
}

fn coach_named(tx: Tx<'_>, user: UserId, login: &str) -> Result<Option<UserId>, StoreError> {
    let login = clean(login).to_lowercase();
    if login.is_empty() {
        return Ok(None);
    }
    match tx.number(sql!("SELECT id FROM person_user WHERE login = $1"), values![&login])? {
        Some(id) if id == user.0 => {
            Err(invalid("own_coach", format!("'{login}' cannot be the own coach; name a colleague")))
        }
        Some(id) => Ok(Some(UserId(id))),
        None => Err(StoreError::NotFound { kind: "user", id: login, hint: None }),
    }
}

fn team_playbook(work: &mut Work<'_>, team: TeamId, playbook: &str) -> Result<(), StoreError> {
    may(work, Action::ManagePeople, "say which playbook a team works by")?;
    // fails where there is no such playbook
    work.book(playbook)?;
    let before = work.tx.one(sql!("SELECT playbook FROM team WHERE id = $1"), values![team], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    let changed =
        work.tx.run(sql!("UPDATE team SET playbook = $2 WHERE id = $1"), values![team, playbook])?;
    if changed == 0 {
        return Err(StoreError::NotFound { kind: "team", id: team.to_string(), hint: None });
    }
    let before = before.unwrap_or_default();
    work.note(Note::new(AuditKind::TeamChanged, About::Team(team)).changed(before, playbook));
    work.touch(Topic::People);
    work.touch(Topic::Playbook);
    Ok(())
}

fn set_target(work: &mut Work<'_>, target: &NewTarget) -> Result<(), StoreError> {
    let (scope, id, relation) = match target.scope {
        TargetOf::User(user) => {
            // the person must exist; one who left may keep old targets but gets no new ones
            actor::Actor::load(work.tx, user, work.day)?;
            ("user", user.0, work.by.relation_to(work.tx, Some(user), work.day)?)
        }
        TargetOf::Team(team) => {
            if work.tx.number(sql!("SELECT id FROM team WHERE id = $1"), values![team])?.is_none() {
                return Err(StoreError::NotFound { kind: "team", id: team.to_string(), hint: None });
            }
            let relation = if work.by.team == Some(team) { Relation::Own } else { Relation::Other };
            ("team", team.0, relation)
        }
    };
    rights::check(work.by.role, Action::SetTarget, relation, "set this target")?;
    if !target.metric.is_summed() && !target.metric.is_ratio() {
        return Err(invalid(
            "metric",
            format!(
                "'{}' is computed from other figures; set a target on one that is counted, or on a ratio",
                target.metric
            ),
        ));
    }
    if target.metric.is_ratio() && !target.part.is_whole() {
        return Err(invalid(
            "metric",
            format!("'{}' is not told of a part; set the target for all of it", target.metric),
        ));
    }
    if target.part.product.is_some() && !of_orders(target.metric) {
        return Err(invalid(
            "metric",
            format!("'{}' is not counted by product; set the target for all of it", target.metric),
        ));
    }
    if target.value < 0 {
        return Err(invalid("value", format!("a target of {} makes no sense; give 0 or more", target.value)));
    }
    let pipeline = target.part.pipeline.as_ref().map_or("", |code| code.as_str());
    let product = target.part.product.as_ref().map_or("", |code| code.as_str());
    let before = work.tx.number(
        sql!(
            "SELECT value FROM target WHERE scope = $1 AND scope_id = $2 AND metric = $3 AND period = $4 AND from_day <= $5 \
             AND level = $6 AND pipeline = $7 AND product = $8 AND void_at IS NULL ORDER BY from_day DESC, id DESC LIMIT 1"
        ),
        values![scope, id, target.metric, target.period, target.from, target.level, pipeline, product],
    )?;
    let about = match target.scope {
        TargetOf::User(user) => About::User(user),
        TargetOf::Team(team) => About::Team(team),
    };
    let what = [pipeline, product]
        .iter()
        .filter(|code| !code.is_empty())
        .fold(String::new(), |all, code| all + " of " + code);
    let level = if target.level == Level::Goal { String::new() } else { format!("{} ", target.level) };
    let named = |value: i64| format!("{level}{}{what} a {}: {value}", target.metric, target.period);
    let after = format!("{}, from {}", named(target.value), target.from);
    work.note(Note::new(AuditKind::TargetSet, about).changed(before.map(named).unwrap_or_default(), after));
    let row = TargetId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO target (id, scope, scope_id, period, metric, value, from_day, by_user, at, void_at, level, pipeline, product) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11, $12)"
        ),
        values![
            row,
            scope,
            id,
            target.period,
            target.metric,
            target.value,
            target.from,
            work.by.id,
            work.at,
            target.level,
            pipeline,
            product
        ],
    )?;
    work.reverse(Reversal::TargetSet(row));
    work.touch(Topic::Targets);
    Ok(())
}

/// Whether a metric is one that orders count in: only those are told apart by product.
const fn of_orders(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::OrdersWon
            | Metric::RevenueNew
            | Metric::RenewalRevenue
            | Metric::SignedAmount
            | Metric::FirstYearPremium
    )
}

fn may(work: &Work<'_>, action: Action, what: &str) -> Result<(), StoreError> {
    rights::check(work.by.role, action, Relation::Nobody, what).map_err(|refusal| match refusal {
        // no customer is concerned: a word about owners would mislead
        StoreError::Forbidden { role, what, .. } => {
            StoreError::Forbidden { role, what, relation: String::new() }
        }
        other => other,
    })
}

/// Nobody gives a role above the own, nor changes somebody who has one.
fn may_give(work: &Work<'_>, role: Role) -> Result<(), StoreError> {
    if role <= work.by.role {
        return Ok(());
    }
    Err(StoreError::Forbidden {
        role: work.by.role.as_str().to_owned(),
        what: format!("make or change a user of role '{role}'"),
        relation: String::new(),
    })
}

/// A sign-in name: lower case, no blanks, so that it can be typed on a command line.
fn login(given: &str) -> Result<String, StoreError> {
    let login = clean(given).to_lowercase();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    let starts = login.chars().next().is_some_and(char::is_alphanumeric);
    if starts && login.chars().all(fits) && login.chars().count() <= NAME_MAX {
        return Ok(login);
    }
    Err(invalid(
        "login",
        format!(
            "'{}' cannot be a sign-in name; use up to {NAME_MAX} letters and digits, and '.', '_', '-', '@' after the first",
            clean(given)
        ),
    ))
}

/// The team of that name; made where there is none yet. It works by the playbook when there is only one.
fn team_named(work: &mut Work<'_>, name: &str) -> Result<TeamId, StoreError> {
    let name = clean(name).into_owned();
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(invalid("team", format!("'{name}' cannot be a team; use up to {NAME_MAX} characters")));
    }
    if let Some(id) = work.tx.number(sql!("SELECT id FROM team WHERE name = $1"), values![&name])? {
        return Ok(TeamId(id));
    }
    let books = Books::ids(work.tx)?;
    let playbook = if let [only] = books.as_slice() { only.as_str() } else { "" };
    let id = TeamId(work.ids.make());
    work.tx.put(
        sql!("INSERT INTO team (id, name, playbook, lead_id, created_at) VALUES ($1, $2, $3, NULL, $4)"),
        values![id, &name, playbook, work.at],
    )?;
    Ok(id)
}

/// Makes a user a member of a team from the change's day on: what was before ends the day before.
fn join(tx: Tx<'_>, user: UserId, team: TeamId, work: &Work<'_>) -> Result<(), StoreError> {
    let day = work.day;
    tx.put(sql!("DELETE FROM membership WHERE user_id = $1 AND from_day >= $2"), values![user, day])?;
    tx.put(
        sql!(
            "UPDATE membership SET to_day = $2 WHERE user_id = $1 AND from_day <= $2 AND (to_day IS NULL OR to_day > $2)"
        ),
        values![user, day.plus(-1)],
    )?;
    tx.put(
        sql!("INSERT INTO membership (user_id, team_id, from_day, to_day) VALUES ($1, $2, $3, NULL)"),
        values![user, team, day],
    )?;
    Ok(())
}

fn first_rank(work: &mut Work<'_>, user: UserId) -> Result<String, StoreError> {
    let Some(id) = write::playbook_of(work.tx, user)? else { return Ok(String::new()) };
    let book = work.book(&id)?;
    Ok(book.playbook.ranks.first().map(|rank| rank.code.as_str().to_owned()).unwrap_or_default())
}

/// A rank must be one of the playbook the user works by; before there is a playbook any will do.
fn known_rank(work: &mut Work<'_>, user: UserId, rank: &str) -> Result<String, StoreError> {
    let rank = clean(rank).into_owned();
    let Some(id) = write::playbook_of(work.tx, user)? else { return Ok(rank) };
    let book = work.book(&id)?;
    let ranks = &book.playbook.ranks;
    if rank.is_empty() || ranks.is_empty() || ranks.iter().any(|r| r.code.as_str() == rank) {
        return Ok(rank);
    }
    let known: Vec<&str> = ranks.iter().map(|r| r.code.as_str()).collect();
    Err(invalid("rank", format!("there is no rank '{rank}' in playbook '{id}'; it has {}", known.join(", "))))
}

fn invalid(code: &'static str, what: String) -> StoreError {
    StoreError::Invalid { code, what }
}
