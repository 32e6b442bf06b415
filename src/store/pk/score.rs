//! How a match stands in a round: what each side has, whose it is, and what it is held against.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::gap::bounds;
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Metric, Period, PkKind, Role, Unit};
use crate::domain::pk::{
    Entry as Judge, GHOST_DAYS, Tally, USUAL_DAYS, WHOLE, Who, Window, day_members, days_of, is_plain,
    median_twice, target, units,
};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pk::count::{self, Asked, Back, Counted, Event, Sums};
use crate::store::pk::kept::{Kept, KeptSide};
use crate::store::query::board::Part;
use crate::store::read::board::people::{self, Member};
use crate::store::read::board::target::Set;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// Calendar days back in which the usual working days lie, holidays of a shop that opens twice a week among them.
const USUAL_SPAN: i64 = 80;

/// A match with what its figures are read by.
#[derive(Debug)]
pub struct Score<'a> {
    tx: Tx<'a>,
    pub kept: &'a Kept,
    pub book: &'a Playbook,
    /// Whose journal is read: of a team whoever is in it in the window of the whole match.
    people: BTreeSet<UserId>,
    /// When each person was in which team, and whether the person competes.
    stays: Vec<Stay>,
}

/// A membership.
#[derive(Debug, Clone, Copy)]
struct Stay {
    user: UserId,
    team: TeamId,
    from: Day,
    to: Option<Day>,
    competes: bool,
}

/// A side as it stands.
#[derive(Debug, Clone)]
pub struct Standing {
    pub side: u32,
    pub tally: Tally,
    /// What each of it brought, in units; the most first.
    pub people: Vec<(UserId, i64)>,
}

impl<'a> Score<'a> {
    /// Reads what is needed to count a match.
    pub fn new(tx: Tx<'a>, kept: &'a Kept, book: &'a Playbook) -> Result<Self, StoreError> {
        let (first, last) = kept.window.span(book.zone);
        let mut stays = Vec::new();
        let mut people = BTreeSet::new();
        for side in &kept.sides {
            match &side.who {
                Who::Team(team) => {
                    let of_team = tx.all(
                        sql!(
                            "SELECT m.user_id, m.team_id, m.from_day, m.to_day, u.role FROM membership m \
                             JOIN person_user u ON u.id = m.user_id \
                             WHERE m.team_id = $1 AND m.from_day <= $2 AND (m.to_day IS NULL OR m.to_day >= $3)"
                        ),
                        values![*team, last, first],
                        stay,
                    )?;
                    people.extend(of_team.iter().map(|stay| stay.user));
                    stays.extend(of_team);
                }
                Who::People(users) => {
                    for user in users {
                        people.insert(*user);
                        stays.extend(tx.all(
                            sql!(
                                "SELECT m.user_id, m.team_id, m.from_day, m.to_day, u.role FROM membership m \
                                 JOIN person_user u ON u.id = m.user_id \
                                 WHERE m.user_id = $1 AND m.from_day <= $2 AND (m.to_day IS NULL OR m.to_day >= $3)"
                            ),
                            values![*user, last, first],
                            stay,
                        )?);
                    }
                }
            }
        }
        Ok(Self { tx, kept, book, people, stays })
    }

