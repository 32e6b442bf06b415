//! The one text of the migrations in this engine's words.

use std::fmt::Write as _;

use crate::store::migrate::layout;

/// STRICT tables, INTEGER for BIGINT; a table that is to be kept in its order has no row ids; one that is only added to has
/// triggers that refuse everything else.
pub fn words(text: &str) -> String {
    let mut words = plain(text);
    for table in layout::only_added_to(text) {
        for deed in ["UPDATE", "DELETE"] {
            // writing to a String cannot fail
            let _ = write!(
                words,
                "\nCREATE TRIGGER {table}_no_{deed} BEFORE {deed} ON {table} \
                 BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END;"
            );
        }
    }
    words
}

fn plain(text: &str) -> String {
    text.replace("BIGINT", "INTEGER")
        .replace("\n) /* only added to */;", "\n) STRICT;")
        .replace("\n) /* kept in its order */;", "\n) STRICT, WITHOUT ROWID;")
        .replace("\n);\nCREATE TABLE", "\n) STRICT;\nCREATE TABLE")
        .replace("\n);", "\n) STRICT;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate;

    #[test]
    fn every_table_is_strict() {
        let text = migrate::texts().join("\n");
        let tables = text.matches("CREATE TABLE").count();
        assert_eq!(words(&text).matches(") STRICT").count(), tables);
    }
}
