//! Telephone numbers: one checked form behind every spelling, and the ways to show it.
//!
//! Two spellings of one number must meet in one record (S001-90), so a number is stored as E.164, with its
//! extension and the text it came from beside it. How spellings are read is said at [`parse`].

mod cell;
mod reading;

use std::fmt;

pub use cell::parse_cell;
pub use reading::parse;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A telephone number in E.164: `+`, then 4 to 15 digits, the first not zero.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// A number as it was read: the checked form, the extension and what stood in the file or field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The checked form; duplicates are found by it.
    pub e164: PhoneNumber,
    /// The digits to dial once the number has answered (1 to 7 of them), where there are any.
    pub extension: Option<String>,
    /// What was typed, cleaned of control characters and otherwise untouched.
    pub raw: String,
}

/// Where numbers without a country code belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    code: rlibphonenumber::Region,
    area_code: Option<String>,
}

/// Why a text is not a telephone number that can be dialled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// There is no text.
    #[error("there is no number; leave the row out or fill it in")]
    Empty,
    /// Digits were hidden before the number got here, by `*`, `x` or another mark.
    #[error("'{raw}' is masked; ask the source for the whole number")]
    Masked {
        /// The text as it came.
        raw: String,
    },
    /// A spreadsheet rounded the number to a few digits.
    #[error("'{raw}' was rounded by a spreadsheet; store the column as text and export again")]
    Lossy {
        /// The text as it came.
        raw: String,
    },
    /// A landline number without the area code it needs.
    #[error("'{raw}' has no area code; write it as in 021-62345678")]
    NoAreaCode {
        /// The text as it came.
        raw: String,
    },
    /// The text has letters or no digits at all.
    #[error("'{raw}' is not a telephone number; write digits only")]
    NotANumber {
        /// The text as it came.
        raw: String,
    },
    /// There are fewer digits than any number of the region has, hotlines of five digits included.
    #[error("'{raw}' has too few digits for a number that can be called back")]
    TooShort {
        /// The text as it came.
        raw: String,
    },
    /// There are more digits than any number of the region has.
    #[error("'{raw}' has too many digits; write one number, or several with / between them")]
    TooLong {
        /// The text as it came.
        raw: String,
    },
    /// The digits are those of no number in use.
    #[error("'{raw}' is no number in use in {region}; check it, or write the country code with +")]
    Invalid {
        /// The text as it came.
        raw: String,
        /// The region that was tried, two letters.
        region: String,
    },
    /// A region is not one of ISO 3166's two letters, or has no numbers of its own.
    #[error("'{region}' is not a region; write two letters as in CN, IN, US")]
    UnknownRegion {
        /// The text as it came.
        region: String,
    },
    /// An area code has characters other than digits, or too many of them.
    #[error("'{area_code}' is not an area code; write it as in 021")]
    BadAreaCode {
        /// The text as it came.
        area_code: String,
    },
}

impl Region {
    /// Makes a region of two letters of ISO 3166 in any case.
    pub fn new(code: &str) -> Result<Self, PhoneError> {
        let unknown = || PhoneError::UnknownRegion { region: code.to_owned() };
        let region = rlibphonenumber::Region::from_code(code.trim()).map_err(|_| unknown())?;
        match PHONE_NUMBER_UTIL.get_country_code_for_region(region) {
            Some(_) => Ok(Self { code: region, area_code: None }),
            None => Err(unknown()),
        }
    }

    /// The mainland of China, without an area code.
    pub fn china() -> Self {
        Self { code: rlibphonenumber::Region::CN, area_code: None }
    }

    /// Adds the area code of numbers written without one; `021` and `21` are the same.
    pub fn with_area_code(self, area_code: &str) -> Result<Self, PhoneError> {
        let digits = area_code.trim().trim_start_matches('0');
        if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PhoneError::BadAreaCode { area_code: area_code.to_owned() });
        }
        Ok(Self { area_code: Some(digits.to_owned()), ..self })
    }

    /// The two letters of the region.
    pub fn code(&self) -> String {
        self.code.to_string()
    }

    fn is_china(&self) -> bool {
        self.code == rlibphonenumber::Region::CN
    }
}

