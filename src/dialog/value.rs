//! One field of a customer, a member or a deal, by its type.

use crate::app::Session;
use crate::app::speak::{fact, time};
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::code::FieldCode;
use crate::domain::id::CustomerId;
use crate::domain::lists::FieldType;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::model;
use crate::store::change::customer::FieldOwner;
use crate::store::change::{Change, CustomerChange};
use crate::store::query::Card;
use crate::text::Text;

/// Sets one field, guarded by the value that was on screen.
#[derive(Debug, Clone)]
pub struct SetValue {
    customer: CustomerId,
    on: FieldOwner,
    field: model::Field,
    seen: String,
}

impl SetValue {
    /// A field of a card on screen.
    pub fn new(card: &Card, on: FieldOwner, field: model::Field) -> Self {
        let seen = stored(card, on, &field.code);
        Self { customer: card.id, on, field, seen }
    }

    /// The field alone; choices by key.
    pub fn form(&self, session: &Session, about: &str) -> Form {
        let label = fact::name(session, &self.field.code);
        let options = fact::choices(session, &self.field);
        let field = if options.is_empty() {
            Field::typed(label, &editable(session, self.field.kind, &self.seen))
                .hint(session.words.say(hint(self.field.kind)))
        } else {
            Field::chosen(label, options, &self.seen)
        };
        Form::new(session.words.say(Text("action.edit")), about, vec![field])
    }
}

/// The value a card shows for a field; empty for none.
pub fn stored(card: &Card, on: FieldOwner, field: &FieldCode) -> String {
    let fields = match on {
        FieldOwner::Customer(_) => Some(&card.fields),
        FieldOwner::Person(id) => card.persons.iter().find(|person| person.id == id).map(|p| &p.fields),
        FieldOwner::Deal(id) => card.deals.iter().find(|deal| deal.id == id).map(|deal| &deal.fields),
    };
    fields.and_then(|fields| fields.get(field)).cloned().unwrap_or_default()
}

/// A stored value as it is typed.
fn editable(session: &Session, kind: FieldType, value: &str) -> String {
    let zone = session.zone();
    match kind {
        FieldType::Money => value.parse::<i64>().map_or_else(
            |_| value.to_owned(),
            |minor| {
                if minor % 100 == 0 {
                    (minor / 100).to_string()
                } else {
                    format!("{}.{:02}", minor / 100, minor % 100)
                }
            },
        ),
        FieldType::Date => value.parse::<Day>().map_or_else(|_| value.to_owned(), |day| day.to_string()),
        FieldType::DateTime => value
            .parse::<Timestamp>()
            .map_or_else(|_| value.to_owned(), |at| format!("{} {}", zone.day(at), zone.clock(at))),
        _ => value.to_owned(),
    }
}

const fn hint(kind: FieldType) -> Text {
    match kind {
        FieldType::Int => Text("asked.want_number"),
        FieldType::Money => Text("asked.want_money"),
        FieldType::Date => Text("asked.want_date"),
        FieldType::DateTime => Text("asked.want_time"),
        _ => Text("asked.want_text"),
    }
}

impl Entry for SetValue {
    fn change(&self, form: &Form, session: &Session, fresh: Option<&Card>) -> Result<Change, Wrong> {
        let typed = form.value(0);
        let has_choices = !fact::choices(session, &self.field).is_empty();
        let value = if typed.is_empty() || has_choices {
            typed
        } else {
            fact::typed(session, &self.field, &typed)
                .map_err(|what| Wrong::new(0, session.words.say(what).to_owned()))?
        };
        let seen = fresh.map_or_else(|| self.seen.clone(), |card| stored(card, self.on, &self.field.code));
        let (on, field) = (self.on, self.field.code.clone());
        Ok(Change::Customer(CustomerChange::SetField { on, field, value, seen: Some(seen) }))
    }

    fn customer(&self) -> Option<CustomerId> {
        Some(self.customer)
    }

    fn theirs(&self, card: &Card) -> Vec<String> {
        vec![stored(card, self.on, &self.field.code)]
    }
}

/// A day as it is typed back: used by forms that ask for one.
pub fn typed_day(session: &Session, text: &str) -> Option<Day> {
    time::typed(text, session.now, session.zone()).map(|at| session.zone().day(at))
}
