//! Touches, with what they count and use up.

use super::{Cells, Fated, Run, nobody, owner_name};
use std::collections::BTreeMap;

use crate::domain::code::OutcomeCode;
use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::{Direction, Lane, Metric, OutcomeFlag};
use crate::domain::time::Timestamp;
use crate::playbook::count::{CountedTouch, Medium, News, of_touch};
use crate::store::actor::team_of;
use crate::store::books::Book;
use crate::store::change::customer::Fate;
use crate::store::customers::hint;
use crate::store::error::StoreError;
use crate::store::exchange::cells::Read;
use crate::store::exchange::touches;
use crate::store::journal::to_json;
use crate::store::metrics::{self, Account};
use crate::store::value::Value;
use crate::store::write::Work;
use crate::{sql, values};

impl Run {
    pub(super) fn touch(&mut self, work: &mut Work<'_>, cells: &Cells) -> Result<Fated, StoreError> {
        let customer = CustomerId(cells.number(1));
        let Some(owner) = owner_name(work, customer)? else { return Ok(Err(nobody(customer))) };
        let known = work.tx.number(
            sql!(
                "SELECT id FROM touch WHERE id = $1 UNION ALL SELECT id FROM touch \
                 WHERE customer_id = $2 AND at = $3 AND user_id = $4 AND ($5 = '' OR channel = $5) LIMIT 1"
            ),
            &[
                Value::Int(cells.number(0)),
                Value::Int(customer.0),
                Value::Int(cells.number(10)),
                Value::Int(cells.number(4)),
                cells.bound(7),
            ],
        )?;
        if let Some(known) = known {
            let by = if known == cells.number(0) { "id" } else { "time" };
            return Ok(Ok(Fate::Duplicate { customer, by: by.to_owned(), owner }));
        }
        let book = match cells.text(20) {
            "" => work.book_of(customer)?,
            named => match work.book(named) {
                Ok(book) => book,
                Err(_) => return Ok(Err(format!("there is no playbook '{named}' here; apply it first"))),
            },
        };
        let counted = cells.text(26).is_empty();
        let completed = if counted { completed(work, &book, customer, cells)? } else { Ok(cells.clone()) };
        let cells = match &completed {
            Ok(cells) => cells,
            Err(reason) => return Ok(Err(reason.clone())),
        };
        let Some(user) = cells.at(4).number() else {
            return Ok(Err("the row does not say who made the touch".to_owned()));
        };
        let counts: BTreeMap<Metric, i64> = match serde_json::from_str(cells.text(26)) {
            Ok(counts) => counts,
            Err(error) => {
                return Ok(Err(format!("'{}' in 'counts' cannot be read: {error}", cells.text(26))));
            }
        };
        let day = book.playbook.zone.day(Timestamp(cells.number(10)));
        work.tx.put(
            sql!(
                "INSERT INTO touch (id, customer_id, person_id, user_id, team_id, channel, direction, lane, at, day, seconds, \
                   outcome, connected, fresh, number, note, task_id, deal_id, pipeline, playbook, playbook_number, script, \
                   script_line, material, coupon, metrics, void_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
                   $23, $24, $25, $26, NULL)"
            ),
            &[
                cells.bound(0),
                cells.bound(1),
                cells.bound(3),
                Value::Int(user),
                cells.bound(6),
                cells.bound(7),
                cells.bound(8),
                cells.bound(9),
                Value::Int(cells.number(10)),
                Value::Int(day.0),
                Value::Int(cells.number(11)),
                cells.bound(12),
                Value::Int(cells.number(13)),
                Value::Int(cells.number(14)),
                cells.bound(15),
                cells.bound(16),
                cells.bound(17),
                cells.bound(18),
                cells.bound(19),
                cells.bound(20),
                Value::Int(cells.number(21).min(book.number)),
                cells.bound(22),
                cells.bound(23),
                cells.bound(24),
                cells.bound(25),
                cells.bound(26),
            ],
        )?;
        let account = Account {
            day,
            at: Timestamp(cells.number(9)),
            user: UserId(user),
            team: cells.at(6).number().map(TeamId),
            pipeline: cells.text(19).to_owned(),
        };
        for (metric, value) in counts {
            metrics::count(work, &account, metric, value)?;
        }
        touches::used(
            work,
            &book.playbook,
            &touches::Use {
                customer,
                day,
                at: Timestamp(cells.number(10)),
                channel: cells.text(7),
                out: cells.text(8) == "out",
                connected: cells.number(13),
                commercial: i64::from(!cells.text(25).is_empty()),
                number: cells.text(15),
            },
        )?;
        if cells.number(13) != 0
            && let Some(person) = cells.at(3).number()
        {
            work.tx.put(sql!("UPDATE person SET touched = 1 WHERE id = $1"), values![person])?;
        }
        if counted {
            // the next row of this customer asks how long nobody has spoken with it
            touches::recount(work, customer)?;
        } else {
            self.touched.insert(customer.0);
        }
        Ok(Ok(Fate::Created(customer)))
    }
}

