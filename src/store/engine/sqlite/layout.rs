//! The one text of the migrations in this engine's words.

/// STRICT tables, INTEGER for BIGINT; a table that is to be kept in its order has no row ids.
pub fn words(text: &str) -> String {
    text.replace("BIGINT", "INTEGER")
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
