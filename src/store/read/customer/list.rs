//! Customers in a window, newest first, and the row a list shows of one.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::id::{CustomerId, DealId, UserId};
use crate::domain::lists::FieldRight;
use crate::domain::mask::masked;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::channel::PHONE;
use crate::store::books::Books;
use crate::store::customers::contact::is_phone;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::customer::{CustomerRow, Found};
use crate::store::rights::Action;
use crate::store::sight::Sight;
use crate::store::value::{AT_ONCE, Row, Value, filled};
use crate::{sql, values};

/// A window of customers that somebody may see, of one owner or of all.
pub fn window(
    tx: Tx<'_>,
    books: &mut Books,
    (owner, after): (Option<UserId>, Option<CustomerId>),
    (by, limit): (Viewer, usize),
) -> Result<Found, StoreError> {
    let sight = Sight::of(tx, by)?;
    let (after, most) = (after.map_or(i64::MAX, |id| id.0), most(limit));
    let ids = match owner {
        Some(owner) => of(tx, owner, (after, most))?,
        None if sight.is_wide() => tx.all(
            sql!("SELECT id FROM customer WHERE id < $1 ORDER BY id DESC LIMIT $2"),
            values![after, most],
            |row| Ok(CustomerId(row.int(0)?)),
        )?,
        None => seen(tx, &sight, (after, most))?,
    };
    rows(tx, books, &ids, (&sight, limit))
}

/// The newest customers of an owner before an id.
fn of(tx: Tx<'_>, owner: UserId, (after, most): (i64, i64)) -> Result<Vec<CustomerId>, StoreError> {
    tx.all(
        sql!("SELECT id FROM customer WHERE owner_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
        values![owner, after, most],
        |row| Ok(CustomerId(row.int(0)?)),
    )
}

/// The newest customers before an id that somebody sees who does not see all: a window of each whose customers are seen, and of
/// these the newest.
fn seen(tx: Tx<'_>, sight: &Sight, (after, most): (i64, i64)) -> Result<Vec<CustomerId>, StoreError> {
    let mut ids: BTreeSet<Reverse<CustomerId>> =
        sight.granted().filter(|id| id.0 < after).map(Reverse).collect();
    for owner in sight.followed_by() {
        ids.extend(of(tx, owner, (after, most))?.into_iter().map(Reverse));
    }
    if sight.sees_pool() {
        let pool = tx.all(
            sql!("SELECT id FROM customer WHERE owner_id IS NULL AND id < $1 ORDER BY id DESC LIMIT $2"),
            values![after, most],
            |row| Ok(CustomerId(row.int(0)?)),
        )?;
        ids.extend(pool.into_iter().map(Reverse));
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    Ok(ids.into_iter().take(most).map(|Reverse(id)| id).collect())
}

/// One more than is shown, so that it is known whether more follow.
pub fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX - 1).saturating_add(1)
}

