//! Answers about people, teams, playbooks and the last change.

use crate::domain::id::{TeamId, UserId, WriteId};
use crate::domain::lists::{Role, UserState};
use crate::domain::time::Timestamp;
use crate::store::books::Books;
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::people::{Me, PlaybookVersion, TeamRow, UserRow};
use crate::store::query::{Answer, Query};
use crate::store::value::{Row, word};
use crate::store::write;
use crate::{sql, values};

/// Answers a query of this subject.
pub fn answer(tx: Tx<'_>, books: &mut Books, query: &Query) -> Result<Answer, StoreError> {
    match query {
        Query::Users => Ok(Answer::Users(users(tx)?)),
        Query::UserNamed(login) => Ok(Answer::Users(named(tx, login)?.into_iter().collect())),
        Query::Me(user) => Ok(Answer::Me(Box::new(me(tx, books, *user)?))),
        Query::Teams => Ok(Answer::Teams(teams(tx)?)),
        Query::Playbooks => Ok(Answer::Playbooks(playbooks(tx, books)?)),
        Query::PlaybookText { id, number } => Ok(Answer::PlaybookText(text(tx, id, *number)?)),
        Query::LastChange { user } => Ok(Answer::LastChange(last_change(tx, *user)?)),
        _ => Err(StoreError::Invalid {
            code: "not_people",
            what: "this query is not about people; ask the one that is".to_owned(),
        }),
    }
}

/// Those who may sign in, by team and name. The system's own user is not among them.
fn users(tx: Tx<'_>) -> Result<Vec<UserRow>, StoreError> {
    tx.all(
        sql!(
            "SELECT u.id, u.login, u.name, u.role, u.state, u.rank, u.job, u.coach_id, t.id, t.name FROM person_user u \
             LEFT JOIN membership m ON m.user_id = u.id AND m.to_day IS NULL LEFT JOIN team t ON t.id = m.team_id \
             WHERE u.id <> $1 AND u.state <> 'left' ORDER BY t.name NULLS FIRST, u.name, u.id"
        ),
        values![Db::SYSTEM],
        user_row,
    )
}

/// The one of them who goes by a sign-in name.
pub(super) fn named(tx: Tx<'_>, login: &str) -> Result<Option<UserRow>, StoreError> {
    tx.one(
        sql!(
            "SELECT u.id, u.login, u.name, u.role, u.state, u.rank, u.job, u.coach_id, t.id, t.name FROM person_user u \
             LEFT JOIN membership m ON m.user_id = u.id AND m.to_day IS NULL LEFT JOIN team t ON t.id = m.team_id \
             WHERE u.login = $1 AND u.id <> $2 AND u.state <> 'left'"
        ),
        values![login, Db::SYSTEM],
        user_row,
    )
}

fn user(tx: Tx<'_>, id: UserId) -> Result<UserRow, StoreError> {
    tx.one(
        sql!(
            "SELECT u.id, u.login, u.name, u.role, u.state, u.rank, u.job, u.coach_id, t.id, t.name FROM person_user u \
             LEFT JOIN membership m ON m.user_id = u.id AND m.to_day IS NULL LEFT JOIN team t ON t.id = m.team_id \
             WHERE u.id = $1"
        ),
        values![id],
        user_row,
    )?
    .ok_or_else(|| StoreError::NotFound { kind: "user", id: id.to_string(), hint: None })
}

fn user_row(row: &dyn Row) -> Result<UserRow, StoreError> {
    let team = match (row.opt_int(8)?, row.opt_text(9)?) {
        (Some(id), Some(name)) => Some((TeamId(id), name.to_owned())),
        _ => None,
    };
    Ok(UserRow {
        id: UserId(row.int(0)?),
        login: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        role: word(row, 3, Role::parse)?,
        state: word(row, 4, UserState::parse)?,
        team,
        rank: row.text(5)?.to_owned(),
        job: row.text(6)?.to_owned(),
        coach: row.opt_int(7)?.map(UserId),
    })
}

