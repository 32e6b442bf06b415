//! What the audit trail is told of an act.

use serde::{Deserialize, Serialize};

use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::AuditKind;

/// An act for the audit trail. Who, when and from where are those of the change it comes with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What kind of act.
    pub kind: AuditKind,
    /// Whom or what it is about.
    pub about: About,
    /// What was before; empty where there was nothing.
    pub before: String,
    /// What is after it; empty where nothing is.
    pub after: String,
    /// Why, in whoever's words; empty where nobody said.
    pub why: String,
    /// Whether a customer can be recognised by one of the three: they are kept apart then, so that they can be erased while
    /// the trail stays whole.
    pub is_personal: bool,
}

/// Whom or what an act is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Nothing in particular.
    Nothing,
    /// A user.
    User(UserId),
    /// A team.
    Team(TeamId),
    /// A customer.
    Customer(CustomerId),
    /// Something else: a word for what it is, and its name.
    Thing(String, String),
}

impl About {
    /// Something else than a person or a team: a word for what it is, and its name.
    pub fn thing(word: &str, name: impl Into<String>) -> Self {
        Self::Thing(word.to_owned(), name.into())
    }

    /// As the trail keeps it: a word and an id or a name.
    pub fn text(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::User(id) => format!("user {id}"),
            Self::Team(id) => format!("team {id}"),
            Self::Customer(id) => format!("customer {id}"),
            Self::Thing(word, name) => format!("{word} {name}"),
        }
    }
}

impl About {
    /// Reads what [`About::text`] wrote.
    pub fn read(text: &str) -> Self {
        let Some((word, name)) = text.split_once(' ') else { return Self::Nothing };
        let about = match word {
            "user" => name.parse().map(Self::User).ok(),
            "team" => name.parse().map(Self::Team).ok(),
            "customer" => name.parse().map(Self::Customer).ok(),
            _ => None,
        };
        about.unwrap_or_else(|| Self::thing(word, name))
    }
}

impl Note {
    /// An act of a kind; everything else is empty.
    pub fn new(kind: AuditKind, about: About) -> Self {
        let nothing = String::new;
        Self { kind, about, before: nothing(), after: nothing(), why: nothing(), is_personal: false }
    }

    /// What was before, and what is after it.
    #[must_use]
    pub fn changed(mut self, before: impl Into<String>, after: impl Into<String>) -> Self {
        (self.before, self.after) = (before.into(), after.into());
        self
    }

    /// Why.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// A customer can be recognised by what it says.
    #[must_use]
    pub const fn personal(mut self) -> Self {
        self.is_personal = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_act_is_about_is_read_back_from_its_text() {
        let all = [
            About::Nothing,
            About::User(UserId(7)),
            About::Team(TeamId(8)),
            About::Customer(CustomerId(9)),
            About::thing("file", "leads of june.csv"),
        ];
        for about in all {
            assert_eq!(About::read(&about.text()), about);
        }
        assert_eq!(About::Customer(CustomerId(9)).text(), "customer 9");
    }
}
