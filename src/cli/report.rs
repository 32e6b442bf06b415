//! `corral report`: reports that write themselves, funnels, what the program is worth, how teams are doing.

mod health;
mod paper;
mod shape;

use serde_json::json;

use crate::cli::args::report::{Report, When, Which};
use crate::cli::draft::Draft;
use crate::cli::output::{self, Failure};
use crate::cli::people::{team_named, whose};
use crate::cli::session::{Local, strange};
use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::id::CustomerId;
use crate::domain::lists::{AuditKind, Period};
use crate::domain::report::Lines;
use crate::domain::span::Span;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::runtime::reports;
use crate::store::Db;
use crate::store::change::people::TargetOf;
use crate::store::change::report::{CommentTask, ReportOf};
use crate::store::change::{About, Change, Note, ReportChange};
use crate::store::query::report::{
    FunnelAsk, FunnelRowsAsk, FunnelSheet, ReportCard, TeamReport, ValueKind, ValueReport,
};
use crate::store::query::{Answer, Query, ReportAnswer, ReportAsk, Viewer};

/// `corral report`.
pub fn run(local: &mut Local, wanted: &Report) -> Result<(), Failure> {
    match wanted {
        Report::Show(which) => {
            noticed(local)?;
            show(local, which)
        }
        Report::Write { which, why, best, help_needed } => {
            let lines = Lines { why: why.clone(), best: best.clone(), help: help_needed.clone() };
            let of = of(local, which)?;
            make(local, ReportChange::HandIn { of, lines })?;
            show(local, which)
        }
        Report::Comment { words, which, tasks } => {
            noticed(local)?;
            let of = of(local, which)?;
            let tasks = tasks.iter().map(|text| task(text)).collect::<Result<_, _>>()?;
            make(local, ReportChange::Comment { of, words: words.clone(), tasks })?;
            show(local, which)
        }
        Report::Export { which, format, to } => {
            noticed(local)?;
            export(local, which, (format.as_deref(), to.as_deref()))
        }
        Report::Due { team, when } => {
            noticed(local)?;
            let team = match team {
                Some(name) => Some(team_named(local, name)?.id),
                None => None,
            };
            let report = team_report(local, team, *when)?;
            output::answer(local.json, &shape::team(&report), || shape::team_lines(&local.words, &report))
        }
        Report::Close => {
            let kept = noticed(local)?;
            output::answer(local.json, &json!({ "kept": kept }), || vec![format!("{kept} reports kept")])
        }
        Report::Funnel { whose: name, pipeline, days, stage, cell, limit } => {
            let ask = FunnelAsk {
                by: viewer(local)?,
                whose: name.as_ref().map(|name| whose(local, name)).transpose()?,
                pipeline: pipeline.as_deref().map(PipelineCode::from),
                span: days.span()?,
            };
            match stage {
                None => {
                    let sheet = funnel(local, ask)?;
                    output::answer(local.json, &shape::funnel(&sheet), || {
                        shape::funnel_lines(&local.words, &sheet)
                    })
                }
                Some(stage) => {
                    let stage = StageCode::from(stage.as_str());
                    let ask = FunnelRowsAsk { funnel: ask, stage, cell: *cell, after: None, limit: *limit };
                    let answer = local.ask(&Query::Report(ReportAsk::FunnelRows(ask)))?;
                    let Answer::Report(ReportAnswer::FunnelRows(rows)) = answer else {
                        return Err(strange());
                    };
                    output::answer(local.json, &shape::funnel_rows(&rows), || shape::funnel_row_lines(&rows))
                }
            }
        }
        Report::Value { rows: Some(line), limit } => {
            let line = ValueKind::parse(line).ok_or_else(strange)?;
            let by = viewer(local)?;
            let ask = ReportAsk::ValueRows { line, by, after: None, limit: *limit };
            let Answer::Report(ReportAnswer::ValueRows(rows)) = local.ask(&Query::Report(ask))? else {
                return Err(strange());
            };
            output::answer(local.json, &shape::value_rows(&rows), || shape::value_row_lines(&rows))
        }
        Report::Health { team, back, format, to } => {
            team_health(local, (team.as_deref(), *back), (format.as_deref(), to.as_deref()))
        }
        Report::Reflect { words, team, back } => {
            let team_id = team_named(local, team)?.id;
            let by = local.keeper()?;
            let today = local.me_of(by)?.playbook.zone.day(local.now());
            let quarter = Span::Of(Period::Quarter, back.saturating_add(1)).days(today).0;
            make(local, ReportChange::NoteHealth { team: team_id, quarter, words: words.clone() })?;
            team_health(local, (Some(team), *back), (None, None))
        }
        Report::Value { rows: None, .. } => {
            let report = value(local)?;
            output::answer(local.json, &shape::value(&report), || shape::value_lines(&local.words, &report))
        }
    }
}