fn me(tx: Tx<'_>, books: &mut Books, id: UserId) -> Result<Me, StoreError> {
    let user = user(tx, id)?;
    if user.state == UserState::Left {
        return Err(StoreError::NotActive { by: id, why: "left".to_owned() });
    }
    let playbook = write::playbook_of(tx, id)?.ok_or_else(|| StoreError::Invalid {
        code: "no_playbook",
        what: "no playbook has been applied yet; apply one with 'corral playbook apply FILE'".to_owned(),
    })?;
    let book = books.newest(tx, &playbook)?;
    Ok(Me { user, playbook: book.playbook, version: book.number })
}

fn teams(tx: Tx<'_>) -> Result<Vec<TeamRow>, StoreError> {
    tx.all(
        sql!(
            "SELECT t.id, t.name, t.playbook, COUNT(u.id) FROM team t \
             LEFT JOIN membership m ON m.team_id = t.id AND m.to_day IS NULL \
             LEFT JOIN person_user u ON u.id = m.user_id AND u.state <> 'left' \
             GROUP BY t.id, t.name, t.playbook ORDER BY t.name"
        ),
        &[],
        |row| {
            Ok(TeamRow {
                id: TeamId(row.int(0)?),
                name: row.text(1)?.to_owned(),
                playbook: row.text(2)?.to_owned(),
                members: u32::try_from(row.int(3)?).unwrap_or(u32::MAX),
            })
        },
    )
}

fn playbooks(tx: Tx<'_>, books: &mut Books) -> Result<Vec<PlaybookVersion>, StoreError> {
    let newest = tx.all(
        sql!(
            "SELECT playbook, number, hash, at, by_user FROM playbook_version p WHERE number = \
             (SELECT max(number) FROM playbook_version q WHERE q.playbook = p.playbook) ORDER BY playbook"
        ),
        &[],
        |row| {
            Ok((
                row.text(0)?.to_owned(),
                row.int(1)?,
                row.text(2)?.to_owned(),
                Timestamp(row.int(3)?),
                UserId(row.int(4)?),
            ))
        },
    )?;
    newest
        .into_iter()
        .map(|(id, number, hash, at, by)| {
            let playbook = books.version(tx, &id, number)?.playbook;
            Ok(PlaybookVersion { id, number, hash, at, by, playbook })
        })
        .collect()
}

fn text(tx: Tx<'_>, id: &str, number: Option<i64>) -> Result<String, StoreError> {
    let found = match number {
        Some(number) => tx.one(
            sql!("SELECT body FROM playbook_version WHERE playbook = $1 AND number = $2"),
            values![id, number],
            |row| Ok(row.text(0)?.to_owned()),
        )?,
        None => tx.one(
            sql!("SELECT body FROM playbook_version WHERE playbook = $1 ORDER BY number DESC LIMIT 1"),
            values![id],
            |row| Ok(row.text(0)?.to_owned()),
        )?,
    };
    found.ok_or_else(|| match number {
        Some(number) => {
            StoreError::NotFound { kind: "playbook version", id: format!("{id} {number}"), hint: None }
        }
        None => StoreError::NotFound { kind: "playbook", id: id.to_owned(), hint: None },
    })
}

/// The change `u` would take back: the newest that is not undone and knows how. The undo itself looks at the day too.
fn last_change(tx: Tx<'_>, user: UserId) -> Result<Option<(WriteId, String, String, Timestamp)>, StoreError> {
    tx.one(
        sql!(
            "SELECT j.write_id, j.kind, c.name, j.at FROM journal j LEFT JOIN customer c ON c.id = j.customer_id \
             WHERE j.by_user = $1 AND j.undone_by IS NULL AND j.reversal <> '[]' AND j.kind <> 'undo' \
             AND j.kind <> 'work.roll_day' \
             ORDER BY j.rev DESC LIMIT 1"
        ),
        values![user],
        |row| {
            Ok((
                WriteId(row.int(0)?),
                row.text(1)?.to_owned(),
                row.opt_text(2)?.unwrap_or_default().to_owned(),
                Timestamp(row.int(3)?),
            ))
        },
    )
}
