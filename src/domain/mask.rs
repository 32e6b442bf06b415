//! Ways of contact with their middle hidden (S001-35, S001-102): enough to tell one from another, too little to use.

use crate::domain::phone::PhoneNumber;

/// Stands for what is hidden, however much that is.
pub const HIDDEN: &str = "****";

/// A number or an id with its middle hidden: `138****8000`, `wx****n`. Whatever it is, two characters at least stay hidden.
pub fn masked(norm: &str) -> String {
    if let Ok(number) = PhoneNumber::new(norm) {
        return number.masked();
    }
    let length = norm.chars().count();
    let first: String = norm.chars().take(2.min(length.saturating_sub(2))).collect();
    let last: String = norm.chars().skip(if length < 6 { length } else { length - 1 }).collect();
    format!("{first}{HIDDEN}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ids_keep_their_ends() {
        for (norm, shown) in [
            ("+8613800138000", "138****8000"),
            ("wx_chen_le", "wx****e"),
            ("陈乐的妈妈微信", "陈乐****信"),
            ("abcde", "ab****"),
            ("abc", "a****"),
            ("ab", "****"),
            ("", "****"),
        ] {
            assert_eq!(masked(norm), shown, "{norm}");
        }
    }
}
