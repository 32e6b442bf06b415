//! Text of any encoding read as UTF-8.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Decoder, DecoderResult};

use super::{BLOCK, Found};

/// What stands for bytes that are no text in the encoding: a byte that no UTF-8 has.
pub const MARK: u8 = 0xFF;

/// Text of any encoding read as UTF-8, without its byte order mark, with [`MARK`] where it is damaged.
pub struct Decoded<R> {
    inner: BufReader<R>,
    decoder: Decoder,
    ready: Vec<u8>,
    filled: usize,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Reads from the beginning of a text of this encoding.
    pub fn new(inner: R, found: Found) -> Self {
        // Each byte of a single-byte encoding can become three.
        let ready = vec![0; BLOCK * 3 + 16];
        // With mark removal: the mark is no part of the first column's name.
        let decoder = found.encoding().new_decoder_with_bom_removal();
        let inner = BufReader::with_capacity(BLOCK, inner);
        Self { inner, decoder, ready, filled: 0, given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        (self.filled, self.given) = (0, 0);
        while self.filled == 0 && !self.ended {
            let bytes = match self.inner.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let last = bytes.is_empty();
            // One place is kept free for the mark.
            let room = self.ready.len().saturating_sub(1);
            let room = self.ready.get_mut(..room).unwrap_or_default();
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(bytes, room, last);
            self.inner.consume(read);
            self.filled = written;
            match result {
                DecoderResult::InputEmpty => self.ended = last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    if let Some(place) = self.ready.get_mut(written) {
                        *place = MARK;
                        self.filled += 1;
                    }
                }
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.filled {
            self.refill()?;
        }
        let ready = self.ready.get(self.given..self.filled).unwrap_or_default();
        let count = ready.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], encoding: &str) -> Vec<u8> {
        let mut text = Vec::new();
        Decoded::new(bytes, Found::named(encoding).unwrap()).read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn damage_is_marked_and_the_rest_kept() {
        assert_eq!(
            decoded(b"\xEF\xBB\xBFa\xE7\x8E\x8Bb\xE7\x8Ec", "utf-8"),
            "a王b\u{1}c"
                .replace('\u{1}', "?")
                .as_bytes()
                .iter()
                .map(|&b| if b == b'?' { MARK } else { b })
                .collect::<Vec<_>>()
        );
        assert_eq!(decoded(b"\xCD\xF5\xFF,", "gbk"), [0xE7, 0x8E, 0x8B, MARK, b',']);
        assert_eq!(decoded(b"a\0\x3D\xD8b\0c", "utf-16le"), [b'a', MARK, b'b', MARK]);
    }

    #[test]
    fn a_character_cut_by_the_end_of_a_block_is_whole() {
        let mut bytes = vec![b'a'; BLOCK - 1];
        bytes.extend("王".as_bytes());
        assert_eq!(decoded(&bytes, "utf-8"), bytes);
    }
}