/// How teams are doing: printed, or written out.
fn team_health(
    local: &mut Local,
    (team, back): (Option<&str>, u16),
    (format, to): (Option<&str>, Option<&std::path::Path>),
) -> Result<(), Failure> {
    let wanted = match team {
        Some(name) => Some(team_named(local, name)?.id),
        None => None,
    };
    let by = viewer(local)?;
    let Answer::Report(ReportAnswer::Health(mut report)) =
        local.ask(&Query::Report(ReportAsk::Health { back, by }))?
    else {
        return Err(strange());
    };
    report.teams.retain(|team| wanted.is_none_or(|wanted| team.team == wanted));
    if format.is_none() && to.is_none() {
        return output::answer(local.json, &health::shape(&report), || health::lines(&local.words, &report));
    }
    let paper = health::paper(&local.words, &report);
    write_out(local, &paper, (format, to), &format!("health {back}"))
}

/// Who looks: whoever is named, else the person at the file.
fn viewer(local: &mut Local) -> Result<Viewer, Failure> {
    Ok(Viewer { id: local.keeper()?, now: local.now() })
}

/// Keeps what is due: whoever looks notices. Answers with how many were kept.
fn noticed(local: &mut Local) -> Result<usize, Failure> {
    let now = local.now();
    // two closures cannot both have it: what is due is told and made by turns
    let turns = std::cell::RefCell::new(local);
    reports::due(
        || {
            let ask = Query::Report(ReportAsk::Due { now, limit: reports::AT_ONCE });
            match turns.borrow_mut().ask(&ask)? {
                Answer::Report(ReportAnswer::Due(due)) => Ok(due),
                _ => Err(strange()),
            }
        },
        |change, _| turns.borrow_mut().make(Db::SYSTEM, change).map(drop),
    )
}

/// The playbook of whoever looks: it has the names of stages.
fn playbook(local: &mut Local) -> Result<std::sync::Arc<Playbook>, Failure> {
    let by = local.keeper()?;
    Ok(local.me_of(by)?.playbook)
}

/// Whose: a sign-in name, a team's name, or whoever acts.
fn scope(local: &mut Local, which: &Which) -> Result<TargetOf, Failure> {
    match &which.whose {
        Some(name) => whose(local, name),
        None => Ok(TargetOf::User(local.actor()?.id)),
    }
}

fn card(local: &mut Local, which: &Which) -> Result<ReportCard, Failure> {
    let whose = scope(local, which)?;
    let When { period, back } = which.when;
    let by = viewer(local)?;
    match local.ask(&Query::Report(ReportAsk::One { whose, period, back, by }))? {
        Answer::Report(ReportAnswer::One(card)) => Ok(*card),
        _ => Err(strange()),
    }
}

fn team_report(
    local: &mut Local,
    team: Option<crate::domain::id::TeamId>,
    When { period, back }: When,
) -> Result<TeamReport, Failure> {
    let by = viewer(local)?;
    match local.ask(&Query::Report(ReportAsk::Team { team, period, back, by }))? {
        Answer::Report(ReportAnswer::Team(report)) => Ok(*report),
        _ => Err(strange()),
    }
}

fn funnel(local: &mut Local, ask: FunnelAsk) -> Result<FunnelSheet, Failure> {
    match local.ask(&Query::Report(ReportAsk::Funnel(ask)))? {
        Answer::Report(ReportAnswer::Funnel(sheet)) => Ok(*sheet),
        _ => Err(strange()),
    }
}

fn value(local: &mut Local) -> Result<ValueReport, Failure> {
    let by = viewer(local)?;
    match local.ask(&Query::Report(ReportAsk::Value { by }))? {
        Answer::Report(ReportAnswer::Value(report)) => Ok(*report),
        _ => Err(strange()),
    }
}

