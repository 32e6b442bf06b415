//! Everything of a customer that fits one screen (S001-33).

mod parts;

use std::collections::BTreeMap;

use crate::domain::code::FieldCode;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::CustomerKind;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::access;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::customer::{Card, TimelineAsk};
use crate::store::read::customer::timeline;
use crate::store::rights::Action;
use crate::store::sight::Sight;
use crate::store::value::word;
use crate::{sql, values};

/// Touches on a card.
const TOUCHES: usize = 8;

/// Whose card, and who asks.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Whose.
    pub customer: CustomerId,
    /// Who asks: the notebook shown is this user's.
    pub by: Viewer,
}

/// Field values by what they sit on and its id.
type Fields = BTreeMap<(String, i64), BTreeMap<FieldCode, String>>;

/// Reads a card, as the one who asks may see it.
///
/// # Errors
/// [`StoreError::Forbidden`] where the customer may not be seen.
pub fn card(tx: Tx<'_>, books: &mut Books, ask: &Ask) -> Result<Card, StoreError> {
    let Ask { customer, by } = *ask;
    let sight = Sight::of(tx, by)?;
    let mut fields = fields(tx, customer)?;
    let persons = parts::persons(tx, customer, &mut fields)?;
    let deals = parts::deals(tx, customer, &mut fields)?;
    let tags = parts::tags(tx, customer)?;
    let promises = parts::promises(tx, customer)?;
    let coupons = parts::coupons(tx, customer)?;
    let nodes = parts::nodes(tx, customer)?;
    let orders = parts::orders(tx, customer)?;
    let tasks = parts::tasks(tx, customer)?;
    let grants = parts::grants(tx, customer, by.now)?;
    let shown = access::shown(tx, customer, (by.id, by.now))?;
    let ask = TimelineAsk { customer, by, before: None, limit: TOUCHES, channel: None };
    let touches = timeline::touches(tx, &ask)?;
    let private_note = tx
        .one(
            sql!("SELECT body FROM private_note WHERE customer_id = $1 AND user_id = $2"),
            values![customer, by.id],
            |row| Ok(row.text(0)?.to_owned()),
        )?
        .unwrap_or_default();
    // what ends the reading where there is no such customer comes last: all of it is asked in one round
    let head = head(tx, customer)?;
    let owner = head.owner.as_ref().map(|(owner, _)| *owner);
    let rescues = sight.check(tx, customer, owner)?;
    let mut card = Card {
        fields: fields.remove(&("customer".to_owned(), customer.0)).unwrap_or_default(),
        persons,
        deals,
        tags,
        promises,
        coupons,
        nodes,
        orders,
        tasks,
        touches,
        private_note,
        grants,
        is_workable: rescues || sight.may(Action::WorkCustomer, customer, owner),
        ..head
    };
    let book = books.newest(tx, &card.playbook)?.playbook;
    let is_whole = rescues || sight.may(Action::SeeContact, customer, owner);
    sight.hide(&book, &mut card.persons, (is_whole, &shown));
    lock(&sight, &book, &mut card);
    Ok(card)
}

/// Takes away and notes what the playbook hides, masks or lets only read.
fn lock(sight: &Sight, book: &Playbook, card: &mut Card) {
    card.locked = sight.fields(book, None, &mut card.fields);
    for person in &mut card.persons {
        person.locked = sight.fields(book, None, &mut person.fields);
    }
    for deal in &mut card.deals {
        let process = book.pipeline(&deal.pipeline).map(|pipeline| pipeline.process.as_str());
        deal.locked = sight.fields(book, process, &mut deal.fields);
    }
}

fn head(tx: Tx<'_>, customer: CustomerId) -> Result<Card, StoreError> {
    tx.one(
        sql!(
            "SELECT c.kind, c.name, c.city, c.source, c.external_id, c.playbook, c.version, c.owner_id, u.name, \
               c.assigned_at, c.created_at, c.dnc_until, c.attempts \
             FROM customer c LEFT JOIN person_user u ON u.id = c.owner_id WHERE c.id = $1"
        ),
        values![customer],
        |row| {
            let owner = match row.opt_int(7)? {
                Some(id) => Some((UserId(id), row.opt_text(8)?.unwrap_or_default().to_owned())),
                None => None,
            };
            Ok(Card {
                id: customer,
                kind: word(row, 0, CustomerKind::parse)?,
                name: row.text(1)?.to_owned(),
                city: row.text(2)?.to_owned(),
                source: row.text(3)?.to_owned(),
                external_id: row.opt_text(4)?.unwrap_or_default().to_owned(),
                playbook: row.text(5)?.to_owned(),
                version: row.int(6)?,
                owner,
                assigned_at: Timestamp(row.int(9)?),
                created_at: Timestamp(row.int(10)?),
                do_not_contact: row.opt_int(11)?.map(Timestamp),
                persons: Vec::new(),
                fields: BTreeMap::new(),
                deals: Vec::new(),
                promises: Vec::new(),
                tags: Vec::new(),
                coupons: Vec::new(),
                nodes: Vec::new(),
                orders: Vec::new(),
                tasks: Vec::new(),
                touches: Vec::new(),
                private_note: String::new(),
                grants: Vec::new(),
                locked: BTreeMap::new(),
                is_workable: false,
                attempts: u32::try_from(row.int(12)?).unwrap_or(0),
            })
        },
    )?
    .ok_or_else(|| StoreError::NotFound { kind: "customer", id: customer.to_string(), hint: None })
}

fn fields(tx: Tx<'_>, customer: CustomerId) -> Result<Fields, StoreError> {
    let mut fields = Fields::new();
    tx.each(
        sql!("SELECT entity, entity_id, field, value FROM field_value WHERE customer_id = $1"),
        values![customer],
        |row| {
            let values = fields.entry((row.text(0)?.to_owned(), row.int(1)?)).or_default();
            values.insert(row.text(2)?.into(), row.text(3)?.to_owned());
            Ok(())
        },
    )?;
    Ok(fields)
}
