//! Backups: made while others write, checked, kept by rules, put back with what would be lost told before.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use corral::domain::id::{CustomerId, IdMaker, UserId, WriteId};
use corral::domain::lists::Lane;
use corral::domain::origin::Origin;
use corral::domain::time::Timestamp;
use corral::runtime::backups::{self, Backups, Looked, Plan};
use corral::store::backup::{self, Keep, Manifest, When, manifest};
use corral::store::change::{Change, WorkChange, Write};
use corral::store::verify::verify;
use corral::store::worker::Store;
use corral::store::{Db, StoreError};
use serde_json::json;

use crate::floor::Floor;
use crate::program::{MORNING, Program};
use crate::store_base::undo::add;

fn made(db: &mut Db, to: &Path, at: Timestamp) -> Result<backup::Made, StoreError> {
    backup::make(db, (to, None), at, &mut |_| {}, |_, _| Ok(()))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn task(customer: CustomerId, at: Timestamp) -> Change {
    Change::Work(WorkChange::AddTask { customer, lane: Lane::Call, due_at: at, words: String::new() })
}

#[test]
fn a_backup_is_one_file_with_a_manifest_that_says_what_is_in_it() {
    let mut floor = Floor::new();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("one.db");
    let now = floor.now();
    let made = made(&mut floor.db, &to, now).unwrap();
    assert_eq!(names(folder.path()), ["one.db", "one.db.manifest.json"]);
    let manifest = made.manifest;
    assert_eq!(manifest, Manifest::read(&to).unwrap());
    let head = &floor.rows("SELECT rev, hash FROM journal ORDER BY rev DESC LIMIT 1")[0];
    assert_eq!([manifest.journal.number.to_string(), manifest.journal.seal.clone()], head[..]);
    let head = &floor.rows("SELECT number, seal FROM audit ORDER BY number DESC LIMIT 1")[0];
    assert_eq!([manifest.audit.number.to_string(), manifest.audit.seal.clone()], head[..]);
    assert_eq!(manifest.bytes, fs::metadata(&to).unwrap().len());
    assert_eq!((manifest.at, manifest.differences), (now, 0));
    let rows: u64 = floor.db.rows().unwrap().iter().map(|(_, rows)| rows).sum();
    assert_eq!(manifest.rows, rows);
    // looking at it leaves nothing beside it
    assert!(backup::check(&to, None).unwrap().is_sound());
    assert_eq!(names(folder.path()), ["one.db", "one.db.manifest.json"]);
    // and one that is there is not touched
    assert_eq!(super::backup::made(&mut floor.db, &to, now).unwrap_err().code(), "exists");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_backup_made_while_everybody_writes_has_all_that_was_acknowledged_before() {
    let mut floor = Floor::new();
    let (rep, now) = (floor.rep, floor.now());
    let customers: Vec<CustomerId> =
        (0..4).map(|n| add(&mut floor, &format!("家庭{n}"), &format!("+861380000000{n}"))).collect();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("busy.db");
    let store = Store::open(&floor.path()).unwrap();
    let (over, acknowledged) = (AtomicBool::new(false), Mutex::new(BTreeSet::new()));
    let before = std::thread::scope(|scope| {
        for (writer, customer) in customers.iter().enumerate() {
            let (store, over, acknowledged) = (&store, &over, &acknowledged);
            scope.spawn(move || {
                let mut n = 0;
                while !over.load(Ordering::SeqCst) {
                    n += 1;
                    let at = Timestamp(now.0 + n);
                    let random = (writer as u64) << 16;
                    let id = WriteId(IdMaker::new(at, random).make());
                    let change = task(*customer, Timestamp(at.0 + 60_000));
                    store.make(Write { id, by: rep, at, from: Origin::Local, change }).unwrap();
                    acknowledged.lock().unwrap().insert(id.0);
                }
            });
        }
        let enough = |n: usize| {
            let since = Instant::now();
            while acknowledged.lock().unwrap().len() < n {
                assert!(since.elapsed() < Duration::from_mins(2), "nobody writes");
                std::thread::yield_now();
            }
        };
        enough(40);
        let before = acknowledged.lock().unwrap().clone();
        made(&mut floor.db, &to, now).unwrap();
        // they wrote all the time
        let during = acknowledged.lock().unwrap().len();
        enough(during + 4);
        over.store(true, Ordering::SeqCst);
        before
    });
    drop(store);
    let restored = folder.path().join("restored.db");
    let checked = backup::check(&to, None).unwrap();
    assert_eq!(checked.differences, []);
    backup::restore((&to, &checked.manifest, None), &restored, 0, now).unwrap();
    let mut db = Db::open(&restored).unwrap();
    assert!(verify(&mut db).unwrap().ok);
    drop(db);
    let there = crate::ground::rows(&restored, "SELECT write_id FROM journal");
    let there: BTreeSet<i64> = there.iter().map(|row| row[0].parse().unwrap()).collect();
    let lost: Vec<&i64> = before.difference(&there).collect();
    assert!(lost.is_empty(), "{} of {} are not in the backup", lost.len(), before.len());
}

#[test]
fn a_backup_that_was_altered_cut_off_or_left_without_its_manifest_is_told_from_a_good_one() {
    let mut floor = Floor::new();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("one.db");
    let now = floor.now();
    made(&mut floor.db, &to, now).unwrap();
    let whole = fs::read(&to).unwrap();
    let mut altered = whole.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    fs::write(&to, &altered).unwrap();
    let found = backup::check(&to, None).unwrap();
    assert_eq!(found.differences.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["sha256"]);
    assert!(!found.is_sound());
    fs::write(&to, &whole[..whole.len() - 4_096]).unwrap();
    let found = backup::check(&to, None).unwrap();
    assert_eq!(found.differences.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["bytes", "sha256"]);
    fs::write(&to, &whole).unwrap();
    assert!(backup::check(&to, None).unwrap().is_sound());
    fs::remove_file(Manifest::beside(&to)).unwrap();
    assert_eq!(backup::check(&to, None).unwrap_err().code(), "no_manifest");
    assert_eq!(manifest::list(folder.path()).unwrap(), []);
    fs::remove_file(&to).unwrap();
    assert_eq!(manifest::list(folder.path()).unwrap(), []);
    assert_eq!(manifest::list(&folder.path().join("none")).unwrap(), []);
}

#[test]
fn a_bent_trail_is_in_its_backup_and_counted_and_a_worse_copy_is_not_sound() {
    let mut floor = Floor::new();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("one.db");
    floor.tamper("DROP TRIGGER audit_no_UPDATE; UPDATE audit SET why = 'x' WHERE number = 2");
    let now = floor.now();
    let made = made(&mut floor.db, &to, now).unwrap();
    assert_eq!((made.manifest.differences, made.differences[0].kind), (1, "audit_seal"));
    let mut checked = backup::check(&to, None).unwrap();
    assert!(checked.is_sound(), "the database has the same");
    checked.manifest.differences = 0;
    assert!(!checked.is_sound());
}

/// A floor with a backup and three changes since: two of the rep's, one of the lead's.
fn gone_on(folder: &Path) -> (Floor, PathBuf) {
    let mut floor = Floor::new();
    let customer = add(&mut floor, "王小明", "+8613800138000");
    let (rep, lead, now) = (floor.rep, floor.lead, floor.now());
    let to = folder.join("one.db");
    made(&mut floor.db, &to, now).unwrap();
    for by in [rep, rep, lead] {
        floor.pass_minutes(1);
        let at = floor.now();
        floor.write(by, task(customer, Timestamp(at.0 + 60_000))).unwrap();
    }
    (floor, to)
}

#[test]
fn what_would_be_lost_is_counted_by_kind_and_person() {
    let folder = tempfile::tempdir().unwrap();
    let (mut floor, to) = gone_on(folder.path());
    let manifest = Manifest::read(&to).unwrap();
    let losses = backup::losses(&mut floor.db, &manifest).unwrap();
    assert_eq!((losses.changes, losses.is_own, losses.audit), (3, true, 0));
    let first = "2026-11-16T10:01:00+08:00".parse().unwrap();
    let last = "2026-11-16T10:03:00+08:00".parse().unwrap();
    assert_eq!(losses.between, Some((first, last)));
    let told: Vec<(UserId, &str, &str, u64)> = losses
        .rows
        .iter()
        .map(|loss| (loss.by, loss.name.as_str(), loss.kind.as_str(), loss.changes))
        .collect();
    assert_eq!(told, [(floor.rep, "王芳", "work.add_task", 2), (floor.lead, "孙组长", "work.add_task", 1)]);
    // a backup of another floor has nothing in common with it
    let mut other = Floor::new();
    let manager = other.manager;
    let set = corral::store::change::PeopleChange::SetUser {
        user: other.rep,
        name: Some("x".to_owned()),
        role: None,
        team: None,
        rank: None,
        job: None,
        state: None,
        coach: None,
    };
    other.write(manager, Change::People(set)).unwrap();
    let (there, now) = (folder.path().join("other.db"), other.now());
    made(&mut other.db, &there, now).unwrap();
    let losses = backup::losses(&mut floor.db, &Manifest::read(&there).unwrap()).unwrap();
    assert!(!losses.is_own);
    assert_eq!(losses.changes, u64::try_from(floor.db.revision().unwrap()).unwrap());
}

#[test]
fn a_database_gives_way_only_to_who_knows_what_is_lost_and_stays_aside() {
    let folder = tempfile::tempdir().unwrap();
    let (floor, to) = gone_on(folder.path());
    let place = floor.path();
    let copy = folder.path().join("floor.db");
    floor.db.copy_to(&copy).unwrap();
    drop(floor);
    assert!(!place.exists());
    let manifest = Manifest::read(&to).unwrap();
    let now = "2026-11-16T11:00:00+08:00".parse().unwrap();
    let mut before = fs::read(&copy).unwrap();
    for agreed in [0, 2, 4] {
        let refused = backup::restore((&to, &manifest, None), &copy, agreed, now).unwrap_err();
        assert_eq!(refused.code(), "would_lose");
        assert!(refused.to_string().contains("--yes-lose 3"), "{refused}");
        // a log is kept again
        assert_eq!(crate::ground::rows(&copy, "PRAGMA journal_mode"), [["wal"]]);
        before = fs::read(&copy).unwrap();
    }
    // while somebody has it open nothing is done
    let held = Db::open(&copy).unwrap();
    let refused = backup::restore((&to, &manifest, None), &copy, 3, now).unwrap_err();
    assert_eq!(refused.code(), "busy", "{refused}");
    drop(held);
    assert_eq!(fs::read(&copy).unwrap(), before);
    let aside = backup::restore((&to, &manifest, None), &copy, 3, now).unwrap().unwrap();
    assert_eq!(aside, folder.path().join("floor.db.before-20261116T030000Z"));
    let revision = |path: &Path| Db::open(path).unwrap().revision().unwrap();
    assert_eq!((revision(&copy), revision(&aside)), (manifest.journal.number, manifest.journal.number + 3));
    for path in [&copy, &aside] {
        assert!(verify(&mut Db::open(path).unwrap()).unwrap().ok, "{}", path.display());
    }
    let left: Vec<String> =
        names(folder.path()).into_iter().filter(|name| name.contains("restoring")).collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn the_command_makes_lists_checks_keeps_and_puts_back() {
    let program = Program::with("edu-english", &["wang"]);
    if crate::ground::is_server() {
        return;
    }
    let made: Vec<String> = ["10", "11", "12"]
        .iter()
        .map(|hour| {
            let now = format!("2026-11-17T{hour}:00:00+08:00");
            let made = program.json(&now, &["backup", "--keep-count", "2"]);
            assert_eq!(made["ok"], true);
            made["file"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(made[0].ends_with("corral.db-backups/corral-20261117T020000Z.db"), "{}", made[0]);
    let listed = program.json(MORNING, &["backup", "list"]);
    let files: Vec<&str> =
        listed["backups"].as_array().unwrap().iter().map(|b| b["file"].as_str().unwrap()).collect();
    assert_eq!(files, [&made[2], &made[1]], "the third of three is not kept");
    assert_eq!(program.json(MORNING, &["backup", "check", &made[2]])["ok"], true);
    // it is on record, the one before it already in the backup
    assert_eq!(program.number("SELECT count(*) FROM audit WHERE kind = 'backed_up'"), 3);
    // a rep makes none
    let (status, error) = program.refused(MORNING, &["backup", "--user", "wang"]);
    assert_eq!((status, &error["code"]), (1, &json!("forbidden")));
    // something happens, and the backup is wanted back
    program.json("2026-11-17T13:00:00+08:00", &["user", "set", "wang", "--name", "王芳"]);
    let back = ["restore", made[2].as_str(), "--to", "corral.db"];
    let told = program.json(MORNING, &[&back[..], &["--dry-run"]].concat());
    assert_eq!((&told["lost"]["changes"], &told["restored"]), (&json!(1), &json!(false)));
    assert_eq!(told["lost"]["by"][0]["kind"], "people.set_user");
    // the backup's own row, and the change's, and that of the refusal
    assert_eq!(told["lost"]["audit"], 3);
    let output = program.command(&back).args(["--lang", "en", "--now", MORNING]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("Corral") && said.contains("people.set_user") && said.contains("--yes-lose 1"),
        "{said}"
    );
    let done = program.json("2026-11-17T14:00:00+08:00", &[&back[..], &["--yes-lose", "1"]].concat());
    assert_eq!(done["restored"], true);
    assert_eq!(program.rows("SELECT name FROM person_user WHERE login = 'wang'"), [["wang"]]);
    let row = &program.rows("SELECT was, about FROM audit WHERE kind = 'database_restored'")[0];
    assert_eq!(row[0], "1 changes that are lost");
    assert!(program.folder().join(done["aside"].as_str().unwrap()).exists());
    program.verified();
    // a file that is no backup is not put back
    let (_, error) = program.refused(MORNING, &["restore", "corral.db", "--to", "new.db"]);
    assert_eq!(error["code"], "no_manifest");
}

#[test]
fn a_plan_is_kept_by_the_clock_and_one_that_fails_is_on_record_once() {
    let mut floor = Floor::new();
    if crate::ground::is_server() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (backups, db) = (Backups::default(), floor.path());
    let mut plan = Plan {
        when: When::Every(Duration::from_hours(24)),
        folder: folder.path().join("kept"),
        keep: Keep { days: None, count: Some(2) },
        keys: Vec::new(),
    };
    let noon = floor.now();
    let hours = |n: u64| noon.plus(Duration::from_hours(n));
    let look = |plan: &Plan, hour| backups::look(&backups, Some(plan), &db, hours(hour));
    let made: Vec<bool> =
        [0, 23, 24, 47, 48, 60, 72].map(|hour| look(&plan, hour) == Looked::Good).into_iter().collect();
    assert_eq!(made, [true, false, true, false, true, false, true]);
    // of four the newest two are kept
    let kept: Vec<Timestamp> =
        manifest::list(&plan.folder).unwrap().into_iter().map(|found| found.manifest.at).collect();
    assert_eq!(kept, [hours(72), hours(48)]);
    let standing = backups.standing().unwrap();
    assert_eq!((standing.last, standing.due, standing.made), (Some(hours(72)), Some(hours(96)), 4));
    // one made by hand counts as well
    made_at(&mut floor.db, &plan.folder, hours(90));
    assert_eq!(look(&plan, 96), Looked::Waits);
    assert_eq!(backups.standing().unwrap().due, Some(hours(114)));
    // the folder is gone, and a file stands there
    plan.folder = folder.path().join("file");
    fs::write(&plan.folder, "x").unwrap();
    for hour in [120, 121, 122] {
        assert!(matches!(look(&plan, hour), Looked::Failed(..)));
    }
    let rows = floor.rows("SELECT kind FROM audit WHERE kind = 'backup_failed' OR kind = 'backed_up'");
    assert_eq!(rows.len(), 5, "{rows:?}");
    let standing = backups.standing().unwrap();
    assert_eq!((standing.failures, standing.last), (3, Some(hours(90))));
    // nothing is asked for any more
    assert_eq!(backups::look(&backups, None, &db, hours(123)), Looked::Waits);
    assert_eq!(backups.standing(), None);
}

/// One made by hand.
fn made_at(db: &mut Db, folder: &Path, at: Timestamp) {
    made(db, &folder.join(backup::name(at)), at).unwrap();
}

#[test]
fn what_a_backup_that_was_cut_off_left_is_cleared_away_a_day_later_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let days_ago = |name: &str, days: u64| {
        let path = folder.path().join(name);
        fs::write(&path, "x").unwrap();
        let then = std::time::SystemTime::now() - Duration::from_hours(24 * days);
        fs::File::options().write(true).open(&path).unwrap().set_modified(then).unwrap();
    };
    for name in
        ["a.db.part", "a.db.part-journal", "b.db.manifest.json", "notes.txt", "c.db", "c.db.manifest.json"]
    {
        days_ago(name, 2);
    }
    days_ago("d.db.part", 0);
    manifest::clear(folder.path());
    assert_eq!(names(folder.path()), ["c.db", "c.db.manifest.json", "d.db.part", "notes.txt"]);
}

#[test]
fn of_a_server_it_is_told_how_its_own_backups_stand() {
    if !crate::cluster::wanted() {
        return;
    }
    let address = crate::cluster::shared().database();
    drop(Db::create(Path::new(&address)).unwrap());
    let program = Program::on(PathBuf::from(&address));
    let output = program.command(&["backup", "--json"]).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    // a server that was made a moment ago keeps nothing elsewhere
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((&told["ok"], &told["archive_mode"]), (&json!(false), &json!("off")));
    assert_eq!((&told["has_command"], &told["last_kept_seconds"]), (&json!(false), &json!(null)));
    assert!(told["version"].as_str().unwrap().starts_with("PostgreSQL "), "{told}");
    assert_eq!(told["unseen"], json!([]));
    let output = program.command(&["backup", "--lang", "zh"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("archive_mode 为 off") && said.contains("没有设置 archive_command"), "{said}");
    // and nothing is copied from it as from a file
    let (_, error) = program.refused(MORNING, &["restore", "none.db", "--to", address.as_str()]);
    assert_eq!(error["code"], "no_manifest");
}
