//! Users, teams, playbooks, targets.

use crate::store::change::PeopleChange;
use crate::store::error::StoreError;
use crate::store::write::Work;

/// Makes the change.
pub fn apply(_work: &mut Work<'_>, _change: &PeopleChange) -> Result<(), StoreError> {
    Err(StoreError::Invalid { code: "not_built", what: "not built yet".to_owned() })
}
