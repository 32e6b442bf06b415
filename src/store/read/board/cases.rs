//! What the ratios of a board are made of, by person: the cases of each, and those of them that came to something.
//!
//! They are read from the facts by indexes that hold all that is asked, one person's stretch of days at a time: what they cost goes by
//! what a person did in it, not by what was ever done. A commit makes those of whom it is of be read again, nobody else's.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::{Metric, Unit};
use crate::domain::ratio::Ratio;
use crate::domain::report::share::Share;
use crate::domain::time::{Day, MINUTE_MS, Month, Timestamp, Workweek, Zone};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::change::Effects;
use crate::store::desk::proactive;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::query::board::BoardAsk;
use crate::store::read::board::people::Member;
use crate::store::read::board::sufficient::{self, Wanted};
use crate::store::report::execution;
use crate::{sql, values};

/// Commits that are followed one by one.
const FOLLOWED: i64 = 200;
/// Days in which a customer must have bought to be an active one: a year.
const ACTIVE_DAYS: i64 = 365;

/// The cases of a ratio.
#[derive(Debug, Clone)]
pub(super) struct Cases {
    metric: Metric,
    /// The days asked for, and the last of them that has begun.
    days: (Day, Day),
    begun: Day,
    zone: Zone,
    week: Workweek,
    /// Days after the end of its month in which a lead may still be won.
    window: i64,
    /// Of what old customers brought: what each person's share is of.
    wanted: Vec<Wanted>,
    /// The unit of the metric that targets are of.
    unit: Unit,
    by: BTreeMap<(UserId, TeamId), Share>,
}

/// The sum of a ratio that is counted day by day like any other figure, if one of its two is.
pub(super) fn counted(metric: Metric, book: &Playbook) -> Option<Metric> {
    match metric {
        Metric::RevenuePerHead => Some(match book.metrics.main {
            main if main.unit() == Unit::Money => main,
            _ => Metric::Receipts,
        }),
        Metric::ReferralRateBp => Some(Metric::ReferralsReceived),
        _ => None,
    }
}

impl Cases {
    /// Those of everybody.
    pub(super) fn load(
        tx: Tx<'_>,
        books: &mut Books,
        (metric, ask): (Metric, &BoardAsk),
        (book, today): (&Playbook, Day),
        (members, on): (&[Member], Day),
    ) -> Result<Self, StoreError> {
        let (days, now) = (ask.span.days(today), ask.now);
        let mut cases = Self {
            metric,
            days,
            begun: days.1.min(today),
            zone: book.zone,
            week: book.week,
            window: i64::from(book.metrics.conversion_window_days),
            wanted: Vec::new(),
            unit: book.metrics.main.unit(),
            by: BTreeMap::new(),
        };
        if metric == Metric::SelfSufficiency {
            cases.wanted = sufficient::wanted(tx, books, members, (ask.span, days, on))?;
        }
        if metric == Metric::RevenuePerHead {
            cases.heads(tx)?;
        } else {
            for member in members {
                cases.of_member(tx, member, now)?;
            }
        }
        Ok(cases)
    }

    /// Whether time alone makes more of them: what was planned falls due.
    pub(super) const fn moves_with_time(&self) -> bool {
        matches!(self.metric, Metric::OnTimeRate | Metric::ExecutionRate)
    }

    /// What two sums come to here.
    pub(super) fn ratio(&self, sums: Share) -> Ratio {
        if self.metric == Metric::RevenuePerHead {
            Ratio::by_head(sums.part, sums.of, self.week.count(self.days.0, self.begun))
        } else if self.metric == Metric::SelfSufficiency {
            Ratio::of_target(sums, self.unit)
        } else {
            Ratio::of_cases(sums)
        }
    }

    /// Those of whoever is wanted, together.
    pub(super) fn sum(&self, wanted: impl Fn(UserId, TeamId) -> bool) -> Share {
        let found = self.by.iter().filter(|((user, team), _)| wanted(*user, *team));
        found.fold(Share::default(), |sum, (_, share)| sum.and(*share))
    }

