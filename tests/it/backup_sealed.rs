//! Backups that are sealed: for a key the server need not hold, or a passphrase; refused where they were altered or cut off.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use corral::runtime::backups::{self, Backups, Looked, Plan};
use corral::store::backup::{Keep, When};
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::program::{MORNING, Program};

/// What every open copy of a database begins with.
const OPEN: &[u8] = b"SQLite format 3\0";

/// The files of a folder, and of those in it, that are open copies of a database.
fn open_copies(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(open_copies(&path));
        } else if fs::read(&path).unwrap().windows(OPEN.len()).any(|part| part == OPEN) {
            found.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    found.sort();
    found
}

/// A program with a database and a pair of keys in the file `key`: the public one.
fn with_key() -> Option<(Program, String)> {
    let program = Program::with("edu-english", &["wang"]);
    if crate::ground::is_server() {
        return None;
    }
    let made = program.json(MORNING, &["backup", "key", "key"]);
    Some((program, made["recipient"].as_str().unwrap().to_owned()))
}

fn file(made: &Value) -> &str {
    made["file"].as_str().unwrap()
}

#[test]
fn a_backup_sealed_for_a_key_is_made_without_the_secret_one_and_put_back_with_it() {
    let Some((program, public)) = with_key() else { return };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(program.folder().join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // a key that is there is not made anew
    assert_eq!(program.refused(MORNING, &["backup", "key", "key"]).1["code"], "exists");
    let secret = program.folder().join("key");
    let away = tempfile::tempdir().unwrap();
    let kept = away.path().join("key");
    fs::rename(&secret, &kept).unwrap();
    let made = program.json(MORNING, &["backup", "--recipient", &public, "--keep-count", "3"]);
    assert!(file(&made).ends_with("corral-20261117T020500Z.db.age"), "{made}");
    assert_eq!(open_copies(program.folder()), ["corral.db"], "an open copy was left somewhere");
    assert_eq!(made["manifest"]["sealed"]["with"], "key");
    // it is listed, and what can be said without the key is said
    let listed = program.json(MORNING, &["backup", "list"]);
    assert_eq!(listed["backups"][0]["file"], made["file"]);
    let shut = program.json(MORNING, &["backup", "check", file(&made)]);
    assert_eq!((&shut["ok"], &shut["opened"]), (&json!(true), &json!(false)));
    let identity = ["--identity", kept.to_str().unwrap()];
    let opened = program.json(MORNING, &[&["backup", "check", file(&made)], &identity[..]].concat());
    assert_eq!((&opened["ok"], &opened["opened"]), (&json!(true), &json!(true)));
    let back = ["restore", file(&made), "--to", "back.db"];
    assert_eq!(program.refused(MORNING, &back).1["code"], "sealed");
    program.json(MORNING, &["backup", "key", "other"]);
    let other = [&back[..], &["--identity", "other"]].concat();
    assert_eq!(program.refused(MORNING, &other).1["code"], "wrong_key");
    assert!(!program.folder().join("back.db").exists());
    let done = program.json(MORNING, &[&back[..], &identity[..]].concat());
    assert_eq!(done["restored"], true);
    let users = program.rows("SELECT login FROM person_user ORDER BY login");
    let back = program.folder().join("back.db");
    assert_eq!(crate::ground::rows(&back, "SELECT login FROM person_user ORDER BY login"), users);
    let told = program.json(MORNING, &["verify", "--db", "back.db"]);
    assert_eq!(told["ok"], true, "{told}");
}

#[test]
fn a_sealed_backup_that_was_altered_or_cut_off_is_refused_and_told() {
    let Some((program, public)) = with_key() else { return };
    let made = program.json(MORNING, &["backup", "one.db.age", "--recipient", &public]);
    let path = program.folder().join(file(&made));
    let whole = fs::read(&path).unwrap();
    let manifest_path = corral::store::backup::Manifest::beside(&path);
    let manifest = fs::read_to_string(&manifest_path).unwrap();
    // the file alone: its hash says so
    for (bytes, found) in [(whole.len() - 100, 2), (whole.len(), 1)] {
        let mut altered = whole[..bytes].to_vec();
        altered[bytes / 2] ^= 1;
        fs::write(&path, altered).unwrap();
        let output = program.command(&["backup", "check", "one.db.age", "--json"]).output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), told["differences"].as_array().unwrap().len()), (Some(1), found));
    }
    // the file and its manifest: the seal says so
    for length in [whole.len() - 100, 200 + 3 * 65_552] {
        let cut = &whole[..length];
        fs::write(&path, cut).unwrap();
        let mut bent: Value = serde_json::from_str(&manifest).unwrap();
        bent["bytes"] = json!(length);
        bent["sha256"] = json!(sha256(cut));
        fs::write(&manifest_path, bent.to_string()).unwrap();
        for words in [
            &["backup", "check", "one.db.age", "--identity", "key"][..],
            &["restore", "one.db.age", "--to", "back.db", "--identity", "key"],
        ] {
            let (status, error) = program.refused(MORNING, words);
            assert_eq!((status, &error["code"]), (1, &json!("damaged")), "{words:?}");
            assert!(error["message"].as_str().unwrap().contains("one.db.age"), "{error}");
        }
    }
    assert!(!program.folder().join("back.db").exists());
    assert_eq!(open_copies(program.folder()), ["corral.db"]);
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    corral::domain::hex::hex(&sha2::Sha256::digest(bytes))
}

