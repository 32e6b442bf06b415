//! `corral desk stock-take`: a stock-take without a screen.

use serde_json::{Value, json};

use super::{ask, make};
use crate::app::amount::amount;
use crate::cli::args::desk::StockCommand;
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, strange, when};
use crate::domain::code::{FieldCode, ReasonCode, StageCode};
use crate::domain::id::{DealId, TeamId};
use crate::domain::lists::{StockDecision, Unit};
use crate::domain::money::Money;
use crate::domain::time::Zone;
use crate::playbook::Playbook;
use crate::store::change::DeskChange;
use crate::store::change::desk::TakeStock;
use crate::store::query::stock::{Forecast, StockPage, StockRow, StockSaved};
use crate::store::query::{DeskAnswer, DeskAsk};
use crate::text::width::pad;

/// Rows that are printed where nothing else is said.
const LIMIT: usize = 100;

/// `corral desk stock-take`.
pub fn run(local: &mut Local, team: Option<TeamId>, wanted: Option<&StockCommand>) -> Result<(), Failure> {
    match wanted {
        None => list(local, team, (None, LIMIT)),
        Some(StockCommand::List { after, limit }) => list(local, team, (*after, *limit)),
        Some(StockCommand::Decide { deal, decision, to, set, reason, words, who, by }) => {
            let who =
                who.as_deref().map(|login| Ok::<_, Failure>(local.user_named(login)?.id)).transpose()?;
            let wanted = TakeStock {
                to: to.as_deref().map(StageCode::from),
                set: set.iter().map(|(f, v)| (FieldCode::from(f.as_str()), v.clone())).collect(),
                reason: reason.as_deref().map(ReasonCode::from),
                words: words.clone(),
                who,
                due_at: *by,
                ..TakeStock::new(*deal, *decision)
            };
            let commit = make(local, DeskChange::TakeStock(Box::new(wanted)))?;
            let row = commit.effects.made_at_desk.map(|id| id.to_string());
            let shape = json!({
                "row": row,
                "deal": deal,
                "decision": decision,
                "task": commit.effects.task.filter(|_| *decision == StockDecision::Coach),
                "moved": commit.effects.moved.iter().map(|(deal, from, to)| json!({
                    "deal": deal, "from": from, "to": to,
                })).collect::<Vec<_>>(),
            });
            output::answer(local.json, &shape, || vec![format!("{decision} · deal {deal}")])
        }
        Some(StockCommand::Finish) => {
            let page = page(local, team, (None, 0))?;
            make(local, DeskChange::FinishStock { team: page.team.0 })?;
            show(local, Some(page.team.0), (None, None, LIMIT))
        }
        Some(StockCommand::Show { take, after, limit }) => show(local, team, (*take, *after, *limit)),
    }
}

fn page(
    local: &mut Local,
    team: Option<TeamId>,
    (after, limit): (Option<DealId>, usize),
) -> Result<StockPage, Failure> {
    let by = local.viewer()?;
    match ask(local, DeskAsk::Stock { by, team, after, limit })? {
        DeskAnswer::Stock(page) => Ok(*page),
        _ => Err(strange()),
    }
}

fn list(local: &mut Local, team: Option<TeamId>, window: (Option<DealId>, usize)) -> Result<(), Failure> {
    let playbook = local.me()?.playbook;
    let page = page(local, team, window)?;
    let zone = playbook.zone;
    let shape = json!({
        "team": { "id": page.team.0, "name": page.team.1 },
        "older_than": page.older_than,
        "open": page.open.as_ref().map(|(id, at, name)| json!({
            "id": id, "began_at": when(zone, *at), "by": name,
        })),
        "before": page.before.map(|at| when(zone, at)),
        "all": page.all,
        "left": page.left,
        "left_changed": page.left_changed,
        "decided": counts(&page.decided),
        "rows": page.rows.iter().map(|row| self::row(zone, row)).collect::<Vec<_>>(),
    });
    output::answer(local.json, &shape, || {
        let mut lines: Vec<String> = page.rows.iter().map(|row| line(&playbook, row)).collect();
        lines.push(format!(
            "{} over {} days · {} left · {} of them changed",
            page.all, page.older_than, page.left, page.left_changed
        ));
        lines
    })
}

