//! What can go wrong between a person and the facts, each with a stable code.

use std::path::{Path, PathBuf};

use crate::domain::id::UserId;
use crate::domain::time::Timestamp;

/// Why a read or write was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("there is no database at '{}'; create one with 'corral init --db {}'", path.display(), path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// `init` found something already there.
    #[error("'{}' exists already; it was left untouched", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// The file is not a Corral database.
    #[error("'{}' is not a Corral database ({what}); it was left untouched", path.display())]
    Foreign {
        /// The path.
        path: PathBuf,
        /// What it looks like instead.
        what: String,
    },
    /// A newer program made it.
    #[error("'{}' was made by a newer Corral (layout {found}, this program knows up to {known}); update this program", path.display())]
    Newer {
        /// The path.
        path: PathBuf,
        /// The layout found.
        found: i64,
        /// The newest layout this program knows.
        known: i64,
    },
    /// The file or its folder may not be written.
    #[error("'{}' cannot be written ({why}); make the file and its folder writable for this user", path.display())]
    ReadOnly {
        /// The path.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The file is damaged.
    #[error("'{}' is damaged ({what}); it was left untouched, restore a backup", path.display())]
    Damaged {
        /// The path.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The disk has no room left.
    #[error("the disk is full: '{}' cannot grow ({what}); make room, nothing else need be done", path.display())]
    Full {
        /// The path.
        path: PathBuf,
        /// What the engine or the system said.
        what: String,
    },
    /// The disk or the file system failed.
    #[error("the disk failed at '{}' while {doing} ({what}); see what the system's log says of it", path.display())]
    Disk {
        /// The path.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// What the engine said.
        what: String,
    },
    /// The open files are not those at their paths any more.
    #[error(
        "'{}' was {how} while it was open; put it back as it was, or close Corral everywhere and open it again",
        file.display()
    )]
    Gone {
        /// The database.
        path: PathBuf,
        /// The file of it that is gone: itself, or its log.
        file: PathBuf,
        /// `removed` or `replaced`.
        how: &'static str,
    },
    /// The server cannot be reached, or takes no changes now. What was under way was done wholly or not at all; the same again
    /// does it once.
    #[error("the database at '{}' cannot be reached ({what}); try again when it is back, nothing was done by halves", path.display())]
    Away {
        /// The address.
        path: PathBuf,
        /// What each host said.
        what: String,
    },
    /// The server does not let this user in, or do what is to be done; or it is not the one it should be.
    #[error(
        "the server does not let Corral in at '{}' ({what}); see the user, the password, the database's name, the rights and the \
         certificate",
        path.display()
    )]
    Refused {
        /// The address.
        path: PathBuf,
        /// What the server said.
        what: String,
    },
    /// Somebody else is writing for too long.
    #[error("the database is busy: {what}; try again")]
    Busy {
        /// What was waited for.
        what: String,
    },
    /// The role may not do this.
    #[error("a {role} may not {what}{}", relation_words(relation))]
    Forbidden {
        /// The role of who tried.
        role: String,
        /// What was tried, as a verb phrase.
        what: String,
        /// Whose the customer is: `own`, `team`, `other`, `none`; empty where it does not matter.
        relation: String,
    },
    /// There is no such thing.
    #[error("there is no {kind} '{id}'{}", hint_words(hint.as_ref()))]
    NotFound {
        /// What was looked for.
        kind: &'static str,
        /// Its id or name.
        id: String,
        /// A near miss.
        hint: Option<String>,
    },
    /// Somebody changed it in between.
    #[error("{what} was changed by {by} in the meantime: it is now '{theirs}', yours would be '{yours}'")]
    Conflict {
        /// What was changed.
        what: String,
        /// Who changed it.
        by: String,
        /// The value there now.
        theirs: String,
        /// The value that was to be written.
        yours: String,
    },
    /// A rule forbids it now.
    #[error("{what}")]
    Held {
        /// A stable word for the rule.
        rule: String,
        /// What it says.
        what: String,
        /// When it frees.
        until: Option<Timestamp>,
    },
    /// What was asked makes no sense; the words say what is wrong and what to do.
    #[error("{what}")]
    Invalid {
        /// A stable word for the problem.
        code: &'static str,
        /// What is wrong, the value, what to do next.
        what: String,
    },
    /// Nothing is left to undo, or it cannot be undone.
    #[error("{what}")]
    NoUndo {
        /// Why.
        what: String,
        /// A stable word for that.
        why: &'static str,
        /// Whose later work stands in the way; empty for one's own, and where it is nobody's.
        by: String,
    },
    /// The user is not one who may act.
    #[error("user '{by}' may not act: {why}")]
    NotActive {
        /// Who.
        by: UserId,
        /// Why.
        why: String,
    },
    /// The disk, the engine or the program itself failed.
    #[error("the database failed while {doing}: {what}")]
    Engine {
        /// What was being done.
        doing: String,
        /// What the engine said.
        what: String,
    },
}

fn relation_words(relation: &str) -> &'static str {
    match relation {
        "other" => ": the customer is another rep's; ask for collaboration",
        "team" => ": the customer belongs to a team mate; ask for collaboration",
        "none" => ": the customer has no owner yet",
        _ => "",
    }
}

fn hint_words(hint: Option<&String>) -> String {
    hint.map(|h| format!("; did you mean '{h}'?")).unwrap_or_default()
}

