//! Codes of invitations: 80 random bits, written so that they can be read out and typed, kept as their hash.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::domain::hex::hex;
use crate::domain::secret::Secret;

/// How long an invitation holds where nothing else is said.
pub const HOLDS: Duration = Duration::from_hours(24);
/// Random bytes of a code.
const LENGTH: usize = 10;
/// Letters of a code that stand together.
const GROUP: usize = 4;
/// What codes are written with: nothing that looks like something else.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new code, in groups; `None` where the system gives no random numbers.
pub fn code() -> Option<String> {
    let mut bytes = [0; 2 * LENGTH];
    getrandom::fill(&mut bytes).ok()?;
    let mut code = String::new();
    // five bits of each byte are used
    for (place, byte) in bytes.iter().take(LENGTH * 8 / 5).enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS.get(usize::from(byte & 31)).copied().unwrap_or_default()));
    }
    Some(code)
}

/// What is kept of a code: its hash with the name it is for. However it was typed: in small letters, without dashes, with letters
/// that look alike.
pub fn hash(login: &str, code: &str) -> Secret {
    let typed: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let mut sha = Sha256::new();
    for part in ["corral invitation", login, &typed] {
        sha.update(part.len().to_le_bytes());
        sha.update(part.as_bytes());
    }
    Secret::new(hex(&sha.finalize()))
}

/// Whether two hashes are the same; takes as long whether and wherever they differ.
pub fn is_same(one: &Secret, other: &Secret) -> bool {
    one.reveal().as_bytes().ct_eq(other.reveal().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed_and_only_for_who_was_invited() {
        let code = code().unwrap();
        assert_eq!(code.len(), 19, "{code}");
        assert!(code.split('-').all(|group| group.len() == GROUP), "{code}");
        let kept = hash("wangfang", &code);
        for typed in [code.to_lowercase(), code.replace('-', ""), code.replace('-', " ").replace('0', "o")] {
            assert!(is_same(&kept, &hash("wangfang", &typed)), "{typed}");
        }
        assert!(!is_same(&kept, &hash("lixue", &code)));
        assert!(!is_same(&kept, &hash("wangfang", "")));
        assert_ne!(code, super::code().unwrap());
    }
}
