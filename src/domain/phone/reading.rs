//! Reads telephone numbers out of what people and spreadsheets write.
//!
//! The library knows the numbering plans of the world; what it does not know is handled here first: masked
//! numbers, spreadsheet damage, Chinese extension words, carrier prefixes, labels, several numbers in a cell.

use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat};
use unicode_normalization::UnicodeNormalization;

use super::{Phone, PhoneError, PhoneNumber, Region};
use crate::domain::clean::clean;

/// Prefixes that chose a carrier for a long-distance call from mainland China; dialled before the number and
/// still found in old lists.
const CARRIER_PREFIXES: [&str; 6] = ["17951", "17911", "17909", "17901", "12593", "10193"];

/// Words before an extension, longest first where one begins another.
const EXTENSION_WORDS: [&str; 13] =
    ["extension", "ext.", "ext", "分机号", "分機號", "分机", "分機", "内线", "內線", "转", "轉", "x", "#"];

/// Words before a number that name it.
const LABELS: [&str; 19] = [
    "手机号码",
    "手机号",
    "手机",
    "手機",
    "联系电话",
    "電話",
    "电话",
    "座机",
    "固话",
    "微信",
    "telephone",
    "mobile",
    "phone",
    "cell",
    "tel",
    "mob",
    "m",
    "t",
    "p",
];

/// Words before a number that name a number of something else.
const NO_LABELS: [&str; 9] = ["身份证", "学号", "学籍", "编号", "订单", "合同", "卡号", "账号", "帐号"];

/// What stands for digits that somebody hid.
pub(super) const MASKS: [char; 17] =
    ['*', '•', '●', '○', '◯', '×', '✕', '✖', '✗', '?', '█', '■', '□', '▇', '∗', '⁎', '某'];

/// A number behind a word that is not known has so many digits at least.
const UNNAMED_MIN: usize = 10;

/// A number of a program that writes as few digits as tell it from its neighbours has so many behind the point at
/// least; a spreadsheet that rounds writes five at most.
const SHORTEST_MIN: usize = 6;

/// The longest extension in digits.
const EXTENSION_MAX: usize = 7;

/// Reads one telephone number.
///
/// Spaces, dashes, brackets, full-width digits, `+86`, `0086`, a leading `'`, a carrier prefix and a label are
/// spellings of the same number, and so is what a spreadsheet or a program made of it as long as every digit can be
/// told (`13800138000.0`, `1.3800138000E+10`, `1.3800138E10`, `13,800,138,000`); extensions (`转801`, `ext 801`, `x801`, `-801`) are kept apart. Numbers that
/// begin with `100` and have eleven digits are reserved test numbers of mainland China: no such mobile numbers
/// are given out, so the invented people of the sample playbooks have them, and they are read like mobiles.
pub fn parse(raw: &str, region: &Region) -> Result<Phone, PhoneError> {
    let raw = clean(raw);
    let text = spelled(&raw);
    if text.is_empty() {
        return Err(PhoneError::Empty);
    }
    let reader = Reader { raw: &raw, region };
    let text = reader.unspoiled(&text)?;
    if masked(&text) {
        return Err(PhoneError::Masked { raw: raw.into_owned() });
    }
    let text = without_label(&text);
    let (text, extension) = split_extension(text);
    let (number, extension) = match (reader.number(text), extension) {
        (Err(error), None) => {
            // A dash before the last few digits is an extension only when the number is none with them.
            let (head, tail) = dashed_extension(text).ok_or_else(|| error.clone())?;
            (reader.number(head).map_err(|_| error)?, Some(tail))
        }
        (number, extension) => (number?, extension),
    };
    let extension = extension.map(str::to_owned);
    Ok(Phone { e164: number, extension, raw: raw.into_owned() })
}

/// Says whether these are the eleven digits of a mobile number of mainland China.
pub(super) fn is_mobile(national: &str) -> bool {
    let mut bytes = national.bytes();
    national.len() == 11
        && bytes.next() == Some(b'1')
        && bytes.next().is_some_and(|b| (b'3'..=b'9').contains(&b))
        && bytes.all(|b| b.is_ascii_digit())
}

/// Says whether these are the eleven digits of a reserved test number (see [`parse`]).
pub(super) fn is_test(national: &str) -> bool {
    national.len() == 11 && national.starts_with("100") && national.bytes().all(|b| b.is_ascii_digit())
}

