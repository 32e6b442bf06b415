//! `corral db copy FROM TO`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::columns;
use super::info::number;
use crate::cli::args::Copy;
use crate::cli::output::{self, Failure};
use crate::cli::progress::Progress;
use crate::cli::session::Local;
use crate::domain::clean::clean;
use crate::store::Db;
use crate::store::copy::{self, Copied, Pair, Step};
use crate::store::engine;
use crate::store::verify::{self, Report};
use crate::text::{Text, Words};

/// Digits of a hash that are shown: a person compares no more.
const SHOWN: usize = 12;

/// Copies a database, compares every table, verifies both; answers with the exit status: 1 where anything differs.
pub fn copy(local: &Local, wanted: &Copy) -> Result<u8, Failure> {
    for place in [&wanted.from, &wanted.to] {
        engine::check(place).map_err(|e| Failure::usage(e.to_string()))?;
    }
    let mut from = Db::open(&wanted.from)?;
    let mut told = Told { words: &local.words, progress: None, total: 0 };
    let copied = copy::copy(&mut from, &wanted.to, wanted.pace, &mut |step| told.hear(step));
    told.end();
    let copied = copied?;
    let begun = Instant::now();
    let mut verified = vec![(wanted.from.display().to_string(), verify::verify(&mut from)?)];
    if copied.is_same() {
        verified.push((wanted.to.display().to_string(), verify::verify(&mut Db::open(&wanted.to)?)?));
    }
    let verifying = begun.elapsed();
    let is_fine = copied.is_same() && verified.iter().all(|(_, report)| report.ok);
    let seconds = |spent: Duration| (spent.as_secs_f64() * 1_000.0).round() / 1_000.0;
    let shape = json!({
        "from": wanted.from.display().to_string(),
        "to": wanted.to.display().to_string(),
        "ok": is_fine,
        "rows": copied.rows(),
        "resumed": copied.resumed,
        "tables": copied.tables.iter().map(pair).collect::<Vec<_>>(),
        "verify": verified.iter().map(|(place, report)| json!({
            "db": place, "ok": report.ok, "differences": report.differences,
        })).collect::<Vec<_>>(),
        "seconds": {
            "rows": seconds(copied.filling), "indexes": seconds(copied.indexing),
            "compare": seconds(copied.comparing), "verify": seconds(verifying),
        },
    });
    output::answer(local.json, &shape, || lines(&local.words, &copied, &verified, verifying))?;
    Ok(u8::from(!is_fine))
}

fn pair(pair: &Pair) -> Value {
    json!({
        "table": pair.from.table, "rows": pair.from.rows, "hash": pair.from.hash, "same": pair.is_same(),
        "copy": { "rows": pair.to.rows, "hash": pair.to.hash },
    })
}

/// The comparison as a table, what it took, and what the checks say.
fn lines(words: &Words, copied: &Copied, verified: &[(String, Report)], verifying: Duration) -> Vec<String> {
    let say = |text: &'static str| words.say(Text(text)).to_owned();
    let mut rows = vec![vec![say("db.table"), say("db.rows"), say("db.content"), String::new()]];
    for pair in &copied.tables {
        let short = |hash: &str| hash.chars().take(SHOWN).collect::<String>();
        let seen = if pair.is_same() {
            say("db.same")
        } else {
            let (rows, hash) = (number(pair.to.rows), short(&pair.to.hash));
            words.fill(Text("db.differs"), &[("rows", &rows), ("hash", &hash)])
        };
        rows.push(vec![pair.from.table.clone(), number(pair.from.rows), short(&pair.from.hash), seen]);
    }
    let mut lines = columns(&rows);
    lines.push(String::new());
    let made = copied.rows().saturating_sub(copied.resumed);
    let millis = u64::try_from(copied.filling.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = number(made.saturating_mul(1_000) / millis);
    lines.push(words.fill(
        Text("db.copied"),
        &[("rows", &number(made)), ("time", &spent(copied.filling)), ("rate", &rate)],
    ));
    if copied.resumed > 0 {
        lines.push(words.fill(Text("db.resumed"), &[("rows", &number(copied.resumed))]));
    }
    lines.push(words.fill(
        Text("db.took"),
        &[
            ("indexes", &spent(copied.indexing)),
            ("compare", &spent(copied.comparing)),
            ("verify", &spent(verifying)),
        ],
    ));
    for (place, report) in verified {
        // a path may carry what steers a terminal
        let place = clean(place).into_owned();
        lines.push(if report.ok {
            words.fill(Text("db.verified"), &[("place", &place)])
        } else {
            words.fill(Text("db.unverified"), &[("place", &place), ("n", &report.differences.len())])
        });
    }
    if !copied.is_same() {
        lines.push(say("db.thrown_away"));
    }
    lines
}

/// `0.4 s`, `312.5 s`.
fn spent(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Says how far the copy is.
struct Told<'a> {
    words: &'a Words,
    progress: Option<Progress>,
    total: u64,
}

impl Told<'_> {
    fn hear(&mut self, step: Step) {
        match step {
            Step::Moved => self.note(Text("db.moved")),
            Step::Begun { total, there } => {
                self.total = total;
                if there > 0 {
                    let said = self
                        .words
                        .fill(Text("db.goes_on"), &[("there", &number(there)), ("total", &number(total))]);
                    output::note(&format!("corral: {said}"));
                }
                self.progress = Some(Progress::resumed(total, there));
            }
            Step::Indexes => {
                self.end();
                self.note(Text("db.indexes"));
            }
            Step::Copied(rows) => self.at(rows),
            Step::Compared(rows) => {
                if self.progress.is_none() {
                    self.note(Text("db.comparing"));
                    self.progress = Some(Progress::new(self.total));
                }
                self.at(rows);
            }
        }
    }

    fn at(&mut self, rows: u64) {
        if let Some(progress) = &mut self.progress {
            progress.at(rows);
        }
    }

    fn note(&self, text: Text) {
        output::note(&format!("corral: {}", self.words.say(text)));
    }

    fn end(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.end();
        }
    }
}
