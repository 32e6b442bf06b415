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

/// The longest extension in digits.
const EXTENSION_MAX: usize = 7;

/// Reads one telephone number.
///
/// Spaces, dashes, brackets, full-width digits, `+86`, `0086`, a leading `'`, a carrier prefix and a label are
/// spellings of the same number; extensions (`转801`, `ext 801`, `x801`, `-801`) are kept apart. Numbers that
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

/// Reads a cell that may hold several numbers with `/`, `;`, `,`, `、`, `|` or a line break between them.
///
/// An empty cell gives nothing. Each part is answered on its own, so that a good number beside a bad one is kept.
pub fn parse_cell(raw: &str, region: &Region) -> Vec<Result<Phone, PhoneError>> {
    let parts =
        || raw.split(['/', ';', ',', '、', '|', '，', '；', '／', '｜', '\n', '\r', '\t']).map(str::trim);
    match parts().filter(|part| !part.is_empty()).count() {
        0 => Vec::new(),
        1 => {
            let words: Vec<_> = raw.split_whitespace().map(|word| parse(word, region)).collect();
            let several = words.len() > 1 && words.iter().all(Result::is_ok);
            if several { words } else { vec![parse(raw, region)] }
        }
        // A slash may also stand inside one number: 021/62345678.
        _ => match parse(raw, region) {
            Ok(phone) => vec![Ok(phone)],
            Err(_) => parts().filter(|part| !part.is_empty()).map(|part| parse(part, region)).collect(),
        },
    }
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
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{30FC}' | '~' => '-',
            '\u{2018}' | '\u{2019}' | '`' => '\'',
            c => c.to_ascii_lowercase(),
        })
        .collect();
    folded.trim().trim_start_matches('\'').trim().to_owned()
}

/// Says whether somebody hid digits.
fn masked(text: &str) -> bool {
    text.contains(['*', '•', '●', '×', '?', '█', '■']) || text.contains("xx") || text.contains("__")
}

/// Drops a word that names the number, and a remark in Chinese behind it.
fn without_label(text: &str) -> &str {
    let label = LABELS.iter().find_map(|label| {
        let after = text.strip_prefix(label)?.trim_start_matches([':', '.', ' ', '-']);
        after.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '(').then_some(after)
    });
    let text = label.unwrap_or(text);
    let remark_from = text.trim_end_matches(|c: char| {
        matches!(c, '(' | ')' | ' ' | '[' | ']') || matches!(c, '\u{4E00}'..='\u{9FFF}')
    });
    remark_from.trim()
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

