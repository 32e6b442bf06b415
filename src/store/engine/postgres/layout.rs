//! The one text of the migrations in this engine's words.

/// Texts are compared byte by byte, as the other engine does, whatever the server's language.
pub fn words(text: &str) -> String {
    text.lines()
        .map(|line| if line.trim_start().starts_with("--") { String::new() } else { by_bytes(line) })
        .collect::<Vec<_>>()
        .join("\n")
}

fn by_bytes(line: &str) -> String {
    line.replace(" TEXT", " TEXT COLLATE \"C\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_compared_by_its_bytes() {
        let text = "-- TEXT is a type\nCREATE TABLE a (\n  b TEXT NOT NULL,\n  c BIGINT\n);";
        assert_eq!(words(text), "\nCREATE TABLE a (\n  b TEXT COLLATE \"C\" NOT NULL,\n  c BIGINT\n);");
    }
}
