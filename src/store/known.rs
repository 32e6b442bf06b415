//! What planning must know of one customer, read in a fixed number of statements.

mod heard;

use std::collections::BTreeMap;

use crate::domain::code::{ChannelCode, FieldCode, NodeCode, PipelineCode, RoleCode, StageCode};
use crate::domain::id::{ContactId, CustomerId, DealId, NodeId, PersonId, TaskId, UserId};
use crate::domain::lists::{ContactState, DealState, Lane, NodeState};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::plan::{Known, KnownDeal, KnownNode, KnownPerson, KnownTask};
use crate::store::engine::{Question, Tx};
use crate::store::error::StoreError;
use crate::store::foreseen::Foreseen;
use crate::store::journal::from_json;
use crate::store::value::{Row, Value, word};
use crate::{sql, values};

pub use heard::{Came, Heard};

/// The members of a customer.
const PERSONS: &str = sql!("SELECT id, name, roles, touched FROM person WHERE customer_id = $1 ORDER BY id");

/// The ways to reach them that are not dead.
const CONTACTS: &str = sql!(
    "SELECT person_id, id, channel, norm, state, verified_at FROM contact \
             WHERE customer_id = $1 AND state <> 'dead' ORDER BY id"
);

/// Its deals, with what was sold and paid.
const DEALS: &str = sql!(
    "SELECT d.id, d.pipeline, d.stage, d.stage_since, d.opened_at, d.state, \
                 (SELECT CAST(sum(o.price) AS BIGINT) FROM sale_order o \
                  WHERE o.customer_id = d.customer_id AND o.deal_id = d.id AND o.void_at IS NULL), \
                 (SELECT CAST(sum(p.amount) AS BIGINT) FROM payment p JOIN sale_order o ON o.id = p.order_id \
                  WHERE o.customer_id = d.customer_id AND o.deal_id = d.id AND o.void_at IS NULL AND p.void_at IS NULL) \
             FROM deal d WHERE d.customer_id = $1 AND d.void_at IS NULL ORDER BY d.opened_at, d.id"
);

/// Use of what it bought.
const USED: &str = sql!(
    "SELECT at, amount, left_after FROM usage_event WHERE customer_id = $1 AND kind = 'lesson' ORDER BY at"
);

/// Its facts, those of its members and deals.
const FIELDS: &str =
    sql!("SELECT entity, entity_id, field, value FROM field_value WHERE customer_id = $1 ORDER BY entity_id");

/// Its nodes.
const NODES: &str = sql!(
    "SELECT id, node, deal_id, state, node_at FROM node_event \
             WHERE customer_id = $1 AND void_at IS NULL ORDER BY node_at, id"
);

/// Its tasks that are due.
const TASKS: &str = sql!(
    "SELECT id, task_key, lane, deal_id, node_id, due_at, source, coupon, material, owner_id, promised FROM task \
             WHERE customer_id = $1 AND state = 'due' ORDER BY due_at, id"
);

/// Its timeline, newest first.
const TOUCHES: &str = sql!(
    "SELECT at, channel, direction, connected, person_id, material FROM touch \
             WHERE customer_id = $1 AND void_at IS NULL ORDER BY at DESC, id DESC"
);

/// What is asked of a customer when planning has to know it, to be asked ahead; each of its id alone.
pub fn questions<'a>(whose: &'a [Value<'a>]) -> Vec<Question<'a>> {
    let mut all = vec![(PERSONS, whose), (CONTACTS, whose), (DEALS, whose), (TOUCHES, whose)];
    all.extend(lasting(whose));
    all
}

/// What is asked beside the basics and the timeline.
const fn lasting<'a>(whose: &'a [Value<'a>]) -> [Question<'a>; 4] {
    [(FIELDS, whose), (USED, whose), (NODES, whose), (TASKS, whose)]
}

/// A customer's own row, as changes need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Who.
    pub customer: CustomerId,
    /// Who follows it.
    pub owner: Option<UserId>,
    /// The playbook it is worked by.
    pub playbook: String,
    /// When its owner got it.
    pub assigned_at: Timestamp,
    /// Calls made.
    pub attempts: i64,
    /// Calls since the last answered one.
    pub tries: i64,
    /// Whether one was answered.
    pub connected: i64,
    /// The last touch.
    pub last_touch: Option<Timestamp>,
    /// The last valid one.
    pub last_valid: Option<Timestamp>,
    /// The last note; may be empty.
    pub last_note: String,
    /// Until when it must not be contacted.
    pub do_not_contact: Option<Timestamp>,
}

