//! How a server's own backups stand: what `corral backup` says where the database is none of a file.

use std::time::Duration;

use serde_json::json;

use crate::cli::output::{self, Failure};
use crate::cli::session::Local;
use crate::domain::clean::clean;
use crate::store::engine::server::archive::{self, Archive};
use crate::text::format::size;
use crate::text::width::{cells, pad};
use crate::text::{Text, Words};

/// Tells how the server stands; answers with the exit status: 1 where it keeps nothing to be brought back from.
pub fn tell(local: &Local) -> Result<u8, Failure> {
    let found = archive::archive(&local.place.db)?;
    let shape = json!({
        "db": local.place.db.display().to_string(),
        "ok": found.is_kept(),
        "version": found.version,
        "archive_mode": found.mode,
        "has_command": found.has_command,
        "wal_level": found.wal_level,
        "last_kept_seconds": found.last_kept,
        "failing_seconds": found.failing,
        "slots": found.slots.iter().map(|slot| json!({
            "name": slot.name, "active": slot.is_active, "held": slot.held,
        })).collect::<Vec<_>>(),
        "unseen": found.unseen,
    });
    output::answer(local.json, &shape, || lines(&local.words, &found))?;
    Ok(u8::from(!found.is_kept()))
}

fn lines(words: &Words, found: &Archive) -> Vec<String> {
    let say = |text: &'static str| words.say(Text(text)).to_owned();
    let ago = |seconds: i64| {
        let time = spent(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
        words.fill(Text("backup.ago"), &[("time", &time)])
    };
    let mut facts = vec![
        (say("backup.server"), found.version.clone()),
        (
            say("backup.mode"),
            words.fill(Text("backup.mode_says"), &[("mode", &found.mode), ("level", &found.wal_level)]),
        ),
    ];
    if !found.has_command {
        facts.push((String::new(), say("backup.no_command")));
    }
    facts.push((say("backup.kept"), found.last_kept.map_or_else(|| say("backup.never"), ago)));
    if let Some(seconds) = found.failing {
        facts.push((say("backup.failing"), ago(seconds)));
    }
    let slots = found.slots.iter().map(|slot| {
        let held = size(u64::try_from(slot.held).unwrap_or(0));
        let text = if slot.is_active { Text("backup.slot") } else { Text("backup.slot_idle") };
        words.fill(text, &[("name", &slot.name), ("size", &held)])
    });
    let mut names = std::iter::once(say("backup.slots")).chain(std::iter::repeat(String::new()));
    let slots: Vec<String> = slots.collect();
    let slots = if slots.is_empty() { vec![say("backup.no_slots")] } else { slots };
    facts.extend(slots.into_iter().map(|slot| (names.next().unwrap_or_default(), slot)));
    let width = facts.iter().map(|(name, _)| cells(name)).max().unwrap_or(0);
    let mut lines: Vec<String> = facts
        .into_iter()
        // what a server says may carry what steers a terminal
        .map(|(name, fact)| format!("{}  {}", pad(&name, width), clean(&fact)))
        .collect();
    lines.push(say(if found.is_kept() { "backup.server_good" } else { "backup.server_bad" }));
    lines
}

/// `40 s`, `12 min`, `5 h`.
fn spent(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ ..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}
