//! Facts by the playbook's fields, with lost-update protection.

use crate::domain::code::{FieldCode, PipelineCode};
use crate::domain::id::{CustomerId, DealId, UserId};
use crate::domain::lists::{AuditKind, Entity, EventKind, FieldRight};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::model::Field;
use crate::playbook::plan::Happening;
use crate::store::change::customer::FieldOwner;
use crate::store::change::{About, Note, Topic};
use crate::store::customers::{happen, hint, invalid, user_name, value};
use crate::store::error::StoreError;
use crate::store::foreseen::Stored;
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// What is to be set.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Which field.
    pub field: &'a FieldCode,
    /// The new value; empty clears.
    pub value: &'a str,
    /// The value that was on screen; `None` does not check.
    pub seen: Option<&'a str>,
}

impl FieldOwner {
    /// What kind of thing it is.
    pub const fn entity(self) -> Entity {
        match self {
            Self::Customer(_) => Entity::Customer,
            Self::Person(_) => Entity::Person,
            Self::Deal(_) => Entity::Opportunity,
        }
    }

    /// The deal, where it is one.
    pub const fn deal(self) -> Option<DealId> {
        match self {
            Self::Deal(deal) => Some(deal),
            Self::Customer(_) | Self::Person(_) => None,
        }
    }

    /// Its bare id.
    pub const fn bare(self) -> i64 {
        match self {
            Self::Customer(id) => id.0,
            Self::Person(id) => id.0,
            Self::Deal(id) => id.0,
        }
    }
}

/// The definition of a field; refused with a near miss where the playbook has none of that code.
pub fn defined<'a>(book: &'a Playbook, code: &FieldCode) -> Result<&'a Field, StoreError> {
    book.fields.iter().find(|f| f.code == *code).ok_or_else(|| {
        let near = hint(code.as_str(), book.fields.iter().map(|f| f.code.as_str()));
        invalid("unknown_field", format!("'{code}' is not a field of the playbook '{}'{near}", book.id))
    })
}

/// Refuses a field that the playbook does not let the actor's role write, on a deal or on none (S001-35).
///
/// # Errors
/// [`StoreError::Forbidden`], naming the field and what the role may do with it.
pub fn may_write(
    work: &Work<'_>,
    book: &Playbook,
    field: &Field,
    deal: Option<DealId>,
) -> Result<(), StoreError> {
    if !book.access.speaks_of(&field.code) {
        return Ok(());
    }
    let pipeline = match deal {
        Some(deal) => work.tx.one(sql!("SELECT pipeline FROM deal WHERE id = $1"), values![deal], |row| {
            Ok(PipelineCode::from(row.text(0)?))
        })?,
        None => None,
    };
    let pipeline = pipeline.as_ref().and_then(|code| book.pipeline(code));
    let right = book.access.field(work.by.role, pipeline.map(|p| p.process.as_str()), &field.code);
    let can = match right {
        FieldRight::Write => return Ok(()),
        FieldRight::Read => "only read it",
        FieldRight::Mask => "see it masked",
        FieldRight::Hide => "not see it",
    };
    Err(StoreError::Forbidden {
        role: work.by.role.as_str().to_owned(),
        what: format!("write '{}': the playbook '{}' lets this role {can}", field.code, book.id),
        relation: String::new(),
    })
}

/// Sets a field of a customer, member or deal as a change of its own.
pub fn change(work: &mut Work<'_>, on: FieldOwner, wanted: &Wanted<'_>) -> Result<(), StoreError> {
    let customer = customer_of(work, on)?;
    work.may(Action::EditCustomer, customer, "change a field")?;
    let book = work.book_of(customer)?.playbook;
    let field = defined(&book, wanted.field)?;
    // an order's facts wait on its deal until the order is made
    let fits = field.on == on.entity() || (field.on == Entity::Order && on.entity() == Entity::Opportunity);
    if !fits {
        return Err(invalid(
            "field_on",
            format!("'{}' is kept on a {}, not on a {}", field.code, field.on, on.entity()),
        ));
    }
    may_write(work, &book, field, on.deal())?;
    let checked = value::checked(&book, field, wanted.value)?;
    work.effects.customer = Some(customer);
    if let Some(seen) = wanted.seen {
        let now = stored(work, on, wanted.field)?;
        let (theirs, by) = now.map_or((String::new(), 0), |(value, _, by)| (value, by.0));
        if theirs != seen && theirs != checked {
            return Err(StoreError::Conflict {
                what: format!("'{}'", field.code),
                by: user_name(work, by)?,
                theirs,
                yours: checked,
            });
        }
    }
    let before = stored(work, on, wanted.field)?.map(|(value, _, _)| value).unwrap_or_default();
    if !before.is_empty() && before != checked {
        let named = |value: &str| format!("{} {}: {value}", on.entity(), wanted.field);
        let note = Note::new(AuditKind::Corrected, About::Customer(customer));
        work.note(note.changed(named(&before), named(&checked)).personal());
    }
    if let Some(happened) = write(work, on, customer, (wanted.field, &checked))? {
        happen(work, customer, vec![happened])?;
    }
    Ok(())
}

