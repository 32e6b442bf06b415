//! What a test's database stands on: a file, or a schema of this process's own server. Which of the two, the run says
//! ([`ENGINE`]); the tests are the same ([`crate::both`]).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::cluster;

/// The variable that says what a run stands on: `postgres`, or nothing for files.
pub const ENGINE: &str = "CORRAL_TEST_ENGINE";

/// The server's database all schemas of this run are in.
struct Ground {
    address: String,
    database: String,
    schemas: AtomicU32,
}

fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(|| {
        let database = cluster::shared().database_name();
        Ground { address: cluster::shared().url(&database), database, schemas: AtomicU32::new(0) }
    })
}

/// Whether databases of this run stand on a server.
pub fn is_server() -> bool {
    std::env::var_os(ENGINE).is_some_and(|engine| engine == "postgres")
}

/// A name for a database that is not there yet: a file of a folder, or a schema nobody has.
pub fn fresh(folder: &Path, file: &str) -> PathBuf {
    if !is_server() {
        return folder.join(file);
    }
    let ground = ground();
    let number = ground.schemas.fetch_add(1, Ordering::Relaxed);
    PathBuf::from(format!("{}?schema=s{number}", ground.address))
}

/// The rows of a query given as SQL, cells as text, for looking behind the store's back.
pub fn rows(place: &Path, sql: &str) -> Vec<Vec<String>> {
    match schema(place) {
        Some(schema) => {
            let told = psql(schema, sql);
            told.split_terminator('\u{1e}')
                .map(|row| row.split('\u{1f}').map(str::to_owned).collect())
                .collect()
        }
        None => rows_of_file(place, sql),
    }
}

/// Runs statements behind the store's back. References are not checked, so that a table can be damaged.
pub fn run(place: &Path, sql: &str) {
    if let Some(schema) = schema(place) {
        psql(schema, &format!("SET session_replication_role TO replica; {sql}"));
    } else {
        let connection = rusqlite::Connection::open(place).unwrap();
        connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
    }
}

/// The tables of a database, in the order of their names; without the one that only the engine has.
pub fn tables(place: &Path) -> Vec<String> {
    let named = match schema(place) {
        Some(schema) => rows(
            place,
            &format!(
                "SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' AND tablename <> 'layout' \
                 ORDER BY tablename COLLATE \"C\""
            ),
        ),
        None => rows(place, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"),
    };
    named.into_iter().flatten().collect()
}

/// The columns of a table, in their order.
pub fn columns(place: &Path, table: &str) -> Vec<String> {
    let named = match schema(place) {
        Some(schema) => rows(
            place,
            &format!(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = '{schema}' \
                 AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        ),
        None => rows(place, &format!("SELECT name FROM pragma_table_info('{table}')")),
    };
    named.into_iter().flatten().collect()
}

fn schema(place: &Path) -> Option<&str> {
    place.to_str()?.split_once("?schema=").map(|(_, schema)| schema)
}

fn psql(schema: &str, sql: &str) -> String {
    let mut psql = cluster::shared().client("psql", cluster::shared().port());
    psql.args([
        "-X",
        "-q",
        "-A",
        "-t",
        "-F",
        "\u{1f}",
        "-R",
        "\u{1e}",
        "-P",
        "null=NULL",
        "-v",
        "ON_ERROR_STOP=1",
    ]);
    psql.args(["-d", &ground().database, "-f", "-"]);
    psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = psql.spawn().unwrap();
    // a statement may be longer than a command line
    let typed = format!("SET search_path TO {schema}; {sql};\n");
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end_matches('\n').to_owned()
}

fn rows_of_file(place: &Path, sql: &str) -> Vec<Vec<String>> {
    let connection = rusqlite::Connection::open(place).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let cell = |row: &rusqlite::Row<'_>, column| {
        row.get_ref(column).map(|value| match value {
            rusqlite::types::ValueRef::Null => "NULL".to_owned(),
            rusqlite::types::ValueRef::Integer(n) => n.to_string(),
            other => other.as_str().unwrap().to_owned(),
        })
    };
    statement
        .query_map([], |row| (0..columns).map(|column| cell(row, column)).collect())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}