impl StoreError {
    /// A rule that stands in the way, and that no time frees.
    pub fn held(rule: &str, what: impl Into<String>) -> Self {
        Self::Held { rule: rule.to_owned(), what: what.into(), until: None }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::Missing { .. } => "missing",
            Self::Exists { .. } => "exists",
            Self::Foreign { .. } => "not_corral",
            Self::Newer { .. } => "newer",
            Self::ReadOnly { .. } => "read_only",
            Self::Damaged { .. } => "damaged",
            Self::Full { .. } => "disk_full",
            Self::Disk { .. } => "disk",
            Self::Gone { .. } => "gone",
            Self::Away { .. } => "away",
            Self::Refused { .. } => "refused",
            Self::Busy { .. } => "busy",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::Held { rule, .. } => rule,
            Self::Invalid { code, .. } => code,
            Self::NoUndo { .. } => "no_undo",
            Self::NotActive { .. } => "not_active",
            Self::Engine { .. } => "engine",
        }
    }

    /// Whether the cause lies outside what was asked and may pass: the same change can be sent again later, with the same id.
    pub const fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. }
                | Self::Full { .. }
                | Self::Disk { .. }
                | Self::Gone { .. }
                | Self::Away { .. }
                | Self::Refused { .. }
                | Self::ReadOnly { .. }
        )
    }

    /// Whether the disk, the file or the program failed, as against a rule that refuses.
    pub const fn is_fault(&self) -> bool {
        self.may_pass() || matches!(self, Self::Engine { .. } | Self::Damaged { .. } | Self::Foreign { .. })
    }

    /// What may stand in a log: the code, and what the system said where no value of a customer can be in it. No path: those
    /// name people.
    pub fn logged(&self) -> String {
        let said = match self {
            Self::Newer { found, known, .. } => format!("layout {found}, known {known}"),
            Self::Foreign { path, what }
            | Self::Damaged { path, what }
            | Self::Full { path, what }
            | Self::Away { path, what }
            | Self::Refused { path, what } => without(what, path),
            Self::ReadOnly { path, why } => without(why, path),
            // statements are bound, so that their text holds no value; what an engine says of one may
            Self::Disk { path, doing, what } => format!("while {doing}: {}", without(what, path)),
            Self::Engine { doing, .. } => format!("while {doing}"),
            Self::Gone { path, file, how } => {
                let end = file.to_str().zip(path.to_str()).and_then(|(file, path)| file.strip_prefix(path));
                format!("the file{} was {how}", end.unwrap_or_default())
            }
            Self::Busy { what } => what.clone(),
            _ => return self.code().to_owned(),
        };
        format!("{}: {said}", self.code())
    }
}

/// What was said of a file, without its path: an engine names it.
fn without(said: &str, path: &Path) -> String {
    let named = [Some(path), path.parent()].into_iter().flatten().map(|path| path.display().to_string());
    // a lone separator is no folder
    named.filter(|name| name.len() > 1).fold(said.to_owned(), |said, name| said.replace(&name, "it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_of_a_refusal_names_nobody() {
        let mark = "王芳-13800138000".to_owned();
        let refusals = [
            StoreError::Conflict {
                what: mark.clone(),
                by: mark.clone(),
                theirs: mark.clone(),
                yours: mark.clone(),
            },
            StoreError::Invalid { code: "phone", what: mark.clone() },
            StoreError::NotFound { kind: "customer", id: mark.clone(), hint: Some(mark.clone()) },
            StoreError::Held { rule: "quiet_hours".to_owned(), what: mark.clone(), until: None },
            StoreError::NoUndo { what: mark.clone(), why: "changed", by: String::new() },
            StoreError::Engine { doing: "reading the journal".to_owned(), what: mark.clone() },
        ];
        for refusal in refusals {
            let logged = refusal.logged();
            assert!(logged.contains(refusal.code()) && !logged.contains("王") && !logged.contains("138"));
        }
    }

    #[test]
    fn what_is_logged_of_a_fault_names_no_folder() {
        let path = PathBuf::from("/home/王芳/corral.db");
        let what = "unable to open database file: /home/王芳/corral.db".to_owned();
        let faults = [
            (
                StoreError::Full { path: path.clone(), what: what.clone() },
                "disk_full: unable to open database file: it",
            ),
            (StoreError::Missing { path: path.clone() }, "missing"),
            (StoreError::Newer { path: path.clone(), found: 9, known: 4 }, "newer: layout 9, known 4"),
            (
                StoreError::Gone {
                    path: path.clone(),
                    file: PathBuf::from("/home/王芳/corral.db-wal"),
                    how: "removed",
                },
                "gone: the file-wal was removed",
            ),
            (
                StoreError::Disk { path, doing: "writing to disk".to_owned(), what },
                "disk: while writing to disk: unable to open database file: it",
            ),
        ];
        for (fault, logged) in faults {
            assert_eq!(fault.logged(), logged);
        }
    }

    #[test]
    fn what_lies_outside_a_change_may_pass_and_a_rule_does_not() {
        let path = PathBuf::from("a.db");
        let full = StoreError::Full { path: path.clone(), what: String::new() };
        let gone = StoreError::Gone { path: path.clone(), file: path, how: "removed" };
        assert!(full.may_pass() && gone.may_pass());
        assert!(!StoreError::NoUndo { what: String::new(), why: "changed", by: String::new() }.may_pass());
        assert!(!StoreError::Engine { doing: String::new(), what: String::new() }.may_pass());
    }
}
