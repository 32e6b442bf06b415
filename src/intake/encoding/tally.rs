//! How much a text looks like one of the encodings in which bytes go in pairs.

/// An encoding in which bytes go in pairs, and in which text without a mark is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paired {
    /// Mainland China.
    Gb18030,
    /// Taiwan and Hong Kong.
    Big5,
    /// Japan.
    ShiftJis,
}

/// What a text would be in one encoding, counted byte by byte.
pub(super) struct Tally {
    paired: Paired,
    state: State,
    /// Characters that it would have.
    pub characters: u64,
    /// Those of them that people write every day.
    pub common: u64,
    /// Places where it would be no text.
    pub bad: u64,
}

enum State {
    Start,
    Lead(u8),
    /// Behind the second byte of a character of four.
    Third,
    /// Behind the third.
    Fourth,
}

impl Tally {
    pub(super) fn new(paired: Paired) -> Self {
        Self { paired, state: State::Start, characters: 0, common: 0, bad: 0 }
    }

    /// Whether the text can be in the encoding, damage in a few places aside.
    pub(super) fn fits(&self) -> bool {
        self.bad * 20 <= self.characters
    }

    /// How many of a hundred characters are common ones.
    pub(super) fn share(&self) -> u64 {
        self.common * 100 / self.characters.max(1)
    }

    pub(super) fn feed(&mut self, byte: u8) {
        self.state = match self.state {
            State::Start if byte < 0x80 => return,
            State::Start => self.first(byte),
            State::Lead(lead) => self.second(lead, byte),
            State::Third if (0x81..=0xFE).contains(&byte) => State::Fourth,
            State::Fourth if byte.is_ascii_digit() => {
                self.characters += 1;
                State::Start
            }
            State::Third | State::Fourth => {
                self.bad += 1;
                self.first(byte)
            }
        };
    }

    /// Says that the text is at its end.
    pub(super) fn end(&mut self) {
        if !matches!(self.state, State::Start) {
            self.bad += 1;
        }
    }

    fn first(&mut self, byte: u8) -> State {
        let lead = match self.paired {
            _ if byte < 0x80 => return State::Start,
            Paired::Gb18030 | Paired::Big5 => (0x81..=0xFE).contains(&byte),
            // Half-width katakana are single bytes; nobody writes them every day.
            Paired::ShiftJis if (0xA1..=0xDF).contains(&byte) => {
                self.characters += 1;
                return State::Start;
            }
            Paired::ShiftJis => matches!(byte, 0x81..=0x9F | 0xE0..=0xFC),
        };
        if lead {
            return State::Lead(byte);
        }
        self.bad += 1;
        State::Start
    }

    fn second(&mut self, lead: u8, byte: u8) -> State {
        let trail = match self.paired {
            Paired::Gb18030 if byte.is_ascii_digit() => return State::Third,
            Paired::Gb18030 => matches!(byte, 0x40..=0x7E | 0x80..=0xFE),
            Paired::Big5 => matches!(byte, 0x40..=0x7E | 0xA1..=0xFE),
            Paired::ShiftJis => matches!(byte, 0x40..=0x7E | 0x80..=0xFC),
        };
        if !trail {
            self.bad += 1;
            return self.first(byte);
        }
        self.characters += 1;
        self.common += u64::from(match self.paired {
            // The first level of GB 2312 (3,755 characters), and its punctuation and full-width forms.
            Paired::Gb18030 => matches!(lead, 0xB0..=0xD7 | 0xA1 | 0xA3) && byte >= 0xA1,
            // The first level of Big5 (5,401 characters) and its punctuation.
            Paired::Big5 => matches!(lead, 0xA4..=0xC6 | 0xA1),
            // Kana, punctuation and the first level of JIS X 0208 (2,965 characters).
            Paired::ShiftJis => match lead {
                0x81 => byte <= 0xAC,
                0x82 => (0x4F..=0xF1).contains(&byte),
                0x83 => byte <= 0x96,
                0x88 => byte >= 0x9F,
                _ => matches!(lead, 0x89..=0x97),
            },
        });
        State::Start
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GB18030, SHIFT_JIS};

    use super::*;

    fn shares(bytes: &[u8]) -> [u64; 3] {
        [Paired::Gb18030, Paired::Big5, Paired::ShiftJis].map(|paired| {
            let mut tally = Tally::new(paired);
            for &byte in bytes {
                tally.feed(byte);
            }
            tally.end();
            if tally.fits() { tally.share() } else { 0 }
        })
    }

    #[test]
    fn text_looks_most_like_the_encoding_it_is_in() {
        let [gb, big5, sjis] = shares(&GB18030.encode("姓名，手机号，备注：家长想周末上课").0);
        assert!(gb == 100 && big5 < 60 && sjis < 40, "{gb} {big5} {sjis}");
        let [gb, big5, sjis] = shares(&BIG5.encode("姓名，電話號碼，備註：家長想週末上課").0);
        assert!(big5 == 100 && gb < 60 && sjis < 40, "{gb} {big5} {sjis}");
        let [gb, big5, sjis] = shares(&SHIFT_JIS.encode("お名前、電話番号、備考：週末に授業をしたい").0);
        assert!(sjis > 90 && gb < 40 && big5 < 60, "{gb} {big5} {sjis}");
    }

    #[test]
    fn characters_of_four_bytes_are_text() {
        let bytes = GB18030.encode("𠮷野家").0;
        let mut tally = Tally::new(Paired::Gb18030);
        for &byte in bytes.iter() {
            tally.feed(byte);
        }
        assert_eq!((tally.characters, tally.bad), (3, 0));
    }
}
