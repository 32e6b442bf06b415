//! `corral pay`: statements of a month, line by line, and scores that no fact says.

use serde_json::{Value, json};

use crate::app::amount::{amount, metric, signed};
use crate::app::pay::{event, money, named, notes, quantity, rate};
use crate::cli::args::pay::{Pay, PayAct};
use crate::cli::output::{self, Failure};
use crate::cli::people::whose;
use crate::cli::playbook::load;
use crate::cli::session::{Local, strange, when};
use crate::domain::lists::Unit;
use crate::domain::money::Money;
use crate::domain::pay::{Line, OrderPay, Wait};
use crate::domain::time::{Day, Month, Zone};
use crate::store::change::people::NewScore;
use crate::store::change::{Change, PeopleChange};
use crate::store::query::pay::{PayAsk, PayRow, PaySheet};
use crate::store::query::{Answer, Query, Viewer};
use crate::text::width::pad;
use crate::text::{Text, Words};

/// `corral pay`.
pub fn run(local: &mut Local, wanted: &Pay) -> Result<(), Failure> {
    match &wanted.act {
        None => show(local, wanted),
        Some(PayAct::Preview { files, month, whose }) => preview(local, files, (whose.as_ref(), *month)),
        Some(PayAct::Score { login, value, why, metric, month }) => {
            let by = local.keeper()?;
            let user = local.user_named(login)?.id;
            let first = match month {
                Some(month) => month.first(),
                None => local.me_of(user)?.playbook.zone.day(local.now()).month().first(),
            };
            let score = NewScore { user, first, metric: *metric, value: *value, why: why.clone() };
            let commit = local.make(by, Change::People(PeopleChange::SetScore(score)))?;
            let shape = json!({
                "change": commit.write, "revision": commit.revision, "user": user, "metric": metric,
                "month": month_of(first), "bp": value,
            });
            output::answer(local.json, &shape, || {
                vec![format!("{login}  {metric}  {}  {}", month_of(first), amount(Unit::Rate, "", *value))]
            })
        }
    }
}

fn ask(local: &mut Local, name: Option<&String>, month: Option<Month>) -> Result<PayAsk, Failure> {
    let by = Viewer { id: local.keeper()?, now: local.now() };
    let whose = name.map(|name| whose(local, name)).transpose()?;
    Ok(PayAsk { whose, month, instead: None, by })
}

fn sheet(local: &mut Local, ask: PayAsk) -> Result<PaySheet, Failure> {
    match local.ask(&Query::Pay(ask))? {
        Answer::Pay(sheet) => Ok(*sheet),
        _ => Err(strange()),
    }
}

/// What another plan would have paid, person by person.
fn preview(
    local: &mut Local,
    files: &[String],
    (name, month): (Option<&String>, Option<Month>),
) -> Result<(), Failure> {
    let other = load(files)?.text;
    let by = local.keeper()?;
    let zone = local.me_of(by)?.playbook.zone;
    let Month(this) = zone.day(local.now()).month();
    let asked = ask(local, name, Some(month.unwrap_or(Month(this - 1))))?;
    let was = sheet(local, asked.clone())?;
    let would = sheet(local, PayAsk { instead: Some(other), ..asked })?;
    let rows: Vec<(&PayRow, Money, Money)> = was
        .rows
        .iter()
        .filter_map(|row| {
            let other = would.rows.iter().find(|other| other.user == row.user)?;
            Some((row, row.statement.total(), other.statement.total()))
        })
        .collect();
    let (before, after) = (was.sums().0, would.sums().0);
    let shapes: Vec<Value> = rows
        .iter()
        .map(|(row, before, after)| {
            json!({
                "user": { "id": row.user, "login": row.login, "name": row.name }, "rank": row.rank,
                "before": before, "after": after, "difference": *after - *before,
            })
        })
        .collect();
    let shape = json!({
        "month": month_of(was.days.0), "before": before, "after": after, "difference": after - before, "rows": shapes,
    });
    output::answer(local.json, &shape, || {
        let line = |(row, before, after): &(&PayRow, Money, Money)| {
            let change = signed(Unit::Money, &row.currency, (*after - *before).0);
            let (before, after) = (money(&row.currency, *before), money(&row.currency, *after));
            format!("{}  {before:>12}  {after:>12}  {change}", pad(&row.name, 14))
        };
        rows.iter().map(line).collect()
    })
}

