//! The table in docs/performance.md, between its marks.

use std::fs;
use std::path::Path;

use crate::error::Failed;
use crate::line::Line;
use crate::step::Step;

/// What stands before and after the table.
const BEGINS: &str = "<!-- begin: written by `cargo run --release --example perf` -->";
const ENDS: &str = "<!-- end -->";

/// Puts a table in place of the one that is there.
pub fn write(page: &Path, lines: &[Line], machine: &[String], steps: &[Step]) -> Result<(), Failed> {
    let text = fs::read_to_string(page)?;
    let (before, rest) = text.split_once(BEGINS).ok_or_else(no_marks)?;
    let (_, after) = rest.split_once(ENDS).ok_or_else(no_marks)?;
    let table = table(lines, machine, steps);
    fs::write(page, format!("{before}{BEGINS}\n\n{table}\n{ENDS}{after}"))?;
    Ok(())
}

fn no_marks() -> Failed {
    Failed::Part("docs/performance.md has lost the marks of its table".to_owned())
}

#[expect(clippy::format_push_string, reason = "a table of some dozen lines")]
fn table(lines: &[Line], machine: &[String], steps: &[Step]) -> String {
    let mut text = String::new();
    for line in machine {
        text.push_str(&format!("- {line}\n"));
    }
    let mut of = "";
    for line in lines {
        if line.of != of {
            of = &line.of;
            text.push_str(&format!("\n**{}**\n\n", heading(of)));
            text.push_str("| Figure | Floor | Corral | Ratio | Target | Met |\n|---|--:|--:|--:|---|---|\n");
        }
        let number = |number: Option<f64>| number.map_or_else(|| "–".to_owned(), short);
        let unit = |number: String| {
            if number == "–" || line.unit.is_empty() { number } else { format!("{number} {}", line.unit) }
        };
        let met = match line.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {met} |\n",
            line.name.replace('|', "/"),
            unit(number(line.floor)),
            unit(number(line.product)),
            number(line.ratio),
            line.target
        ));
    }
    text.push_str("\nThe programs of this run:\n\n```sh\n");
    for step in steps {
        text.push_str(&step.command());
        text.push('\n');
    }
    text.push_str("```\n");
    text
}

fn heading(of: &str) -> &str {
    match of {
        "store" => "Saving an outcome, opening Today",
        "search" => "Search",
        "board" => "Boards",
        "import" => "Import",
        "frame" => "Frames",
        "session" => "Sessions",
        "load" => "A floor under load",
        "crash" => "Writers killed",
        "build" => "The build",
        other => other,
    }
}

/// As many digits as tell something.
fn short(number: f64) -> String {
    match number.abs() {
        large if large >= 1_000.0 => format!("{number:.0}"),
        middle if middle >= 10.0 => format!("{number:.1}"),
        0.0 => "0".to_owned(),
        _ => format!("{number:.2}"),
    }
}
