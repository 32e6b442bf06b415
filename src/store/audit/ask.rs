//! Reads the trail through a window: a right, a filter, newest first.

use super::Tail;
use crate::domain::id::{TeamId, UserId};
use crate::domain::time::Timestamp;
use crate::sql;
use crate::store::actor::Actor;
use crate::store::books::Books;
use crate::store::change::About;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::audit::{AuditAsk, AuditPage, AuditRow};
use crate::store::rights::{self, Action, Relation};
use crate::store::value::{Row, Value};
use crate::store::write;

/// Answers a window of the trail.
pub fn page(tx: Tx<'_>, books: &mut Books, ask: &AuditAsk) -> Result<AuditPage, StoreError> {
    let team = allowed(tx, books, ask)?;
    let head = Tail::head(tx)?.unwrap_or_default();
    let kind = ask.kind.map_or(Value::Null, Value::from);
    let user = ask.user.map(|user| About::User(user).text());
    let customer = ask.customer.map(|customer| About::Customer(customer).text());
    let limit = i64::try_from(ask.limit.clamp(1, 1_000)).unwrap_or(1_000);
    let values = |first: Value<'static>| {
        [
            ask.before.unwrap_or(i64::MAX).into(),
            ask.between.0.map_or(i64::MIN, |from| from.0).into(),
            ask.between.1.map_or(i64::MAX, |until| until.0).into(),
            team.map_or(Value::Null, Value::from),
            limit.into(),
            first,
        ]
    };
    let found = match (ask.user, &customer) {
        (None, None) => {
            let mut values = values(Value::Null);
            values[5] = kind;
            tx.all(if ask.kind.is_some() { OF_KIND } else { ALL }, upto(&values, ask.kind.is_some()), row)?
        }
        (Some(UserId(id)), about) => {
            let [before, from, until, team, limit, _] = values(Value::Null);
            let person = user.as_deref().map_or(Value::Null, Value::Text);
            let about = about.as_deref().map_or(Value::Null, Value::Text);
            tx.all(OF_USER, &[before, from, until, team, limit, Value::Int(id), person, kind, about], row)?
        }
        (None, Some(about)) => {
            let [before, from, until, team, limit, _] = values(Value::Null);
            tx.all(ABOUT, &[before, from, until, team, limit, Value::Text(about), kind], row)?
        }
    };
    Ok(AuditPage { rows: found, head: (head.number, head.seal) })
}