/// The text in compatibility form (full-width digits become digits), lower case, its dashes all alike.
fn spelled(raw: &str) -> String {
    let folded: String = raw
        .nfkc()
        // What makes a digit a picture of a key.
        .filter(|c| !matches!(c, '\u{FE0F}' | '\u{20E3}'))
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{30FC}' | '~' => '-',
            '\u{2018}' | '\u{2019}' | '`' => '\'',
            c => c.to_ascii_lowercase(),
        })
        .collect();
    folded.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '“' | '”')).to_owned()
}

/// Says whether somebody hid digits.
fn masked(text: &str) -> bool {
    let runs = ["xx", "__", "##", "---", "..."];
    text.contains(MASKS) || runs.iter().any(|run| text.contains(run))
}

/// Drops a word that names the number, and a remark behind it.
fn without_label(text: &str) -> &str {
    let text = without_remark(text);
    let begins = |after: &str| after.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '(');
    let known = LABELS.iter().find_map(|label| {
        let after = text.strip_prefix(label)?.trim_start_matches([':', '.', ' ', '-']);
        begins(after).then_some(after)
    });
    // 妈妈13800138000: a name or a remark in Chinese, if it is a whole number that follows.
    let unknown = || {
        let after = text.trim_start_matches(|c: char| is_han(c) || matches!(c, '(' | ')' | ' ' | ':' | '-'));
        let label = text.strip_suffix(after)?;
        let digits = after.bytes().filter(u8::is_ascii_digit).count();
        let named = label.chars().any(is_han) && !NO_LABELS.iter().any(|word| label.contains(word));
        (named && begins(after) && digits >= UNNAMED_MIN).then_some(after)
    };
    known.or_else(unknown).unwrap_or(text)
}

/// Drops Chinese words and bracketed words without digits behind a number.
fn without_remark(text: &str) -> &str {
    let marks = |c: char| {
        is_han(c)
            || matches!(c, '(' | ')' | ' ' | '[' | ']' | ',' | ';' | ':' | '.' | '/' | '!' | '。' | '、')
    };
    let mut text = text.trim_end_matches(marks);
    // 13800138000 (mum)
    while let Some((number, remark)) = text.rsplit_once('(')
        && number.contains(|c: char| c.is_ascii_digit())
        && !remark.contains(|c: char| c.is_ascii_digit())
    {
        text = number.trim_end_matches(marks);
    }
    text.trim()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// Cuts the extension off where a word announces it.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let head = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text.strip_prefix(head).unwrap_or_default();
    if digits.is_empty() || digits.len() > EXTENSION_MAX {
        return (text, None);
    }
    let before = head.trim_end_matches([' ', ':', '.', '-']);
    let found = EXTENSION_WORDS.iter().find_map(|word| {
        let number = before.strip_suffix(word.trim_end_matches('.'))?;
        number.contains(|c: char| c.is_ascii_digit()).then_some(number)
    });
    match found {
        Some(number) => (number.trim_end_matches([' ', '-', ',', ';', '(', ':']), Some(digits)),
        None => (text, None),
    }
}

/// Cuts one to five digits off that stand behind the last dash or in brackets at the end.
fn dashed_extension(text: &str) -> Option<(&str, &str)> {
    let (head, tail) = text.rsplit_once('(').or_else(|| text.rsplit_once('-'))?;
    let tail = tail.trim_end_matches(')').trim();
    ((1..=5).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_digit())).then_some((head, tail))
}

/// What every step of reading needs: the text for messages and the region.
struct Reader<'a> {
    raw: &'a str,
    region: &'a Region,
}

