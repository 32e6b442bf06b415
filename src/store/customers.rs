//! Customers, members, contacts, fields, imports.

use crate::store::change::CustomerChange;
use crate::store::error::StoreError;
use crate::store::write::Work;

/// Makes the change.
pub fn apply(_work: &mut Work<'_>, _change: &CustomerChange) -> Result<(), StoreError> {
    Err(StoreError::Invalid { code: "not_built", what: "not built yet".to_owned() })
}