fn counts(decided: &[(StockDecision, u32)]) -> Value {
    let count = |of: &StockDecision| decided.iter().find(|(known, _)| known == of).map_or(0, |(_, n)| *n);
    StockDecision::ALL
        .iter()
        .map(|of| (of.as_str().to_owned(), json!(count(of))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn row(zone: Zone, row: &StockRow) -> Value {
    json!({
        "deal": row.deal,
        "customer": { "id": row.customer.0, "name": row.customer.1 },
        "owner": { "id": row.owner.0, "name": row.owner.1 },
        "pipeline": row.pipeline,
        "stage": row.stage,
        "stage_since": when(zone, row.stage_since),
        "opened_at": when(zone, row.opened_at),
        "value": row.value,
        "last_at": row.last_at.map(|at| when(zone, at)),
        "next_at": row.next_at.map(|at| when(zone, at)),
        "news": row.news,
        "last": row.last,
        "decided": row.decided.as_ref().map(|said| json!({
            "row": said.id,
            "decision": said.decision,
            "to_stage": said.to_stage,
            "reason": said.reason,
            "words": said.words,
            "task": said.task,
            "at": when(zone, said.at),
            "by": { "id": said.by.0, "name": said.by.1 },
            "taken_back_at": said.void_at.map(|at| when(zone, at)),
        })),
    })
}

fn line(playbook: &Playbook, row: &StockRow) -> String {
    let news: Vec<&str> = row.news.iter().map(|news| news.as_str()).collect();
    let news = if news.is_empty() { "unchanged".to_owned() } else { news.join("+") };
    let said = match (&row.decided, row.last) {
        (Some(said), _) if said.void_at.is_some() => format!("{} (taken back)", said.decision),
        (Some(said), _) => said.decision.to_string(),
        (None, Some(last)) => format!("- (last: {last})"),
        (None, None) => "-".to_owned(),
    };
    format!(
        "{}  {}  {}  {}  since {}  {}  {news}  {said}",
        row.deal,
        pad(&row.owner.1, 10),
        pad(&row.customer.1, 14),
        pad(&row.stage, 12),
        playbook.zone.day(row.opened_at),
        money(playbook, row.value),
    )
}

fn money(playbook: &Playbook, value: Money) -> String {
    amount(Unit::Money, &playbook.currency, value.0)
}

fn show(
    local: &mut Local,
    team: Option<TeamId>,
    (take, after, limit): (
        Option<crate::domain::id::StockTakeId>,
        Option<crate::domain::id::StockRowId>,
        usize,
    ),
) -> Result<(), Failure> {
    let playbook = local.me()?.playbook;
    let by = local.viewer()?;
    let asked = DeskAsk::StockSaved { by, team, take, after, limit };
    let DeskAnswer::StockSaved(saved) = ask(local, asked)? else { return Err(strange()) };
    let zone = playbook.zone;
    output::answer(local.json, &self::saved(zone, &saved), || {
        let mut lines: Vec<String> = saved.rows.iter().map(|row| line(&playbook, row)).collect();
        let said: Vec<String> = saved.decided.iter().map(|(said, n)| format!("{n} {said}")).collect();
        lines.push(format!("{} · {} undecided", said.join(" · "), saved.left_over));
        lines.extend(told(&playbook, &saved.forecast));
        lines
    })
}

fn saved(zone: Zone, saved: &StockSaved) -> Value {
    let sums = saved.forecast.sums();
    json!({
        "stock_take": saved.id,
        "team": { "id": saved.team.0, "name": saved.team.1 },
        "older_than": saved.older_than,
        "began_at": when(zone, saved.began_at),
        "finished_at": saved.finished.as_ref().map(|(at, _)| when(zone, *at)),
        "finished_by": saved.finished.as_ref().map(|(_, name)| name),
        "decided": counts(&saved.decided),
        "left_over": saved.left_over,
        "rows": saved.rows.iter().map(|row| self::row(zone, row)).collect::<Vec<_>>(),
        "forecast": {
            "month_end": saved.forecast.month_end,
            "months": saved.forecast.months,
            "stages": saved.forecast.rates.iter().map(|rate| json!({
                "pipeline": rate.pipeline,
                "stage": rate.stage,
                "deals": rate.deals,
                "value": rate.value,
                "won": rate.won.part,
                "cases": rate.won.of,
                "won_bp": rate.won.bp(),
                "expected_hundredths": rate.expected().map(|expected| expected.hundredths),
                "expected_value": rate.expected().map(|expected| expected.value),
            })).collect::<Vec<_>>(),
            "deals": sums.deals,
            "value": sums.value,
            "expected_hundredths": sums.expected.hundredths,
            "expected_value": sums.expected.value,
            "withheld": sums.withheld,
        },
    })
}

fn told(playbook: &Playbook, forecast: &Forecast) -> Vec<String> {
    let mut lines =
        vec![format!("forecast to {} by the deals of {} months", forecast.month_end, forecast.months)];
    for rate in &forecast.rates {
        let likely = rate.expected().map_or_else(
            || "withheld: too few cases".to_owned(),
            |expected| format!("{} hundredths, {}", expected.hundredths, money(playbook, expected.value)),
        );
        lines.push(format!(
            "  {}  {} open, {}  {}/{} {}  {likely}",
            pad(&rate.stage, 14),
            rate.deals,
            money(playbook, rate.value),
            rate.won.part,
            rate.won.of,
            rate.won.shown()
        ));
    }
    let sums = forecast.sums();
    lines.push(format!(
        "{} open, {} → {} hundredths, {} · {} withheld",
        sums.deals,
        money(playbook, sums.value),
        sums.expected.hundredths,
        money(playbook, sums.expected.value),
        sums.withheld
    ));
    lines
}
