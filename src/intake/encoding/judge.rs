//! Says which encoding a text is in.

use std::io::{self, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Decoder, DecoderResult, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use super::super::IntakeError;
use super::super::source::Source;
use super::tally::{Paired, Tally};
use super::{BLOCK, By, Found, newlines};

/// Says the encoding of a text, by its mark, by `told`, or by what its bytes would be; the text is behind its
/// beginning afterwards.
///
/// # Errors
/// [`IntakeError::Empty`], [`IntakeError::Nul`] for what is no text, and [`IntakeError::Encoding`] where none fits.
pub fn judge(file: &Path, source: &mut dyn Source, told: Option<Found>) -> Result<Found, IntakeError> {
    let failed = |source| IntakeError::Read { file: file.to_owned(), source };
    let (mark, look) = look(source).map_err(failed)?;
    if look.blank {
        return Err(IntakeError::Empty { file: file.to_owned() });
    }
    if let Some(encoding) = mark {
        return Ok(Found { encoding, by: By::Mark });
    }
    if let Some(told) = told {
        return Ok(told);
    }
    if let Some(encoding) = look.wide() {
        return Ok(Found { encoding, by: By::Form });
    }
    // Zeros at the end are the rest of a block on a disk, and a few are damage in a few rows.
    if look.nuls.iter().sum::<u64>() * 20 > look.length {
        return Err(IntakeError::Nul { file: file.to_owned(), line: look.nul_line });
    }
    if look.malformed * 10 <= look.characters {
        return Ok(Found { encoding: UTF_8, by: By::Form });
    }
    let likely = likely(source).map_err(failed)?;
    likely
        .map(|encoding| Found { encoding, by: By::Likeness })
        .ok_or_else(|| IntakeError::Encoding { file: file.to_owned(), line: look.malformed_line })
}

/// So much text is enough to guess from.
const DETECTED_MAX: usize = 4 * 1024 * 1024;

/// What a first look at all bytes shows.
#[derive(Default)]
struct Look {
    length: u64,
    /// NUL bytes at even and at odd places, those at the end aside.
    nuls: [u64; 2],
    /// The text line of the first NUL, from 1.
    nul_line: u64,
    /// NUL bytes at even and at odd places since the last other byte.
    last_nuls: [u64; 2],
    /// Characters above ASCII, if the text is UTF-8.
    characters: u64,
    /// Places that are no UTF-8, and the text line of the first.
    malformed: u64,
    malformed_line: u64,
    blank: bool,
}

fn look(source: &mut dyn Source) -> io::Result<(Option<&'static Encoding>, Look)> {
    let mut look = Look { blank: true, ..Look::default() };
    let mut mark = None;
    let mut utf8 = UTF_8.new_decoder_without_bom_handling();
    let mut scratch = String::with_capacity(BLOCK * 2);
    let mut lines = 0;
    blocks(source, |bytes, last| {
        let mut text = bytes;
        if look.length == 0
            && let Some((encoding, length)) = Encoding::for_bom(bytes)
        {
            mark = Some(encoding);
            text = bytes.get(length..).unwrap_or_default();
        }
        look.blank &= text.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0);
        if mark.is_some() {
            look.length += bytes.len() as u64;
            // What is behind a mark needs no guess, only text.
            return look.blank;
        }
        if bytes.contains(&0) || look.last_nuls != [0, 0] {
            look.count_nuls(bytes, lines);
        }
        look.length += bytes.len() as u64;
        if !bytes.is_ascii() {
            look.characters += bytes.iter().map(|byte| u64::from(*byte >= 0xC2)).sum::<u64>();
        }
        let (malformed, first) = malformed(&mut utf8, bytes, last, &mut scratch);
        if look.malformed == 0
            && let Some(before) = first
        {
            look.malformed_line = lines + newlines(bytes.get(..before).unwrap_or_default()) + 1;
        }
        look.malformed += malformed;
        lines += newlines(bytes);
        true
    })?;
    look.characters = look.characters.saturating_sub(look.malformed);
    Ok((mark, look))
}

impl Look {
    fn count_nuls(&mut self, bytes: &[u8], lines_before: u64) {
        let mut lines = lines_before;
        for (at, &byte) in (self.length..).zip(bytes) {
            if byte == 0 {
                let odd = usize::from(!at.is_multiple_of(2));
                if let Some(count) = self.last_nuls.get_mut(odd) {
                    *count += 1;
                }
                if self.nul_line == 0 {
                    self.nul_line = lines + 1;
                }
            } else if self.last_nuls != [0, 0] {
                let [even, odd] = self.last_nuls;
                let [all_even, all_odd] = self.nuls;
                self.nuls = [all_even + even, all_odd + odd];
                self.last_nuls = [0, 0];
            }
            lines += u64::from(byte == b'\n');
        }
    }

