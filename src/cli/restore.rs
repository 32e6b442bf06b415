//! `corral import customers`, `deals`, `touches`, `tasks`, `orders`, `usage`: records that come in under their columns' names.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::args::RecordsFile;
use crate::cli::export::unguarded;
use crate::cli::output::{self, Failure};
use crate::cli::progress::Progress;
use crate::cli::session::Local;
use crate::domain::id::UserId;
use crate::domain::lists::Records;
use crate::domain::phone::{Region, parse_cell};
use crate::intake::Reject;
use crate::intake::rejects::Rejects;
use crate::intake::table::{Format, Table};
use crate::store::change::customer::{Fate, RestoreChunk, RestoreRow, RowFate};
use crate::store::change::{Change, CustomerChange};
use crate::store::query::export::{Cell, columns};

/// Rows of a part: half of what the store takes, since a customer's rows stay together.
const PART: usize = 250;
/// The breath between two parts: whoever waits for the write lock gets it.
const BREATH: Duration = Duration::from_millis(5);

/// How a customer may be named where a row has no id: the column, and what the store knows it as.
const WAYS: [&str; 3] = ["phone", "wechat", "external_id"];

/// Where each of the columns wanted stands in a file, and where a customer is named by something else.
struct Heads {
    places: Vec<Option<usize>>,
    ways: Vec<(&'static str, usize)>,
}

impl Heads {
    fn of(records: Records, headers: &[String]) -> Self {
        let at = |name: &str| headers.iter().position(|header| header.trim().eq_ignore_ascii_case(name));
        let places = columns(records).iter().map(|column| at(column.name)).collect();
        let ways = WAYS.into_iter().filter_map(|way| Some((way, at(way)?))).collect();
        Self { places, ways }
    }

    /// What is missing for a row to say anything.
    fn missing(&self, records: Records) -> Option<String> {
        let has = |name: &str| {
            columns(records)
                .iter()
                .zip(&self.places)
                .any(|(column, place)| column.name == name && place.is_some())
        };
        let named = has("customer") || !self.ways.is_empty();
        let needed: &[&str] = match records {
            Records::Touches => &["user", "at", "outcome"],
            Records::Usage => &["at"],
            Records::Customers => &["kind", "customer_name", "playbook"],
            Records::Deals => &["deal", "pipeline", "state"],
            Records::Tasks => &["task", "key", "lane", "state"],
            Records::Orders => &["order", "deal", "product", "price"],
        };
        let lacks = needed.iter().find(|name| !has(name)).copied();
        lacks.or_else(|| (!named).then_some("customer")).map(|name| {
            format!(
                "the file has no column '{name}'; 'corral export {records}' shows the columns of {records}"
            )
        })
    }

    /// The cells in the export's order.
    fn cells(&self, records: Records, row: &[String], plain: bool, region: &Region) -> Vec<String> {
        let cell = |place: usize| {
            let text = row.get(place).map_or("", String::as_str);
            if plain { text } else { unguarded(text) }
        };
        columns(records)
            .iter()
            .zip(&self.places)
            .map(|(column, place)| {
                let text = place.map_or("", &cell);
                if column.name == "customer" && text.is_empty() {
                    return self
                        .ways
                        .iter()
                        .find_map(|(way, place)| known_by(way, cell(*place), region))
                        .unwrap_or_default();
                }
                match column.cell {
                    // a workbook writes a whole number as it likes
                    Cell::Number => text.strip_suffix(".0").unwrap_or(text).to_owned(),
                    _ => text.to_owned(),
                }
            })
            .collect()
    }
}

/// `phone:+86…` where a row names its customer by a number.
fn known_by(way: &str, text: &str, region: &Region) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if way != "phone" {
        return Some(format!(
            "{way}:{}",
            if way == "wechat" { text.to_lowercase() } else { text.to_owned() }
        ));
    }
    let number = parse_cell(text, region).into_iter().find_map(Result::ok);
    Some(number.map_or_else(|| format!("phone:{text}"), |phone| format!("phone:{}", phone.e164)))
}

