//! `corral import leads`: from a file on disk to customers with tasks.
//!
//! The file is read through once before anything is written, so that one that cannot be read to its end leaves nothing
//! half-done; then rows go in parts of at most [`ROWS_MAX`], with a breath between, so that reps are not stopped.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::cli::args::{Import, Leads};
use crate::cli::customer::{by_phone, by_wechat};
use crate::cli::output::{self, Failure};
use crate::cli::people::team_named;
use crate::cli::session::{Local, strange};
use crate::domain::code::FieldCode;
use crate::domain::hex::hex;
use crate::domain::id::{BatchId, UserId};
use crate::domain::lists::{CustomerKind, Entity, Role, UserState};
use crate::domain::phone::Region;
use crate::intake::lead::{Context, LeadRow, lead};
use crate::intake::mapping::{self, Mapping, Target, Vocabulary};
use crate::intake::rejects::Rejects;
use crate::intake::seen::Seen;
use crate::intake::table::{Row, Table};
use crate::intake::{IntakeError, Reject};
use crate::playbook::Playbook;
use crate::store::change::customer::{
    Fate, ImportChunk, ImportRow, KnownPolicy, NewContact, NewCustomer, NewPerson,
};
use crate::store::change::{Change, CustomerChange};
use crate::store::import::ROWS_MAX;
use crate::store::query::{Answer, Query};

/// Rows looked at to propose a mapping.
const SAMPLE: usize = 50;
/// The breath between two parts: whoever waits for the write lock gets it.
const BREATH: Duration = Duration::from_millis(5);

impl From<IntakeError> for Failure {
    fn from(error: IntakeError) -> Self {
        Self::failed("bad_file", error.to_string())
    }
}

/// Runs an import command.
pub fn import(local: &mut Local, import: &Import) -> Result<(), Failure> {
    let Import::Leads(wanted) = import;
    let playbook = playbook(local, wanted)?;
    let region = Region::new(&playbook.region).map_err(|e| Failure::failed("bad_region", e.to_string()))?;
    let vocabulary = vocabulary(&playbook);
    let headers = Table::open(&wanted.file, wanted.sheet.as_deref())?.headers;
    let mapping = match &wanted.map {
        Some(map) => read_mapping(map, &headers, &vocabulary)?,
        None => propose(wanted, &headers, &vocabulary, &region)?,
    };
    if wanted.propose {
        let text = mapping.render(&headers);
        return output::answer(local.json, &json!({ "mapping": text }), || vec![text.trim_end().to_owned()]);
    }
    if !mapping.reaches() {
        let what = format!(
            "'{}' has no column that is known to be a phone, WeChat or external id; save a mapping with \
             'corral import leads FILE --propose', edit it and give it with --map",
            wanted.file.display()
        );
        return Err(Failure::failed("no_reach", what));
    }
    check_to_the_end(wanted)?;
    let region = match &mapping.region {
        Some(code) => Region::new(code).map_err(|e| Failure::failed("bad_region", e.to_string()))?,
        None => region,
    };
    let run = Run {
        context: Context { region, zone: playbook.zone },
        assign: assignees(local, &wanted.assign)?,
        by: local.keeper()?,
        known: match wanted.known.as_str() {
            "update" => KnownPolicy::Update,
            "report" => KnownPolicy::Report,
            _ => KnownPolicy::Skip,
        },
        playbook,
        mapping,
    };
    run.run(local, wanted, &headers)
}

/// The playbook that the leads are worked by: the one named, that of whoever gets them, or the only one.
fn playbook(local: &mut Local, wanted: &Leads) -> Result<std::sync::Arc<Playbook>, Failure> {
    let Answer::Playbooks(versions) = local.ask(&Query::Playbooks)? else { return Err(strange()) };
    if let Some(id) = &wanted.playbook {
        let found = versions.into_iter().find(|v| v.id == *id);
        return found
            .map(|v| v.playbook)
            .ok_or_else(|| Failure::usage(format!("there is no playbook '{id}' here")));
    }
    if let Some(&user) = assignees(local, &wanted.assign)?.first() {
        return Ok(local.me_of(user)?.playbook);
    }
    match versions.as_slice() {
        [only] => Ok(only.playbook.clone()),
        several => {
            let ids: Vec<&str> = several.iter().map(|v| v.id.as_str()).collect();
            Err(Failure::usage(format!(
                "which playbook are they worked by? give --playbook, one of {}",
                ids.join(", ")
            )))
        }
    }
}