    fn asked(&self) -> Asked<'_> {
        Asked { weights: &self.kept.weights, zone: self.book.zone, people: &self.people }
    }

    /// The windows of a round in which a person of a side counts: of a relay its legs, else the whole.
    fn windows(&self, window: Window) -> Vec<Window> {
        if self.kept.kind == PkKind::Relay {
            self.kept.legs.iter().map(|leg| leg.window).collect()
        } else {
            vec![window]
        }
    }

    /// Whether what somebody did in a team counts for a side; `leg` is the window's place among [`Self::windows`].
    fn counts(&self, side: &KeptSide, leg: usize, (user, team): (UserId, TeamId)) -> bool {
        match &side.who {
            Who::Team(wanted) => *wanted == team,
            Who::People(people) if self.kept.kind == PkKind::Relay => people.get(leg) == Some(&user),
            Who::People(people) => people.contains(&user),
        }
    }

    /// How every side stands in a window, by the order of the sides.
    pub fn standings(&self, window: Window) -> Result<Vec<Standing>, StoreError> {
        let windows = self.windows(window);
        let mut counted = Vec::with_capacity(windows.len());
        for window in &windows {
            counted.push(count::counted(self.tx, &self.asked(), *window)?);
        }
        let mut standings = Vec::with_capacity(self.kept.sides.len());
        let against = self.against(window)?;
        for (place, side) in self.kept.sides.iter().enumerate() {
            let mut people: BTreeMap<UserId, Sums> = BTreeMap::new();
            for (leg, counted) in counted.iter().enumerate() {
                self.gather(side, leg, counted, &mut people);
            }
            let weights = &self.kept.weights;
            let sum = units(weights, &merged(people.values()));
            let (times, by) = against.get(place).copied().unwrap_or((1, 1));
            let mut people: Vec<(UserId, i64)> =
                people.into_iter().map(|(user, sums)| (user, units(weights, &sums))).collect();
            people.sort_by_key(|(user, units)| (-units, *user));
            standings.push(Standing { side: side.number, tally: Tally { units: sum, times, by }, people });
        }
        Ok(standings)
    }

    fn gather(&self, side: &KeptSide, leg: usize, counted: &Counted, people: &mut BTreeMap<UserId, Sums>) {
        for (who, sums) in counted.iter().filter(|(who, _)| self.counts(side, leg, **who)) {
            let own = people.entry(who.0).or_default();
            for (metric, value) in sums {
                *own.entry(*metric).or_default() += value;
            }
        }
    }

    /// By what each side's units are multiplied and divided.
    fn against(&self, window: Window) -> Result<Vec<(i64, i64)>, StoreError> {
        let days = days_of(window.span(self.book.zone), self.book.workdays);
        match self.kept.kind {
            PkKind::Average => Ok(self.heads(&days)),
            PkKind::OwnTarget => Ok(self.targets(&days)?.into_iter().map(|target| (1, target)).collect()),
            PkKind::Handicap => self.usual(window, &days),
            _ => Ok(vec![(1, 1); self.kept.sides.len()]),
        }
    }

    /// Heads: working days of the window × … ÷ days somebody was a member (formulas.md no. 12).
    fn heads(&self, days: &[Day]) -> Vec<(i64, i64)> {
        let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
        let of = |side: &KeptSide| {
            let mut spans: BTreeMap<UserId, Vec<(Day, Option<Day>)>> = BTreeMap::new();
            for stay in &self.stays {
                let counts = match &side.who {
                    Who::Team(team) => stay.team == *team && stay.competes,
                    Who::People(people) => people.contains(&stay.user),
                };
                if counts {
                    spans.entry(stay.user).or_default().push((stay.from, stay.to));
                }
            }
            (count, day_members(days, &spans.into_values().collect::<Vec<_>>()))
        };
        self.kept.sides.iter().map(of).collect()
    }

    /// Each side's own target of some days, in units; 0 where it has none in one of the metrics.
    pub fn targets(&self, days: &[Day]) -> Result<Vec<i64>, StoreError> {
        let sides = &self.kept.sides;
        let Some(first) = days.first().copied() else { return Ok(vec![0; sides.len()]) };
        let members = people::all(self.tx, first)?;
        let mut sums = vec![Sums::new(); sides.len()];
        for metric in self.kept.weights.iter().map(|weight| weight.metric) {
            // the month's target before a week's or a day's
            for period in Period::ALL.iter().rev() {
                let open = |sums: &Sums| !sums.contains_key(&metric);
                if !sums.iter().any(open) {
                    break;
                }
                let sets = Sets::load(self.tx, (metric, *period), days)?;
                for (side, sums) in sides.iter().zip(&mut sums).filter(|(_, sums)| open(sums)) {
                    let of = |first: Day| sets.of(self.book, &side.who, &members, first);
                    let sum = target(days, self.book.workdays, *period, of);
                    if sum > 0 {
                        sums.insert(metric, sum);
                    }
                }
            }
        }
        let weights = &self.kept.weights;
        let of = |sums: &Sums| if sums.len() == weights.len() { units(weights, sums) } else { 0 };
        Ok(sums.iter().map(of).collect())
    }

    /// What is usual for each side in as many days: its median of the working days before the window; of who did nothing
    /// on most of them one a day.
    fn usual(&self, window: Window, days: &[Day]) -> Result<Vec<(i64, i64)>, StoreError> {
        let (first, _) = window.span(self.book.zone);
        let before = days_of((first.plus(-USUAL_SPAN), first.plus(-1)), self.book.workdays);
        let before: Vec<Day> = before.iter().rev().take(USUAL_DAYS).copied().collect();
        let Some(earliest) = before.last().copied() else { return Ok(Vec::new()) };
        let counted = count::by_day(self.tx, &self.kept.weights, (earliest, first.plus(-1)))?;
        let length = i64::try_from(days.len()).unwrap_or(i64::MAX);
        let of = |side: &KeptSide| {
            let on = |day: &Day| counted.get(day).map_or(0, |counted| self.of_day(side, counted));
            let median = median_twice(before.iter().map(on).collect());
            (2, median.max(self.least() * 2).saturating_mul(length))
        };
        Ok(self.kept.sides.iter().map(of).collect())
    }

    fn of_day(&self, side: &KeptSide, counted: &Counted) -> i64 {
        let mut people = BTreeMap::new();
        self.gather(side, 0, counted, &mut people);
        units(&self.kept.weights, &merged(people.values()))
    }

    /// The units of one: a point, one of a count, a whole unit of money, a minute.
    fn least(&self) -> i64 {
        match self.kept.weights.first() {
            Some(weight) if is_plain(&self.kept.weights) => match weight.metric.unit() {
                Unit::Money => 100,
                Unit::Minutes => 60,
                Unit::Count | Unit::Rate => 1,
            },
            _ => WHOLE,
        }
    }

    /// The best of the days before the window, the latest where several are; of who did nothing the day before.
    pub fn ghost(&self) -> Result<(Day, i64), StoreError> {
        let (first, _) = self.kept.window.span(self.book.zone);
        let counted = count::by_day(self.tx, &self.kept.weights, (first.plus(-GHOST_DAYS), first.plus(-1)))?;
        let Some(side) = self.kept.sides.first() else { return Ok((first.plus(-1), 0)) };
        let days = counted.iter().map(|(day, counted)| (self.of_day(side, counted), *day));
        let (units, day) = days.max().filter(|(units, _)| *units > 0).unwrap_or((0, first.plus(-1)));
        Ok((day, units))
    }

    /// Who is in a round as they stand, with when those who are level first had as much; a ghost's best day is side 0.
    pub fn entries(&self, round: u32, window: Window) -> Result<Vec<Judge>, StoreError> {
        let standings = self.standings(window)?;
        let sides = self.kept.entrants(round).unwrap_or_default();
        let of = |side: &u32| standings.iter().find(|standing| standing.side == *side);
        let mut entries: Vec<Judge> = sides
            .iter()
            .filter_map(of)
            .map(|standing| Judge { side: standing.side, tally: standing.tally, first: None })
            .collect();
        if self.kept.kind == PkKind::Ghost {
            let (_, units) = self.ghost()?;
            entries.push(Judge { side: 0, tally: Tally::plain(units), first: None });
        }
        let tallies: Vec<Tally> = entries.iter().map(|entry| entry.tally).collect();
        for entry in &mut entries {
            let level = tallies.iter().filter(|tally| tally.against(entry.tally).is_eq()).count() > 1;
            let side = self.kept.sides.iter().find(|side| side.number == entry.side);
            if let Some(side) = side.filter(|_| level && entry.tally.units > 0) {
                entry.first = self.first(side, window, entry.tally.units)?;
            }
        }
        Ok(entries)
    }

    /// When a side first had as many units as it has now; `None` where the journal does not tell all of them.
    fn first(&self, side: &KeptSide, window: Window, wanted: i64) -> Result<Option<Timestamp>, StoreError> {
        let (mut sums, mut first) = (Sums::new(), None);
        for (leg, window) in self.windows(window).into_iter().enumerate() {
            for event in count::events(self.tx, &self.asked(), window)? {
                if !self.counts(side, leg, (event.user, event.team)) {
                    continue;
                }
                *sums.entry(event.metric).or_default() += event.value;
                if first.is_none() && units(&self.kept.weights, &sums) >= wanted {
                    first = Some(event.at);
                }
            }
        }
        Ok(first.filter(|_| units(&self.kept.weights, &sums) == wanted))
    }

    /// What was taken back of what had counted in a window, with the side it counted for.
    pub fn taken(&self, window: Window) -> Result<Vec<(u32, Back)>, StoreError> {
        let mut found = Vec::new();
        for (leg, window) in self.windows(window).into_iter().enumerate() {
            for back in count::taken_back(self.tx, &self.kept.weights, window)? {
                let Event { user, team, .. } = back.event;
                let side = self.kept.sides.iter().find(|side| self.counts(side, leg, (user, team)));
                found.extend(side.map(|side| (side.number, back.clone())));
            }
        }
        Ok(found)
    }

    /// The units of one increment by itself.
    pub fn units(&self, metric: Metric, value: i64) -> i64 {
        units(&self.kept.weights, &Sums::from([(metric, value)]))
    }
}