/// Cuts one to five digits behind the last dash off.
fn dashed_extension(text: &str) -> Option<(&str, &str)> {
    let (head, tail) = text.rsplit_once('-')?;
    let tail = tail.trim();
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
        let Some((mantissa, exponent)) = text.split_once('e') else { return Ok(text.to_owned()) };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
        if !digits(whole) || !(fraction.is_empty() || digits(fraction)) || !digits(exponent) {
            return Ok(text.to_owned());
        }
        // Exact only when every digit of the number is written out.
        match exponent.parse::<usize>() {
            Ok(places) if places == fraction.len() && places > 0 => Ok(format!("{whole}{fraction}")),
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
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn e164(raw: &str) -> String {
        parse(raw, &Region::china()).unwrap_or_else(|error| panic!("{raw}: {error}")).e164.to_string()
    }

    #[rstest]
    #[case("13800138000")]
    #[case("+8613800138000")]
    #[case("+86 138 0013 8000")]
    #[case("8613800138000")]
    #[case("0086-138-0013-8000")]
    #[case("(+86)138-0013-8000")]
    #[case("（+86）138—0013—8000")]
    #[case("１３８００１３８０００")]
    #[case("＋８６ １３８ ００１３ ８０００")]
    #[case("17951 138 0013 8000")]
    #[case("1795113800138000")]
    #[case("013800138000")]
    #[case("13800138000.0")]
    #[case("1.3800138000E+10")]
    #[case("'13800138000")]
    #[case("’13800138000")]
    #[case("\u{feff}138\u{202c}0013\u{200e}8000")]
    #[case("138.0013.8000")]
    #[case("手机：13800138000")]
    #[case("Tel: 138 0013 8000")]
    #[case("13800138000（妈妈）")]
    fn every_spelling_of_one_mobile_number_agrees(#[case] raw: &str) {
        assert_eq!(e164(raw), "+8613800138000");
    }

    #[rstest]
    #[case("021-62345678", "+862162345678")]
    #[case("(0755) 8234 5678", "+8675582345678")]
    #[case("+86 21 6234 5678", "+862162345678")]
    #[case("021/62345678", "+862162345678")]
    #[case("400-820-8820", "+864008208820")]
    #[case("+852 6123 4567", "+85261234567")]
    #[case("00852 6123 4567", "+85261234567")]
    #[case("+886 912 345 678", "+886912345678")]
    #[case("+1 (415) 555-2671", "+14155552671")]
    #[case("+91 98765-43210", "+919876543210")]
    fn landlines_and_numbers_of_other_countries_are_read(#[case] raw: &str, #[case] expected: &str) {
        assert_eq!(e164(raw), expected);
    }

    #[rstest]
    #[case("10012340001")]
    #[case("+8610012340001")]
    #[case("0086 100 1234 0001")]
    #[case("１００１２３４０００１")]
    #[case("100-1234-0001")]
    fn reserved_test_numbers_are_read_like_mobiles(#[case] raw: &str) {
        assert_eq!(e164(raw), "+8610012340001");
    }

    #[rstest]
    #[case("021-62345678转801", "+862162345678", "801")]
    #[case("021-62345678 轉 801", "+862162345678", "801")]
    #[case("021-62345678分机：801", "+862162345678", "801")]
    #[case("021-62345678-801", "+862162345678", "801")]
    #[case("021-62345678x801", "+862162345678", "801")]
    #[case("021-62345678 ext 801", "+862162345678", "801")]
    #[case("021-62345678 Ext. 801", "+862162345678", "801")]
    #[case("02162345678#8", "+862162345678", "8")]
    #[case("400-820-8820,转1234", "+864008208820", "1234")]
    #[case("13800138000-4321", "+8613800138000", "4321")]
    fn an_extension_is_kept_beside_the_number(
        #[case] raw: &str,
        #[case] number: &str,
        #[case] extension: &str,
    ) {
        let phone = parse(raw, &Region::china()).unwrap();
        assert_eq!((phone.e164.as_str(), phone.extension.as_deref()), (number, Some(extension)));
        assert_eq!(phone.raw, raw);
    }

    #[test]
    fn what_is_no_number_is_refused_by_the_right_name() {
        let error = |raw: &str| parse(raw, &Region::china()).unwrap_err();
        assert_eq!(error(" \t"), PhoneError::Empty);
        for raw in ["138****8000", "138xxxx8000", "138XXXX8000", "１３８＊＊＊＊８０００", "138••••8000"]
        {
            assert!(matches!(error(raw), PhoneError::Masked { .. }), "{raw}");
        }
        for raw in ["1.38E+10", "1.38001e+10", "1E10"] {
            assert!(matches!(error(raw), PhoneError::Lossy { .. }), "{raw}");
        }
        for raw in ["62345678", "6234567", "6234-5678"] {
            assert!(matches!(error(raw), PhoneError::NoAreaCode { .. }), "{raw}");
        }
        for raw in ["abc", "没有", "13800o38000", "-", "+", "wxid_1234567"] {
            assert!(matches!(error(raw), PhoneError::NotANumber { .. }), "{raw}");
        }
        for raw in ["95588", "110", "1"] {
            assert!(matches!(error(raw), PhoneError::TooShort { .. }), "{raw}: {:?}", error(raw));
        }
        for raw in ["138001380001", "138001380001234567890"] {
            assert!(matches!(error(raw), PhoneError::TooLong { .. } | PhoneError::Invalid { .. }), "{raw}");
        }
        for raw in ["12800138000", "11111111111", "+999 12345678"] {
            assert!(matches!(error(raw), PhoneError::Invalid { .. }), "{raw}: {:?}", error(raw));
        }
    }

    #[test]
    fn the_area_code_of_the_region_completes_a_local_number() {
        let shanghai = Region::china().with_area_code("021").unwrap();
        assert_eq!(parse("6234 5678", &shanghai).unwrap().e164.as_str(), "+862162345678");
    }

    #[test]
    fn another_region_reads_its_own_numbers_and_those_with_a_code() {
        let india = Region::new("IN").unwrap();
        for raw in ["98765 43210", "098765 43210", "+91-98765-43210", "919876543210"] {
            assert_eq!(parse(raw, &india).unwrap().e164.as_str(), "+919876543210", "{raw}");
        }
        assert_eq!(parse("0086 13800138000", &india).unwrap().e164.as_str(), "+8613800138000");
        assert!(parse("13800138000", &india).is_err());
    }

    #[rstest]
    #[case("13800138000 / 13900139000", 2)]
    #[case("13800138000；13900139000", 2)]
    #[case("13800138000、13900139000，021-62345678转801", 3)]
    #[case("13800138000 13900139000", 2)]
    #[case("138 0013 8000", 1)]
    #[case("021/62345678", 1)]
    #[case("  ", 0)]
    #[case(" / ", 0)]
    fn a_cell_may_hold_several_numbers(#[case] raw: &str, #[case] expected: usize) {
        let read = parse_cell(raw, &Region::china());
        assert_eq!(read.len(), expected);
        assert!(read.iter().all(Result::is_ok), "{read:?}");
    }

    #[test]
    fn a_bad_number_beside_a_good_one_is_answered_apart() {
        let read = parse_cell("13800138000/138****8000", &Region::china());
        assert!(matches!(read.as_slice(), [Ok(_), Err(PhoneError::Masked { .. })]));
    }

    proptest! {
        #[test]
        fn no_spelling_changes_the_number(
            second in 3..=9_u32, rest in 0..1_000_000_000_u32, code in 0..5_usize, separator in 0..5_usize,
            full_width in any::<bool>(),
        ) {
            let a = format!("1{second}{}", rest / 100_000_000);
            let (b, c) = (format!("{:04}", rest / 10_000 % 10_000), format!("{:04}", rest % 10_000));
            let separator = ["", " ", "-", ".", "\u{3000}"][separator];
            let code = ["", "+86", "0086", "(+86) ", "86"][code];
            let mut spelled = format!("{code}{a}{separator}{b}{separator}{c}");
            if full_width {
                spelled = spelled.chars().map(|ch| match ch {
                    '!'..='~' => char::from_u32(u32::from(ch) + 0xFEE0).unwrap(),
                    ch => ch,
                }).collect();
            }
            prop_assert_eq!(e164(&spelled), format!("+861{second}{rest:09}"));
        }

        #[test]
        fn any_text_is_answered_and_never_with_a_malformed_number(raw in "\\PC{0,24}|[0-9+*x転转() -]{0,24}") {
            for phone in parse_cell(&raw, &Region::china()).into_iter().flatten() {
                prop_assert!(PhoneNumber::new(phone.e164.as_str()).is_ok());
            }
        }

        #[test]
        fn a_number_read_again_from_e164_is_itself(second in 3..=9_u32, rest in 0..1_000_000_000_u32) {
            let number = e164(&format!("1{second}{rest:09}"));
            prop_assert_eq!(e164(&number), number);
        }
    }
}
