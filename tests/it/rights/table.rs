//! What a role may do, tried; and the tables of a document.

use std::path::Path;

use corral::domain::lists::Role;
use corral::store::StoreError;
use corral::store::rights::Relation;

use super::examples::{Group, sample};
use super::ground::Ground;

/// In which relations a role may do something.
pub struct Cells(Vec<Relation>);

impl Cells {
    /// Tries a change in every relation.
    pub fn tried(ground: &mut Ground, kind: &str, role: Role) -> Self {
        let may = |relation: &&Relation| {
            let Some(change) = sample(ground, kind, role, **relation) else { return false };
            match ground.tried(role, change) {
                Err(StoreError::Forbidden { .. }) => false,
                // the right was asked before it was looked for
                Err(StoreError::NotFound {
                    kind: "grant" | "key" | "export that was asked for" | "import",
                    ..
                }) => true,
                Err(StoreError::NotFound { kind: what, .. }) => panic!("{kind}: no {what}"),
                Ok(()) | Err(_) => true,
            }
        };
        Self(Relation::ALL.iter().filter(may).copied().collect())
    }

    /// As the table says it.
    pub fn text(&self, group: Group) -> String {
        let whole = match group {
            Group::Customer => Relation::ALL.len(),
            Group::Colleague => 3,
            Group::House => 1,
        };
        match (self.0.len(), group) {
            (0, _) => "–".to_owned(),
            (all, _) if all == whole => "yes".to_owned(),
            _ => self.0.iter().map(|relation| relation.word()).collect::<Vec<_>>().join(", "),
        }
    }
}

/// Holds a part of a document against what it should be, or writes it.
pub fn same(document: &str, part: &str, fresh: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- tried: {part} -->\n"), format!("<!-- end: {part} -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{document} has no part '{part}'"));
    let (stands, after) = rest.split_once(&end).unwrap();
    let fresh = format!("\n{}\n\n", fresh.trim());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{begin}{fresh}{end}{after}")).unwrap();
        return;
    }
    for (stands, fresh) in stands.trim().lines().zip(fresh.trim().lines()) {
        assert_eq!(stands, fresh, "{document}, part '{part}': first what stands, then what is");
    }
    assert_eq!(stands, fresh, "{document}, part '{part}'");
}