impl Reader<'_> {
    /// Undoes what a spreadsheet did to a number, or says that it cannot be undone.
    fn unspoiled(&self, text: &str) -> Result<String, PhoneError> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if let Some((whole, fraction)) = text.split_once('.')
            && digits(whole)
            && whole.len() >= 7
            && digits(fraction)
            && fraction.bytes().all(|b| b == b'0')
        {
            return Ok(whole.to_owned());
        }
        let mut groups = text.split(',');
        if groups.next().is_some_and(|first| digits(first) && first.len() <= 3)
            && text.matches(',').count() >= 3
            && groups.all(|group| digits(group) && group.len() == 3)
        {
            return Ok(text.replace(',', ""));
        }
        let Some((mantissa, exponent)) = text.split_once('e') else { return Ok(text.to_owned()) };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let signed = exponent.strip_prefix('+');
        let exponent = signed.unwrap_or(exponent);
        if !digits(whole) || !(fraction.is_empty() || digits(fraction)) || !digits(exponent) {
            return Ok(text.to_owned());
        }
        let zeros = exponent.parse::<usize>().ok().and_then(|places| places.checked_sub(fraction.len()));
        match zeros {
            // Every digit is written out.
            Some(0) if !fraction.is_empty() => Ok(format!("{whole}{fraction}")),
            // Without a sign it is Java's, which leaves out zeros and nothing else.
            Some(zeros) if signed.is_none() && fraction.len() >= SHORTEST_MIN && zeros < SHORTEST_MIN => {
                Ok(format!("{whole}{fraction}{}", "0".repeat(zeros)))
            }
            _ => Err(PhoneError::Lossy { raw: self.raw.to_owned() }),
        }
    }

    /// Reads a number without its extension.
    fn number(&self, text: &str) -> Result<PhoneNumber, PhoneError> {
        let compact: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '[' | ']' | '.' | '/' | '·'))
            .collect();
        let digits = compact.strip_prefix('+').unwrap_or(&compact);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PhoneError::NotANumber { raw: self.raw.to_owned() });
        }
        if digits.len() < 3 {
            return Err(PhoneError::TooShort { raw: self.raw.to_owned() });
        }
        // 17951234567 is a mobile number; behind a carrier prefix stands a whole number.
        let behind_prefix = CARRIER_PREFIXES.iter().find_map(|prefix| compact.strip_prefix(prefix));
        let compact = behind_prefix.filter(|rest| rest.len() >= 10).unwrap_or(&compact);
        self.chinese(compact).map_or_else(|| self.elsewhere(compact), Ok)
    }

    /// Reads the mobile and test numbers of mainland China without asking the library.
    fn chinese(&self, compact: &str) -> Option<PhoneNumber> {
        let abroad = compact.strip_prefix("+86").or_else(|| compact.strip_prefix("0086"));
        let national = match abroad {
            Some(national) => national,
            None if self.region.is_china() => {
                compact.strip_prefix("86").filter(|n| n.len() >= 11).unwrap_or(compact)
            }
            None => return None,
        };
        // 0138…: the trunk zero once dialled before a mobile number of another city.
        let national = national.strip_prefix('0').filter(|rest| is_mobile(rest)).unwrap_or(national);
        (is_mobile(national) || is_test(national)).then(|| PhoneNumber(format!("+86{national}")))
    }

    /// Reads any other number with the library.
    fn elsewhere(&self, compact: &str) -> Result<PhoneNumber, PhoneError> {
        let raw = || self.raw.to_owned();
        let region = || self.region.code();
        let mut dialled = match compact.strip_prefix("00") {
            Some(rest) => format!("+{rest}"),
            None => compact.to_owned(),
        };
        if self.region.is_china() && is_local(&dialled) {
            match &self.region.area_code {
                Some(area_code) => dialled = format!("0{area_code}{dialled}"),
                None => return Err(PhoneError::NoAreaCode { raw: raw() }),
            }
        }
        let parsed =
            PHONE_NUMBER_UTIL.parse(&dialled, Some(self.region.code)).map_err(|error| match error {
                ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort { raw: raw() },
                ParseError::TooLongNsn => PhoneError::TooLong { raw: raw() },
                ParseError::InvalidCountryCode => PhoneError::Invalid { raw: raw(), region: region() },
                ParseError::NotANumber(_) => PhoneError::NotANumber { raw: raw() },
            })?;
        if parsed.is_valid() {
            return PhoneNumber::new(PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164))
                .map_err(|_| PhoneError::Invalid { raw: raw(), region: region() });
        }
        let national = parsed.get_national_significant_number().len();
        match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&parsed) {
            Err(rlibphonenumber::ValidationError::TooLong) => Err(PhoneError::TooLong { raw: raw() }),
            Err(rlibphonenumber::ValidationError::TooShort) => Err(PhoneError::TooShort { raw: raw() }),
            _ if national < 7 => Err(PhoneError::TooShort { raw: raw() }),
            _ => Err(PhoneError::Invalid { raw: raw(), region: region() }),
        }
    }
}

/// Says whether the digits are a landline number of mainland China without its area code.
fn is_local(digits: &str) -> bool {
    matches!(digits.len(), 7 | 8) && digits.starts_with(|c| matches!(c, '2'..='8'))
}

#[cfg(test)]
mod tests;
