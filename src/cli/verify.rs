//! `corral verify`.

use serde_json::json;

use crate::cli::output::{self, Failure};
use crate::cli::session::Local;
use crate::domain::clean::clean;
use crate::store::verify::{self, Report};

/// Rebuilds and compares; answers with the exit status.
pub fn verify(local: &mut Local) -> Result<u8, Failure> {
    let report = verify::verify(local.db()?)?;
    tell(local, &report)
}

/// Tells what a check found; answers with the exit status.
pub fn tell(local: &Local, report: &Report) -> Result<u8, Failure> {
    let shape = json!({ "ok": report.ok, "checked": report.checked, "differences": report.differences });
    output::answer(local.json, &shape, || {
        let mut lines: Vec<String> = report
            .differences
            .iter()
            .map(|d| {
                // what was put into a file past the program may steer a terminal
                clean(&format!("{} {}: expected {}, found {}", d.kind, d.id, d.expected, d.found))
                    .into_owned()
            })
            .collect();
        let checked: Vec<String> = report.checked.iter().map(|(what, n)| format!("{n} {what}")).collect();
        lines.push(format!("checked {}", checked.join(", ")));
        lines.push(if report.ok {
            "all is well".to_owned()
        } else {
            format!("{} differences", report.differences.len())
        });
        lines
    })?;
    Ok(u8::from(!report.ok))
}
