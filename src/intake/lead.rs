//! Turns one row of a lead file into a lead, or says why it cannot be one.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};

use super::Reject;
use super::mapping::{Column, LeadField, Mapping, folded};
use super::table::{Row, day_of_serial};
use crate::domain::clean::{clean, clean_lines};
use crate::domain::code::{FieldCode, RoleCode};
use crate::domain::phone::{Phone, Region, parse_cell};
use crate::domain::time::{Clock, Day, Timestamp, Zone};

/// What a row is read with besides its mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Where numbers without country code belong.
    pub region: Region,
    /// The zone of times without an offset.
    pub zone: Zone,
}

/// A lead as a row gives it; every text is clean, and an empty text means that the row says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadRow {
    /// Its number in the file as a person counts it.
    pub row: u64,
    /// Its id in the system it comes from.
    pub external_id: String,
    /// The person's name; where the row has none, what else names the lead best, and never empty.
    pub name: String,
    /// The household's or firm's name.
    pub customer_name: String,
    /// Numbers, each once, in the file's order.
    pub phones: Vec<Phone>,
    /// What the row has as numbers beside `phones` that are none, each with the reason.
    pub unread_phones: Vec<String>,
    /// The WeChat id.
    pub wechat: String,
    /// The person's role.
    pub role: Option<RoleCode>,
    /// Where it came from.
    pub source: String,
    /// The login of who follows it.
    pub owner: String,
    /// A first note, with its line breaks; columns that are notes are joined line by line.
    pub note: String,
    /// Tags, each once.
    pub tags: Vec<String>,
    /// Whether the customer asked not to be called.
    pub do_not_call: bool,
    /// When it came in.
    pub created_at: Option<Timestamp>,
    /// The city.
    pub city: String,
    /// Fields of the playbook that the row fills.
    pub custom: Vec<(FieldCode, String)>,
}

/// Makes a lead of a row.
///
/// A lead needs a number, a WeChat id or an external id. A number that cannot be read refuses the row unless
/// another number or a WeChat id is left to reach the customer by; then it stays in `unread_phones`.
pub fn lead(row: &Row, mapping: &Mapping, context: &Context) -> Result<LeadRow, Reject> {
    read(row, mapping, context).map_err(|reason| Reject { row: row.number, reason, cells: row.cells.clone() })
}

fn read(row: &Row, mapping: &Mapping, context: &Context) -> Result<LeadRow, String> {
    let mut lead = LeadRow { row: row.number, ..LeadRow::default() };
    let mut filled: Vec<&LeadField> = Vec::new();
    for column in &mapping.columns {
        let cell = row.cells.get(column.index).map_or("", String::as_str);
        let Some(value) = answered(cell, column, mapping) else { continue };
        for field in &column.fields {
            lead.set(field, &value, mapping, context).map_err(|why| format!("{}: {why}", column.header))?;
            filled.push(field);
        }
    }
    for (field, value) in &mapping.constants {
        if !filled.contains(&field) {
            lead.set(field, value, mapping, context).map_err(|why| format!("constant {field}: {why}"))?;
        }
    }
    if lead.phones.is_empty() && lead.wechat.is_empty() {
        if let Some(reason) = lead.unread_phones.first() {
            return Err(reason.clone());
        }
        if lead.external_id.is_empty() {
            return Err("no phone, WeChat id or external id; a lead needs one of them".to_owned());
        }
    }
    if lead.name.is_empty() {
        lead.name = lead.best_name();
    }
    Ok(lead)
}

/// The cell's value behind the mapping's replacements; `None` where it means "not answered".
fn answered(cell: &str, column: &Column, mapping: &Mapping) -> Option<String> {
    let key = folded(cell);
    let value = match column.values.get(&key) {
        Some(value) => value.as_str(),
        None if mapping.ignore_values.iter().any(|ignored| folded(ignored) == key) => return None,
        None => cell,
    };
    let value = clean_lines(plain(value));
    (!value.is_empty()).then(|| value.into_owned())
}

/// A value without what keeps a spreadsheet from taking it for something else: `'` before a sign, as a rejects file
/// has it, and the `="…"` of programs that want a number to stay text.
fn plain(value: &str) -> &str {
    let formula = value.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    if let Some(text) = formula.filter(|text| !text.contains('"')) {
        return text;
    }
    match value.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']) => rest,
        _ => value,
    }
}

