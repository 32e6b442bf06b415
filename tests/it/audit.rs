//! The audit trail: what leaves a row in it, and that nobody bends it unseen.

use corral::store::verify::{Difference, trail};

use crate::floor::Floor;
use crate::ground;

mod acts;
mod chain;
mod read;

/// Every row: `KIND ABOUT | BEFORE | AFTER | WHY`, with what is kept apart in its place.
fn told(floor: &Floor) -> Vec<String> {
    let rows = floor.rows(
        "SELECT a.kind, a.about, coalesce(p.was, a.was), coalesce(p.became, a.became), coalesce(p.why, a.why) \
         FROM audit a LEFT JOIN audit_personal p ON p.number = a.number ORDER BY a.number",
    );
    rows.iter()
        .map(|row| {
            format!("{} {} | {} | {} | {}", row[0], row[1], row[2], row[3], row[4]).replace('\n', ", ")
        })
        .collect()
}

/// What the check finds: kind and row.
fn found(floor: &mut Floor) -> Vec<(&'static str, String)> {
    differences(floor).into_iter().map(|found| (found.kind, found.id)).collect()
}

fn differences(floor: &mut Floor) -> Vec<Difference> {
    let report = trail(&mut floor.db).unwrap();
    assert_eq!(report.ok, report.differences.is_empty());
    report.differences
}

/// Does what somebody does who has the file and wants to bend the trail: the engine's own guard goes first.
fn bend(floor: &Floor, sql: &str) {
    // on a server the triggers sleep as long as it does this
    let guard = if ground::is_server() {
        ""
    } else {
        "DROP TRIGGER IF EXISTS audit_no_UPDATE; DROP TRIGGER IF EXISTS audit_no_DELETE; "
    };
    floor.tamper(&format!("{guard}{sql}"));
}
