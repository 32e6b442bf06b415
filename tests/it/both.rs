//! One list of tests for both engines: the tests of this very program are run again with their databases on a server.

use std::process::Command;

use crate::{cluster, ground};

/// What is run on both: the store's contract, the command line, a week's work.
const BOTH: &[&str] = &[
    "audit::",
    "changes::",
    "cli::",
    "customers::",
    "exchange::",
    "good_news::",
    "intake::",
    "matches::",
    "plan::",
    "report_cli::",
    "rights::",
    "privacy::",
    "school::",
    "store_base::",
    "store_board::",
    "store_customers::",
    "store_deals::",
    "store_desk::",
    "store_health::",
    "store_import::",
    "store_pay::",
    "store_pk::",
    "store_rebuild::",
    "store_ratio::",
    "store_report::",
    "store_search::",
    "store_source::",
    "store_stock::",
    "store_today::",
    "store_trips::",
    "store_work::",
    "week::",
];

/// What is about files and nothing else.
const FILES: &[&str] = &[
    "store_base::files::",
    // another program holds SQLite's own lock; its log
    "store_base::worker::a_full_queue_answers_busy_at_once",
    "store_base::worker::a_handle_that_is_dropped_leaves_one_file_and_no_thread",
    "store_base::worker::the_log_stays_bounded_when_nobody_keeps_it",
    // the import is over before somebody looks from outside; a copy that is killed has tests of its own
    "exchange::an_import_that_was_killed_goes_on_and_comes_to_the_same",
    // a script of another language reads the file itself
    "week::the_independent_script_finds_what_does_not_follow_from_the_playbook",
    // the bytes of a file
    "privacy::what_was_erased_is_not_in_the_bytes_of_the_file",
    // a file of an older Corral
    "store_search::a_file_of_the_first_layout_is_searched_after_it_was_brought_up_to_date",
];

#[test]
fn the_tests_of_the_store_hold_on_a_server_as_they_do_on_a_file() {
    if ground::is_server() || !cluster::wanted() {
        return;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.env(ground::ENGINE, "postgres").args(BOTH);
    for skipped in FILES {
        again.args(["--skip", skipped]);
    }
    let output = again.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    // a filter that fits nothing would be content with nothing
    let passed = told.rsplit("test result: ok. ").next().and_then(|rest| rest.split(' ').next());
    let passed: usize = passed.and_then(|n| n.parse().ok()).unwrap_or(0);
    assert!(passed > 150, "only {passed} tests were run: {told}");
}
