//! A report as it is read: a title, lines, tables and charts, before it is Markdown, a page or a workbook.

pub mod html;
pub mod markdown;
pub mod sheet;

use std::fmt::Write as _;

use crate::app::amount::amount;
use crate::domain::lists::{Metric, ReportState, Tongue, Unit};
use crate::domain::report::share::Share;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::query::report::{ReportCard, TeamReport};
use crate::text::width::{cells, pad};
use crate::text::{Lang, Text, Words};

/// What is written out.
#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// What stands under it.
    pub about: Vec<String>,
    /// The rest.
    pub parts: Vec<Part>,
}

/// A part of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A table under a heading.
    Table(Table),
    /// Lines under a heading.
    Lines(String, Vec<String>),
    /// Bars under a heading.
    Chart(Chart),
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What is in it.
    pub name: String,
    /// Its columns.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number: as it is read, and in whole units.
    Number(String, f64),
}

/// Bars side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What they are of.
    pub name: String,
    /// What stands under each, how high it is, and how that is read.
    pub bars: Vec<(String, i64, String)>,
}

impl Cell {
    /// As it is read.
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text, _) => text,
        }
    }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

#[expect(clippy::cast_precision_loss, reason = "a spreadsheet has no other numbers")]
fn number(unit: Unit, currency: &str, value: i64) -> Cell {
    let whole = match unit {
        Unit::Money => value as f64 / 100.0,
        Unit::Minutes => (value / 60) as f64,
        Unit::Rate => value as f64 / 10_000.0,
        Unit::Count => value as f64,
    };
    Cell::Number(amount(unit, currency, value), whole)
}

fn count(value: u32) -> Cell {
    number(Unit::Count, "", i64::from(value))
}

fn of_metric(card: &ReportCard, metric: Metric, value: Option<i64>) -> Cell {
    value.map_or_else(|| text(""), |value| number(metric.unit(), &card.currency, value))
}

/// `2026-11-24 20:30`.
fn at(card: &ReportCard, at: Timestamp) -> String {
    format!("{} {}", card.zone.day(at), card.zone.clock(at))
}

/// The report of a person or team.
pub fn of_card(words: &Words, book: &Playbook, card: &ReportCard) -> Paper {
    let mut paper = begin(words, card);
    paper.parts.push(Part::Table(figures(words, card)));
    paper.parts.extend(trend(words, card));
    paper.parts.extend(rest(words, book, card));
    paper
}

/// The report of a team, with a row for each of its people and what they wrote.
pub fn of_team(words: &Words, book: &Playbook, report: &TeamReport) -> Paper {
    let whole = &report.whole;
    let mut paper = begin(words, whole);
    paper.parts.push(Part::Table(people(words, report)));
    let main = whole.figures.metrics.first();
    if let Some(main) = main {
        let bars = report.people.iter().map(|card| {
            let value = card.figures.value(main.metric).unwrap_or(0);
            (card.name.clone(), value, amount(main.metric.unit(), &card.currency, value))
        });
        let name = words.name("metric", main.metric.as_str()).to_owned();
        paper.parts.push(Part::Chart(Chart { name, bars: bars.collect() }));
    }
    paper.parts.push(Part::Table(figures(words, whole)));
    paper.parts.extend(trend(words, whole));
    paper.parts.extend(rest(words, book, whole));
    for card in &report.people {
        let mut lines = added(words, card);
        lines.extend(finds(words, card));
        lines.extend(comments(words, card));
        if !lines.is_empty() {
            paper.parts.push(Part::Lines(card.name.clone(), lines));
        }
    }
    paper
}