/// The values of a statement with or without a kind.
fn upto<'v>(values: &'v [Value<'v>; 6], with_kind: bool) -> &'v [Value<'v>] {
    values.get(..if with_kind { 6 } else { 5 }).unwrap_or(values)
}

/// The team a reader is narrowed to: a lead's own, none for those who see all.
fn allowed(tx: Tx<'_>, books: &mut Books, ask: &AuditAsk) -> Result<Option<TeamId>, StoreError> {
    let day = write::zone_of(tx, books, ask.by)?.day(ask.now);
    let actor = Actor::load(tx, ask.by, day)?;
    if rights::may(actor.role, Action::ReadAudit, Relation::Other) {
        return Ok(None);
    }
    let refused = || StoreError::Forbidden {
        role: actor.role.as_str().to_owned(),
        what: "read the audit trail".to_owned(),
        relation: String::new(),
    };
    rights::check(actor.role, Action::ReadAudit, Relation::Team, "read the audit trail")
        .map_err(|_| refused())?;
    actor.team.map(Some).ok_or_else(refused)
}

const ALL: &str = sql!(
    "SELECT a.number, a.at, a.by_user, u.login, u.name, a.team_id, t.name, a.origin, a.machine, a.kind, a.about, \
       coalesce(w.name, c.name, k.name), a.change_id, coalesce(p.was, a.was), coalesce(p.became, a.became), \
       coalesce(p.why, a.why), a.personal, p.number, a.seal FROM audit a \
     LEFT JOIN person_user u ON u.id = a.by_user LEFT JOIN team t ON t.id = a.team_id \
     LEFT JOIN audit_personal p ON p.number = a.number \
     LEFT JOIN person_user w ON w.id = CASE WHEN a.about LIKE 'user %' THEN CAST(substr(a.about, 6) AS BIGINT) END \
     LEFT JOIN customer c ON c.id = CASE WHEN a.about LIKE 'customer %' THEN CAST(substr(a.about, 10) AS BIGINT) END \
     LEFT JOIN team k ON k.id = CASE WHEN a.about LIKE 'team %' THEN CAST(substr(a.about, 6) AS BIGINT) END \
     WHERE a.number < $1 AND a.at >= $2 AND a.at < $3 AND (CAST($4 AS BIGINT) IS NULL OR a.team_id = $4) \
     ORDER BY a.number DESC LIMIT $5"
);

const OF_KIND: &str = sql!(
    "SELECT a.number, a.at, a.by_user, u.login, u.name, a.team_id, t.name, a.origin, a.machine, a.kind, a.about, \
       coalesce(w.name, c.name, k.name), a.change_id, coalesce(p.was, a.was), coalesce(p.became, a.became), \
       coalesce(p.why, a.why), a.personal, p.number, a.seal FROM audit a \
     LEFT JOIN person_user u ON u.id = a.by_user LEFT JOIN team t ON t.id = a.team_id \
     LEFT JOIN audit_personal p ON p.number = a.number \
     LEFT JOIN person_user w ON w.id = CASE WHEN a.about LIKE 'user %' THEN CAST(substr(a.about, 6) AS BIGINT) END \
     LEFT JOIN customer c ON c.id = CASE WHEN a.about LIKE 'customer %' THEN CAST(substr(a.about, 10) AS BIGINT) END \
     LEFT JOIN team k ON k.id = CASE WHEN a.about LIKE 'team %' THEN CAST(substr(a.about, 6) AS BIGINT) END \
     WHERE a.number < $1 AND a.at >= $2 AND a.at < $3 AND (CAST($4 AS BIGINT) IS NULL OR a.team_id = $4) AND a.kind = $6 \
     ORDER BY a.number DESC LIMIT $5"
);

/// The newest of what a user did, and of what is about the user, each by its index.
const OF_USER: &str = sql!(
    "SELECT a.number, a.at, a.by_user, u.login, u.name, a.team_id, t.name, a.origin, a.machine, a.kind, a.about, \
       coalesce(w.name, c.name, k.name), a.change_id, coalesce(p.was, a.was), coalesce(p.became, a.became), \
       coalesce(p.why, a.why), a.personal, p.number, a.seal FROM audit a \
     LEFT JOIN person_user u ON u.id = a.by_user LEFT JOIN team t ON t.id = a.team_id \
     LEFT JOIN audit_personal p ON p.number = a.number \
     LEFT JOIN person_user w ON w.id = CASE WHEN a.about LIKE 'user %' THEN CAST(substr(a.about, 6) AS BIGINT) END \
     LEFT JOIN customer c ON c.id = CASE WHEN a.about LIKE 'customer %' THEN CAST(substr(a.about, 10) AS BIGINT) END \
     LEFT JOIN team k ON k.id = CASE WHEN a.about LIKE 'team %' THEN CAST(substr(a.about, 6) AS BIGINT) END \
     WHERE a.number < $1 AND a.at >= $2 AND a.at < $3 AND (CAST($4 AS BIGINT) IS NULL OR a.team_id = $4) \
     AND (a.by_user = $6 OR a.about = $7) AND (CAST($8 AS TEXT) IS NULL OR a.kind = $8) \
     AND (CAST($9 AS TEXT) IS NULL OR a.about = $9) ORDER BY a.number DESC LIMIT $5"
);

const ABOUT: &str = sql!(
    "SELECT a.number, a.at, a.by_user, u.login, u.name, a.team_id, t.name, a.origin, a.machine, a.kind, a.about, \
       coalesce(w.name, c.name, k.name), a.change_id, coalesce(p.was, a.was), coalesce(p.became, a.became), \
       coalesce(p.why, a.why), a.personal, p.number, a.seal FROM audit a \
     LEFT JOIN person_user u ON u.id = a.by_user LEFT JOIN team t ON t.id = a.team_id \
     LEFT JOIN audit_personal p ON p.number = a.number \
     LEFT JOIN person_user w ON w.id = CASE WHEN a.about LIKE 'user %' THEN CAST(substr(a.about, 6) AS BIGINT) END \
     LEFT JOIN customer c ON c.id = CASE WHEN a.about LIKE 'customer %' THEN CAST(substr(a.about, 10) AS BIGINT) END \
     LEFT JOIN team k ON k.id = CASE WHEN a.about LIKE 'team %' THEN CAST(substr(a.about, 6) AS BIGINT) END \
     WHERE a.number < $1 AND a.at >= $2 AND a.at < $3 AND (CAST($4 AS BIGINT) IS NULL OR a.team_id = $4) AND a.about = $6 \
     AND (CAST($7 AS TEXT) IS NULL OR a.kind = $7) ORDER BY a.number DESC LIMIT $5"
);

fn row(row: &dyn Row) -> Result<AuditRow, StoreError> {
    let text = |column| row.text(column).map(str::to_owned);
    let maybe = |column| row.opt_text(column).map(|text| text.unwrap_or_default().to_owned());
    let personal = text(16)?;
    Ok(AuditRow {
        number: row.int(0)?,
        at: Timestamp(row.int(1)?),
        by: (UserId(row.int(2)?), maybe(3)?, maybe(4)?),
        team: row.opt_int(5)?.map(|team| Ok::<_, StoreError>((TeamId(team), maybe(6)?))).transpose()?,
        origin: text(7)?,
        machine: text(8)?,
        kind: text(9)?,
        about: (About::read(row.text(10)?), maybe(11)?),
        change: row.int(12)?,
        before: text(13)?,
        after: text(14)?,
        why: text(15)?,
        is_erased: !personal.is_empty() && row.opt_int(17)?.is_none(),
        personal,
        seal: text(18)?,
    })
}
