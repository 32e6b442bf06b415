//! `corral db rebuild`: sums that are kept beside the facts, made again from the journal.

use serde_json::{Value, json};

use crate::cli::args::Rebuild;
use crate::cli::output::{self, Failure};
use crate::cli::session::Local;
use crate::domain::clean::clean;
use crate::domain::time::Day;
use crate::store::change::Change;
use crate::store::change::figures::{FiguresChange, MENDED_MAX, Mend, SumOf};
use crate::store::rebuild;
use crate::text::Text;

/// Compares, tells, sets right; answers with the exit status: 1 where something differs and was only told.
pub fn rebuild(local: &mut Local, wanted: &Rebuild) -> Result<u8, Failure> {
    let (by, now) = (local.keeper()?, local.now());
    let month = wanted.month.map(Day::month);
    let rebuilt = match rebuild::rebuilt(local.db()?, month, (by, now)) {
        Ok(rebuilt) => rebuilt,
        Err(refused) => return Err(local.refuse(by, "db rebuild", refused.into())),
    };
    if !wanted.dry_run {
        for rows in rebuilt.differences.chunks(MENDED_MAX) {
            local.make(by, Change::Figures(FiguresChange::Mend { rows: rows.to_vec() }))?;
        }
    }
    let (many, mended) = (rebuilt.differences.len(), !wanted.dry_run);
    let shape = json!({
        "journal": rebuilt.rows, "sums": rebuilt.sums, "mended": mended,
        "differences": rebuilt.differences.iter().map(shape).collect::<Vec<_>>(),
    });
    let words = &local.words;
    output::answer(local.json, &shape, || {
        let mut lines: Vec<String> = rebuilt.differences.iter().map(line).collect();
        let (rows, sums) = (rebuilt.rows.to_string(), rebuilt.sums.to_string());
        lines.push(words.fill(Text("db.added_up"), &[("rows", &rows), ("sums", &sums)]));
        let told = match (many, mended) {
            (0, _) => "db.none_off",
            (_, true) => "db.set_right",
            (_, false) => "db.off",
        };
        lines.push(words.fill(Text(told), &[("n", &many.to_string())]));
        lines
    })?;
    Ok(u8::from(many > 0 && wanted.dry_run))
}

const fn period(of: SumOf) -> &'static str {
    match of {
        SumOf::Day(_) => "day",
        SumOf::Month(_) => "month",
    }
}

fn kept(row: &Mend) -> i64 {
    row.found.map_or(0, |found| found.value)
}

fn shape(row: &Mend) -> Value {
    json!({
        "period": period(row.of), "first": row.of.first(), "user": row.user, "team": row.team.to_string(), "pipeline": row.pipeline,
        "metric": row.metric, "found": kept(row), "right": row.right.value,
    })
}

fn line(row: &Mend) -> String {
    // what was put into a file past the program may steer a terminal
    clean(&format!("{} {row}: {} where {} was kept", period(row.of), row.right.value, kept(row))).into_owned()
}
