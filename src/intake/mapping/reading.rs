//! Reads a mapping file and tells all its problems with their places.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{BUILT_IN, CUSTOM_PREFIX, Column, LeadField, Mapping, Vocabulary, folded};
use crate::domain::phone::Region;

/// What is wrong at one place of a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The mapping file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)
    }
}

/// The keys a mapping file may have.
const KEYS: [&str; 5] = ["columns", "constants", "ignore_values", "region", "values"];

/// Reads the text of a mapping file against the columns of the lead file it is for.
///
/// # Errors
/// All problems of the file, in the order of their places.
pub fn read(
    text: &str,
    file: &Path,
    headers: &[String],
    vocabulary: &Vocabulary,
) -> Result<Mapping, Vec<Problem>> {
    let mut reading = Reading { text, file, headers, vocabulary, problems: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        reading.problem(error.span().unwrap_or_default(), error.message().to_owned());
    }
    // A text that is no TOML has lost parts; what else would be said of it may be wrong.
    let mapping =
        if reading.problems.is_empty() { reading.mapping(document.get_ref()) } else { Mapping::default() };
    let mut problems = reading.problems;
    problems.sort_by_key(|problem| (problem.line, problem.column));
    if problems.is_empty() { Ok(mapping) } else { Err(problems) }
}

