//! Whom somebody measures the own figures with. Only who chose is told.

use crate::domain::id::UserId;
use crate::domain::lists::Metric;
use crate::domain::time::Day;
use crate::store::books::Books;
use crate::store::change::Topic;
use crate::store::customers::invalid;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pk::propose::name;
use crate::store::query::Viewer;
use crate::store::query::pk::Nemesis;
use crate::store::rights::{self, Action, Relation};
use crate::store::write::Work;
use crate::{sql, values};

/// Chooses somebody, or nobody.
pub fn choose(work: &mut Work<'_>, whom: Option<UserId>) -> Result<(), StoreError> {
    rights::check(work.by.role, Action::ChooseNemesis, Relation::Own, "choose a rival")?;
    match whom {
        None => {
            work.tx.put(sql!("DELETE FROM pk_nemesis WHERE user_id = $1"), values![work.by.id])?;
        }
        Some(whom) if whom == work.by.id => {
            return Err(invalid("pk_self", "nobody is the own rival; choose a colleague"));
        }
        Some(whom) => {
            name(work.tx, whom)?;
            work.tx.put(
                sql!(
                    "INSERT INTO pk_nemesis (user_id, nemesis_id, since_at) VALUES ($1, $2, $3) \
                     ON CONFLICT (user_id) DO UPDATE SET nemesis_id = excluded.nemesis_id, since_at = excluded.since_at"
                ),
                values![work.by.id, whom, work.at],
            )?;
        }
    }
    // the journal keeps not whom, so that there is no way back; choosing again is one
    work.irreversible();
    work.touch(Topic::Pk);
    Ok(())
}

/// Whom the asker has chosen, with the figures of both.
pub fn read(tx: Tx<'_>, books: &mut Books, by: Viewer) -> Result<Option<Nemesis>, StoreError> {
    let chosen = tx.one(
        sql!(
            "SELECT n.nemesis_id, u.name FROM pk_nemesis n JOIN person_user u ON u.id = n.nemesis_id WHERE n.user_id = $1"
        ),
        values![by.id],
        |row| Ok((UserId(row.int(0)?), row.text(1)?.to_owned())),
    )?;
    let Some((user, name)) = chosen else { return Ok(None) };
    let Some(id) = books.playbook_of(tx, by.id)? else { return Ok(None) };
    let playbook = books.newest(tx, &id)?.playbook;
    let (metric, today) = (playbook.metrics.main, playbook.zone.day(by.now));
    let month = |user| of_month(tx, user, metric, today);
    let day = |user| of_day(tx, user, metric, today);
    Ok(Some(Nemesis {
        user,
        name,
        metric,
        month: (month(by.id)?, month(user)?),
        today: (day(by.id)?, day(user)?),
    }))
}

fn of_month(tx: Tx<'_>, user: UserId, metric: Metric, day: Day) -> Result<i64, StoreError> {
    let sum = tx.number(
        sql!(
            "SELECT CAST(sum(value) AS BIGINT) FROM metric_month WHERE month = $1 AND metric = $2 AND user_id = $3"
        ),
        values![day.month(), metric, user],
    )?;
    Ok(sum.unwrap_or(0))
}

fn of_day(tx: Tx<'_>, user: UserId, metric: Metric, day: Day) -> Result<i64, StoreError> {
    let sum = tx.number(
        sql!("SELECT CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2 AND user_id = $3"),
        values![day, metric, user],
    )?;
    Ok(sum.unwrap_or(0))
}
