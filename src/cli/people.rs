//! `corral user`, `corral team`, `corral target`.

use serde_json::json;

use crate::cli::args::{Team, User};
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, near, strange};
use crate::cli::shapes;
use crate::cli::sign_in;
use crate::domain::lists::UserState;
use crate::store::StoreError;
use crate::store::change::people::{NewUser, TargetOf};
use crate::store::change::{Change, PeopleChange};
use crate::store::query::{Answer, Query, TeamRow, UserRow};
use crate::text::width::pad;

/// Users.
pub fn user(local: &mut Local, user: &User) -> Result<(), Failure> {
    match user {
        User::List => {
            let users = local.users()?;
            let shape = json!({ "users": users.iter().map(shapes::user).collect::<Vec<_>>() });
            output::answer(local.json, &shape, || users.iter().map(user_line).collect())
        }
        User::Add { login, name, role, team, rank, job } => {
            let by = local.keeper()?;
            let added = NewUser {
                login: login.clone(),
                name: name.clone().unwrap_or_else(|| login.clone()),
                role: *role,
                team: team.clone(),
                rank: rank.clone(),
                job: job.clone(),
            };
            local.make(by, Change::People(PeopleChange::AddUser(added)))?;
            say(local, login)
        }
        User::Set { login, name, role, team, rank, job, state, coach } => {
            let by = local.keeper()?;
            let before = local.user_named(login)?;
            let change = PeopleChange::SetUser {
                user: before.id,
                name: name.clone(),
                role: *role,
                team: team.clone(),
                rank: rank.clone(),
                job: job.clone(),
                state: *state,
                coach: coach.clone(),
            };
            local.make(by, Change::People(change))?;
            match state {
                // who left is in no list any more
                Some(UserState::Left) => told(local, &UserRow { state: UserState::Left, ..before }),
                _ => say(local, login),
            }
        }
        User::Key(key) => sign_in::key(local, key),
        User::Invite { login, hours } => sign_in::invite(local, login, *hours),
        User::Password { login, off } => sign_in::password(local, login, *off),
        User::Pin { login, off } => sign_in::pin(local, login, *off),
        User::Totp { login, off } => sign_in::totp(local, login, *off),
        User::Unlock { login } => sign_in::unlock(local, login),
        User::Tries { login, limit } => sign_in::tries(local, login.as_deref(), *limit),
    }
}

fn say(local: &mut Local, login: &str) -> Result<(), Failure> {
    let row = local.users()?.into_iter().find(|u| u.login == login.to_lowercase() || u.login == login);
    told(local, &row.ok_or_else(strange)?)
}

fn told(local: &Local, row: &UserRow) -> Result<(), Failure> {
    output::answer(local.json, &json!({ "user": shapes::user(row) }), || vec![user_line(row)])
}

fn user_line(row: &UserRow) -> String {
    let team = row.team.as_ref().map_or("", |(_, name)| name.as_str());
    format!(
        "{}  {}  {}  {}  {team}",
        pad(&row.login, 14),
        pad(&row.name, 12),
        pad(row.role.as_str(), 8),
        pad(row.state.as_str(), 7)
    )
}

/// Teams.
pub fn team(local: &mut Local, team: &Team) -> Result<(), Failure> {
    if let Team::Set { team, playbook } = team {
        let by = local.keeper()?;
        let row = team_named(local, team)?;
        let change = PeopleChange::TeamPlaybook { team: row.id, playbook: playbook.clone() };
        local.make(by, Change::People(change))?;
    }
    let teams = teams(local)?;
    let rows: Vec<_> = teams
        .iter()
        .map(|t| json!({ "id": t.id, "name": t.name, "playbook": t.playbook, "members": t.members }))
        .collect();
    output::answer(local.json, &json!({ "teams": rows }), || {
        teams
            .iter()
            .map(|t| format!("{}  {}  {}", pad(&t.name, 16), pad(&t.playbook, 16), t.members))
            .collect()
    })
}

fn teams(local: &mut Local) -> Result<Vec<TeamRow>, Failure> {
    match local.ask(&Query::Teams)? {
        Answer::Teams(teams) => Ok(teams),
        _ => Err(strange()),
    }
}

/// The team of a name.
pub fn team_named(local: &mut Local, name: &str) -> Result<TeamRow, Failure> {
    let teams = teams(local)?;
    let hint = near(name, teams.iter().map(|t| t.name.as_str()));
    teams
        .into_iter()
        .find(|team| team.name == name)
        .ok_or_else(|| StoreError::NotFound { kind: "team", id: name.to_owned(), hint }.into())
}

/// A person by sign-in name or a team by name.
pub fn whose(local: &mut Local, name: &str) -> Result<TargetOf, Failure> {
    if let Some(user) = local.users()?.into_iter().find(|u| u.login == name) {
        return Ok(TargetOf::User(user.id));
    }
    Ok(TargetOf::Team(team_named(local, name)?.id))
}
