//! Figures: medians, tails, ratios, and the line of JSON of each.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

/// Times of one thing.
#[derive(Debug, Default, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that `share` of all stay below, microseconds.
    pub fn part(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = ((sorted.len() - 1) as f64 * share) as usize;
        sorted[place].as_nanos() as f64 / 1_000.0
    }
}

/// A comparison that was made.
#[derive(Debug)]
struct Line {
    what: String,
    size: u64,
    bare: f64,
    product: f64,
}

/// All comparisons of a run.
#[derive(Debug)]
pub struct Book {
    name: &'static str,
    lines: Vec<Line>,
}

/// What is compared, and what it must not cost more than, in times the bare figure.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    pub median: f64,
    pub tail: Option<f64>,
}

impl Book {
    pub fn new(name: &'static str) -> Self {
        println!(
            "{:<34} {:>6} {:>10} {:>10} {:>6} {:>5}  {:>10} {:>10} {:>6}",
            "", "pairs", "bare p50", "ours p50", "ratio", "goal", "bare p99", "ours p99", "ratio"
        );
        Self { name, lines: Vec::new() }
    }

    /// Notes a comparison.
    pub fn add(&mut self, what: &str, size: u64, (bare, product): (&Times, &Times), goal: Option<Goal>) {
        let (b50, p50, b99, p99) = (bare.part(0.5), product.part(0.5), bare.part(0.99), product.part(0.99));
        let met = goal.map(|g| p50 <= g.median * b50 && g.tail.is_none_or(|tail| p99 <= tail * b99));
        println!(
            "{what:<34} {:>6} {b50:>7.1} us {p50:>7.1} us {:>6.2} {:>5}  {b99:>7.1} us {p99:>7.1} us {:>6.2}  ({:>6.1} {:>6.1} {:>5.2}) {}",
            bare.0.len(),
            p50 / b50,
            goal.map_or(String::new(), |g| format!("{:.1}", g.median)),
            p99 / b99,
            bare.part(0.1),
            product.part(0.1),
            product.part(0.1) / bare.part(0.1),
            match met {
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "",
            }
        );
        let line = json!({
            "bench": self.name, "what": what, "customers": size, "pairs": bare.0.len(),
            "bare_p50_us": b50, "product_p50_us": p50, "ratio_p50": p50 / b50, "goal_p50": goal.map(|g| g.median),
            "bare_p99_us": b99, "product_p99_us": p99, "ratio_p99": p99 / b99, "goal_p99": goal.and_then(|g| g.tail),
            "met": met,
        });
        self.write(&line);
        self.lines.push(Line { what: what.to_owned(), size, bare: b50, product: p50 });
    }

    /// Tells how figures grew from the smallest floor to the largest.
    pub fn growth(&self) {
        for last in &self.lines {
            let Some(first) = self.lines.iter().find(|l| l.what == last.what && l.size < last.size) else {
                continue;
            };
            let (bare, product) = (last.bare / first.bare, last.product / first.product);
            println!(
                "{:<34} from {} to {} customers: bare x {bare:.2}, ours x {product:.2}, goal x 1.5",
                last.what, first.size, last.size
            );
            self.write(&json!({
                "bench": self.name, "what": format!("{}: growth", last.what), "from": first.size, "to": last.size,
                "bare_growth": bare, "product_growth": product, "goal_growth": 1.5, "met": product <= 1.5,
            }));
        }
    }

    fn write(&self, line: &serde_json::Value) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/perf");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{}.jsonl", self.name));
        let mut file = File::options().create(true).append(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
    }
}
