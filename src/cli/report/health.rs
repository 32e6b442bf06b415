//! How teams are doing, as JSON, as lines and as a paper.

use serde_json::{Value, json};

use super::paper::{Cell, Paper, Part, Table};
use crate::app::amount::amount;
use crate::app::health;
use crate::store::query::health::{HealthReport, TeamHealth};
use crate::text::width::pad;
use crate::text::{Text, Words, format};

/// The page as JSON.
pub fn shape(report: &HealthReport) -> Value {
    let teams: Vec<Value> = report.teams.iter().map(|team| of_team(report, team)).collect();
    json!({
        "quarter": health::quarter(report.days.0), "from": report.days.0, "to": report.days.1,
        "months": report.months.iter().map(|month| health::month(*month)).collect::<Vec<_>>(),
        "teams": teams,
    })
}

fn of_team(report: &HealthReport, team: &TeamHealth) -> Value {
    let lines: Vec<Value> = team
        .lines
        .iter()
        .map(|line| {
            let trend = &line.trend;
            json!({
                "kind": line.kind,
                "months": line.months.iter().map(|(part, of)| json!({ "part": part, "of": of })).collect::<Vec<_>>(),
                "now": { "part": trend.now.0, "of": trend.now.1 },
                "before": { "part": trend.before.0, "of": trend.before.1 },
                "change_bp": trend.change_bp, "slope_bp": trend.slope_bp,
                "turn": trend.turn.map(|(since, bp)| json!({ "since": health::month(since), "bp": bp })),
                "fell": trend.fell, "slow": trend.slow,
            })
        })
        .collect();
    let notes: Vec<Value> = team
        .notes
        .iter()
        .map(|note| {
            json!({
                "quarter": health::quarter(note.quarter), "by": note.by, "at": report.zone.rfc3339(note.at), "words": note.words,
            })
        })
        .collect();
    json!({
        "team": team.team, "name": team.name, "metric": team.main,
        "done": team.result.part, "target": team.result.of, "attained_bp": team.attained_bp(), "done_by_month": team.done,
        "leading": lines, "hides": team.hides, "notes": notes,
    })
}

/// The page, a line a thing.
pub fn lines(words: &Words, report: &HealthReport) -> Vec<String> {
    let say = |key| words.say(Text(key));
    let mut lines = vec![format!(
        "{} · {} · {} – {}",
        say("health.title"),
        health::quarter(report.days.0),
        report.days.0,
        report.days.1
    )];
    for team in &report.teams {
        lines.push(format!("{}  {}", pad(&team.name, 22), health::result(team)));
        if team.hides {
            lines.push(format!("  ! {}", say("health.hides")));
        }
        for line in &team.lines {
            let trend = &line.trend;
            lines.push(
                format!(
                    "  {}  {:>9}  {:>8} {}  {:>8} {}  {}",
                    pad(words.name("leading", line.kind.word()), 22),
                    health::value(line.kind, trend.now),
                    health::moved(trend.change_bp),
                    say("health.change"),
                    health::moved(trend.slope_bp),
                    say("health.slope"),
                    health::flag(words, trend)
                )
                .trim_end()
                .to_owned(),
            );
        }
        lines.extend(notes(report, team).into_iter().map(|note| format!("  {note}")));
    }
    lines
}

fn notes(report: &HealthReport, team: &TeamHealth) -> Vec<String> {
    let note = |note: &crate::store::query::health::HealthNote| {
        let day = report.zone.day(note.at);
        format!("{} · {day} {}: {}", health::quarter(note.quarter), note.by, note.words)
    };
    team.notes.iter().map(note).collect()
}

/// The page as it is written out: a table a team, twelve months of each, and the notes.
pub fn paper(words: &Words, report: &HealthReport) -> Paper {
    let say = |key| words.say(Text(key)).to_owned();
    let mut parts = Vec::new();
    for team in &report.teams {
        let months = report.months.iter().map(|month| health::month(*month));
        let told = [say("health.quarter"), say("health.change"), say("health.slope"), say("health.look")];
        let head = [String::new()].into_iter().chain(months).chain(told).collect();
        let attained = team.attained_bp().map_or_else(|| "–".to_owned(), format::percent);
        let looks = if team.hides { say("health.hides") } else { health::result(team) };
        let done = team.done.iter().map(|value| amount(team.main.unit(), &team.currency, *value));
        let first = words.name("metric", team.main.as_str()).to_owned();
        let mut rows =
            vec![row([first].into_iter().chain(done).chain([attained, String::new(), String::new(), looks]))];
        for line in &team.lines {
            let trend = &line.trend;
            let name = words.name("leading", line.kind.word()).to_owned();
            let months = line.months.iter().map(|month| health::value(line.kind, *month));
            rows.push(row([name].into_iter().chain(months).chain([
                health::value(line.kind, trend.now),
                health::moved(trend.change_bp),
                health::moved(trend.slope_bp),
                health::flag(words, trend),
            ])));
        }
        parts.push(Part::Table(Table { name: team.name.clone(), head, rows }));
        let notes = notes(report, team);
        if !notes.is_empty() {
            parts.push(Part::Lines(say("health.notes"), notes));
        }
    }
    Paper {
        title: format!("{} · {}", say("health.title"), health::quarter(report.days.0)),
        about: vec![format!("{} – {}", report.days.0, report.days.1)],
        parts,
    }
}

fn row(cells: impl Iterator<Item = String>) -> Vec<Cell> {
    cells.map(Cell::Text).collect()
}
