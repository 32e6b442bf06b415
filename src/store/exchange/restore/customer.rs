//! Customers with their members, contacts and facts.

use super::{Cells, Fated, Run, owner_name};
use crate::domain::id::CustomerId;
use crate::domain::lists::{CustomerKind, OwnerRight};
use crate::store::change::customer::Fate;
use crate::store::customers::add::NOBODY;
use crate::store::error::StoreError;
use crate::store::search;
use crate::store::value::Value;
use crate::store::write::Work;
use crate::{sql, values};

impl Run {
    pub(super) fn customer(work: &mut Work<'_>, members: &[Cells]) -> Result<Fated, StoreError> {
        let Some(own) = members.first() else { return Ok(Err("there is no member".to_owned())) };
        let id = CustomerId(own.number(0));
        if let Some(owner) = owner_name(work, id)? {
            return Ok(Ok(Fate::Duplicate { customer: id, by: "id".to_owned(), owner }));
        }
        if work.book(own.text(3)).is_err() {
            return Ok(Err(format!("there is no playbook '{}' here; apply it first", own.text(3))));
        }
        if CustomerKind::parse(own.text(1)).is_none() {
            return Ok(Err(format!("'{}' is not a kind of customer", own.text(1))));
        }
        for member in members {
            for (channel, norm, extension, _) in contacts(member.text(18)) {
                let known = work.tx.one(
                    sql!(
                        "SELECT x.customer_id, u.name FROM contact x JOIN customer c ON c.id = x.customer_id \
                         LEFT JOIN person_user u ON u.id = c.owner_id \
                         WHERE x.channel = $1 AND x.norm = $2 AND x.extension = $3"
                    ),
                    values![channel, norm, extension],
                    |row| Ok((CustomerId(row.int(0)?), row.opt_text(1)?.unwrap_or_default().to_owned())),
                )?;
                if let Some((customer, owner)) = known {
                    return Ok(Ok(Fate::Duplicate { customer, by: channel.to_owned(), owner }));
                }
            }
        }
        work.tx.put(
            sql!(
                "INSERT INTO customer (id, kind, name, playbook, external_id, source, city, owner_id, assigned_at, created_at, \
                   created_by, dnc_until, attempts, tries, connected, last_touch_at, last_valid_at, last_note, batch_id, version) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, NULL, NULL, $13, NULL, 1)"
            ),
            &[
                own.bound(0),
                own.bound(1),
                own.bound(2),
                own.bound(3),
                own.bound(4),
                own.bound(5),
                own.bound(6),
                own.bound(7),
                Value::Int(own.number(8)),
                Value::Int(own.number(9)),
                Value::Int(own.at(10).number().unwrap_or(work.by.id.0)),
                own.bound(11),
                own.bound(12),
            ],
        )?;
        if let Some(owner) = own.at(7).number() {
            let ownership = work.ids.make();
            work.tx.put(
                sql!(
                    "INSERT INTO ownership (id, customer_id, process, user_id, owner_right, from_at, to_at, reason) \
                     VALUES ($1, $2, '', $3, $4, $5, NULL, 'restored')"
                ),
                values![ownership, id, owner, OwnerRight::Follow, own.number(8)],
            )?;
        }
        if !own.text(12).is_empty() {
            work.tx.put(
                sql!("INSERT INTO private_note (customer_id, user_id, body, at) VALUES ($1, $2, $3, $4)"),
                values![id, NOBODY, own.text(12), own.number(9)],
            )?;
        }
        if let Some(until) = own.at(11).number() {
            let consent = work.ids.make();
            work.tx.put(
                sql!(
                    "INSERT INTO consent (id, customer_id, kind, until, words, at, by_user, lifted_at) \
                     VALUES ($1, $2, 'do_not_contact', $3, '', $4, $5, NULL)"
                ),
                values![consent, id, until, work.at, work.by.id],
            )?;
        }
        facts(work, ("customer", id.0, id), own.text(13))?;
        for member in members.iter().filter(|member| member.number(14) > 0) {
            member_of(work, id, member)?;
        }
        search::rebuild(work.tx, id)?;
        Ok(Ok(Fate::Created(id)))
    }
}

fn member_of(work: &mut Work<'_>, customer: CustomerId, cells: &Cells) -> Result<(), StoreError> {
    let person = cells.number(14);
    work.tx.put(
        sql!(
            "INSERT INTO person (id, customer_id, name, roles, touched, created_at) VALUES ($1, $2, $3, $4, 0, $5)"
        ),
        &[
            Value::Int(person),
            Value::Int(customer.0),
            cells.bound(15),
            cells.bound(16),
            Value::Int(cells.number(17)),
        ],
    )?;
    for (channel, norm, extension, state) in contacts(cells.text(18)) {
        if work.barred.until(work.tx, [(channel, norm)], work.at)?.is_some() {
            continue;
        }
        let contact = work.ids.make();
        work.tx.put(
            sql!(
                "INSERT INTO contact (id, person_id, customer_id, channel, norm, raw, extension, state, added_by, added_at, \
                   verified_at) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, NULL) ON CONFLICT DO NOTHING"
            ),
            values![contact, person, customer, channel, norm, extension, state, work.by.id, cells.number(17)],
        )?;
    }
    facts(work, ("person", person, customer), cells.text(19))
}

/// Ways of contact as they are written: `channel=norm#extension (state)`, a line each.
fn contacts(text: &str) -> impl Iterator<Item = (&str, &str, &str, &str)> {
    text.lines().filter_map(|line| {
        let (channel, rest) = line.split_once('=')?;
        let (way, state) = rest.rsplit_once(" (")?;
        let (norm, extension) = way.rsplit_once('#').unwrap_or((way, ""));
        Some((channel, norm, extension, state.strip_suffix(')')?))
    })
}

fn facts(
    work: &Work<'_>,
    (entity, id, customer): (&str, i64, CustomerId),
    text: &str,
) -> Result<(), StoreError> {
    for (field, value) in text.lines().filter_map(|line| line.split_once('=')) {
        work.tx.put(
            sql!(
                "INSERT INTO field_value (entity, entity_id, field, customer_id, value, at, by_user) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
            ),
            values![entity, id, field, customer, &unescaped(value), work.at, work.by.id],
        )?;
    }
    Ok(())
}

/// `\n` is a line end, two backslashes are one.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}
