//! Search keys of everybody, sorted before they are written: a table of many millions is only quick to fill in its own order.

use std::collections::{BTreeMap, HashMap};

use crate::domain::search_key::KeyKind;
use crate::sample::million::cast::Cast;
use crate::store::bulk::Filling;
use crate::store::{StoreError, search};

/// The keys of one kind: each text once, and which customers have it.
#[derive(Debug, Default)]
struct Kind {
    texts: HashMap<String, u32>,
    pairs: Vec<(u32, u32)>,
}

impl Kind {
    fn add(&mut self, text: String, number: u32) {
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let place = *self.texts.entry(text).or_insert(next);
        self.pairs.push((place, number));
    }

    /// Writes the keys in the order of texts, then customers.
    fn write(self, filling: &Filling<'_>, cast: &Cast<'_>, kind: KeyKind) -> Result<(), StoreError> {
        let mut texts: Vec<(String, u32)> = self.texts.into_iter().collect();
        texts.sort_unstable();
        let mut ranks = vec![0_u32; texts.len()];
        for (rank, (_, place)) in (0_u32..).zip(&texts) {
            if let Some(slot) = ranks.get_mut(*place as usize) {
                *slot = rank;
            }
        }
        let rank = |place: u32| ranks.get(place as usize).copied().unwrap_or(0);
        let mut pairs: Vec<(u32, u32)> =
            self.pairs.into_iter().map(|(place, number)| (rank(place), number)).collect();
        pairs.sort_unstable();
        for (rank, number) in pairs {
            let Some((text, _)) = texts.get(rank as usize) else { continue };
            filling.search_key(kind.code(), text, cast.id(number as usize))?;
        }
        Ok(())
    }
}

/// Writes every customer's search keys.
pub fn write(filling: &Filling<'_>, cast: &Cast<'_>) -> Result<(), StoreError> {
    let mut kinds: BTreeMap<KeyKind, Kind> = BTreeMap::new();
    for number in 0..cast.customers() {
        let mut keys = search::keys_of_name(&cast.name(number));
        keys.extend(search::keys_of_contact(&Cast::norm(cast.digits(number)), true));
        if let Some(handle) = cast.handle(number) {
            keys.extend(search::keys_of_contact(&handle, false));
        }
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        for (kind, text) in keys {
            kinds.entry(kind).or_default().add(text, number);
        }
    }
    for (kind, keys) in kinds {
        keys.write(filling, cast, kind)?;
    }
    Ok(())
}
