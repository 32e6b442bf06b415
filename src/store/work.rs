//! A rep's day: touches, materials, coupons, skips.
//!
//! [`log`] saves a touch with everything that follows from it; [`send`] and [`coupon`] do the same for what leaves the
//! building, where the contact rules are enforced: what has happened is always recorded, what has not may be refused.

pub mod contact;
pub mod coupon;
pub mod facts;
pub mod follow;
pub mod gap;
pub mod held;
pub mod later;
pub mod log;
pub mod look;
pub mod merge;
pub mod record;
pub mod roll;
pub mod send;
pub mod stage;
pub mod task;

use crate::domain::id::{CustomerId, TaskId};
use crate::store::change::WorkChange;
use crate::store::error::StoreError;
use crate::store::write::Work;

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &WorkChange) -> Result<(), StoreError> {
    match change {
        WorkChange::Log(touch) => log::log(work, touch),
        WorkChange::Send { task, chinese } => send::send(work, *task, *chinese),
        WorkChange::Reserve { task } => coupon::reserve(work, *task),
        WorkChange::Push { task, chinese } => coupon::push(work, *task, *chinese),
        WorkChange::Release { task } => coupon::release(work, *task),
        WorkChange::Skip { task, reason, words } => later::skip(work, *task, reason, words),
        WorkChange::Snooze { task, until } => later::snooze(work, *task, *until),
        WorkChange::AddTask { customer, lane, due_at, words } => {
            later::add(work, *customer, (*lane, *due_at), words)
        }
        WorkChange::DoNotContact { customer, until, words } => {
            contact::forbid(work, *customer, *until, words)
        }
        WorkChange::MayContact { customer, words } => contact::allow(work, *customer, words),
        WorkChange::RollDay { day, after } => roll::roll(work, *day, *after),
    }
}

/// The task a change is about, and its customer where the change names one: what will be asked first.
pub fn named(change: &WorkChange) -> (Option<TaskId>, Option<CustomerId>) {
    match change {
        WorkChange::Log(touch) => (touch.task, touch.customer),
        WorkChange::Send { task, .. }
        | WorkChange::Push { task, .. }
        | WorkChange::Reserve { task }
        | WorkChange::Release { task }
        | WorkChange::Skip { task, .. }
        | WorkChange::Snooze { task, .. } => (Some(*task), None),
        WorkChange::AddTask { .. }
        | WorkChange::DoNotContact { .. }
        | WorkChange::MayContact { .. }
        | WorkChange::RollDay { .. } => (None, None),
    }
}

/// Refuses with a stable code and words.
pub(crate) fn invalid(code: &'static str, what: impl Into<String>) -> StoreError {
    StoreError::Invalid { code, what: what.into() }
}
