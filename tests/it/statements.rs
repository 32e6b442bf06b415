//! The statement catalogue: every `sql!("…")` of the store can be prepared, and keeps the rules that let one text serve two
//! engines.

use std::path::{Path, PathBuf};

use corral::store::Db;

use crate::cluster;

/// A statement with where it stands.
struct Statement {
    place: String,
    text: String,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The text of the literal that begins at `from` (just after its opening quote), as the compiler reads it.
fn literal(source: &str, from: usize) -> String {
    let mut text = String::new();
    let mut rest = source[from..].chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => return text,
            '\\' => match rest.next().unwrap() {
                '\n' => while rest.next_if(|c| c.is_whitespace()).is_some() {},
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    panic!("a literal without an end");
}

fn catalogue() -> Vec<Statement> {
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut paths);
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let source = std::fs::read_to_string(&path).unwrap();
        for (at, _) in source.match_indices("sql!(") {
            let line = source[..at].lines().count();
            let begins = source[..at].rsplit('\n').next().unwrap().trim_start();
            if begins.starts_with("//") || begins.ends_with("macro_rules! ") {
                continue;
            }
            let inside = source[at + 5..].trim_start();
            assert!(inside.starts_with('"'), "{}:{line}: not a plain literal", path.display());
            let from = source.len() - inside.len() + 1;
            found.push(Statement {
                place: format!("{}:{line}", path.display()),
                text: literal(&source, from),
            });
        }
    }
    found
}

/// What is wrong with a statement by the rules of one text for two engines.
fn lint(text: &str) -> Vec<&'static str> {
    let words = text.to_lowercase();
    let mut wrong = Vec::new();
    // a quoted text is no SQL: take it out before looking for words
    let plain: String = words
        .split('\'')
        .enumerate()
        .filter(|(n, _)| n % 2 == 0)
        .map(|(_, part)| part)
        .collect::<Vec<_>>()
        .join("''");
    if words.contains('"') {
        wrong.push("double quotes: SQLite takes them for a text");
    }
    for (name, cast) in [("sum(", "as bigint)"), ("avg(", "as double precision)")] {
        for (at, _) in plain.match_indices(name) {
            let before = &plain[..at];
            if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            if !(before.trim_end().ends_with("cast(") || before.trim_end().ends_with("coalesce("))
                || !plain[at..].contains(cast)
            {
                wrong.push("SUM and AVG without CAST: NUMERIC on PostgreSQL");
            }
        }
    }
    if plain.contains('?') {
        wrong.push("a placeholder that is not $1");
    }
    for function in [
        "lower(",
        "upper(",
        "datetime(",
        "strftime(",
        "date(",
        "julianday(",
        "ifnull(",
        "group_concat(",
        "printf(",
        "glob ",
        "rowid",
        "last_insert_rowid",
        "insert or ",
        "replace into",
        "autoincrement",
        "total(",
    ] {
        if let Some(at) = plain.find(function)
            && !plain[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
        {
            wrong.push("a function or clause that only one engine has");
        }
    }
    if plain.contains(") as v(") {
        wrong.push("VALUES with column names: use WITH v(a) AS (VALUES …)");
    }
    let first = plain.split_whitespace().next().unwrap_or_default();
    if !["select", "insert", "update", "delete", "with"].contains(&first) {
        wrong.push("neither SELECT, INSERT, UPDATE, DELETE nor WITH");
    }
    // numbers run from 1 without a gap: PostgreSQL refuses a parameter whose type it cannot see
    let most = (1..=60).rev().find(|n| plain.contains(&format!("${n}"))).unwrap_or(0);
    if (1..=most).any(|n| !has_parameter(&plain, n)) {
        wrong.push("a gap in the numbers of the placeholders");
    }
    wrong
}

