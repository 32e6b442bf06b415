//! `corral board` and `corral facts`.

use std::sync::Arc;

use clap::{Args as _, FromArgMatches as _};
use serde_json::{Value, json};

use crate::app::amount::{self, amount, signed};
use crate::cli::args::{Board as Wanted, Facts};
use crate::cli::output::{self, Failure};
use crate::cli::people::{team_named, whose};
use crate::cli::session::{Local, strange, when};
use crate::cli::shapes;
use crate::domain::gap::Rates;
use crate::domain::id::UserId;
use crate::domain::lists::Unit;
use crate::domain::time::Zone;
use crate::playbook::Playbook;
use crate::store::Db;
use crate::store::change::people::TargetOf;
use crate::store::query::board::{Board, BoardAsk, BoardBy, BoardRow, FactsAsk, Measure, SourceSums};
use crate::store::query::{Answer, Query};
use crate::text::format::{hundredths, percent};
use crate::text::width::pad;

/// `corral board`.
pub fn board(local: &mut Local, wanted: &Wanted) -> Result<(), Failure> {
    let playbook = playbook(local)?;
    let (board, shape) = read(local, &playbook, wanted)?;
    let show = |value: i64| amount(board.unit, &playbook.currency, value);
    output::answer(local.json, &shape, || {
        let line = |row: &BoardRow| {
            let gap = row.gap;
            if let Some(sums) = &row.source {
                return source(&playbook, row, sums);
            }
            if let Some(ratio) = row.ratio {
                let (unit, currency) = (board.unit, &playbook.currency);
                let value = amount::ratio(unit, currency, ratio);
                let distance = |left: i64| {
                    if ratio.is_share() { format!("{} pp", hundredths(left)) } else { show(left) }
                };
                let target = (gap.target > 0 && row.value().is_some())
                    .then(|| format!("  target {}, gap {}", show(gap.target), distance(gap.gap)));
                return format!(
                    "{:>3}  {}  {:>20} = {value}{}",
                    row.rank,
                    pad(&row.name, 14),
                    amount::cases(unit, currency, ratio),
                    target.unwrap_or_default()
                );
            }
            let pace = signed(board.unit, &playbook.currency, gap.pace);
            let held = row.held_down.as_ref().map(|held| {
                let short: Vec<String> =
                    held.short.iter().map(|(product, to_go)| format!("{product} {to_go}")).collect();
                format!("  {} ({})", percent(held.share_bp), short.join(", "))
            });
            format!(
                "{:>3}  {}  {:>12} / {:>12}  {pace}{}",
                row.rank,
                pad(&row.name, 14),
                show(gap.done),
                show(gap.target),
                held.unwrap_or_default()
            )
        };
        board.rows.iter().map(line).collect()
    })
}

/// A board as a document, by the options of `corral board` as they stand in a line.
///
/// # Errors
/// Options that are not a board's, and what `corral board` is refused for.
pub fn of_options(local: &mut Local, playbook: &Playbook, options: &[String]) -> Result<Value, Failure> {
    let command = Wanted::augment_args(clap::Command::new("board")).no_binary_name(true);
    let wanted = command.try_get_matches_from(options).and_then(|matches| Wanted::from_arg_matches(&matches));
    let wanted = wanted.map_err(|error| {
        let told = error.to_string();
        let first = told.lines().next().unwrap_or_default();
        Failure::usage(format!(
            "'with' is not what a board is asked with: {}",
            first.trim_start_matches("error: ")
        ))
    })?;
    Ok(read(local, playbook, &wanted)?.1)
}

