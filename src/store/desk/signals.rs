//! What deserves a lead's look: who has stalled, which deals nobody follows, who waits instead of going out, who drifts.
//!
//! It is asked for by itself, not with every glance at the desk: it looks at the touches of the last working days.

use std::collections::BTreeMap;

use crate::domain::desk::falling;
use crate::domain::id::{CustomerId, DealId, TaskId, TeamId, UserId};
use crate::domain::lists::{Metric, SignalKind};
use crate::domain::report::share::Share;
use crate::domain::time::{Day, Month, Timestamp};
use crate::domain::warning::share_bp;
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::desk::proactive;
use crate::store::desk::stand::Sphere;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::desk::{Behind, DealSignal, Proactive, RepSignal, Signals};
use crate::store::read::board::people::Member;
use crate::{sql, values};

/// Days that are looked back at, at most, for so many working days.
const BACK_MAX: i64 = 90;
/// Quarters a drift is looked for in.
const QUARTERS: i64 = 5;

/// Reps and deals that deserve a look.
pub fn signals(
    tx: Tx<'_>,
    books: &mut Books,
    by: Viewer,
    team: Option<TeamId>,
) -> Result<Signals, StoreError> {
    let sphere = Sphere::find(tx, books, by, team)?;
    let playbook = &sphere.book.playbook;
    let mut found = Signals::default();
    behind(tx, &sphere, &mut found.reps)?;
    for member in &sphere.members {
        stalled(tx, playbook, member, (sphere.day, by.now), &mut found.reps)?;
        let ratio = going_out(tx, playbook, member, (sphere.day, by.now))?;
        waiting(playbook, sphere.day, &ratio, &mut found.reps);
        found.ratios.push(ratio);
        unfollowed(tx, playbook, member, by.now, &mut found.deals)?;
    }
    drifting(tx, &sphere.members, sphere.day, &mut found.reps)?;
    found.deals.sort_by_key(|deal| (deal.last_at, deal.deal));
    found.deals.truncate(Signals::DEALS);
    Ok(found)
}

/// Whoever is far below the team in something, with whom it was given to see to (S001-57).
fn behind(tx: Tx<'_>, sphere: &Sphere, found: &mut Vec<RepSignal>) -> Result<(), StoreError> {
    let playbook = &sphere.book.playbook;
    tx.each(
        sql!(
            "SELECT w.user_id, w.rule, w.part, w.cases, w.median_bp, w.since, w.coach_id, u.name, t.id FROM rep_warning w \
             LEFT JOIN person_user u ON u.id = w.coach_id LEFT JOIN task t ON t.id = w.task_id AND t.state = 'due' \
             WHERE w.playbook = $1 AND w.closed_at IS NULL ORDER BY w.since, w.id"
        ),
        values![&playbook.id],
        |row| {
            let user = UserId(row.int(0)?);
            let Some(member) = sphere.members.iter().find(|member| member.id == user) else { return Ok(()) };
            let coach = row.opt_int(6)?.map(UserId);
            let since = playbook.zone.day(Timestamp(row.int(5)?));
            found.push(RepSignal {
                kind: SignalKind::Behind,
                rep: (member.id, member.name.clone()),
                lasts: u32::try_from(sphere.day.0 - since.0).unwrap_or(0),
                since: Some(since),
                value: 0,
                behind: Some(Behind {
                    rule: row.text(1)?.to_owned(),
                    own: Share::of(row.int(2)?, row.int(3)?),
                    median_bp: row.int(4)?,
                    coach: coach.zip(row.opt_text(7)?.map(str::to_owned)),
                    task: row.opt_int(8)?.map(TaskId),
                }),
            });
            Ok(())
        },
    )
}

/// The last so many working days before a day, oldest first.
fn working_days(playbook: &Playbook, day: Day, count: u32) -> Vec<Day> {
    let back = (1..=BACK_MAX).map(|n| day.plus(-n)).filter(|day| playbook.workdays.works(*day));
    let mut days: Vec<Day> = back.take(usize::try_from(count).unwrap_or(usize::MAX)).collect();
    days.reverse();
    days
}

/// Whoever has tried no new customer (one nobody has reached yet), or moved no deal on, for some working days (S000-04). Who has been
/// here shorter is left alone.
fn stalled(
    tx: Tx<'_>,
    playbook: &Playbook,
    member: &Member,
    (day, now): (Day, Timestamp),
    found: &mut Vec<RepSignal>,
) -> Result<(), StoreError> {
    let days = playbook.desk.stalled_days;
    let Some(first) = working_days(playbook, day, days).first().copied() else { return Ok(()) };
    if member.since.is_none_or(|since| since > first) {
        return Ok(());
    }
    let from = playbook.zone.start(first);
    let tried = tx.number(
        sql!(
            "SELECT t.at FROM touch t WHERE t.user_id = $1 AND t.at >= $2 AND t.at <= $3 AND t.direction = 'out' AND t.void_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM touch b WHERE b.customer_id = t.customer_id AND b.at < t.at AND b.connected = 1 \
                 AND b.void_at IS NULL) ORDER BY t.at DESC LIMIT 1"
        ),
        values![member.id, from, now],
    )?;
    let moved = tx.number(
        sql!(
            "SELECT max(s.at) FROM stage_move s WHERE s.by_user = $1 AND s.at >= $2 AND s.at <= $3 AND s.from_stage <> '' \
             AND s.void_at IS NULL"
        ),
        values![member.id, from, now],
    )?;
    for (kind, last) in [(SignalKind::NoNew, tried), (SignalKind::NoAdvance, moved)] {
        if last.is_none() {
            let rep = (member.id, member.name.clone());
            found.push(RepSignal { kind, rep, lasts: days, since: Some(first), value: 0, behind: None });
        }
    }
    Ok(())
}

