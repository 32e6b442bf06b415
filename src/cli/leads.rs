//! `corral import leads`: from a file on disk to customers with tasks.
//!
//! The file is read through once before anything is written, so that one that cannot be read to its end leaves nothing
//! half-done; then rows go in parts of at most [`crate::store::import::ROWS_MAX`], with a breath between, so that reps are not stopped.

mod batch;
mod run;

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::cli::args::{Import, Leads};
use crate::cli::output::{self, Failure};
use crate::cli::people::team_named;
use crate::cli::restore;
use crate::cli::session::{Local, strange};
use crate::domain::id::UserId;
use crate::domain::lists::{Entity, Records, Role, UserState};
use crate::domain::phone::Region;
use crate::intake::IntakeError;
use crate::intake::encoding::Found;
use crate::intake::lead::Context;
use crate::intake::mapping::{self, Mapping, Target, Vocabulary};
use crate::intake::table::{Options, Table};
use crate::playbook::Playbook;
use crate::store::change::customer::KnownPolicy;
use crate::store::query::{Answer, Query};
use run::Run;

/// Rows looked at to propose a mapping.
const SAMPLE: usize = 50;

impl From<IntakeError> for Failure {
    fn from(error: IntakeError) -> Self {
        Self::failed("bad_file", error.to_string())
    }
}

/// Runs an import command.
pub fn import(local: &mut Local, import: &Import) -> Result<(), Failure> {
    match import {
        Import::Leads(wanted) => leads(local, wanted),
        Import::Customers(file) => restore::restore(local, Records::Customers, file),
        Import::Deals(file) => restore::restore(local, Records::Deals, file),
        Import::Touches(file) => restore::restore(local, Records::Touches, file),
        Import::Tasks(file) => restore::restore(local, Records::Tasks, file),
        Import::Orders(file) => restore::restore(local, Records::Orders, file),
        Import::Usage(file) => restore::restore(local, Records::Usage, file),
        Import::List { limit } => batch::list(local, *limit),
        Import::Undo { batch } => batch::undo(local, *batch),
    }
}

fn leads(local: &mut Local, wanted: &Leads) -> Result<(), Failure> {
    let playbook = playbook(local, wanted)?;
    let region = Region::new(&playbook.region).map_err(|e| Failure::failed("bad_region", e.to_string()))?;
    let vocabulary = vocabulary(&playbook);
    let encoding = wanted.encoding.as_deref().map(Found::named).transpose()?;
    let options = Options { sheet: wanted.sheet.clone(), encoding };
    let table = Table::open_with(&wanted.file, &options)?;
    let options = table.again(&options);
    let (headers, notes) = (table.headers, table.notes);
    let mapping = match &wanted.map {
        Some(map) => read_mapping(map, &headers, &vocabulary)?,
        None => propose(wanted, &options, &headers, (&vocabulary, &region))?,
    };
    if wanted.propose {
        // Comments, so that the output is a mapping file as it is.
        let told = notes.iter().map(|note| format!("# {note}"));
        let text = told.chain([mapping.render(&headers)]).collect::<Vec<_>>().join("\n");
        return output::answer(local.json, &json!({ "mapping": text, "notes": notes }), || {
            vec![text.trim_end().to_owned()]
        });
    }
    if !mapping.reaches() {
        let what = format!(
            "'{}' has no column that is known to be a phone, WeChat or external id; save a mapping with \
             'corral import leads FILE --propose', edit it and give it with --map",
            wanted.file.display()
        );
        return Err(Failure::failed("no_reach", what));
    }
    let rows = check_to_the_end(wanted, &options)?;
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
        options,
        notes,
    };
    run.run(local, wanted, (&headers, rows))
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
    options: &Options,
    headers: &[String],
    (vocabulary, region): (&Vocabulary, &Region),
) -> Result<Mapping, Failure> {
    let table = Table::open_with(&wanted.file, options)?;
    let sample: Vec<Vec<String>> =
        table.filter_map(Result::ok).filter_map(Result::ok).take(SAMPLE).map(|r| r.cells).collect();
    Ok(mapping::propose(headers, &sample, vocabulary, region))
}

/// A file that breaks off in the middle is refused before anything is written. Answers with the number of rows.
fn check_to_the_end(wanted: &Leads, options: &Options) -> Result<u64, Failure> {
    let mut rows = 0;
    for row in Table::open_with(&wanted.file, options)? {
        // rows that cannot be used are told later; only the end of the reading matters here
        let _ = row?;
        rows += 1;
    }
    Ok(rows)
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
