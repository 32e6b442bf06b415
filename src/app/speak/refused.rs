//! Why a write was refused, in the session's language; the store's own words where there are none.

use crate::app::session::Session;
use crate::app::speak::{changes, reason, time};
use crate::store::StoreError;
use crate::text::Text;

/// Why a write was refused.
pub fn refusal(session: &Session, error: &StoreError, undoing: bool) -> String {
    let words = &session.words;
    match error {
        StoreError::Held { rule, what, until } => {
            let key = format!("rule.{rule}");
            let said = if words.has(&key) { words.name("rule", rule).to_owned() } else { what.clone() };
            match until {
                Some(until) => reason::until(session, &said, *until),
                None => said,
            }
        }
        StoreError::Busy { .. } => words.say(Text("common.busy")).to_owned(),
        StoreError::Away { .. } => words.say(Text("trouble.away_idle")).to_owned(),
        StoreError::Conflict { what, by, theirs, .. } => {
            words.fill(Text("notice.conflict"), &[("what", what), ("by", by), ("theirs", theirs)])
        }
        StoreError::NoUndo { why, by, .. } if undoing => changes::barred(words, why, by),
        StoreError::NotFound { kind: "change", .. } if undoing => {
            words.say(Text("common.undo_refused")).to_owned()
        }
        StoreError::Forbidden { relation, .. } if words.has(&format!("notice.forbidden_{relation}")) => {
            words.name("notice", &format!("forbidden_{relation}")).to_owned()
        }
        other => {
            let what = other.to_string();
            words.fill(Text("notice.refused"), &[("what", &what)])
        }
    }
}

/// What became of a promise that a write is already late for: its time.
pub fn late(session: &Session, at: crate::domain::time::Timestamp) -> String {
    let length = time::length(session, session.now.since(at));
    session.words.fill(Text("duration.late"), &[("length", &length)])
}
