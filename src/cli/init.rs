//! `corral init`: a new database with its playbooks.

use std::path::Path;

use serde_json::json;

use crate::cli::args::Init;
use crate::cli::output::{self, Failure};
use crate::cli::playbook::load;
use crate::cli::session::Local;
use crate::store::change::{Change, PeopleChange};
use crate::store::{Db, engine};

/// Makes the database; nothing is left behind where a playbook is wrong or a step fails.
pub fn init(local: &mut Local, init: &Init) -> Result<(), Failure> {
    let loaded: Vec<_> =
        init.playbook.iter().map(|name| load(std::slice::from_ref(name))).collect::<Result<_, _>>()?;
    let path = local.place.db.clone();
    // a server's address is no path
    let folder = if engine::is_server(&path) { None } else { path.parent() };
    if let Some(folder) = folder.filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let db = Db::create(&path)?;
    local.use_db(db);
    let mut rows = Vec::new();
    for playbook in loaded {
        let change = Change::People(PeopleChange::ApplyPlaybook { text: playbook.text });
        match local.make(Db::SYSTEM, change) {
            Ok(commit) => rows.push((commit.effects.playbook.unwrap_or_default(), playbook.hash)),
            Err(failure) => {
                discard(&path);
                return Err(failure);
            }
        }
    }
    let playbooks: Vec<_> = rows
        .iter()
        .map(|((id, number), hash)| json!({ "id": id, "version": number, "hash": hash }))
        .collect();
    let shape = json!({ "db": path.display().to_string(), "playbooks": playbooks });
    output::answer(local.json, &shape, || {
        let mut lines = vec![format!("made {}", path.display())];
        lines.extend(rows.iter().map(|((id, number), _)| format!("playbook {id}, version {number}")));
        lines.push("next: corral user add LOGIN --name NAME --role rep --team TEAM".to_owned());
        lines
    })
}

fn discard(path: &Path) {
    for end in ["", "-wal", "-shm", "-queue", "-lease"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        // what was made a moment ago; where it cannot be removed the error told is the first one
        let _ = std::fs::remove_file(Path::new(&name));
    }
}
