//! The corpora of dirt: lists as they come, and strings that mean harm, each with what must become of it.
//!
//! How the expectations came about is told in `tests/corpus/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail the test that calls them"
)]

mod lists;
mod out;
mod session;
mod stream;
mod strings;

use std::path::{Path, PathBuf};

/// A folder of the corpora.
fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name)
}
