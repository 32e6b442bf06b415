//! Any text as a telephone number, in three regions: answered, never with a malformed number, and the same again.

#![no_main]

use corral::domain::phone::{PhoneNumber, Region, parse, parse_cell};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let region = match first % 4 {
        0 | 1 => Region::china(),
        2 => Region::china().with_area_code("021").unwrap(),
        _ => Region::new("IN").unwrap(),
    };
    for phone in parse_cell(&text, &region).into_iter().chain([parse(&text, &region)]).flatten() {
        let number = phone.e164.as_str();
        assert_eq!(PhoneNumber::new(number).as_ref(), Ok(&phone.e164));
        assert!(!phone.raw.chars().any(char::is_control), "{:?}", phone.raw);
        if let Some(extension) = &phone.extension {
            assert!((1..=7).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit()));
        }
        let again = parse(number, &region).unwrap_or_else(|error| panic!("{number} of {text:?}: {error}"));
        assert_eq!((again.e164.as_str(), again.extension), (number, None), "{text:?}");
        let masked = phone.e164.masked();
        assert!(masked.contains("****"), "{masked}");
        let _ = phone.e164.national();
    }
});
