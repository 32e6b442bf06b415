//! A lead file as the changes that `corral import leads` makes of it.

use std::path::Path;
use std::sync::Arc;

use corral::domain::id::{BatchId, IdMaker, UserId, WriteId};
use corral::domain::lists::{Role, UserState};
use corral::domain::origin::Origin;
use corral::domain::phone::Region;
use corral::domain::time::Timestamp;
use corral::intake::customer::customer;
use corral::intake::lead::{Context, lead};
use corral::intake::mapping::{Vocabulary, propose};
use corral::intake::table::Table;
use corral::playbook::Playbook;
use corral::store::Db;
use corral::store::change::customer::{ImportChunk, ImportRow, KnownPolicy};
use corral::store::change::{Change, CustomerChange, Write};
use corral::store::import::ROWS_MAX;
use corral::store::query::{Answer, Query};

/// Room for the ids a part makes after its own.
const PART_IDS: i64 = 16_384;

/// A file, read.
pub struct Parts {
    /// The team whose reps take turns.
    pub team: String,
    assign: Vec<UserId>,
    rows: Vec<ImportRow>,
    at: Timestamp,
    name: String,
}

impl Parts {
    /// Reads a file for the first team of a floor.
    pub fn read(file: &Path, db: &Path, at: Timestamp) -> Self {
        let mut db = Db::open(db).unwrap();
        let Answer::Teams(teams) = db.read(&Query::Teams).unwrap() else { panic!("teams") };
        let Answer::Users(users) = db.read(&Query::Users).unwrap() else { panic!("users") };
        let team = teams.first().expect("a team");
        let reps = users.iter().filter(|user| {
            user.state == UserState::Active
                && matches!(user.role, Role::Rep | Role::Coach)
                && user.team.as_ref().is_some_and(|(id, _)| *id == team.id)
        });
        let assign: Vec<UserId> = reps.map(|user| user.id).collect();
        let Answer::Me(me) = db.read(&Query::Me(assign[0])).unwrap() else { panic!("me") };
        let rows = read(file, &me.playbook);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        Self { team: team.name.clone(), assign, rows, at, name }
    }

    /// The changes, part by part.
    pub fn writes(&self) -> impl Iterator<Item = Write> {
        let batch = IdMaker::new(self.at, 77).make();
        let mut parts: Vec<&[ImportRow]> = self.rows.chunks(ROWS_MAX).collect();
        if self.rows.len().is_multiple_of(ROWS_MAX) {
            // a part is sent when it is full: that it was the last is said by one without rows
            parts.push(&[]);
        }
        let all = i64::try_from(parts.len()).unwrap();
        parts.into_iter().zip(0_i64..).map(move |(rows, place)| {
            let chunk = ImportChunk {
                batch: BatchId(batch),
                file: self.name.clone(),
                hash: self.name.clone(),
                options: String::new(),
                known: KnownPolicy::Skip,
                assign: self.assign.clone(),
                assigned_before: place.cast_unsigned() * ROWS_MAX as u64,
                rows: rows.to_vec(),
                last: place + 1 == all,
            };
            let id = WriteId(batch + (place + 1) * PART_IDS);
            let change = Change::Customer(CustomerChange::Import(Box::new(chunk)));
            Write { id, by: Db::SYSTEM, at: self.at, from: Origin::Local, change }
        })
    }
}

fn read(file: &Path, playbook: &Arc<Playbook>) -> Vec<ImportRow> {
    let region = Region::new(&playbook.region).unwrap();
    let headers = Table::open(file, None).unwrap().headers;
    let mapping = propose(&headers, &[], &Vocabulary::default(), &region);
    let context = Context { region, zone: playbook.zone };
    let table = Table::open(file, None).unwrap();
    table
        .map(|row| {
            let row = row.unwrap().unwrap();
            let found = lead(&row, &mapping, &context).unwrap();
            ImportRow { row: row.number, owner: found.owner.clone(), customer: customer(found, playbook) }
        })
        .collect()
}