impl Head {
    /// Reads the columns that [`head`] selects, from `first` on.
    pub fn read(row: &dyn Row, customer: CustomerId, first: usize) -> Result<Self, StoreError> {
        Ok(Self {
            customer,
            owner: row.opt_int(first)?.map(UserId),
            playbook: row.text(first + 1)?.to_owned(),
            assigned_at: Timestamp(row.int(first + 2)?),
            attempts: row.int(first + 3)?,
            tries: row.int(first + 4)?,
            connected: row.int(first + 5)?,
            last_touch: row.opt_int(first + 6)?.map(Timestamp),
            last_valid: row.opt_int(first + 7)?.map(Timestamp),
            last_note: row.text(first + 8)?.to_owned(),
            do_not_contact: row.opt_int(first + 9)?.map(Timestamp),
        })
    }
}

/// A member of a customer and the ways to reach it that are not dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// The name; may be empty.
    pub name: String,
    /// Roles.
    pub roles: Vec<RoleCode>,
    /// Whether it was ever reached.
    pub touched: bool,
    /// Its contacts, in the order they came.
    pub contacts: Vec<MemberContact>,
}

/// A way to reach a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberContact {
    /// Which.
    pub id: ContactId,
    /// Its kind, as the playbook's channels name it.
    pub channel: ChannelCode,
    /// The number or id.
    pub norm: String,
    /// What it is worth.
    pub state: ContactState,
    /// When it was first proved.
    pub proved_at: Option<Timestamp>,
}

/// What a touch names and leaves behind: read once, brought up to date by whoever changes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Basics {
    /// The customer's own row.
    pub head: Head,
    /// Its members, in the order they came.
    pub members: Vec<Member>,
    /// Its deals, oldest first, without their facts.
    pub deals: Vec<KnownDeal>,
}

impl Basics {
    /// Reads them; the customer's own row was read before.
    pub fn of(tx: Tx<'_>, head: Head) -> Result<Self, StoreError> {
        let customer = head.customer;
        Ok(Self { head, members: members(tx, customer)?, deals: deals(tx, customer)? })
    }

    /// The contact of that id, where it is not dead.
    pub fn contact(&self, id: ContactId) -> Option<&MemberContact> {
        self.members.iter().flat_map(|member| &member.contacts).find(|contact| contact.id == id)
    }

    /// Notes what a contact has become worth.
    pub fn set_contact(&mut self, id: ContactId, state: ContactState, at: Timestamp) {
        for member in &mut self.members {
            for contact in member.contacts.iter_mut().filter(|contact| contact.id == id) {
                contact.state = state;
                if state == ContactState::Verified {
                    contact.proved_at.get_or_insert(at);
                }
            }
            member.contacts.retain(|contact| contact.state != ContactState::Dead);
        }
    }
}

/// Reads what is known of a customer at an instant.
pub fn load(tx: Tx<'_>, book: &Playbook, customer: CustomerId, now: Timestamp) -> Result<Known, StoreError> {
    let basics = Basics::of(tx, head(tx, customer)?)?;
    rest(tx, book, &basics, (now, None))
}

