//! Tags and text of pages and XML, as forgiving as those who read the web: nothing is refused.
//!
//! It knows no more of HTML than a table of cells needs, and runs in constant memory.

use std::io::{self, BufRead, BufReader, Read};

/// The longest tag or text that is kept; what is behind it is passed over.
const TOKEN_MAX: usize = 1024 * 1024;

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// An opening tag, or one that is closed at once.
    Open {
        /// Its name in small letters.
        name: String,
        /// Its attributes as they stand.
        attributes: String,
        /// Whether it has no content.
        empty: bool,
    },
    /// A closing tag.
    Close {
        /// Its name in small letters.
        name: String,
    },
    /// Text between tags, with its entities resolved.
    Text(String),
}

/// Cuts a page into pieces.
pub(super) struct Markup<R> {
    inner: BufReader<R>,
}

impl<R: Read> Markup<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner: BufReader::new(inner) }
    }

    /// The next piece, or `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Token>> {
        loop {
            let Some(byte) = self.peek()? else { return Ok(None) };
            if byte != b'<' {
                let text = self.until(b'<')?;
                return Ok(Some(Token::Text(unescaped(&String::from_utf8_lossy(&text)))));
            }
            self.inner.consume(1);
            match self.peek()? {
                Some(b'!') => {
                    if let Some(text) = self.declaration()? {
                        return Ok(Some(Token::Text(text)));
                    }
                }
                Some(b'?') => self.skip(b">")?,
                Some(b'/' | b'a'..=b'z' | b'A'..=b'Z') => {
                    let tag = self.tag()?;
                    let token = token(&tag);
                    if let Token::Open { name, empty: false, .. } = &token
                        && ["script", "style"].contains(&name.as_str())
                    {
                        let close = format!("</{name}");
                        self.skip(close.as_bytes())?;
                        self.skip(b">")?;
                        continue;
                    }
                    return Ok(Some(token));
                }
                _ => return Ok(Some(Token::Text('<'.to_string()))),
            }
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.inner.fill_buf()?.first().copied())
    }

    /// What stands before the next `stop`, which is left.
    fn until(&mut self, stop: u8) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        loop {
            let bytes = self.inner.fill_buf()?;
            if bytes.is_empty() {
                return Ok(out);
            }
            let length = bytes.iter().position(|byte| *byte == stop);
            let part = bytes.get(..length.unwrap_or(bytes.len())).unwrap_or_default();
            let room = TOKEN_MAX.saturating_sub(out.len()).min(part.len());
            out.extend_from_slice(part.get(..room).unwrap_or_default());
            let used = part.len();
            self.inner.consume(used);
            if length.is_some() {
                return Ok(out);
            }
        }
    }

    /// The inside of a tag, whose quoted attributes may have a `>`; the tag is behind afterwards.
    fn tag(&mut self) -> io::Result<String> {
        let mut out = Vec::new();
        let mut quote = None;
        while let Some(byte) = self.peek()? {
            self.inner.consume(1);
            match (quote, byte) {
                (None, b'>') => break,
                // Only behind = does a quote open a value; an apostrophe elsewhere is a slip of the pen.
                (None, b'"' | b'\'') if out.ends_with(b"=") => quote = Some(byte),
                (Some(open), byte) if open == byte => quote = None,
                _ => {}
            }
            if out.len() < TOKEN_MAX {
                out.push(byte);
            }
        }
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// Passes over a comment or declaration; the text of a CDATA section is given.
    fn declaration(&mut self) -> io::Result<Option<String>> {
        let mut opening = Vec::new();
        while opening.len() < 8 {
            let Some(byte) = self.peek()? else { return Ok(None) };
            if byte == b'>' {
                self.inner.consume(1);
                return Ok(None);
            }
            self.inner.consume(1);
            opening.push(byte);
            if opening == b"!--" {
                self.skip(b"-->")?;
                return Ok(None);
            }
        }
        if opening != b"![CDATA[" {
            self.skip(b">")?;
            return Ok(None);
        }
        let mut out = Vec::new();
        while let Some(byte) = self.peek()? {
            self.inner.consume(1);
            if out.len() < TOKEN_MAX || byte == b']' || byte == b'>' {
                out.push(byte);
            }
            if out.ends_with(b"]]>") {
                out.truncate(out.len() - 3);
                break;
            }
            out.truncate(TOKEN_MAX + 3);
        }
        Ok(Some(String::from_utf8_lossy(&out).into_owned()))
    }

    /// Passes over everything up to `end` and over it, whatever its letters' case.
    fn skip(&mut self, end: &[u8]) -> io::Result<()> {
        let mut last: Vec<u8> = Vec::with_capacity(end.len() + 1);
        while let Some(byte) = self.peek()? {
            self.inner.consume(1);
            last.push(byte);
            if last.len() > end.len() {
                last.remove(0);
            }
            if last.eq_ignore_ascii_case(end) {
                break;
            }
        }
        Ok(())
    }
}

