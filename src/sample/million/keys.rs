//! What everybody is found by, sorted before it is written: a table of many millions is only quick to fill in its own order.

use std::collections::HashMap;

use crate::domain::id::CustomerId;
use crate::domain::search_key::{Key, Place, Subject, keys};
use crate::sample::million::cast::Cast;
use crate::store::bulk::Filling;
use crate::store::{StoreError, search};

/// Texts, each kept once.
#[derive(Debug, Default)]
struct Texts(HashMap<String, u32>);

impl Texts {
    fn place(&mut self, text: String) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(text).or_insert(next)
    }

    /// The texts in order, and for each place where it stands there.
    fn sorted(self) -> (Vec<String>, Vec<u32>) {
        let mut texts: Vec<(String, u32)> = self.0.into_iter().collect();
        texts.sort_unstable();
        let mut ranks = vec![0_u32; texts.len()];
        for (rank, (_, place)) in (0_u32..).zip(&texts) {
            if let Some(slot) = ranks.get_mut(*place as usize) {
                *slot = rank;
            }
        }
        (texts.into_iter().map(|(text, _)| text).collect(), ranks)
    }
}

/// A key with its texts as numbers: text, place, whose, rest.
type Row = (u32, Place, u32, u32);

/// Writes what every customer is found by.
pub fn write(filling: &Filling<'_>, cast: &Cast<'_>) -> Result<(), StoreError> {
    let mut texts = Texts::default();
    let mut rows: Vec<Row> = Vec::new();
    let mut numbers: Vec<usize> = (0..cast.customers()).collect();
    numbers.sort_by_key(|number| (cast.rep(*number), *number));
    for number in numbers {
        let subject = subject(cast, number);
        if let Some(owner) = cast.rep(number) {
            filling.search_text(cast.id(number), owner, &subject)?;
        }
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        for Key { text, place, rest } in keys(&subject) {
            rows.push((texts.place(text), place, number, texts.place(rest)));
        }
    }
    let (texts, ranks) = texts.sorted();
    let rank = |place: u32| ranks.get(place as usize).copied().unwrap_or(0);
    for row in &mut rows {
        *row = (rank(row.0), row.1, row.2, rank(row.3));
    }
    rows.sort_unstable();
    let text = |rank: u32| texts.get(rank as usize).cloned().unwrap_or_default();
    let key = |(of, place, number, rest): Row| -> (Key, CustomerId) {
        (Key { text: text(of), place, rest: text(rest) }, cast.id(number as usize))
    };
    filling.search_keys(rows.into_iter().map(key))
}

fn subject(cast: &Cast<'_>, number: usize) -> Subject {
    let mut subject = Subject::default();
    subject.name(&cast.name(number));
    search::add_contact(&mut subject, &Cast::norm(cast.digits(number)));
    if let Some(handle) = cast.handle(number) {
        search::add_contact(&mut subject, &handle);
    }
    subject
}