    /// UTF-16 without a mark: the separators and digits of a list have NUL as their upper byte, nearly all on one
    /// side; a few characters, such as 一, have it as their lower.
    fn wide(&self) -> Option<&'static Encoding> {
        let [even, odd] = self.nuls;
        // A text that ends in a plain character has one NUL at its end.
        let [last_even, last_odd] = self.last_nuls.map(|count| count.min(1));
        let (even, odd) = (even + last_even, odd + last_odd);
        let one_sided = |many: u64, few: u64| many * 10 >= self.length && few * 8 <= many;
        if one_sided(odd, even) {
            Some(UTF_16LE)
        } else if one_sided(even, odd) {
            Some(UTF_16BE)
        } else {
            None
        }
    }
}

/// Counts the places of a block that are no text, and says where the first is.
fn malformed(decoder: &mut Decoder, bytes: &[u8], last: bool, scratch: &mut String) -> (u64, Option<usize>) {
    let (mut count, mut first) = (0, None);
    let mut rest = bytes;
    loop {
        scratch.clear();
        let (result, read) = decoder.decode_to_string_without_replacement(rest, scratch, last);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return (count, first),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                count += 1;
                first = first.or(Some((bytes.len() - rest.len()).saturating_sub(1)));
            }
        }
    }
}

/// The encoding that a text which is no UTF-8 is most likely in.
fn likely(source: &mut dyn Source) -> io::Result<Option<&'static Encoding>> {
    // The order decides between equals.
    let mut tallies = [(Paired::Gb18030, GB18030), (Paired::Big5, BIG5), (Paired::ShiftJis, SHIFT_JIS)]
        .map(|(paired, encoding)| (Tally::new(paired), encoding));
    // Bytes above ASCII, and those of them that follow another.
    let (mut high, mut following) = (0_u64, 0_u64);
    let mut high_before = false;
    blocks(source, |bytes, _| {
        for &byte in bytes {
            for (tally, _) in &mut tallies {
                tally.feed(byte);
            }
            let is_high = byte >= 0x80;
            high += u64::from(is_high);
            following += u64::from(is_high && high_before);
            high_before = is_high;
        }
        true
    })?;
    for (tally, _) in &mut tallies {
        tally.end();
    }
    let fitting = tallies.iter().rev().filter(|(tally, _)| tally.fits());
    let best = fitting.max_by_key(|(tally, _)| tally.share()).filter(|(tally, _)| tally.share() >= 60);
    if let Some((_, encoding)) = best {
        return Ok(Some(encoding));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut left = DETECTED_MAX;
    blocks(source, |bytes, last| {
        left = left.saturating_sub(bytes.len());
        detector.feed(bytes, last || left == 0);
        left > 0
    })?;
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    // Most bytes of Chinese text stand side by side; accented letters stand between ASCII ones.
    let paired = following * 2 >= high;
    let [(gb18030, _), ..] = &tallies;
    let whole_gb18030 = gb18030.bad == 0;
    // Cyrillic stands side by side as well, and passes for characters that nobody writes.
    let strange = gb18030.characters > 20 && gb18030.share() < 45;
    if strange || !paired {
        // Without the hint that it is Chinese, which it does not look like.
        let guess = detector.guess(None, Utf8Detection::Deny);
        let wide = ["GBK", "gb18030", "Big5", "EUC-KR", "EUC-JP", "Shift_JIS"].contains(&guess.name());
        return Ok((!wide || whole_gb18030).then_some(guess));
    }
    Ok(match guess.name() {
        "GBK" | "gb18030" | "UTF-8" => whole_gb18030.then_some(GB18030),
        _ if whole_gb18030 => Some(GB18030),
        "Big5" | "EUC-KR" | "EUC-JP" | "Shift_JIS" => Some(guess),
        _ => None,
    })
}

/// Hands a source over block by block from its beginning, the last one empty, until `each` says that it is enough.
fn blocks(source: &mut dyn Source, mut each: impl FnMut(&[u8], bool) -> bool) -> io::Result<()> {
    source.seek(SeekFrom::Start(0))?;
    let mut block = vec![0; BLOCK];
    loop {
        let count = match source.read(&mut block) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = block.get(..count).unwrap_or_default();
        if !each(bytes, count == 0) || count == 0 {
            return Ok(());
        }
    }
}
