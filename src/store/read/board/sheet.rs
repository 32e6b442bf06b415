//! What a board is made of: the people, their figures with the days at hand, and the targets.
//!
//! It is read once and then followed: a commit changes the figures of whoever it counted for, and only those are read again.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::{TeamId, UserId, WriteId};
use crate::domain::lists::{Metric, Period, Unit};
use crate::domain::time::{Day, Timestamp, Zone};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::change::Effects;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::query::board::{BoardAsk, Measure, Part};
use crate::store::read::board::cases::{self, Cases};
use crate::store::read::board::floors::Sold;
use crate::store::read::board::people::{self, Figure, Member};
use crate::store::read::board::target::Set;
use crate::store::undo::Reversal;
use crate::store::value::Row;
use crate::{sql, values};

/// Days whose values are kept each: what a band is made of, and a trend. A month is among them whole.
const AT_HAND: usize = 35;
const DAYS_AT_HAND: i64 = 35;
/// Commits that are followed one by one; after more it is read anew.
const FOLLOWED: usize = 200;
/// The change that moves sums without having counted anything.
const MENDED: &str = "figures.mend";

/// A team.
#[derive(Debug, Clone)]
pub(super) struct Team {
    pub id: TeamId,
    pub name: String,
    pub playbook: String,
}

/// Everything the rows are made of.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    /// What is added up, and what one is worth: points by the unit they are given for.
    pub metrics: Vec<(Metric, Worth)>,
    pub part: Part,
    /// First and last day asked for.
    pub span: (Day, Day),
    /// The day the targets and the people are of.
    pub on: Day,
    pub members: Vec<Member>,
    pub teams: Vec<Team>,
    pub tallies: BTreeMap<(UserId, TeamId), Tally>,
    pub targets: Option<Set>,
    /// Of a ratio, what it is made of beside what is added up.
    pub cases: Option<Cases>,
    /// Orders by product, where a playbook has floors for what is shown.
    pub sold: Option<Sold>,
    /// Where teams count in different metrics, which of them is a team's own.
    own: BTreeMap<TeamId, Metric>,
    zone: Zone,
}

/// What somebody did in a team.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// On the days asked for that are not at hand.
    earlier: Figure,
    /// By the days at hand, oldest first.
    days: Vec<Figure>,
}

/// What one of a metric's unit is worth, in parts of a point where it scores.
type Worth = i64;
/// What counts as it is.
const ITSELF: Worth = 1;
/// Parts of a point: a hundredth of a unit of money and a second of talk are whole parts of it.
const PARTS: i64 = 300;

/// Points for one; for a whole unit of money, for a minute.
const fn worth(metric: Metric, points: i64) -> Worth {
    match metric.unit() {
        Unit::Money => points.saturating_mul(PARTS / 100),
        Unit::Minutes => points.saturating_mul(PARTS / 60),
        Unit::Count | Unit::Rate => points.saturating_mul(PARTS),
    }
}

/// What is summed for what is asked; refused for what no sum gives.
pub(super) fn summed(asked: &Measure, book: &Playbook) -> Result<Vec<(Metric, Worth)>, StoreError> {
    match asked {
        Measure::Metric(Metric::Attainment) => Ok(vec![(book.metrics.main, ITSELF)]),
        Measure::Metric(metric) if metric.is_summed() => Ok(vec![(*metric, ITSELF)]),
        Measure::Metric(metric) if metric.is_ratio() => {
            Ok(cases::counted(*metric, book).map(|metric| (metric, ITSELF)).into_iter().collect())
        }
        Measure::Metric(metric) => Err(StoreError::Invalid {
            code: "not_on_boards",
            what: format!(
                "'{metric}' has no board of its own; gap, pace and per_day stand on every board, choose the metric \
                 they are of, such as '{}'",
                book.metrics.main
            ),
        }),
        Measure::Score(code) => {
            let board = book.boards.iter().find(|board| board.code == *code && !board.score.is_empty());
            let Some(board) = board else {
                let scored: Vec<&str> =
                    book.boards.iter().filter(|board| !board.score.is_empty()).map(|b| &*b.code).collect();
                let known = if scored.is_empty() { "none does here".to_owned() } else { scored.join(", ") };
                return Err(StoreError::Invalid {
                    code: "no_such_score",
                    what: format!("no board '{code}' of the playbook scores; those that do: {known}"),
                });
            };
            Ok(board.score.iter().map(|(metric, points)| (*metric, worth(*metric, *points))).collect())
        }
    }
}

