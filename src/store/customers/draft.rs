//! A customer to add, checked before anything is written.

use crate::domain::clean::{clean, clean_lines};
use crate::domain::code::{ChannelCode, FieldCode, PipelineCode, RoleCode};
use crate::domain::id::UserId;
use crate::domain::lists::{CustomerKind, Entity, FieldRight};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::change::customer::{NewCustomer, NewPerson};
use crate::store::customers::contact::{self, Checked};
use crate::store::customers::{field, hint, invalid, tag, value};
use crate::store::error::StoreError;
use crate::store::write::Work;

/// A customer whose every part has been checked and cleaned.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What kind.
    pub kind: CustomerKind,
    /// Name; never empty.
    pub name: String,
    /// City.
    pub city: String,
    /// Source.
    pub source: String,
    /// Id in another system, where there is one.
    pub external_id: Option<String>,
    /// Who follows it.
    pub owner: Option<UserId>,
    /// Members.
    pub persons: Vec<DraftPerson>,
    /// Checked values of customer fields.
    pub set: Vec<(FieldCode, String)>,
    /// The note it comes with.
    pub note: String,
    /// Pipelines of the tags to set.
    pub tags: Vec<PipelineCode>,
    /// Whether it must not be contacted.
    pub do_not_contact: bool,
    /// When the lead came in; `None` is now.
    pub created_at: Option<Timestamp>,
}

/// A member whose every part has been checked and cleaned.
#[derive(Debug, Clone)]
pub struct DraftPerson {
    /// Name; may be empty.
    pub name: String,
    /// Roles; the playbook's first where none was given.
    pub roles: Vec<RoleCode>,
    /// Ways of contact, each once.
    pub contacts: Vec<Checked>,
    /// Checked values of person fields.
    pub set: Vec<(FieldCode, String)>,
}

impl Draft {
    /// Every way of contact of every member.
    pub fn contacts(&self) -> impl Iterator<Item = &Checked> {
        self.persons.iter().flat_map(|p| &p.contacts)
    }
}

/// Refuses facts that the playbook does not let the actor's role write.
pub fn may_set(work: &Work<'_>, book: &Playbook, set: &[(FieldCode, String)]) -> Result<(), StoreError> {
    for (code, _) in set {
        // nothing of a new customer or member sits on a deal
        field::may_write(work, book, field::defined(book, code)?, None)?;
    }
    Ok(())
}

/// Refuses ways of contact of a kind that the playbook hides from the actor's role or lets it only read. One that is masked may be
/// added: who adds it knows it.
pub fn may_add<'a>(
    work: &Work<'_>,
    book: &Playbook,
    kinds: impl IntoIterator<Item = &'a ChannelCode>,
) -> Result<(), StoreError> {
    let barred = |kind: &&ChannelCode| {
        matches!(book.access.contact(work.by.role, kind), FieldRight::Hide | FieldRight::Read)
    };
    match kinds.into_iter().find(barred) {
        None => Ok(()),
        Some(kind) => Err(StoreError::Forbidden {
            role: work.by.role.as_str().to_owned(),
            what: format!("add a '{kind}': the playbook '{}' does not let this role", book.id),
            relation: String::new(),
        }),
    }
}

/// Checks a new customer. Person fields given with the customer go to its first member.
pub fn customer(book: &Playbook, new: &NewCustomer) -> Result<Draft, StoreError> {
    let mut persons: Vec<DraftPerson> =
        new.persons.iter().map(|new| person(book, new)).collect::<Result<_, _>>()?;
    let mut set = Vec::new();
    for (code, typed) in &new.set {
        let field = field::defined(book, code)?;
        let checked = value::checked(book, field, typed)?;
        match field.on {
            Entity::Customer => set.push((code.clone(), checked)),
            Entity::Person => {
                if let Some(first) = persons.first_mut() {
                    first.set.push((code.clone(), checked));
                }
            }
            Entity::Opportunity | Entity::Order => {
                return Err(invalid(
                    "field_on",
                    format!("'{code}' is kept on a deal; set it once the customer has that deal"),
                ));
            }
        }
    }
    without_repeats(&mut persons);
    let mut tags: Vec<PipelineCode> =
        new.tags.iter().map(|named| tag::named(book, named)).collect::<Result<_, _>>()?;
    tags.sort();
    tags.dedup();
    let Some(first) = persons.first() else {
        return Err(invalid(
            "no_person",
            "a customer needs at least one member; name one or give a way of contact",
        ));
    };
    let name = [clean(&new.name).into_owned(), first.name.clone()].into_iter().find(|name| !name.is_empty());
    let name = name.or_else(|| first.contacts.first().map(|c| c.raw.clone()));
    let name =
        name.ok_or_else(|| invalid("no_name", "a customer needs a name or a way of contact; give one"))?;
    let external_id = clean(&new.external_id).into_owned();
    Ok(Draft {
        kind: new.kind,
        name,
        city: clean(&new.city).into_owned(),
        source: clean(&new.source).into_owned(),
        external_id: (!external_id.is_empty()).then_some(external_id),
        owner: new.owner,
        set,
        note: clean_lines(&new.note).into_owned(),
        tags,
        do_not_contact: new.do_not_contact,
        created_at: new.created_at,
        persons,
    })
}

/// Checks a new member.
pub fn person(book: &Playbook, new: &NewPerson) -> Result<DraftPerson, StoreError> {
    let mut roles = Vec::new();
    for code in &new.roles {
        roles.push(role(book, code)?);
    }
    if roles.is_empty() {
        roles.extend(book.roles.first().map(|role| role.code.clone()));
    }
    let mut set = Vec::new();
    for (code, typed) in &new.set {
        let field = field::defined(book, code)?;
        if field.on != Entity::Person {
            return Err(invalid("field_on", format!("'{code}' is kept on a {}, not on a person", field.on)));
        }
        set.push((code.clone(), value::checked(book, field, typed)?));
    }
    let contacts = new.contacts.iter().map(|new| contact::checked(book, new)).collect::<Result<_, _>>()?;
    Ok(DraftPerson { name: clean(&new.name).into_owned(), roles, contacts, set })
}

fn role(book: &Playbook, code: &RoleCode) -> Result<RoleCode, StoreError> {
    if book.roles.iter().any(|role| role.code == *code) {
        return Ok(code.clone());
    }
    let near = hint(code.as_str(), book.roles.iter().map(|role| role.code.as_str()));
    Err(invalid("unknown_role", format!("'{code}' is not a role of the playbook '{}'{near}", book.id)))
}

/// A number that two members share is kept with the first of them: it is one record.
fn without_repeats(persons: &mut [DraftPerson]) {
    let mut seen: Vec<(String, String, String)> = Vec::new();
    for person in persons {
        person.contacts.retain(|contact| {
            let key = (contact.channel.0.clone(), contact.norm.clone(), contact.extension.clone());
            let new = !seen.contains(&key);
            seen.push(key);
            new
        });
    }
}
