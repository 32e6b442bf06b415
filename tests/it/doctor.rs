//! `corral doctor`: says how everything stands, whatever state it is in, and changes none of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::faults::floor::Floor;
use crate::faults::mounts::{self, Filler, with_own_mounts};

/// "Within seconds", on a machine that does other things too.
const SECONDS: Duration = Duration::from_secs(20);

struct Here {
    floor: Floor,
    folder: tempfile::TempDir,
    home: tempfile::TempDir,
}

fn here() -> Here {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    // nothing is left from making it
    for end in ["-queue", "-checkpoint", "-wal", "-shm"] {
        let _ = fs::remove_file(side(floor.db(), end));
    }
    Here { floor, folder, home }
}

fn side(db: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", db.display()))
}

/// Every file under a folder, with its bytes and when it was written; pipes by their names alone.
fn state(folder: &Path) -> BTreeMap<PathBuf, Option<(Vec<u8>, std::time::SystemTime)>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let (path, about) = entry.map(|entry| (entry.path(), entry.metadata().unwrap())).unwrap();
        if about.is_dir() {
            found.extend(state(&path));
            found.insert(path, None);
        } else {
            let seen = about.is_file().then(|| (fs::read(&path).unwrap(), about.modified().unwrap()));
            found.insert(path, seen);
        }
    }
    found
}

impl Here {
    /// The doctor's document and exit status; nothing was changed by it, and it took seconds.
    fn doctor(&self) -> Seen {
        self.doctor_of(self.floor.db())
    }

    fn doctor_of(&self, db: &Path) -> Seen {
        let before = (state(self.folder.path()), state(self.home.path()));
        let seen = examined(&self.floor, db);
        assert!(
            (state(self.folder.path()), state(self.home.path())) == before,
            "the doctor changed something"
        );
        seen
    }
}

struct Seen {
    told: Value,
    status: i32,
}

fn run(floor: &Floor, db: &Path, more: &[&str]) -> Output {
    let since = Instant::now();
    let output = floor.run_on(db, &[&["doctor", "--lang", "en"], more].concat());
    assert!(since.elapsed() < SECONDS, "it took {:?}", since.elapsed());
    output
}

