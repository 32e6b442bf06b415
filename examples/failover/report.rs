//! What all blows came to.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use corral::store::Db;
use corral::store::verify::verify;
use serde_json::json;

use crate::Args;
use crate::book::{Book, Mark, Rows};
use crate::error::Failed;
use crate::line::Line;
use crate::told::Told;

/// A blow, and how it was got over.
#[derive(Debug, Clone, Copy)]
pub struct Blow {
    /// Changes acknowledged since the one before.
    pub acknowledged: usize,
    /// From the blow until a server was there again.
    pub ready: Duration,
    /// From then until the first change was acknowledged.
    pub first: Duration,
    /// From the blow until every writer had gone on.
    pub all: Duration,
}

impl Blow {
    /// The blow as a line.
    pub fn line(&self, number: usize, promoted: bool) -> String {
        format!(
            "{number:3}: killed after {:5} more changes; {} after {:5} ms; first change {:4} ms later; all writers at work {:5} ms \
             after the kill",
            self.acknowledged,
            if promoted { "a stand-by in its place" } else { "started again" },
            self.ready.as_millis(),
            self.first.as_millis(),
            self.all.as_millis()
        )
    }
}

/// What all blows came to.
#[derive(Debug, Default)]
pub struct Sum {
    blows: Vec<Blow>,
    acknowledged: usize,
    /// Those of them that had been done before they were sent again: their first acknowledgement was lost.
    lost: usize,
    compared: u64,
    what: &'static str,
    /// What is not as it must be.
    pub differences: Vec<String>,
}

impl Sum {
    /// Nothing yet.
    pub fn new(args: &Args) -> Self {
        let what = if args.promote { "stand-bys promoted" } else { "kills of the server" };
        Self { what, ..Self::default() }
    }

    /// Adds a blow.
    pub fn add(&mut self, blow: Blow) {
        self.blows.push(blow);
    }

    /// All blows as a line.
    pub fn line(&self, args: &Args) -> String {
        let mut first: Vec<Duration> = self.blows.iter().map(|blow| blow.first).collect();
        first.sort_unstable();
        let median = first.get(first.len() / 2).copied().unwrap_or_default();
        format!(
            "{} {} under {} writers: {} changes acknowledged, each there once; {} of them had been done when their answer was lost, and \
             were sent again; first change at the median {} ms, at most {} ms after a server was there; verify {} rows; {} differences",
            self.blows.len(),
            self.what,
            args.writers,
            self.acknowledged,
            self.lost,
            median.as_millis(),
            first.last().copied().unwrap_or_default().as_millis(),
            self.compared,
            self.differences.len()
        )
    }

    /// Appends the sum beside its target.
    pub fn record(&self, into: &Path, args: &Args) -> Result<(), Failed> {
        if let Some(folder) = into.parent() {
            fs::create_dir_all(folder)?;
        }
        let name = format!("{} {} under {} writers: differences", self.blows.len(), self.what, args.writers);
        let line = json!({
            "name": name, "unit": "", "floor": null, "product": self.differences.len(), "ratio": null, "target": "0",
        });
        let mut out = File::options().create(true).append(true).open(into)?;
        Ok(writeln!(out, "{line}")?)
    }
}

/// Compares what the writers told with the database.
pub fn compare(
    rows: &dyn Rows,
    place: &Path,
    (mark, lines): (&Mark, Vec<Line>),
    sum: &mut Sum,
) -> Result<(), Failed> {
    let told = Told::of(lines, &mut sum.differences);
    sum.acknowledged = told.made.len();
    sum.lost = told.made.values().filter(|commit| commit.replayed).count();
    for write in told.under_way() {
        sum.differences.push(format!("change {} was never answered", write.id));
    }
    told.compare(&Book::since(mark, rows)?, mark, &mut sum.differences);
    let report = verify(&mut Db::open(place)?)?;
    sum.compared = report.checked.values().sum();
    sum.differences
        .extend(report.differences.iter().take(20).map(|difference| format!("verify: {difference:?}")));
    Ok(())
}
