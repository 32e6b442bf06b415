//! Ninety days of a floor on which everything happens, and every cell of its boards computed again by an independent script.

use crate::program::explained;

/// The floor has refunds, sales paid in parts, touches taken back, customers given to others, somebody who joins, somebody who
/// leaves, somebody who changes teams twice, a valid call defined anew in the middle of a month, and targets set again. The script
/// knows the exports and the playbooks' texts; it ends with an error on the first cell that differs, and where it does not notice
/// one call too many.
#[test]
fn every_cell_of_every_board_follows_from_the_exports() {
    let words = ["--reps", "8", "--customers", "120"];
    let Some(summary) = explained("boards.py", "edu-english", &words) else { return };
    assert_eq!((&summary["differences"], &summary["verify"]), (&0.into(), &true.into()));
    // a floor on which nothing happened would be explained as well
    for what in ["paid_back", "paid_later", "taken_back", "given", "tagged", "targets"] {
        assert!(summary["happened"][what].as_u64() > Some(0), "{what}: {summary}");
    }
    assert!(summary["cells"].as_u64() > Some(10_000) && summary["noticed"].as_u64() > Some(0), "{summary}");
}
