//! From the outcome key to the next record on screen, and what a move of the selection sends.

use std::time::{Duration, Instant};

use crate::Figure;
use crate::error::Failed;
use crate::figures::Figures;
use crate::place::Place;
use crate::pty::{Lines, Terminal};

/// The line of the cockpit that names the record.
const HEAD: usize = 2;
/// Digits of a number that is shown, masked perhaps.
const DIGITS: usize = 6;
/// After this long without a byte a screen is complete.
const QUIET: Duration = Duration::from_millis(80);
/// Moves of the selection.
const MOVES: usize = 15;

/// Times outcomes, the bare program's and the product's in turn.
pub fn measure(place: &Place, runs: usize) -> Result<Vec<Figure>, Failed> {
    let silent = place.silent()?.to_string();
    let (names, bare_names) = (place.names()?, place.bare_names()?);
    let mut bare = place.bare()?;
    bare.until("the bare screen", |lines| lines.have(&bare_names))?;
    let mut product = place.product(false)?;
    product.until("the day", |lines| lines.have(&names))?;
    product.settle(QUIET);
    product.press("\r")?;
    product.until("the first record", |lines| has_number(lines.line(HEAD)))?;
    product.settle(QUIET);
    let (mut floor, mut own) = (Vec::new(), Vec::new());
    for run in 1..=runs {
        let title = format!("READY {run}");
        let pressed = bare.press("o")?;
        let at = bare.until("the next day", |lines| lines.line(0).starts_with(&title))?;
        floor.push(micros(pressed, at));
        bare.settle(QUIET);
        own.push(one(&mut product, &silent)?);
    }
    bare.end("q")?;
    product.end("\x1b\x1bq")?;
    let (floor, own) = (Figures::of(floor), Figures::of(own));
    Ok(vec![
        Figure::beside("outcome key to next record painted, p50", "ms", (floor.p50, own.p50), "≤ 2 ×"),
        Figure::beside("outcome key to next record painted, p99", "ms", (floor.p99, own.p99), "-"),
    ])
}

/// Says how the started record ended, waits for the next one, starts it.
fn one(product: &mut Terminal, key: &str) -> Result<u64, Failed> {
    let before = name(&product.lines());
    let pressed = product.press(key)?;
    let at = product.until("the next record", |lines| {
        let now = name(lines);
        !now.is_empty() && now != before && has_number(lines.line(HEAD))
    })?;
    product.settle(QUIET);
    let waiting = product.lines().line(HEAD).to_owned();
    product.press("\r")?;
    product.until("its start", |lines| lines.line(HEAD) != waiting)?;
    product.settle(QUIET);
    Ok(micros(pressed, at))
}

fn name(lines: &Lines) -> String {
    lines.line(HEAD).split_whitespace().next().unwrap_or_default().to_owned()
}

fn has_number(line: &str) -> bool {
    line.chars().filter(char::is_ascii_digit).count() >= DIGITS
}

/// Counts what a move of the selection sends.
pub fn moves(place: &Place) -> Result<Vec<Figure>, Failed> {
    let (names, bare_names) = (place.names()?, place.bare_names()?);
    let mut bare = place.bare()?;
    bare.until("the bare screen", |lines| lines.have(&bare_names))?;
    let mut product = place.product(false)?;
    product.until("the day", |lines| lines.have(&names))?;
    let floor = bytes(&mut bare, "j")?;
    let own = bytes(&mut product, "\x1b[B")?;
    bare.end("q")?;
    product.end("q")?;
    Ok(vec![Figure::beside("bytes a move of the selection sends", "B", (floor, own), "≤ 2 ×")])
}

#[expect(clippy::cast_precision_loss, reason = "a screen has fewer than 2⁵² bytes")]
fn bytes(terminal: &mut Terminal, key: &str) -> Result<f64, Failed> {
    terminal.settle(QUIET * 3);
    let before = terminal.bytes;
    for _ in 0..MOVES {
        terminal.press(key)?;
        terminal.settle(QUIET);
    }
    Ok((terminal.bytes - before) as f64 / MOVES as f64)
}

fn micros(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.saturating_duration_since(from).as_micros()).unwrap_or(u64::MAX)
}
