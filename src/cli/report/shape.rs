//! Reports, funnels and worth as JSON, and as lines for people.

use serde_json::{Value, json};

use crate::app::amount::amount;
use crate::app::worth;
use crate::cli::session::when;
use crate::domain::id::CustomerId;
use crate::domain::report::share::Share;
use crate::domain::report::{Execution, Figures};
use crate::domain::time::Zone;
use crate::store::change::people::TargetOf;
use crate::store::query::report::{
    FunnelRow, FunnelSheet, ReportCard, TeamReport, ValueFigure, ValueReport, ValueRow,
};
use crate::text::width::pad;
use crate::text::{Text, Words};

/// So many of so many, and the share where there are enough cases.
pub fn share(share: Share) -> Value {
    json!({ "part": share.part, "of": share.of, "share_bp": share.bp(), "shown": share.shown() })
}

fn scope(whose: TargetOf) -> Value {
    match whose {
        TargetOf::User(user) => json!({ "kind": "user", "id": user }),
        TargetOf::Team(team) => json!({ "kind": "team", "id": team }),
    }
}

fn work(work: Execution) -> Value {
    let planned = i64::from(work.planned);
    json!({
        "planned": work.planned,
        "on_time": work.on_time,
        "late": work.late,
        "skipped": work.skipped,
        "open": work.open(),
        "on_time_rate": share(Share::of(i64::from(work.on_time), planned)),
        "done_rate": share(Share::of(i64::from(work.on_time + work.late), planned)),
    })
}

fn customer(card: &ReportCard, id: CustomerId) -> Value {
    json!({ "id": id, "name": card.customer(id) })
}

/// A report.
pub fn card(card: &ReportCard) -> Value {
    let zone = card.zone;
    let figures: Vec<Value> = card
        .figures
        .metrics
        .iter()
        .map(|figure| {
            json!({
                "metric": figure.metric,
                "unit": figure.metric.unit(),
                "value": figure.value,
                "target": figure.target,
                "gap": figure.target.map(|target| target - figure.value),
                "now": card.since(figure.metric),
            })
        })
        .collect();
    let mut shape = json!({
        "id": card.id,
        "whose": scope(card.whose),
        "name": card.name,
        "period": card.period,
        "from": card.days.0,
        "to": card.days.1,
        "state": card.state,
        "opens": when(zone, card.window.opens),
        "due": when(zone, card.window.due),
        "closes": when(zone, card.window.closes),
        "handed_in": card.handed.as_ref().map(|(at, by)| json!({ "at": when(zone, *at), "by": by })),
        "kept_at": card.kept.map(|at| when(zone, at)),
        "lines": { "why": card.lines.why, "best": card.lines.best, "help": card.lines.help },
        "figures": figures,
        "daily": card.figures.daily,
        "effect": card.has_effect(),
        "may": card.may,
    });
    let more = told(card, &card.figures, zone);
    if let (Some(shape), Value::Object(more)) = (shape.as_object_mut(), more) {
        shape.extend(more);
        shape.insert("comments".to_owned(), comments(card));
    }
    shape
}

fn told(card: &ReportCard, figures: &Figures, zone: Zone) -> Value {
    let finds: Vec<Value> = figures
        .finds
        .iter()
        .map(|find| {
            json!({
                "kind": find.kind,
                "at": when(zone, find.at),
                "customer": find.customer.map(|id| customer(card, id)),
            })
        })
        .collect();
    let stuck: Vec<Value> = figures
        .stuck
        .iter()
        .map(|deal| {
            json!({
                "deal": deal.deal,
                "customer": customer(card, deal.customer),
                "pipeline": deal.pipeline,
                "stage": deal.stage,
                "days": deal.days,
                "max_days": deal.most,
            })
        })
        .collect();
    json!({
        "work": work(figures.work),
        "promises": figures.promises,
        "contradictions": { "count": figures.found, "rows": finds },
        "stuck": stuck,
        "next": figures.next,
    })
}