/// A touch of another system, completed by the playbook: it is counted by the rules, as if it had been logged here.
fn completed(
    work: &mut Work<'_>,
    book: &Book,
    customer: CustomerId,
    cells: &Cells,
) -> Result<Result<Cells, String>, StoreError> {
    let playbook = &book.playbook;
    let code = OutcomeCode::from(cells.text(12));
    let Some(outcome) = playbook.outcome(&code) else {
        let near = hint(code.as_str(), playbook.outcomes.iter().map(|o| o.code.as_str()));
        return Ok(Err(format!("'{code}' is not an outcome of the playbook '{}'{near}", playbook.id)));
    };
    let Some(at) = cells.at(10).number() else { return Ok(Err("the row does not say when".to_owned())) };
    if Timestamp(at) > work.at {
        return Ok(Err("the touch lies in the future".to_owned()));
    }
    let by_phone = || playbook.channels.iter().find(|c| c.is_call).map(|c| c.code.as_str().to_owned());
    let channel =
        Some(cells.text(7).to_owned()).filter(|c| !c.is_empty()).or_else(by_phone).unwrap_or_default();
    if !playbook.channels.iter().any(|c| c.code.as_str() == channel) {
        return Ok(Err(format!("'{channel}' is not a channel of the playbook '{}'", playbook.id)));
    }
    let direction = if cells.text(8) == Direction::In.as_str() { Direction::In } else { Direction::Out };
    let seconds = cells.number(11).clamp(0, 86_400);
    let valid =
        work.tx.number(sql!("SELECT last_valid_at FROM customer WHERE id = $1"), values![customer])?;
    let zone = playbook.zone;
    let untouched = valid.map(|before| zone.day(Timestamp(at)).0 - zone.day(Timestamp(before)).0);
    let counted = CountedTouch {
        flags: &outcome.flags,
        medium: Medium::of(playbook, &channel),
        direction,
        seconds: u32::try_from(seconds).unwrap_or(0),
        news: News {
            wechat_verified: false,
            days_untouched: untouched.map(|days| u32::try_from(days.max(0)).unwrap_or(u32::MAX)),
        },
    };
    let counts: BTreeMap<Metric, i64> = of_touch(playbook, &counted).into_iter().collect();
    let connected = outcome.flags.contains(&OutcomeFlag::Connected);
    let lane = if Lane::parse(cells.text(9)).is_some() { cells.text(9) } else { Lane::Call.as_str() };
    let team = match cells.at(6).number() {
        Some(team) => Some(team),
        None => team_of(work.tx, UserId(cells.number(4)), zone.day(Timestamp(at)))?.map(|team| team.0),
    };
    let mut full = cells.clone();
    full.put(0, Read::Number(cells.at(0).number().unwrap_or_else(|| work.ids.make())));
    full.put(6, team.map_or(Read::Nothing, Read::Number));
    full.put(7, Read::Text(channel));
    full.put(8, Read::Text(direction.as_str().to_owned()));
    full.put(9, Read::Text(lane.to_owned()));
    full.put(11, Read::Number(seconds));
    full.put(13, Read::Number(i64::from(connected)));
    full.put(14, Read::Number(i64::from(counts.contains_key(&Metric::NewCustomers))));
    full.put(20, Read::Text(playbook.id.clone()));
    full.put(21, Read::Number(book.number));
    full.put(26, Read::Text(to_json(&counts)?));
    Ok(Ok(full))
}
