//! Adding a customer: unique contacts, members, facts, owner, tags, and what planning makes of it.
//!
//! What planning has to know of a customer that was just made is at hand: nothing of it is asked of the database.

use std::collections::BTreeMap;

use crate::domain::code::FieldCode;
use crate::domain::id::{BatchId, CustomerId, PersonId, UserId};
use crate::domain::lists::{ContactState, DealState, EventKind, OwnerRight, UserState};
use crate::domain::search_key::Subject;
use crate::domain::time::Timestamp;
use crate::playbook::plan::{Happening, Known, KnownDeal, KnownPerson};
use crate::store::books::Book;
use crate::store::change::Topic;
use crate::store::change::customer::{FieldOwner, NewCustomer};
use crate::store::customers::contact::{self, Holder};
use crate::store::customers::draft::{self, Draft, DraftPerson};
use crate::store::customers::{field, invalid, person, tag};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::known;
use crate::store::privacy::barred::{EXTERNAL, refusal};
use crate::store::rights::{self, Action};
use crate::store::search;
use crate::store::tasks;
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::work::contact::refuse;
use crate::store::write::{Work, playbook_of};
use crate::{sql, values};

/// The author of the note a customer came with: it is everybody's, not a rep's notebook.
pub const NOBODY: UserId = UserId(0);

/// Adds a customer; refused where a contact or external id is known, naming customer and owner (S001-90).
pub fn add(work: &mut Work<'_>, new: &NewCustomer) -> Result<(), StoreError> {
    let relation = work.by.relation_to(work.tx, new.owner, work.day)?;
    rights::check(work.by.role, Action::AddCustomer, relation, "add a customer for somebody else")?;
    if let Some(owner) = new.owner {
        may_follow(work, owner)?;
    }
    let book = book_for(work, new.playbook.as_deref(), new.owner)?;
    let draft = draft::customer(&book.playbook, new)?;
    for set in new.persons.iter().map(|person| &person.set).chain([&new.set]) {
        draft::may_set(work, &book.playbook, set)?;
    }
    let contacts = new.persons.iter().flat_map(|person| &person.contacts);
    draft::may_add(work, &book.playbook, contacts.map(|contact| &contact.channel))?;
    if let Some((word, holder)) = known(work.tx, &draft)? {
        return Err(contact::taken(work, &word, &holder));
    }
    if let Some(until) = barred(work, &draft)? {
        return Err(invalid("barred", refusal(until)));
    }
    let verified: Vec<String> =
        draft.contacts().filter(|c| c.state == ContactState::Verified).map(|c| c.channel.0.clone()).collect();
    let customer = insert(work, &book, &draft, None)?;
    work.effects.customer = Some(customer);
    for channel in verified {
        contact::verified(work, customer, &channel)?;
    }
    for pipeline in &draft.tags {
        tag::tell(work, customer, &book.playbook, pipeline)?;
    }
    Ok(())
}

/// The playbook a new customer is worked by: the named one, else the owner's team's, else the actor's, else the first.
pub fn book_for(work: &mut Work<'_>, named: Option<&str>, owner: Option<UserId>) -> Result<Book, StoreError> {
    let id = match named {
        Some(id) => Some(id.to_owned()),
        None => playbook_of(work.tx, owner.unwrap_or(work.by.id))?,
    };
    let id = id.ok_or_else(|| invalid("no_playbook", "there is no playbook yet; apply one first"))?;
    work.book(&id)
}

/// Refuses to give customers to one who is unknown or left.
pub fn may_follow(work: &Work<'_>, user: UserId) -> Result<(), StoreError> {
    let state =
        work.tx.one(sql!("SELECT name, state FROM person_user WHERE id = $1"), values![user], |row| {
            Ok((row.text(0)?.to_owned(), word(row, 1, UserState::parse)?))
        })?;
    match state {
        None => Err(StoreError::NotFound { kind: "user", id: user.to_string(), hint: None }),
        Some((name, UserState::Left)) => {
            Err(invalid("owner_left", format!("'{name}' has left; give the customer to somebody else")))
        }
        Some(_) => Ok(()),
    }
}

/// Who has one of a draft's contacts or its external id, and by which it was known.
pub fn known(tx: Tx<'_>, draft: &Draft) -> Result<Option<(String, Holder)>, StoreError> {
    for contact in draft.contacts() {
        if let Some(holder) = contact::holder(tx, contact)? {
            return Ok(Some((contact.raw.clone(), holder)));
        }
    }
    match &draft.external_id {
        Some(id) => Ok(external(tx, id)?.map(|holder| (id.clone(), holder))),
        None => Ok(None),
    }
}

/// Until when whoever a draft is about must not be contacted, where that was said before an erasure.
pub fn barred(work: &mut Work<'_>, draft: &Draft) -> Result<Option<Timestamp>, StoreError> {
    let contacts = draft.contacts().map(|contact| (contact.channel.as_str(), contact.norm.as_str()));
    let marks = contacts.chain(draft.external_id.as_deref().map(|id| (EXTERNAL, id)));
    work.barred.until(work.tx, marks, work.at)
}

/// Who has an id of another system.
pub fn external(tx: Tx<'_>, id: &str) -> Result<Option<Holder>, StoreError> {
    tx.one(
        sql!(
            "SELECT c.id, c.name, u.name FROM customer c LEFT JOIN person_user u ON u.id = c.owner_id \
             WHERE c.external_id = $1"
        ),
        values![id],
        |row| {
            Ok(Holder {
                customer: CustomerId(row.int(0)?),
                name: row.text(1)?.to_owned(),
                owner: row.opt_text(2)?.unwrap_or_default().to_owned(),
            })
        },
    )
}

