//! A row of a board day by day: what was done, the plan, and the stretch of days before (S001-110).

use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::Metric;
use crate::domain::outlook::Outlook;
use crate::domain::span::Span;
use crate::domain::time::Day;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::board::{BoardBy, BurnUp, BurnUpAsk, Measure};
use crate::store::read::board::{book, day, first_book, kept, people};
use crate::store::write::playbook_of;
use crate::{sql, values};

/// Reads a row day by day; refused for scores and parts, whose days are not kept.
pub(super) fn burn_up(tx: Tx<'_>, books: &mut Books, ask: &BurnUpAsk) -> Result<BurnUp, StoreError> {
    if ask.board.by == BoardBy::Source {
        let what = "leads are not told by day; open a row of people or teams".to_owned();
        return Err(StoreError::Invalid { code: "not_by_day", what });
    }
    let board = kept::board(tx, books, &ask.board)?;
    let wanted = ask.id.map(|id| id.to_string());
    let rows = || board.rows.iter().filter(|row| wanted.as_ref().is_none_or(|wanted| row.id == *wanted));
    let playbook = match (ask.board.by, ask.id) {
        (_, None) | (BoardBy::Source, _) => None,
        (BoardBy::Team, Some(team)) => team_book(tx, team)?,
        (BoardBy::Rep | BoardBy::Coach, Some(user)) => playbook_of(tx, UserId(user))?,
    };
    let book = match playbook {
        Some(id) => book(tx, books, &id)?,
        None => first_book(tx, books)?,
    };
    let metric = match &ask.board.of {
        Measure::Metric(Metric::Attainment) => book.playbook.metrics.main,
        Measure::Metric(metric) if metric.is_summed() && ask.board.part.is_whole() => *metric,
        of => {
            let what = format!("'{of}' is not kept by day; choose a metric that is counted");
            return Err(StoreError::Invalid { code: "not_by_day", what });
        }
    };
    let today = day(&book, ask.board.now);
    let (first, last) = ask.board.span.days(today);
    let before = match ask.board.span {
        Span::Of(period, back) => Span::Of(period, back.saturating_add(1)),
        days @ Span::Days(..) => days.moved(false),
    };
    let (before_first, before_last) = before.days(today);
    let whose = whose(tx, ask, today)?;
    let mut sums = Sums { tx, metric, whose: &whose };
    // the target as the board has it, also where the board shows shares of it
    let target = match &ask.board.of {
        Measure::Metric(Metric::Attainment) => None,
        _ => Some(rows().map(|row| row.gap.target).sum::<i64>()).filter(|target| *target > 0),
    };
    let week = book.playbook.week;
    let all = week.weigh(first, last).max(1);
    let share = |day: Day| {
        let gone = i128::from(week.weigh(first, day));
        let of = |target: i64| i64::try_from(i128::from(target) * gone / i128::from(all)).unwrap_or(i64::MAX);
        target.map(of)
    };
    Ok(BurnUp {
        days: (first, last),
        done: sums.upto(first, last.min(today))?,
        plan: (first.0..=last.0).filter_map(|day| share(Day(day))).collect(),
        before: sums.upto(before_first, before_last)?,
        outlook: rows().filter_map(|row| row.outlook).reduce(|all, one| Outlook {
            finish: all.finish.saturating_add(one.finish),
            low: all.low.saturating_add(one.low),
            high: all.high.saturating_add(one.high),
        }),
    })
}

fn team_book(tx: Tx<'_>, team: i64) -> Result<Option<String>, StoreError> {
    tx.one(sql!("SELECT playbook FROM team WHERE id = $1"), values![team], |row| Ok(row.text(0)?.to_owned()))
}

/// Whose values are added up.
enum Whose {
    People(Vec<UserId>),
    Team(TeamId),
    Everybody,
}

fn whose(tx: Tx<'_>, ask: &BurnUpAsk, today: Day) -> Result<Whose, StoreError> {
    let Some(id) = ask.id else {
        return Ok(ask.board.team.map_or(Whose::Everybody, Whose::Team));
    };
    let user = UserId(id);
    Ok(match ask.board.by {
        BoardBy::Team => Whose::Team(TeamId(id)),
        BoardBy::Rep | BoardBy::Source => Whose::People(vec![user]),
        BoardBy::Coach => {
            let trainees = people::all(tx, today)?.into_iter().filter(|member| member.coach == Some(user));
            Whose::People(
                trainees.map(|member| member.id).filter(|member| *member != user).chain([user]).collect(),
            )
        }
    })
}

struct Sums<'a> {
    tx: Tx<'a>,
    metric: Metric,
    whose: &'a Whose,
}

impl Sums<'_> {
    /// What was done up to each day.
    fn upto(&mut self, first: Day, last: Day) -> Result<Vec<i64>, StoreError> {
        let mut sum = 0_i64;
        let mut sums = Vec::new();
        for day in first.0..=last.0 {
            sum = sum.saturating_add(self.of_day(Day(day))?);
            sums.push(sum);
        }
        Ok(sums)
    }

    fn of_day(&self, day: Day) -> Result<i64, StoreError> {
        match self.whose {
            Whose::Team(team) => Ok(self
                .tx
                .number(
                    sql!(
                        "SELECT CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2 AND team_id = $3"
                    ),
                    values![day, self.metric, *team],
                )?
                .unwrap_or(0)),
            Whose::Everybody => Ok(self
                .tx
                .number(
                    sql!("SELECT CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2"),
                    values![day, self.metric],
                )?
                .unwrap_or(0)),
            Whose::People(people) => people.iter().try_fold(0_i64, |sum, user| {
                let value = self.tx.number(
                    sql!(
                        "SELECT CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2 AND user_id = $3"
                    ),
                    values![day, self.metric, *user],
                )?;
                Ok(sum.saturating_add(value.unwrap_or(0)))
            }),
        }
    }
}
