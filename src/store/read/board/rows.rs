//! The rows of a board: value, targets, gap, pace, what each day and hour must bring, how it may end, the trend, and the rank.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::floor::{Floor, held_down};
use crate::domain::gap::{Elapsed, Gap, elapsed, gap};
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Level, Metric, Unit};
use crate::domain::outlook::{Course, Outlook, outlook};
use crate::domain::ratio::Ratio;
use crate::domain::report::share::{Share, WHOLE_BP};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::board::{BoardAsk, BoardBy, BoardRow, Measure, TREND_DAYS};
use crate::store::read::board::book;
use crate::store::read::board::people::{Figure, Member};
use crate::store::read::board::sheet::Sheet;
use crate::store::read::board::target::For;

/// A row before it is ranked.
struct Line {
    id: i64,
    name: String,
    team: String,
    targets: Targets,
    done: Figure,
    /// Of a ratio both sums.
    ratio: Option<Ratio>,
    /// Products that have a floor.
    floors: Vec<Floor>,
    /// Values of the days at hand.
    daily: Vec<i64>,
    playbook: Arc<Playbook>,
}

/// Goal, stretch and challenge.
#[derive(Debug, Clone, Copy, Default)]
struct Targets([Option<i64>; 3]);

impl Targets {
    const LEVELS: [Level; 3] = [Level::Goal, Level::Stretch, Level::Challenge];

    fn each(target: impl Fn(Level) -> Option<i64>) -> Self {
        Self(Self::LEVELS.map(target))
    }

    const fn goal(self) -> i64 {
        let Self([goal, ..]) = self;
        match goal {
            Some(goal) => goal,
            None => 0,
        }
    }
}

/// The unit of what a board shows.
pub(super) fn unit(asked: &Measure) -> Unit {
    match asked {
        Measure::Metric(metric) => metric.unit(),
        Measure::Score(_) => Unit::Count,
    }
}

/// The rows of a sheet, ranked.
pub(super) fn rows(
    tx: Tx<'_>,
    books: &mut Books,
    ask: &BoardAsk,
    sheet: &Sheet,
) -> Result<Vec<BoardRow>, StoreError> {
    let maker = Maker { ask, sheet };
    let lines = match ask.by {
        BoardBy::Rep => maker.reps(tx, books)?,
        BoardBy::Team => maker.teams(tx, books)?,
        BoardBy::Coach => maker.coaches(tx, books)?,
        // of no people: `source` makes those
        BoardBy::Source => Vec::new(),
    };
    Ok(maker.ranked(lines))
}

struct Maker<'a> {
    ask: &'a BoardAsk,
    sheet: &'a Sheet,
}

