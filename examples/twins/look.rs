//! What both twins show, byte for byte: the program's own commands, each in a process of its own, and the content of every table.

use std::path::Path;
use std::process::{Command, Output};

use corral::domain::lists::Role;
use corral::domain::time::Timestamp;
use corral::store::copy::content;
use corral::store::migrate::layout::{self, Layout};
use corral::store::query::Viewer;
use corral::store::query::{Answer, Query, UserRow};

use crate::Twin;
use crate::error::{Failed, print};

/// Set where this program is started as `corral`.
pub const AS_CORRAL: &str = "CORRAL_TWIN";
/// Customers whose cards are compared.
const CARDS: usize = 20;
/// Texts that are looked for: names, pinyin, digits, what nobody has.
const FINDS: [&str; 8] = ["王", "李", "zhang", "wf", "138", "妈妈", "%", "nobody"];

/// Compares everything; says what was compared, or where they differ.
pub fn compare(left: &mut Twin, right: &mut Twin, (made, home): (usize, &Path)) -> Result<bool, Failed> {
    let commands = commands(left)?;
    let now = left.script.now().to_string();
    let mut bytes = 0;
    for words in &commands {
        let (mine, theirs) = (ask(left, words, (&now, home))?, ask(right, words, (&now, home))?);
        let text = |output: &Output| {
            let told =
                [&output.stdout, &output.stderr].map(|told| String::from_utf8_lossy(told).into_owned());
            format!("status {:?}\n{}{}", output.status.code(), told[0], told[1])
        };
        let (mine, theirs) = (text(&mine), text(&theirs));
        if mine != theirs {
            let place = format!("after {made} changes, 'corral {}'", words.join(" "));
            let line = mine.lines().zip(theirs.lines()).position(|(one, other)| one != other);
            let line = line.unwrap_or_else(|| mine.lines().count().min(theirs.lines().count()));
            let both = (mine.lines().nth(line), theirs.lines().nth(line));
            differs(&format!("{place}, line {line}"), both)?;
            return Ok(false);
        }
        bytes += mine.len();
    }
    let layout = without_chance();
    let (mine, theirs) = (told(left)?, told(right)?);
    if let Some((mine, theirs)) = mine.iter().zip(&theirs).find(|(mine, theirs)| mine != theirs) {
        differs(&format!("after {made} changes, settings and audit trail"), (Some(mine), Some(theirs)))?;
        return Ok(false);
    }
    let one = left.db.snapshot(|tx, _| content::all(tx, &layout, &mut |_| {}))?;
    let other = right.db.snapshot(|tx, _| content::all(tx, &layout, &mut |_| {}))?;
    let mut rows = 0;
    for (mine, theirs) in one.iter().zip(&other) {
        rows += mine.rows;
        if mine != theirs {
            let said = [mine, theirs].map(|content| format!("{} rows, {}", content.rows, content.hash));
            let place = format!("after {made} changes, table '{}'", mine.table);
            differs(&place, (said.first(), said.last()))?;
            return Ok(false);
        }
    }
    print(&format!(
        "after {made} changes: {} commands ({} KiB) and {} tables ({rows} rows) are the same",
        commands.len(),
        bytes >> 10,
        one.len()
    ))?;
    Ok(true)
}

/// The tables without what chance makes in them: the salts that hide what a hash was made of, the hashes, the seals over these.
fn without_chance() -> Layout {
    let mut layout = layout::newest();
    for table in &mut layout.tables {
        let chance: &[&str] = match table.name.as_str() {
            // an export is noted under an id of its own; those of changes stand in the journal
            "audit" => &["change_id", "personal", "seal"],
            "audit_personal" => &["salt"],
            "journal" => &["hash", "salt"],
            // the trail's head holds a seal; the others are compared as they stand
            "setting" => &["value"],
            _ => &[],
        };
        // they stand behind the key, whose places are counted
        table.columns.retain(|column| !chance.contains(&column.name.as_str()));
    }
    layout
}

