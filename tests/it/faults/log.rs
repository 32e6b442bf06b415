//! The log of a whole day at its finest level, and not one mark of a person in it.

use std::fs;
use std::path::Path;

use super::floor::{Floor, NAMES, NOW};
use super::mounts::{self, Filler, with_own_mounts};
use super::pty::Pty;

/// Everything that was typed, read from a list, or stands in a path: customers, numbers, ids, notes, words searched for.
const MARKS: [&str; 9] =
    ["mark", "1390000", "wang", "secret", "13800138000", "weixin", "geheim", "王", "corral.db"];

/// The lines of every log of a person.
fn logged(home: &Path) -> String {
    let Ok(entries) = fs::read_dir(home.join("corral").join("log")) else { return String::new() };
    entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

/// The folder the database lies in is somebody's too.
fn floor(folder: &Path, home: &Path) -> Floor {
    let own = folder.join("MARK-王芳");
    fs::create_dir(&own).unwrap();
    Floor::make(&own, home)
}

fn begin(floor: &Floor) -> Pty {
    let mut screen = floor.begin(&["--now", NOW, "--log", "debug"]);
    screen.until(NAMES[0]);
    screen.until("Start");
    screen
}

fn has_no_mark(log: &str) {
    let small = log.to_lowercase();
    for mark in MARKS {
        if let Some(line) = small.lines().find(|line| line.contains(mark)) {
            panic!("'{mark}' is in the log: {line}");
        }
    }
}

#[test]
fn a_day_leaves_no_mark_in_the_log_at_its_finest_level() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = floor(folder.path(), home.path());
    let mut screen = begin(&floor);
    // a call with a note, taken back, and made again
    screen.press("\rnsecret wish of MARK 王\r1");
    screen.until("saved ·");
    screen.press("u");
    screen.until("undone");
    screen.press("\x1b");
    screen.until("Materials");
    // searched for: a name, a number, an id
    screen.press("2");
    screen.until("My customers");
    for words in ["/MARK-Bert", "/13800138000", "/weixin_geheim"] {
        screen.press(words);
        screen.until(&format!("/ {}", &words[1..]));
        screen.press("\x1b");
        screen.until("My customers");
    }
    screen.press("1");
    screen.until("Materials");
    // the file goes away under an outcome: held, told, tried again, and saved when it is back
    let away = folder.path().join("away-王.db");
    fs::rename(floor.db(), &away).unwrap();
    screen.until("the database file was removed or replaced");
    screen.press("\rnsecret two\r1");
    screen.until("1 not saved yet");
    fs::rename(&away, floor.db()).unwrap();
    screen.until_gone("unsaved");
    screen.signal("TERM");
    assert_eq!(screen.end(), 143);

    // refusals and errors of the command line
    let fine =
        |arguments: &[&str]| floor.refused(&[arguments, &["--log", "debug", "--user", "wang"]].concat());
    assert_eq!(fine(&["user", "add", "wang", "--name", "MARK", "--role", "rep"]), "forbidden");
    assert_eq!(fine(&["customer", "show", "13800138000"]), "not_found");
    assert_eq!(fine(&["log", "13800138000", "--outcome", "no_answer", "--note", "secret"]), "not_found");
    let elsewhere = folder.path().join("MARK-nowhere.db");
    let missing = floor.run_on(&elsewhere, &["verify", "--log", "debug"]);
    assert_eq!(missing.status.code(), Some(1));

    let log = logged(home.path());
    has_no_mark(&log);
    // it is the log of all of that
    for said in [
        "INFO corral::cli::ui: a session begins",
        "DEBUG corral::store::worker::threads: a change was made kind=\"work.log\"",
        "DEBUG corral::store::worker::threads: a change was made kind=\"undo\"",
        "gone: the file was removed",
        "ERROR corral::store::worker::news: the database is not what it was",
        "the session ends how=Told(15)",
    ] {
        assert!(log.contains(said), "'{said}' is not in the log:\n{log}");
    }
}

#[test]
fn what_goes_wrong_on_a_full_disk_leaves_no_mark_in_the_log() {
    with_own_mounts("faults::log::on_a_full_disk");
}

