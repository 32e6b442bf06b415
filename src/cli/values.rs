//! Values of arguments: closed lists are told to the shell's completions, lists that are open are told but not insisted on.

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};

use crate::domain::lists::{
    Attendance, AuditKind, FunnelCell, Lane, Level, Metric, OwnerRight, Period, PkKind, PkVerdict, Records,
    Role, RoundKind, StockDecision, UserState, WarnLevel,
};
use crate::domain::money::percent;
use crate::domain::time::{BadTime, Day, Month, Timestamp};
use crate::playbook::embedded;
use crate::theme::Theme;

/// An instant, as RFC 3339.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|e: BadTime| e.to_string())
}

/// A name and a value with `=` between them.
pub fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("'{text}' is not FIELD=VALUE"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// One of a closed list.
fn listed<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|one| name(*one))).try_map(move |text| {
        all.iter().copied().find(|one| name(*one) == text).ok_or_else(|| format!("'{text}' is not known"))
    })
}

/// A role of a user.
pub fn role() -> impl TypedValueParser<Value = Role> {
    listed(Role::ALL, Role::as_str)
}

/// A state of a user.
pub fn state() -> impl TypedValueParser<Value = UserState> {
    listed(UserState::ALL, UserState::as_str)
}

/// A lane.
pub fn lane() -> impl TypedValueParser<Value = Lane> {
    listed(Lane::ALL, Lane::as_str)
}

/// A kind of act in the audit trail.
pub fn audit_kind() -> impl TypedValueParser<Value = AuditKind> {
    listed(AuditKind::ALL, AuditKind::as_str)
}

/// A right over a customer that can be granted; to follow is given by assigning.
pub fn owner_right() -> impl TypedValueParser<Value = OwnerRight> {
    listed(&[OwnerRight::View, OwnerRight::Collaborate, OwnerRight::Credit], OwnerRight::as_str)
}

/// A share such as `30%`, in basis points.
pub fn share(text: &str) -> Result<i64, String> {
    percent(text).ok_or_else(|| format!("'{text}' is not a share; write it as 30% or 12.5%"))
}

/// A score in basis points: `0%` to `100%`.
pub fn score(text: &str) -> Result<i64, String> {
    let nothing = text.trim().trim_end_matches(['%', '％']).trim() == "0";
    if nothing { Ok(0) } else { share(text) }
}

/// A month such as `2026-11`.
pub fn month(text: &str) -> Result<Month, String> {
    let day: Result<Day, _> = format!("{}-01", text.trim()).parse();
    day.map(Day::month).map_err(|_| format!("'{text}' is not a month; write it as 2026-11"))
}

/// A kind of record.
pub fn records() -> impl TypedValueParser<Value = Records> {
    listed(Records::ALL, Records::as_str)
}

/// How the sides of a match are measured.
pub fn pk_kind() -> impl TypedValueParser<Value = PkKind> {
    listed(PkKind::ALL, PkKind::as_str)
}

/// What becomes of a disputed result.
pub fn verdict() -> impl TypedValueParser<Value = PkVerdict> {
    listed(PkVerdict::ALL, PkVerdict::as_str)
}

/// A period of a report.
pub fn report_period() -> impl TypedValueParser<Value = Period> {
    listed(&[Period::Day, Period::Week, Period::Month], Period::as_str)
}

/// What of a stage of a funnel is opened.
pub fn funnel_cell() -> impl TypedValueParser<Value = FunnelCell> {
    listed(FunnelCell::ALL, FunnelCell::as_str)
}

/// Whether somebody is here.
pub fn attendance() -> impl TypedValueParser<Value = Attendance> {
    listed(Attendance::ALL, Attendance::as_str)
}

/// A round of a team's day.
pub fn round() -> impl TypedValueParser<Value = RoundKind> {
    listed(RoundKind::ALL, RoundKind::as_str)
}

/// What a stock-take decides.
pub fn stock_decision() -> impl TypedValueParser<Value = StockDecision> {
    listed(StockDecision::ALL, StockDecision::as_str)
}

/// To whom a warning has climbed.
pub fn warn_level() -> impl TypedValueParser<Value = WarnLevel> {
    listed(WarnLevel::ALL, WarnLevel::as_str)
}

/// A period.
pub fn period() -> impl TypedValueParser<Value = Period> {
    listed(Period::ALL, Period::as_str)
}

/// How high a target is.
pub fn level() -> impl TypedValueParser<Value = Level> {
    listed(Level::ALL, Level::as_str)
}

/// A share that may be less than nothing, such as `-10%`, in basis points.
pub fn signed_share(text: &str) -> Result<i64, String> {
    let (sign, plain) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let bp = percent(plain).ok_or_else(|| format!("'{text}' is not a share; write it as 5% or -10%"))?;
    Ok(sign * bp)
}

/// A metric.
pub fn metric() -> impl TypedValueParser<Value = Metric> {
    listed(Metric::ALL, Metric::as_str)
}

/// A theme: one of those built in, or the name of a file.
pub fn theme() -> impl TypedValueParser<Value = String> {
    Open(Theme::NAMES.to_vec())
}

/// A playbook: one of those built in, or a path, or an id.
pub fn playbook() -> impl TypedValueParser<Value = String> {
    Open(embedded::names().collect())
}

/// Any text; these are worth offering.
#[derive(Debug, Clone)]
struct Open(Vec<&'static str>);

impl TypedValueParser for Open {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}
