//! Finds out a text file's encoding from its bytes and decodes it while it is read.
//!
//! A first pass looks at every byte in constant memory, so that the answer does not depend on how far in the
//! first Chinese character stands, and so that a file in no known encoding is refused before a row is used.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::IntakeError;

/// How much is read at a time.
const BLOCK: usize = 64 * 1024;

/// The encoding a file was found to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    encoding: &'static Encoding,
    marked: bool,
}

impl Found {
    /// The encoding's name: `UTF-8`, `UTF-16LE`, `UTF-16BE`, `gb18030` or, where only it fits, another.
    pub fn name(&self) -> &'static str {
        self.encoding.name()
    }

    /// Whether a byte order mark says so.
    pub fn marked(&self) -> bool {
        self.marked
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.encoding == GB18030 { "GB18030" } else { self.encoding.name() };
        write!(f, "{name}{}", if self.marked { " with a byte order mark" } else { "" })
    }
}

/// Opens a text file: says its encoding and gives its text as UTF-8 without byte order mark.
pub fn open(path: &Path) -> Result<(Found, Decoded<File>), IntakeError> {
    let mut file = open_file(path)?;
    let found = detect(path, &mut file)?;
    file.seek(SeekFrom::Start(0)).map_err(|source| IntakeError::Read { file: path.to_owned(), source })?;
    Ok((found, Decoded::new(file, found.encoding)))
}

/// Opens a regular file, refusing directories and devices by name.
pub(super) fn open_file(path: &Path) -> Result<File, IntakeError> {
    let read = |source| IntakeError::Read { file: path.to_owned(), source };
    // Asked before opening: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path).map_err(read)?;
    if metadata.is_dir() {
        return Err(IntakeError::NotAFile { file: path.to_owned(), what: "a directory" });
    }
    if !metadata.is_file() {
        return Err(IntakeError::NotAFile { file: path.to_owned(), what: "a device or pipe" });
    }
    File::open(path).map_err(read)
}

/// Says which other kind of file begins with these bytes.
pub(super) fn other_kind(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 11] = [
        (b"PK\x03\x04", "a zip archive"),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"\xD0\xCF\x11\xE0", "an old Office file (.xls, .doc)"),
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"GIF8", "a picture"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
        (b"SQLite format 3\0", "an SQLite database"),
    ];
    KINDS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what)
}

/// What the first pass has seen.
struct Pass {
    utf8: Check,
    gb18030: Check,
    detector: EncodingDetector,
    /// NUL bytes at even and at odd places.
    nuls: [u64; 2],
    first_nul_line: u64,
    length: u64,
    lines: u64,
    /// Bytes above ASCII, and those of them that follow another.
    high: [u64; 2],
    blank: bool,
}

/// Reads the whole file once and says its encoding.
fn detect(path: &Path, file: &mut File) -> Result<Found, IntakeError> {
    let mut pass = Pass {
        utf8: Check::new(UTF_8),
        gb18030: Check::new(GB18030),
        detector: EncodingDetector::new(Iso2022JpDetection::Deny),
        nuls: [0, 0],
        first_nul_line: 0,
        length: 0,
        lines: 0,
        high: [0, 0],
        blank: true,
    };
    let read = |source| IntakeError::Read { file: path.to_owned(), source };
    let mut block = vec![0; BLOCK];
    let mut high_before = false;
    loop {
        let count = match file.read(&mut block) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(read(error)),
        };
        let bytes = block.get(..count).unwrap_or_default();
        if pass.length == 0 {
            if let Some((encoding, _)) = Encoding::for_bom(bytes) {
                return checked(path, file, Found { encoding, marked: true });
            }
            if let Some(what) = other_kind(bytes) {
                return Err(IntakeError::Binary { file: path.to_owned(), what });
            }
        }
        let last = count == 0;
        pass.utf8.feed(bytes, last, pass.lines);
        pass.gb18030.feed(bytes, last, pass.lines);
        pass.detector.feed(bytes, last);
        for &byte in bytes {
            if byte == 0 {
                let odd = usize::from(!pass.length.is_multiple_of(2));
                if let Some(count) = pass.nuls.get_mut(odd) {
                    *count += 1;
                }
                if pass.first_nul_line == 0 {
                    pass.first_nul_line = pass.lines + 1;
                }
            }
            pass.blank &= byte.is_ascii_whitespace();
            let high = byte >= 0x80;
            let [all, following] = pass.high;
            pass.high = [all + u64::from(high), following + u64::from(high && high_before)];
            high_before = high;
            pass.lines += u64::from(byte == b'\n');
            pass.length += 1;
        }
        if last {
            let found = pass.decide(path)?;
            let wide = found.encoding == UTF_16LE || found.encoding == UTF_16BE;
            return if wide { checked(path, file, found) } else { Ok(found) };
        }
    }
}