fn stay(row: &dyn Row) -> Result<Stay, StoreError> {
    Ok(Stay {
        user: UserId(row.int(0)?),
        team: TeamId(row.int(1)?),
        from: Day(row.int(2)?),
        to: row.opt_int(3)?.map(Day),
        competes: matches!(word(row, 4, Role::parse)?, Role::Rep | Role::Coach),
    })
}

fn merged<'s>(all: impl Iterator<Item = &'s Sums>) -> Sums {
    let mut merged = Sums::new();
    for sums in all {
        for (metric, value) in sums {
            *merged.entry(*metric).or_default() += value;
        }
    }
    merged
}

/// Targets that were set in a metric, by the day their period begins: those in force on the first day that counts of it.
struct Sets {
    period: Period,
    sets: BTreeMap<Day, (Set, Day)>,
}

impl Sets {
    fn load(tx: Tx<'_>, (metric, period): (Metric, Period), days: &[Day]) -> Result<Self, StoreError> {
        let mut sets = BTreeMap::new();
        for day in days {
            if let Entry::Vacant(place) = sets.entry(bounds(period, *day).0) {
                place.insert((Set::load(tx, metric, &Part::default(), *day)?, *day));
            }
        }
        Ok(Self { period, sets })
    }

    fn of(&self, book: &Playbook, who: &Who, members: &[Member], first: Day) -> i64 {
        let Some((set, on)) = self.sets.get(&first) else { return 0 };
        let of = (self.period, first, *on);
        let own = |member: &Member| set.user_goal(book, member, of);
        match who {
            Who::People(people) => members.iter().filter(|m| people.contains(&m.id)).map(own).sum(),
            Who::Team(team) => {
                let sum = members.iter().filter(|m| m.team == Some(*team) && m.competes()).map(own).sum();
                set.team_goal(book, *team, of, sum)
            }
        }
    }
}