/// How much of what a rep did went out to households without an order, by working day (formulas.md 11).
fn going_out(
    tx: Tx<'_>,
    playbook: &Playbook,
    member: &Member,
    (day, now): (Day, Timestamp),
) -> Result<Proactive, StoreError> {
    let mut days = working_days(playbook, day, playbook.desk.proactive_days);
    days.push(day);
    let first = days.first().copied().unwrap_or(day);
    let mut counts: BTreeMap<Day, (i64, i64)> = days.iter().map(|day| (*day, (0, 0))).collect();
    for (day, share) in proactive::by_day(tx, member.id, (playbook.zone.start(first), now))? {
        if let Some(count) = counts.get_mut(&day) {
            *count = (share.of, share.part);
        }
    }
    let (all, out) = counts.values().fold((0, 0), |(all, out), (a, o)| (all + a, out + o));
    Ok(Proactive {
        rep: (member.id, member.name.clone()),
        days: counts.into_iter().map(|(day, (all, out))| (day, all, out)).collect(),
        share_bp: share_bp(out, all),
    })
}

/// Whoever stayed below the least share on each of the last working days (S004-08).
fn waiting(playbook: &Playbook, today: Day, ratio: &Proactive, found: &mut Vec<RepSignal>) {
    let least = i64::from(playbook.desk.proactive_bp);
    let before = || ratio.days.iter().filter(|(day, ..)| *day < today);
    let low = |(_, all, out): &(Day, i64, i64)| share_bp(*out, *all).is_some_and(|share| share < least);
    if before().count() == 0 || !before().all(low) {
        return;
    }
    let (all, out) = before().fold((0, 0), |(all, out), (_, a, o)| (all + a, out + o));
    found.push(RepSignal {
        kind: SignalKind::Waiting,
        rep: ratio.rep.clone(),
        lasts: playbook.desk.proactive_days,
        since: before().next().map(|(day, ..)| *day),
        value: share_bp(out, all).unwrap_or(0),
        behind: None,
    });
}

/// Open deals of a rep's customers nobody was in touch with for some days.
fn unfollowed(
    tx: Tx<'_>,
    playbook: &Playbook,
    member: &Member,
    now: Timestamp,
    found: &mut Vec<DealSignal>,
) -> Result<(), StoreError> {
    let days = std::time::Duration::from_hours(24 * u64::from(playbook.desk.unfollowed_days));
    tx.each(
        sql!(
            "SELECT d.id, c.id, c.name, d.pipeline, d.stage, c.last_touch_at, \
             (SELECT min(t.due_at) FROM task t WHERE t.customer_id = c.id AND t.state = 'due') \
             FROM customer c JOIN deal d ON d.customer_id = c.id \
             WHERE c.owner_id = $1 AND d.state = 'open' AND d.void_at IS NULL AND d.stage IS NOT NULL AND d.opened_at < $2 \
             AND (c.last_touch_at IS NULL OR c.last_touch_at < $2) ORDER BY d.id LIMIT $3"
        ),
        values![member.id, now.minus(days), i64::try_from(Signals::DEALS).unwrap_or(i64::MAX)],
        |row| {
            found.push(DealSignal {
                deal: DealId(row.int(0)?),
                customer: (CustomerId(row.int(1)?), row.text(2)?.to_owned()),
                owner: (member.id, member.name.clone()),
                stage: (row.text(3)?.to_owned(), row.opt_text(4)?.map(str::to_owned)),
                last_at: row.opt_int(5)?.map(Timestamp),
                next_at: row.opt_int(6)?.map(Timestamp),
            });
            Ok(())
        },
    )
}

/// Whose new customers have fallen three quarters in a row (S004-09); whole quarters only.
fn drifting(tx: Tx<'_>, members: &[Member], day: Day, found: &mut Vec<RepSignal>) -> Result<(), StoreError> {
    let this = day.month().0 - day.month().0.rem_euclid(3);
    let first = this - 3 * QUARTERS;
    let mut sums: BTreeMap<UserId, BTreeMap<i64, i64>> = BTreeMap::new();
    for month in first..this {
        tx.each(
            sql!(
                "SELECT user_id, CAST(sum(value) AS BIGINT) FROM metric_month WHERE month = $1 AND metric = $2 GROUP BY user_id"
            ),
            values![Month(month), Metric::NewCustomers],
            |row| {
                let quarter = (month - first).div_euclid(3);
                *sums.entry(UserId(row.int(0)?)).or_default().entry(quarter).or_default() += row.int(1)?;
                Ok(())
            },
        )?;
    }
    for member in members {
        let Some(of) = sums.get(&member.id) else { continue };
        // who came later is judged from the first quarter with a figure on
        let begun = of.keys().next().copied().unwrap_or(0);
        let values: Vec<i64> =
            (begun..QUARTERS).map(|quarter| of.get(&quarter).copied().unwrap_or(0)).collect();
        let Some(fell) = falling(&values) else { continue };
        let lasts = values.len() - fell;
        let quarter = begun + i64::try_from(fell).unwrap_or(0);
        found.push(RepSignal {
            kind: SignalKind::Drifting,
            rep: (member.id, member.name.clone()),
            lasts: u32::try_from(lasts).unwrap_or(0),
            since: Some(Month(first + 3 * quarter).first()),
            value: values.last().copied().unwrap_or(0),
            behind: None,
        });
    }
    Ok(())
}
