//! Backups that the server makes by itself, and what it tells of them.

use serde_json::{Value, json};

use super::host::{Server, server_with};
use crate::faults::floor::NOW;
use crate::faults::pty;

/// A server with settings of its own.
fn set(settings: &str) -> Option<(Server, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, settings.replace("FOLDER", folder.path().to_str().unwrap())).unwrap();
    Some((server_with(&["--settings", file.to_str().unwrap()])?, folder))
}

/// How the server stands, and with which exit status it is told.
fn status(server: &Server) -> (Option<i32>, Value) {
    let output = server.floor().run(&["serve", "status", "--now", NOW]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code(), told["servers"][0]["backup"].clone())
}

#[test]
fn a_server_makes_the_backup_that_is_due_and_tells_when_the_next_is() {
    let Some((server, folder)) = set("backup_hour = 2\nbackup_dir = \"FOLDER/kept\"\n") else { return };
    pty::until("a backup was made", || status(&server).1["made"] == 1);
    let (exit, told) = status(&server);
    assert_eq!((exit, &told["failed"], &told["failures"]), (Some(0), &Value::Null, &json!(0)));
    // made at 13:30 in Shanghai: the next is that of the night
    assert_eq!(
        (&told["last"], &told["due"]),
        (&json!("2026-11-24T05:30:00Z"), &json!("2026-11-24T18:00:00Z"))
    );
    let kept = folder.path().join("kept");
    let listed = server.floor().json(&["backup", "list", kept.to_str().unwrap()]);
    let file = listed["backups"][0]["file"].as_str().unwrap();
    assert!(file.ends_with("kept/corral-20261124T053000Z.db"), "{file}");
    assert_eq!(server.floor().json(&["backup", "check", file])["ok"], true);
    let trail = server.floor().json(&["audit", "list", "--kind", "backed_up"]);
    assert_eq!(trail["rows"].as_array().unwrap().len(), 1, "{trail}");
}

#[test]
fn a_backup_that_cannot_be_made_is_told_loudly() {
    // a file is where the folder should be
    let Some((server, _folder)) = set("backup_every = 24\nbackup_dir = \"FOLDER/settings.toml\"\n") else {
        return;
    };
    pty::until("a backup failed", || status(&server).1["failures"] == 1);
    let (exit, told) = status(&server);
    assert_eq!((exit, &told["failed"]["code"]), (Some(1), &json!("read_only")));
    assert_eq!((&told["last"], &told["due"]), (&Value::Null, &json!("2026-11-24T05:45:00Z")));
    let trail = server.floor().json(&["audit", "list", "--kind", "backup_failed"]);
    assert_eq!(trail["rows"].as_array().unwrap().len(), 1, "{trail}");
}
