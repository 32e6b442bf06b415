//! Customers, persons, contacts, fields, notes, imports.

use serde::{Deserialize, Serialize};

use crate::domain::code::{ChannelCode, FieldCode, RoleCode};
use crate::domain::id::{BatchId, ContactId, CustomerId, DealId, PersonId, UserId};
use crate::domain::lists::{ContactState, CustomerKind, Records};
use crate::domain::time::Timestamp;

/// Changes of customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerChange {
    /// Adds a customer; refused where a contact is known already, naming the owner.
    Add(Box<NewCustomer>),
    /// Changes the name, source, city; refused when `version` is not the stored one.
    Edit {
        /// Which.
        customer: CustomerId,
        /// The version that was on screen.
        version: i64,
        /// The new name.
        name: Option<String>,
        /// The new city.
        city: Option<String>,
        /// The new source.
        source: Option<String>,
    },
    /// Adds a member.
    AddPerson {
        /// To whom.
        customer: CustomerId,
        /// The member.
        person: NewPerson,
    },
    /// Adds a way of contact.
    AddContact {
        /// Whose.
        person: PersonId,
        /// The contact.
        contact: NewContact,
    },
    /// Says what a contact is worth.
    SetContact {
        /// Which.
        contact: ContactId,
        /// Verified, dead, ….
        state: ContactState,
    },
    /// Sets a field with lost-update protection.
    SetField {
        /// On what.
        on: FieldOwner,
        /// Which field.
        field: FieldCode,
        /// The new value; empty clears.
        value: String,
        /// The value that was on screen; `None` does not check.
        seen: Option<String>,
    },
    /// Gives customers to a rep (`None`: to nobody).
    Assign {
        /// Which.
        customers: Vec<CustomerId>,
        /// To whom.
        to: Option<UserId>,
        /// Why.
        reason: String,
    },
    /// Writes in the own notebook on the card (AP-12).
    PrivateNote {
        /// On whose card.
        customer: CustomerId,
        /// The text; empty clears.
        text: String,
    },
    /// Brings in a part of a lead file (≤ 500 rows), in one transaction.
    Import(Box<ImportChunk>),
    /// Brings in a part of an export again (≤ 500 rows), in one transaction.
    Restore(Box<RestoreChunk>),
    /// Removes the next customers of a batch that nobody has worked on; none removed says that the batch is gone.
    UndoImport(BatchId),
}

/// What a field value sits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldOwner {
    /// A customer.
    Customer(CustomerId),
    /// A person.
    Person(PersonId),
    /// A deal.
    Deal(DealId),
}

/// A customer to add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewCustomer {
    /// What kind.
    pub kind: CustomerKind,
    /// The household's or firm's name; empty takes the first person's.
    pub name: String,
    /// The playbook it is worked by; `None` takes the owner's team's, else the only one.
    pub playbook: Option<String>,
    /// Where it came from.
    pub source: String,
    /// The city.
    pub city: String,
    /// The id in another system; unique where not empty.
    pub external_id: String,
    /// Who follows it.
    pub owner: Option<UserId>,
    /// Members; at least one.
    pub persons: Vec<NewPerson>,
    /// Facts of the customer.
    pub set: Vec<(FieldCode, String)>,
    /// A first note on the timeline.
    pub note: String,
    /// Tags to set, as the playbook's tag pipelines name them.
    pub tags: Vec<String>,
    /// Whether the customer must not be contacted from the start.
    pub do_not_contact: bool,
    /// When the lead came in; `None` is now.
    pub created_at: Option<Timestamp>,
}

/// A member to add.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewPerson {
    /// The name; may be empty.
    pub name: String,
    /// Roles; empty takes the playbook's first.
    pub roles: Vec<RoleCode>,
    /// Ways of contact.
    pub contacts: Vec<NewContact>,
    /// Facts of the person.
    pub set: Vec<(FieldCode, String)>,
}

/// A way of contact to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContact {
    /// `phone`, `wechat`, …: the playbook's `contact` of its channels.
    pub channel: ChannelCode,
    /// As it was given.
    pub raw: String,
    /// Normalised: E.164 for phones, folded for others. What is unique.
    pub norm: String,
    /// Extension of a switchboard number; empty for none.
    pub extension: String,
    /// What it is worth.
    pub state: ContactState,
}

/// A part of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportChunk {
    /// The batch; the same for all parts of a file run.
    pub batch: BatchId,
    /// The file's name, for the record.
    pub file: String,
    /// The file's SHA-256, hex: the same file twice changes nothing.
    pub hash: String,
    /// How it is brought in, as a digest of mapping and choices: a run that was cut off goes on only in the same way.
    #[serde(default)]
    pub options: String,
    /// What is done with a row whose customer is known.
    pub known: KnownPolicy,
    /// Whom new customers go to, in turn; empty for nobody.
    pub assign: Vec<UserId>,
    /// How many of the whole run's new customers were assigned before this part: keeps the turn.
    pub assigned_before: u64,
    /// Rows.
    pub rows: Vec<ImportRow>,
    /// Whether this is the run's last part.
    pub last: bool,
}

/// A part of an export that comes in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreChunk {
    /// What records they are.
    pub records: Records,
    /// Rows; all rows of a customer are in one part, one after another.
    pub rows: Vec<RestoreRow>,
}

/// A row that comes in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreRow {
    /// Its number in the file, as a person counts.
    pub row: u64,
    /// Its cells, in the order of the export's columns.
    pub cells: Vec<String>,
}

/// What happens to a row whose customer is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownPolicy {
    /// Count it as a duplicate and leave everything.
    Skip,
    /// Fill what is empty.
    Update,
    /// Only report: nothing at all is written.
    Report,
}

/// A row to import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Its number in the file, as a person counts.
    pub row: u64,
    /// The owner's login the file names; empty takes `assign`.
    pub owner: String,
    /// What it says.
    pub customer: NewCustomer,
}

/// What became of an imported row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFate {
    /// Its number in the file.
    pub row: u64,
    /// What became of it.
    pub fate: Fate,
}

/// What can become of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A customer was made.
    Created(CustomerId),
    /// Empty fields were filled.
    Updated(CustomerId),
    /// The customer is known: which, by what (`phone`, `wechat`, `external_id`), and whose it is.
    Duplicate {
        /// The known customer.
        customer: CustomerId,
        /// What matched.
        by: String,
        /// The owner's name; empty for none.
        owner: String,
    },
    /// The customer was removed again: its import was taken back.
    Removed(CustomerId),
    /// The row cannot be used.
    Rejected {
        /// Why.
        reason: String,
    },
}
