//! A backup that is killed leaves nothing that passes for one.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use corral::store::Db;
use corral::store::backup::{self, manifest};

/// Rows of many bytes, so that there is something to copy: 48 MiB.
const ROWS: usize = 48;

fn floor(folder: &Path) {
    let path = folder.join("floor.db");
    drop(Db::create(&path).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    let many = format!(
        "INSERT INTO setting WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) \
         SELECT 'filler ' || i, hex(randomblob(524288)) FROM n"
    );
    connection.execute_batch(&many).unwrap();
}

/// What lies in the folder of backups: whole ones, and everything else by name.
fn found(folder: &Path) -> (usize, Vec<String>) {
    let backups = manifest::list(folder).unwrap();
    for backup in &backups {
        let checked = backup::check(&backup.path, None).unwrap();
        assert_eq!(checked.differences, [], "{} is listed and not whole", backup.path.display());
    }
    let Ok(all) = fs::read_dir(folder) else { return (0, Vec::new()) };
    let mut others: Vec<String> = all.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    others.retain(|name| {
        !backups.iter().any(|backup| name.starts_with(backup.path.file_name().unwrap().to_str().unwrap()))
    });
    (backups.len(), others)
}

fn is_part(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "part")
}

#[test]
fn a_backup_that_is_killed_leaves_nothing_that_passes_for_one() {
    let home = tempfile::tempdir().unwrap();
    floor(home.path());
    let folder = home.path().join("floor.db-backups");
    let begin = |minute: u64| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corral"));
        command.current_dir(home.path()).env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path());
        command.env_remove("CORRAL_DB").env_remove("CORRAL_USER").stdout(Stdio::null()).stderr(Stdio::null());
        let now = format!("2026-11-17T10:{:02}:{:02}+08:00", minute / 60, minute % 60);
        command.args(["--db", "floor.db", "--now", &now, "backup"]).spawn().unwrap()
    };
    let (mut killed, mut in_the_making) = (0, 0);
    // later each time, until one is done before it is killed
    for round in 0..400 {
        let mut child = begin(round);
        thread::sleep(Duration::from_millis(round * 15));
        let _ = child.kill();
        let ended = child.wait().unwrap();
        let (whole, others) = found(&folder);
        for name in &others {
            assert!(
                is_part(name) || name.ends_with(".part-journal") || name.ends_with(".manifest.json"),
                "round {round}: '{name}' could be taken for a backup"
            );
            // and what is there under another name is refused
            let path = folder.join(name);
            assert!(backup::check(&path, None).is_err(), "{name} passes for a backup");
        }
        // one may be done and killed before it says so
        if ended.success() || whole == 1 {
            assert_eq!(whole, 1, "the one that was done is there");
            assert!(
                killed > 3 && in_the_making > 0,
                "killed {killed}, in the making {in_the_making}: too fast a machine"
            );
            return;
        }
        killed += 1;
        in_the_making += usize::from(others.iter().any(|name| is_part(name)));
        assert_eq!(whole, 0);
        fs::remove_dir_all(&folder).unwrap_or_default();
    }
    panic!("no backup was ever done");
}
