//! The rows of a board: value, target, gap, pace, what each day must bring, and the rank.

use std::collections::BTreeMap;

use crate::domain::gap::{Gap, bounds, elapsed, gap};
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Metric, Unit};
use crate::domain::time::Day;
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::query::board::{Board, BoardAsk, BoardBy, BoardRow};
use crate::store::read::board::people::{Figures, Member, Span, figures, of_user};
use crate::store::read::board::target::Set;
use crate::store::read::board::{book, day, first_book, people};
use crate::{sql, values};

/// Ten thousand basis points: all of it.
const WHOLE_BP: i64 = 10_000;

/// A row before it is ranked.
struct Line {
    id: i64,
    name: String,
    team: String,
    target: i64,
    done: i64,
    playbook: std::sync::Arc<Playbook>,
}

/// Everything the rows are made of.
struct Sheet<'a> {
    ask: &'a BoardAsk,
    /// The metric summed: the playbook's main one where attainment is asked.
    metric: Metric,
    members: Vec<Member>,
    figures: Figures,
    set: Set,
    today: Day,
}

/// Reads a board.
pub(super) fn board(tx: Tx<'_>, books: &mut Books, ask: &BoardAsk) -> Result<Board, StoreError> {
    let of_team = match ask.team {
        Some(team) => Some(team_book(tx, team)?),
        None => None,
    };
    let calendar = match &of_team {
        Some(id) => book(tx, books, id)?,
        None => first_book(tx, books)?,
    };
    let metric = summed(ask.metric, &calendar.playbook)?;
    let today = day(&calendar, ask.now);
    let (first, last) = bounds(ask.period, today);
    let span = Span { metric, period: ask.period, first, last };
    let sheet = Sheet {
        ask,
        metric,
        members: people::all(tx, today)?,
        figures: figures(tx, span)?,
        set: Set::load(tx, metric, ask.period, today)?,
        today,
    };
    let lines = match ask.by {
        BoardBy::Rep => sheet.reps(tx, books)?,
        BoardBy::Team => sheet.teams(tx, books)?,
        BoardBy::Coach => sheet.coaches(tx, books)?,
    };
    Ok(Board {
        ask: ask.clone(),
        unit: if ask.metric == Metric::Attainment { Unit::Rate } else { metric.unit() },
        days: (first, last),
        rows: sheet.ranked(lines),
        revision: journal::revision(tx)?,
    })
}

/// The metric to sum for what is asked; refused for rates that no sum gives.
fn summed(asked: Metric, playbook: &Playbook) -> Result<Metric, StoreError> {
    match asked {
        Metric::Attainment => Ok(playbook.metrics.main),
        metric if metric.is_summed() => Ok(metric),
        metric => Err(StoreError::Invalid {
            code: "not_on_boards",
            what: format!(
                "'{metric}' has no board of its own; gap, pace and per_day stand on every board, choose the metric \
                 they are of, such as '{}'",
                playbook.metrics.main
            ),
        }),
    }
}

fn team_book(tx: Tx<'_>, team: TeamId) -> Result<String, StoreError> {
    tx.one(sql!("SELECT playbook FROM team WHERE id = $1"), values![team], |row| Ok(row.text(0)?.to_owned()))?
        .ok_or_else(|| StoreError::NotFound { kind: "team", id: team.to_string(), hint: None })
}

