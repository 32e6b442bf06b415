//! `corral audit`: the trail of who did what that matters, listed, written out, checked.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::args::{Audit, AuditFilter};
use crate::cli::draft::Draft;
use crate::cli::export::{for_spreadsheets, guarded_text};
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, strange, when};
use crate::cli::verify as report;
use crate::domain::clean::clean;
use crate::domain::lists::AuditKind;
use crate::domain::time::Zone;
use crate::store::change::{About, Note};
use crate::store::query::{Answer, AuditAsk, AuditPage, AuditRow, Query};
use crate::store::{verify, write};

/// Rows read at once for a file.
const WINDOW: usize = 500;

/// Runs the command; answers with the exit status.
pub fn run(local: &mut Local, wanted: &Audit) -> Result<u8, Failure> {
    match wanted {
        Audit::List(only) => list(local, only).map(|()| 0),
        Audit::Export { file, format, only } => export(local, file, format.as_deref(), only).map(|()| 0),
        Audit::Verify => {
            let found = verify::trail(local.db()?)?;
            report::tell(local, &found)
        }
    }
}

fn list(local: &mut Local, only: &AuditFilter) -> Result<(), Failure> {
    let (zone, ask) = ask(local, only)?;
    let page = page(local, ask)?;
    let limit = usize::from(only.limit);
    let next = page.rows.last().filter(|_| page.rows.len() == limit).map(|row| row.number);
    let shape = json!({
        "rows": page.rows.iter().map(|row| shape(zone, row)).collect::<Vec<_>>(),
        "next": next,
        "head": { "number": page.head.0, "seal": page.head.1 },
    });
    output::answer(local.json, &shape, || page.rows.iter().map(|row| line(zone, row)).collect())
}

fn ask(local: &mut Local, only: &AuditFilter) -> Result<(Zone, AuditAsk), Failure> {
    let by = local.keeper()?;
    let now = local.now();
    let zone = local.db()?.snapshot(|tx, books| write::zone_of(tx, books, by))?;
    let user = match &only.of {
        Some(login) => Some(local.user_named(login)?.id),
        None => None,
    };
    let between = (only.since.map(|day| zone.start(day)), only.until.map(|day| zone.start(day.plus(1))));
    let ask = AuditAsk {
        before: only.before,
        between,
        kind: only.kind,
        user,
        customer: only.customer,
        ..AuditAsk::newest(by, now, usize::from(only.limit))
    };
    Ok((zone, ask))
}

fn page(local: &mut Local, ask: AuditAsk) -> Result<AuditPage, Failure> {
    let by = ask.by;
    match local.ask(&Query::Audit(ask)) {
        Ok(Answer::Audit(page)) => Ok(page),
        Ok(_) => Err(strange()),
        Err(refused) => Err(local.refuse(by, "audit", refused)),
    }
}

/// A row as other programs read it.
fn shape(zone: Zone, row: &AuditRow) -> Value {
    let (about, name) = &row.about;
    let text = about.text();
    let (word, id) = text.split_once(' ').unwrap_or((text.as_str(), ""));
    json!({
        "number": row.number,
        "at": when(zone, row.at),
        "at_ms": row.at.0,
        "by": { "id": row.by.0, "login": row.by.1, "name": row.by.2 },
        "team": row.team.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
        "origin": row.origin,
        "machine": row.machine,
        "kind": row.kind,
        "about": { "what": word, "id": id, "name": if name.is_empty() { None } else { Some(name) } },
        "change": row.change.to_string(),
        "before": row.before,
        "after": row.after,
        "why": row.why,
        "erased": row.is_erased,
        "personal": row.personal,
        "seal": row.seal,
    })
}

/// A row in a line.
fn line(zone: Zone, row: &AuditRow) -> String {
    let (about, name) = &row.about;
    let about = if name.is_empty() { about.text() } else { format!("{} '{name}'", about.text()) };
    let mut said = format!(
        "{}  {}  {}  {} ({})  {about}",
        row.number,
        when(zone, row.at),
        row.kind,
        row.by.1,
        row.origin
    );
    let changed = match (row.before.as_str(), row.after.as_str()) {
        ("", "") => String::new(),
        ("", after) => format!(" · {after}"),
        (before, "") => format!(" · {before} → nothing"),
        (before, after) => format!(" · {before} → {after}"),
    };
    said.push_str(&changed);
    if !row.why.is_empty() {
        said.push_str(" · ");
        said.push_str(&row.why);
    }
    if row.is_erased {
        said.push_str(" · erased");
    }
    // lines of one row become one
    clean(&said).into_owned()
}

