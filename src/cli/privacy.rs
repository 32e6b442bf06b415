//! `corral privacy`: what is held of a person handed out, erased, and who was.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::args::{Gather, Privacy};
use crate::cli::db::columns;
use crate::cli::draft::Draft;
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, when};
use crate::domain::clean::clean;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::AuditKind;
use crate::domain::time::{Timestamp, Zone};
use crate::runtime::backups::Plan;
use crate::store::backup::{self, manifest};
use crate::store::change::{About, Change, Note, PrivacyChange};
use crate::store::engine;
use crate::store::privacy::erase::{self, Before};
use crate::store::privacy::retain::{self, Due};
use crate::store::privacy::{self, Entry, journal, list, traces};
use crate::store::{Db, StoreError};
use crate::text::{Text, Words};

/// Does what is asked; answers with the exit status.
pub fn run(local: &mut Local, wanted: &Privacy) -> Result<u8, Failure> {
    let by = local.keeper()?;
    let now = local.now();
    let zone = match privacy::may(local.db()?, by, now) {
        Ok(zone) => zone,
        Err(refused) => return Err(local.refuse(by, "privacy", refused.into())),
    };
    match wanted {
        Privacy::Export(wanted) => gather(local, (by, zone), wanted).map(|()| 0),
        Privacy::Erase { customer, why, yes } => erase(local, (by, zone), (*customer, why), *yes),
        Privacy::Retain { dry_run } => retain(local, by, *dry_run).map(|()| 0),
        Privacy::Erased => erased(local, zone).map(|()| 0),
        Privacy::Again { list } => {
            let entries = list::read(list)?;
            let again = again(local, by, &entries, Timestamp(i64::MIN))?;
            told_again(local, &again).map(|()| 0)
        }
    }
}

fn gather(local: &mut Local, (by, zone): (UserId, Zone), wanted: &Gather) -> Result<(), Failure> {
    let now = local.now();
    let (about, document) = match (&wanted.user, wanted.customer) {
        (Some(login), _) => {
            let user = local.user_named(login)?.id;
            (About::User(user), privacy::gather_user(local.db()?, user, (zone, now))?)
        }
        (None, Some(customer)) => {
            let document = privacy::gather(local.db()?, (customer, wanted.person), (zone, now))?;
            (About::Customer(customer), document)
        }
        (None, None) => return Err(Failure::usage("name a customer, or a user with --of LOGIN")),
    };
    // on record before anything leaves
    let to =
        wanted.out.as_ref().map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
    local
        .note(by, Note::new(AuditKind::PrivacyExported, about).changed("", to).because(wanted.why.clone()))?;
    let Some(path) = &wanted.out else {
        return output::answer(true, &document, Vec::new);
    };
    let draft = Draft::beside(path);
    let mut file = draft.create()?;
    private(&draft.path);
    writeln!(file, "{}", serde_json::to_string_pretty(&document).unwrap_or_default())?;
    file.sync_all()?;
    drop(file);
    draft.publish()?;
    let name = path.display().to_string();
    output::answer(local.json, &json!({ "file": name }), || {
        vec![local.words.fill(Text("privacy.written"), &[("file", &clean(&name))])]
    })
}

/// Nobody else reads a file with what is held of a person.
fn private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // a device or a pipe has rights of its own
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    }
}

fn erase(
    local: &mut Local,
    (by, zone): (UserId, Zone),
    (customer, why): (CustomerId, &str),
    yes: bool,
) -> Result<u8, Failure> {
    let now = local.now();
    let before = erase::before(local.db()?, customer, now)?;
    let (rows, until) = journal::find(local.db()?, customer)?;
    let backups = backups_with(local, now);
    let mut shape = json!({
        "customer": customer,
        "erased": false,
        "rows": before.rows.iter().map(|(table, rows)| ((*table).to_owned(), json!(rows)))
            .collect::<serde_json::Map<_, _>>(),
        "journal_rows": rows.len(),
        "barred_until": before.barred.map(|until| when(zone, until)),
        "backups": backups.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
    });
    let words = local.words.clone();
    if !yes {
        output::answer(local.json, &shape, || {
            told_before(&words, zone, (customer, &before, rows.len()), &backups)
        })?;
        return Ok(1);
    }
    let marks = traces::marks(local.db()?, customer)?;
    let change = PrivacyChange::Erase { customer, why: why.to_owned(), rows, until };
    local.make(by, Change::Privacy(change))?;
    let entry = Entry { at: now, customer };
    list::note(&local.place.db, local.place.settings.backup_dir.as_deref().map(Path::new), entry)?;
    let drafts = forget_drafts(local, customer)?;
    let left = look(local, &marks)?;
    if let Some(object) = shape.as_object_mut() {
        object.insert("erased".to_owned(), json!(true));
        object.insert("traces".to_owned(), json!(left));
        object.insert("drafts".to_owned(), json!(drafts));
    }
    output::answer(local.json, &shape, || {
        let mut lines = vec![words.fill(Text("privacy.erased"), &[("customer", &customer)])];
        lines.extend(match left {
            None => Some(words.say(Text("privacy.server_pages")).to_owned()),
            Some(0) => Some(words.say(Text("privacy.no_traces")).to_owned()),
            Some(n) => Some(words.fill(Text("privacy.traces"), &[("n", &n)])),
        });
        lines.extend(told_backups(&words, &backups));
        lines
    })?;
    Ok(0)
}