impl Sheet {
    /// Reads everything.
    pub(super) fn load(
        tx: Tx<'_>,
        books: &mut Books,
        ask: &BoardAsk,
        (book, today): (&Playbook, Day),
    ) -> Result<Self, StoreError> {
        let metrics = summed(&ask.of, book)?;
        let (first, last) = ask.span.days(today);
        let on = last.min(today).max(first.min(today));
        let ratio = ask.of.metric().filter(|metric| metric.is_ratio());
        if let Some(ratio) = ratio.filter(|_| !ask.part.is_whole()) {
            let what = format!("'{ratio}' is not told of a pipeline or a product; ask for all of it");
            return Err(StoreError::Invalid { code: "not_by_part", what });
        }
        let targeted = ratio.or(match metrics.as_slice() {
            [(metric, ITSELF)] => Some(*metric),
            _ => None,
        });
        let targets = match targeted {
            Some(metric) => Some(Set::load(tx, metric, &ask.part, on)?),
            None => None,
        };
        let members = people::all(tx, on)?;
        let cases = match ratio {
            Some(ratio) => Some(Cases::load(tx, books, (ratio, ask), (book, today), (&members, on))?),
            None => None,
        };
        let mut sheet = Self {
            metrics,
            part: ask.part.clone(),
            span: (first, last),
            on,
            members,
            teams: tx.all(sql!("SELECT id, name, playbook FROM team ORDER BY id"), &[], |row| {
                Ok(Team {
                    id: TeamId(row.int(0)?),
                    name: row.text(1)?.to_owned(),
                    playbook: row.text(2)?.to_owned(),
                })
            })?,
            tallies: BTreeMap::new(),
            targets,
            cases,
            sold: None,
            own: BTreeMap::new(),
            zone: book.zone,
        };
        if ratio == Some(Metric::RevenuePerHead) {
            sheet.revenues(tx, books)?;
        }
        let main = Measure::Metric(book.metrics.main);
        if sheet.part.is_whole()
            && (ask.of == main || ask.of == Measure::Metric(Metric::Attainment))
            && let Some(period) = ask.span.period()
            && sheet.has_floors(tx, books, (book, period))?
        {
            sheet.sold = Some(Sold::load(tx, (book.zone.start(first), book.zone.end(last)))?);
        }
        if sheet.part.product.is_some() {
            sheet.sold(tx, books)?;
        } else {
            // what was noted for a day to come counts as well: it is among the facts
            for day in sheet.first_at_hand().0.min(first.0)..=on.max(last).0 {
                sheet.of_day(tx, Day(day), None)?;
            }
        }
        Ok(sheet)
    }

    /// Adds what the other playbooks here count revenue in: each team brings its own.
    fn revenues(&mut self, tx: Tx<'_>, books: &mut Books) -> Result<(), StoreError> {
        for team in self.teams.iter().filter(|team| !team.playbook.is_empty()) {
            let revenue = cases::counted(Metric::RevenuePerHead, &books.newest(tx, &team.playbook)?.playbook);
            let Some(metric) = revenue else { continue };
            self.own.insert(team.id, metric);
            if !self.metrics.iter().any(|(known, _)| *known == metric) {
                self.metrics.push((metric, ITSELF));
            }
        }
        Ok(())
    }

