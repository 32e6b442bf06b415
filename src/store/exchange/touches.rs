//! What touches that come in again make of the figures beside them: contact budget, use of numbers, customers' counters.

use crate::domain::id::CustomerId;
use crate::domain::lists::Metric;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::count::Medium;
use crate::store::error::StoreError;
use crate::store::write::Work;
use crate::{sql, values};

/// What a touch uses up.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    /// Whose patience.
    pub customer: CustomerId,
    /// On what business day.
    pub day: Day,
    /// When.
    pub at: Timestamp,
    /// On what channel.
    pub channel: &'a str,
    /// Whether it went out.
    pub out: bool,
    /// Whether it was answered, 0 or 1.
    pub connected: i64,
    /// Whether it pushed something, 0 or 1.
    pub commercial: i64,
    /// The number called; empty for none.
    pub number: &'a str,
}

/// Counts a touch in the budget of its customer and of its number.
pub fn used(work: &Work<'_>, playbook: &Playbook, touch: &Use<'_>) -> Result<(), StoreError> {
    if !touch.out {
        return Ok(());
    }
    work.tx.put(
        sql!(
            "INSERT INTO contact_use (customer_id, day, touches, commercial) VALUES ($1, $2, 1, $3) \
             ON CONFLICT (customer_id, day) DO UPDATE SET touches = contact_use.touches + 1, \
             commercial = contact_use.commercial + excluded.commercial"
        ),
        values![touch.customer, touch.day, touch.commercial],
    )?;
    if touch.number.is_empty() || Medium::of(playbook, touch.channel) != Medium::Call {
        return Ok(());
    }
    work.tx.put(
        sql!(
            "INSERT INTO number_use (number, day, calls, last_at, last_connected) VALUES ($1, $2, 1, $3, $4) \
             ON CONFLICT (number, day) DO UPDATE SET calls = number_use.calls + 1, \
             last_connected = CASE WHEN excluded.last_at >= number_use.last_at THEN excluded.last_connected \
               ELSE number_use.last_connected END, \
             last_at = CASE WHEN excluded.last_at >= number_use.last_at THEN excluded.last_at ELSE number_use.last_at END"
        ),
        values![touch.number, touch.day, touch.at, touch.connected],
    )?;
    Ok(())
}

/// Makes a customer's counters anew from all its touches, oldest first.
pub fn recount(work: &mut Work<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let playbook = work.book_of(customer)?.playbook;
    let (mut attempts, mut tries, mut connected) = (0_i64, 0_i64, 0_i64);
    let (mut last, mut valid, mut note) = (None, None, String::new());
    work.tx.each(
        sql!(
            "SELECT channel, direction, connected, at, note, metrics FROM touch WHERE customer_id = $1 AND void_at IS NULL \
             ORDER BY at, id"
        ),
        values![customer],
        |row| {
            let medium = Medium::of(&playbook, row.text(0)?);
            let called = medium == Medium::Call && row.text(1)? == "out";
            let answered = row.int(2)? != 0;
            attempts += i64::from(called);
            tries = match (answered, called) {
                (true, _) => 0,
                (false, true) => tries + 1,
                (false, false) => tries,
            };
            connected = connected.max(i64::from(answered));
            last = Some(row.int(3)?);
            if !row.text(4)?.is_empty() {
                row.text(4)?.clone_into(&mut note);
            }
            // a valid call says so in what it counted; a message or meeting is valid when it was answered
            if row.text(5)?.contains(Metric::CallsValid.as_str()) || (medium != Medium::Call && answered) {
                valid = last;
            }
            Ok(())
        },
    )?;
    work.tx.put(
        sql!(
            "UPDATE customer SET attempts = $2, tries = $3, connected = $4, last_touch_at = $5, last_valid_at = $6, \
             last_note = CASE WHEN $7 = '' THEN last_note ELSE $7 END WHERE id = $1"
        ),
        values![customer, attempts, tries, connected, last, valid, &note],
    )?;
    Ok(())
}