/// The rows of customers in the order given, at most `limit`, as the one who looks may see them; who may not be seen is left out.
pub fn rows(
    tx: Tx<'_>,
    books: &mut Books,
    ids: &[CustomerId],
    (sight, limit): (&Sight, usize),
) -> Result<Found, StoreError> {
    let shown = ids.get(..limit.min(ids.len())).unwrap_or_default();
    let mut sheets: HashMap<CustomerId, Sheet> = HashMap::with_capacity(shown.len());
    let wanted: Vec<Value<'_>> = shown.iter().copied().map(Value::from).collect();
    for part in wanted.chunks(AT_ONCE) {
        // a customer comes once for each way to reach it with each of its open deals: a few of either
        tx.each(
            sql!(
                "SELECT c.id, c.name, c.owner_id, u.name, c.last_touch_at, c.playbook, \
                   (SELECT min(t.due_at) FROM task t WHERE t.customer_id = c.id AND t.state = 'due'), \
                   k.id, k.channel, k.norm, k.state = 'dead', d.id, d.pipeline, d.stage \
                 FROM customer c LEFT JOIN person_user u ON u.id = c.owner_id \
                 LEFT JOIN contact k ON k.customer_id = c.id \
                 LEFT JOIN deal d ON d.customer_id = c.id AND d.state = 'open' AND d.void_at IS NULL \
                 WHERE c.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
                   $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
            ),
            &filled(part, &[]),
            |row| {
                let id = CustomerId(row.int(0)?);
                match sheets.get_mut(&id) {
                    Some(sheet) => sheet.add(row),
                    None => sheets.entry(id).insert_entry(Sheet::begin(row, id)?).get_mut().add(row),
                }
            },
        )?;
    }
    let mut rows = Vec::with_capacity(shown.len());
    for id in shown {
        if let Some(sheet) = sheets.remove(id) {
            let book = books.newest(tx, &sheet.playbook)?.playbook;
            let mut row = sheet.row(&book);
            let owner = row.owner.as_ref().map(|(owner, _)| *owner);
            if !sight.may(Action::SeeCustomer, row.id, owner) {
                continue;
            }
            match sight.contact(&book, PHONE, sight.may(Action::SeeContact, row.id, owner)) {
                FieldRight::Hide => row.phone.clear(),
                FieldRight::Mask if !row.phone.is_empty() => row.phone = masked(&row.phone),
                FieldRight::Mask | FieldRight::Read | FieldRight::Write => {}
            }
            rows.push(row);
        }
    }
    Ok(Found { rows, more: ids.len() > limit })
}

/// What was read of a customer so far.
#[derive(Debug)]
struct Sheet {
    shown: CustomerRow,
    playbook: String,
    /// Whether it is dead, its id, its channel, the number: the first that lives is shown, else the first.
    contacts: BTreeMap<(bool, i64), (String, String)>,
    deals: BTreeMap<DealId, (PipelineCode, Option<StageCode>)>,
}

impl Sheet {
    fn begin(row: &dyn Row, id: CustomerId) -> Result<Self, StoreError> {
        let owner = match row.opt_int(2)? {
            Some(owner) => Some((UserId(owner), row.opt_text(3)?.unwrap_or_default().to_owned())),
            None => None,
        };
        let shown = CustomerRow {
            id,
            name: row.text(1)?.to_owned(),
            owner,
            phone: String::new(),
            deal: None,
            next_at: row.opt_int(6)?.map(Timestamp),
            last_touch: row.opt_int(4)?.map(Timestamp),
        };
        let playbook = row.text(5)?.to_owned();
        Ok(Self { shown, playbook, contacts: BTreeMap::new(), deals: BTreeMap::new() })
    }

    fn add(&mut self, row: &dyn Row) -> Result<(), StoreError> {
        if let Some(contact) = row.opt_int(7)?
            && let Entry::Vacant(new) = self.contacts.entry((row.int(10)? != 0, contact))
        {
            new.insert((row.text(8)?.to_owned(), row.text(9)?.to_owned()));
        }
        if let Some(deal) = row.opt_int(11)?.map(DealId)
            && let Entry::Vacant(new) = self.deals.entry(deal)
        {
            new.insert((PipelineCode::from(row.text(12)?), row.opt_text(13)?.map(StageCode::from)));
        }
        Ok(())
    }

    fn row(mut self, book: &Playbook) -> CustomerRow {
        let mut phones = self.contacts.into_values().filter(|(channel, _)| is_phone(book, channel));
        self.shown.phone = phones.next().map(|(_, norm)| norm).unwrap_or_default();
        self.shown.deal = furthest(book, self.deals);
        self.shown
    }
}

/// The open deal that has come furthest in its pipeline, of equals the oldest; tags have no stage and come last.
fn furthest(
    book: &Playbook,
    deals: BTreeMap<DealId, (PipelineCode, Option<StageCode>)>,
) -> Option<(PipelineCode, Option<StageCode>)> {
    let place = |(pipeline, stage): &(PipelineCode, Option<StageCode>)| {
        let stages = book.pipelines.iter().find(|p| p.code == *pipeline).map(|p| &p.stages);
        let at = stages.and_then(|stages| stages.iter().position(|s| Some(&s.code) == stage.as_ref()));
        at.map_or(0, |at| at + 1)
    };
    deals.into_values().rev().max_by_key(place)
}
