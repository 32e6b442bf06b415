//! Everything held of somebody, table by table, as one JSON document: what a person may ask for.
//!
//! It goes by the list of tables ([`super::held`]), so that what a migration adds is in it. Instants are written as RFC 3339 in the
//! floor's zone, days as dates, ids as texts; users are named beside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use crate::domain::id::{CustomerId, PersonId, UserId};
use crate::domain::time::{Day, Timestamp, Zone};
use crate::store::change::About;
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::migrate::layout::{self, Column, Kind, Table};
use crate::store::privacy::held::{ELSEWHERE, HELD, NOT_OF_USER, OF_USER};
use crate::store::value::{Row, Value};
use crate::{sql, values};

/// Columns of a user who acted or is meant.
const USERS: [&str; 3] = ["by_user", "user_id", "owner_id"];

/// Everything held of a customer, or of one person of the household alone.
///
/// # Errors
/// [`StoreError::NotFound`]; what the engine says.
pub fn gather(
    db: &mut Db,
    (customer, person): (CustomerId, Option<PersonId>),
    (zone, now): (Zone, Timestamp),
) -> Result<Json, StoreError> {
    let layout = layout::newest();
    db.snapshot(|tx, _| {
        let known = tx.number(sql!("SELECT id FROM customer WHERE id = $1"), values![customer])?;
        if known.is_none() {
            return Err(StoreError::NotFound { kind: "customer", id: customer.to_string(), hint: None });
        }
        if let Some(person) = person {
            let own = tx.number(
                sql!("SELECT id FROM person WHERE id = $1 AND customer_id = $2"),
                values![person, customer],
            )?;
            own.ok_or_else(|| StoreError::NotFound { kind: "person", id: person.to_string(), hint: None })?;
        }
        let about = About::Customer(customer).text();
        let mut gathered = Gathered::new(tx, zone);
        for table in &layout.tables {
            let Some(held) = HELD.iter().find(|held| held.table == table.name) else { continue };
            let condition = held.tie.condition();
            let values: [Value<'_>; 2] = [customer.into(), Value::Text(&about)];
            let rows = if condition.contains("$1") {
                let of_person = person.map(|person| of_person(table, person)).unwrap_or_default();
                if person.is_some() && of_person.is_empty() {
                    continue;
                }
                gathered.rows(table, &format!("{condition}{of_person}"), (values.get(..1), &[]))?
            } else if person.is_some() {
                continue;
            } else {
                gathered.rows(table, &condition.replace("$2", "$1"), (values.get(1..), &[]))?
            };
            gathered.add(table, rows);
        }
        let mut document = gathered.document(now)?;
        if let Some(object) = document.as_object_mut() {
            object.insert("customer".to_owned(), json!(customer));
            object.insert("person".to_owned(), json!(person));
            object.insert("elsewhere".to_owned(), reasons(ELSEWHERE));
        }
        Ok(document)
    })
}

/// The rows of a table that are about one person of a household; empty where none are.
fn of_person(table: &Table, person: PersonId) -> String {
    let person = person.0;
    let has = |name: &str| table.columns.iter().any(|column| column.name == name);
    match table.name.as_str() {
        "person" => format!(" AND id = {person}"),
        "field_value" => format!(" AND entity = 'person' AND entity_id = {person}"),
        _ if has("person_id") => format!(" AND person_id = {person}"),
        _ => String::new(),
    }
}

/// Everything held of a user.
///
/// # Errors
/// What the engine says.
pub fn gather_user(db: &mut Db, user: UserId, (zone, now): (Zone, Timestamp)) -> Result<Json, StoreError> {
    let layout = layout::newest();
    db.snapshot(|tx, _| {
        let mut gathered = Gathered::new(tx, zone);
        for table in &layout.tables {
            let Some((_, column, hidden)) = OF_USER.iter().find(|(name, ..)| *name == table.name) else {
                continue;
            };
            let scope = if table.name == "target" { " AND scope = 'user'" } else { "" };
            let value: [Value<'_>; 1] = [user.into()];
            let rows = gathered.rows(table, &format!("{column} = $1{scope}"), (Some(&value), hidden))?;
            gathered.add(table, rows);
        }
        let mut document = gathered.document(now)?;
        if let Some(object) = document.as_object_mut() {
            object.insert("user".to_owned(), json!(user));
            object.insert("elsewhere".to_owned(), reasons(NOT_OF_USER));
        }
        Ok(document)
    })
}

fn reasons(list: &[(&str, &str)]) -> Json {
    list.iter().map(|(table, why)| ((*table).to_owned(), json!(why))).collect::<Map<_, _>>().into()
}

/// What has been gathered so far.
struct Gathered<'a> {
    tx: Tx<'a>,
    zone: Zone,
    records: Map<String, Json>,
    users: BTreeSet<i64>,
}

impl<'a> Gathered<'a> {
    fn new(tx: Tx<'a>, zone: Zone) -> Self {
        Self { tx, zone, records: Map::new(), users: BTreeSet::new() }
    }

    fn rows(
        &mut self,
        table: &Table,
        condition: &str,
        (values, hidden): (Option<&[Value<'_>]>, &[&str]),
    ) -> Result<Vec<Json>, StoreError> {
        let shown: Vec<&Column> =
            table.columns.iter().filter(|column| !hidden.contains(&column.name.as_str())).collect();
        let names: Vec<&str> = shown.iter().map(|column| column.name.as_str()).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {condition} ORDER BY {}",
            names.join(", "),
            table.name,
            table.key_list()
        );
        let (zone, users) = (self.zone, &mut self.users);
        let mut rows = Vec::new();
        self.tx.each(&sql, values.unwrap_or_default(), &mut |row: &dyn Row| {
            let mut object = Map::new();
            for (at, column) in shown.iter().enumerate() {
                if USERS.contains(&column.name.as_str()) {
                    users.extend(row.opt_int(at)?);
                }
                object.insert(column.name.clone(), cell(row, (at, column), zone)?);
            }
            rows.push(Json::Object(object));
            Ok(())
        })?;
        Ok(rows)
    }

    fn add(&mut self, table: &Table, rows: Vec<Json>) {
        // a table without a row says so: nothing is held there
        self.records.insert(table.name.clone(), Json::Array(rows));
    }

    fn document(self, now: Timestamp) -> Result<Json, StoreError> {
        let mut users = BTreeMap::new();
        for user in self.users {
            let name =
                self.tx.one(sql!("SELECT name FROM person_user WHERE id = $1"), values![user], |row| {
                    Ok(row.text(0)?.to_owned())
                })?;
            users.extend(name.map(|name| (user.to_string(), name)));
        }
        Ok(json!({
            "format": 1,
            "made_at": self.zone.rfc3339(now),
            "zone": self.zone.0.name(),
            "records": self.records,
            "users": users,
        }))
    }
}

/// A value as a person reads it: by the name of its column.
fn cell(row: &dyn Row, (at, column): (usize, &Column), zone: Zone) -> Result<Json, StoreError> {
    if column.kind == Kind::Text {
        let Some(text) = row.opt_text(at)? else { return Ok(Json::Null) };
        let is_json = text.starts_with(['{', '[']);
        let read = is_json.then(|| serde_json::from_str(text).ok()).flatten();
        return Ok(read.unwrap_or_else(|| json!(text)));
    }
    let Some(number) = row.opt_int(at)? else { return Ok(Json::Null) };
    let name = column.name.as_str();
    let is_instant = name == "at"
        || name.ends_with("_at")
        || ["until", "stage_since", "clock_from"].contains(&name)
        || name.ends_with("_until");
    let is_id = name == "id" || name.ends_with("_id") || name.ends_with("_by") || USERS.contains(&name);
    Ok(if is_instant {
        json!(zone.rfc3339(Timestamp(number)))
    } else if name == "day" || name.ends_with("_day") {
        json!(Day(number).to_string())
    } else if is_id {
        json!(number.to_string())
    } else {
        json!(number)
    })
}
