//! Pinyin: how characters are read, and whether what was typed reads them.

use pinyin::ToPinyinMulti;

/// The readings of a character without tones; none for one that has no pinyin. The umlaut stands as it is written, `ü`.
pub(super) fn readings(c: char) -> impl Iterator<Item = &'static str> {
    c.to_pinyin_multi().into_iter().flatten().map(pinyin::Pinyin::plain)
}

/// The readings of a character as they are typed, each once: `ü` as `v`, and as `u`.
pub(super) fn typed_readings(c: char) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for reading in readings(c) {
        for typed in [reading.replace('ü', "v"), reading.replace('ü', "u")] {
            if !found.contains(&typed) {
                found.push(typed);
            }
        }
    }
    found
}

/// The first letters of a character's readings.
pub(super) fn initials(c: char) -> impl Iterator<Item = char> {
    readings(c).filter_map(|reading| reading.chars().next())
}

/// What was typed as pinyin, as it is compared: `lyu` of passports is `lv`.
pub(super) fn as_pinyin(typed: &str) -> String {
    typed.replace("lyu", "lv").replace("nyu", "nv")
}

/// How what was typed reads characters from the first of them on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent answers about one text, not a state")]
pub(super) struct Spelled {
    /// It reads some of them.
    pub any: bool,
    /// It reads two of them or more.
    pub two: bool,
    /// It reads all of them to their ends, or by their initials.
    pub whole: bool,
    /// It goes on behind the last character.
    pub beyond: bool,
}

/// Reads characters: whole syllables first, then either the beginning of one more or nothing but initials.
/// `wangxiaoming`, `wangxiaom`, `wangxm` and `wxm` all read 王小明.
pub(super) fn spelled(chars: &[char], typed: &str) -> Spelled {
    let mut found = Spelled::default();
    syllables(chars, (0, typed), &mut found);
    found
}

impl Spelled {
    fn reads(&mut self, used: usize, whole: bool) {
        self.any |= used > 0;
        self.two |= used > 1;
        self.whole |= whole;
    }
}

fn syllables(chars: &[char], (used, typed): (usize, &str), found: &mut Spelled) {
    if typed.is_empty() {
        found.reads(used, used == chars.len());
        return;
    }
    let Some(&c) = chars.get(used) else {
        found.beyond = true;
        return;
    };
    for reading in readings(c) {
        match step(reading, typed) {
            Step::Whole(rest) => syllables(chars, (used + 1, rest), found),
            Step::Cut => found.reads(used + 1, false),
            Step::Other => {}
        }
    }
    by_initials(chars, (used, typed), found);
}

fn by_initials(chars: &[char], (used, typed): (usize, &str), found: &mut Spelled) {
    let mut at = used;
    for letter in typed.chars() {
        let Some(&c) = chars.get(at) else {
            found.beyond = true;
            return;
        };
        if !initials(c).any(|initial| initial == letter) {
            return;
        }
        at += 1;
    }
    found.reads(at, at == chars.len());
}

/// How one reading stands to what was typed.
enum Step<'a> {
    /// It was typed to its end; this follows.
    Whole(&'a str),
    /// What was typed ends inside it.
    Cut,
    /// Something else was typed.
    Other,
}

fn step<'a>(reading: &str, typed: &'a str) -> Step<'a> {
    let mut rest = typed.chars();
    for sound in reading.chars() {
        match rest.next() {
            None => return Step::Cut,
            Some(letter) if sound == letter || (sound == 'ü' && matches!(letter, 'u' | 'v')) => {}
            Some(_) => return Step::Other,
        }
    }
    Step::Whole(rest.as_str())
}

/// The longest syllable, in letters: `zhuang`.
pub(super) const SYLLABLE_MAX: usize = 6;

/// Whether letters can be a whole syllable: an initial that there is, and something with a vowel behind it. Lets through more
/// than there are; what is kept of a pair decides.
pub(super) fn may_be_syllable(letters: &str) -> bool {
    if letters.len() > SYLLABLE_MAX {
        return false;
    }
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'v');
    let open = letters.trim_start_matches(|c| !vowel(c));
    let initial = letters.strip_suffix(open).unwrap_or_default();
    let ending = open.trim_start_matches(vowel);
    let starts = initial.len() < 2 || matches!(initial, "zh" | "ch" | "sh");
    let ends = matches!(ending, "" | "n" | "ng" | "r");
    // the interjections 嗯 and 呣 have no vowel
    (!open.is_empty() && starts && ends) || matches!(letters, "m" | "n" | "ng" | "hm" | "hng")
}

/// Whether every letter can begin a syllable.
pub(super) fn may_be_initials(letters: &str) -> bool {
    !letters.contains(['i', 'u', 'v'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(name: &str, typed: &str) -> Spelled {
        let chars: Vec<char> = name.chars().collect();
        spelled(&chars, typed)
    }

    #[test]
    fn a_name_is_read_by_syllables_initials_and_what_lies_between() {
        for typed in ["wangxiaoming", "wxm", "wangxm", "wangxiaom"] {
            assert!(reads("王小明", typed).any, "{typed}");
        }
        assert!(reads("王小明", "wangxiaoming").whole && reads("王小明", "wxm").whole);
        assert!(!reads("王小明", "wangxiaomin").whole && !reads("王小明", "wx").whole);
        assert!(!reads("王小明", "wxming").any, "initials come last");
        assert!(reads("王小明", "wang").any && !reads("王小明", "wang").two);
        assert!(reads("西安", "xian").two && !reads("先", "xian").two);
        assert!(reads("王", "wangx").beyond && reads("王小", "wxm").beyond);
    }

    #[test]
    fn every_reading_counts() {
        for (name, typed) in [
            ("曾", "zeng"),
            ("曾", "ceng"),
            ("单", "shan"),
            ("单", "dan"),
            ("解", "xie"),
            ("解", "jie"),
            ("仇", "qiu"),
            ("仇", "chou"),
            ("重庆", "cq"),
            ("重庆", "zhongq"),
            ("吕布", "lvbu"),
            ("吕布", "lub"),
        ] {
            assert!(reads(name, typed).any, "{name} {typed}");
        }
        assert_eq!(typed_readings('吕'), ["lv", "lu"]);
        assert!(typed_readings('の').is_empty());
    }

    #[test]
    fn every_reading_of_every_character_can_be_a_syllable_that_begins_with_its_initial() {
        for c in '\u{4E00}'..='\u{9FFF}' {
            for typed in typed_readings(c).iter().filter(|typed| typed.is_ascii()) {
                assert!(may_be_syllable(typed), "{c} {typed}");
                assert!(initials(c).any(|initial| typed.starts_with(initial)));
            }
            assert!(initials(c).all(|initial| may_be_initials(&initial.to_string())), "{c}");
        }
        for other in ["xm", "wxm", "wangx", "zhangsan", "", "xiaom"] {
            assert!(!may_be_syllable(other), "{other}");
        }
    }
}
