//! What a frame costs, against the same text drawn by ratatui's own widgets.
//!
//! ```sh
//! cargo bench --bench frame
//! ```
//!
//! The product's frame is everything from the key to the bytes: the update, the drawing, the comparison with what is on screen. The
//! bare frame draws the same rows, worded beforehand, with `Table` and `Paragraph` and ratatui's own backend. Both write to
//! memory. Criterion times each by itself; the ratios come from frames drawn in turn, and a line of JSON each goes to
//! `target/perf/frame.jsonl`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement that goes wrong says so and ends"
)]

mod bare;
mod desk;

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::Criterion;
use serde_json::json;

use bare::Bare;
use desk::Desk;

/// Pairs of frames.
const PAIRS: usize = 2_000;
/// Rows of a short list and of a long one.
const SHORT: usize = 50;
const LONG: usize = 500_000;

fn main() {
    let mut day = Desk::day();
    let mut bare = Bare::beside(&day);
    let (mut short, mut long) = (Desk::customers(SHORT), Desk::customers(LONG));
    // what cargo adds to a bench's words is criterion's
    let mut criterion = Criterion::default()
        .sample_size(60)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    criterion.bench_function("bare: a move of the selection", |b| b.iter(|| black_box(bare.step())));
    criterion.bench_function("day: a move of the selection", |b| b.iter(|| black_box(day.step())));
    criterion.bench_function("day: nothing changed", |b| b.iter(|| black_box(day.still())));
    criterion.bench_function("list of 50: a move", |b| b.iter(|| black_box(short.step())));
    criterion.bench_function("list of 500,000: a move", |b| b.iter(|| black_box(long.step())));
    criterion.final_summary();

    let moves = in_turn(|| bare.step(), || day.step());
    told("frame, the selection moves", moves, "≤ 1.5 ×", 1.5);
    let still = in_turn(|| bare.still(), || day.still());
    told("frame, nothing changed", still, "≤ 1.5 ×", 1.5);
    let lists = in_turn(|| short.step(), || long.step());
    told("frame of a list of 500,000 rows to one of 50", lists, "≤ 1.2 ×", 1.2);
    let bytes = |step: &mut dyn FnMut() -> usize| {
        let sent: usize = (0..20).map(|_| step()).sum();
        sent as f64 / 20.0
    };
    let both = (bytes(&mut || bare.step()), bytes(&mut || day.step()));
    line("bytes of a frame in which the selection moves", "B", both, ("≤ 2 ×", 2.0));
}

/// Medians of two jobs done in turn, microseconds.
fn in_turn(mut floor: impl FnMut() -> usize, mut product: impl FnMut() -> usize) -> (f64, f64) {
    let mut times = (Vec::new(), Vec::new());
    for pair in 0..PAIRS + 50 {
        let begun = Instant::now();
        black_box(floor());
        let first = begun.elapsed();
        black_box(product());
        let second = begun.elapsed().saturating_sub(first);
        if pair >= 50 {
            times.0.push(first);
            times.1.push(second);
        }
    }
    let middle = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_nanos() as f64 / 1_000.0
    };
    (middle(times.0), middle(times.1))
}

fn told(name: &str, both: (f64, f64), target: &str, most: f64) {
    line(name, "us", both, (target, most));
}

fn line(name: &str, unit: &str, (floor, product): (f64, f64), (target, most): (&str, f64)) {
    let ratio = product / floor;
    println!("{name:48} bare {floor:>8.1} {unit}  ours {product:>8.1} {unit}  ratio {ratio:.2}  {target}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/perf");
    fs::create_dir_all(&folder).unwrap();
    let mut file = File::options().create(true).append(true).open(folder.join("frame.jsonl")).unwrap();
    let line = json!({
        "bench": "frame", "name": name, "unit": unit, "floor": floor, "product": product, "ratio": ratio,
        "target": target, "met": ratio <= most,
    });
    writeln!(file, "{line}").unwrap();
}