fn vocabulary(playbook: &Playbook) -> Vocabulary {
    let fields = playbook
        .fields
        .iter()
        .filter(|f| matches!(f.on, Entity::Customer | Entity::Person))
        .map(|f| Target { code: f.code.clone(), names: vec![f.name.zh.clone(), f.name.en.clone()] })
        .collect();
    Vocabulary { fields, roles: playbook.roles.iter().map(|r| r.code.clone()).collect() }
}

fn read_mapping(map: &Path, headers: &[String], vocabulary: &Vocabulary) -> Result<Mapping, Failure> {
    let text = fs::read_to_string(map)
        .map_err(|e| Failure::failed("bad_mapping", format!("'{}' cannot be read: {e}", map.display())))?;
    mapping::read(&text, map, headers, vocabulary).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::failed("bad_mapping", lines.join("\n"))
    })
}

fn propose(
    wanted: &Leads,
    headers: &[String],
    vocabulary: &Vocabulary,
    region: &Region,
) -> Result<Mapping, Failure> {
    let table = Table::open(&wanted.file, wanted.sheet.as_deref())?;
    let sample: Vec<Vec<String>> =
        table.filter_map(Result::ok).filter_map(Result::ok).take(SAMPLE).map(|r| r.cells).collect();
    Ok(mapping::propose(headers, &sample, vocabulary, region))
}

/// A file that breaks off in the middle is refused before anything is written.
fn check_to_the_end(wanted: &Leads) -> Result<(), Failure> {
    for row in Table::open(&wanted.file, wanted.sheet.as_deref())? {
        // rows that cannot be used are told later; only the end of the reading matters here
        let _ = row?;
    }
    Ok(())
}

/// Who gets new customers in turn: nobody, a person, or the reps of a team by sign-in name.
fn assignees(local: &mut Local, to: &str) -> Result<Vec<UserId>, Failure> {
    if to == "none" {
        return Ok(Vec::new());
    }
    let users = local.users()?;
    if let Some(user) = users.iter().find(|u| u.login == to) {
        return Ok(vec![user.id]);
    }
    let team = team_named(local, to)?;
    let reps: Vec<UserId> = users
        .iter()
        .filter(|u| u.state == UserState::Active && matches!(u.role, Role::Rep | Role::Coach))
        .filter(|u| u.team.as_ref().is_some_and(|(id, _)| *id == team.id))
        .map(|u| u.id)
        .collect();
    if reps.is_empty() {
        return Err(Failure::usage(format!("team '{to}' has no reps; add some or give --assign none")));
    }
    Ok(reps)
}

struct Run {
    playbook: std::sync::Arc<Playbook>,
    mapping: Mapping,
    context: Context,
    assign: Vec<UserId>,
    by: UserId,
    known: KnownPolicy,
}

#[derive(Debug, Default)]
struct Counts {
    rows: u64,
    created: u64,
    updated: u64,
    duplicates: u64,
    rejected: u64,
    /// Duplicates by owner's name, empty for nobody's.
    owners: BTreeMap<String, u64>,
    /// Numbers that could not be read in rows that could be used all the same.
    unread: u64,
}

impl Run {
    fn run(&self, local: &mut Local, wanted: &Leads, headers: &[String]) -> Result<(), Failure> {
        let mut rejects = Rejects::new(&wanted.file, wanted.rejects.as_deref(), headers)?;
        let batch = BatchId(local.write_id().0);
        let hash = hash(&wanted.file)?;
        let file =
            wanted.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut chunk = ImportChunk {
            batch,
            file,
            hash,
            known: self.known,
            assign: self.assign.clone(),
            assigned_before: 0,
            rows: Vec::new(),
            last: false,
        };
        let mut counts = Counts::default();
        let mut cells: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        let mut seen = Seen::default();
        for row in Table::open(&wanted.file, wanted.sheet.as_deref())? {
            counts.rows += 1;
            let row: Row = match row? {
                Ok(row) => row,
                Err(reject) => {
                    reject_row(&mut rejects, &mut counts, &reject)?;
                    continue;
                }
            };
            let found = match lead(&row, &self.mapping, &self.context) {
                Ok(found) => found,
                Err(reject) => {
                    reject_row(&mut rejects, &mut counts, &reject)?;
                    continue;
                }
            };
            if seen.check(&found).is_some() {
                counts.duplicates += 1;
                continue;
            }
            counts.unread += u64::try_from(found.unread_phones.len()).unwrap_or(0);
            cells.insert(row.number, row.cells);
            chunk.rows.push(ImportRow {
                row: row.number,
                owner: found.owner.clone(),
                customer: self.customer(found),
            });
            if chunk.rows.len() == ROWS_MAX {
                self.send(local, &mut chunk, (&mut cells, &mut rejects, &mut counts))?;
                thread::sleep(BREATH);
            }
        }
        chunk.last = true;
        self.send(local, &mut chunk, (&mut cells, &mut rejects, &mut counts))?;
        let rejected = rejects.finish()?;
        let rejects_file = rejected.map(|(path, _)| path.display().to_string());
        let shape = json!({
            "batch": batch, "rows": counts.rows, "created": counts.created, "updated": counts.updated,
            "duplicates": counts.duplicates, "rejected": counts.rejected, "rejects_file": rejects_file,
            "known_owners": counts.owners, "unread_phones": counts.unread,
        });
        output::answer(local.json, &shape, || counts.lines(rejects_file.as_deref()))
    }