/// Every setting but the one that names the newest seal of the audit trail, and what the trail says.
fn told(twin: &mut Twin) -> Result<Vec<String>, Failed> {
    let told = twin.db.snapshot(|tx, _| {
        let settings = "SELECT name, value FROM setting WHERE name <> 'audit_head' \
                        AND name <> 'journal_head' AND name <> 'privacy_key' ORDER BY name";
        let mut told = tx.all(settings, &[], |row| Ok(format!("{} = {}", row.text(0)?, row.text(1)?)))?;
        let trail = "SELECT number, at, by_user, origin, machine, kind, about, was, became, why FROM audit \
                     ORDER BY number";
        told.extend(tx.all(trail, &[], |row| {
            let number = |at| row.int(at).map(|n| n.to_string());
            let text = |at| row.text(at).map(str::to_owned);
            let mut cells = vec![number(0)?, number(1)?, number(2)?, text(3)?, text(4)?, text(5)?, text(6)?];
            cells.extend([text(7)?, text(8)?, text(9)?]);
            Ok(cells.join(" | "))
        })?);
        Ok(told)
    })?;
    Ok(told)
}

/// Says where the twins differ and what each says.
pub fn differs<T: AsRef<str>>(place: &str, (one, other): (Option<T>, Option<T>)) -> Result<(), Failed> {
    let said = |text: Option<T>| text.map_or_else(|| "nothing".to_owned(), |text| text.as_ref().to_owned());
    Ok(print(&format!("DIFFERENT {place}\n  file:   {}\n  server: {}", said(one), said(other)))?)
}

/// The commands whose answers are compared.
fn commands(twin: &mut Twin) -> Result<Vec<Vec<String>>, Failed> {
    let Answer::Users(users) = twin.db.read(&Query::Users)? else {
        return Err(Failed::Part("no users were told".to_owned()));
    };
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut add = |line: &str| all.push(line.split(' ').map(str::to_owned).collect());
    for line in ["user list", "team list", "target list", "playbook list", "outcomes", "verify"] {
        add(&format!("--json {line}"));
    }
    for records in ["customers", "deals", "touches", "tasks", "orders", "usage"] {
        add(&format!("export {records}"));
    }
    for metric in ["calls_dialed", "calls_valid", "talk_minutes", "wechat_added", "orders_won", "revenue_new"]
    {
        for period in ["day", "week", "month"] {
            for by in ["rep", "team", "coach"] {
                add(&format!("--json board --period {period} --metric {metric} --by {by}"));
            }
        }
    }
    for text in FINDS {
        add(&format!("--json customer find {text}"));
    }
    let works = |user: &&UserRow| matches!(user.role, Role::Rep | Role::Lead);
    for user in users.iter().filter(works) {
        add(&format!("--json --user {} today", user.login));
        add(&format!("--json --user {} undo --list", user.login));
        add(&format!("--json --user {} facts --metric calls_valid", user.login));
    }
    for customer in cards(twin, &users)? {
        all.push(["--json", "customer", "show", &customer].map(str::to_owned).to_vec());
    }
    Ok(all)
}

/// The newest customers of the first reps.
fn cards(twin: &mut Twin, users: &[UserRow]) -> Result<Vec<String>, Failed> {
    let mut found = Vec::new();
    for user in users.iter().filter(|user| user.role == Role::Rep) {
        let ask = Query::Customers {
            owner: Some(user.id),
            after: None,
            by: Viewer { id: user.id, now: Timestamp(0) },
            limit: CARDS / 4,
        };
        if let Answer::Found(rows) = twin.db.read(&ask)? {
            found.extend(rows.rows.iter().map(|row| row.id.to_string()));
        }
    }
    found.truncate(CARDS);
    Ok(found)
}

/// Runs this program as `corral`, with nothing of this machine's settings.
fn ask(twin: &Twin, words: &[String], (now, home): (&str, &Path)) -> Result<Output, Failed> {
    let mut command = Command::new(std::env::current_exe()?);
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
        command.env(name, home);
    }
    for name in ["CORRAL_USER", "CORRAL_SETTINGS", "CORRAL_KEYS"] {
        command.env_remove(name);
    }
    command
        .env(AS_CORRAL, "1")
        .env("LANG", "C.UTF-8")
        .arg("--db")
        .arg(&twin.place)
        .args(["--now", now])
        .args(words);
    Ok(command.output()?)
}
