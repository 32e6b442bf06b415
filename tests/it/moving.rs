//! A whole database on its way to another place: the list of its tables, every value as it was, a copy that was cut off.

mod cut_off;

use std::path::{Path, PathBuf};

use corral::store::Db;
use corral::store::copy::{Copied, Step, copy};
use corral::store::migrate::layout::{self, Kind};
use rusqlite::Connection;

use crate::cluster;
use crate::floor::Floor;

/// Values that an engine, a line of text or a language might take for something else.
const ODD: [&str; 4] = ["a\tb\\N\n\\.\r", "", "王芳 '; --", "\\N 👩‍👧 ﷽ ñ"];

/// A schema of a database of its own on this process's server, named by a word of SQL.
fn server() -> PathBuf {
    PathBuf::from(format!("{}?schema=left", cluster::shared().database()))
}

/// A file with rows in every table, made behind the store's back: odd texts, the smallest and the largest numbers, nothing where
/// nothing may be.
fn full(folder: &Path) -> PathBuf {
    let path = folder.join("full.db");
    let floor = Floor::new();
    let mut db = floor.second();
    copy(&mut db, &path, None, &mut |_| {}).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for table in layout::newest().tables {
        let rows: i64 = connection
            .query_row(&format!("SELECT count(*) FROM {}", table.name), [], |row| row.get(0))
            .unwrap();
        // people are there from the beginning, but not those that the others refer to
        if rows > 0 && table.name != "person_user" {
            continue;
        }
        for row in 0..4_i64 {
            let mut cells = Vec::new();
            for column in &table.columns {
                let must: bool = connection
                    .query_row(
                        &format!(
                            "SELECT \"notnull\" FROM pragma_table_info('{}') WHERE name = ?",
                            table.name
                        ),
                        [&column.name],
                        |found| found.get(0),
                    )
                    .unwrap();
                cells.push(match column.kind {
                    _ if !must && row == 0 => "NULL".to_owned(),
                    Kind::Text => format!("'{}'", ODD[usize::try_from(row).unwrap()].replace('\'', "''")),
                    // what is referred to has the same number
                    Kind::Int => [i64::MIN + 1, -1, 0, i64::MAX][usize::try_from(row).unwrap()].to_string(),
                });
            }
            let sql = format!(
                "INSERT OR IGNORE INTO {} ({}) VALUES ({})",
                table.name,
                table.list(),
                cells.join(", ")
            );
            connection.execute_batch(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }
    path
}

fn moved(from: &Path, to: &Path) -> Copied {
    copy(&mut Db::open(from).unwrap(), to, None, &mut |_| {}).unwrap()
}

#[test]
fn the_list_of_tables_is_what_a_file_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    drop(Db::create(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let all = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let layout = layout::newest();
    let mut names: Vec<&str> = layout.tables.iter().map(|table| table.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"), names);
    let mut names: Vec<&str> = layout.indexes.iter().map(|index| index.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        all("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"),
        names
    );
    for table in &layout.tables {
        let of = |what: &str| format!("SELECT {what} FROM pragma_table_info('{}')", table.name);
        assert_eq!(all(&of("name")).join(", "), table.list());
        let kinds: Vec<&str> =
            table.columns.iter().map(|c| if c.kind == Kind::Text { "TEXT" } else { "INTEGER" }).collect();
        assert_eq!(all(&of("type")), kinds, "{}", table.name);
        assert_eq!(all(&format!("{} WHERE pk > 0 ORDER BY pk", of("name"))).join(", "), table.key_list());
    }
}

#[test]
fn the_list_of_tables_is_what_a_server_has() {
    if !cluster::wanted() {
        return;
    }
    let database = cluster::shared().database_name();
    let place = PathBuf::from(format!("{}?schema=floor", cluster::shared().url(&database)));
    drop(Db::create(&place).unwrap());
    let layout = layout::newest();
    let told = cluster::shared().psql(
        &database,
        "SELECT table_name, string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns \
         WHERE table_schema = 'floor' AND table_name <> 'layout' GROUP BY table_name ORDER BY table_name COLLATE \"C\"",
    );
    let mut listed: Vec<String> =
        layout.tables.iter().map(|table| format!("{}|{}", table.name, table.list())).collect();
    listed.sort_by(|a, b| a.split('|').next().cmp(&b.split('|').next()));
    assert_eq!(told, listed.join("\n"));
}

#[test]
fn every_value_of_every_table_is_the_same_on_a_server_and_back_in_a_file() {
    if !cluster::wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (first, there, back) = (full(folder.path()), server(), folder.path().join("back.db"));
    let to_server = moved(&first, &there);
    assert!(to_server.is_same(), "{:#?}", to_server.tables);
    assert!(to_server.tables.iter().all(|pair| pair.from.rows > 0), "{:#?}", to_server.tables);
    let to_file = moved(&there, &back);
    assert!(to_file.is_same(), "{:#?}", to_file.tables);
    // what a reader of another make finds in both files, cell by cell
    let seen = |path: &Path| -> Vec<String> {
        let connection = Connection::open(path).unwrap();
        let mut found = Vec::new();
        for table in layout::newest().tables {
            let quoted: Vec<String> = table.columns.iter().map(|c| format!("quote({})", c.name)).collect();
            let sql = format!(
                "SELECT {} FROM {} ORDER BY {}",
                quoted.join(" || ',' || "),
                table.name,
                table.key_list()
            );
            let mut statement = connection.prepare(&sql).unwrap();
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
            found.extend(rows.map(|row| format!("{}: {}", table.name, row.unwrap())));
        }
        found
    };
    let (before, after) = (seen(&first), seen(&back));
    assert!(before.len() > 100, "only {} rows", before.len());
    assert_eq!(before, after);
    // the layout is whole again: indexes, and what a row must refer to
    let schema = |path: &Path| -> Vec<(String, String)> {
        let connection = Connection::open(path).unwrap();
        let sql =
            "SELECT name, replace(coalesce(sql, ''), 'IF NOT EXISTS ', '') FROM sqlite_master ORDER BY name";
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(schema(&first), schema(&back));
}

#[test]
fn a_hash_tells_one_value_from_another_and_nothing_from_an_empty_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    drop(Db::create(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let put = "INSERT INTO team (id, name, playbook, lead_id, created_at) VALUES (1, 'ab', 'c', NULL, 2)";
    connection.execute_batch(put).unwrap();
    let hash = || {
        let mut db = Db::open(&path).unwrap();
        let all = db.snapshot(|tx, _| corral::store::copy::content::all(tx, &layout::newest(), &mut |_| {}));
        all.unwrap().into_iter().find(|content| content.table == "team").unwrap().hash
    };
    let mut seen = vec![hash()];
    for change in
        ["name = 'a', playbook = 'bc'", "name = 'ab', playbook = 'c', lead_id = 0", "id = 2, created_at = 1"]
    {
        connection.execute_batch(&format!("UPDATE team SET {change}")).unwrap();
        seen.push(hash());
    }
    connection.execute_batch("UPDATE team SET id = 1, created_at = 2, lead_id = NULL").unwrap();
    assert_eq!(seen[0], hash());
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[test]
fn a_copy_is_not_made_where_a_database_is() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("1.db"), folder.path().join("2.db"));
    drop((Db::create(&one).unwrap(), Db::create(&two).unwrap()));
    let before = std::fs::read(&two).unwrap();
    let mut told = Vec::new();
    let refused = copy(&mut Db::open(&one).unwrap(), &two, None, &mut |step| told.push(step)).unwrap_err();
    assert_eq!((refused.code(), told), ("exists", Vec::<Step>::new()));
    assert_eq!(std::fs::read(&two).unwrap(), before);
}

#[test]
fn a_file_of_somebody_else_under_the_name_of_the_copy_in_the_making_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("1.db"), folder.path().join("2.db"));
    drop(Db::create(&one).unwrap());
    let theirs = folder.path().join("2.db.moving");
    Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE mine (n INTEGER)").unwrap();
    let before = std::fs::read(&theirs).unwrap();
    let refused = copy(&mut Db::open(&one).unwrap(), &two, None, &mut |_| {}).unwrap_err();
    assert_eq!(refused.code(), "not_corral");
    assert_eq!(std::fs::read(&theirs).unwrap(), before);
}

#[test]
fn a_place_for_a_demonstration_goes_with_it_and_what_a_dead_one_left_goes_with_the_next() {
    if !cluster::wanted() {
        return;
    }
    let database = cluster::shared().database_name();
    let place = PathBuf::from(cluster::shared().url(&database));
    let make = || corral::store::engine::passing(&place).unwrap().unwrap();
    let schemas = || {
        let sql = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'demo%' ORDER BY nspname";
        cluster::shared().psql(&database, sql)
    };
    let first = make();
    let mine = schemas();
    assert!(first.place().to_str().unwrap().ends_with(&format!("?schema={mine}")), "{mine}");
    // left behind by a program that was killed, and one that somebody else has for work
    let note = "obj_description((SELECT oid FROM pg_namespace WHERE nspname LIKE 'demo%'), 'pg_namespace')";
    let note = cluster::shared().psql(&database, &format!("SELECT {note}"));
    cluster::shared().psql(
        &database,
        &format!(
            "CREATE SCHEMA demo_dead; CREATE TABLE demo_dead.a (b int); COMMENT ON SCHEMA demo_dead IS '{note}'; \
             CREATE SCHEMA demo_theirs"
        ),
    );
    let second = make();
    let there = schemas();
    assert!(
        there.contains(&mine) && there.contains("demo_theirs") && !there.contains("demo_dead"),
        "{there}"
    );
    assert_eq!(there.lines().count(), 3);
    drop((first, second));
    assert_eq!(schemas(), "demo_theirs");
}