/// Reads what is known of a customer beside the basics, which are as they are in the database now; so is the timeline where it
/// is given.
pub fn rest(
    tx: Tx<'_>,
    book: &Playbook,
    basics: &Basics,
    (now, foreseen): (Timestamp, Option<&Foreseen>),
) -> Result<Known, StoreError> {
    let head = &basics.head;
    let whose = values![head.customer];
    let asked = lasting(whose);
    tx.ahead(&asked)?;
    let read;
    let timeline = if let Some(known) = foreseen.and_then(|foreseen| foreseen.heard.as_ref()) {
        known
    } else {
        read = Heard::read(tx, book, head.customer, now)?;
        &read
    };
    let mut known = Known {
        customer: head.customer,
        owner: head.owner,
        assigned_at: head.assigned_at,
        attempts: u32::try_from(head.attempts).unwrap_or(0),
        tries: u32::try_from(head.tries).unwrap_or(0),
        connected_ever: head.connected != 0,
        last_valid: head.last_valid,
        do_not_contact: head.do_not_contact,
        persons: basics.members.iter().map(known_person).collect(),
        deals: basics.deals.clone(),
        ..Known::default()
    };
    fields(tx, &mut known)?;
    used(tx, &mut known, now)?;
    known.nodes = match foreseen.and_then(|foreseen| foreseen.nodes.clone()) {
        Some(nodes) => nodes,
        None => nodes(tx, head.customer)?,
    };
    known.tasks = tasks(tx, head.customer)?;
    known.calls_today = timeline.calls_today;
    known.answered = timeline.answered.iter().map(|(_, person, at)| (*person, *at)).collect();
    known.sent.clone_from(&timeline.sent);
    Ok(known)
}

/// Reads a customer's own row.
pub fn head(tx: Tx<'_>, customer: CustomerId) -> Result<Head, StoreError> {
    tx.one(
        sql!(
            "SELECT owner_id, playbook, assigned_at, attempts, tries, connected, last_touch_at, last_valid_at, last_note, \
             dnc_until FROM customer WHERE id = $1"
        ),
        values![customer],
        |row| Head::read(row, customer, 0),
    )?
    .ok_or_else(|| StoreError::NotFound { kind: "customer", id: customer.to_string(), hint: None })
}

