//! `corral db info`.

use std::collections::BTreeMap;

use serde_json::json;

use super::columns;
use crate::cli::output::{self, Failure};
use crate::cli::session::Local;
use crate::domain::clean::clean;
use crate::store::migrate;
use crate::text::Text;
use crate::text::format::{grouped, size};

/// Tells the engine, the place, the size, the layout and the rows of every table.
pub fn info(local: &mut Local) -> Result<(), Failure> {
    let db = local.db()?;
    let (about, layout, rows) = (db.about()?, db.layout()?, db.rows()?);
    let place = db.place().display().to_string();
    let counted: BTreeMap<&str, u64> = rows.iter().map(|(table, rows)| (table.as_str(), *rows)).collect();
    let shape = json!({
        "db": place, "engine": about.engine, "version": about.version, "bytes": about.bytes, "layout": layout,
        "rows": counted,
    });
    let words = &local.words;
    output::answer(local.json, &shape, || {
        let of = words.fill(Text("common.of"), &[("n", &layout), ("total", &migrate::newest())]);
        let facts = [
            (Text("db.engine"), format!("{} {}", about.engine, about.version)),
            (Text("db.place"), place.clone()),
            (Text("db.size"), size(about.bytes)),
            (Text("db.layout"), of),
        ];
        let width =
            facts.iter().map(|(name, _)| crate::text::width::cells(words.say(*name))).max().unwrap_or(0);
        let mut lines: Vec<String> = facts
            .iter()
            .map(|(name, fact)| {
                // a path or a server's answer may carry what steers a terminal
                format!("{}  {}", crate::text::width::pad(words.say(*name), width), clean(fact))
            })
            .collect();
        lines.push(String::new());
        let head = [Text("db.table"), Text("db.rows")].map(|text| words.say(text).to_owned()).to_vec();
        let table = rows.iter().map(|(table, rows)| vec![table.clone(), number(*rows)]);
        lines.extend(columns(&std::iter::once(head).chain(table).collect::<Vec<_>>()));
        lines
    })
}

/// A number of rows, grouped.
pub(super) fn number(rows: u64) -> String {
    grouped(i64::try_from(rows).unwrap_or(i64::MAX))
}