    /// Whether a playbook that somebody here works by has floors for such a period.
    fn has_floors(
        &self,
        tx: Tx<'_>,
        books: &mut Books,
        (book, period): (&Playbook, Period),
    ) -> Result<bool, StoreError> {
        let has = |book: &Playbook| book.product_floors.iter().any(|floor| floor.period == period);
        if has(book) {
            return Ok(true);
        }
        let others: BTreeSet<&str> =
            self.teams.iter().map(|team| team.playbook.as_str()).filter(|id| !id.is_empty()).collect();
        for id in others {
            if id != book.id && has(&books.newest(tx, id)?.playbook) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Adds what was done on a day, by everybody or by one.
    fn of_day(&mut self, tx: Tx<'_>, day: Day, user: Option<UserId>) -> Result<(), StoreError> {
        let pipeline = self.part.pipeline.as_ref().map(|code| code.as_str().to_owned());
        // whoever was in no team counts as the board's own playbook does
        let first = self.metrics.first().map(|(metric, _)| *metric).filter(|_| !self.own.is_empty());
        for (metric, worth) in self.metrics.clone() {
            let mut add = |row: &dyn Row| {
                let key = (UserId(row.int(0)?), TeamId(row.int(1)?));
                // what a team counts in another metric is the same money again
                let own = self.own.get(&key.1).copied().or(first);
                if own.is_some_and(|own| own != metric) {
                    return Ok(());
                }
                self.add(key, day, Figure { value: row.int(2)?.saturating_mul(worth), at: row.int(3)? });
                Ok(())
            };
            // a question each: one with optional clauses would not lead the index
            match (user, pipeline.as_deref()) {
                (None, None) => tx.each(
                    sql!(
                        "SELECT user_id, team_id, CAST(sum(value) AS BIGINT), max(at) FROM metric_day \
                         WHERE day = $1 AND metric = $2 GROUP BY user_id, team_id"
                    ),
                    values![day, metric],
                    &mut add,
                )?,
                (Some(user), None) => tx.each(
                    sql!(
                        "SELECT user_id, team_id, CAST(sum(value) AS BIGINT), max(at) FROM metric_day \
                         WHERE day = $1 AND metric = $2 AND user_id = $3 GROUP BY user_id, team_id"
                    ),
                    values![day, metric, user],
                    &mut add,
                )?,
                (None, Some(pipeline)) => tx.each(
                    sql!(
                        "SELECT user_id, team_id, CAST(sum(value) AS BIGINT), max(at) FROM metric_day \
                         WHERE day = $1 AND metric = $2 AND pipeline = $3 GROUP BY user_id, team_id"
                    ),
                    values![day, metric, pipeline],
                    &mut add,
                )?,
                (Some(user), Some(pipeline)) => tx.each(
                    sql!(
                        "SELECT user_id, team_id, CAST(sum(value) AS BIGINT), max(at) FROM metric_day \
                         WHERE day = $1 AND metric = $2 AND user_id = $3 AND pipeline = $4 GROUP BY user_id, team_id"
                    ),
                    values![day, metric, user, pipeline],
                    &mut add,
                )?,
            }
        }
        Ok(())
    }

    fn add(&mut self, key: (UserId, TeamId), day: Day, figure: Figure) {
        let slot = self.slot(day);
        let tally = self.tallies.entry(key).or_default();
        match slot {
            Some(slot) => {
                tally.days.resize(AT_HAND, Figure::default());
                if let Some(of_day) = tally.days.get_mut(slot) {
                    *of_day = of_day.and(figure);
                }
            }
            None => tally.earlier = tally.earlier.and(figure),
        }
    }

    /// The place of a day among those at hand.
    fn slot(&self, day: Day) -> Option<usize> {
        usize::try_from(day.0 - self.first_at_hand().0).ok().filter(|slot| *slot < AT_HAND)
    }

    /// The first of the days at hand; the last is the one the board is of.
    pub(super) const fn first_at_hand(&self) -> Day {
        Day(self.on.0 - DAYS_AT_HAND + 1)
    }

    /// What was done on the days asked for by whoever of whichever team is wanted.
    pub(super) fn done(&self, keys: impl Iterator<Item = (UserId, TeamId)>) -> Figure {
        let (first, last) = self.span;
        keys.filter_map(|key| self.tallies.get(&key)).fold(Figure::default(), |sum, tally| {
            let days = (self.first_at_hand().0..).zip(&tally.days);
            let inside = days.filter(|(day, _)| (first.0..=last.0).contains(day));
            inside.fold(sum.and(tally.earlier), |sum, (_, figure)| sum.and(*figure))
        })
    }

    /// The values of the days at hand, oldest first.
    pub(super) fn daily(&self, keys: impl Iterator<Item = (UserId, TeamId)>) -> Vec<i64> {
        let mut sums = vec![0; AT_HAND];
        for tally in keys.filter_map(|key| self.tallies.get(&key)) {
            for (sum, figure) in sums.iter_mut().zip(&tally.days) {
                *sum += figure.value;
            }
        }
        sums
    }

    /// The teams somebody did something in.
    pub(super) fn keys_of(&self, user: UserId) -> impl Iterator<Item = (UserId, TeamId)> {
        let all = (user, TeamId(i64::MIN))..=(user, TeamId(i64::MAX));
        self.tallies.range(all).map(|(key, _)| *key)
    }

    /// A sum as it is shown: points are whole.
    pub(super) fn shown(&self, value: i64) -> i64 {
        if matches!(self.metrics.as_slice(), [(_, ITSELF)]) { value } else { value.div_euclid(PARTS) }
    }

    /// Adds what was sold of a product, from the orders: no roll-up tells products apart.
    fn sold(&mut self, tx: Tx<'_>, books: &mut Books) -> Result<(), StoreError> {
        let Some(product) = self.part.product.clone() else { return Ok(()) };
        let from = self.zone.start(self.first_at_hand().min(self.span.0));
        let to = self.zone.end(self.on.max(self.span.1));
        let rows = tx.all(
            sql!(
                "SELECT by_user, team_id, at, price, pipeline, playbook, playbook_number FROM sale_order \
                 WHERE at >= $1 AND at < $2 AND product = $3 AND void_at IS NULL"
            ),
            values![from, to, product.as_str()],
            |row| {
                let key = (UserId(row.int(0)?), TeamId(row.opt_int(1)?.unwrap_or(0)));
                let order = (Timestamp(row.int(2)?), row.int(3)?, row.text(4)?.to_owned());
                Ok((key, order, (row.text(5)?.to_owned(), row.int(6)?)))
            },
        )?;
        for (key, (at, price, pipeline), (playbook, number)) in rows {
            if self.part.pipeline.as_ref().is_some_and(|code| code.as_str() != pipeline) {
                continue;
            }
            let book = books.version(tx, &playbook, number)?.playbook;
            let amount =
                book.pipelines.iter().find(|p| p.code.as_str() == pipeline).and_then(|p| p.amount_metric);
            for (metric, worth) in self.metrics.clone() {
                let value = match metric {
                    Metric::OrdersWon => 1,
                    metric if amount == Some(metric) => price,
                    _ => continue,
                };
                self.add(key, self.zone.day(at), Figure { value: value.saturating_mul(worth), at: at.0 });
            }
        }
        Ok(())
    }

    /// Takes in what was committed after a revision; `false` where it has to be read anew. Nothing is changed before every question
    /// is answered.
    pub(super) fn follow(&mut self, tx: Tx<'_>, (seen, now): (i64, Timestamp)) -> Result<bool, StoreError> {
        let followed = match &mut self.cases {
            Some(cases) => cases.follow(tx, (seen, now), &self.members)?,
            None => true,
        };
        // a ratio whose two sums are cases adds nothing up
        Ok(followed && (self.metrics.is_empty() || self.follow_sums(tx, seen)?))
    }

    fn follow_sums(&mut self, tx: Tx<'_>, seen: i64) -> Result<bool, StoreError> {
        let before = tx.unanswered();
        let Some(moved) = self.moved(tx, seen)? else { return Ok(false) };
        if moved.is_empty() {
            return Ok(true);
        }
        if self.part.product.is_some() || moved.iter().any(|(_, day)| self.slot(*day).is_none()) {
            return Ok(false);
        }
        // what the days come to now, on a sheet of their own
        let mut now = self.bare();
        for (user, day) in &moved {
            now.of_day(tx, *day, Some(*user))?;
        }
        if tx.unanswered() == before {
            self.replace(&moved, &now);
        }
        Ok(true)
    }

    /// The same without people and figures.
    fn bare(&self) -> Self {
        Self {
            metrics: self.metrics.clone(),
            part: self.part.clone(),
            members: Vec::new(),
            teams: Vec::new(),
            tallies: BTreeMap::new(),
            targets: None,
            cases: None,
            sold: None,
            own: self.own.clone(),
            ..*self
        }
    }

    /// Puts what some days of some people come to now in the place of what they came to.
    fn replace(&mut self, moved: &BTreeSet<(UserId, Day)>, now: &Self) {
        for (user, day) in moved {
            let Some(slot) = self.slot(*day) else { continue };
            let keys: BTreeSet<_> = self.keys_of(*user).chain(now.keys_of(*user)).collect();
            for key in keys {
                let of_day = now.tallies.get(&key).and_then(|tally| tally.days.get(slot)).copied();
                let tally = self.tallies.entry(key).or_default();
                tally.days.resize(AT_HAND, Figure::default());
                if let Some(kept) = tally.days.get_mut(slot) {
                    *kept = of_day.unwrap_or_default();
                }
            }
        }
    }

    /// Whose figures of which days moved after a revision; `None` where that cannot be told from the commits.
    fn moved(&self, tx: Tx<'_>, seen: i64) -> Result<Option<BTreeSet<(UserId, Day)>>, StoreError> {
        let rows = tx.all(
            sql!("SELECT kind, effects, reversal FROM journal WHERE rev > $1 ORDER BY rev LIMIT $2"),
            values![seen, i64::try_from(FOLLOWED + 1).unwrap_or(i64::MAX)],
            |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned())),
        )?;
        if rows.len() > FOLLOWED {
            return Ok(None);
        }
        let mut moved = BTreeSet::new();
        for (kind, effects, reversal) in rows {
            if kind == MENDED {
                return Ok(None);
            }
            if self.sold.is_some() && matches!(kind.as_str(), "deal.win" | "undo" | "customer.restore") {
                // which products were sold stands in no figure
                return Ok(None);
            }
            if kind != "undo" {
                self.counted(&reversal, &mut moved)?;
                continue;
            }
            let effects: Effects = from_json(&effects)?;
            let Some((WriteId(undone), _)) = effects.undone else { return Ok(None) };
            let steps =
                tx.one(sql!("SELECT reversal FROM journal WHERE write_id = $1"), values![undone], |row| {
                    Ok(row.text(0)?.to_owned())
                })?;
            if let Some(steps) = steps {
                self.counted(&steps, &mut moved)?;
            }
        }
        Ok(Some(moved))
    }

    /// Notes whose figures of which days a change counted.
    fn counted(&self, reversal: &str, moved: &mut BTreeSet<(UserId, Day)>) -> Result<(), StoreError> {
        if !self.metrics.iter().any(|(metric, _)| reversal.contains(metric.as_str())) {
            return Ok(());
        }
        for step in from_json::<Vec<Reversal>>(reversal)? {
            if let Reversal::Counted { day, user, metric, .. } = step
                && self.metrics.iter().any(|(counted, _)| *counted == metric)
            {
                moved.insert((user, day));
            }
        }
        Ok(())
    }
}
