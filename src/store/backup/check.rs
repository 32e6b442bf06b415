//! Whether a backup is what its manifest says, and whole.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::domain::hex::hex;
use crate::store::audit;
use crate::store::backup::manifest::{Head, Manifest, Sealed};
use crate::store::backup::seal::{self, Opener};
use crate::store::backup::unwritable;
use crate::store::copy::content;
use crate::store::db::Db;
use crate::store::engine::File as Engine;
use crate::store::engine::file::{Seen, guard};
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::migrate;
use crate::store::verify::{self, Difference};

/// Bytes read at once.
const PIECE: usize = 1 << 20;

/// What is in a file that nobody has open: it was opened without changing it, and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The layout of its tables.
    pub layout: i64,
    /// Rows of all tables.
    pub rows: u64,
    /// The newest row of the journal.
    pub journal: Head,
    /// The newest row of the audit trail.
    pub audit: Head,
    /// What is not what the facts make it.
    pub differences: Vec<Difference>,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What the manifest says.
    pub manifest: Manifest,
    /// What does not agree: with the manifest, or within the file.
    pub differences: Vec<Difference>,
    /// Whether what is in it was looked at: a sealed one stays shut without its key.
    pub is_opened: bool,
}

impl Checked {
    /// Whether it can be put back: it is what the manifest says, and holds no more faults than the database it was made of.
    pub fn is_sound(&self) -> bool {
        let own = u64::try_from(self.differences.len()).unwrap_or(u64::MAX);
        !self.differences.iter().any(is_broken) && own <= self.manifest.differences
    }
}

/// Whether a difference says that the copy itself is not whole, as against figures that were wrong where it was made.
pub fn is_broken(found: &Difference) -> bool {
    matches!(found.kind, "file" | "foreign_key" | "manifest")
}

/// Checks a backup: its size and hash, that it opens, and everything [`verify`] looks at. Of a sealed one, where there is its key, that
/// what is in it is, to the byte, what was verified before it was sealed; it is opened in passing and nothing of it is written.
///
/// # Errors
/// `no_manifest`; where the file is not there or is no database; `wrong_key`.
pub fn check(backup: &Path, opener: Option<&Opener>) -> Result<Checked, StoreError> {
    let manifest = Manifest::read(backup)?;
    let (bytes, sha256) = hash(backup)?;
    let differs = [
        differing("bytes", manifest.bytes.to_string(), bytes.to_string()),
        differing("sha256", manifest.sha256.clone(), sha256),
    ];
    let mut differences: Vec<Difference> = differs.into_iter().flatten().collect();
    if !differences.is_empty() {
        // what is in it says nothing any more
        return Ok(Checked { manifest, differences, is_opened: false });
    }
    if let Some(sealed) = &manifest.sealed {
        let Some(opener) = opener else {
            return Ok(Checked { manifest, differences, is_opened: false });
        };
        let (bytes, sha256) = seal::open(backup, opener, (backup, &mut io::sink()))?;
        differences = inside(sealed, bytes, sha256);
        return Ok(Checked { manifest, differences, is_opened: true });
    }
    let looked = look(backup)?;
    let differs = [
        differing("journal", head(&manifest.journal), head(&looked.journal)),
        differing("audit", head(&manifest.audit), head(&looked.audit)),
        differing("rows", manifest.rows.to_string(), looked.rows.to_string()),
    ];
    differences.extend(differs.into_iter().flatten().chain(looked.differences));
    Ok(Checked { manifest, differences, is_opened: true })
}

/// What differs between what is in a sealed backup and what was sealed.
pub(super) fn inside(sealed: &Sealed, bytes: u64, sha256: String) -> Vec<Difference> {
    let differs = [
        differing("sealed.bytes", sealed.bytes.to_string(), bytes.to_string()),
        differing("sealed.sha256", sealed.sha256.clone(), sha256),
    ];
    differs.into_iter().flatten().collect()
}

/// What the manifest says, where the file says something else.
fn differing(id: &str, expected: String, found: String) -> Option<Difference> {
    (expected != found).then(|| Difference { kind: "manifest", id: id.to_owned(), expected, found })
}

fn head(head: &Head) -> String {
    format!("{} {}", head.number, head.seal)
}

/// Opens a file that nobody has open without changing it, and verifies it.
pub(super) fn look(path: &Path) -> Result<Looked, StoreError> {
    guard::look(path)?;
    let engine = Engine::seen(path, Seen::Alone)?;
    let mut db = Db::over(Box::new(engine));
    let layout = db.layout()?;
    if layout != migrate::newest() {
        return Err(StoreError::Invalid {
            code: "old_layout",
            what: format!(
                "'{}' has layout {layout}, this program verifies {}; check it with the program that made it",
                path.display(),
                migrate::newest()
            ),
        });
    }
    let differences = verify::verify(&mut db)?.differences;
    let tables = migrate::layout::newest();
    db.snapshot(|tx, _| {
        let rows = content::rows(tx, &tables)?.iter().map(|(_, rows)| rows).sum();
        let journal = journal::Tail::find(tx)?;
        let audit = audit::Tail::find(tx)?;
        Ok(Looked {
            layout,
            rows,
            journal: Head { number: journal.revision, seal: journal.seal },
            audit: Head { number: audit.number, seal: audit.seal },
            differences,
        })
    })
}

/// A file's size and its SHA-256, hex.
pub(super) fn hash(path: &Path) -> Result<(u64, String), StoreError> {
    let read = || -> io::Result<(u64, String)> {
        let (mut file, mut sha, mut bytes) = (File::open(path)?, Sha256::new(), 0_u64);
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece)?;
            let Some(got) = piece.get(..read).filter(|got| !got.is_empty()) else { break };
            sha.update(got);
            bytes = bytes.saturating_add(u64::try_from(got.len()).unwrap_or(0));
        }
        Ok((bytes, hex(&sha.finalize())))
    };
    match read() {
        Ok(read) => Ok(read),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(StoreError::Missing { path: path.to_owned() }),
        Err(e) => Err(unwritable(path, &e)),
    }
}
