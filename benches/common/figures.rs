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

    /// The median, microseconds.
    pub fn middle(&self) -> f64 {
        self.part(0.5)
    }
}

/// Times two jobs in turn, first the one and then the other begins; the first `warm` pairs are not counted.
pub fn in_turn(
    (pairs, warm): (usize, usize),
    mut floor: impl FnMut(usize) -> Duration,
    mut product: impl FnMut(usize) -> Duration,
) -> (Times, Times) {
    let mut times = (Times::default(), Times::default());
    for pair in 0..pairs + warm {
        let (first, second) = if pair % 2 == 0 {
            let product = product(pair);
            (floor(pair), product)
        } else {
            let floor = floor(pair);
            (floor, product(pair))
        };
        if pair >= warm {
            times.0.add(first);
            times.1.add(second);
        }
    }
    times
}

/// A comparison that was made.
#[derive(Debug)]
struct Line {
    what: String,
    size: u64,
    bare: f64,
    product: f64,
    growth: Option<f64>,
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
    /// How much more it may cost on the largest floor than on the smallest.
    pub growth: Option<f64>,
}

/// A figure beside its floor that is no time of one thing: a rate, a difference, bytes.
#[derive(Debug)]
pub struct Figure<'a> {
    pub name: &'a str,
    pub unit: &'static str,
    pub floor: Option<f64>,
    pub product: f64,
    pub ratio: Option<f64>,
    /// What is wanted in words, and whether it is so.
    pub target: (&'a str, Option<bool>),
}

impl Book {
    pub fn new(name: &'static str) -> Self {
        Self { name, lines: Vec::new() }
    }

    /// Prints what the columns of comparisons are.
    pub fn heading() {
        println!(
            "{:<44} {:>6} {:>10} {:>10} {:>6} {:>5}  {:>10} {:>10} {:>6}",
            "", "pairs", "bare p50", "ours p50", "ratio", "goal", "bare p99", "ours p99", "ratio"
        );
    }

    /// Notes a comparison.
    pub fn add(&mut self, what: &str, size: u64, (bare, product): (&Times, &Times), goal: Option<Goal>) {
        let (b50, p50, b99, p99) = (bare.part(0.5), product.part(0.5), bare.part(0.99), product.part(0.99));
        let met = goal.map(|g| p50 <= g.median * b50 && g.tail.is_none_or(|tail| p99 <= tail * b99));
        println!(
            "{what:<44} {:>6} {b50:>7.1} us {p50:>7.1} us {:>6.2} {:>5}  {b99:>7.1} us {p99:>7.1} us {:>6.2}  ({:>6.1} {:>6.1} {:>5.2}) {}",
            bare.0.len(),
            p50 / b50,
            goal.map_or(String::new(), |g| format!("{:.1}", g.median)),
            p99 / b99,
            bare.part(0.1),
            product.part(0.1),
            product.part(0.1) / bare.part(0.1),
            word(met)
        );
        let line = json!({
            "bench": self.name, "what": what, "customers": size, "pairs": bare.0.len(),
            "bare_p50_us": b50, "product_p50_us": p50, "ratio_p50": p50 / b50, "goal_p50": goal.map(|g| g.median),
            "bare_p99_us": b99, "product_p99_us": p99, "ratio_p99": p99 / b99, "goal_p99": goal.and_then(|g| g.tail),
            "met": met,
        });
        self.write(&line);
        let growth = goal.and_then(|g| g.growth);
        self.lines.push(Line { what: what.to_owned(), size, bare: b50, product: p50, growth });
    }

    /// Notes a figure.
    pub fn tell(&self, figure: &Figure<'_>) {
        let Figure { name, unit, floor, product, ratio, target: (target, met) } = figure;
        let number = |number: &Option<f64>| number.map_or("-".to_owned(), |number| format!("{number:.2}"));
        println!(
            "{name:<60} floor {:>9} {unit}  ours {product:>9.2} {unit}  ratio {:>7}  {target} {}",
            number(floor),
            number(ratio),
            word(*met)
        );
        self.write(&json!({
            "bench": self.name, "name": name, "unit": unit, "floor": floor, "product": product, "ratio": ratio,
            "target": target, "met": met,
        }));
    }

    /// Tells how figures grew from the smallest floor to the largest.
    pub fn growth(&self) {
        for last in &self.lines {
            let Some(first) = self.lines.iter().find(|l| l.what == last.what && l.size < last.size) else {
                continue;
            };
            let (bare, product) = (last.bare / first.bare, last.product / first.product);
            println!(
                "{:<44} from {} to {} customers: bare x {bare:.2}, ours x {product:.2}, goal {}",
                last.what,
                first.size,
                last.size,
                last.growth.map_or("none".to_owned(), |goal| format!("x {goal}"))
            );
            self.write(&json!({
                "bench": self.name, "what": format!("{}: growth", last.what), "from": first.size, "to": last.size,
                "bare_growth": bare, "product_growth": product, "goal_growth": last.growth, "met": last.growth.map(|goal| product <= goal),
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

const fn word(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    }
}
