//! Customers made up: a household with its members in the playbook's roles, numbers that belong to nobody, facts.
//!
//! The playbook's roles are taken by their order and by whether such a member may be contacted; none is known by name.

use crate::domain::code::{ChannelCode, FieldCode, RoleCode};
use crate::domain::lists::{ContactState, CustomerKind, Entity};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::model::PersonRole;
use crate::sample::chance::Chance;
use crate::sample::facts;
use crate::sample::names::{self, Who};
use crate::store::change::customer::{NewContact, NewCustomer, NewPerson};

/// Prime to 10⁸, so that counting up never gives the same eight digits twice.
const STRIDE: u64 = 61_803_399;
/// Numbers there are behind the reserved prefix.
const NUMBERS: u64 = 100_000_000;

/// Makes customers of one playbook, each with numbers of its own.
#[derive(Debug, Clone)]
pub struct Households {
    seed: u64,
    made: u64,
    numbers: u64,
}

impl Households {
    /// Begins after `made` customers that were made before.
    pub const fn new(seed: u64, made: u64) -> Self {
        Self { seed, made, numbers: made.saturating_mul(4) }
    }

    /// The next customer.
    pub fn next(&mut self, book: &Playbook, at: Timestamp) -> NewCustomer {
        self.made += 1;
        let mut chance = Chance::of(self.seed, i64::try_from(self.made).unwrap_or(0));
        let chance = &mut chance;
        let persons = self.members(book, chance);
        let mut set = Vec::new();
        for field in book.fields.iter().filter(|f| f.on == Entity::Customer) {
            if !chance.hits(1_500) {
                continue;
            }
            set.push((field.code.clone(), facts::value(book, field, at, chance)));
        }
        NewCustomer {
            kind: CustomerKind::Household,
            name: String::new(),
            playbook: Some(book.id.clone()),
            source: names::source(chance).to_owned(),
            city: names::city(chance).to_owned(),
            external_id: String::new(),
            owner: None,
            persons,
            set,
            note: String::new(),
            tags: Vec::new(),
            do_not_contact: false,
            created_at: None,
        }
    }

    fn members(&mut self, book: &Playbook, chance: &mut Chance) -> Vec<NewPerson> {
        let (reached, kept): (Vec<&PersonRole>, Vec<&PersonRole>) =
            book.roles.iter().partition(|role| role.contactable);
        let first_is = reached.first().map_or(Who::Woman, |role| who(role, chance));
        let other_is = if first_is == Who::Woman { Who::Man } else { Who::Woman };
        let (surname, other) = (names::surname(chance), names::surname(chance));
        let mut first = NewPerson {
            name: format!("{surname}{}", names::given(chance, first_is)),
            roles: roles(reached.first().copied()),
            contacts: vec![self.phone(book)],
            set: Vec::new(),
        };
        if chance.hits(6_500) {
            first.contacts.extend(self.wechat(book));
        }
        let mut second = (chance.hits(8_000) && reached.len() > 1).then(|| NewPerson {
            name: format!("{other}{}", names::given(chance, other_is)),
            roles: roles(reached.get(1).copied()),
            contacts: Vec::new(),
            set: Vec::new(),
        });
        if let Some(second) = second.as_mut().filter(|_| chance.hits(4_000)) {
            second.contacts.push(self.phone(book));
            if chance.hits(4_000) {
                second.contacts.extend(self.wechat(book));
            }
        }
        for role in reached.iter().skip(2) {
            let to_second = chance.hits(5_000);
            match (&mut second, chance.hits(7_000)) {
                (_, false) => {}
                (Some(second), true) if to_second => second.roles.push(role.code.clone()),
                (_, true) => first.roles.push(role.code.clone()),
            }
        }
        let fathers = if first_is == Who::Man || second.is_none() { surname } else { other };
        let mut persons: Vec<NewPerson> = std::iter::once(first).chain(second).collect();
        for role in &kept {
            persons.push(NewPerson {
                name: format!("{fathers}{}", names::given(chance, Who::Child)),
                roles: vec![role.code.clone()],
                contacts: Vec::new(),
                set: Vec::new(),
            });
        }
        // what is known of persons is known of whom the product is for: the last member
        if let Some(last) = persons.last_mut().filter(|_| chance.hits(8_500)) {
            last.set = personal(book, chance);
        }
        persons
    }

