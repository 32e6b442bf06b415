//! `corral db`: what a database stands on, and its way to another place.

mod copy;
mod info;
mod rebuild;

use serde_json::json;

use crate::cli::args::Db;
use crate::cli::output::{self, Failure};
use crate::cli::session::Local;
use crate::store::backup;
use crate::text::Text;
use crate::text::format::size;

/// Tells or copies; answers with the exit status.
pub fn run(local: &mut Local, wanted: &Db) -> Result<u8, Failure> {
    match wanted {
        Db::Info => info::info(local).map(|()| 0),
        Db::Copy(wanted) => copy::copy(local, wanted),
        Db::Pack => pack(local).map(|()| 0),
        Db::Rebuild(wanted) => rebuild::rebuild(local, wanted),
    }
}

/// Writes the file anew, without what lies on pages that are not in use.
fn pack(local: &mut Local) -> Result<(), Failure> {
    let (by, now) = (local.keeper()?, local.now());
    if let Err(refused) = backup::may(local.db()?, by, now) {
        return Err(local.refuse(by, "db pack", refused.into()));
    }
    let place = local.place.db.display().to_string();
    let db = local.db()?;
    if db.file().is_none() {
        let what = format!("'{place}' is on a server; VACUUM there does the same");
        return Err(Failure::failed("not_a_file", what));
    }
    let before = db.about()?.bytes;
    db.pack()?;
    let after = db.about()?.bytes;
    output::answer(local.json, &json!({ "before": before, "after": after }), || {
        vec![local.words.fill(Text("db.packed"), &[("before", &size(before)), ("after", &size(after))])]
    })
}

/// Rows of cells as lines: the first cell to the left, the others to the right, each column as wide as it must be.
pub(super) fn columns(rows: &[Vec<String>]) -> Vec<String> {
    use crate::text::width::{cells, pad, pad_left};
    let many = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cells(cell)).max();
    let widths: Vec<usize> = (0..many).map(|at| widest(at).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let fitted = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(at, (cell, width))| if at == 0 { pad(cell, *width) } else { pad_left(cell, *width) });
        fitted.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn columns_of_wide_characters_line_up() {
        let rows = [["表", "行数"], ["customer", "7"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(columns(&rows), ["表        行数", "customer     7"]);
    }
}
