//! The format as data: every table, every key, what may stand there. The reader obeys it and the reference is printed
//! from it, so that neither can know a key the other does not.

pub mod method;
pub mod root;
pub mod rules;
pub mod work;

use crate::domain::lists::{DoneKind, EventKind};

/// The version of the format this program reads.
pub const FORMAT: &str = "playbook/1";

/// A table of the format.
#[derive(Debug)]
pub struct Table {
    /// How messages and the reference call it: `[[fields]]`, `[pool]`, `next = { … }`.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Its keys, in the order of the reference.
    pub keys: &'static [Key],
    /// Keys allowed beside those.
    pub extra: Extra,
}

/// Keys of a table that the playbook itself names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// None.
    No,
    /// Codes of fields, and facts.
    Fields,
}

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub kind: Kind,
    /// Whether it must stand.
    pub need: Need,
    /// What it means.
    pub doc: &'static str,
}

/// Whether a key must stand.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// It must.
    Must,
    /// It may.
    May,
    /// It may; this TOML value is taken when it does not.
    Else(&'static str),
}

/// What may stand at a key.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// The id of this row, new in its domain.
    Id(Domain),
    /// The id of a row elsewhere.
    Ref(Domain),
    /// `pipeline.stage`.
    PipelineStage,
    /// A text.
    Text,
    /// A word without blanks.
    Word,
    /// The one key that says it.
    Letter,
    /// A text in both languages.
    Both,
    /// A text in both languages with `{merge_fields}`.
    Template,
    /// A text in one language with `{merge_fields}`; its row has the other beside it.
    Line,
    /// Both languages, with `{name}` for the person's name.
    Address,
    /// A whole number in a range.
    Int(i64, i64),
    /// A share such as 1.10, kept in basis points.
    Share,
    /// True or false.
    Bool,
    /// An amount, in the unit `[playbook] money` says.
    Money,
    /// A clock time.
    Clock,
    /// A window `{ from, to }` of clock times.
    Window,
    /// A length of time.
    Span,
    /// A member of a closed list.
    OneOf(fn() -> Vec<&'static str>),
    /// A member of a closed list, some of which carry `:name`.
    Phrase(fn() -> Vec<(&'static str, Option<Domain>)>),
    /// True, false, a whole number or a text.
    Scalar,
    /// A scalar or a list of texts.
    Any,
    /// The choices of an enum field.
    Options,
    /// A list.
    List(&'static Self),
    /// A table whose keys are ids of this domain (or `all` for [`Domain::Share`]).
    Map(Domain, &'static Self),
    /// A table.
    Table(&'static Table),
    /// A list of tables.
    Tables(&'static Table),
}

/// What an id names.
#[allow(missing_docs, reason = "each is the noun below")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    Board,
    Channel,
    ChannelOrStage,
    Coupon,
    Example,
    Field,
    Job,
    Material,
    Node,
    Outcome,
    Pipeline,
    Product,
    Question,
    Rank,
    Reason,
    Role,
    Rule,
    Script,
    /// Ranks, or `all`.
    Share,
    Signal,
    Sop,
    Stage,
    PipelineStage,
}

impl Domain {
    /// What messages call one.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Channel => "channel",
            Self::ChannelOrStage => "channel or stage",
            Self::Coupon => "coupon",
            Self::Example => "example",
            Self::Field => "field",
            Self::Job => "job",
            Self::Material => "material",
            Self::Node => "node",
            Self::Outcome => "outcome",
            Self::Pipeline => "pipeline",
            Self::Product => "product",
            Self::Question => "question",
            Self::Rank | Self::Share => "rank",
            Self::Reason => "reason",
            Self::Role => "customer role",
            Self::Rule => "rule",
            Self::Script => "script",
            Self::Signal => "signal",
            Self::Sop => "procedure",
            Self::Stage | Self::PipelineStage => "stage",
        }
    }
}

impl Kind {
    /// What may stand there, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Id(domain) => format!("new id of this {}", domain.noun()),
            Self::Ref(domain) => format!("id of a {}", domain.noun()),
            Self::PipelineStage => "`\"pipeline.stage\"`".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Word => "word".to_owned(),
            Self::Letter => "one digit or lower-case letter".to_owned(),
            Self::Both => "`{ zh, en }`".to_owned(),
            Self::Template => "`{ zh, en }` with `{merge_fields}`".to_owned(),
            Self::Line => "text with `{merge_fields}`".to_owned(),
            Self::Address => "`{ zh, en }` with `{name}`".to_owned(),
            Self::Int(min, i64::MAX) => format!("whole number from {min}"),
            Self::Int(min, max) => format!("whole number {min} to {max}"),
            Self::Share => "number such as 1.10".to_owned(),
            Self::Bool => "`true` or `false`".to_owned(),
            Self::Money => "amount".to_owned(),
            Self::Clock => "clock time such as `\"18:30\"`".to_owned(),
            Self::Window => "`{ from, to }` of clock times".to_owned(),
            Self::Span => "length of time such as `\"30m\"`, `\"2h\"`, `\"3d\"`".to_owned(),
            Self::OneOf(names) => {
                names().iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ")
            }
            Self::Phrase(words) => words()
                .iter()
                .map(|(word, name)| match name {
                    Some(domain) => format!("`{word}:<{}>`", domain.noun()),
                    None => format!("`{word}`"),
                })
                .collect::<Vec<_>>()
                .join(" "),
            Self::Scalar => "`true`, `false`, whole number or text".to_owned(),
            Self::Any => "`true`, `false`, whole number, text or list of texts".to_owned(),
            Self::Options => "list of `{ id, zh, en }`, or of bare words".to_owned(),
            Self::List(kind) => format!("list: {}", kind.words()),
            Self::Map(Domain::Share, kind) => format!("table rank (or `all`) = {}", kind.words()),
            Self::Map(domain, kind) => format!("table {} = {}", domain.noun(), kind.words()),
            Self::Table(table) | Self::Tables(table) => format!("see `{}`", table.name),
        }
    }
}

/// A key that must stand.
pub const fn must(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, need: Need::Must, doc }
}

