//! The one text of the migrations in this engine's words.

use std::fmt::Write as _;

use crate::store::migrate::layout;

/// Texts are compared byte by byte, as the other engine does, whatever the server's language. A table that is only added to has
/// triggers that refuse everything else.
pub fn words(text: &str) -> String {
    let mut words = plain(text);
    for table in layout::only_added_to(text) {
        // writing to a String cannot fail
        let _ = write!(
            words,
            "\nCREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
             BEGIN RAISE EXCEPTION 'rows of {table} are only ever added'; END $$; \
             CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse(); \
             CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();"
        );
    }
    words
}

fn plain(text: &str) -> String {
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
