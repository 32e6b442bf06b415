//! What a month's end is likely to bring: open deals by what became of such deals in the months before (S001-56, AP-05).
//!
//! A case is a deal that was open at a stage at the same distance from the end of one of those months, of anybody who works by the same
//! method: a team of its own has too few, and a deal that was lost may have left its rep. It counts as won where it was won by that end.

use std::collections::BTreeMap;

use crate::domain::money::Money;
use crate::domain::report::share::Share;
use crate::domain::stock::Rate;
use crate::domain::time::{Month, Timestamp};
use crate::playbook::Playbook;
use crate::store::desk::stand::Sphere;
use crate::store::desk::stock::list;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::stock::Forecast;
use crate::{sql, values};

type Cases = BTreeMap<(String, String), Share>;

/// The forecast of a team's open deals.
pub fn forecast(tx: Tx<'_>, sphere: &Sphere, now: Timestamp) -> Result<Forecast, StoreError> {
    let playbook = &sphere.book.playbook;
    let months = playbook.stock_take.months;
    let this = playbook.zone.day(now).month();
    let mut cases = Cases::new();
    for back in 1..=i64::from(months) {
        let month = Month(this.0 - back);
        let (first, end) = (playbook.zone.start(month.first()), playbook.zone.end(month.last()));
        let left = playbook.zone.end(this.last()).since(now);
        let then = Timestamp(end.0.saturating_sub(left)).max(first);
        of_month(tx, playbook, (then, end), &mut cases)?;
    }
    let team = sphere.teams.first().map(|(team, _)| *team);
    let mut open: BTreeMap<(String, String), (i64, Money)> = BTreeMap::new();
    for member in sphere.members.iter().filter(|member| member.team == team) {
        for deal in list::open_deals(tx, playbook, member.id)? {
            let (count, value) = open.entry((deal.pipeline, deal.stage)).or_default();
            *count += 1;
            *value = *value + deal.value;
        }
    }
    let mut rates: Vec<Rate> = open
        .into_iter()
        .map(|((pipeline, stage), (deals, value))| {
            let won = cases.get(&(pipeline.clone(), stage.clone())).copied().unwrap_or_default();
            Rate { pipeline, stage, deals, value, won }
        })
        .collect();
    // in the order of the method; what it knows no more comes last
    rates.sort_by_cached_key(|rate| {
        let pipeline = playbook.pipelines.iter().position(|known| known.code.as_str() == rate.pipeline);
        let stage = pipeline
            .and_then(|at| playbook.pipelines.get(at))
            .and_then(|pipeline| pipeline.stages.iter().position(|known| known.code.as_str() == rate.stage));
        (pipeline.unwrap_or(usize::MAX), stage.unwrap_or(usize::MAX), rate.stage.clone())
    });
    Ok(Forecast { month_end: this.last(), months, rates })
}

/// Adds what was open at an instant, by where it stood then, and what of it was won by an end.
fn of_month(
    tx: Tx<'_>,
    playbook: &Playbook,
    (then, end): (Timestamp, Timestamp),
    cases: &mut Cases,
) -> Result<(), StoreError> {
    let mut add = |row: &dyn crate::store::value::Row| {
        let key = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
        let found = Share::of(row.int(3)?, row.int(2)?);
        let share = cases.entry(key).or_default();
        *share = share.and(found);
        Ok(())
    };
    // what is open to this day was not won by then
    tx.each(
        sql!(
            "SELECT d.pipeline, m.to_stage, COUNT(*), 0 FROM deal d JOIN stage_move m ON m.customer_id = d.customer_id AND m.deal_id = d.id \
             WHERE d.playbook = $1 AND d.state = 'open' AND d.void_at IS NULL AND d.opened_at <= $2 \
             AND m.at <= $2 AND m.void_at IS NULL AND m.to_stage <> '' \
             AND NOT EXISTS (SELECT 1 FROM stage_move n WHERE n.customer_id = d.customer_id AND n.deal_id = d.id AND n.at <= $2 \
             AND n.void_at IS NULL AND (n.at > m.at OR (n.at = m.at AND n.id > m.id))) GROUP BY d.pipeline, m.to_stage"
        ),
        values![&playbook.id, then],
        &mut add,
    )?;
    tx.each(
        sql!(
            "SELECT d.pipeline, m.to_stage, COUNT(*), CAST(sum(CASE WHEN d.state = 'won' AND d.closed_at < $3 THEN 1 ELSE 0 END) AS BIGINT) \
             FROM deal d JOIN stage_move m ON m.customer_id = d.customer_id AND m.deal_id = d.id \
             WHERE d.playbook = $1 AND d.state <> 'open' AND d.closed_at > $2 AND d.void_at IS NULL AND d.opened_at <= $2 \
             AND m.at <= $2 AND m.void_at IS NULL AND m.to_stage <> '' \
             AND NOT EXISTS (SELECT 1 FROM stage_move n WHERE n.customer_id = d.customer_id AND n.deal_id = d.id AND n.at <= $2 \
             AND n.void_at IS NULL AND (n.at > m.at OR (n.at = m.at AND n.id > m.id))) GROUP BY d.pipeline, m.to_stage"
        ),
        values![&playbook.id, then, end],
        &mut add,
    )
}