    /// Sends what has been gathered and files the fates.
    fn send(
        &self,
        local: &mut Local,
        chunk: &mut ImportChunk,
        (cells, rejects, counts): (&mut BTreeMap<u64, Vec<String>>, &mut Rejects, &mut Counts),
    ) -> Result<(), Failure> {
        let part = chunk.clone();
        let commit = local.make(self.by, Change::Customer(CustomerChange::Import(Box::new(part))))?;
        for fate in commit.effects.rows {
            match fate.fate {
                Fate::Created(_) => counts.created += 1,
                Fate::Updated(_) => counts.updated += 1,
                Fate::Duplicate { owner, .. } => {
                    counts.duplicates += 1;
                    *counts.owners.entry(owner).or_default() += 1;
                }
                Fate::Rejected { reason } => {
                    let cells = cells.remove(&fate.row).unwrap_or_default();
                    reject_row(rejects, counts, &Reject { row: fate.row, reason, cells })?;
                }
            }
        }
        cells.clear();
        chunk.rows.clear();
        chunk.assigned_before = counts.created;
        Ok(())
    }

    /// What a row says, as the store takes it.
    fn customer(&self, lead: LeadRow) -> NewCustomer {
        let mut contacts: Vec<NewContact> = lead.phones.into_iter().map(by_phone).collect();
        if !lead.wechat.is_empty() {
            contacts.push(by_wechat(&lead.wechat));
        }
        let on_person =
            |field: &FieldCode| self.playbook.field(field).is_some_and(|f| f.on == Entity::Person);
        let (person, customer): (Vec<_>, Vec<_>) =
            lead.custom.into_iter().partition(|(field, _)| on_person(field));
        NewCustomer {
            kind: CustomerKind::Household,
            name: lead.customer_name,
            playbook: Some(self.playbook.id.clone()),
            source: lead.source,
            city: lead.city,
            external_id: lead.external_id,
            owner: None,
            persons: vec![NewPerson {
                name: lead.name,
                roles: lead.role.into_iter().collect(),
                contacts,
                set: person,
            }],
            set: customer,
            note: lead.note,
            tags: lead.tags,
            do_not_contact: lead.do_not_call,
            created_at: lead.created_at,
        }
    }
}

fn reject_row(rejects: &mut Rejects, counts: &mut Counts, reject: &Reject) -> Result<(), Failure> {
    counts.rejected += 1;
    Ok(rejects.write(reject)?)
}

impl Counts {
    fn lines(&self, rejects: Option<&str>) -> Vec<String> {
        let mut lines = vec![format!(
            "{} rows: {} created, {} updated, {} duplicates, {} rejected",
            self.rows, self.created, self.updated, self.duplicates, self.rejected
        )];
        for (owner, n) in &self.owners {
            let owner = if owner.is_empty() { "nobody" } else { owner };
            lines.push(format!("  {n} known already, followed by {owner}"));
        }
        if self.unread > 0 {
            lines.push(format!("  {} numbers could not be read in rows that were kept", self.unread));
        }
        lines.extend(rejects.map(|path| format!("  rejected rows with their reasons: {path}")));
        lines
    }
}

fn hash(file: &Path) -> Result<String, Failure> {
    let mut sha = Sha256::new();
    let mut file = fs::File::open(file)?;
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let read = io::Read::read(&mut file, &mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|b| !b.is_empty()) else { break };
        sha.update(bytes);
    }
    Ok(hex(&sha.finalize()))
}