/// Brings records in from a file, or from standard input a JSON object a line.
pub fn restore(local: &mut Local, records: Records, wanted: &RecordsFile) -> Result<(), Failure> {
    let by = local.keeper()?;
    let region = region(local)?;
    if wanted.file.as_os_str() == "-" {
        return lines(local, records, by, &region);
    }
    let table = Table::open(&wanted.file, wanted.sheet.as_deref())?;
    let heads = Heads::of(records, &table.headers);
    if let Some(missing) = heads.missing(records) {
        return Err(Failure::failed("missing_column", missing));
    }
    let mut total = 0;
    for row in Table::open(&wanted.file, wanted.sheet.as_deref())? {
        let _ = row?;
        total += 1;
    }
    let plain = !matches!(table.format, Format::Csv { .. });
    let mut run = Run {
        records,
        by,
        rejects: Rejects::new(&wanted.file, wanted.rejects.as_deref(), &table.headers)?,
        part: Vec::new(),
        cells: BTreeMap::new(),
        counts: Counts::default(),
    };
    let mut progress = Progress::new(total);
    for row in table {
        run.counts.rows += 1;
        match row? {
            Err(reject) => run.reject(&reject)?,
            Ok(row) => {
                let cells = heads.cells(records, &row.cells, plain, &region);
                let same = run
                    .part
                    .last()
                    .is_some_and(|last| records == Records::Customers && last.cells.first() == cells.first());
                if run.part.len() >= PART && !same {
                    run.send(local)?;
                    progress.at(run.counts.rows);
                    thread::sleep(BREATH);
                }
                run.cells.insert(row.number, row.cells);
                run.part.push(RestoreRow { row: row.number, cells });
            }
        }
    }
    run.send(local)?;
    progress.end();
    let counts = run.counts;
    let file = run.rejects.finish()?.map(|(path, _)| path.display().to_string());
    let shape = json!({
        "records": records, "rows": counts.rows, "created": counts.created, "duplicates": counts.duplicates,
        "rejected": counts.rejected, "rejects_file": file,
    });
    output::answer(local.json, &shape, || {
        let mut lines = vec![format!(
            "{} rows: {} created, {} duplicates, {} rejected",
            counts.rows, counts.created, counts.duplicates, counts.rejected
        )];
        lines.extend(file.map(|path| format!("  rejected rows with their reasons: {path}")));
        lines
    })
}

#[derive(Debug, Default)]
struct Counts {
    rows: u64,
    created: u64,
    duplicates: u64,
    rejected: u64,
}

struct Run {
    records: Records,
    by: UserId,
    rejects: Rejects,
    part: Vec<RestoreRow>,
    cells: BTreeMap<u64, Vec<String>>,
    counts: Counts,
}

impl Run {
    fn send(&mut self, local: &mut Local) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.part);
        if rows.is_empty() {
            return Ok(());
        }
        for fate in sent(local, self.by, RestoreChunk { records: self.records, rows })? {
            match fate.fate {
                Fate::Rejected { reason } => {
                    let cells = self.cells.remove(&fate.row).unwrap_or_default();
                    self.reject(&Reject { row: fate.row, reason, cells })?;
                }
                Fate::Duplicate { .. } => self.counts.duplicates += 1,
                _ => self.counts.created += 1,
            }
        }
        self.cells.clear();
        Ok(())
    }

    fn reject(&mut self, reject: &Reject) -> Result<(), Failure> {
        self.counts.rejected += 1;
        Ok(self.rejects.write(reject)?)
    }
}

fn sent(local: &mut Local, by: UserId, chunk: RestoreChunk) -> Result<Vec<RowFate>, Failure> {
    let commit = local.make(by, Change::Customer(CustomerChange::Restore(Box::new(chunk))))?;
    Ok(commit.effects.rows)
}

/// One JSON object a line, answered by one a line.
fn lines(local: &mut Local, records: Records, by: UserId, region: &Region) -> Result<(), Failure> {
    for (number, line) in (1..).zip(io::stdin().lock().lines()) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer =
            one(local, (records, by), (number, &line), region).unwrap_or_else(|failure| failure.to_json());
        let mut out = io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn one(
    local: &mut Local,
    (records, by): (Records, UserId),
    (row, line): (u64, &str),
    region: &Region,
) -> Result<Value, Failure> {
    let object: BTreeMap<String, Value> = serde_json::from_str(line)
        .map_err(|error| Failure::usage(format!("the line is not a JSON object: {error}")))?;
    let (headers, cells): (Vec<String>, Vec<String>) =
        object.into_iter().map(|(name, value)| (name, text(&value))).unzip();
    let heads = Heads::of(records, &headers);
    if let Some(missing) = heads.missing(records) {
        return Err(Failure::usage(missing.replace("the file has no column", "the line lacks")));
    }
    let unknown = headers.iter().find(|name| {
        !WAYS.contains(&name.as_str()) && !columns(records).iter().any(|c| c.name.eq_ignore_ascii_case(name))
    });
    if let Some(unknown) = unknown {
        return Err(Failure::usage(format!("'{unknown}' is no column of {records}")));
    }
    let cells = heads.cells(records, &cells, true, region);
    let fates = sent(local, by, RestoreChunk { records, rows: vec![RestoreRow { row, cells }] })?;
    Ok(match fates.into_iter().next().map(|fate| fate.fate) {
        Some(Fate::Rejected { reason }) => return Err(Failure::failed("rejected", reason)),
        Some(Fate::Duplicate { customer, by, .. }) => {
            json!({ "fate": "duplicate", "customer": customer, "by": by })
        }
        Some(Fate::Created(customer)) => json!({ "fate": "created", "customer": customer }),
        _ => json!({ "fate": "nothing" }),
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The region of numbers without a country code: that of the playbook in force.
fn region(local: &mut Local) -> Result<Region, Failure> {
    use crate::store::query::{Answer, Query};
    let Answer::Playbooks(versions) = local.ask(&Query::Playbooks)? else {
        return Err(crate::cli::session::strange());
    };
    let code = versions.first().map_or("CN", |version| version.playbook.region.as_str());
    Region::new(code).map_err(|e| Failure::failed("bad_region", e.to_string()))
}