fn show(local: &mut Local, which: &Which) -> Result<(), Failure> {
    let card = card(local, which)?;
    let book = playbook(local)?;
    output::answer(local.json, &json!({ "report": shape::card(&card) }), || {
        paper::lines(&paper::of_card(&local.words, &book, &card))
    })
}

/// The report that was meant, by its first day.
fn of(local: &mut Local, which: &Which) -> Result<ReportOf, Failure> {
    let card = card(local, which)?;
    Ok(ReportOf { whose: card.whose, period: card.period, first: card.days.0 })
}

fn make(local: &mut Local, change: ReportChange) -> Result<(), Failure> {
    let by = local.actor()?.id;
    local.make(by, Change::Report(change)).map(drop)
}

/// `CUSTOMER TIME WORDS`.
fn task(text: &str) -> Result<CommentTask, Failure> {
    let bad = || {
        Failure::usage(format!(
            "'{text}' is no task: write the customer's id, a time such as 2026-11-25T10:00:00+08:00 and what is to be done"
        ))
    };
    let mut parts = text.trim().splitn(3, ' ');
    let (Some(customer), Some(at), Some(words)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    let customer: CustomerId = customer.parse().map_err(|_| bad())?;
    let due_at: Timestamp = at.parse().map_err(|_| bad())?;
    Ok(CommentTask { customer, due_at, words: words.trim().to_owned() })
}

/// Writes a report out. A team's has its people's with it.
fn export(
    local: &mut Local,
    which: &Which,
    (format, to): (Option<&str>, Option<&std::path::Path>),
) -> Result<(), Failure> {
    let scope = scope(local, which)?;
    let book = playbook(local)?;
    let paper = match scope {
        TargetOf::User(_) => {
            let card = card(local, which)?;
            paper::of_card(&local.words, &book, &card)
        }
        TargetOf::Team(team) => {
            let report = team_report(local, Some(team), which.when)?;
            paper::of_team(&local.words, &book, &report)
        }
    };
    let named = which.whose.as_deref().unwrap_or("own");
    write_out(local, &paper, (format, to), &format!("{named} {} {}", which.when.period, which.when.back))
}

/// Writes a paper to a file or to standard output; no file has its name that is not on record.
fn write_out(
    local: &mut Local,
    paper: &paper::Paper,
    (format, to): (Option<&str>, Option<&std::path::Path>),
    named: &str,
) -> Result<(), Failure> {
    let ending = to.and_then(|to| to.extension()).map(|ending| ending.to_string_lossy().to_lowercase());
    let format = match (format, ending.as_deref()) {
        (Some(format), _) => format,
        (None, Some("html" | "htm")) => "html",
        (None, Some("xlsx")) => "xlsx",
        (None, Some("csv")) => "csv",
        _ => "md",
    };
    let Some(to) = to else {
        if format == "xlsx" || local.json {
            return Err(Failure::usage("a workbook, and an answer in JSON, need a file: give --to FILE"));
        }
        note(local, named, "to standard output")?;
        return output::text(&String::from_utf8_lossy(&bytes(paper, format)?));
    };
    let draft = Draft::beside(to);
    std::io::Write::write_all(&mut draft.create()?, &bytes(paper, format)?)?;
    note(local, named, &format!("file: {}", to.display()))?;
    draft.publish()?;
    let shape = json!({ "file": to.display().to_string(), "format": format });
    output::answer(local.json, &shape, || vec![format!("{} in {}", paper.title, to.display())])
}

fn bytes(paper: &paper::Paper, format: &str) -> Result<Vec<u8>, Failure> {
    Ok(match format {
        "html" => paper::html::write(paper).into_bytes(),
        "xlsx" => paper::sheet::workbook(paper)?,
        "csv" => paper::sheet::csv(paper)?,
        _ => paper::markdown::write(paper).into_bytes(),
    })
}

/// Notes in the audit trail what is taken out.
fn note(local: &mut Local, named: &str, what: &str) -> Result<(), Failure> {
    let by = local.keeper()?;
    let told = format!("{what}\nreport: {named}");
    local.note(by, Note::new(AuditKind::Exported, About::thing("records", "report")).changed("", told))
}