fn begin(words: &Words, card: &ReportCard) -> Paper {
    let (first, last) = card.days;
    let days = if first == last { first.to_string() } else { format!("{first} – {last}") };
    let mut about = Vec::new();
    if card.state == ReportState::Early {
        about.push(words.fill(Text("report.opens_at"), &[("at", &at(card, card.window.opens))]));
    }
    about.extend([
        words.fill(Text("report.due_at"), &[("at", &at(card, card.window.due))]),
        words.name("report.state", card.state.as_str()).to_owned(),
    ]);
    if let Some((when, by)) = &card.handed {
        about.push(words.fill(Text("report.handed"), &[("at", &at(card, *when)), ("by", by)]));
    }
    if let Some(when) = card.kept {
        about.push(words.fill(Text("report.kept"), &[("at", &at(card, when))]));
    }
    if card.kept.is_some() && !card.has_effect() {
        about.push(words.say(Text("report.no_effect")).to_owned());
    }
    let title = format!("{} · {} · {days}", card.name, words.name("report.of", card.period.as_str()));
    Paper { title, about, parts: Vec::new() }
}

fn figures(words: &Words, card: &ReportCard) -> Table {
    let say = |key| words.say(Text(key)).to_owned();
    let rows = card.figures.metrics.iter().map(|figure| {
        let metric = figure.metric;
        vec![
            text(words.name("metric", metric.as_str())),
            of_metric(card, metric, Some(figure.value)),
            of_metric(card, metric, figure.target),
            of_metric(card, metric, figure.target.map(|target| target - figure.value)),
            of_metric(card, metric, card.since(metric)),
        ]
    });
    Table {
        name: say("report.figures"),
        head: vec![
            say("report.figure"),
            say("column.value"),
            say("column.target"),
            say("column.gap"),
            say("report.now"),
        ],
        rows: rows.collect(),
    }
}

fn trend(words: &Words, card: &ReportCard) -> Option<Part> {
    let main = card.figures.metrics.first().filter(|_| card.figures.daily.len() > 1)?;
    let days = (card.days.0.0..).map(crate::domain::time::Day);
    let bars = days.zip(&card.figures.daily).map(|(day, value)| {
        let shown = day.to_string();
        let label = shown.get(5..).unwrap_or(&shown).to_owned();
        (label, *value, amount(main.metric.unit(), &card.currency, *value))
    });
    let name = words.name("metric", main.metric.as_str()).to_owned();
    Some(Part::Chart(Chart { name, bars: bars.collect() }))
}

fn rest(words: &Words, book: &Playbook, card: &ReportCard) -> Vec<Part> {
    let say = |key| words.say(Text(key)).to_owned();
    let mut parts = vec![
        Part::Lines(say("report.work"), vec![work(words, card), promises(words, card)]),
        Part::Lines(say("report.next"), vec![next(words, card)]),
    ];
    for (head, lines) in [
        ("report.contradictions", finds(words, card)),
        ("report.stuck", stuck(words, book, card)),
        ("report.lines", added(words, card)),
        ("report.comments", comments(words, card)),
    ] {
        if !lines.is_empty() {
            parts.push(Part::Lines(say(head), lines));
        }
    }
    parts
}

fn work(words: &Words, card: &ReportCard) -> String {
    let work = card.figures.work;
    let share = Share::of(i64::from(work.on_time), i64::from(work.planned));
    words.fill(
        Text("report.work_line"),
        &[
            ("planned", &work.planned),
            ("on_time", &work.on_time),
            ("late", &work.late),
            ("skipped", &work.skipped),
            ("open", &work.open()),
            ("share", &share.shown()),
        ],
    )
}

fn promises(words: &Words, card: &ReportCard) -> String {
    let promises = card.figures.promises;
    words.fill(
        Text("report.promises_line"),
        &[("kept", &promises.kept), ("broken", &promises.broken), ("open", &promises.open)],
    )
}

fn next(words: &Words, card: &ReportCard) -> String {
    let next = card.figures.next;
    words.fill(
        Text("report.next_line"),
        &[
            ("calls", &next.calls),
            ("materials", &next.materials),
            ("coupons", &next.coupons),
            ("others", &next.others),
            ("promised", &next.promised),
        ],
    )
}

fn finds(words: &Words, card: &ReportCard) -> Vec<String> {
    let mut lines: Vec<String> = card
        .figures
        .finds
        .iter()
        .map(|find| {
            let what = words.name("report.contradicts", find.kind.as_str());
            let who = find.customer.map(|id| format!(" · {}", card.customer(id))).unwrap_or_default();
            format!("{} {what}{who}", at(card, find.at))
        })
        .collect();
    let named = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    if let Some(more) = card.figures.found.checked_sub(named).filter(|more| *more > 0) {
        lines.push(words.fill(Text("report.more"), &[("n", &more)]));
    }
    lines
}

