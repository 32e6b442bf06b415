//! Spellings of numbers, and what is none.

use proptest::prelude::*;
use rstest::rstest;

use super::super::parse_cell;
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
#[case("13800138000 (mum)")]
#[case("妈妈13800138000")]
#[case("王女士（妈妈）：138-0013-8000，")]
#[case("1.3800138E10")]
#[case("13,800,138,000")]
#[case("8.613800138E12")]
#[case("“13800138000”")]
#[case("1️⃣3️⃣8️⃣00138000")]
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
#[case("021-62345678(801)", "+862162345678", "801")]
#[case("021-62345678x801", "+862162345678", "801")]
#[case("021-62345678 ext 801", "+862162345678", "801")]
#[case("021-62345678 Ext. 801", "+862162345678", "801")]
#[case("02162345678#8", "+862162345678", "8")]
#[case("400-820-8820,转1234", "+864008208820", "1234")]
#[case("13800138000-4321", "+8613800138000", "4321")]
fn an_extension_is_kept_beside_the_number(#[case] raw: &str, #[case] number: &str, #[case] extension: &str) {
    let phone = parse(raw, &Region::china()).unwrap();
    assert_eq!((phone.e164.as_str(), phone.extension.as_deref()), (number, Some(extension)));
    assert_eq!(phone.raw, raw);
}

#[test]
fn what_is_no_number_is_refused_by_the_right_name() {
    let error = |raw: &str| parse(raw, &Region::china()).unwrap_err();
    assert_eq!(error(" \t"), PhoneError::Empty);
    for raw in [
        "138****8000",
        "138xxxx8000",
        "138XXXX8000",
        "１３８＊＊＊＊８０００",
        "138••••8000",
        "138----8000",
        "138……8000",
        "138__8000",
        "138####8000",
        "1380013****",
        "138某某某某8000",
        "138×××8000",
    ] {
        assert!(matches!(error(raw), PhoneError::Masked { .. }), "{raw}");
    }
    for raw in ["1.38E+10", "1.38001e+10", "1E10", "1.38E10", "1.380013E+10"] {
        assert!(matches!(error(raw), PhoneError::Lossy { .. }), "{raw}");
    }
    for raw in ["62345678", "6234567", "6234-5678"] {
        assert!(matches!(error(raw), PhoneError::NoAreaCode { .. }), "{raw}");
    }
    for raw in ["abc", "没有", "13800o38000", "-", "+", "wxid_1234567", "学号2120260001", "张三"] {
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
#[case("138 0013 8000 139 0013 9000", 2)]
#[case("13800138000和13900139000", 2)]
#[case("13800138000 & 13900139000", 2)]
#[case("妈妈13800138000，爸爸13900139000", 2)]
#[case("13800138000 妈妈 13900139000 爸爸", 2)]
#[case("李和平13800138000", 1)]
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

#[test]
fn a_cell_of_endless_parts_is_refused_as_one() {
    let read = parse_cell(&"13800138000/".repeat(50), &Region::china());
    assert!(matches!(read.as_slice(), [Err(_)]), "{}", read.len());
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
