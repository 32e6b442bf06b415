//! What was tried and refused for lack of rights (S001-13): kept although the change itself leaves nothing behind.

use crate::domain::id::{CustomerId, TaskId};
use crate::domain::lists::AuditKind;
use crate::store::audit::{self, By};
use crate::store::books::Books;
use crate::store::change::{
    About, AccessChange, Change, CustomerChange, DealChange, Note, PrivacyChange, WorkChange, Write,
};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::{access, actor, journal, write};
use crate::{sql, values};

/// Records a refused write; anything but a lack of rights leaves no row. Runs in a transaction of its own, after the write was
/// rolled back; the same write refused twice is recorded once.
pub fn refused(tx: Tx<'_>, books: &mut Books, write: &Write, error: &StoreError) -> Result<(), StoreError> {
    if !is_recorded(error) {
        return Ok(());
    }
    let about = customer_of(tx, &write.change)?.map_or(About::Nothing, About::Customer);
    let day = write::zone_of(tx, books, write.by)?.day(write.at);
    let team = actor::team_of(tx, write.by, day)?;
    let note = Note::new(AuditKind::Refused, about)
        .changed("", journal::kind(&write.change))
        .because(error.to_string());
    audit::once(tx, By { write, team }, &note).map(drop)
}

/// Whether a refusal is one that [`refused`] records.
pub fn is_recorded(error: &StoreError) -> bool {
    match error {
        StoreError::Forbidden { .. } => true,
        // more numbers than a day allows, by who is leaving, or where the playbook hides them: a lead wants to know
        StoreError::Held { rule, .. } => access::REVEALS.contains(&rule.as_str()),
        _ => false,
    }
}

fn customer_of(tx: Tx<'_>, change: &Change) -> Result<Option<CustomerId>, StoreError> {
    let (task, deal) = match change {
        Change::Work(work) => match work {
            WorkChange::Log(touch) if touch.customer.is_some() => return Ok(touch.customer),
            WorkChange::Log(touch) => (touch.task, None),
            WorkChange::Send { task, .. }
            | WorkChange::Reserve { task }
            | WorkChange::Push { task, .. }
            | WorkChange::Release { task }
            | WorkChange::Skip { task, .. }
            | WorkChange::Snooze { task, .. } => (Some(*task), None),
            WorkChange::AddTask { customer, .. }
            | WorkChange::DoNotContact { customer, .. }
            | WorkChange::MayContact { customer, .. } => return Ok(Some(*customer)),
            WorkChange::RollDay { .. } => (None, None),
        },
        Change::Deal(deal) => match deal {
            DealChange::Open { customer, .. } => return Ok(Some(*customer)),
            DealChange::Move { deal, .. }
            | DealChange::Lose { deal, .. }
            | DealChange::Book { deal, .. }
            | DealChange::Untag { deal } => (None, Some(*deal)),
            DealChange::Win(order) => (None, Some(order.deal)),
            DealChange::Pay { .. } | DealChange::Node { .. } => (None, None),
        },
        Change::Customer(customer) => match customer {
            CustomerChange::Edit { customer, .. }
            | CustomerChange::AddPerson { customer, .. }
            | CustomerChange::PrivateNote { customer, .. } => return Ok(Some(*customer)),
            CustomerChange::Assign { customers, .. } => return Ok(customers.first().copied()),
            _ => (None, None),
        },
        Change::Access(change) => match change {
            AccessChange::Grant(new) => return Ok(Some(new.customer)),
            AccessChange::Revoke { customer, .. } => return Ok(Some(*customer)),
            AccessChange::Reveal { contact, .. } => {
                let asked = sql!("SELECT customer_id FROM contact WHERE id = $1");
                return Ok(tx.number(asked, values![*contact])?.map(CustomerId));
            }
            AccessChange::AskExport { .. } | AccessChange::DecideExport { .. } => (None, None),
        },
        Change::Privacy(PrivacyChange::Erase { customer, .. }) => return Ok(Some(*customer)),
        Change::Privacy(PrivacyChange::Age { .. })
        | Change::People(_)
        | Change::SignIn(_)
        | Change::Pk(_)
        | Change::Report(_)
        | Change::Desk(_)
        | Change::Figures(_)
        | Change::Undo { .. }
        | Change::Note(_) => (None, None),
    };
    if let Some(TaskId(task)) = task {
        return Ok(tx
            .number(sql!("SELECT customer_id FROM task WHERE id = $1"), values![task])?
            .map(CustomerId));
    }
    match deal {
        Some(deal) => {
            Ok(tx.number(sql!("SELECT customer_id FROM deal WHERE id = $1"), values![deal])?.map(CustomerId))
        }
        None => Ok(None),
    }
}
