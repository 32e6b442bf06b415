//! Finds rows that repeat an earlier row of the same file.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::lead::LeadRow;
use crate::domain::search_key::folded_id;

/// What two rows have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SameBy {
    /// A telephone number.
    Phone,
    /// The WeChat id.
    WeChat,
    /// The external id.
    ExternalId,
}

impl SameBy {
    /// The word for it in reports: `phone`, `wechat`, `external_id`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::WeChat => "wechat",
            Self::ExternalId => "external_id",
        }
    }
}

/// An earlier row that a row repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeats {
    /// The first row with the same value.
    pub row: u64,
    /// What is the same.
    pub by: SameBy,
    /// The value that is the same.
    pub value: String,
}

/// The most values that are remembered: some 70 MiB, whatever the length of the list.
const VALUES_MAX: usize = 3_500_000;

/// The rows of a file so far, by what names a customer.
///
/// Of a list of millions of rows the first values are remembered; a row that repeats a later one is found by the
/// database, which has that one already.
#[derive(Debug)]
pub struct Seen {
    /// Rows by a hash of 64 bits of what they have: of three million, two differ and agree once in a million lists.
    rows: HashMap<u64, u32>,
    hasher: RandomState,
    values_max: usize,
}

impl Default for Seen {
    fn default() -> Self {
        Self { rows: HashMap::new(), hasher: RandomState::new(), values_max: VALUES_MAX }
    }
}

impl Seen {
    /// Says which earlier row this one repeats, and remembers it if it repeats none.
    ///
    /// Rows with one number and different extensions are different customers behind one switchboard.
    pub fn check(&mut self, lead: &LeadRow) -> Option<Repeats> {
        let keys: Vec<(u64, (SameBy, String))> =
            keys(lead).into_iter().map(|key| (self.hasher.hash_one(&key), key)).collect();
        for (hash, (by, value)) in &keys {
            if let Some(row) = self.rows.get(hash) {
                return Some(Repeats { row: u64::from(*row), by: *by, value: value.clone() });
            }
        }
        // A row number of more than four thousand million is not remembered either.
        if let Ok(row) = u32::try_from(lead.row) {
            for (hash, _) in keys {
                if self.rows.len() < self.values_max {
                    self.rows.insert(hash, row);
                }
            }
        }
        None
    }
}

fn keys(lead: &LeadRow) -> Vec<(SameBy, String)> {
    let phones = lead.phones.iter().map(|phone| match &phone.extension {
        Some(extension) => format!("{}x{extension}", phone.e164),
        None => phone.e164.to_string(),
    });
    let mut keys: Vec<_> = phones.map(|phone| (SameBy::Phone, phone)).collect();
    let wechat = folded_id(&lead.wechat);
    if !wechat.is_empty() {
        keys.push((SameBy::WeChat, wechat));
    }
    if !lead.external_id.is_empty() {
        keys.push((SameBy::ExternalId, lead.external_id.clone()));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(row: u64, wechat: &str) -> LeadRow {
        LeadRow { row, wechat: wechat.to_owned(), ..LeadRow::default() }
    }

    #[test]
    fn as_much_is_remembered_as_there_is_room_for() {
        let mut seen = Seen { values_max: 2, ..Seen::default() };
        for (row, wechat) in [(2, "a"), (3, "b"), (4, "c")] {
            assert_eq!(seen.check(&lead(row, wechat)), None);
        }
        assert_eq!(seen.check(&lead(5, "B")).map(|repeats| repeats.row), Some(3));
        assert_eq!(seen.check(&lead(6, "c")), None, "there was no room for it");
    }
}
