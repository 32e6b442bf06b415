//! The gap line on top of a rep's day (S001-108).

use crate::domain::floor::held_down;
use crate::domain::gap::{Gap, bounds, elapsed, gap};
use crate::domain::id::UserId;
use crate::domain::lists::{Metric, Period, Unit};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::board::GapLine;
use crate::store::read::board::people::{Figures, Member, of_user};
use crate::store::read::board::rows::attained_bp;
use crate::store::read::board::{book, day, floors, people, target};
use crate::{sql, values};

/// Reads the gap line of a user: the month's figures of the playbook's main metric, and the place in the team.
pub fn gap_line(tx: Tx<'_>, books: &mut Books, user: UserId, now: Timestamp) -> Result<GapLine, StoreError> {
    let id = books.playbook_of(tx, user)?.unwrap_or_default();
    let book = book(tx, books, &id)?;
    let playbook = &book.playbook;
    let metric = playbook.metrics.main;
    let today = day(&book, now);
    let (first, last) = bounds(Period::Month, today);
    let members = people::around(tx, user, today)?;
    let me = members.iter().find(|m| m.id == user).ok_or_else(|| StoreError::NotFound {
        kind: "user",
        id: user.to_string(),
        hint: None,
    })?;
    let figures = people::of_month(tx, (today.month(), metric), &members)?;
    let done = of_user(&figures, user).value;
    let target = target::of_month(tx, books, (playbook, metric), (me, today))?;
    let average = average(tx, playbook, user, (first, last))?;
    let days = elapsed(&playbook.work_time(), (first, last), now);
    let mates: Vec<&Member> = members.iter().filter(|m| m.competes() && m.team == me.team).collect();
    Ok(GapLine {
        metric,
        unit: metric.unit(),
        // by the hour is asked on boards
        gap: Gap { per_hour: None, ..gap(target, done, days, average) },
        held_down: floors::of_user(tx, playbook, user, (first, last))?
            .and_then(|floors| held_down(attained_bp(done, target)?, &floors)),
        rank: rank(&mates, &figures, me),
        ahead: ahead(&mates, &figures, me),
        today: of_day(tx, metric, user, today)?,
    })
}

/// Own rank among the team's reps and coaches; `None` for one without a team or who does not compete.
fn rank(mates: &[&Member], figures: &Figures, me: &Member) -> Option<(u32, u32)> {
    if me.team.is_none() || !me.competes() {
        return None;
    }
    let done = of_user(figures, me.id).value;
    let above = mates.iter().filter(|m| of_user(figures, m.id).value > done).count();
    Some((u32::try_from(above + 1).ok()?, u32::try_from(mates.len()).ok()?))
}

/// The nearest above and the distance; of several equal ones the first by name.
fn ahead(mates: &[&Member], figures: &Figures, me: &Member) -> Option<(String, i64)> {
    me.team?;
    let done = of_user(figures, me.id).value;
    let above =
        mates.iter().map(|m| (of_user(figures, m.id).value - done, &m.name)).filter(|(far, _)| *far > 0);
    above.min().map(|(far, name)| (name.clone(), far))
}

/// The average of the own orders of the month that count in the main metric; before the first the price of the
/// playbook's first product, and one order for one where orders themselves are counted.
fn average(
    tx: Tx<'_>,
    playbook: &Playbook,
    user: UserId,
    (first, last): (Day, Day),
) -> Result<Option<i64>, StoreError> {
    let metric = playbook.metrics.main;
    if metric == Metric::OrdersWon {
        return Ok(Some(1));
    }
    if metric.unit() != Unit::Money {
        return Ok(None);
    }
    let (mut count, mut sum) = (0_i64, 0_i64);
    tx.each(
        sql!(
            "SELECT pipeline, count(*), CAST(sum(price) AS BIGINT) FROM sale_order \
             WHERE by_user = $1 AND at >= $2 AND at < $3 AND void_at IS NULL GROUP BY pipeline"
        ),
        values![user, playbook.zone.start(first), playbook.zone.end(last)],
        |row| {
            let pipeline = row.text(0)?;
            let counts = playbook.pipelines.iter().any(|p| {
                p.code.as_str() == pipeline && (metric == Metric::Receipts || p.amount_metric == Some(metric))
            });
            if counts {
                count += row.int(1)?;
                sum += row.int(2)?;
            }
            Ok(())
        },
    )?;
    if count > 0 {
        return Ok(Some(sum / count));
    }
    Ok(playbook.products.first().map(|product| product.price.0))
}

fn of_day(tx: Tx<'_>, metric: Metric, user: UserId, day: Day) -> Result<i64, StoreError> {
    let sum = tx.number(
        sql!("SELECT CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2 AND user_id = $3"),
        values![day, metric, user],
    )?;
    Ok(sum.unwrap_or(0))
}