impl Maker<'_> {
    fn wanted(&self, level: Level) -> For {
        For { span: self.ask.span, days: self.sheet.span, on: self.sheet.on, level }
    }

    fn of_user(&self, book: &Playbook, member: &Member) -> Targets {
        Targets::each(|level| self.of_member(book, member, level))
    }

    /// Reps and coaches who work here and did so on the day, and whoever else did something; of one team those who are in it on the
    /// day.
    fn reps(&self, tx: Tx<'_>, books: &mut Books) -> Result<Vec<Line>, StoreError> {
        let mut lines = Vec::new();
        for member in &self.sheet.members {
            let done = self.sheet.done(self.sheet.keys_of(member.id));
            let here = self.ask.team.is_none_or(|team| member.team == Some(team));
            let listed = member.competes() && member.came_by(self.sheet.on);
            let ratio = self.ratio(done, |user, _| user == member.id);
            if here && (listed || done.value != 0 || ratio.is_some_and(|ratio| ratio.sums.of > 0)) {
                let playbook = book(tx, books, &member.playbook)?.playbook;
                lines.push(Line {
                    id: member.id.0,
                    name: member.name.clone(),
                    team: member.team_name.clone(),
                    targets: self.of_user(&playbook, member),
                    done,
                    ratio,
                    floors: self.floors(&playbook, 1, |user, _| user == member.id),
                    daily: self.sheet.daily(self.sheet.keys_of(member.id)),
                    playbook,
                });
            }
        }
        Ok(lines)
    }

    /// A team has what was done in it: an increment stays where its maker was on that day.
    fn teams(&self, tx: Tx<'_>, books: &mut Books) -> Result<Vec<Line>, StoreError> {
        let mut lines = Vec::new();
        for team in
            self.sheet.teams.iter().filter(|team| self.ask.team.is_none_or(|wanted| wanted == team.id))
        {
            let playbook = book(tx, books, &team.playbook)?.playbook;
            let members = || self.sheet.members.iter().filter(|m| m.team == Some(team.id) && m.competes());
            let targets = Targets::each(|level| {
                let own = members().filter_map(|m| self.of_member(&playbook, m, level));
                let sum = self.together(own);
                self.sheet.targets.as_ref()?.of_team(&playbook, team.id, self.wanted(level), sum)
            });
            let keys = || self.sheet.tallies.keys().filter(|(_, of)| *of == team.id).copied();
            let done = self.sheet.done(keys());
            lines.push(Line {
                id: team.id.0,
                name: team.name.clone(),
                team: String::new(),
                targets,
                done,
                ratio: self.ratio(done, |_, of| of == team.id),
                floors: self.floors(&playbook, members().count(), |_, of| of == team.id),
                daily: self.sheet.daily(keys()),
                playbook,
            });
        }
        Ok(lines)
    }

    /// What several people's targets are for all of them: their sum, of a ratio the one they all have.
    fn together(&self, own: impl Iterator<Item = i64>) -> Option<i64> {
        if self.sheet.cases.is_none() {
            return own.reduce(i64::saturating_add);
        }
        let mut own = own;
        let first = own.next()?;
        own.all(|target| target == first).then_some(first)
    }

    /// The floors of so many people, with what whoever is wanted sold.
    fn floors(&self, book: &Playbook, people: usize, wanted: impl Fn(UserId, TeamId) -> bool) -> Vec<Floor> {
        let people = i64::try_from(people).unwrap_or(i64::MAX);
        match (&self.sheet.sold, self.ask.span.period()) {
            (Some(sold), Some(period)) => sold.floors(book, (period, people), wanted),
            _ => Vec::new(),
        }
    }

    /// What a ratio is of, for whoever is wanted: where one of its sums is counted day by day, that is `done`.
    fn ratio(&self, done: Figure, wanted: impl Fn(UserId, TeamId) -> bool) -> Option<Ratio> {
        let cases = self.sheet.cases.as_ref()?;
        let sums = cases.sum(wanted);
        let part = if self.sheet.metrics.is_empty() { sums.part } else { done.value };
        Some(cases.ratio(Share::of(part, sums.of)))
    }

    fn of_member(&self, book: &Playbook, member: &Member, level: Level) -> Option<i64> {
        self.sheet.targets.as_ref()?.of_user(book, member, self.wanted(level))
    }

    /// A coach with the trainees, the own figures among them.
    fn coaches(&self, tx: Tx<'_>, books: &mut Books) -> Result<Vec<Line>, StoreError> {
        let mut groups: BTreeMap<UserId, Vec<&Member>> = BTreeMap::new();
        for member in &self.sheet.members {
            if let Some(coach) = member.coach {
                groups.entry(coach).or_default().push(member);
            }
        }
        let mut lines = Vec::new();
        for (id, trainees) in groups {
            let Some(coach) = self.sheet.members.iter().find(|m| m.id == id) else { continue };
            if self.ask.team.is_some_and(|team| coach.team != Some(team)) {
                continue;
            }
            let playbook = book(tx, books, &coach.playbook)?.playbook;
            let group = || trainees.iter().copied().filter(|m| m.id != id).chain([coach]);
            let targets = Targets::each(|level| {
                let own =
                    group().filter(|m| m.competes()).filter_map(|m| self.of_member(&playbook, m, level));
                self.together(own)
            });
            let keys = || group().flat_map(|m| self.sheet.keys_of(m.id));
            let done = self.sheet.done(keys());
            lines.push(Line {
                id: id.0,
                name: coach.name.clone(),
                team: coach.team_name.clone(),
                targets,
                done,
                ratio: self.ratio(done, |user, _| group().any(|member| member.id == user)),
                floors: self.floors(&playbook, group().filter(|m| m.competes()).count(), |user, _| {
                    group().any(|member| member.id == user)
                }),
                daily: self.sheet.daily(keys()),
                playbook,
            });
        }
        Ok(lines)
    }

    /// By value; of equal values whoever had it first, then by name and id. Equal values share a rank; what is withheld stands last.
    fn ranked(&self, lines: Vec<Line>) -> Vec<BoardRow> {
        let mut rows: Vec<(i64, BoardRow)> = lines.into_iter().map(|line| self.row(line)).collect();
        rows.sort_by(|(a_id, a), (b_id, b)| {
            // whoever did nothing, or of whom it was not noted, stands behind those of whom it was
            let reached = |row: &BoardRow| row.reached.map_or(i64::MAX, |at| at.0);
            (b.value().cmp(&a.value()))
                .then_with(|| reached(a).cmp(&reached(b)))
                .then_with(|| a.name.cmp(&b.name))
                .then_with(|| a_id.cmp(b_id))
        });
        let (mut rank, mut last, mut above) = (0, None, None);
        for (place, (_, row)) in (1_u32..).zip(rows.iter_mut()) {
            let value = row.value();
            if last != Some(value) {
                above = last.flatten();
                rank = place;
                last = Some(value);
            }
            row.rank = rank;
            row.behind = above.zip(value).map(|(above, value)| above - value);
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn row(&self, line: Line) -> (i64, BoardRow) {
        let sheet = self.sheet;
        let time = line.playbook.work_time();
        let days = elapsed(&time, sheet.span, self.ask.now);
        let done = sheet.shown(line.done.value);
        let likely = self.outlook(&line, days);
        let [goal, stretch, challenge] = line.targets.0;
        let attained = self.ask.of == Measure::Metric(Metric::Attainment);
        let share = |value: i64| goal.filter(|goal| *goal > 0).map(|goal| share(value, goal));
        let (figures, likely): (Gap, Option<Outlook>) = if let Some(ratio) = line.ratio {
            // what a ratio must bring by day, or how it will end, its cases to come decide
            let (target, value) = (line.targets.goal(), ratio.value());
            let gap = value.map_or(0, |value| target.saturating_sub(value));
            (Gap { target, done: value.unwrap_or(0), gap, ..Gap::default() }, None)
        } else if attained {
            // without a target there is nothing to attain
            let whole = goal.filter(|goal| *goal > 0).map_or(0, |_| WHOLE_BP);
            let likely = likely.and_then(|likely| {
                Some(Outlook {
                    finish: share(likely.finish)?,
                    low: share(likely.low)?,
                    high: share(likely.high)?,
                })
            });
            let attained = share(done).unwrap_or(0);
            let counts = held_down(attained, &line.floors).map_or(attained, |held| held.share_bp);
            (gap(whole, counts, days), likely)
        } else {
            (gap(line.targets.goal(), done, days), likely)
        };
        let trend = line.daily.iter().skip(line.daily.len().saturating_sub(TREND_DAYS));
        let row = BoardRow {
            rank: 0,
            id: line.id.to_string(),
            name: line.name,
            team: line.team,
            gap: figures,
            ratio: line.ratio,
            source: None,
            held_down: attained_bp(done, line.targets.goal()).and_then(|bp| held_down(bp, &line.floors)),
            stretch: stretch.filter(|_| !attained),
            challenge: challenge.filter(|_| !attained),
            behind: None,
            outlook: likely,
            reached: (line.ratio.is_none() && line.done.at > 0 && line.done.value != 0)
                .then_some(Timestamp(line.done.at)),
            trend: if line.ratio.is_some() {
                Vec::new()
            } else {
                trend.map(|value| sheet.shown(*value)).collect()
            },
        };
        (line.id, row)
    }

    /// How a row is likely to end, from the days that are over.
    fn outlook(&self, line: &Line, days: Elapsed) -> Option<Outlook> {
        let sheet = self.sheet;
        let week = line.playbook.week;
        let today = line.playbook.zone.day(self.ask.now);
        let (first, last) = sheet.span;
        if !(first..=last).contains(&today) {
            return None;
        }
        let at_hand: Vec<(Day, i64)> =
            (sheet.first_at_hand().0..).map(Day).zip(line.daily.iter().copied()).collect();
        let worked: Vec<(i64, i64)> = at_hand
            .iter()
            .filter(|(day, _)| (first..today).contains(day) && week.works(*day))
            .map(|(day, value)| (week.weight(*day), sheet.shown(*value)))
            .collect();
        let of_today =
            at_hand.iter().find(|(day, _)| *day == today).map_or(0, |(_, value)| sheet.shown(*value));
        outlook(Course {
            days: &worked,
            before: (sheet.shown(line.done.value) - of_today, days.gone),
            today: (of_today, days.today),
            after: days.all - days.gone - days.today,
            left: days.left,
        })
    }
}

/// How much of a target is done, in basis points, rounded down; `None` without one.
pub(in crate::store) fn attained_bp(done: i64, target: i64) -> Option<i64> {
    (target > 0).then(|| share(done, target))
}

/// `part` of `all` in basis points, rounded down.
fn share(part: i64, all: i64) -> i64 {
    i64::try_from((i128::from(part) * i128::from(WHOLE_BP)).div_euclid(i128::from(all))).unwrap_or(i64::MAX)
}
