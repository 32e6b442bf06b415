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
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement that goes wrong says so and ends"
)]

mod bare;
mod desk;
#[path = "../common/figures.rs"]
#[expect(dead_code, reason = "frames are compared by their medians alone")]
mod figures;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;

use bare::Bare;
use desk::Desk;
use figures::{Book, Figure, in_turn};

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

    let book = Book::new("frame");
    let moves = both(|| bare.step(), || day.step());
    line(&book, "frame, the selection moves", "us", moves, ("≤ 1.5 ×", 1.5));
    let still = both(|| bare.still(), || day.still());
    line(&book, "frame, nothing changed", "us", still, ("≤ 1.5 ×", 1.5));
    let lists = both(|| short.step(), || long.step());
    line(&book, "frame of a list of 500,000 rows to one of 50", "us", lists, ("≤ 1.2 ×", 1.2));
    let bytes = |step: &mut dyn FnMut() -> usize| {
        let sent: usize = (0..20).map(|_| step()).sum();
        sent as f64 / 20.0
    };
    let sent = (bytes(&mut || bare.step()), bytes(&mut || day.step()));
    line(&book, "bytes of a frame in which the selection moves", "B", sent, ("≤ 2 ×", 2.0));
}

/// Times two ways to draw a frame, in turn.
fn both(mut floor: impl FnMut() -> usize, mut product: impl FnMut() -> usize) -> (f64, f64) {
    let (floor, product) = in_turn((PAIRS, 50), |_| timed(&mut floor), |_| timed(&mut product));
    (floor.middle(), product.middle())
}

fn timed(draw: &mut impl FnMut() -> usize) -> Duration {
    let begun = Instant::now();
    black_box(draw());
    begun.elapsed()
}

fn line(
    book: &Book,
    name: &str,
    unit: &'static str,
    (floor, product): (f64, f64),
    (target, most): (&str, f64),
) {
    let ratio = product / floor;
    let target = (target, Some(ratio <= most));
    book.tell(&Figure { name, unit, floor: Some(floor), product, ratio: Some(ratio), target });
}