/// Reads the whole file once more, refusing one that is not in the encoding it claims.
fn checked(path: &Path, file: &mut File, found: Found) -> Result<Found, IntakeError> {
    let read = |source| IntakeError::Read { file: path.to_owned(), source };
    file.seek(SeekFrom::Start(0)).map_err(read)?;
    let mut check = Check::new(found.encoding);
    let mut lines = 0;
    let mut block = vec![0; BLOCK];
    loop {
        let count = file.read(&mut block).map_err(read)?;
        let bytes = block.get(..count).unwrap_or_default();
        check.feed(bytes, count == 0, lines);
        lines += newlines(bytes);
        if count == 0 {
            break;
        }
    }
    match check.broken_line {
        None => Ok(found),
        Some(line) => Err(IntakeError::Encoding { file: path.to_owned(), line }),
    }
}

/// How many line feeds there are.
pub(super) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte == b'\n')).sum()
}

impl Pass {
    fn decide(self, path: &Path) -> Result<Found, IntakeError> {
        let file = || path.to_owned();
        let plain = |encoding| Ok(Found { encoding, marked: false });
        if self.blank {
            return Err(IntakeError::Empty { file: file() });
        }
        let [even, odd] = self.nuls;
        if even + odd > 0 {
            // Separators and digits of a UTF-16 list have NUL as their upper byte, nearly all on one side: a few
            // characters, such as 一, have it as their lower.
            let one_sided = |many: u64, few: u64| many * 10 >= self.length && few * 8 <= many;
            return match (one_sided(odd, even), one_sided(even, odd)) {
                (true, _) => plain(UTF_16LE),
                (_, true) => plain(UTF_16BE),
                _ => Err(IntakeError::Nul { file: file(), line: self.first_nul_line }),
            };
        }
        let Some(line) = self.utf8.broken_line else { return plain(UTF_8) };
        let guess = self.detector.guess(Some(b"cn"), Utf8Detection::Deny);
        let chinese = matches!(guess.name(), "GBK" | "gb18030" | "Big5" | "EUC-KR" | "EUC-JP" | "Shift_JIS");
        // Most bytes of Chinese text stand side by side; accented letters stand between ASCII ones, and some
        // of those pass for GB18030.
        let [high, following] = self.high;
        let paired = following * 2 >= high;
        match self.gb18030.broken_line {
            None if paired || chinese => plain(GB18030),
            _ if !paired || guess.name() == "Big5" => plain(guess),
            _ => Err(IntakeError::Encoding { file: file(), line }),
        }
    }
}

/// Decodes only to see whether it can be done.
struct Check {
    decoder: Decoder,
    scratch: String,
    /// The text line of the first malformed sequence, from 1.
    broken_line: Option<u64>,
}

impl Check {
    fn new(encoding: &'static Encoding) -> Self {
        Self { decoder: encoding.new_decoder(), scratch: String::with_capacity(BLOCK), broken_line: None }
    }

    fn feed(&mut self, bytes: &[u8], last: bool, lines_before: u64) {
        let mut rest = bytes;
        while self.broken_line.is_none() {
            self.scratch.clear();
            let (result, read) =
                self.decoder.decode_to_string_without_replacement(rest, &mut self.scratch, last);
            let done = rest.get(..read).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => rest = rest.get(read..).unwrap_or_default(),
                DecoderResult::Malformed(..) => {
                    let before = bytes.len() - rest.len();
                    let seen = newlines(bytes.get(..before).unwrap_or_default()) + newlines(done);
                    self.broken_line = Some(lines_before + seen + 1);
                }
            }
        }
    }
}

/// Text of any encoding read as UTF-8.
pub struct Decoded<R> {
    inner: BufReader<R>,
    decoder: Decoder,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        let inner = BufReader::with_capacity(BLOCK, inner);
        // With BOM removal: the mark is no part of the first column's name.
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { inner, decoder, ready: Vec::new(), given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        use std::io::BufRead;
        self.given = 0;
        self.ready.clear();
        while self.ready.is_empty() && !self.ended {
            let bytes = self.inner.fill_buf()?;
            let last = bytes.is_empty();
            let room = self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(BLOCK * 4);
            self.ready.resize(room, 0);
            let (result, read, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.ready, last);
            self.ready.truncate(written);
            self.inner.consume(read);
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.refill()?;
        }
        let ready = self.ready.get(self.given..).unwrap_or_default();
        let count = ready.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}
