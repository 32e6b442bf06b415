//! One-time codes of an authenticator (RFC 6238): six digits, new every thirty seconds, each good once.
//!
//! Made with SHA-1, which is what authenticators know; nothing here hangs on its weakness.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;

/// How long a code is the one that is shown.
const STEP_MS: i64 = 30_000;
/// Codes before and after that are taken: clocks differ.
const DRIFT: i64 = 1;
/// Bytes of a secret, as RFC 4226 wants it.
const LENGTH: usize = 20;
/// What a number in base 32 is written with (RFC 4648).
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret, in base 32; `None` where the system gives no random numbers.
pub fn secret() -> Option<Secret> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).ok()?;
    Some(Secret::new(write(&bytes)))
}

/// What an authenticator is told: a link, as a picture or typed.
pub fn link(login: &str, secret: &Secret) -> String {
    // a sign-in name has letters of any language
    let login: String = login
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("otpauth://totp/Corral:{login}?secret={}&issuer=Corral", secret.reveal())
}

/// The step of the code that was typed, where it is one that holds now and is newer than the last that was used.
pub fn step(typed: &str, secret: &Secret, used: i64, now: Timestamp) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let present = now.0.div_euclid(STEP_MS);
    let key = read(secret.reveal())?;
    let mut found = None;
    // all of them are looked at, whichever it is
    for step in present - DRIFT..=present + DRIFT {
        let is_it: bool = code(&key, step)?.as_bytes().ct_eq(typed.as_bytes()).into();
        if is_it && step > used {
            found = Some(step);
        }
    }
    found
}

fn code(key: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&step.to_be_bytes());
    let made = mac.finalize().into_bytes();
    let from = usize::from(made.last()? & 0xf);
    let four: [u8; 4] = made.get(from..from + 4)?.try_into().ok()?;
    Some(format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000))
}

fn write(bytes: &[u8]) -> String {
    let (mut text, mut bits, mut count) = (String::new(), 0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            let letter = LETTERS.get((bits >> count & 31) as usize).copied().unwrap_or_default();
            text.push(char::from(letter));
        }
    }
    text
}

fn read(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|known| *known == letter)?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff).try_into().ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B: the text 12345678901234567890.
    fn known() -> Secret {
        Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        assert_eq!(read(known().reveal()).unwrap(), b"12345678901234567890");
        assert_eq!(write(b"12345678901234567890"), known().reveal());
        // the last six digits of the standard's eight
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp(second * 1_000);
            assert_eq!(step(code, &known(), 0, now), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_holds_for_a_minute_and_a_half_and_once() {
        let at = |second: i64| Timestamp(second * 1_000);
        for (second, holds) in [(-1, false), (0, true), (30, true), (60, true), (89, true), (90, false)] {
            assert_eq!(step("287082", &known(), 0, at(second)).is_some(), holds, "{second}");
        }
        assert_eq!(step("287 082", &known(), 0, at(59)), Some(1));
        assert_eq!(step("287082", &known(), 1, at(59)), None, "used before");
        for wrong in ["", "28708", "2870822", "287083"] {
            assert_eq!(step(wrong, &known(), 0, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn a_new_secret_is_long_and_its_link_is_one_an_authenticator_reads() {
        let secret = secret().unwrap();
        assert_eq!((secret.reveal().len(), read(secret.reveal()).unwrap().len()), (32, LENGTH));
        let link = link("王@x", &Secret::new("ABC"));
        assert_eq!(link, "otpauth://totp/Corral:%E7%8E%8B%40x?secret=ABC&issuer=Corral");
    }
}
