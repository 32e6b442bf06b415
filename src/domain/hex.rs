//! Bytes as lower-case hex, for seals and hashes.

use std::fmt::Write as _;

/// Two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // writing to a String cannot fail
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_takes_two_digits() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }
}
