//! The gap line on top of the screen: a rep's own month (S001-108), the team's of who leads (S001-17).

use std::collections::BTreeMap;

use crate::domain::floor::held_down;
use crate::domain::gap::{Elapsed, Gap, bounds, elapsed, gap};
use crate::domain::id::UserId;
use crate::domain::lists::{Metric, Period};
use crate::domain::report::share::Share;
use crate::domain::span::Span;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pay::earning::earning;
use crate::store::query::board::{BoardAsk, BoardBy, GapLine};
use crate::store::read::board::people::{Figures, Member, of_user};
use crate::store::read::board::rows::attained_bp;
use crate::store::read::board::{book, day, floors, kept, people, rate, target};
use crate::store::value::word;
use crate::{sql, values};

/// Metrics that one statement asks for; no plan pays for as many.
const AT_ONCE: usize = 6;

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
    if !me.competes() {
        let days = elapsed(&playbook.work_time(), (first, last), now);
        return led(tx, books, (metric, days), (me, now));
    }
    let figures = people::of_month(tx, (today.month(), metric), &members)?;
    let done = of_user(&figures, user).value;
    let target = target::of_month(tx, books, (playbook, metric), (me, today))?;
    let rates = rate::rates(tx, books, (playbook, user), today)?;
    let daily = daily(tx, playbook, me, today)?;
    let of_day = |metric: &Metric| daily.get(metric).copied().unwrap_or(0);
    let days = elapsed(&playbook.work_time(), (first, last), now);
    let mates: Vec<&Member> = members.iter().filter(|m| m.competes() && m.team == me.team).collect();
    Ok(GapLine {
        metric,
        unit: metric.unit(),
        team: None,
        // by the hour is asked on boards
        gap: Gap { per_hour: None, ..gap(target, done, days).by_rates(rates) },
        held_down: floors::of_user(tx, playbook, user, (first, last))?
            .and_then(|floors| held_down(attained_bp(done, target)?, &floors)),
        conversion: rates.conversion,
        rank: rank(&mates, &figures, me),
        ahead: ahead(&mates, &figures, me),
        today: of_day(&metric),
        earning: earning(playbook, &me.rank, today, |metric| of_day(&metric)),
    })
}

/// The line of who plays no part in the race: the month of the own team, of every team for who has none. It is the team's row of the
/// boards, which everybody who looks at one shares.
fn led(
    tx: Tx<'_>,
    books: &mut Books,
    (metric, days): (Metric, Elapsed),
    (me, now): (&Member, Timestamp),
) -> Result<GapLine, StoreError> {
    let mut sums = |period| -> Result<(i64, i64), StoreError> {
        let ask = BoardAsk { team: me.team, ..BoardAsk::new(metric, Span::this(period), BoardBy::Team, now) };
        let board = kept::board(tx, books, &ask)?;
        Ok(board
            .rows
            .iter()
            .fold((0, 0), |(target, done), row| (target + row.gap.target, done + row.gap.done)))
    };
    let (target, done) = sums(Period::Month)?;
    let (_, today) = sums(Period::Day)?;
    Ok(GapLine {
        metric,
        unit: metric.unit(),
        team: Some(me.team_name.clone()),
        gap: Gap { per_hour: None, ..gap(target, done, days) },
        held_down: None,
        conversion: Share::default(),
        rank: None,
        ahead: None,
        today,
        earning: None,
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

/// What a day brought of the main metric and of what is paid by the piece: one statement, whatever the plan.
fn daily(
    tx: Tx<'_>,
    playbook: &Playbook,
    me: &Member,
    day: Day,
) -> Result<BTreeMap<Metric, i64>, StoreError> {
    let main = playbook.metrics.main;
    let paid = playbook.pay.iter().flat_map(|plan| plan.pieces(&me.rank)).map(|(metric, ..)| metric);
    let wanted: Vec<Metric> = std::iter::once(main).chain(paid).collect();
    let mut sums = BTreeMap::new();
    for some in wanted.chunks(AT_ONCE) {
        let at = |place: usize| some.get(place).copied().unwrap_or(main);
        tx.each(
            sql!(
                "SELECT metric, CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric IN ($2, $3, $4, $5, $6, $7) \
                 AND user_id = $8 GROUP BY metric"
            ),
            values![day, at(0), at(1), at(2), at(3), at(4), at(5), me.id],
            |row| {
                sums.insert(word(row, 0, Metric::parse)?, row.int(1)?);
                Ok(())
            },
        )?;
    }
    Ok(sums)
}
