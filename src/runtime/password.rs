//! Passwords: hashed with argon2id, compared in the same time whether there is one or not.
//!
//! A hash says itself how it was made, so that what is asked of new ones can grow. One takes 19 MiB and some hundredths of a second:
//! whoever serves many does few at once.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};

use crate::domain::secret::Secret;

/// Fewest characters of a password.
pub const LEAST: usize = 10;
/// Most characters that are looked at.
const MOST: usize = 256;

/// The hash of a text nobody knows, made with the usual cost: compared with where there is none, so that it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$2oRYz6MLMkRMEL1sw5rxIQ$Yj0Twm2fWgOaGtWJZZk/jZo1BEp3JjISQ7e4LFrcnUg";

/// Why a text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has too few characters.
    #[error("a password has at least {LEAST} characters")]
    Short,
    /// It has too many.
    #[error("a password has at most {MOST} characters")]
    Long,
    /// The system gives no random numbers.
    #[error("this system gives no random numbers; nothing was changed")]
    NoChance,
}

/// The hash of a new password.
///
/// # Errors
/// What is wrong with it.
pub fn password(text: &str) -> Result<Secret, Unfit> {
    match text.chars().count() {
        short if short < LEAST => Err(Unfit::Short),
        long if long > MOST => Err(Unfit::Long),
        _ => hash(text).ok_or(Unfit::NoChance),
    }
}

/// Whether a text is what was hashed. Where nothing was it is not, and that takes as long.
pub fn is_right(text: &str, kept: Option<&Secret>) -> bool {
    let hash = kept.map_or(NOBODY, Secret::reveal);
    // one that is no hash lets nobody in
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let looked_at = text.chars().count() <= MOST;
    let text = if looked_at { text } else { "" };
    let is_same = Argon2::default().verify_password(text.as_bytes(), &hash).is_ok();
    is_same && looked_at && kept.is_some()
}

/// The hash of a text, whatever it is; `None` where the system gives no random numbers.
pub(super) fn hash(text: &str) -> Option<Secret> {
    let made = Argon2::default().hash_password(text.as_bytes()).ok()?;
    Some(Secret::new(made.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let kept = password("correct horse").unwrap();
        assert!(kept.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.reveal());
        assert_ne!(kept, password("correct horse").unwrap(), "each has a salt of its own");
        assert!(is_right("correct horse", Some(&kept)));
        for wrong in ["", "correct horse ", "Correct horse", &"x".repeat(MOST + 1)] {
            assert!(!is_right(wrong, Some(&kept)), "{wrong}");
        }
        assert!(!is_right("", None) && !is_right("correct horse", None));
        assert!(!is_right("correct horse", Some(&Secret::new("correct horse"))));
    }

    #[test]
    fn what_stands_for_nobody_costs_what_a_real_one_costs() {
        let cost = |hash: &str| hash.rsplit_once('$').unwrap().0.rsplit_once('$').unwrap().0.to_owned();
        assert_eq!(cost(NOBODY), cost(password("correct horse").unwrap().reveal()));
        assert!(PasswordHash::new(NOBODY).is_ok());
    }

    #[test]
    fn what_is_easily_guessed_is_no_password() {
        assert_eq!(password("short"), Err(Unfit::Short));
        assert_eq!(password(&"长".repeat(MOST + 1)), Err(Unfit::Long));
        assert!(password("作业围场今天的密码很好").is_ok());
    }
}
