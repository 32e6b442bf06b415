//! Answers about figures.

use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::{Answer, Query};

/// Answers a query of this subject.
pub fn answer(_tx: Tx<'_>, _books: &mut Books, _query: &Query) -> Result<Answer, StoreError> {
    Err(StoreError::Invalid { code: "not_built", what: "not built yet".to_owned() })
}