fn comments(card: &ReportCard) -> Value {
    let comments: Vec<Value> = card
        .comments
        .iter()
        .map(|comment| {
            let tasks: Vec<Value> = comment
                .tasks
                .iter()
                .map(|(task, who, done)| json!({ "id": task, "customer": customer(card, *who), "done": done }))
                .collect();
            json!({ "by": comment.by, "at": when(card.zone, comment.at), "words": comment.words, "tasks": tasks })
        })
        .collect();
    json!(comments)
}

/// A team's report with its people's.
pub fn team(report: &TeamReport) -> Value {
    let signals: Vec<Value> = report
        .signals
        .iter()
        .map(|signal| {
            json!({
                "user": signal.user, "name": signal.name, "kind": signal.kind, "own": share(signal.own),
                "median_bp": signal.median_bp, "since": signal.since,
            })
        })
        .collect();
    json!({
        "team": card(&report.whole),
        "people": report.people.iter().map(card).collect::<Vec<_>>(),
        "missing": report.people.iter().filter(|card| card.handed.is_none()).map(|card| &card.name).collect::<Vec<_>>(),
        "signals": signals,
    })
}

/// Who has handed in, a line a person.
pub fn team_lines(words: &Words, report: &TeamReport) -> Vec<String> {
    let whole = &report.whole;
    let mut lines = vec![format!(
        "{} · {} · {} – {} · {}",
        whole.name,
        words.name("report.of", whole.period.as_str()),
        whole.days.0,
        whole.days.1,
        words.fill(Text("report.due_at"), &[("at", &when(whole.zone, whole.window.due))]),
    )];
    for card in report.people.iter().chain([whole]) {
        let main = card.figures.metrics.first();
        let value = main
            .map_or_else(String::new, |figure| amount(figure.metric.unit(), &card.currency, figure.value));
        let finds = match card.figures.found {
            0 => String::new(),
            found => words.fill(Text("report.found"), &[("n", &found)]),
        };
        lines.push(format!(
            "{}  {}  {:>12}  {finds}",
            pad(&card.name, 14),
            pad(words.name("report.state", card.state.as_str()), 16),
            value
        ));
    }
    lines
}

/// A funnel.
pub fn funnel(sheet: &FunnelSheet) -> Value {
    let stages: Vec<Value> = sheet
        .stages
        .iter()
        .map(|stage| {
            json!({
                "stage": stage.stage,
                "entered": stage.level.entered,
                "passed": stage.level.passed,
                "open": stage.level.open,
                "lost": stage.level.lost,
                "conversion": share(stage.level.conversion()),
                "team": stage.team.map(share),
                "median_days": stage.level.days,
                "reasons": stage.level.reasons.iter().map(|(reason, count)| json!({ "reason": reason, "count": count })).collect::<Vec<_>>(),
                "script": stage.script,
                "procedure": stage.step,
            })
        })
        .collect();
    json!({
        "whose": sheet.whose.map(scope),
        "name": sheet.name,
        "pipeline": sheet.pipeline,
        "from": sheet.days.0,
        "to": sheet.days.1,
        "won": share(sheet.won),
        "stages": stages,
    })
}