/// Writes every row of a new customer and tells planning; whether it is known was looked up before.
///
/// The note it comes with is the first item of its timeline and, until somebody writes another, its last note.
pub fn insert(
    work: &mut Work<'_>,
    book: &Book,
    draft: &Draft,
    batch: Option<BatchId>,
) -> Result<CustomerId, StoreError> {
    let customer = CustomerId(work.ids.make());
    let created = draft.created_at.unwrap_or(work.at);
    let assigned = if draft.owner.is_some() { work.at } else { created };
    work.tx.put(
        sql!(
            "INSERT INTO customer (id, kind, name, city, source, external_id, playbook, owner_id, assigned_at, created_at, \
               created_by, dnc_until, attempts, tries, connected, last_touch_at, last_valid_at, last_note, batch_id, version) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, 0, 0, 0, NULL, NULL, $12, $13, 1)"
        ),
        values![
            customer,
            draft.kind.as_str(),
            &draft.name,
            &draft.city,
            &draft.source,
            draft.external_id.as_deref(),
            &book.playbook.id,
            draft.owner,
            assigned,
            created,
            work.by.id,
            &draft.note,
            batch
        ],
    )?;
    work.reverse(Reversal::CustomerMade(customer));
    work.touch(Topic::Customer);
    if let Some(owner) = draft.owner {
        follow(work, customer, owner, "added")?;
    }
    if !draft.note.is_empty() {
        work.tx.put(
            sql!("INSERT INTO private_note (customer_id, user_id, body, at) VALUES ($1, $2, $3, $4)"),
            values![customer, NOBODY, &draft.note, work.at],
        )?;
    }
    let mut known = Known { customer, owner: draft.owner, assigned_at: assigned, ..Known::default() };
    if draft.do_not_contact {
        known.do_not_contact = Some(refuse(work, &book.playbook, (customer, None), (None, ""))?);
    }
    let happening = |kind| Happening { kind, name: None, deal: None, node: None, at: work.at };
    let mut happened = vec![happening(EventKind::LeadCreated)];
    happened.extend(draft.owner.map(|_| happening(EventKind::LeadAssigned)));
    happened.extend(facts(work, draft, &mut known)?);
    for pipeline in &draft.tags {
        let (tagged, deal) = tag::set(work, book, customer, pipeline)?;
        happened.push(tagged);
        known.deals.push(KnownDeal {
            id: deal,
            pipeline: pipeline.clone(),
            stage: None,
            stage_since: work.at,
            opened_at: work.at,
            state: DealState::Open,
            fields: BTreeMap::new(),
            paid_bp: 0,
        });
    }
    work.found_by.write_new(work.tx, (customer, draft.owner), &found_by(draft))?;
    // whoever adds a row or a column that planning reads adds it here too
    debug_assert_eq!(
        known::load(work.tx, &book.playbook, customer, work.at)?,
        known,
        "what is at hand is all there is"
    );
    tasks::happen_to(work, book, known, happened)?;
    Ok(customer)
}

/// What a new customer is found by.
fn found_by(draft: &Draft) -> Subject {
    let mut subject = Subject::default();
    subject.name(&draft.name);
    for person in &draft.persons {
        subject.name(&person.name);
    }
    for contact in draft.contacts() {
        search::add_contact(&mut subject, &contact.norm);
    }
    subject
}

/// Members and facts of a new customer; notes what planning has to know of them.
fn facts(work: &mut Work<'_>, draft: &Draft, known: &mut Known) -> Result<Vec<Happening>, StoreError> {
    let customer = known.customer;
    let mut happened = Vec::new();
    for (place, new) in draft.persons.iter().enumerate() {
        let (id, set) = person::insert(work, customer, new)?;
        if place == 0 {
            work.effects.person = Some(id);
        }
        happened.extend(set);
        known.persons.push(known_person(id, new));
        // a field of the first member who has it stands for all
        for (field, value) in settled(&new.set) {
            known.fields.entry(field).or_insert(value);
        }
    }
    for (code, value) in &draft.set {
        happened.extend(field::write(work, FieldOwner::Customer(customer), customer, (code, value))?);
    }
    for (field, value) in settled(&draft.set) {
        known.fields.entry(field).or_insert(value);
    }
    Ok(happened)
}

fn known_person(id: PersonId, new: &DraftPerson) -> KnownPerson {
    let usable = new.contacts.iter().filter(|contact| contact.state != ContactState::Dead);
    KnownPerson {
        id,
        roles: new.roles.clone(),
        contacts: usable.map(|contact| (contact.channel.clone(), contact.state)).collect(),
        touched: false,
    }
}

/// What is left of values that were set one after another: the last of each field, unless it cleared it.
fn settled(set: &[(FieldCode, String)]) -> BTreeMap<FieldCode, String> {
    let mut last: BTreeMap<FieldCode, String> = set.iter().cloned().collect();
    last.retain(|_, value| !value.is_empty());
    last
}

/// Writes who follows a customer from now on; the row of who did is ended by the caller.
///
/// One row stands for every process (its `process` is empty) until processes are followed by different people.
pub fn follow(
    work: &mut Work<'_>,
    customer: CustomerId,
    user: UserId,
    reason: &str,
) -> Result<(), StoreError> {
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO ownership (id, customer_id, process, user_id, owner_right, from_at, to_at, reason) \
             VALUES ($1, $2, '', $3, $4, $5, NULL, $6)"
        ),
        values![id, customer, user, OwnerRight::Follow, work.at, reason],
    )?;
    work.owner(Some(user));
    Ok(())
}