#[test]
#[ignore = "run by the test above, in a mount namespace of its own"]
fn on_a_full_disk() {
    if !mounts::are_own() {
        return;
    }
    let (disk, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    mounts::small(disk.path(), 12_288);
    let floor = floor(disk.path(), home.path());
    let mut screen = begin(&floor);
    let filler = Filler::fill(disk.path());
    screen.press("\rnsecret wish\r1");
    screen.until("1 not saved yet");
    // a session killed now leaves a held change; one that cannot be read any more is told without its name
    screen.signal("KILL");
    screen.end();
    drop(filler);
    let mut held = Vec::new();
    find(&home.path().join("corral").join("outbox"), &mut held);
    assert_eq!(held.len(), 1, "{held:?}");
    fs::copy(&held[0], held[0].with_file_name("1.held.json")).unwrap();
    fs::write(&held[0], "{ secret MARK").unwrap();
    let mut screen = floor.begin(&["--now", NOW, "--log", "debug"]);
    screen.until("saved ·");
    screen.signal("TERM");
    screen.end();
    let log = logged(home.path());
    has_no_mark(&log);
    for said in ["a change was not made kind=\"work.log\" why=\"disk_full: ", "a held change cannot be read"]
    {
        assert!(log.contains(said), "'{said}' is not in the log:\n{log}");
    }
}

fn find(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Fields that cannot hold anything of a person, whatever is being done.
const FIELDS: [&str; 25] = [
    "came", "changes", "faults", "height", "how", "kept", "keys", "kind", "known", "layout", "log", "lost",
    "minutes", "moved", "ms", "place", "replayed", "safe", "served", "sessions", "signal", "version", "way",
    "why", "width",
];

#[test]
fn no_line_of_the_log_has_a_field_that_could_hold_more() {
    let mut files = Vec::new();
    find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut seen = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "rs")) {
        let code = fs::read_to_string(file).unwrap();
        let code = code.split("#[cfg(test)]").next().unwrap();
        for level in ["error", "warn", "info", "debug", "trace"] {
            for call in code.split(&format!("tracing::{level}!(")).skip(1).map(inside) {
                seen += 1;
                let end = call.rfind('"').unwrap();
                let start = call[..end].rfind('"').unwrap();
                assert!(!call[start..end].contains('{'), "{}: {call}", file.display());
                for field in call[..start].split(',').map(str::trim).filter(|field| !field.is_empty()) {
                    let (name, value) = field.split_once('=').unwrap_or((field, ""));
                    let name = name.trim().trim_start_matches('?');
                    assert!(FIELDS.contains(&name), "{}: '{name}' in {call}", file.display());
                    let is_bare = ["error.logged()", "error.kind().to_string()"].contains(&value.trim());
                    assert!(name != "why" || is_bare, "{}: {call}", file.display());
                }
            }
        }
    }
    assert!(seen > 15, "only {seen} were found");
}

/// What stands before the bracket that closes a call.
fn inside(rest: &str) -> &str {
    let (mut depth, mut quoted) = (0, false);
    let end = rest.find(|c| {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    &rest[..end.unwrap()]
}

#[test]
fn a_log_is_written_by_the_setting_and_its_folder_may_be_missing() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    let session = |home: &Path| {
        let mut screen = floor.begin(&["--now", NOW]);
        screen.until("Start");
        screen.signal("TERM");
        assert_eq!(screen.end(), 143);
        logged(home)
    };
    let settings = home.path().join("corral").join("settings.toml");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    fs::write(&settings, "log = \"off\"\n").unwrap();
    fs::remove_dir_all(home.path().join("corral").join("log")).unwrap();
    assert_eq!(session(home.path()), "");
    fs::write(&settings, "log = \"info\"\n").unwrap();
    let log = session(home.path());
    assert!(log.contains("a session begins") && !log.contains("DEBUG"), "{log}");
    // no log, and nothing else is different
    fs::remove_dir_all(home.path().join("corral").join("log")).unwrap();
    fs::write(home.path().join("corral").join("log"), "in the way").unwrap();
    assert_eq!(session(home.path()), "");
}