impl PhoneNumber {
    /// Checks the form of a number that is already E.164, such as one that comes from the database.
    ///
    /// Only the form is checked, so that a number outlives a change of the numbering plans.
    pub fn new(text: impl Into<String>) -> Result<Self, PhoneError> {
        let text = text.into();
        let digits = text.strip_prefix('+').unwrap_or_default();
        let formed = (4..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if formed { Ok(Self(text)) } else { Err(PhoneError::NotANumber { raw: text }) }
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits of E.164 without the `+`.
    pub fn digits(&self) -> &str {
        self.0.strip_prefix('+').unwrap_or(&self.0)
    }

    /// The last `count` digits, or all there are.
    pub fn last(&self, count: usize) -> &str {
        let digits = self.digits();
        digits.get(digits.len().saturating_sub(count)..).unwrap_or(digits)
    }

    /// The number as people at home write it, grouped: `138 0013 8000`, `021 6234 5678`; one of another country
    /// than China keeps its country code: `+91 98765 43210`.
    pub fn national(&self) -> String {
        if let Some(eleven) = self.chinese_mobile() {
            return grouped(eleven, &[3, 4, 4]);
        }
        let Ok(parsed) = PHONE_NUMBER_UTIL.parse(&self.0, None) else { return self.0.clone() };
        let form = if parsed.country_code == CHINA_COUNTRY_CODE {
            PhoneNumberFormat::National
        } else {
            PhoneNumberFormat::International
        };
        PHONE_NUMBER_UTIL.format(&parsed, form).into_owned()
    }

    /// The number with its middle hidden, for whoever may know that there is one: `138****8000`, `+9198****3210`.
    pub fn masked(&self) -> String {
        let (shown, keep) = match (self.chinese_mobile(), self.digits().strip_prefix("86")) {
            (Some(eleven), _) => (eleven.to_owned(), 3),
            (None, Some(landline)) if landline.len() >= 9 => (format!("0{landline}"), 3),
            _ => (self.0.clone(), 5),
        };
        // Two digits at least stay hidden, however short the number.
        let keep = keep.min(shown.len().saturating_sub(2));
        let tail = shown.len().saturating_sub(keep + 2).min(4);
        let head: String = shown.chars().take(keep).collect();
        let last: String = shown.chars().skip(shown.len() - tail).collect();
        format!("{head}****{last}")
    }

    /// The eleven digits of a mobile number of mainland China, test numbers included.
    pub(crate) fn chinese_mobile(&self) -> Option<&str> {
        self.0
            .strip_prefix("+86")
            .filter(|national| reading::is_mobile(national) || reading::is_test(national))
    }
}

/// The country code of mainland China.
const CHINA_COUNTRY_CODE: i32 = 86;

/// Cuts ASCII text into groups of the given sizes with a space between them.
fn grouped(text: &str, sizes: &[usize]) -> String {
    let mut rest = text;
    let mut groups = Vec::with_capacity(sizes.len());
    for &size in sizes {
        let Some((group, after)) = rest.split_at_checked(size) else { break };
        groups.push(group);
        rest = after;
    }
    groups.join(" ")
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        Self::new(text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("+8613800138000", "138 0013 8000", "138****8000")]
    #[case("+8610012340001", "100 1234 0001", "100****0001")]
    #[case("+862162345678", "021 6234 5678", "021****5678")]
    #[case("+919876543210", "+91 98765 43210", "+9198****3210")]
    fn a_number_is_shown_grouped_and_masked(
        #[case] e164: &str,
        #[case] national: &str,
        #[case] masked: &str,
    ) {
        let number = PhoneNumber::new(e164).unwrap();
        assert_eq!(number.national(), national);
        assert_eq!(number.masked(), masked);
    }

    #[test]
    fn a_short_number_is_masked_without_showing_it_whole() {
        assert_eq!(PhoneNumber::new("+1234").unwrap().masked(), "+12****");
        assert_eq!(PhoneNumber::new("+12345").unwrap().masked(), "+123****");
        assert_eq!(PhoneNumber::new("+1234567").unwrap().masked(), "+1234****7");
    }

    #[rstest]
    #[case("13800138000")]
    #[case("+")]
    #[case("+123")]
    #[case("+0123456")]
    #[case("+1234567890123456")]
    #[case("+86138 0013")]
    fn text_that_is_not_e164_makes_no_number(#[case] text: &str) {
        assert!(PhoneNumber::new(text).is_err());
    }

    #[test]
    fn the_last_digits_are_counted_from_the_end() {
        let number = PhoneNumber::new("+8613800138000").unwrap();
        assert_eq!((number.last(4), number.last(0), number.last(99)), ("8000", "", "8613800138000"));
    }

    #[test]
    fn a_region_needs_two_known_letters_and_digits_for_its_area() {
        assert_eq!(Region::new("cn").unwrap(), Region::china());
        assert_eq!(Region::new("IN").unwrap().code(), "IN");
        for wrong in ["", "C", "CHN", "ZZ", "1!"] {
            assert!(matches!(Region::new(wrong), Err(PhoneError::UnknownRegion { .. })), "{wrong}");
        }
        assert_eq!(Region::china().with_area_code("021"), Region::china().with_area_code("21"));
        for wrong in ["", "0", "2a", "123456"] {
            assert!(Region::china().with_area_code(wrong).is_err(), "{wrong}");
        }
    }
}
