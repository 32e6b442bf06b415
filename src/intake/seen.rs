//! Finds rows that repeat an earlier row of the same file.

use std::collections::HashMap;

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

/// The rows of a file so far, by what names a customer: some 100 bytes a row.
#[derive(Debug, Default)]
pub struct Seen {
    rows: HashMap<(SameBy, String), u64>,
}

impl Seen {
    /// Says which earlier row this one repeats, and remembers it if it repeats none.
    ///
    /// Rows with one number and different extensions are different customers behind one switchboard.
    pub fn check(&mut self, lead: &LeadRow) -> Option<Repeats> {
        let keys = keys(lead);
        let found = keys.iter().find_map(|key| {
            let row = *self.rows.get(key)?;
            Some(Repeats { row, by: key.0, value: key.1.clone() })
        });
        if found.is_none() {
            for key in keys {
                self.rows.insert(key, lead.row);
            }
        }
        found
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
