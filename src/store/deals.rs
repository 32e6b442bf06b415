//! Deals, stages, key nodes, orders.

use crate::store::change::DealChange;
use crate::store::error::StoreError;
use crate::store::write::Work;

/// Makes the change.
pub fn apply(_work: &mut Work<'_>, _change: &DealChange) -> Result<(), StoreError> {
    Err(StoreError::Invalid { code: "not_built", what: "not built yet".to_owned() })
}
