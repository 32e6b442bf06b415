//! `corral db`: what a database stands on, and its way to another place.

mod copy;
mod info;

use crate::cli::args::Db;
use crate::cli::output::Failure;
use crate::cli::session::Local;

/// Tells or copies; answers with the exit status.
pub fn run(local: &mut Local, wanted: &Db) -> Result<u8, Failure> {
    match wanted {
        Db::Info => info::info(local).map(|()| 0),
        Db::Copy(wanted) => copy::copy(local, wanted),
    }
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