/// Reads a board; answers with it and with the document that it is.
fn read(local: &mut Local, playbook: &Playbook, wanted: &Wanted) -> Result<(Arc<Board>, Value), Failure> {
    let team = match &wanted.team {
        Some(name) => Some(team_named(local, name)?.id),
        None => None,
    };
    let by = match wanted.by.as_str() {
        "team" => BoardBy::Team,
        "coach" => BoardBy::Coach,
        "source" => BoardBy::Source,
        _ => BoardBy::Rep,
    };
    let now = local.now();
    let of = match &wanted.score {
        Some(code) => Measure::Score(code.clone()),
        None => Measure::Metric(wanted.metric.unwrap_or(playbook.metrics.main)),
    };
    let ask = BoardAsk { of: of.clone(), part: wanted.only.part(), span: wanted.days.span()?, by, team, now };
    let Answer::Board(board) = local.ask(&Query::Board(ask))? else { return Err(strange()) };
    let rates = rates(local, &board)?;
    let of_row =
        |row: &BoardRow| rates.iter().find(|(user, _)| user.to_string() == row.id).map(|(_, rates)| rates);
    let shape = json!({
        "as_of": when(playbook.zone, now),
        "metric": of.metric(),
        "score": wanted.score,
        "pipeline": wanted.only.pipeline,
        "product": wanted.only.product,
        "unit": board.unit,
        "period": board.ask.span.period(),
        "from": board.days.0,
        "to": board.days.1,
        "revision": board.revision,
        "rows": board.rows.iter().map(|row| shapes::board_row(playbook.zone, row, of_row(row))).collect::<Vec<_>>(),
    });
    Ok((board, shape))
}

/// A source in a line: leads, those reached, those who came, those who bought, for how much, and why others did not.
fn source(playbook: &Playbook, row: &BoardRow, sums: &SourceSums) -> String {
    let reasons: Vec<String> =
        sums.reasons.iter().map(|lost| format!("{} {}", lost.reason, lost.count)).collect();
    format!(
        "{:>3}  {}  {:>6}  {:>6}  {:>6}  {:>6}  {:>12}  {}",
        row.rank,
        pad(if row.name.is_empty() { "–" } else { &row.name }, 20),
        sums.leads,
        sums.valid,
        sums.attended,
        sums.won,
        amount(Unit::Money, &playbook.currency, sums.revenue),
        reasons.join(", ")
    )
}

/// What orders and leads bring whoever is on a board of reps by the metric that is the main one to them.
fn rates(local: &mut Local, board: &Board) -> Result<Vec<(UserId, Rates)>, Failure> {
    let asked = &board.ask;
    let Some(metric) = asked.of.metric().filter(|_| asked.by == BoardBy::Rep && asked.part.is_whole()) else {
        return Ok(Vec::new());
    };
    let users = board.rows.iter().filter_map(|row| row.id.parse().ok().map(UserId)).collect();
    match local.ask(&Query::Rates { users, metric, now: asked.now })? {
        Answer::Rates(rates) => Ok(rates),
        _ => Err(strange()),
    }
}

/// `corral facts`.
pub fn facts(local: &mut Local, wanted: &Facts) -> Result<(), Failure> {
    let zone: Zone = playbook(local)?.zone;
    let (user, team) = match &wanted.whose {
        Some(name) => match whose(local, name)? {
            TargetOf::User(user) => (Some(user), None),
            TargetOf::Team(team) => (None, Some(team)),
        },
        None => (Some(local.actor()?.id), None),
    };
    let ask = FactsAsk {
        metric: wanted.metric,
        span: wanted.days.span()?,
        now: local.now(),
        by: local.keeper()?,
        user,
        team,
        before: None,
        limit: wanted.limit,
    };
    let Answer::Facts(rows) = local.ask(&Query::Facts(ask))? else { return Err(strange()) };
    let sum: i64 = rows.iter().map(|row| row.value).sum();
    let shape = json!({ "metric": wanted.metric, "sum": sum, "rows": rows.iter().map(|row| shapes::fact(zone, row)).collect::<Vec<_>>() });
    output::answer(local.json, &shape, || {
        rows.iter()
            .map(|row| {
                format!(
                    "{}  {}  {}  {}  {}",
                    when(zone, row.at),
                    pad(&row.by, 10),
                    pad(&row.customer_name, 14),
                    pad(&row.what, 18),
                    row.value
                )
            })
            .collect()
    })
}

/// The playbook of whoever acts, or of the database.
fn playbook(local: &mut Local) -> Result<Arc<Playbook>, Failure> {
    let user = match local.login() {
        Some(_) => local.actor()?.id,
        None => Db::SYSTEM,
    };
    Ok(local.me_of(user)?.playbook)
}
