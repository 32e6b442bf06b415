//! What can go wrong between a person and the facts, each with a stable code.

use std::path::PathBuf;

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
    /// A stable word for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::Missing { .. } => "missing",
            Self::Exists { .. } => "exists",
            Self::Foreign { .. } => "not_corral",
            Self::Newer { .. } => "newer",
            Self::ReadOnly { .. } => "read_only",
            Self::Damaged { .. } => "damaged",
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
}
