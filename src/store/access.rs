//! Rights over customers as they change: grants, numbers shown, exports asked for.

mod export;
mod grant;
mod reveal;

use crate::store::change::AccessChange;
use crate::store::error::StoreError;
use crate::store::write::Work;

pub use export::{NOT_APPROVED, approved, asked};
pub use grant::{back, taken_back};
pub use reveal::{REFUSED as REVEALS, SHOWN_FOR, shown};

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &AccessChange) -> Result<(), StoreError> {
    match change {
        AccessChange::Grant(new) => grant::grant(work, new),
        AccessChange::Revoke { customer, from, right, process, reason } => {
            grant::revoke(work, *customer, (*from, *right, process), reason)
        }
        AccessChange::Reveal { contact, reason } => reveal::reveal(work, *contact, reason),
        AccessChange::AskExport { records, narrowed, reason } => {
            export::ask(work, *records, (narrowed, reason))
        }
        AccessChange::DecideExport { ask, approve, words } => export::decide(work, *ask, (*approve, words)),
    }
}
