//! What kind of file it is, by its first bytes; its name is not asked.

/// What a file's first bytes show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A zip archive: a workbook, or anything else that is packed as one.
    Zip,
    /// A compound file, as old Office programs write, and new ones for what has a password.
    Compound,
    /// The records of a workbook without a container, as small programs write them.
    Records,
    /// Of a kind that holds no list; with its article.
    Other(&'static str),
    /// Nothing else: text, as far as it shows.
    Text,
}

/// How many bytes are looked at.
pub(super) const HEAD: u64 = 512;

const OTHERS: [(&[u8], &str); 17] = [
    (b"PK\x05\x06", "an empty zip archive"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"RIFF", "a sound or film"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xFD7zXZ\0", "an xz archive"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7FELF", "a program"),
    (b"\xFF\xFE\0\0", "text in UTF-32"),
    (b"\0\0\xFE\xFF", "text in UTF-32"),
];

/// Says the kind of a file that begins with these bytes.
pub(super) fn kind(head: &[u8]) -> Kind {
    if head.starts_with(b"PK\x03\x04") {
        return Kind::Zip;
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Kind::Compound;
    }
    // BOF of the versions 2, 3, 4 and 5, which programs write without a container.
    if matches!(head, [0x09, 0x00 | 0x02 | 0x04 | 0x08, 4..=16, 0, ..]) {
        return Kind::Records;
    }
    let other = OTHERS.iter().find(|(magic, _)| head.starts_with(magic));
    match other {
        // A column may be called BMI: a picture has its own length behind the mark, with zeros in it.
        Some((b"BM", _)) if !head.get(..16).is_some_and(|head| head.contains(&0)) => Kind::Text,
        Some((b"RIFF", _)) if head.get(8..12).is_none_or(|form| !form.is_ascii()) => Kind::Text,
        Some((_, what)) => Kind::Other(what),
        None => Kind::Text,
    }
}

/// Says what text in another form begins like this; `text` is decoded, without leading blanks.
pub(super) fn other_text(text: &str) -> Option<&'static str> {
    let begins = |with: &str| text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    let squeezed: String = text.chars().take(64).filter(|c| !c.is_whitespace()).collect();
    if ["{\"", "[{", "[["].iter().any(|opening| squeezed.starts_with(opening)) {
        Some("JSON")
    } else if begins("{\\rtf") {
        Some("an RTF document")
    } else if begins("BEGIN:VCARD") {
        Some("a list of contacts in vCard form")
    } else if begins("MIME-Version:") || begins("From: <Saved by") {
        Some("a web archive (MHTML)")
    } else if begins("-- MySQL dump") || begins("INSERT INTO") || begins("CREATE TABLE") {
        Some("an SQL script")
    } else {
        None
    }
}

/// Says whether text is marked up: a page or XML.
pub(super) fn is_markup(text: &str) -> bool {
    let lower: String = text.chars().take(32 * 1024).flat_map(char::to_lowercase).collect();
    let opens = [
        "<html",
        "<!doctype",
        "<?xml",
        "<table",
        "<meta",
        "<head",
        "<style",
        "<div",
        "<!--",
        "<workbook",
        "<tr",
    ];
    opens.iter().any(|opening| lower.starts_with(opening))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_first_bytes() {
        assert_eq!(kind(b"PK\x03\x04rest"), Kind::Zip);
        assert_eq!(kind(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Kind::Compound);
        assert_eq!(kind(&[9, 8, 8, 0, 0, 5, 16, 0]), Kind::Records);
        assert_eq!(kind(b"%PDF-1.7"), Kind::Other("a PDF"));
        assert_eq!(kind(b"BMI,phone,something else"), Kind::Text);
        assert_eq!(kind(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), Kind::Other("a picture"));
        assert_eq!(kind("姓名,手机".as_bytes()), Kind::Text);
        assert_eq!(kind(b"\tname\tphone"), Kind::Text);
    }

    #[test]
    fn text_in_other_forms_is_named() {
        assert_eq!(other_text("[ {\n \"name\": 1}]"), Some("JSON"));
        assert_eq!(other_text("[姓名],手机"), None);
        assert_eq!(other_text("begin:vcard\n"), Some("a list of contacts in vCard form"));
        assert!(is_markup("<HTML xmlns:o=\"\">") && is_markup("<table>") && !is_markup("<5,phone"));
    }
}