/// What would be erased, what stays, and what else holds the person.
fn told_before(
    words: &Words,
    zone: Zone,
    (customer, before, journal): (CustomerId, &Before, usize),
    backups: &[PathBuf],
) -> Vec<String> {
    let name = clean(&before.name).into_owned();
    let mut lines = vec![words.fill(Text("privacy.would"), &[("customer", &customer), ("name", &name)])];
    let count =
        |table: &str| before.rows.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| *rows);
    lines.push(words.fill(
        Text("privacy.goes"),
        &[
            ("persons", &count("person")),
            ("contacts", &count("contact")),
            ("facts", &count("field_value")),
            ("touches", &count("touch")),
            ("notes", &count("private_note")),
            ("journal", &journal),
        ],
    ));
    lines.push(words.fill(
        Text("privacy.stays"),
        &[("orders", &count("sale_order")), ("consents", &count("consent")), ("touches", &count("touch"))],
    ));
    lines.extend(
        before.barred.map(|until| words.fill(Text("privacy.barred"), &[("until", &when(zone, until))])),
    );
    lines.extend(told_backups(words, backups));
    lines.push(words.say(Text("privacy.say_yes")).to_owned());
    lines
}

fn told_backups(words: &Words, backups: &[PathBuf]) -> Vec<String> {
    if backups.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![words.fill(Text("privacy.backups"), &[("n", &backups.len())])];
    lines.extend(backups.iter().map(|path| format!("  {}", clean(&path.display().to_string()))));
    lines
}

/// The folders of backups that are known: the usual one, and that of the settings.
fn folders(local: &Local) -> Vec<PathBuf> {
    let db = &local.place.db;
    if engine::is_server(db) {
        return Vec::new();
    }
    let mut folders = vec![backup::folder(db)];
    folders.extend(Plan::of(&local.place.settings, db, Zone::UTC).map(|plan| plan.folder));
    folders.extend(local.place.settings.backup_dir.as_ref().map(PathBuf::from));
    folders.dedup();
    folders.retain(|folder| folder.is_dir());
    folders
}

/// Backups that were made before and hold the person still.
fn backups_with(local: &Local, now: Timestamp) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = folders(local)
        .iter()
        .flat_map(|folder| manifest::list(folder).unwrap_or_default())
        .filter(|found| found.manifest.at <= now)
        .map(|found| found.path)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Takes away the notes about a customer that people of this machine have begun and not saved.
fn forget_drafts(local: &mut Local, customer: CustomerId) -> Result<usize, Failure> {
    let db = local.place.db.clone();
    let users = local.users()?;
    let tasks: Vec<i64> = local.db()?.snapshot(|tx, _| erase::tasks_of(tx, customer))?;
    let mut gone = 0;
    for user in users {
        let folder = local.place.folders(&db, &user.login).drafts;
        let names = tasks.iter().map(|task| format!("note_{task}.draft"));
        for name in names.chain([format!("note_customer_{customer}.draft")]) {
            gone += usize::from(fs::remove_file(folder.join(name)).is_ok());
        }
    }
    Ok(gone)
}

/// Brings the log into the file and looks through both for what should be there no more; `None` on a server.
fn look(local: &mut Local, marks: &[String]) -> Result<Option<usize>, Failure> {
    let place = local.place.db.clone();
    let Some(file) = local.db()?.file() else { return Ok(None) };
    // where others read what was before, it stays in the log for as long as they do, and is found there
    let _ = file.checkpoint("TRUNCATE")?;
    Ok(Some(traces::found(&place, marks)?))
}