#[test]
fn a_passphrase_is_a_line_of_standard_input_or_of_a_file_and_never_an_argument() {
    let program = Program::with("edu-english", &["wang"]);
    if crate::ground::is_server() {
        return;
    }
    let output = program
        .command(&["backup", "one.db.age", "--passphrase"])
        .write_stdin("open 围场\n")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::write(program.folder().join("words"), "open 围场\nand nothing of this\n").unwrap();
    let check = ["backup", "check", "one.db.age", "--passphrase-file", "words"];
    assert_eq!(program.json(MORNING, &check)["opened"], true);
    fs::write(program.folder().join("words"), "open it\n").unwrap();
    assert_eq!(program.refused(MORNING, &check).1["code"], "wrong_key");
    // wrong usage: a passphrase and a key
    let both = program.command(&["backup", "--passphrase", "--recipient", "age1x"]).output().unwrap();
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn a_plan_seals_for_the_public_key_it_is_given_and_fails_loudly_with_one_that_is_none() {
    let Some((program, public)) = with_key() else { return };
    let floor = Floor::new();
    let (folder, standing) = (tempfile::tempdir().unwrap(), Backups::default());
    let plan = |key: &str| Plan {
        when: When::Every(Duration::from_hours(1)),
        folder: folder.path().to_owned(),
        keep: Keep::default(),
        keys: vec![key.to_owned()],
    };
    let look = |key: &str| backups::look(&standing, Some(&plan(key)), &floor.path(), floor.now());
    assert!(matches!(look("age1wrong"), Looked::Failed(error, true) if error.code() == "backup_key"));
    let later = floor.now().plus(Duration::from_hours(1));
    assert_eq!(backups::look(&standing, Some(&plan(&public)), &floor.path(), later), Looked::Good);
    let found = corral::store::backup::manifest::list(folder.path()).unwrap();
    let made: &PathBuf = &found[0].path;
    assert!(made.to_str().unwrap().ends_with(".db.age"));
    let checked = program.json(
        MORNING,
        &[
            "backup",
            "check",
            made.to_str().unwrap(),
            "--identity",
            program.folder().join("key").to_str().unwrap(),
        ],
    );
    assert_eq!(checked["opened"], true);
    assert_eq!(open_copies(folder.path()), Vec::<String>::new());
}