/// A key that may stand.
pub const fn may(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, need: Need::May, doc }
}

/// A key that may stand, with what is taken when it does not.
pub const fn or(name: &'static str, kind: Kind, otherwise: &'static str, doc: &'static str) -> Key {
    Key { name, kind, need: Need::Else(otherwise), doc }
}

/// A table without keys of the playbook's own naming.
pub const fn table(name: &'static str, doc: &'static str, keys: &'static [Key]) -> Table {
    Table { name, doc, keys, extra: Extra::No }
}

macro_rules! members {
    ($list:ty) => {
        crate::playbook::schema::Kind::OneOf(|| <$list>::ALL.iter().map(|member| member.as_str()).collect())
    };
}
pub(crate) use members;

macro_rules! words {
    ($($word:literal)*) => { crate::playbook::schema::Kind::OneOf(|| vec![$($word),*]) };
}
pub(crate) use words;

/// Events, two of which carry a name.
pub const EVENT: Kind = Kind::Phrase(|| {
    let carries = |event: EventKind| match event {
        EventKind::StageEntered => Some(Domain::Stage),
        EventKind::FieldSet => Some(Domain::Field),
        _ => None,
    };
    EventKind::ALL.iter().map(|event| (event.as_str(), carries(*event))).collect()
});

/// Done conditions, two of which carry a name.
pub const DONE: Kind = Kind::Phrase(|| {
    let carries = |done: DoneKind| match done {
        DoneKind::StageEntered => Some(Domain::Stage),
        DoneKind::FieldSet => Some(Domain::Field),
        _ => None,
    };
    DoneKind::ALL.iter().map(|done| (done.as_str(), carries(*done))).collect()
});

/// Skip conditions.
pub const SKIP: Kind = Kind::Phrase(|| {
    vec![
        ("no_wechat", None),
        ("node_booked", None),
        ("won", None),
        ("stage_reached", Some(Domain::Stage)),
        ("field_true", Some(Domain::Field)),
    ]
});
