//! What a load came to: rates, times by kind of change, shares, the log, what was lost, the check.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use corral::store::verify;
use serde::Serialize;
use serde_json::json;

use crate::args::{Args, Way};
use crate::crew::Run;
use crate::error::print;
use crate::figures::{Figures, median, share};

/// What a load came to.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What the load was: `steady`, `burst` or `import`, with its reps.
    pub load: String,
    /// Processes.
    pub reps: usize,
    /// Milliseconds between two things a rep does.
    pub think_ms: u64,
    /// Seconds of each run.
    pub seconds: u64,
    /// Every run, in the order they were made.
    pub runs: Vec<Line>,
    /// The median over the runs of each way.
    pub ways: Vec<Line>,
    /// The check when all was over.
    pub verify: Option<Verify>,
}

/// One run, or the median of those of one way.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// `store`, `plain` or `bare`.
    pub way: &'static str,
    /// Changes acknowledged.
    pub made: usize,
    /// Changes acknowledged a second.
    pub rate: f64,
    /// Times of all changes, milliseconds.
    pub all: Figures,
    /// Times by kind of change, milliseconds.
    pub kinds: BTreeMap<String, Figures>,
    /// Changes refused by a rule: no fault of the store's.
    pub refused: usize,
    /// What went wrong, and how often.
    pub errors: BTreeMap<String, usize>,
    /// Acknowledged changes that the journal does not know.
    pub lost: usize,
    /// What the rep who got least done got done.
    pub least: u64,
    /// What the rep in the middle got done.
    pub middle: u64,
    /// The log's largest size, bytes.
    pub log_peak: u64,
    /// What the import beside the reps said, and its seconds.
    pub import: Option<(String, f64)>,
}

/// The check.
#[derive(Debug, Serialize)]
pub struct Verify {
    /// Whether nothing differs.
    pub ok: bool,
    /// Rows compared.
    pub rows: u64,
    /// The first differences.
    pub differences: Vec<verify::Difference>,
}

impl Report {
    /// Sums the runs up.
    pub fn new(args: &Args, runs: &[Run], check: Option<verify::Report>) -> Self {
        let imports = args.import.is_some() || args.import_rows.is_some();
        let kind = match (imports, args.burst) {
            (true, _) => "import",
            (_, true) => "burst",
            _ => "steady",
        };
        let runs: Vec<Line> = runs.iter().map(|run| Line::of(run, args.seconds)).collect();
        let ways = args.ways().into_iter().filter_map(|way| middle(&runs, way)).collect();
        let verify = check.map(|report| Verify {
            ok: report.ok,
            rows: report.checked.values().sum(),
            differences: report.differences.into_iter().take(20).collect(),
        });
        Self {
            load: format!("{kind} {}", args.reps),
            reps: args.reps,
            think_ms: args.think_ms,
            seconds: args.seconds,
            runs,
            ways,
            verify,
        }
    }

    /// Whether no error was shown, nothing was lost, and the check found nothing.
    pub fn is_well(&self) -> bool {
        let store = |line: &&Line| line.way == Way::Store.name();
        self.runs.iter().filter(store).all(|line| line.errors.is_empty() && line.lost == 0)
            && self.verify.as_ref().is_none_or(|verify| verify.ok)
    }

