//! What the columns of a lead file mean.
//!
//! ```toml
//! region = "CN"                          # of numbers without country code; left out: the playbook's
//! ignore_values = ["Select", ""]         # cells that mean "not answered"
//!
//! [columns]
//! "手机号" = "phone"
//! "年级" = "field:grade"                  # a field of the playbook
//! "微信/电话" = ["wechat", "phone"]
//!
//! [values."Do Not Call"]
//! "Yes" = "true"
//!
//! [constants]
//! source = "autumn fair"
//! ```

mod proposal;
mod reading;

use std::collections::BTreeMap;
use std::fmt;

pub use proposal::{is_known_header, propose};
pub use reading::{Problem, read};
use unicode_normalization::UnicodeNormalization;

use crate::domain::clean::clean;
use crate::domain::code::{FieldCode, RoleCode};

/// What a column of a lead file can be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeadField {
    /// The lead's id in the system it comes from.
    ExternalId,
    /// The person's name.
    Name,
    /// Telephone numbers; several columns and several in a cell are allowed.
    Phone,
    /// The WeChat id.
    WeChat,
    /// The person's role, an id of the playbook's.
    Role,
    /// The household's or firm's name.
    CustomerName,
    /// Where the lead came from.
    Source,
    /// The login of the person who follows the lead.
    Owner,
    /// A first note; several columns are allowed.
    Note,
    /// A tag; several columns and several in a cell are allowed.
    Tag,
    /// Whether the customer asked not to be called.
    DoNotCall,
    /// When the lead came in.
    CreatedAt,
    /// The city.
    City,
    /// A field of the playbook.
    Custom(FieldCode),
}

/// The names of the built-in fields in a mapping file.
const BUILT_IN: [(&str, LeadField); 13] = [
    ("external_id", LeadField::ExternalId),
    ("name", LeadField::Name),
    ("phone", LeadField::Phone),
    ("wechat", LeadField::WeChat),
    ("role", LeadField::Role),
    ("customer_name", LeadField::CustomerName),
    ("source", LeadField::Source),
    ("owner", LeadField::Owner),
    ("note", LeadField::Note),
    ("tag", LeadField::Tag),
    ("do_not_call", LeadField::DoNotCall),
    ("created_at", LeadField::CreatedAt),
    ("city", LeadField::City),
];

/// What a playbook field's name begins with in a mapping file.
const CUSTOM_PREFIX: &str = "field:";

impl LeadField {
    /// Whether several columns may go to the field.
    pub fn takes_several(&self) -> bool {
        matches!(self, Self::Phone | Self::Note | Self::Tag)
    }

    fn built_in(name: &str) -> Option<Self> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, field)| field.clone())
    }
}

impl fmt::Display for LeadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Custom(code) = self {
            return write!(f, "{CUSTOM_PREFIX}{code}");
        }
        let name = BUILT_IN.iter().find(|(_, field)| field == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// A field of the playbook and the names by which a column of a file may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its code.
    pub code: FieldCode,
    /// Its names in every language.
    pub names: Vec<String>,
}

/// What a playbook allows in a lead file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vocabulary {
    /// Its fields.
    pub fields: Vec<Target>,
    /// Its roles of persons; empty leaves roles unchecked.
    pub roles: Vec<RoleCode>,
}

/// A column that is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in the file.
    pub header: String,
    /// Its place, from 0.
    pub index: usize,
    /// What it is; more than one for a number that is the WeChat id as well.
    pub fields: Vec<LeadField>,
    /// Values to replace, by their folded form.
    pub values: BTreeMap<String, String>,
}

/// What the columns of one file mean; bound to the file's columns when it is read or proposed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    /// The columns that are used, in the file's order.
    pub columns: Vec<Column>,
    /// Cells that mean "not answered".
    pub ignore_values: Vec<String>,
    /// Values for fields that no column gives, or whose cell is empty.
    pub constants: Vec<(LeadField, String)>,
    /// Two letters of the region of numbers without country code; `None` takes the playbook's.
    pub region: Option<String>,
    /// Roles that are allowed; empty leaves them unchecked.
    pub roles: Vec<RoleCode>,
}

impl Mapping {
    /// Says whether a row can have anything to reach a customer by, as far as the columns go.
    pub fn reaches(&self) -> bool {
        let reach = [LeadField::Phone, LeadField::WeChat, LeadField::ExternalId];
        self.columns.iter().flat_map(|column| &column.fields).any(|field| reach.contains(field))
    }

    /// Writes the mapping as a file a person can save and edit; columns of `headers` that are not used stand in
    /// it as comments.
    pub fn render(&self, headers: &[String]) -> String {
        let mut lines = Vec::new();
        if let Some(region) = &self.region {
            lines.push(format!("region = {}", quoted(region)));
        }
        let ignored: Vec<String> = self.ignore_values.iter().map(|value| quoted(value)).collect();
        lines.push(format!("ignore_values = [{}]\n\n[columns]", ignored.join(", ")));
        for (index, header) in headers.iter().enumerate() {
            let header = quoted(header);
            lines.push(match self.columns.iter().find(|column| column.index == index) {
                Some(column) => format!("{header} = {}", listed(&column.fields)),
                None => format!("# {header} = \"\""),
            });
        }
        for column in self.columns.iter().filter(|column| !column.values.is_empty()) {
            lines.push(format!("\n[values.{}]", quoted(&column.header)));
            lines.extend(column.values.iter().map(|(from, to)| format!("{} = {}", quoted(from), quoted(to))));
        }
        if !self.constants.is_empty() {
            lines.push("\n[constants]".to_owned());
            let constant = |(field, value): &(LeadField, String)| {
                format!("{} = {}", quoted(&field.to_string()), quoted(value))
            };
            lines.extend(self.constants.iter().map(constant));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

/// One field as a text, several as a list.
fn listed(fields: &[LeadField]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| quoted(&field.to_string())).collect();
    match fields.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// A header or value as it is compared: clean, compatibility form, lower case.
pub(super) fn folded(text: &str) -> String {
    clean(text).nfkc().flat_map(char::to_lowercase).collect::<String>().trim().to_owned()
}
