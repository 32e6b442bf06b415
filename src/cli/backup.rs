//! `corral backup` and `corral restore`: a whole database out of a file that is being worked on, and back.
//!
//! Not to be mixed up with `corral import customers` and its kind, which bring exported records into a database that goes on:
//! `restore` takes a file with a manifest beside it and makes it the database.

mod seal;
mod server;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::args::{Backup, BackupAsked, Restore};
use crate::cli::db::columns;
use crate::cli::output::{self, Failure};
use crate::cli::privacy;
use crate::cli::progress::Progress;
use crate::cli::session::{Local, strange, when};
use crate::domain::clean::clean;
use crate::domain::id::UserId;
use crate::domain::lists::AuditKind;
use crate::domain::time::Zone;
use crate::store::backup::{
    self, Checked, Done, Found, Keep, Losses, Made, Manifest, Opener, Round, Step, manifest,
};
use crate::store::change::{About, Note};
use crate::store::query::{Answer, Query};
use crate::store::verify::Difference;
use crate::store::{Db, StoreError, engine, write};
use crate::text::format::{grouped, size};
use crate::text::{Text, Words};

/// Makes a backup, or does what else is asked; answers with the exit status.
pub fn run(local: &mut Local, wanted: &Backup) -> Result<u8, Failure> {
    match &wanted.asked {
        Some(BackupAsked::List { folder }) => list(local, folder.as_deref()).map(|()| 0),
        Some(BackupAsked::Check { file, opening }) => check(local, file, seal::opener(opening)?.as_ref()),
        Some(BackupAsked::Key { file }) => seal::key(local, file).map(|()| 0),
        None if engine::is_server(&local.place.db) => server::tell(local),
        None => make(local, wanted),
    }
}

fn make(local: &mut Local, wanted: &Backup) -> Result<u8, Failure> {
    let by = local.keeper()?;
    let now = local.now();
    if let Err(refused) = backup::may(local.db()?, by, now) {
        return Err(local.refuse(by, "backup", refused.into()));
    }
    let folder = folder(local, wanted.to.as_deref());
    let words = local.words.clone();
    let seal = seal::seal(wanted)?;
    let mut told = Told::new(&words);
    let round = Round {
        folder: &folder,
        file: wanted.file.as_deref(),
        seal: seal.as_ref(),
        keep: Keep { days: wanted.keep_days, count: wanted.keep_count },
        id: local.write_id(),
        by,
        at: now,
        from: local.from,
    };
    let done = backup::round(local.db()?, round, &mut |step| told.hear(step));
    told.end();
    let Done { made, dropped } = done?;
    let dropped: Vec<String> = dropped.iter().map(|path| path.display().to_string()).collect();
    let shape = json!({
        "file": made.path.display().to_string(),
        "manifest": made.manifest,
        "ok": made.differences.is_empty(),
        "dropped": dropped,
        "seconds": { "copy": seconds(made.took.0), "check": seconds(made.took.1) },
    });
    output::answer(local.json, &shape, || lines(&words, &made, &dropped))?;
    Ok(u8::from(!made.differences.is_empty()))
}

fn folder(local: &Local, named: Option<&Path>) -> PathBuf {
    named.map_or_else(|| backup::folder(&local.place.db), Path::to_owned)
}

fn seconds(spent: Duration) -> f64 {
    (spent.as_secs_f64() * 1_000.0).round() / 1_000.0
}

