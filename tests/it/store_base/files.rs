//! Files that are not what they should be are told apart and left as they are.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use corral::store::{Db, StoreError};
use sha2::{Digest, Sha256};

use crate::floor::Floor;

fn hash(path: &Path) -> Vec<u8> {
    Sha256::digest(fs::read(path).unwrap()).to_vec()
}

/// Opens what must be refused, and checks that not one byte of it or beside it is new.
fn refused(path: &Path) -> StoreError {
    let before = hash(path);
    let beside = || {
        let mut names: Vec<_> =
            fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let names = beside();
    let error = Db::open(path).unwrap_err();
    assert_eq!(hash(path), before, "the file was changed: {error}");
    assert_eq!(beside(), names, "something was left beside it: {error}");
    error
}

/// A closed database as one file.
fn plain() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.db");
    drop(Db::create(&path).unwrap());
    fs::remove_file(folder.path().join("plain.db-queue")).unwrap();
    (folder, path)
}

#[test]
fn a_file_of_another_kind_is_named_and_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("empty"), b"").unwrap();
    fs::write(at("text"), "姓名,电话\n张小明,13800000000\n".repeat(9)).unwrap();
    fs::write(at("bytes"), [0_u8, 1, 2, 3, 250, 251].repeat(40)).unwrap();
    let other = rusqlite::Connection::open(at("other")).unwrap();
    other.execute_batch("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)").unwrap();
    drop(other);
    for (name, words) in [
        ("empty", "an empty file"),
        ("text", "a text file"),
        ("bytes", "not a SQLite file"),
        ("other", "a SQLite file of another program"),
    ] {
        let error = refused(&at(name));
        assert_eq!(error.code(), "not_corral", "{name}: {error}");
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
    assert!(Db::open(folder.path()).unwrap_err().to_string().contains("a folder"));
    assert_eq!(Db::open(&at("missing")).unwrap_err().code(), "missing");
    assert!(!at("missing").exists());
}

#[test]
fn a_file_of_a_newer_program_is_left_untouched() {
    let (_folder, path) = plain();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA user_version = 999").unwrap();
    drop(connection);
    let error = refused(&path);
    assert_eq!(error.code(), "newer");
    assert!(error.to_string().contains("999"), "{error}");
}

#[test]
fn a_damaged_file_is_named_and_left_untouched() {
    for (name, damage) in [("first bytes", 0_usize..16), ("page size", 16..18), ("unused bytes", 72..92)] {
        let (_folder, path) = plain();
        let mut bytes = fs::read(&path).unwrap();
        bytes[damage].fill(0xA5);
        // a torn page elsewhere, which only the engine's own check can find
        bytes[4_096 * 3..4_096 * 4].fill(0xA5);
        fs::write(&path, bytes).unwrap();
        assert_eq!(refused(&path).code(), "damaged", "{name}");
    }
    let (_folder, path) = plain();
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = refused(&path);
    assert!(error.to_string().contains("cut off"), "{error}");
    fs::write(&path, &bytes[..50]).unwrap();
    assert_eq!(refused(&path).code(), "damaged");
}

#[test]
fn a_file_or_folder_that_may_not_be_written_is_told() {
    let (folder, path) = plain();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    if fs::File::options().write(true).open(&path).is_ok() {
        // the superuser writes wherever it likes: nothing to see
        return;
    }
    assert_eq!(refused(&path).code(), "read_only");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let opened = refused(&path);
    let made = Db::create(&folder.path().join("new.db")).unwrap_err();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((opened.code(), made.code()), ("read_only", "read_only"));
}

#[test]
fn init_leaves_an_existing_file_and_nothing_half_made() {
    let (folder, path) = plain();
    let before = hash(&path);
    assert_eq!(Db::create(&path).unwrap_err().code(), "exists");
    assert_eq!(hash(&path), before);
    let lost = folder.path().join("no/such/folder/new.db");
    let error = Db::create(&lost).unwrap_err();
    assert!(error.to_string().contains("there is no folder"), "{error}");
    let failing = folder.path().join("failing.db");
    let error = Db::create_with(&failing, |_| {
        Err::<(), _>(StoreError::Invalid { code: "test", what: "the first facts are wrong".to_owned() })
    })
    .unwrap_err();
    assert_eq!(error.code(), "test");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["plain.db"]);
}

#[test]
fn what_a_killed_program_left_in_the_log_is_there_after_opening() {
    // the copy of a file and its log while a program has them open is what a power cut leaves
    let mut floor = Floor::new();
    floor.add_user("late", "周", corral::domain::lists::Role::Rep, None);
    let folder = tempfile::tempdir().unwrap();
    for ending in ["", "-wal"] {
        let name = format!("floor.db{ending}");
        fs::copy(floor.folder().join(&name), folder.path().join(&name)).unwrap();
    }
    let mut db = Db::open(&folder.path().join("floor.db")).unwrap();
    // a playbook and six users
    assert_eq!(db.revision().unwrap(), 7);
}
