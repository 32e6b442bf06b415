//! A rep's day: touches, materials, coupons, skips.

use crate::store::change::WorkChange;
use crate::store::error::StoreError;
use crate::store::write::Work;

/// Makes the change.
pub fn apply(_work: &mut Work<'_>, _change: &WorkChange) -> Result<(), StoreError> {
    Err(StoreError::Invalid { code: "not_built", what: "not built yet".to_owned() })
}