    /// A number behind the reserved prefix: nobody has it (see [`crate::domain::phone::parse`]).
    fn phone(&mut self, book: &Playbook) -> NewContact {
        let digits = self.tail();
        let contact = book.channels.iter().find(|c| c.is_call).and_then(|c| c.contact.clone());
        NewContact {
            channel: contact.unwrap_or_else(|| ChannelCode::from("phone")),
            raw: format!("100 {:04} {:04}", digits / 10_000, digits % 10_000),
            norm: format!("+86100{digits:08}"),
            extension: String::new(),
            state: ContactState::Stated,
        }
    }

    /// An id on the first channel that is neither a call nor a place, where the playbook has one.
    fn wechat(&mut self, book: &Playbook) -> Option<NewContact> {
        let digits = self.tail();
        wechat(book, digits)
    }

    const fn tail(&mut self) -> u64 {
        self.numbers += 1;
        (self.numbers.wrapping_mul(STRIDE)).wrapping_add(self.seed % NUMBERS) % NUMBERS
    }
}

/// A WeChat id that nobody has; a number makes it unique.
pub fn wechat(book: &Playbook, number: u64) -> Option<NewContact> {
    let channel = book.channels.iter().find(|c| !c.is_call && c.contact.is_some())?;
    Some(NewContact {
        channel: channel.contact.clone()?,
        raw: format!("wx_sample_{number:08x}"),
        norm: format!("wx_sample_{number:08x}"),
        extension: String::new(),
        state: ContactState::Stated,
    })
}

fn roles(role: Option<&PersonRole>) -> Vec<RoleCode> {
    role.map(|role| role.code.clone()).into_iter().collect()
}

/// How a role is addressed says who plays it.
fn who(role: &PersonRole, chance: &mut Chance) -> Who {
    let says = |word: &str| role.address.as_ref().is_some_and(|address| address.en.starts_with(word));
    if says("Ms ") {
        Who::Woman
    } else if says("Mr ") {
        Who::Man
    } else if chance.hits(5_500) {
        Who::Woman
    } else {
        Who::Man
    }
}

fn personal(book: &Playbook, chance: &mut Chance) -> Vec<(FieldCode, String)> {
    let mut known = Vec::new();
    for field in book.fields.iter().filter(|field| field.on == Entity::Person) {
        if chance.hits(7_500) {
            known.push((field.code.clone(), facts::value(book, field, Timestamp(0), chance)));
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::phone::{Region, parse};
    use crate::playbook::{embedded, source};

    fn book(name: &str) -> Playbook {
        source::load_text(name, embedded::text(name).unwrap()).unwrap().playbook
    }

    #[test]
    fn no_two_members_share_a_number_and_every_number_is_a_reserved_one() {
        for name in embedded::names() {
            let book = book(name);
            let mut households = Households::new(1, 0);
            let mut seen = BTreeSet::new();
            for _ in 0..500 {
                for contact in households.next(&book, Timestamp(0)).persons.iter().flat_map(|p| &p.contacts) {
                    assert!(seen.insert(contact.norm.clone()), "{}", contact.norm);
                    if contact.norm.starts_with('+') {
                        let read = parse(&contact.raw, &Region::china()).unwrap();
                        assert_eq!(read.e164.as_str(), contact.norm);
                        assert!(contact.norm.starts_with("+86100") && contact.norm.len() == 14);
                    }
                }
            }
        }
    }

    #[test]
    fn whoever_may_not_be_contacted_is_there_and_has_no_contact() {
        let book = book("edu-english");
        let kept: Vec<_> = book.roles.iter().filter(|r| !r.contactable).map(|r| r.code.clone()).collect();
        assert!(!kept.is_empty());
        let mut households = Households::new(3, 0);
        for _ in 0..100 {
            let made = households.next(&book, Timestamp(0));
            let child = made.persons.iter().find(|p| p.roles == kept).unwrap();
            assert!(child.contacts.is_empty());
            assert!(!made.persons[0].contacts.is_empty());
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_households() {
        let book = book("life-anqiao");
        let (mut one, mut two) = (Households::new(9, 0), Households::new(9, 0));
        for _ in 0..20 {
            assert_eq!(one.next(&book, Timestamp(0)), two.next(&book, Timestamp(0)));
        }
    }
}