fn examined(floor: &Floor, db: &Path) -> Seen {
    let output = run(floor, db, &[]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let status = output.status.code().unwrap();
    let counted = |state: &str| {
        let findings = told["findings"].as_array().unwrap();
        findings.iter().filter(|finding| finding["state"] == state).count()
    };
    assert_eq!(told["wrong"], counted("wrong"));
    assert_eq!(told["warnings"], counted("warning"));
    assert_eq!((told["ok"] == true, status == 0), (counted("wrong") == 0, counted("wrong") == 0));
    for finding in told["findings"].as_array().unwrap() {
        // what is odd is told with what to do
        assert_eq!(finding["next"].is_null(), finding["state"] == "ok", "{finding}");
    }
    Seen { told, status }
}

impl Seen {
    fn find(&self, part: &str, id: &str) -> &Value {
        let findings = self.told["findings"].as_array().unwrap();
        findings
            .iter()
            .find(|finding| finding["part"] == part && finding["id"] == id)
            .unwrap_or_else(|| panic!("no '{id}' of {part} in {:#}", self.told))
    }

    fn state(&self, part: &str, id: &str) -> &str {
        self.find(part, id)["state"].as_str().unwrap()
    }

    fn has(&self, part: &str, id: &str) -> bool {
        let findings = self.told["findings"].as_array().unwrap();
        findings.iter().any(|finding| finding["part"] == part && finding["id"] == id)
    }
}

/// A connection behind the program's back.
fn sql(db: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(db).unwrap()
}

#[test]
fn all_is_well_with_a_database_nobody_has_open() {
    let here = here();
    let seen = here.doctor();
    assert_eq!(seen.status, 0, "{:#}", seen.told);
    for (id, value) in [
        ("kind", json!("corral")),
        ("layout", json!({ "found": 5, "known": 5 })),
        ("log", json!(0)),
        ("journal", json!("wal")),
        ("rows", json!({ "users": 1, "customers": 3, "more_customers": false, "changes": 3 })),
        ("playbooks", json!([{ "id": "edu-english", "version": "2026.11.1", "number": 1 }])),
    ] {
        let found = seen.find("database", id);
        if id == "rows" {
            // the import makes as many changes as it has parts
            assert_eq!(
                (&found["value"]["users"], &found["value"]["customers"]),
                (&value["users"], &value["customers"])
            );
        } else {
            assert_eq!((&found["value"], &found["state"]), (&value, &json!("ok")), "{id}");
        }
    }
    assert_eq!(seen.find("locks", "open")["value"], json!([]));
    assert_eq!(seen.find("clock", "zone")["value"]["playbooks"], json!(["Asia/Shanghai"]));
}

#[test]
fn a_database_in_use_is_told_with_who_has_it_and_nobody_is_disturbed() {
    let here = here();
    let mut screen = here.floor.open();
    let seen = examined(&here.floor, here.floor.db());
    assert_eq!(seen.status, 0, "{:#}", seen.told);
    if cfg!(target_os = "linux") {
        let open = seen.find("locks", "open");
        assert!(open["value"].as_array().unwrap().contains(&json!(screen.id())), "{open}");
        assert!(open["said"].as_str().unwrap().contains(&format!("corral ({})", screen.id())), "{open}");
    }
    assert_eq!(seen.find("database", "rows")["value"]["users"], 1, "what is in the log is seen");
    screen.press("\r1");
    screen.until("saved ·");
    screen.signal("KILL");
    screen.end();
    // as the killed session left it
    let changes = here.doctor().find("database", "rows")["value"]["changes"].as_i64().unwrap();
    let newest: i64 =
        sql(here.floor.db()).query_row("SELECT max(rev) FROM journal", [], |row| row.get(0)).unwrap();
    assert_eq!(changes, newest);
    here.floor.verified();
}

#[test]
fn a_log_without_its_index_is_left_alone_and_told() {
    let here = here();
    let mut screen = here.floor.open();
    screen.press("\r1");
    screen.until("saved ·");
    screen.signal("KILL");
    screen.end();
    fs::remove_file(side(here.floor.db(), "-shm")).unwrap();
    let seen = here.doctor();
    assert_eq!((seen.status, seen.state("database", "rows")), (0, "warning"));
    here.floor.verified();
}

#[test]
fn no_database_is_wrong_and_none_is_made() {
    let here = here();
    let nowhere = here.folder.path().join("deep").join("none.db");
    let seen = here.doctor_of(&nowhere);
    assert_eq!((seen.status, seen.state("database", "path")), (1, "wrong"));
    assert!(!seen.has("database", "kind") && !seen.has("locks", "open"));
    assert_eq!(seen.state("folders", "state_folder"), "ok", "the rest is told all the same");
}

#[test]
fn a_file_that_is_not_ours_newer_or_damaged_is_told_and_left_untouched() {
    let here = here();
    let at = |name: &str| here.folder.path().join(name);
    fs::write(at("text.db"), "name,phone\n").unwrap();
    fs::write(at("empty.db"), "").unwrap();
    fs::create_dir(at("folder.db")).unwrap();
    sql(&at("other.db")).execute_batch("CREATE TABLE a (b)").unwrap();
    let whole = fs::read(here.floor.db()).unwrap();
    fs::write(at("short.db"), &whole[..whole.len() - 4_096]).unwrap();
    fs::write(at("newer.db"), &whole).unwrap();
    sql(&at("newer.db")).execute_batch("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut headless = whole;
    headless[..16].fill(0);
    fs::write(at("headless.db"), &headless).unwrap();
    for (name, code) in [
        ("text.db", "not_corral"),
        ("empty.db", "not_corral"),
        ("folder.db", "not_corral"),
        ("other.db", "not_corral"),
        ("short.db", "damaged"),
        ("headless.db", "damaged"),
        ("newer.db", "newer"),
    ] {
        let seen = here.doctor_of(&at(name));
        let kind = seen.find("database", "kind");
        assert_eq!(
            (seen.status, &kind["value"], &kind["state"]),
            (1, &json!(code), &json!("wrong")),
            "{name}"
        );
        assert!(!seen.has("database", "rows"), "{name}");
    }
    let seen = here.doctor_of(&at("newer.db"));
    assert_eq!(seen.find("database", "layout")["value"], json!({ "found": 99, "known": 5 }));
}

#[test]
fn damage_inside_is_found_where_it_is_read() {
    let here = here();
    let mut bytes = fs::read(here.floor.db()).unwrap();
    // the first page is the head and the list of tables; all others are overwritten
    bytes[4_096..].fill(0xAB);
    fs::write(here.floor.db(), &bytes).unwrap();
    let seen = here.doctor();
    assert_eq!((seen.status, seen.state("database", "rows")), (1, "wrong"), "{:#}", seen.told);
}

#[test]
fn an_older_layout_is_told_and_not_brought_up_to_date() {
    let here = here();
    sql(here.floor.db()).execute_batch("PRAGMA user_version = 3; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let seen = here.doctor();
    assert_eq!((seen.status, seen.state("database", "layout")), (0, "warning"), "{:#}", seen.told);
    assert_eq!(seen.find("database", "layout")["value"]["found"], 3);
}

#[test]
fn a_file_that_somebody_holds_is_told_with_who_and_does_not_hold_up_the_doctor() {
    let here = here();
    let queue = fs::File::create(side(here.floor.db(), "-queue")).unwrap();
    queue.lock().unwrap();
    let holder = sql(here.floor.db());
    holder.execute_batch("BEGIN IMMEDIATE; INSERT INTO setting VALUES ('a', 'b')").unwrap();
    let seen = examined(&here.floor, here.floor.db());
    assert_eq!(seen.status, 0, "{:#}", seen.told);
    if cfg!(target_os = "linux") {
        for id in ["queue", "writing"] {
            let found = seen.find("locks", id);
            assert_eq!(found["value"]["held_by"], json!([std::process::id()]), "{id}");
            assert_eq!(found["state"], "warning", "{id}: it was held all the time");
        }
    }
    assert_eq!(seen.find("database", "rows")["value"]["customers"], 3, "reading waits for nobody");
    drop(holder);
    queue.unlock().unwrap();

    // without a log a writer keeps readers out: that is told, not waited for
    let holder = sql(here.floor.db());
    holder.execute_batch("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").unwrap();
    let seen = examined(&here.floor, here.floor.db());
    assert_eq!((seen.status, seen.state("database", "journal")), (0, "warning"), "{:#}", seen.told);
}

#[test]
fn a_clock_behind_the_newest_change_is_told() {
    let here = here();
    let behind = |now: &str| {
        let output = run(&here.floor, here.floor.db(), &["--now", now]);
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        Seen { told, status: output.status.code().unwrap() }
    };
    // the newest change is of 13:30
    for (now, state, status) in [
        ("2026-11-24T13:29:00+08:00", "ok", 0),
        ("2026-11-24T11:30:00+08:00", "warning", 0),
        ("2026-11-22T13:30:00+08:00", "wrong", 1),
    ] {
        let seen = behind(now);
        assert_eq!((seen.state("clock", "newest"), seen.status), (state, status), "{now}");
    }
    let told = behind("2026-11-24T11:30:00+08:00");
    assert!(told.find("clock", "newest")["said"].as_str().unwrap().contains("2 h behind"), "{:#}", told.told);
}

#[test]
fn what_lies_in_the_folders_is_counted() {
    let here = here();
    let own = here.home.path().join("corral");
    for (name, text) in [
        ("drafts/a/wang/note_1.draft", "half"),
        ("drafts/b/li/note_2.draft", "half"),
        ("outbox/a/wang/1.held.json", "{}"),
        ("outbox/a/wang/2.refused.json", "{}"),
        ("outbox/a/wang/3.refused.json", "{}"),
        ("crashes/crash-20261124T053000Z-7.txt", "report"),
        ("settings.toml", "theme = \"mine\"\nlangauge = 7\n= 3\n"),
        ("keys.toml", "[keys]\nundo = \"foo\"\n"),
        ("themes/mine.toml", "inherits = \"dark\"\n[styles]\nnonsense = 3\n"),
    ] {
        fs::create_dir_all(own.join(name).parent().unwrap()).unwrap();
        fs::write(own.join(name), text).unwrap();
    }
    let seen = here.doctor();
    assert_eq!(seen.status, 0, "{:#}", seen.told);
    assert_eq!(seen.find("folders", "drafts")["value"], 2);
    assert_eq!(seen.find("folders", "outbox")["value"], json!({ "held": 1, "refused": 2 }));
    assert_eq!(seen.find("folders", "crashes")["value"], 1);
    for (id, faults) in [("settings", 2), ("keys", 1), ("theme", 1)] {
        let found = seen.find("own", id);
        assert_eq!((&found["value"]["faults"], &found["state"]), (&json!(faults), &json!("warning")), "{id}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let here = here();
    fs::remove_dir_all(here.home.path().join("corral")).unwrap();
    fs::write(here.home.path().join("corral"), "a file in the way").unwrap();
    let seen = here.doctor();
    assert_eq!((seen.status, seen.state("folders", "state_folder")), (0, "warning"), "{:#}", seen.told);
}

#[cfg(unix)]
#[test]
fn files_that_never_answer_do_not_hang_the_doctor() {
    let here = here();
    let own = here.home.path().join("corral");
    fs::create_dir_all(&own).unwrap();
    let pipe = |name: &str| {
        let made = std::process::Command::new("mkfifo").arg(own.join(name)).status().unwrap();
        assert!(made.success());
    };
    // nobody ever writes into them
    pipe("keys.toml");
    let seen = here.doctor();
    assert_eq!((seen.status, seen.state("own", "answer")), (1, "wrong"), "{:#}", seen.told);
    assert_eq!(seen.state("database", "kind"), "ok", "the rest is told all the same");
    pipe("settings.toml");
    let seen = here.doctor();
    let answer = seen.find("own", "answer");
    assert_eq!((seen.status, &answer["state"]), (1, &json!("wrong")), "{:#}", seen.told);
    assert!(answer["said"].as_str().unwrap().contains("settings.toml"), "{answer}");
}

#[test]
fn a_full_disk_and_one_that_is_only_read_are_told() {
    with_own_mounts("doctor::on_a_disk_in_trouble");
}

#[test]
#[ignore = "run by the test above, in a mount namespace of its own"]
fn on_a_disk_in_trouble() {
    if !mounts::are_own() {
        return;
    }
    let (disk, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    mounts::small(disk.path(), 12_288);
    let floor = Floor::make(disk.path(), home.path());
    let seen = examined(&floor, floor.db());
    assert_eq!((seen.status, seen.state("database", "disk")), (0, "warning"), "memory is no disk");
    assert_eq!(seen.find("database", "disk")["value"], "tmpfs");
    let filler = Filler::fill(disk.path());
    let before = state(disk.path());
    let seen = examined(&floor, floor.db());
    assert_eq!((seen.status, seen.state("database", "room")), (1, "wrong"), "{:#}", seen.told);
    assert_eq!(seen.find("database", "rows")["value"]["customers"], 3);
    assert!(state(disk.path()) == before);
    drop(filler);
    mounts::read_only(disk.path());
    let seen = examined(&floor, floor.db());
    assert_eq!((seen.status, seen.state("database", "kind")), (1, "wrong"), "{:#}", seen.told);
    assert_eq!(seen.find("database", "kind")["value"], "read_only");
    assert_eq!(seen.find("database", "rows")["value"]["customers"], 3, "it can be looked into all the same");
    // the tables are the program's to write again when the folder goes away
    drop(seen);
}

#[test]
fn it_is_told_for_people_in_both_languages_in_columns_and_without_a_sequence() {
    let here = here();
    for (lang, wanted) in [("en", ["Database", "ok", "warning"]), ("zh", ["数据库", "正常", "提醒"])] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_corral"));
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env(name, here.home.path());
        }
        command
            .env_remove("CORRAL_USER")
            .env_remove("CORRAL_SETTINGS")
            .env("LC_ALL", "C")
            .env("TERM", "a\x1b[31mb");
        command.arg("--db").arg(here.floor.db()).args(["doctor", "--lang", lang]);
        let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
        for word in wanted {
            assert!(text.contains(word), "'{word}' is not in\n{text}");
        }
        // every row has its three columns at the same cells
        let places: BTreeSet<usize> = text
            .lines()
            .filter(|line| line.starts_with("  ") && !line.trim_start().starts_with('→'))
            .map(|line| {
                let mark = line.trim_start().split("  ").next().unwrap();
                let rest = line.trim_start()[mark.len()..].trim_start();
                let title = rest.split("  ").next().unwrap();
                let said = rest[title.len()..].trim_start();
                corral::text::width::cells(line) - corral::text::width::cells(said)
            })
            .collect();
        assert_eq!(places.len(), 1, "{places:?}\n{text}");
    }
}

#[test]
fn every_finding_has_a_title_and_is_told_in_the_documents() {
    let here = here();
    let told = crate::docs::first_column("docs/headless.md", "Finding");
    let words = corral::text::Words::new(corral::text::Lang::Zh);
    let seen = here.doctor();
    for finding in seen.told["findings"].as_array().unwrap() {
        let (part, id) = (finding["part"].as_str().unwrap(), finding["id"].as_str().unwrap());
        assert!(words.has(&format!("doctor_title.{id}")), "{id} has no title");
        assert!(told.contains(id), "docs/headless.md does not tell of '{id}' of {part}");
    }
}