    /// Reads those of one person anew. They are of the team the person is in: tasks and leads have none of their own.
    fn of_member(&mut self, tx: Tx<'_>, member: &Member, now: Timestamp) -> Result<(), StoreError> {
        let share = self.share(tx, member.id, now)?;
        self.by.retain(|(user, _), _| *user != member.id);
        if share != Share::default() {
            self.by.insert((member.id, member.team.unwrap_or(TeamId(0))), share);
        }
        Ok(())
    }

    fn share(&self, tx: Tx<'_>, user: UserId, now: Timestamp) -> Result<Share, StoreError> {
        let (first, last) = self.days;
        let (from, to) = (self.zone.start(first), self.zone.end(last));
        Ok(match self.metric {
            Metric::OnTimeRate | Metric::ExecutionRate => {
                // whoever asks within the same minute is told the same
                let minute = Timestamp((now.0.div_euclid(MINUTE_MS) + 1) * MINUTE_MS - 1);
                let work = execution(tx, user, (self.days, (from, to)), minute)?;
                let late = if self.metric == Metric::ExecutionRate { work.late } else { 0 };
                Share::of(i64::from(work.on_time) + i64::from(late), i64::from(work.planned))
            }
            Metric::ProactiveRatio => {
                let days = proactive::by_day(tx, user, (from, Timestamp(to.0 - 1)))?;
                days.into_iter().fold(Share::default(), |sum, (_, share)| sum.and(share))
            }
            Metric::SelfSufficiency => match self.wanted.iter().find(|wanted| wanted.user == user) {
                Some(wanted) => wanted.share(tx, (from, to))?,
                None => Share::default(),
            },
            Metric::ConversionRateBp => {
                let mut sum = Share::default();
                for (from, to, until) in cohorts(self.zone, self.days, self.window) {
                    sum = sum.and(leads(tx, user, (from, to), until)?);
                }
                sum
            }
            Metric::ReferralRateBp => {
                let since = self.zone.start(self.begun.plus(1 - ACTIVE_DAYS));
                let active = tx.number(
                    sql!(
                        "SELECT count(DISTINCT customer_id) FROM sale_order WHERE by_user = $1 AND at >= $2 AND at < $3 \
                         AND void_at IS NULL"
                    ),
                    values![user, since, to],
                )?;
                Share::of(0, active.unwrap_or(0))
            }
            _ => Share::default(),
        })
    }

    /// The working days everybody who sells was here, in whichever team: formulas.md no. 12. Of days to come nobody knows.
    fn heads(&mut self, tx: Tx<'_>) -> Result<(), StoreError> {
        let (first, last) = (self.days.0, self.begun);
        let (week, by) = (self.week, &mut self.by);
        tx.each(
            sql!(
                "SELECT m.user_id, m.team_id, m.from_day, m.to_day FROM membership m JOIN person_user u ON u.id = m.user_id \
                 WHERE m.from_day <= $2 AND (m.to_day IS NULL OR m.to_day >= $1) AND u.role IN ('rep', 'coach')"
            ),
            values![first, last],
            |row| {
                let key = (UserId(row.int(0)?), TeamId(row.int(1)?));
                let from = first.max(Day(row.int(2)?));
                let to = row.opt_int(3)?.map_or(last, |to| last.min(Day(to)));
                let share = by.entry(key).or_default();
                share.of += week.count(from, to);
                Ok(())
            },
        )
    }

    /// Takes in what was committed after a revision; `false` where everything has to be read anew. Nothing is changed before every
    /// question is answered.
    pub(super) fn follow(
        &mut self,
        tx: Tx<'_>,
        (seen, now): (i64, Timestamp),
        members: &[Member],
    ) -> Result<bool, StoreError> {
        if self.metric == Metric::RevenuePerHead {
            // people make it, and their changes make a board be read anew
            return Ok(true);
        }
        let before = tx.unanswered();
        let Some(moved) = moved(tx, seen)? else { return Ok(false) };
        let mut again = self.clone();
        for member in members.iter().filter(|member| moved.contains(&member.id)) {
            again.of_member(tx, member, now)?;
        }
        if tx.unanswered() == before {
            *self = again;
        }
        Ok(true)
    }
}