fn has_parameter(text: &str, number: usize) -> bool {
    let name = format!("${number}");
    text.match_indices(&name)
        .any(|(at, _)| !text[at + name.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

#[test]
fn every_statement_of_the_catalogue_can_be_prepared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fresh.db");
    drop(Db::create(&path).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    let all = catalogue();
    assert!(all.len() > 40, "only {} statements were found: the search is broken", all.len());
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|s| connection.prepare(&s.text).err().map(|e| format!("{}: {e}\n  {}", s.place, s.text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_server_can_prepare_every_statement_of_the_catalogue_too() {
    if !cluster::wanted() {
        return;
    }
    let address = cluster::shared().database();
    drop(Db::create(Path::new(&address)).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let wrong: Vec<String> = runtime.block_on(async {
        let (client, line) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(line);
        client.batch_execute("SET search_path TO corral").await.unwrap();
        let mut wrong = Vec::new();
        for statement in catalogue() {
            if let Err(error) = client.prepare(&statement.text).await {
                let said =
                    error.as_db_error().map_or_else(|| error.to_string(), |said| said.message().to_owned());
                wrong.push(format!("{}: {said}\n  {}", statement.place, statement.text));
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_statement_keeps_the_rules_of_one_text_for_two_engines() {
    let wrong: Vec<String> = catalogue()
        .iter()
        .flat_map(|s| lint(&s.text).into_iter().map(move |what| format!("{}: {what}\n  {}", s.place, s.text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_lint_finds_what_it_is_there_for() {
    for bad in [
        "SELECT \"x\" FROM task",
        "SELECT SUM(value) FROM metric_day",
        "SELECT id FROM task WHERE id = ?1",
        "SELECT lower(name) FROM customer",
        "INSERT OR IGNORE INTO setting VALUES ($1, $2)",
        "SELECT id FROM task WHERE id = $2",
        "PRAGMA data_version",
    ] {
        assert!(!lint(bad).is_empty(), "{bad}");
    }
    for good in [
        "SELECT CAST(SUM(value) AS BIGINT) FROM metric_day WHERE day = $1",
        "SELECT why FROM task WHERE why = 'sum(' AND id = $1",
        "UPDATE task SET state = 'due' WHERE id = $1",
    ] {
        assert!(lint(good).is_empty(), "{good}: {:?}", lint(good));
    }
}

#[test]
fn no_statement_changes_or_removes_a_row_of_the_audit_trail() {
    let told = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let bends = |text: &str| {
        let text = told(text);
        ["update audit ", "delete from audit ", "insert into audit "]
            .iter()
            .any(|begins| text.starts_with(begins))
            && !text.starts_with("insert into audit (number")
            || text.contains("on conflict") && text.starts_with("insert into audit")
    };
    assert!(bends("UPDATE audit SET at = 1") && bends("DELETE  FROM audit WHERE number = $1"));
    let all = catalogue();
    assert!(
        all.iter().any(|s| told(&s.text).starts_with("insert into audit (number")),
        "the trail is not written"
    );
    let wrong: Vec<String> =
        all.iter().filter(|s| bends(&s.text)).map(|s| format!("{}: {}", s.place, s.text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // and none is put together outside the catalogue
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut paths);
    for path in paths {
        let source = told(&std::fs::read_to_string(&path).unwrap());
        for begins in ["update audit ", "delete from audit "] {
            assert!(!source.contains(begins), "{}: {begins}", path.display());
        }
    }
}

#[test]
fn what_ratios_are_made_of_is_read_from_indexes_that_hold_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fresh.db");
    drop(Db::create(&path).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    let all = catalogue();
    // where a statement stands, what it begins with, and how its rows are to be found
    for (file, begins, way) in [
        (
            "report/figures.rs",
            "SELECT state, count(*), CAST(sum(CASE WHEN closed_day",
            "COVERING INDEX task_settled",
        ),
        ("desk/proactive.rs", "SELECT t.day", "COVERING INDEX touch_reached"),
        ("board/cases.rs", "SELECT count(*), CAST(sum(CASE WHEN EXISTS", "COVERING INDEX ownership_follow"),
        ("board/cases.rs", "SELECT count(DISTINCT customer_id)", "INDEX sale_order_user"),
        ("board/source.rs", "SELECT l.source", "INDEX ownership_from"),
        ("board/source.rs", "SELECT l.source", "COVERING INDEX ownership_customer"),
        ("board/source.rs", "SELECT c.source", "INDEX ownership_from"),
    ] {
        let found = all.iter().find(|s| s.place.contains(file) && s.text.starts_with(begins));
        let text = &found.unwrap_or_else(|| panic!("no statement of {file} begins with {begins}")).text;
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let steps: Vec<String> =
            plan.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<_, _>>().unwrap();
        assert!(steps.iter().any(|step| step.contains(way)), "{text}: {steps:?}");
        assert!(
            !steps.iter().any(|step| step.starts_with("SCAN") && !step.contains("SCAN l")),
            "{text}: {steps:?}"
        );
    }
}