fn token(tag: &str) -> Token {
    let tag = tag.trim();
    if let Some(name) = tag.strip_prefix('/') {
        return Token::Close { name: name.trim().to_ascii_lowercase() };
    }
    let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let end = tag.find(|c: char| c.is_whitespace()).unwrap_or(tag.len());
    let (name, attributes) = tag.split_at_checked(end).unwrap_or((tag, ""));
    Token::Open { name: name.to_ascii_lowercase(), attributes: attributes.trim().to_owned(), empty }
}

/// The value of an attribute, in any case of letters, quoted or not.
pub(super) fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start();
        let end = rest.find(|c: char| c == '=' || c.is_whitespace())?;
        let (found, behind) = rest.split_at_checked(end)?;
        let behind = behind.trim_start();
        let Some(value) = behind.strip_prefix('=') else {
            rest = behind;
            continue;
        };
        let value = value.trim_start();
        let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.split_once(quote));
        let (value, behind) = quoted.unwrap_or_else(|| {
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            value.split_at_checked(end).unwrap_or((value, ""))
        });
        if found.eq_ignore_ascii_case(name) {
            return Some(unescaped(value));
        }
        rest = behind;
    }
}

/// Resolves entities; what is none stays as it is.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let entity = behind.char_indices().take(10).find(|(_, c)| *c == ';').map(|(at, _)| at);
        let found = entity.and_then(|at| behind.split_at_checked(at)).and_then(|(name, _)| character(name));
        if let (Some(c), Some(at)) = (found, entity) {
            out.push(c);
            rest = behind.get(at + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        "middot" => '·',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "yen" => '¥',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> String {
        let mut markup = Markup::new(text.as_bytes());
        let mut out = Vec::new();
        while let Some(token) = markup.next().unwrap() {
            out.push(match token {
                Token::Open { name, attributes, empty } => {
                    format!("<{name}|{attributes}{}>", if empty { "/" } else { "" })
                }
                Token::Close { name } => format!("</{name}>"),
                Token::Text(text) => text,
            });
        }
        out.join(" ")
    }

    #[test]
    fn tags_and_text_are_told_apart() {
        assert_eq!(tokens("<TD x:num=\"1>2\">a &lt; b</td>"), "<td|x:num=\"1>2\"> a < b </td>");
        assert_eq!(tokens("<br/>x<!-- <td> -->y<?xml?><![CDATA[<z>]]>"), "<br|/> x y <z>");
        assert_eq!(tokens("<style>td { a: '</x>' }</STYLE>x"), "x");
        assert_eq!(tokens("1 < 2 <3"), "1  <  2  < 3");
        assert_eq!(tokens("<!DOCTYPE html>a<!>b<td"), "a b <td|>");
        assert_eq!(tokens("&nbsp;&#65;&#x738B;&unknown;&;&#xFFFFFFFF;"), "\u{A0}A王&unknown;&;&#xFFFFFFFF;");
    }

    #[test]
    fn attributes_are_found_however_they_are_written() {
        let attributes = "nowrap colspan=2 x:Num = '13800138000' title=\"a 'b' &amp; c\"";
        assert_eq!(attribute(attributes, "colspan").as_deref(), Some("2"));
        assert_eq!(attribute(attributes, "x:num").as_deref(), Some("13800138000"));
        assert_eq!(attribute(attributes, "TITLE").as_deref(), Some("a 'b' & c"));
        assert_eq!(attribute(attributes, "nowrap"), None);
        assert_eq!(attribute("", "x"), None);
    }
}
