//! Texts in the records of old workbooks.

use encoding_rs::Encoding;

use super::super::compound::{u16_at, u32_at};

/// Characters are of two bytes.
const WIDE: u8 = 1;
/// Phonetic data stands behind the characters.
const PHONETIC: u8 = 4;
/// Looks of parts of the text stand behind the characters.
const RICH: u8 = 8;

/// A text behind its count of characters, which has `width` bytes; with an encoding, one of before version 8.
pub(super) fn counted(data: Option<&[u8]>, width: usize, bytes: Option<&'static Encoding>) -> Option<String> {
    let data = data?;
    let count = match width {
        1 => usize::from(*data.first()?),
        _ => usize::from(u16_at(data, 0)?),
    };
    let rest = data.get(width..)?;
    if let Some(encoding) = bytes {
        return Some(encoding.decode_without_bom_handling(rest.get(..count.min(rest.len()))?).0.into_owned());
    }
    let (&flags, rest) = rest.split_first()?;
    let size = if flags & WIDE == 0 { count } else { count * 2 };
    Some(characters(rest.get(..size.min(rest.len()))?, flags))
}

/// The characters of bytes: UTF-16, or its lower halves alone.
fn characters(bytes: &[u8], flags: u8) -> String {
    if flags & WIDE == 0 {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    let units = bytes.chunks_exact(2).filter_map(|unit| u16_at(unit, 0));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}

/// The parts of a record that goes on in others.
pub(super) struct Strings<'p> {
    parts: &'p [&'p [u8]],
    part: usize,
    at: usize,
}

impl<'p> Strings<'p> {
    pub(super) fn new(parts: &'p [&'p [u8]]) -> Self {
        // Behind the counts of all texts and of different ones.
        Self { parts, part: 0, at: 8 }
    }

    /// What is left of the part that is read.
    fn rest(&mut self) -> &'p [u8] {
        loop {
            let rest = self.parts.get(self.part).and_then(|part| part.get(self.at..)).unwrap_or_default();
            if !rest.is_empty() || self.part >= self.parts.len() {
                return rest;
            }
            (self.part, self.at) = (self.part + 1, 0);
        }
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 {
            let step = self.rest().len().min(count);
            if step == 0 {
                return;
            }
            self.at += step;
            count -= step;
        }
    }

    /// The next text; `None` behind the last.
    fn next(&mut self) -> Option<String> {
        let head = self.rest();
        let count = usize::from(u16_at(head, 0)?);
        let mut flags = *head.get(2)?;
        let mut behind = 3;
        let looks = if flags & RICH == 0 { 0 } else { usize::from(u16_at(head, behind)?) * 4 };
        behind += if flags & RICH == 0 { 0 } else { 2 };
        let phonetic = if flags & PHONETIC == 0 { 0 } else { usize::try_from(u32_at(head, behind)?).ok()? };
        behind += if flags & PHONETIC == 0 { 0 } else { 4 };
        self.at += behind;
        let mut out = String::new();
        let mut left = count;
        while left > 0 {
            let part = self.part;
            let rest = self.rest();
            // A text that goes on in another part says there anew how wide it is.
            let rest = if self.part == part {
                rest
            } else {
                let (&again, rest) = rest.split_first()?;
                flags = (flags & !WIDE) | (again & WIDE);
                self.at += 1;
                rest
            };
            let width = if flags & WIDE == 0 { 1 } else { 2 };
            let fit = (rest.len() / width).min(left);
            if fit == 0 {
                return None;
            }
            out.push_str(&characters(rest.get(..fit * width)?, flags));
            self.at += fit * width;
            left -= fit;
        }
        self.skip(looks + phonetic);
        Some(out)
    }
}

/// All texts that sheets share.
pub(super) fn shared(mut strings: Strings<'_>) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(text) = strings.next() {
        all.push(text);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(pieces: &[&[u8]]) -> Vec<u8> {
        pieces.concat()
    }

    #[test]
    fn a_text_goes_on_in_the_next_record_in_another_width() {
        // "ab王c": two characters of one byte, then two of two behind a new flag; then "z".
        let first = part(&[&[0; 8], &[4, 0, 0], b"ab"]);
        let second = part(&[&[1, 0x8B, 0x73, b'c', 0], &[1, 0, 0], b"z"]);
        let parts: [&[u8]; 2] = [&first, &second];
        assert_eq!(shared(Strings::new(&parts)), ["ab王c", "z"]);
    }

    #[test]
    fn looks_and_phonetic_data_are_passed_over() {
        let first =
            part(&[&[0; 8], &[1, 0, RICH | PHONETIC, 1, 0, 2, 0, 0, 0], b"a", &[9; 6], &[2, 0, 0], b"bc"]);
        let parts: [&[u8]; 1] = [&first];
        assert_eq!(shared(Strings::new(&parts)), ["a", "bc"]);
    }

    #[test]
    fn a_text_that_breaks_off_ends_the_list() {
        let first = part(&[&[0; 8], &[1, 0, 0], b"a", &[9, 0, 0], b"bc"]);
        let parts: [&[u8]; 1] = [&first];
        assert_eq!(shared(Strings::new(&parts)), ["a"]);
    }
}