/// Writes a checked value with its step back; gives what planning is to be told, nothing where nothing changed.
pub fn write(
    work: &mut Work<'_>,
    on: FieldOwner,
    customer: CustomerId,
    (code, value): (&FieldCode, &str),
) -> Result<Option<Happening>, StoreError> {
    let before = stored(work, on, code)?;
    if before.as_ref().map_or("", |(value, _, _)| value.as_str()) == value {
        return Ok(None);
    }
    let (entity, id) = (on.entity(), on.bare());
    if value.is_empty() {
        work.tx.put(
            sql!("DELETE FROM field_value WHERE entity = $1 AND entity_id = $2 AND field = $3"),
            values![entity, id, code],
        )?;
    } else {
        work.tx.put(
            sql!(
                "INSERT INTO field_value (entity, entity_id, field, customer_id, value, at, by_user) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (entity, entity_id, field) DO UPDATE \
                 SET value = excluded.value, at = excluded.at, by_user = excluded.by_user"
            ),
            values![entity, id, code, customer, value, work.at, work.by.id],
        )?;
    }
    if let Some(fields) = &mut work.foreseen.fields {
        let of = (entity.as_str().to_owned(), id, code.0.clone());
        if value.is_empty() {
            fields.remove(&of);
        } else {
            fields.insert(of, (value.to_owned(), work.at, work.by.id));
        }
    }
    work.reverse(Reversal::Field {
        entity: entity.as_str().to_owned(),
        id,
        field: code.0.clone(),
        before,
        after: value.to_owned(),
    });
    work.touch(Topic::Customer);
    // clearing a field is no event: nothing hangs on a fact that is gone
    Ok((!value.is_empty()).then(|| set(code, on.deal(), work.at)))
}

fn set(code: &FieldCode, deal: Option<DealId>, at: Timestamp) -> Happening {
    Happening { kind: EventKind::FieldSet, name: Some(code.0.clone()), deal, node: None, at }
}

fn stored(work: &Work<'_>, on: FieldOwner, code: &FieldCode) -> Result<Option<Stored>, StoreError> {
    if let Some(fields) = &work.foreseen.fields {
        let of = (on.entity().as_str().to_owned(), on.bare(), code.0.clone());
        return Ok(fields.get(&of).cloned());
    }
    work.tx.one(
        sql!(
            "SELECT value, at, by_user FROM field_value WHERE entity = $1 AND entity_id = $2 AND field = $3"
        ),
        values![on.entity(), on.bare(), code],
        |row| Ok((row.text(0)?.to_owned(), Timestamp(row.int(1)?), UserId(row.int(2)?))),
    )
}

fn customer_of(work: &Work<'_>, on: FieldOwner) -> Result<CustomerId, StoreError> {
    let (kind, found) = match on {
        FieldOwner::Customer(id) => return Ok(id),
        FieldOwner::Person(id) => {
            ("member", work.tx.number(sql!("SELECT customer_id FROM person WHERE id = $1"), values![id])?)
        }
        FieldOwner::Deal(id) => (
            "deal",
            work.tx.number(
                sql!("SELECT customer_id FROM deal WHERE id = $1 AND void_at IS NULL"),
                values![id],
            )?,
        ),
    };
    found.map(CustomerId).ok_or_else(|| StoreError::NotFound { kind, id: on.bare().to_string(), hint: None })
}