/// A funnel, a line a stage.
pub fn funnel_lines(words: &Words, sheet: &FunnelSheet) -> Vec<String> {
    let say = |key| words.say(Text(key));
    let mut lines = vec![
        format!("{} · {} – {}", sheet.pipeline, sheet.days.0, sheet.days.1),
        format!(
            "{}  {:>8} {:>8} {:>10} {:>8} {:>8} {:>6}  {}",
            pad(say("funnel.stage"), 18),
            say("funnel.entered"),
            say("funnel.passed"),
            say("funnel.conversion"),
            say("funnel.open"),
            say("funnel.lost"),
            say("funnel.days"),
            say("funnel.reasons"),
        ),
    ];
    for stage in &sheet.stages {
        let level = &stage.level;
        let reasons: Vec<String> =
            level.reasons.iter().take(3).map(|(reason, count)| format!("{reason} {count}")).collect();
        lines.push(format!(
            "{}  {:>8} {:>8} {:>10} {:>8} {:>8} {:>6}  {}",
            pad(stage.stage.as_str(), 18),
            level.entered,
            level.passed,
            level.conversion().shown(),
            level.open,
            level.lost,
            level.days.map_or_else(|| "–".to_owned(), |days| days.to_string()),
            reasons.join(", "),
        ));
    }
    lines.push(format!(
        "{}  {} / {}  {}",
        say("funnel.won"),
        sheet.won.part,
        sheet.won.of,
        sheet.won.shown()
    ));
    lines
}

/// Deals of a cell.
pub fn funnel_rows(rows: &[FunnelRow]) -> Value {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "deal": row.deal,
                "customer": { "id": row.customer, "name": row.name },
                "owner": row.owner,
                "stage": row.stage,
                "since": row.since,
                "state": row.state,
                "reason": row.reason,
            })
        })
        .collect();
    json!({ "rows": rows })
}

/// The same, a line a deal.
pub fn funnel_row_lines(rows: &[FunnelRow]) -> Vec<String> {
    let line = |row: &FunnelRow| {
        format!(
            "{}  {}  {}  {}  {}  {}",
            row.deal,
            pad(&row.name, 16),
            pad(&row.owner, 10),
            pad(&row.stage, 14),
            row.state,
            row.reason
        )
    };
    rows.iter().map(line).collect()
}

fn figure(figure: ValueFigure) -> Value {
    match figure {
        ValueFigure::Share(of) => share(of),
        ValueFigure::PerHead { sum, days } => {
            json!({ "sum": sum, "days": days, "per_day": (days > 0).then(|| sum / days.max(1)) })
        }
        ValueFigure::Count { count, won, amount } => json!({ "count": count, "won": won, "amount": amount }),
    }
}

/// What the program is worth.
pub fn value(report: &ValueReport) -> Value {
    let lines: Vec<Value> = report
        .lines
        .iter()
        .map(|line| json!({ "kind": line.kind, "before": figure(line.before), "now": figure(line.now) }))
        .collect();
    json!({
        "baseline": { "from": report.baseline.0, "to": report.baseline.1, "working_days": report.worked.0 },
        "period": { "from": report.period.0, "to": report.period.1, "working_days": report.worked.1 },
        "lines": lines,
    })
}

/// What the program is worth, a line a thing.
pub fn value_lines(words: &Words, report: &ValueReport) -> Vec<String> {
    let mut lines = vec![format!(
        "{}  {:>34}  {:>34}",
        pad("", 26),
        format!("{} – {}", report.baseline.0, report.baseline.1),
        format!("{} – {}", report.period.0, report.period.1),
    )];
    for line in &report.lines {
        lines.push(format!(
            "{}  {:>34}  {:>34}",
            pad(words.name("value_line", line.kind.word()), 26),
            worth::shown(report, line.kind, line.before),
            worth::shown(report, line.kind, line.now),
        ));
    }
    lines
}

/// Customers behind a line.
pub fn value_rows(rows: &[ValueRow]) -> Value {
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "customer": { "id": row.customer, "name": row.name }, "owner": row.owner, "since": row.since, "amount": row.amount,
            })
        })
        .collect();
    json!({ "rows": rows })
}

/// The same, a line a customer.
pub fn value_row_lines(rows: &[ValueRow]) -> Vec<String> {
    let line = |row: &ValueRow| {
        format!(
            "{}  {}  {}  {}",
            row.customer,
            pad(&row.name, 16),
            pad(&row.owner, 10),
            crate::text::format::grouped(row.amount / 100)
        )
    };
    rows.iter().map(line).collect()
}
