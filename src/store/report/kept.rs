//! Reports that were kept.

use crate::domain::id::{CustomerId, ReportId, TaskId, UserId};
use crate::domain::lists::{Period, TaskState};
use crate::domain::report::{Figures, Lines};
use crate::domain::time::{Day, Timestamp};
use crate::store::change::people::TargetOf;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::query::report::ReportComment;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// A report as it was kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: ReportId,
    pub since: Timestamp,
    pub revision: i64,
    pub handed: Option<(Timestamp, UserId, String)>,
    pub lines: Lines,
    pub figures: Figures,
    /// The same as it stands in its row.
    pub text: String,
}

/// How the owner of a report is written.
pub const fn scope(whose: TargetOf) -> (&'static str, i64) {
    match whose {
        TargetOf::User(user) => ("user", user.0),
        TargetOf::Team(team) => ("team", team.0),
    }
}

/// The report of a period, where it was kept.
pub fn find(tx: Tx<'_>, whose: TargetOf, (period, first): (Period, Day)) -> Result<Option<Kept>, StoreError> {
    let (scope, id) = scope(whose);
    tx.one(
        sql!(
            "SELECT r.id, r.kept_at, r.kept_rev, r.handed_at, r.handed_by, u.name, r.why, r.best, r.help, r.figures FROM report r \
             LEFT JOIN person_user u ON u.id = r.handed_by \
             WHERE r.scope = $1 AND r.scope_id = $2 AND r.period = $3 AND r.first_day = $4"
        ),
        values![scope, id, period, first],
        read,
    )
}

/// The lines of the report of that period before a day, the newest.
pub fn lines_before(
    tx: Tx<'_>,
    whose: TargetOf,
    (period, first): (Period, Day),
) -> Result<Option<Lines>, StoreError> {
    let (scope, id) = scope(whose);
    tx.one(
        sql!(
            "SELECT why, best, help FROM report WHERE scope = $1 AND scope_id = $2 AND period = $3 AND first_day < $4 \
             AND handed_at IS NOT NULL ORDER BY first_day DESC LIMIT 1"
        ),
        values![scope, id, period, first],
        |row| Ok(Lines { why: row.text(0)?.into(), best: row.text(1)?.into(), help: row.text(2)?.into() }),
    )
}

fn read(row: &dyn Row) -> Result<Kept, StoreError> {
    let handed = match (row.opt_int(3)?, row.opt_int(4)?) {
        (Some(at), Some(by)) => {
            Some((Timestamp(at), UserId(by), row.opt_text(5)?.unwrap_or_default().to_owned()))
        }
        _ => None,
    };
    Ok(Kept {
        id: ReportId(row.int(0)?),
        since: Timestamp(row.int(1)?),
        revision: row.int(2)?,
        handed,
        lines: Lines { why: row.text(6)?.into(), best: row.text(7)?.into(), help: row.text(8)?.into() },
        figures: from_json(row.text(9)?)?,
        text: row.text(9)?.to_owned(),
    })
}

/// What was said to a report, in the order it was said.
pub fn comments(tx: Tx<'_>, report: ReportId) -> Result<Vec<ReportComment>, StoreError> {
    let mut comments = tx.all(
        sql!(
            "SELECT c.id, u.name, c.at, c.words FROM report_comment c JOIN person_user u ON u.id = c.by_user \
             WHERE c.report_id = $1 AND c.void_at IS NULL ORDER BY c.at, c.id"
        ),
        values![report],
        |row| {
            let comment = ReportComment {
                by: row.text(1)?.to_owned(),
                at: Timestamp(row.int(2)?),
                words: row.text(3)?.to_owned(),
                tasks: Vec::new(),
            };
            Ok((row.int(0)?, comment))
        },
    )?;
    tx.each(
        sql!(
            "SELECT t.comment_id, t.task_id, t.customer_id, k.state FROM report_comment c JOIN report_task t ON t.comment_id = c.id \
             JOIN task k ON k.id = t.task_id WHERE c.report_id = $1 AND c.void_at IS NULL ORDER BY t.task_id"
        ),
        values![report],
        |row| {
            let of = row.int(0)?;
            let done = word(row, 3, TaskState::parse)? == TaskState::Done;
            let task = (TaskId(row.int(1)?), CustomerId(row.int(2)?), done);
            if let Some((_, comment)) = comments.iter_mut().find(|(id, _)| *id == of) {
                comment.tasks.push(task);
            }
            Ok(())
        },
    )?;
    Ok(comments.into_iter().map(|(_, comment)| comment).collect())
}