fn stuck(words: &Words, book: &Playbook, card: &ReportCard) -> Vec<String> {
    let tongue = if words.lang() == Lang::Zh { Tongue::Zh } else { Tongue::En };
    let line = |deal: &crate::domain::report::Stuck| {
        let found = book.stage(&deal.pipeline.as_str().into(), &deal.stage.as_str().into());
        let stage = found.map_or(deal.stage.as_str(), |stage| stage.name.of(tongue));
        words.fill(
            Text("report.stuck_line"),
            &[
                ("name", &card.customer(deal.customer)),
                ("stage", &stage),
                ("days", &deal.days),
                ("most", &deal.most),
            ],
        )
    };
    card.figures.stuck.iter().map(line).collect()
}

/// The lines that were added, each with what it is.
fn added(words: &Words, card: &ReportCard) -> Vec<String> {
    let lines = &card.lines;
    [("report.why", &lines.why), ("report.best", &lines.best), ("report.help", &lines.help)]
        .into_iter()
        .filter(|(_, line)| !line.is_empty())
        .map(|(key, line)| format!("{}: {line}", words.say(Text(key))))
        .collect()
}

fn comments(words: &Words, card: &ReportCard) -> Vec<String> {
    let line = |comment: &crate::store::query::report::ReportComment| {
        let mut line = format!("{} {}: {}", at(card, comment.at), comment.by, comment.words);
        for (_, customer, done) in &comment.tasks {
            let key = if *done { Text("report.task_done") } else { Text("report.task_open") };
            let task = words.fill(key, &[("name", &card.customer(*customer))]);
            let _ = write!(line, " · {task}");
        }
        line
    };
    card.comments.iter().map(line).collect()
}

fn people(words: &Words, report: &TeamReport) -> Table {
    let say = |key| words.say(Text(key)).to_owned();
    let metrics: Vec<Metric> = report.whole.figures.metrics.iter().map(|figure| figure.metric).collect();
    let mut head = vec![say("column.name"), say("report.how")];
    head.extend(metrics.iter().map(|metric| words.name("metric", metric.as_str()).to_owned()));
    head.extend([say("report.planned"), say("report.on_time"), say("report.contradictions")]);
    let rows = report.people.iter().chain([&report.whole]).map(|card| {
        let mut row = vec![text(card.name.clone()), text(words.name("report.state", card.state.as_str()))];
        row.extend(metrics.iter().map(|metric| of_metric(card, *metric, card.figures.value(*metric))));
        row.extend([
            count(card.figures.work.planned),
            count(card.figures.work.on_time),
            count(card.figures.found),
        ]);
        row
    });
    Table { name: say("report.people"), head, rows: rows.collect() }
}

/// The paper as lines for a terminal.
pub fn lines(paper: &Paper) -> Vec<String> {
    let mut lines = vec![paper.title.clone(), paper.about.join(" · ")];
    for part in &paper.parts {
        match part {
            Part::Table(table) => {
                lines.push(String::new());
                let wide = table.head.iter().enumerate().map(|(place, head)| {
                    let of =
                        table.rows.iter().filter_map(|row| row.get(place)).map(|cell| cells(cell.shown()));
                    of.chain([cells(head)]).max().unwrap_or(0)
                });
                let wide: Vec<usize> = wide.collect();
                let row = |cells: Vec<&str>| {
                    let padded: Vec<String> =
                        cells.iter().zip(&wide).map(|(cell, wide)| pad(cell, *wide)).collect();
                    padded.join("  ").trim_end().to_owned()
                };
                lines.push(row(table.head.iter().map(String::as_str).collect()));
                lines.extend(table.rows.iter().map(|cells| row(cells.iter().map(Cell::shown).collect())));
            }
            Part::Lines(head, said) => {
                lines.push(String::new());
                lines.push(head.clone());
                lines.extend(said.iter().map(|line| format!("  {line}")));
            }
            // bars are for pages
            Part::Chart(_) => {}
        }
    }
    lines
}