fn spent(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn number(rows: u64) -> String {
    grouped(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// A path as it is told: it may carry what steers a terminal.
fn path(path: &Path) -> String {
    clean(&path.display().to_string()).into_owned()
}

fn lines(words: &Words, made: &Made, dropped: &[String]) -> Vec<String> {
    let manifest = &made.manifest;
    let mut lines = vec![
        words.fill(
            Text("backup.made"),
            &[
                ("file", &path(&made.path)),
                ("size", &size(manifest.bytes)),
                ("rows", &number(manifest.rows)),
                ("revision", &manifest.journal.number),
            ],
        ),
        words.fill(Text("backup.took"), &[("copy", &spent(made.took.0)), ("check", &spent(made.took.1))]),
    ];
    if let Some(sealed) = &manifest.sealed {
        let text = if sealed.with == "key" { Text("backup.sealed_key") } else { Text("backup.sealed_words") };
        lines.push(words.say(text).to_owned());
    }
    if !made.differences.is_empty() {
        lines.push(words.fill(Text("backup.differences"), &[("n", &made.differences.len())]));
    }
    lines.extend(dropped.iter().map(|file| words.fill(Text("backup.dropped"), &[("file", &clean(file))])));
    lines
}

fn list(local: &mut Local, folder_named: Option<&Path>) -> Result<(), Failure> {
    let folder = folder(local, folder_named);
    let found = manifest::list(&folder)?;
    let shape = json!({
        "folder": folder.display().to_string(),
        "backups": found.iter().map(|found| json!({
            "file": found.path.display().to_string(), "manifest": found.manifest,
        })).collect::<Vec<_>>(),
    });
    let words = &local.words;
    output::answer(local.json, &shape, || {
        if found.is_empty() {
            return vec![words.fill(Text("backup.none"), &[("folder", &path(&folder))])];
        }
        let heads = ["backup.at", "backup.size", "backup.changes", "backup.file"];
        let head = heads.map(|text| words.say(Text(text)).to_owned()).to_vec();
        let row = |found: &Found| {
            let manifest = &found.manifest;
            let file = found.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            vec![
                manifest.at.to_string(),
                size(manifest.bytes),
                manifest.journal.number.to_string(),
                clean(&file).into_owned(),
            ]
        };
        columns(&std::iter::once(head).chain(found.iter().map(row)).collect::<Vec<_>>())
    })
}

fn check(local: &Local, file: &Path, opener: Option<&Opener>) -> Result<u8, Failure> {
    let checked = backup::check(file, opener)?;
    let is_sound = checked.is_sound();
    let shape = json!({
        "file": file.display().to_string(), "ok": is_sound, "opened": checked.is_opened, "manifest": checked.manifest,
        "differences": checked.differences,
    });
    let words = &local.words;
    output::answer(local.json, &shape, || {
        let mut lines = told(&checked.differences);
        lines.push(verdict(words, file, &checked));
        lines
    })?;
    Ok(u8::from(!is_sound))
}

fn told(differences: &[Difference]) -> Vec<String> {
    let line = |d: &Difference| {
        clean(&format!("{} {}: expected {}, found {}", d.kind, d.id, d.expected, d.found)).into_owned()
    };
    differences.iter().map(line).collect()
}

fn verdict(words: &Words, file: &Path, checked: &Checked) -> String {
    let text = match (checked.is_sound(), checked.differences.is_empty()) {
        (true, _) if !checked.is_opened => Text("backup.shut"),
        (true, true) if checked.manifest.sealed.is_some() => Text("backup.opened"),
        (true, true) => Text("backup.sound"),
        (true, false) => Text("backup.unequal"),
        (false, _) => Text("backup.broken"),
    };
    words.fill(text, &[("file", &path(file)), ("n", &checked.differences.len())])
}

/// Puts a backup back; answers with the exit status: 1 where something would be lost that nobody agreed to.
pub fn restore(local: &mut Local, wanted: &Restore) -> Result<u8, Failure> {
    let opener = seal::opener(&wanted.opening)?;
    let checked = backup::check(&wanted.backup, opener.as_ref())?;
    if !checked.is_sound() {
        for line in told(&checked.differences) {
            output::note(&line);
        }
        let what = format!(
            "'{}' is not what its manifest says, or not whole; take another backup",
            wanted.backup.display()
        );
        return Err(Failure::failed("bad_backup", what));
    }
    let there = wanted.to.symlink_metadata().is_ok();
    let now = local.now();
    let (losses, zone) = if there { standing(local, wanted, &checked)? } else { (None, Zone::UTC) };
    let changes = losses.as_ref().map_or(0, |losses| losses.changes);
    let agreed = changes == 0 || wanted.yes_lose == Some(changes);
    let words = local.words.clone();
    let said =
        losses.as_ref().map(|losses| difference(&words, zone, &checked.manifest, losses)).unwrap_or_default();
    let mut shape = json!({
        "backup": wanted.backup.display().to_string(),
        "to": wanted.to.display().to_string(),
        "manifest": checked.manifest,
        "lost": losses.as_ref().map(|losses| lost(zone, losses)),
        "restored": false,
    });
    if wanted.dry_run {
        output::answer(local.json, &shape, || said)?;
        return Ok(0);
    }
    if !agreed {
        for line in &said {
            output::note(line);
        }
        return Err(backup::restore::would_lose(&wanted.to, changes).into());
    }
    // a list that cannot be read stops it: somebody would come back unseen
    let mut listed = privacy::listed(&wanted.to, &wanted.backup)?;
    // nobody holds the file that is to go
    drop(local.give_db());
    let backup = (wanted.backup.as_path(), &checked.manifest, opener.as_ref());
    let aside = backup::restore(backup, &wanted.to, changes, now)?;
    note(local, wanted, &checked, changes)?;
    listed.extend(aside.as_deref().map(privacy::listed_in).unwrap_or_default());
    let again = privacy::again(local, Db::SYSTEM, &listed, checked.manifest.at)?;
    if let Some(object) = shape.as_object_mut() {
        object.insert("restored".to_owned(), json!(true));
        object.insert("erased_again".to_owned(), json!(again.erased));
        object.insert("aside".to_owned(), json!(aside.as_ref().map(|aside| aside.display().to_string())));
    }
    output::answer(local.json, &shape, || {
        let mut lines = said;
        lines.push(
            words.fill(Text("restore.done"), &[("to", &path(&wanted.to)), ("backup", &path(&wanted.backup))]),
        );
        if !again.erased.is_empty() {
            lines.push(words.fill(Text("privacy.again"), &[("n", &again.erased.len())]));
        }
        lines.extend(aside.map(|aside| words.fill(Text("restore.aside"), &[("aside", &path(&aside))])));
        lines
    })?;
    Ok(0)
}

/// What the database that is there would lose; refuses who may not put a backup in its place.
fn standing(
    local: &mut Local,
    wanted: &Restore,
    checked: &Checked,
) -> Result<(Option<Losses>, Zone), Failure> {
    if engine::is_server(&wanted.to) {
        return Err(Failure::usage(
            "a server is not put back from a file; 'corral backup' on it says what to use",
        ));
    }
    let mut db = Db::open(&wanted.to).map_err(|error| match error {
        StoreError::Busy { .. } => error,
        error => StoreError::Invalid {
            code: "unreadable",
            what: format!("what is at '{}' cannot be read ({error}), so nobody can say what would be lost; move it away and restore again", wanted.to.display()),
        },
    })?;
    let by = match local.login() {
        Some(login) => named(&mut db, login)?,
        None => Db::SYSTEM,
    };
    backup::may(&mut db, by, local.now())?;
    let zone = db.snapshot(|tx, books| write::zone_of(tx, books, by))?;
    Ok((Some(backup::losses(&mut db, &checked.manifest)?), zone))
}

fn named(db: &mut Db, login: &str) -> Result<UserId, Failure> {
    match db.read(&Query::UserNamed(login.to_owned()))? {
        Answer::Users(found) => match found.first() {
            Some(user) => Ok(user.id),
            None => Err(StoreError::NotFound { kind: "user", id: login.to_owned(), hint: None }.into()),
        },
        _ => Err(strange()),
    }
}

/// The restored database says itself that it was put back.
fn note(local: &mut Local, wanted: &Restore, checked: &Checked, lost: u64) -> Result<(), Failure> {
    let mut db = Db::open(&wanted.to)?;
    let by = match local.login() {
        // who came after the backup was made is not in it
        Some(login) => named(&mut db, login).unwrap_or(Db::SYSTEM),
        None => Db::SYSTEM,
    };
    local.use_db(db);
    let before = if lost > 0 { format!("{lost} changes that are lost") } else { String::new() };
    let after = format!("backup of {}, sha256 {}", checked.manifest.at, checked.manifest.sha256);
    let about = About::thing("file", wanted.backup.display().to_string());
    local.note(by, Note::new(AuditKind::DatabaseRestored, about).changed(before, after))
}

fn lost(zone: Zone, losses: &Losses) -> Value {
    json!({
        "own": losses.is_own,
        "common": losses.common,
        "changes": losses.changes,
        "audit": losses.audit,
        "from": losses.between.map(|(first, _)| when(zone, first)),
        "until": losses.between.map(|(_, last)| when(zone, last)),
        "by": losses.rows.iter().map(|loss| json!({
            "user": loss.by, "name": loss.name, "kind": loss.kind, "changes": loss.changes,
        })).collect::<Vec<_>>(),
    })
}

/// What differs between the backup and the database, for people.
fn difference(words: &Words, zone: Zone, backup: &Manifest, losses: &Losses) -> Vec<String> {
    let at = when(zone, backup.at);
    let mut lines =
        vec![words.fill(Text("restore.backup"), &[("at", &at), ("revision", &backup.journal.number)])];
    if !losses.is_own {
        lines.push(words.say(Text("restore.other")).to_owned());
    }
    if losses.changes == 0 {
        lines.push(words.say(Text("restore.nothing")).to_owned());
        return lines;
    }
    lines.push(
        words.fill(Text("restore.database"), &[("changes", &losses.changes), ("audit", &losses.audit)]),
    );
    if let Some((first, last)) = losses.between {
        let (first, last) = (when(zone, first), when(zone, last));
        lines.push(words.fill(Text("restore.between"), &[("first", &first), ("last", &last)]));
    }
    let head = ["restore.who", "restore.kind", "restore.count"]
        .map(|text| words.say(Text(text)).to_owned())
        .to_vec();
    let rows = losses
        .rows
        .iter()
        .map(|loss| vec![clean(&loss.name).into_owned(), loss.kind.clone(), number(loss.changes)]);
    lines.extend(columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>()));
    lines
}

/// A backup that takes longer says what is being done.
const LONG: Duration = Duration::from_secs(2);

/// Says how far the backup is.
struct Told<'a> {
    words: &'a Words,
    begun: Instant,
    progress: Option<Progress>,
}

impl<'a> Told<'a> {
    fn new(words: &'a Words) -> Self {
        Self { words, begun: Instant::now(), progress: None }
    }

    fn hear(&mut self, step: Step) {
        match step {
            Step::Copied(copied, all) => self.progress.get_or_insert_with(|| Progress::new(all)).at(copied),
            Step::Verifying => self.phase(Text("backup.verifying")),
            Step::Sealing => self.phase(Text("backup.sealing")),
            Step::Hashing => self.phase(Text("backup.hashing")),
        }
    }

    fn phase(&mut self, text: Text) {
        self.end();
        if self.begun.elapsed() >= LONG {
            output::note(&format!("corral: {}", self.words.say(text)));
        }
    }

    fn end(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.end();
        }
    }
}