    /// Prints it.
    pub fn print(&self, json: bool) -> io::Result<()> {
        if json {
            return print(&serde_json::to_string_pretty(self)?);
        }
        print(&format!(
            "{}: {} processes, think {} ms, {} s a run",
            self.load, self.reps, self.think_ms, self.seconds
        ))?;
        for line in &self.runs {
            line.print()?;
        }
        if let (Some(store), Some(plain)) = (self.of(Way::Store), self.of(Way::Plain)) {
            let times = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
            print(&format!(
                "store to SQLite's own waiting: p50 {:.2}, p99 {:.3}, longest {:.3}",
                times(store.all.p50, plain.all.p50),
                times(store.all.p99, plain.all.p99),
                times(store.all.max, plain.all.max)
            ))?;
        }
        match &self.verify {
            Some(verify) if verify.ok => print(&format!("verify: {} rows, all is well", verify.rows)),
            Some(verify) => {
                for difference in &verify.differences {
                    print(&format!("verify: {difference:?}"))?;
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn of(&self, way: Way) -> Option<&Line> {
        self.ways.iter().find(|line| line.way == way.name())
    }

    /// Appends the figures that have a target, a JSON object a line.
    pub fn record(&self, into: &Path) -> io::Result<()> {
        if let Some(folder) = into.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut out = File::options().create(true).append(true).open(into)?;
        let Some(store) = self.of(Way::Store) else { return Ok(()) };
        let clean = self.is_well();
        let mut figure = |name: String, floor: Option<f64>, product: f64, target: serde_json::Value| {
            let ratio = floor.filter(|floor| *floor > 0.0).map(|floor| product / floor);
            let figure = json!({
                "name": name, "unit": "ms", "floor": floor, "product": product, "ratio": ratio, "target": target,
            });
            writeln!(out, "{figure}")
        };
        let plain = self.of(Way::Plain).map(|line| line.all.p99);
        if self.load.starts_with("import") {
            return figure(
                format!("{}: p99 of a rep's change", self.load),
                plain,
                store.all.p99,
                json!("≤ 50 ms"),
            );
        }
        let target = if self.load.starts_with("burst") { json!("≤ 0.2 ×") } else { json!("≤ 1 ×") };
        figure(format!("{}: p99 of a change", self.load), plain, store.all.p99, target)?;
        #[expect(clippy::cast_precision_loss, reason = "a load has fewer than 2⁵² changes")]
        let (least, middle, wrong) = (
            store.least as f64,
            store.middle as f64,
            store.errors.values().sum::<usize>() as f64 + store.lost as f64,
        );
        let share = json!({
            "name": format!("{}: least share of a rep to the median's", self.load), "unit": "changes",
            "floor": middle, "product": least, "ratio": if middle > 0.0 { least / middle } else { 0.0 },
            "target": "≥ 0.5 ×",
        });
        writeln!(out, "{share}")?;
        let errors = json!({
            "name": format!("{}: errors, losses, differences", self.load), "unit": "", "floor": null,
            "product": if clean { wrong } else { wrong.max(1.0) }, "ratio": null, "target": "0",
        });
        writeln!(out, "{errors}")
    }
}

impl Line {
    #[expect(clippy::cast_precision_loss, reason = "a load has fewer than 2⁵² changes")]
    fn of(run: &Run, seconds: u64) -> Self {
        // what was done after an import had ended tells nothing about it
        let until = run.import.as_ref().map_or(u64::MAX, |(_, took)| micros(*took));
        let told = || run.tales.iter().flatten().filter(|told| told.at <= until);
        let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for told in told().filter(|told| told.id.is_some()) {
            kinds.entry(told.kind.clone()).or_default().push(told.micros);
        }
        let all = Figures::of(kinds.values().flatten().copied().collect());
        let mut shares: Vec<u64> = run
            .tales
            .iter()
            .map(|tale| tale.iter().filter(|told| told.id.is_some()).count() as u64)
            .collect();
        shares.sort_unstable();
        Self {
            way: run.way.name(),
            made: all.count,
            rate: all.count as f64 / seconds.max(1) as f64,
            all,
            kinds: kinds.into_iter().map(|(kind, times)| (kind, Figures::of(times))).collect(),
            refused: told().filter(|told| told.refused.is_some()).count(),
            errors: run.errors.clone(),
            lost: run.lost,
            least: shares.first().copied().unwrap_or(0),
            middle: share(&shares, 50),
            log_peak: run.log_peak,
            import: run.import.clone(),
        }
    }

    fn print(&self) -> io::Result<()> {
        print(&format!(
            "{:5}  {:.0}/s  p50 {:.2} ms  p99 {:.2} ms  longest {:.1} ms  refused {}  least share {} of {}  log {:.1} MiB",
            self.way,
            self.rate,
            self.all.p50,
            self.all.p99,
            self.all.max,
            self.refused,
            self.least,
            self.middle,
            mebibytes(self.log_peak)
        ))?;
        for (kind, figures) in &self.kinds {
            print(&format!(
                "       {kind:20} {:7}  p50 {:.2} ms  p99 {:.2} ms  longest {:.1} ms",
                figures.count, figures.p50, figures.p99, figures.max
            ))?;
        }
        if let Some((said, took)) = &self.import {
            print(&format!("       import: {took:.1} s  {}", said.lines().collect::<Vec<_>>().join(" ")))?;
        }
        for (error, times) in &self.errors {
            print(&format!("       ERROR {times} ×  {error}"))?;
        }
        if self.lost > 0 {
            print(&format!("       LOST {} acknowledged changes", self.lost))?;
        }
        Ok(())
    }
}

/// The run of a way whose p99 is in the middle, with what went wrong in any of them.
fn middle(runs: &[Line], way: Way) -> Option<Line> {
    let of_way: Vec<&Line> = runs.iter().filter(|line| line.way == way.name()).collect();
    let p99 = median(of_way.iter().map(|line| line.all.p99).collect());
    let mut found = of_way.iter().find(|line| line.all.p99.total_cmp(&p99).is_eq()).copied()?.clone();
    found.errors = BTreeMap::new();
    for (error, times) in of_way.iter().flat_map(|line| &line.errors) {
        *found.errors.entry(error.clone()).or_default() += times;
    }
    found.lost = of_way.iter().map(|line| line.lost).sum();
    found.log_peak = of_way.iter().map(|line| line.log_peak).max().unwrap_or(0);
    Some(found)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an import takes seconds, never less than none"
)]
fn micros(seconds: f64) -> u64 {
    (seconds * 1e6) as u64
}

#[expect(clippy::cast_precision_loss, reason = "a log is far below 2⁵² bytes")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