/// Reads a customer's members with their contacts.
pub fn members(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<Member>, StoreError> {
    let mut members = tx.all(PERSONS, values![customer], |row| {
        Ok(Member {
            id: PersonId(row.int(0)?),
            name: row.text(1)?.to_owned(),
            roles: roles(row.text(2)?),
            touched: row.int(3)? != 0,
            contacts: Vec::new(),
        })
    })?;
    tx.each(CONTACTS, values![customer], |row| {
        let person = PersonId(row.int(0)?);
        if let Some(member) = members.iter_mut().find(|member| member.id == person) {
            member.contacts.push(MemberContact {
                id: ContactId(row.int(1)?),
                channel: ChannelCode::from(row.text(2)?),
                norm: row.text(3)?.to_owned(),
                state: word(row, 4, ContactState::parse)?,
                proved_at: row.opt_int(5)?.map(Timestamp),
            });
        }
        Ok(())
    })?;
    Ok(members)
}

fn known_person(member: &Member) -> KnownPerson {
    KnownPerson {
        id: member.id,
        roles: member.roles.clone(),
        touched: member.touched,
        contacts: member.contacts.iter().map(|contact| (contact.channel.clone(), contact.state)).collect(),
    }
}

/// The roles of a person as the column keeps them: codes with a comma between.
pub fn roles(text: &str) -> Vec<RoleCode> {
    text.split([',', ' ', '"', '[', ']']).filter(|code| !code.is_empty()).map(RoleCode::from).collect()
}

fn deals(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<KnownDeal>, StoreError> {
    tx.all(DEALS, values![customer], |row| {
        let (price, paid) = (row.opt_int(6)?.unwrap_or(0), row.opt_int(7)?.unwrap_or(0));
        Ok(KnownDeal {
            id: DealId(row.int(0)?),
            pipeline: PipelineCode::from(row.text(1)?),
            stage: row.opt_text(2)?.map(StageCode::from),
            stage_since: Timestamp(row.int(3)?),
            opened_at: Timestamp(row.int(4)?),
            state: word(row, 5, DealState::parse)?,
            fields: BTreeMap::new(),
            paid_bp: paid_bp(price, paid),
        })
    })
}

/// Use of what was bought, as the facts `lessons_used`, `lessons_left`, `lessons_per_week_2w` that rules compare.
fn used(tx: Tx<'_>, known: &mut Known, now: Timestamp) -> Result<(), StoreError> {
    const TWO_WEEKS_MS: i64 = 14 * crate::domain::time::DAY_MS;
    let (mut all, mut recent, mut left) = (0, 0, None);
    tx.each(USED, values![known.customer], |row| {
        all += row.int(1)?;
        if row.int(0)? > now.0 - TWO_WEEKS_MS {
            recent += row.int(1)?;
        }
        left = row.opt_int(2)?.or(left);
        Ok(())
    })?;
    if all == 0 {
        return Ok(());
    }
    known.fields.insert("lessons_used".into(), all.to_string());
    known.fields.insert("lessons_per_week_2w".into(), (recent / 2).to_string());
    if let Some(left) = left {
        known.fields.insert("lessons_left".into(), left.to_string());
    }
    Ok(())
}

/// The share of a price that is paid, basis points; a payment for nothing counts as all of it.
pub fn paid_bp(price: i64, paid: i64) -> u32 {
    if paid <= 0 {
        return 0;
    }
    if price <= 0 {
        return 10_000;
    }
    let share = i128::from(paid) * 10_000 / i128::from(price);
    // any payment is more than none
    u32::try_from(share).unwrap_or(u32::MAX).max(1)
}

fn fields(tx: Tx<'_>, known: &mut Known) -> Result<(), StoreError> {
    let mut of_customer = Vec::new();
    let mut of_persons: Vec<(i64, FieldCode, String)> = Vec::new();
    tx.each(FIELDS, values![known.customer], |row| {
        let (id, field, value) = (row.int(1)?, FieldCode::from(row.text(2)?), row.text(3)?.to_owned());
        match row.text(0)? {
            "opportunity" => {
                if let Some(deal) = known.deals.iter_mut().find(|d| d.id.0 == id) {
                    deal.fields.insert(field, value);
                }
            }
            "person" => of_persons.push((id, field, value)),
            _ => of_customer.push((field, value)),
        }
        Ok(())
    })?;
    for (_, field, value) in of_persons {
        known.fields.entry(field).or_insert(value);
    }
    for (field, value) in of_customer {
        known.fields.entry(field).or_insert(value);
    }
    Ok(())
}

fn nodes(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<KnownNode>, StoreError> {
    tx.all(NODES, values![customer], node)
}

/// The nodes of a customer, where they were asked ahead.
pub fn nodes_at_hand(tx: Tx<'_>, customer: CustomerId) -> Result<Option<Vec<KnownNode>>, StoreError> {
    tx.at_hand(NODES, values![customer], node)
}

fn node(row: &dyn Row) -> Result<KnownNode, StoreError> {
    Ok(KnownNode {
        id: NodeId(row.int(0)?),
        node: NodeCode::from(row.text(1)?),
        deal: row.opt_int(2)?.map(DealId),
        state: word(row, 3, NodeState::parse)?,
        at: Timestamp(row.int(4)?),
    })
}

fn tasks(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<KnownTask>, StoreError> {
    tx.all(TASKS, values![customer], |row| {
        Ok(KnownTask {
            id: TaskId(row.int(0)?),
            key: row.text(1)?.to_owned(),
            lane: word(row, 2, Lane::parse)?,
            deal: row.opt_int(3)?.map(DealId),
            node: row.opt_int(4)?.map(NodeId),
            due_at: Timestamp(row.int(5)?),
            source: from_json(row.text(6)?)?,
            coupon: row.opt_text(7)?.map(Into::into),
            material: row.opt_text(8)?.map(Into::into),
            owner: row.opt_int(9)?.map(UserId),
            promised: row.int(10)? != 0,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_price_never_rounds_a_payment_away() {
        assert_eq!(paid_bp(1_000_000, 1), 1, "0.01 bp is still a payment");
        assert_eq!(paid_bp(468_000, 234_000), 5_000);
        assert_eq!(paid_bp(468_000, 0), 0);
        assert_eq!(paid_bp(0, 100), 10_000);
    }

    #[test]
    fn roles_are_read_with_a_comma_between() {
        assert_eq!(roles("mother,payer"), [RoleCode::from("mother"), RoleCode::from("payer")]);
        assert!(roles("").is_empty());
    }
}