/// Columns of a CSV: those the seal covers, in its order, with names beside ids.
const COLUMNS: [&str; 18] = [
    "number",
    "at",
    "at_ms",
    "by",
    "login",
    "team",
    "team_name",
    "origin",
    "machine",
    "kind",
    "about",
    "name",
    "change",
    "before",
    "after",
    "why",
    "personal",
    "seal",
];

fn export(local: &mut Local, to: &Path, format: Option<&str>, only: &AuditFilter) -> Result<(), Failure> {
    let by_name = to.extension().is_some_and(|end| end.eq_ignore_ascii_case("jsonl"));
    let lines = format.map_or(by_name, |format| format == "jsonl");
    let (zone, mut ask) = ask(local, only)?;
    ask.limit = WINDOW;
    let first = page(local, ask.clone())?;
    let head = first.head.clone();
    let draft = Draft::beside(to);
    let mut sheet = Sheet::new(BufWriter::new(draft.create()?), lines)?;
    sheet.head(&head)?;
    let (mut rows, mut page_now) = (0_u64, first);
    loop {
        for row in &page_now.rows {
            rows += 1;
            sheet.row(zone, row)?;
        }
        let Some(last) = page_now.rows.last().filter(|_| page_now.rows.len() == WINDOW) else { break };
        ask.before = Some(last.number);
        page_now = page(local, ask.clone())?;
    }
    sheet.end()?;
    let note = Note::new(AuditKind::Exported, About::thing("records", "audit"));
    local.note(ask.by, note.changed("", format!("{rows} rows\nfile: {}", to.display())))?;
    draft.publish()?;
    let shape = json!({
        "rows": rows, "file": to.display().to_string(), "head": { "number": head.0, "seal": head.1 },
    });
    output::answer(local.json, &shape, || {
        vec![
            format!("{rows} rows of the audit trail in {}", to.display()),
            format!("head: {} {}", head.0, head.1),
        ]
    })
}

/// The file on its way: CSV, or a JSON object a line.
enum Sheet<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Lines(W),
}

impl<W: Write> Sheet<W> {
    fn new(out: W, lines: bool) -> Result<Self, Failure> {
        if lines {
            return Ok(Self::Lines(out));
        }
        let mut writer = for_spreadsheets(out)?;
        writer.write_record(COLUMNS).map_err(io::Error::from)?;
        Ok(Self::Csv(Box::new(writer)))
    }

    /// The newest row's number and seal: with them a trail that was cut off afterwards shows.
    fn head(&mut self, (number, seal): &(i64, String)) -> Result<(), Failure> {
        match self {
            Self::Lines(out) => writeln!(out, "{}", json!({ "head": { "number": number, "seal": seal } }))?,
            Self::Csv(writer) => {
                let number = number.to_string();
                let cells = COLUMNS.map(|column| match column {
                    "number" => number.as_str(),
                    "kind" => "head",
                    "seal" => seal.as_str(),
                    _ => "",
                });
                writer.write_record(cells).map_err(io::Error::from)?;
            }
        }
        Ok(())
    }

    fn row(&mut self, zone: Zone, row: &AuditRow) -> Result<(), Failure> {
        match self {
            Self::Lines(out) => writeln!(out, "{}", shape(zone, row))?,
            Self::Csv(writer) => {
                let (team, team_name) = row
                    .team
                    .as_ref()
                    .map_or_else(Default::default, |(id, name)| (id.to_string(), name.clone()));
                let cells = [
                    row.number.to_string(),
                    when(zone, row.at),
                    row.at.0.to_string(),
                    row.by.0.to_string(),
                    row.by.1.clone(),
                    team,
                    team_name,
                    row.origin.clone(),
                    row.machine.clone(),
                    row.kind.clone(),
                    row.about.0.text(),
                    row.about.1.clone(),
                    row.change.to_string(),
                    row.before.clone(),
                    row.after.clone(),
                    row.why.clone(),
                    row.personal.clone(),
                    row.seal.clone(),
                ];
                writer.write_record(cells.map(guarded_text)).map_err(io::Error::from)?;
            }
        }
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        match self {
            Self::Lines(mut out) => out.flush()?,
            Self::Csv(mut writer) => writer.flush()?,
        }
        Ok(())
    }
}