/// Sees to what has been kept as long as the playbooks say.
fn retain(local: &mut Local, by: UserId, dry_run: bool) -> Result<(), Failure> {
    let now = local.now();
    let all = retain::due(local.db()?, now)?;
    let shape = json!({ "done": !dry_run, "playbooks": all.iter().map(|due| json!({
        "playbook": due.playbook, "customers": due.customers.len(), "touches": due.touches.len(),
        "journal_rows": due.rows.len(),
    })).collect::<Vec<_>>() });
    if !dry_run {
        for due in &all {
            for change in retain::changes(local.db()?, due)? {
                local.make(by, change)?;
            }
            for customer in &due.customers {
                let folder = local.place.settings.backup_dir.as_deref().map(Path::new);
                list::note(&local.place.db, folder, Entry { at: now, customer: *customer })?;
                forget_drafts(local, *customer)?;
            }
        }
    }
    let words = &local.words;
    output::answer(local.json, &shape, || {
        if all.is_empty() {
            return vec![words.say(Text("privacy.no_retention")).to_owned()];
        }
        let text = if dry_run { Text("privacy.would_retain") } else { Text("privacy.retained") };
        let line = |due: &Due| {
            let (customers, touches, rows) = (due.customers.len(), due.touches.len(), due.rows.len());
            words.fill(
                text,
                &[
                    ("playbook", &clean(&due.playbook)),
                    ("customers", &customers),
                    ("touches", &touches),
                    ("rows", &rows),
                ],
            )
        };
        all.iter().map(line).collect()
    })
}

fn erased(local: &mut Local, zone: Zone) -> Result<(), Failure> {
    let all = erase::all(local.db()?)?;
    let shape = json!({ "erased": all.iter().map(|erased| json!({
        "customer": erased.customer, "at": when(zone, erased.at), "by": erased.by, "journal_rows": erased.rows,
    })).collect::<Vec<_>>() });
    let words = &local.words;
    output::answer(local.json, &shape, || {
        if all.is_empty() {
            return vec![words.say(Text("privacy.nobody")).to_owned()];
        }
        let rows: Vec<Vec<String>> =
            all.iter().map(|erased| vec![when(zone, erased.at), erased.customer.to_string()]).collect();
        columns(&rows)
    })
}

/// Who was erased again.
pub struct Again {
    /// Erased again.
    pub erased: Vec<CustomerId>,
}

/// Erases again whom lists name who was erased after `since`: a backup from before has brought them back.
pub fn again(local: &mut Local, by: UserId, entries: &[Entry], since: Timestamp) -> Result<Again, Failure> {
    let mut erased = Vec::new();
    let mut named: Vec<CustomerId> =
        entries.iter().filter(|entry| entry.at > since).map(|entry| entry.customer).collect();
    named.sort_unstable();
    named.dedup();
    let known: Vec<CustomerId> = erase::all(local.db()?)?.into_iter().map(|erased| erased.customer).collect();
    for customer in named.into_iter().filter(|customer| !known.contains(customer)) {
        let (rows, until) = journal::find(local.db()?, customer)?;
        let why = "erased before; brought back by a backup".to_owned();
        let change = PrivacyChange::Erase { customer, why, rows, until };
        match local.make(by, Change::Privacy(change)) {
            Ok(_) => erased.push(customer),
            // who came after the backup was made is not in it
            Err(Failure::Store(StoreError::NotFound { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Again { erased })
}

fn told_again(local: &Local, again: &Again) -> Result<(), Failure> {
    let shape = json!({ "erased": again.erased });
    output::answer(local.json, &shape, || {
        vec![local.words.fill(Text("privacy.again"), &[("n", &again.erased.len())])]
    })
}

/// Everybody whom the lists name that lie beside a database that is to be, and beside its backup.
pub fn listed(to: &Path, backup: &Path) -> Result<Vec<Entry>, Failure> {
    let mut all = list::read(&list::beside(to))?;
    if let Some(folder) = backup.parent() {
        all.extend(list::read(&list::within(folder))?);
    }
    Ok(all)
}

/// Everybody who was erased in a database that was put aside; one that cannot be read any more says nothing, the lists do.
pub fn listed_in(aside: &Path) -> Vec<Entry> {
    let all = Db::open(aside).and_then(|mut db| erase::all(&mut db)).unwrap_or_default();
    all.iter().map(Entry::from).collect()
}