impl LeadRow {
    fn set(
        &mut self,
        field: &LeadField,
        value: &str,
        mapping: &Mapping,
        context: &Context,
    ) -> Result<(), String> {
        let line = || clean(value).into_owned();
        match field {
            LeadField::ExternalId => self.external_id = line(),
            LeadField::Name => self.name = line(),
            LeadField::Phone => self.add_phones(value, &context.region),
            LeadField::WeChat => self.wechat = line(),
            LeadField::Role => self.role = Some(role(&line(), mapping)?),
            LeadField::CustomerName => self.customer_name = line(),
            LeadField::Source => self.source = line(),
            LeadField::Owner => self.owner = line(),
            LeadField::Note if self.note.is_empty() => value.clone_into(&mut self.note),
            LeadField::Note => self.note = format!("{}\n{value}", self.note),
            LeadField::Tag => self.add_tags(value),
            LeadField::DoNotCall => self.do_not_call |= truth(value)?,
            LeadField::CreatedAt => self.created_at = Some(time(&line(), context.zone)?),
            LeadField::City => self.city = line(),
            LeadField::Custom(code) => self.custom.push((code.clone(), line())),
        }
        Ok(())
    }

    fn add_phones(&mut self, cell: &str, region: &Region) {
        for read in parse_cell(cell, region) {
            match read {
                Ok(phone)
                    if self.phones.iter().any(|p| p.e164 == phone.e164 && p.extension == phone.extension) => {
                }
                Ok(phone) => self.phones.push(phone),
                Err(error) => self.unread_phones.push(error.to_string()),
            }
        }
    }

    fn add_tags(&mut self, cell: &str) {
        for tag in
            cell.split([',', ';', '、', '，', '；', '|', '\n']).map(clean).filter(|tag| !tag.is_empty())
        {
            if !self.tags.iter().any(|known| *known == tag) {
                self.tags.push(tag.into_owned());
            }
        }
    }

    fn best_name(&self) -> String {
        let sourced = format!("{} {}", self.source, self.external_id);
        let masked = self.phones.first().map(|phone| phone.e164.masked()).unwrap_or_default();
        let external = if self.external_id.is_empty() { "" } else { sourced.trim() };
        [self.customer_name.as_str(), external, &self.wechat, &masked, &self.source]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_default()
            .to_owned()
    }
}

fn role(value: &str, mapping: &Mapping) -> Result<RoleCode, String> {
    let known = mapping.roles.is_empty() || mapping.roles.iter().any(|role| role.as_str() == value);
    if known {
        return Ok(value.into());
    }
    let roles: Vec<&str> = mapping.roles.iter().map(RoleCode::as_str).collect();
    Err(format!(
        "'{value}' is not a role; the playbook has {}; add it under [values] of the mapping",
        roles.join(", ")
    ))
}

fn truth(value: &str) -> Result<bool, String> {
    match folded(value).as_str() {
        "true" | "yes" | "y" | "t" | "1" | "x" | "是" | "免打扰" | "勿扰" | "禁拨" => Ok(true),
        "false" | "no" | "n" | "f" | "0" | "否" | "正常" => Ok(false),
        _ => Err(format!("'{value}' is neither yes nor no; add it under [values] of the mapping")),
    }
}

/// Reads a day or a time as lists and spreadsheets write it; without an offset it is of `zone`.
///
/// A number of five digits is a spreadsheet's count of days (1954 to 2119), one of ten or thirteen the seconds or
/// milliseconds since 1970 (2001 to 2096), one of eight or fourteen a day or time without separators.
fn time(value: &str, zone: Zone) -> Result<Timestamp, String> {
    let refused = || format!("'{value}' is not a day or time; write it as 2026-11-22 or 2026-11-22 09:30");
    if let Some(time) = with_offset(value).or_else(|| since_1970(value)) {
        return Ok(time);
    }
    let wall = counted(value).or_else(|| written(value)).ok_or_else(refused)?;
    let hour = wall.hour().try_into().ok();
    let minute = wall.minute().try_into().ok();
    let clock = hour.zip(minute).and_then(|(hour, minute)| Clock::new(hour, minute)).ok_or_else(refused)?;
    let minute = zone.at(Day::of_date(wall.date()), clock);
    Ok(Timestamp(minute.0 + i64::from(wall.second()) * 1_000))
}

