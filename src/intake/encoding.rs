//! The encodings of text files: which one a file has, and reading it as UTF-8.
//!
//! The whole file is looked at in constant memory, so that the answer does not depend on how far in the first
//! Chinese character stands. Damage in a few places does not hide what the rest is written in: the rows with the
//! damage are refused later, one by one.

mod decoded;
mod judge;
mod tally;

use std::fmt;

use encoding_rs::{Encoding, GB18030};

pub use decoded::{Decoded, MARK};
pub(super) use judge::judge;

use super::IntakeError;

/// How much is read at a time.
pub(super) const BLOCK: usize = 64 * 1024;

/// The encoding of a text file, and how it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    encoding: &'static Encoding,
    by: By,
}

/// How an encoding is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// By a byte order mark.
    Mark,
    /// By its form, which nothing else has: UTF-8, or UTF-16 with its separators.
    Form,
    /// By what the text would be in it: likely, not certain.
    Likeness,
    /// By whoever imports the file.
    Order,
}

impl Found {
    /// The encoding of a name as people and web pages write it: `gbk`, `big5`, `shift_jis`, `utf-16le`.
    ///
    /// # Errors
    /// [`IntakeError::UnknownEncoding`] for any other name.
    pub fn named(name: &str) -> Result<Self, IntakeError> {
        let known = Encoding::for_label(name.trim().as_bytes());
        let known =
            known.filter(|encoding| encoding.name() != "replacement" && encoding.name() != "x-user-defined");
        match known {
            // GB18030 has all that GBK has.
            Some(encoding) if encoding.name() == "GBK" => Ok(Self { encoding: GB18030, by: By::Order }),
            Some(encoding) => Ok(Self { encoding, by: By::Order }),
            None => Err(IntakeError::UnknownEncoding { name: name.to_owned() }),
        }
    }

    /// The encoding's name: `UTF-8`, `UTF-16LE`, `UTF-16BE`, `gb18030`, `Big5` or, where only it fits, another.
    pub fn name(&self) -> &'static str {
        self.encoding.name()
    }

    /// Whether a byte order mark says so.
    pub fn marked(&self) -> bool {
        self.by == By::Mark
    }

    /// Whether another encoding could be meant.
    pub fn assumed(&self) -> bool {
        self.by == By::Likeness
    }

    pub(super) fn encoding(self) -> &'static Encoding {
        self.encoding
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.encoding == GB18030 { "GB18030" } else { self.encoding.name() };
        write!(f, "{name}{}", if self.marked() { " with a byte order mark" } else { "" })
    }
}

/// How many line feeds there are.
pub(super) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_known_by_their_usual_names() {
        for (name, expected) in [
            ("gbk", "gb18030"),
            ("GB2312", "gb18030"),
            (" Big5 ", "Big5"),
            ("sjis", "Shift_JIS"),
            ("utf8", "UTF-8"),
            ("utf-16", "UTF-16LE"),
            ("latin1", "windows-1252"),
        ] {
            assert_eq!(Found::named(name).unwrap().name(), expected);
        }
        for name in ["", "klingon", "iso-2022-cn", "hz-gb-2312"] {
            assert!(Found::named(name).is_err(), "{name}");
        }
    }
}