fn show(local: &mut Local, wanted: &Pay) -> Result<(), Failure> {
    let asked = ask(local, wanted.whose.as_ref(), wanted.month)?;
    let zone = local.me_of(asked.by.id)?.playbook.zone;
    let sheet = sheet(local, asked)?;
    let shape = shape(zone, &sheet, &when(zone, local.now()));
    output::answer(local.json, &shape, || {
        sheet.rows.iter().flat_map(|row| lines(&local.words, zone, row, wanted.all)).collect()
    })
}

/// A month as it is typed: `2026-11`.
fn month_of(first: Day) -> String {
    first.to_string().chars().take(7).collect()
}

fn shape(zone: Zone, sheet: &PaySheet, now: &str) -> Value {
    let (total, paid) = sheet.sums();
    json!({
        "as_of": now,
        "month": month_of(sheet.days.0),
        "from": sheet.days.0,
        "to": sheet.days.1,
        "total": total, "paid": paid, "held": total - paid,
        "statements": sheet.rows.iter().map(|row| statement(zone, sheet.days, row)).collect::<Vec<_>>(),
    })
}

fn statement(zone: Zone, days: (Day, Day), row: &PayRow) -> Value {
    let lines: Vec<Value> =
        row.statement.lines.iter().map(|line| line_shape(zone, days, row, line)).collect();
    json!({
        "user": { "id": row.user, "login": row.login, "name": row.name },
        "rank": row.rank, "plan": row.plan, "version": row.version, "currency": row.currency,
        "total": row.statement.total(), "paid": row.statement.paid(), "held": row.statement.held(),
        "lines": lines,
    })
}

fn line_shape(zone: Zone, (from, to): (Day, Day), row: &PayRow, line: &Line) -> Value {
    // what a line is made of can be asked for as it stands
    let facts = line.metric.filter(|metric| metric.is_summed()).map(|metric| {
        format!("corral facts --metric {metric} --whose {} --from {from} --to {to}", row.login)
    });
    json!({
        "component": line.part, "metric": line.metric, "unit": line.unit,
        "quantity": line.quantity, "counted": line.counted, "cap_per_day": line.cap_per_day, "rate": line.rate,
        "amount": line.amount, "paid": line.paid, "held": line.held(),
        "waits": line.waits().iter().map(wait_shape).collect::<Vec<_>>(),
        "capped": line.capped,
        "score": line.score,
        "orders": line.orders.iter().map(|order| order_shape(zone, order)).collect::<Vec<_>>(),
        "facts": facts,
    })
}

fn wait_shape((wait, amount): &(Wait, Money)) -> Value {
    let (event, known) = event(*wait);
    json!({ "on": event, "known": known, "amount": amount })
}

fn order_shape(zone: Zone, order: &OrderPay) -> Value {
    json!({
        "order": order.order, "customer": order.customer, "at": when(zone, order.at),
        "counted": order.counted, "refunded": order.refunded, "linked": order.is_linked,
        "amount": order.amount, "paid": order.paid,
        "waits": order.held.iter().map(wait_shape).collect::<Vec<_>>(),
    })
}

fn lines(words: &Words, zone: Zone, row: &PayRow, all: bool) -> Vec<String> {
    let show = |sum: Money| money(&row.currency, sum);
    let mut lines = vec![format!("{}  {}  {}", row.name, row.rank, row.plan)];
    for line in &row.statement.lines {
        let notes = notes(words, line, &row.currency);
        let said = if notes.is_empty() { String::new() } else { format!("  ({})", notes.join("; ")) };
        lines.push(format!(
            "  {}  {}  {}  {}{}",
            pad(&named(words, line), 30),
            pad(&quantity(line, &row.currency), 14),
            pad(&rate(&line.rate, &row.currency), 14),
            show(line.amount),
            said,
        ));
        if all {
            for order in &line.orders {
                lines.push(format!(
                    "      {}  {}  {}",
                    when(zone, order.at),
                    show(order.counted),
                    show(order.amount)
                ));
            }
            for share in &line.score {
                let value = share.value.map_or_else(|| "–".to_owned(), |value| amount(Unit::Rate, "", value));
                lines.push(format!(
                    "      {}  {} %  {value}",
                    pad(&metric(words, share.metric), 20),
                    share.weight
                ));
            }
        }
    }
    let (total, paid, held) = (row.statement.total(), row.statement.paid(), row.statement.held());
    let sums = [("pay.total", total), ("pay.paid", paid), ("pay.held", held)];
    let said = sums.map(|(word, sum)| words.fill(Text(word), &[("n", &show(sum))]));
    lines.push(format!("  {}", said.join(" · ")));
    lines
}
