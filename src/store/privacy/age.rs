//! Words that have had their time: notes, promises in words, and what the journal says of them. What was counted stays.

use crate::domain::id::{CustomerId, TouchId};
use crate::domain::lists::AuditKind;
use crate::domain::time::Timestamp;
use crate::store::change::{About, Note, Topic};
use crate::store::error::StoreError;
use crate::store::privacy::{allowed, erase, journal};
use crate::store::write::Work;
use crate::{sql, values};

/// Takes the words of touches and of rows of the journal, all of one playbook and from before an instant; others that are named are left
/// alone.
pub fn age(
    work: &mut Work<'_>,
    (playbook, before): (&str, Timestamp),
    touches: &[TouchId],
    rows: &[i64],
) -> Result<(), StoreError> {
    allowed(&work.by)?;
    let mut emptied = 0_u64;
    for touch in touches {
        let customer = work.tx.number(
            sql!("SELECT customer_id FROM touch WHERE id = $1 AND playbook = $2 AND at < $3"),
            values![*touch, playbook, before],
        )?;
        let Some(customer) = customer.map(CustomerId) else { continue };
        work.tx.put(sql!("UPDATE touch SET note = '' WHERE id = $1"), values![*touch])?;
        words_of(work, customer, before)?;
        emptied += 1;
    }
    let (rows_emptied, digest) = journal::empty_old(work, (playbook, before), rows)?;
    let id = work.write;
    work.tx.put(
        sql!("UPDATE erasure SET journal_rows = $2, digest = $3 WHERE id = $1"),
        values![id, i64::try_from(rows_emptied).unwrap_or(i64::MAX), &digest],
    )?;
    let note = Note::new(AuditKind::Erased, About::thing("words", playbook));
    work.note(
        note.changed(
            format!("{emptied} touches, {rows_emptied} journal rows"),
            format!("erasure {id}\nmarks {digest}"),
        )
        .because(format!("kept until {before}, as the playbook '{playbook}' says")),
    );
    work.touch(Topic::Customer);
    work.irreversible();
    Ok(())
}

/// Other words about the customer from before an instant.
fn words_of(work: &Work<'_>, customer: CustomerId, before: Timestamp) -> Result<(), StoreError> {
    for statement in [
        sql!("UPDATE promise SET words = '' WHERE customer_id = $1 AND made_at < $2 AND state <> 'open'"),
        sql!("UPDATE deal SET words = NULL WHERE customer_id = $1 AND closed_at < $2"),
        sql!("DELETE FROM private_note WHERE customer_id = $1 AND at < $2"),
        sql!("UPDATE customer SET last_note = '' WHERE id = $1 AND last_touch_at < $2"),
    ] {
        work.tx.put(statement, values![customer, before])?;
    }
    erase::texts_of_tasks(work.tx, customer, Some(before))
}