impl Sheet<'_> {
    fn target(&self, book: &Playbook, member: &Member) -> i64 {
        self.set.of_user(book, member, self.metric, self.ask.period)
    }

    /// Reps and coaches who work here, and whoever else did something; of one team those who are in it today.
    fn reps(&self, tx: Tx<'_>, books: &mut Books) -> Result<Vec<Line>, StoreError> {
        let mut lines = Vec::new();
        for member in &self.members {
            let done = of_user(&self.figures, member.id);
            let here = self.ask.team.is_none_or(|team| member.team == Some(team));
            if here && (member.competes() || done != 0) {
                let playbook = book(tx, books, &member.playbook)?.playbook;
                lines.push(Line {
                    id: member.id.0,
                    name: member.name.clone(),
                    team: member.team_name.clone(),
                    target: self.target(&playbook, member),
                    done,
                    playbook,
                });
            }
        }
        Ok(lines)
    }

    /// A team has what was done in it: an increment stays where its maker was on that day.
    fn teams(&self, tx: Tx<'_>, books: &mut Books) -> Result<Vec<Line>, StoreError> {
        let teams = tx.all(sql!("SELECT id, name, playbook FROM team ORDER BY id"), &[], |row| {
            Ok((TeamId(row.int(0)?), row.text(1)?.to_owned(), row.text(2)?.to_owned()))
        })?;
        let mut lines = Vec::new();
        for (id, name, playbook) in teams {
            if self.ask.team.is_some_and(|team| team != id) {
                continue;
            }
            let playbook = book(tx, books, &playbook)?.playbook;
            let members = self.members.iter().filter(|m| m.team == Some(id) && m.competes());
            let sum = members.map(|m| self.target(&playbook, m)).sum();
            let done = self.figures.iter().filter(|((_, team), _)| *team == id).map(|(_, v)| v).sum();
            let target = self.set.of_team(&playbook, id, (self.metric, self.ask.period), sum);
            lines.push(Line { id: id.0, name, team: String::new(), target, done, playbook });
        }
        Ok(lines)
    }

    /// A coach with the trainees, the own figures among them.
    fn coaches(&self, tx: Tx<'_>, books: &mut Books) -> Result<Vec<Line>, StoreError> {
        let mut groups: BTreeMap<UserId, Vec<&Member>> = BTreeMap::new();
        for member in &self.members {
            if let Some(coach) = member.coach {
                groups.entry(coach).or_default().push(member);
            }
        }
        let mut lines = Vec::new();
        for (id, trainees) in groups {
            let Some(coach) = self.members.iter().find(|m| m.id == id) else { continue };
            if self.ask.team.is_some_and(|team| coach.team != Some(team)) {
                continue;
            }
            let playbook = book(tx, books, &coach.playbook)?.playbook;
            let group = || trainees.iter().copied().filter(|m| m.id != id).chain([coach]);
            lines.push(Line {
                id: id.0,
                name: coach.name.clone(),
                team: coach.team_name.clone(),
                target: group().filter(|m| m.competes()).map(|m| self.target(&playbook, m)).sum(),
                done: group().map(|m| of_user(&self.figures, m.id)).sum(),
                playbook,
            });
        }
        Ok(lines)
    }

    /// By value, then name, then id; equal values share a rank.
    fn ranked(&self, lines: Vec<Line>) -> Vec<BoardRow> {
        let mut rows: Vec<(i64, BoardRow)> = lines.into_iter().map(|line| self.row(line)).collect();
        rows.sort_by(|(a_id, a), (b_id, b)| {
            b.gap.done.cmp(&a.gap.done).then_with(|| a.name.cmp(&b.name)).then_with(|| a_id.cmp(b_id))
        });
        let mut rank = 0;
        let mut last = None;
        for (place, (_, row)) in (1_u32..).zip(rows.iter_mut()) {
            if last != Some(row.gap.done) {
                rank = place;
                last = Some(row.gap.done);
            }
            row.rank = rank;
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn row(&self, line: Line) -> (i64, BoardRow) {
        let days = elapsed(line.playbook.workdays, self.ask.period, self.today);
        let figures: Gap = if self.ask.metric == Metric::Attainment {
            // without a target there is nothing to attain
            let (whole, done) =
                if line.target > 0 { (WHOLE_BP, share(line.done, line.target)) } else { (0, 0) };
            gap(whole, done, days, None)
        } else {
            gap(line.target, line.done, days, None)
        };
        (
            line.id,
            BoardRow { rank: 0, id: line.id.to_string(), name: line.name, team: line.team, gap: figures },
        )
    }
}

/// `part` of `all` in basis points, rounded down.
fn share(part: i64, all: i64) -> i64 {
    i64::try_from((i128::from(part) * i128::from(WHOLE_BP)).div_euclid(i128::from(all))).unwrap_or(i64::MAX)
}
