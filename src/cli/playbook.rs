//! `corral playbook`: check, apply, list, export.

use std::path::Path;

use serde_json::json;

use crate::cli::args::Playbook as Wanted;
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, strange};
use crate::playbook::problem::Problem;
use crate::playbook::source::{self, Loaded};
use crate::playbook::{diff, embedded};
use crate::store::change::{Change, PeopleChange};
use crate::store::people::preview;
use crate::store::query::{Answer, PlaybookVersion, Query};

/// Runs a playbook command; answers with the exit status.
pub fn run(local: &mut Local, wanted: &Wanted) -> Result<u8, Failure> {
    match wanted {
        Wanted::Check { files } => check(local, files),
        Wanted::Apply { files, dry_run } => apply(local, files, *dry_run).map(|()| 0),
        Wanted::List => list(local).map(|()| 0),
        Wanted::Export { id, number } => export(local, id.as_deref(), *number).map(|()| 0),
    }
}

/// Reads files and folders as one playbook, or a built-in one by its name.
///
/// # Errors
/// Every problem, a line each.
pub fn load(files: &[String]) -> Result<Loaded, Failure> {
    read(files).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::failed("bad_playbook", lines.join("\n"))
    })
}

fn read(files: &[String]) -> Result<Loaded, Vec<Problem>> {
    if let [name] = files
        && !Path::new(name).exists()
        && let Some(text) = embedded::text(name)
    {
        return source::load_text(name, text);
    }
    source::load(files)
}

fn check(local: &Local, files: &[String]) -> Result<u8, Failure> {
    let (ok, problems, warnings) = match read(files) {
        Ok(loaded) => (true, Vec::new(), loaded.warnings),
        Err(problems) => (false, problems, Vec::new()),
    };
    let shape = json!({ "ok": ok, "problems": problems, "warnings": warnings });
    output::answer(local.json, &shape, || {
        let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.extend(warnings.iter().map(|w| format!("{w} (a warning)")));
        lines.push(match problems.len() {
            0 => "no problems".to_owned(),
            1 => "1 problem".to_owned(),
            n => format!("{n} problems"),
        });
        lines
    })?;
    Ok(u8::from(!ok))
}

fn apply(local: &mut Local, files: &[String], dry_run: bool) -> Result<(), Failure> {
    let loaded = load(files)?;
    let by = local.keeper()?;
    let seen = local.db()?.snapshot(|tx, _| preview(tx, &loaded.text))?;
    let old = versions(local)?.into_iter().find(|v| v.id == seen.id);
    let changes = old.as_ref().map(|old| diff::diff(&old.playbook, &loaded.playbook)).unwrap_or_default();
    let number = if dry_run {
        seen.number
    } else {
        let commit =
            local.make(by, Change::People(PeopleChange::ApplyPlaybook { text: loaded.text.clone() }))?;
        commit.effects.playbook.map_or(seen.number, |(_, number)| number)
    };
    let vanishing: Vec<_> = seen
        .vanishing
        .iter()
        .map(|v| json!({ "pipeline": v.pipeline, "stage": v.stage, "deals": v.deals, "to": v.to }))
        .collect();
    let said: Vec<String> = changes.iter().map(ToString::to_string).collect();
    let shape = json!({
        "id": seen.id, "before": seen.before, "version": number, "hash": loaded.hash, "stored": !dry_run,
        "changes": said, "vanishing": vanishing,
    });
    output::answer(local.json, &shape, || {
        let mut lines = said.clone();
        for v in &seen.vanishing {
            let to = v.to.as_ref().map_or("nowhere: they must be mapped".to_owned(), |to| format!("'{to}'"));
            lines.push(format!(
                "stage '{}' of '{}' is gone; {} open deals go to {to}",
                v.stage, v.pipeline, v.deals
            ));
        }
        lines.push(match (seen.before, dry_run) {
            (Some(before), _) if before == seen.number => format!("{} is version {before} already", seen.id),
            (_, true) => format!("{} would become version {}", seen.id, seen.number),
            (_, false) => format!("{} is now version {number}", seen.id),
        });
        lines
    })
}

fn versions(local: &mut Local) -> Result<Vec<PlaybookVersion>, Failure> {
    match local.ask(&Query::Playbooks)? {
        Answer::Playbooks(versions) => Ok(versions),
        _ => Err(strange()),
    }
}

fn list(local: &mut Local) -> Result<(), Failure> {
    let versions = versions(local)?;
    let rows: Vec<_> = versions
        .iter()
        .map(|v| json!({ "id": v.id, "version": v.number, "hash": v.hash, "at": v.at, "by": v.by, "name": { "zh": v.playbook.name.zh, "en": v.playbook.name.en } }))
        .collect();
    output::answer(local.json, &json!({ "playbooks": rows }), || {
        versions.iter().map(|v| format!("{}  version {}  {}", v.id, v.number, v.playbook.name.en)).collect()
    })
}

fn export(local: &mut Local, id: Option<&str>, number: Option<i64>) -> Result<(), Failure> {
    let id = match id {
        Some(id) => id.to_owned(),
        None => match versions(local)?.as_slice() {
            [only] => only.id.clone(),
            several => {
                let ids: Vec<&str> = several.iter().map(|v| v.id.as_str()).collect();
                return Err(Failure::usage(format!("which playbook? one of {}", ids.join(", "))));
            }
        },
    };
    let Answer::PlaybookText(text) = local.ask(&Query::PlaybookText { id: id.clone(), number })? else {
        return Err(strange());
    };
    output::answer(local.json, &json!({ "id": id, "text": text }), || vec![text.trim_end().to_owned()])
}
