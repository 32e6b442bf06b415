//! A line in passing from who leads to who is led: shown once, held back in a call by whoever shows it.

use crate::domain::clean::clean;
use crate::domain::id::{UserId, WhisperId};
use crate::domain::time::Timestamp;
use crate::store::change::Topic;
use crate::store::customers::invalid;
use crate::store::desk::{attend, stand};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::desk::WhisperRow;
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Characters of a line, at most: it has to be read at a glance.
pub const LONGEST: usize = 120;
/// Lines that wait, at most.
const WAITING: i64 = 20;

/// Says a line to somebody.
pub fn whisper(work: &mut Work<'_>, to: UserId, words: &str) -> Result<WhisperId, StoreError> {
    stand::may(work, Action::RunDesk, to, "whisper to this person")?;
    attend::here(work, to)?;
    let words = clean(words);
    let words = words.trim();
    if words.is_empty() {
        return Err(invalid("no_words", "say something to whisper"));
    }
    let long = words.chars().count();
    if long > LONGEST {
        return Err(invalid(
            "whisper_long",
            format!("a whisper is {LONGEST} characters at most, this is {long}; say it in short"),
        ));
    }
    put(work, to, words)
}

/// Writes it, with its way back.
pub fn put(work: &mut Work<'_>, to: UserId, words: &str) -> Result<WhisperId, StoreError> {
    let id = WhisperId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO whisper (id, at, by_user, user_id, words, heard_at, void_at) VALUES ($1, $2, $3, $4, $5, NULL, NULL)"
        ),
        values![id, work.at, work.by.id, to, words],
    )?;
    work.reverse(Reversal::Whispered(id));
    work.effects.made_at_desk = Some(id.0);
    work.effects.user = Some(to);
    // whose session asks for it
    work.owner(Some(to));
    work.touch(Topic::Desk);
    Ok(id)
}

/// Says that a whisper to who acts was shown.
pub fn heard(work: &mut Work<'_>, id: WhisperId) -> Result<(), StoreError> {
    let to = work.tx.number(sql!("SELECT user_id FROM whisper WHERE id = $1"), values![id])?;
    let Some(to) = to.map(UserId) else {
        return Err(StoreError::NotFound { kind: "whisper", id: id.to_string(), hint: None });
    };
    stand::may(work, Action::HearWhisper, to, "hear what was whispered to somebody else")?;
    let heard = work.tx.run(
        sql!("UPDATE whisper SET heard_at = $2 WHERE id = $1 AND heard_at IS NULL AND void_at IS NULL"),
        values![id, work.at],
    )?;
    if heard == 0 {
        work.idle();
        return Ok(());
    }
    // what was heard cannot be unheard
    work.irreversible();
    work.touch(Topic::Desk);
    Ok(())
}

/// What was whispered to who asks and not heard yet, oldest first.
pub fn waiting(tx: Tx<'_>, by: Viewer) -> Result<Vec<WhisperRow>, StoreError> {
    tx.all(
        sql!(
            "SELECT w.id, w.at, w.by_user, u.name, w.words FROM whisper w JOIN person_user u ON u.id = w.by_user \
             WHERE w.user_id = $1 AND w.heard_at IS NULL AND w.void_at IS NULL ORDER BY w.at, w.id LIMIT $2"
        ),
        values![by.id, WAITING],
        |row| {
            Ok(WhisperRow {
                id: WhisperId(row.int(0)?),
                at: Timestamp(row.int(1)?),
                by: (UserId(row.int(2)?), row.text(3)?.to_owned()),
                words: row.text(4)?.to_owned(),
            })
        },
    )
}