/// A stretch of days by the months the leads of it are of: the instants from and before, and before which such a lead must be won.
/// October's leads are October's whenever they are won, up to thirty days, or as many as the playbook says, after the 31st.
pub(super) fn cohorts(
    zone: Zone,
    (first, last): (Day, Day),
    window: i64,
) -> impl Iterator<Item = (Timestamp, Timestamp, Timestamp)> {
    (first.month().0..=last.month().0).map(Month).map(move |month| {
        let (from, to) = (first.max(month.first()), last.min(month.last()));
        (zone.start(from), zone.end(to), zone.end(month.last().plus(window)))
    })
}

/// Households without an order that were given to a person from an instant before another, and those of them that bought from the same
/// person before a third.
fn leads(
    tx: Tx<'_>,
    user: UserId,
    (from, to): (Timestamp, Timestamp),
    until: Timestamp,
) -> Result<Share, StoreError> {
    let found = tx.one(
        sql!(
            "SELECT count(*), CAST(sum(CASE WHEN EXISTS (SELECT 1 FROM sale_order s WHERE s.customer_id = o.customer_id \
             AND s.at >= o.from_at AND s.at < $4 AND (o.to_at IS NULL OR s.at < o.to_at) AND s.void_at IS NULL) THEN 1 ELSE 0 END) AS BIGINT) \
             FROM ownership o WHERE o.user_id = $1 AND o.owner_right = 'follow' AND o.from_at >= $2 AND o.from_at < $3 \
             AND NOT EXISTS (SELECT 1 FROM sale_order b WHERE b.customer_id = o.customer_id AND b.at < o.from_at AND b.void_at IS NULL)"
        ),
        values![user, from, to, until],
        |row| Ok(Share::of(row.opt_int(1)?.unwrap_or(0), row.int(0)?)),
    )?;
    Ok(found.unwrap_or_default())
}

/// What a change may do to cases.
enum Reach {
    /// Nothing: it is of something else.
    Nobody,
    /// It is about one customer: whoever made it, whoever follows the customer, whoever had a task that it ended.
    Customer,
    /// More than its row tells.
    Anybody,
}

fn reach(kind: &str) -> Reach {
    match kind.split_once('.').unwrap_or((kind, "")) {
        ("sign_in" | "access" | "pk" | "note", _)
        | ("desk", "whisper" | "heard" | "attend" | "call_round") => Reach::Nobody,
        ("work", "roll_day") => Reach::Anybody,
        ("work" | "deal", _)
        | (
            "customer",
            "add" | "edit" | "add_person" | "add_contact" | "set_contact" | "set_field" | "private_note",
        ) => Reach::Customer,
        _ => Reach::Anybody,
    }
}

/// Whose cases moved after a revision; `None` where that cannot be told from the commits.
fn moved(tx: Tx<'_>, seen: i64) -> Result<Option<BTreeSet<UserId>>, StoreError> {
    let rows = tx.all(
        sql!("SELECT kind, by_user, customer_id, effects FROM journal WHERE rev > $1 ORDER BY rev LIMIT $2"),
        values![seen, FOLLOWED + 1],
        |row| {
            let about = row.opt_int(2)?.map(CustomerId);
            Ok((row.text(0)?.to_owned(), UserId(row.int(1)?), about, row.text(3)?.to_owned()))
        },
    )?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > FOLLOWED {
        return Ok(None);
    }
    let mut moved = BTreeSet::new();
    for (kind, by, about, effects) in rows {
        match reach(&kind) {
            Reach::Nobody => {}
            Reach::Anybody => return Ok(None),
            Reach::Customer => {
                moved.insert(by);
                if let Some(customer) = about {
                    let owner =
                        tx.number(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer])?;
                    moved.extend(owner.map(UserId));
                }
                let effects: Effects = from_json(&effects)?;
                for (task, _) in &effects.closed {
                    let owner = tx.number(sql!("SELECT owner_id FROM task WHERE id = $1"), values![*task])?;
                    moved.extend(owner.map(UserId));
                }
            }
        }
    }
    Ok(Some(moved))
}