struct Reading<'a> {
    text: &'a str,
    file: &'a Path,
    headers: &'a [String],
    vocabulary: &'a Vocabulary,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn problem(&mut self, span: Range<usize>, message: String) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.problems.push(Problem { file: self.file.to_owned(), line, column, message });
    }

    fn mapping(&mut self, document: &DeTable<'_>) -> Mapping {
        let mut mapping = Mapping { roles: self.vocabulary.roles.clone(), ..Mapping::default() };
        for (key, value) in document {
            let name: &str = key.get_ref();
            match name {
                "columns" => {
                    if let Some(table) = self.table(value, name) {
                        self.columns(table, &mut mapping);
                    }
                }
                // Needs the columns; read below, whatever the order in the file.
                "values" => {}
                "constants" => {
                    if let Some(table) = self.table(value, name) {
                        self.constants(table, &mut mapping);
                    }
                }
                "ignore_values" => mapping.ignore_values = self.texts(value),
                "region" => mapping.region = self.region(value),
                unknown => {
                    let hint = did_you_mean(unknown, KEYS.iter().copied());
                    let message = format!("unknown key '{unknown}'; allowed are {}{hint}", KEYS.join(", "));
                    self.problem(key.span(), message);
                }
            }
        }
        if let Some(values) = document.get("values")
            && let Some(table) = self.table(values, "values")
        {
            self.values(table, &mut mapping);
        }
        if document.get("columns").is_none() {
            self.problem(
                0..0,
                "there is no [columns]; name the columns, as in \"手机号\" = \"phone\"".to_owned(),
            );
        }
        mapping.columns.sort_by_key(|column| column.index);
        mapping
    }

    fn columns(&mut self, table: &DeTable<'_>, mapping: &mut Mapping) {
        let mut taken: Vec<(LeadField, String)> = Vec::new();
        for (header, value) in table {
            let mut fields = Vec::new();
            for (span, name) in self.spanned_texts(value) {
                // Left empty, as in a proposal: the column is not used.
                let Some(field) = (!name.is_empty()).then(|| self.field(&name, span.clone())).flatten()
                else {
                    continue;
                };
                let other = taken.iter().find(|(other, _)| *other == field && !field.takes_several());
                if let Some((_, other)) = other {
                    let message = format!("'{field}' is already taken by the column '{other}'");
                    self.problem(span, message);
                    continue;
                }
                taken.push((field.clone(), header.get_ref().to_string()));
                fields.push(field);
            }
            let Some(index) = self.header(header.get_ref(), header.span()) else { continue };
            if !fields.is_empty() {
                let header = self.headers.get(index).cloned().unwrap_or_default();
                mapping.columns.push(Column {
                    header,
                    index,
                    fields,
                    values: std::collections::BTreeMap::new(),
                });
            }
        }
    }

    /// The place of a column of the lead file, exactly written or nearly.
    fn header(&mut self, name: &str, span: Range<usize>) -> Option<usize> {
        let exact = self.headers.iter().position(|header| header == name);
        let found = exact.or_else(|| self.headers.iter().position(|header| folded(header) == folded(name)));
        if found.is_none() {
            let hint = did_you_mean(name, self.headers.iter().map(String::as_str));
            self.problem(span, format!("the file has no column '{name}'{hint}"));
        }
        found
    }

    fn field(&mut self, name: &str, span: Range<usize>) -> Option<LeadField> {
        if let Some(field) = LeadField::built_in(name) {
            return Some(field);
        }
        let codes: Vec<String> =
            self.vocabulary.fields.iter().map(|target| format!("{CUSTOM_PREFIX}{}", target.code)).collect();
        if codes.iter().any(|code| code == name) {
            let code = name.strip_prefix(CUSTOM_PREFIX).unwrap_or_default();
            return Some(LeadField::Custom(code.into()));
        }
        let built_in = BUILT_IN.iter().map(|(known, _)| *known);
        let hint = did_you_mean(name, built_in.clone().chain(codes.iter().map(String::as_str)));
        let allowed: Vec<&str> = built_in.collect();
        let message = format!(
            "unknown field '{name}'; allowed are {} and '{CUSTOM_PREFIX}…' with a field of the playbook{hint}",
            allowed.join(", ")
        );
        self.problem(span, message);
        None
    }

    fn constants(&mut self, table: &DeTable<'_>, mapping: &mut Mapping) {
        for (key, value) in table {
            let Some(field) = self.field(key.get_ref(), key.span()) else { continue };
            if let Some(text) = self.text(value) {
                mapping.constants.push((field, text));
            }
        }
    }

    fn values(&mut self, table: &DeTable<'_>, mapping: &mut Mapping) {
        for (header, value) in table {
            let Some(index) = self.header(header.get_ref(), header.span()) else { continue };
            let Some(replacements) = self.table(value, header.get_ref()) else { continue };
            let Some(at) = mapping.columns.iter().position(|column| column.index == index) else {
                let message =
                    format!("the column '{}' has values but no field in [columns]", header.get_ref());
                self.problem(header.span(), message);
                continue;
            };
            for (from, to) in replacements {
                let Some(to) = self.text(to) else { continue };
                if let Some(column) = mapping.columns.get_mut(at) {
                    column.values.insert(folded(from.get_ref()), to);
                }
            }
        }
    }

    fn region(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = self.text(value)?;
        match Region::new(&text) {
            Ok(region) => Some(region.code()),
            Err(error) => {
                self.problem(value.span(), error.to_string());
                None
            }
        }
    }

    fn table<'t>(&mut self, value: &'t Spanned<DeValue<'t>>, name: &str) -> Option<&'t DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let message =
                format!("'{name}' must be a table, not {}; write [{name}]", value.get_ref().type_str());
            self.problem(value.span(), message);
        }
        table
    }

    fn text(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            let message = format!("a text is wanted, not {}; put it in quotes", value.get_ref().type_str());
            self.problem(value.span(), message);
        }
        text
    }

    /// One text or a list of texts.
    fn spanned_texts(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(Range<usize>, String)> {
        match value.get_ref().as_array() {
            Some(list) => list.iter().filter_map(|one| Some((one.span(), self.text(one)?))).collect(),
            None => self.text(value).map(|text| (value.span(), text)).into_iter().collect(),
        }
    }

    fn texts(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        self.spanned_texts(value).into_iter().map(|(_, text)| text).collect()
    }
}

/// `; did you mean 'x'?` for the nearest of the known names, or nothing when none is near.
fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let wanted: Vec<char> = folded(name).chars().collect();
    let near = known.map(|one| (distance(&wanted, &folded(one).chars().collect::<Vec<_>>()), one)).min();
    match near {
        Some((distance, one)) if distance <= wanted.len().div_ceil(3) => format!("; did you mean '{one}'?"),
        _ => String::new(),
    }
}

/// How many characters must be put in, taken out or changed to make one text of the other (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, to) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let next = (above + 1).min(left + 1).min(diagonal + usize::from(from != to));
            if let Some(place) = row.get_mut(j) {
                *place = left;
            }
            diagonal = above;
            left = next;
        }
        if let Some(place) = row.last_mut() {
            *place = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_single_changes() {
        let of = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("", "abc"), 3);
        assert_eq!(of("abc", ""), 3);
        assert_eq!(of("phone", "phone"), 0);
        assert_eq!(of("phnoe", "phone"), 2);
    }
}
