//! Customers with their members: a row a member, the customer's own columns on the first.

use std::collections::BTreeMap;

use crate::domain::code::FieldCode;
use crate::domain::lists::{FieldRight, Records};
use crate::domain::mask::masked;
use crate::domain::time::Zone;
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::customers::add::NOBODY;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::exchange::cells::written;
use crate::store::exchange::export::Filter;
use crate::store::query::export::{ExportPage, columns};
use crate::store::sight::Sight;
use crate::{sql, values};

/// The customer's own columns.
pub const OWN: usize = 14;

/// Customers by who follows them, come in in the days asked for.
pub const FIND: &str = sql!(
    "SELECT c.id, c.kind, c.name, c.playbook, c.external_id, c.source, c.city, u.login, c.assigned_at, c.created_at, \
       b.login, c.dnc_until \
     FROM customer c LEFT JOIN person_user u ON u.id = c.owner_id LEFT JOIN person_user b ON b.id = c.created_by \
     WHERE c.id > $1 AND (CAST($2 AS BIGINT) IS NULL OR c.owner_id = $2) \
       AND (CAST($3 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.user_id = c.owner_id \
         AND m.team_id = $3 AND m.from_day <= $7 AND (m.to_day IS NULL OR m.to_day >= $7))) \
       AND c.created_at >= $4 AND c.created_at < $5 ORDER BY c.id LIMIT $6"
);

/// A window of customers by who follows them, come in in the days asked for.
pub fn page(
    tx: Tx<'_>,
    books: &mut Books,
    (filter, zone): (&Filter, Zone),
    sight: &Sight,
) -> Result<ExportPage, StoreError> {
    let columns = columns(Records::Customers);
    let heads = tx.all(FIND, &filter.values(), |row| {
        let cells = columns
            .iter()
            .enumerate()
            .take(12)
            .map(|(place, column)| written(row, place, column.cell, zone))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((row.int(0)?, cells))
    })?;
    let full = heads.len() == usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let next = heads.last().map(|(id, _)| *id).filter(|_| full);
    let mut rows = Vec::with_capacity(heads.len());
    for (customer, mut own) in heads {
        let book = books.newest(tx, own.get(3).map_or("", String::as_str))?.playbook;
        let seen = Seen { sight, book: &book };
        own.push(note(tx, customer)?);
        own.push(facts(tx, &seen, ("customer", customer))?);
        let members = members(tx, &seen, customer, zone)?;
        let blank = || {
            let mut cells = vec![String::new(); OWN];
            if let (Some(first), Some(id)) = (cells.first_mut(), own.first()) {
                id.clone_into(first);
            }
            cells
        };
        if members.is_empty() {
            let mut cells = own.clone();
            cells.resize(columns.len() - 1, String::new());
            rows.push(cells);
        }
        for (place, member) in members.into_iter().enumerate() {
            let mut cells = if place == 0 { own.clone() } else { blank() };
            cells.extend(member);
            rows.push(cells);
        }
    }
    Ok(ExportPage { rows, next })
}

fn note(tx: Tx<'_>, customer: i64) -> Result<String, StoreError> {
    let found = tx.one(
        sql!("SELECT body FROM private_note WHERE customer_id = $1 AND user_id = $2"),
        values![customer, NOBODY],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    Ok(found.unwrap_or_default())
}

/// `field=value`, a line each; a line end inside a value is written `\n`, a backslash twice.
fn facts(tx: Tx<'_>, seen: &Seen<'_>, (entity, id): (&str, i64)) -> Result<String, StoreError> {
    let mut values = BTreeMap::new();
    tx.each(
        sql!("SELECT field, value FROM field_value WHERE entity = $1 AND entity_id = $2"),
        values![entity, id],
        |row| {
            values.insert(FieldCode::from(row.text(0)?), row.text(1)?.to_owned());
            Ok(())
        },
    )?;
    seen.sight.fields(seen.book, None, &mut values);
    let line = |(field, value): (&FieldCode, &String)| {
        format!("{field}={}", value.replace('\\', "\\\\").replace('\n', "\\n"))
    };
    Ok(values.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// Whose eyes a row is written for.
struct Seen<'a> {
    sight: &'a Sight,
    book: &'a Playbook,
}

fn members(tx: Tx<'_>, seen: &Seen<'_>, customer: i64, zone: Zone) -> Result<Vec<Vec<String>>, StoreError> {
    let heads = tx.all(
        sql!("SELECT id, name, roles, created_at FROM person WHERE customer_id = $1 ORDER BY id"),
        values![customer],
        |row| {
            let since = zone.exact(crate::domain::time::Timestamp(row.int(3)?));
            Ok((
                row.int(0)?,
                vec![row.int(0)?.to_string(), row.text(1)?.to_owned(), row.text(2)?.to_owned(), since],
            ))
        },
    )?;
    let mut members = Vec::with_capacity(heads.len());
    for (person, mut cells) in heads {
        let contacts = tx.all(
            sql!("SELECT channel, norm, extension, state FROM contact WHERE person_id = $1 ORDER BY id"),
            values![person],
            |row| {
                let right = seen.sight.contact(seen.book, row.text(0)?, true);
                if right < FieldRight::Read {
                    let way = if right == FieldRight::Hide { String::new() } else { masked(row.text(1)?) };
                    let text = format!("{}={way} ({})", row.text(0)?, row.text(3)?);
                    return Ok((way, text));
                }
                let extension = row.text(2)?;
                let extension = if extension.is_empty() { String::new() } else { format!("#{extension}") };
                let way = format!("{}{extension}", row.text(1)?);
                Ok((way.clone(), format!("{}={way} ({})", row.text(0)?, row.text(3)?)))
            },
        )?;
        let first = contacts.iter().map(|(way, _)| way).find(|way| way.starts_with('+')).cloned();
        let shown = contacts.into_iter().filter(|(way, _)| !way.is_empty());
        let all: Vec<String> = shown.map(|(_, text)| text).collect();
        cells.push(all.join("\n"));
        cells.push(facts(tx, seen, ("person", person))?);
        cells.push(first.unwrap_or_default());
        members.push(cells);
    }
    Ok(members)
}