fn with_offset(value: &str) -> Option<Timestamp> {
    let time = DateTime::parse_from_rfc3339(value)
        .or_else(|_| DateTime::parse_from_str(value, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(value, "%Y-%m-%d %H:%M:%S%.f %z"));
    // Days that no business has known: a slip of the pen, or a number that is none.
    time.ok()
        .filter(|time| (1900..2200).contains(&time.year()))
        .map(|time| Timestamp(time.timestamp_millis()))
}

fn since_1970(value: &str) -> Option<Timestamp> {
    let number: i64 = value.bytes().all(|b| b.is_ascii_digit()).then(|| value.parse().ok())??;
    let milliseconds = match value.len() {
        10 => number * 1_000,
        13 => number,
        _ => return None,
    };
    (1_000_000_000_000..4_000_000_000_000).contains(&milliseconds).then_some(Timestamp(milliseconds))
}

/// A time counted in days, as a spreadsheet does that was told to show a number.
fn counted(value: &str) -> Option<NaiveDateTime> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 5 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let serial: f64 = value.parse().ok()?;
    (20_000.0..80_000.0).contains(&serial).then(|| day_of_serial(serial))?
}

/// A time written out, in the order of year, month and day.
fn written(value: &str) -> Option<NaiveDateTime> {
    let (value, later) = match (value.contains("下午"), value.contains("上午")) {
        (true, _) => (value.replace("下午", " "), Some(true)),
        (_, true) => (value.replace("上午", " "), Some(false)),
        _ => (value.to_owned(), None),
    };
    let plain = value.replace(['年', '月', '/'], "-").replace(['日', 'T'], " ");
    let plain = plain.replace(['时', '分', '：'], ":").replace('秒', "");
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain.trim_end_matches(':');
    let time =
        ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y%m%d%H%M%S"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(plain, form).ok())
            .or_else(|| {
                let forms = ["%Y-%m-%d", "%Y.%m.%d", "%Y%m%d"];
                forms
                    .iter()
                    .find_map(|form| NaiveDate::parse_from_str(plain, form).ok())?
                    .and_hms_opt(0, 0, 0)
            })?;
    let time = match later {
        Some(true) if time.hour() < 12 => time + TimeDelta::hours(12),
        Some(false) if time.hour() == 12 => time - TimeDelta::hours(12),
        _ => time,
    };
    // A year of two digits is not guessed at.
    (1900..2200).contains(&time.year()).then_some(time)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-11-22", 1_795_276_800_000)]
    #[case("2026/11/22 09:30", 1_795_311_000_000)]
    #[case("2026年11月22日 9:30:05", 1_795_311_005_000)]
    #[case("2026-11-22T09:30:05", 1_795_311_005_000)]
    #[case("2026-11-22T01:30:05Z", 1_795_311_005_000)]
    #[case("2026-11-22T09:30:05.000+0800", 1_795_311_005_000)]
    #[case("2026-11-22 09:30:05.123", 1_795_311_005_000)]
    #[case("2026年11月22日 上午 9:30:05", 1_795_311_005_000)]
    #[case("2026/11/22 下午9:30", 1_795_354_200_000)]
    #[case("2026年11月22日9时30分5秒", 1_795_311_005_000)]
    #[case("2026.11.22", 1_795_276_800_000)]
    #[case("20261122", 1_795_276_800_000)]
    #[case("20261122093005", 1_795_311_005_000)]
    #[case("46348", 1_795_276_800_000)]
    #[case("46348.0", 1_795_276_800_000)]
    #[case("46348.395833333336", 1_795_311_000_000)]
    #[case("1795311005", 1_795_311_005_000)]
    #[case("1795311005000", 1_795_311_005_000)]
    fn times_of_lists_are_of_the_business_zone(#[case] text: &str, #[case] expected: i64) {
        // 2026-11-22 00:00 in Shanghai is 2026-11-21 16:00 UTC: `date -d 2026-11-21T16:00Z +%s` says 1795276800.
        let zone = Zone("Asia/Shanghai".parse().unwrap());
        assert_eq!(time(text, zone), Ok(Timestamp(expected)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for wrong in [
            "",
            "tomorrow",
            "2026-13-01",
            "22.11.2026",
            "22/11/26",
            "26-11-22",
            "99999",
            "4634",
            "20261322",
            "0000000000",
        ] {
            assert!(time(wrong, Zone::UTC).is_err(), "{wrong}");
        }
    }
}
