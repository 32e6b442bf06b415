//! Facts made up: a value that a field of the playbook may hold, by its type and choices.

use crate::domain::lists::FieldType;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::model::Field;
use crate::sample::chance::Chance;

/// Whole units of an amount where the playbook has no product to take it from.
const SOME_AMOUNT: i64 = 5_000;

/// A value as somebody would type it; dates count from `at`.
pub fn value(book: &Playbook, field: &Field, at: Timestamp, chance: &mut Chance) -> String {
    let product = || book.products.first();
    let today = book.zone.day(at);
    match field.kind {
        // children's ages, rooms, years: small whole numbers are believable nearly everywhere
        FieldType::Int => chance.between(3, 9).to_string(),
        FieldType::Bool => chance.hits(8_500).to_string(),
        FieldType::Enum => chance.pick(&field.options).map(|o| o.code.clone()).unwrap_or_default(),
        FieldType::Money => {
            let list = product().map_or(SOME_AMOUNT, |product| product.price.0 / 100);
            list.to_string()
        }
        FieldType::Date => today.plus(chance.between(1, 9)).to_string(),
        FieldType::DateTime => {
            let day = today.plus(chance.between(1, 5));
            let hours =
                i64::from(book.hours.0.minutes() / 60 + 1)..=i64::from(book.hours.1.minutes() / 60 - 1);
            format!("{day} {:02}:00", chance.between(*hours.start(), *hours.end()))
        }
        FieldType::Product => chance.pick(&book.products).map(|p| p.code.0.clone()).unwrap_or_default(),
        FieldType::Unit => {
            format!("{}-{}0{}", chance.between(1, 9), chance.between(2, 30), chance.between(1, 4))
        }
        FieldType::Role => {
            let roles: Vec<_> = book.roles.iter().filter(|role| role.contactable).collect();
            chance.pick(&roles).map(|role| role.code.0.clone()).unwrap_or_default()
        }
        FieldType::Window => {
            let from = chance.between(10, 19);
            format!("{from:02}:00-{:02}:00", from + 1)
        }
        FieldType::Text | FieldType::Person | FieldType::Hash => text(chance),
    }
}

fn text(chance: &mut Chance) -> String {
    const SAID: &[&str] = &["待补充", "已确认", "见聊天记录", "本人", "家里人"];
    chance.pick(SAID).copied().unwrap_or_default().to_owned()
}
