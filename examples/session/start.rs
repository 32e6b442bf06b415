//! From the start of the program to its first useful screen.

use std::time::Instant;

use crate::Figure;
use crate::error::Failed;
use crate::figures::{Figures, median};
use crate::place::Place;
use crate::pty::Terminal;

/// Times starts, the bare program's and the product's in turn.
pub fn measure(place: &Place, runs: usize) -> Result<Vec<Figure>, Failed> {
    let (names, bare_names) = (place.names()?, place.bare_names()?);
    let (mut product, mut bare) = (Vec::new(), Vec::new());
    // the first of each fills the file cache
    for run in 0..=runs {
        let floor = painted(place.bare()?, &bare_names)?;
        let own = painted(place.product(false)?, &names)?;
        if run > 0 {
            bare.push(floor);
            product.push(own);
        }
    }
    let (floor, own) = (Figures::of(bare.clone()), Figures::of(product.clone()));
    let middle = |times: &[u64]| median(times.iter().map(|time| millis(*time)).collect());
    let ratios = product.iter().zip(&bare).map(|(own, floor)| millis(*own) / millis(*floor)).collect();
    let mut start =
        Figure::beside("start to first useful screen, p50", "ms", (middle(&bare), middle(&product)), "≤ 2 ×");
    start.ratio = Some(median(ratios));
    let longest = Figure::beside("start to first useful screen, longest", "ms", (floor.max, own.max), "-");
    Ok(vec![start, longest])
}

fn painted(mut terminal: Terminal, names: &[String]) -> Result<u64, Failed> {
    let begun: Instant = terminal.started;
    let at = terminal.until("the first screen", |lines| lines.have(names))?;
    terminal.end("q")?;
    Ok(u64::try_from(at.saturating_duration_since(begun).as_micros()).unwrap_or(u64::MAX))
}

#[expect(clippy::cast_precision_loss, reason = "a time in microseconds is far below 2⁵²")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
