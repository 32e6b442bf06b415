//! Good news (喜报): what a team is glad of, told by the rules of the playbook in the transaction of what happened (S001-108).
//!
//! No customer is named: it crosses everybody's screen and the wall.

use std::collections::BTreeMap;

use crate::domain::id::{NewsId, TeamId, UserId};
use crate::domain::lists::{Gladness, Level, Metric, Period, Role};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::model::GoodNewsRule;
use crate::store::actor::{Actor, team_of};
use crate::store::change::Topic;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::foreseen::OF_MONTH;
use crate::store::query::good_news::{GoodNews, GoodNewsAsk};
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::write::Work;
use crate::{sql, values};

/// What is told.
struct Told<'a> {
    playbook: &'a str,
    rule: &'a GoodNewsRule,
    metric: Metric,
    of: (UserId, Option<TeamId>),
    value: i64,
    other: Option<UserId>,
}

/// Tells of an order that was won.
pub fn order_won(
    work: &mut Work<'_>,
    playbook: &Playbook,
    (price, metric): (Money, Metric),
    of: (UserId, Option<TeamId>),
) -> Result<(), StoreError> {
    let glad = |rule: &&GoodNewsRule| rule.on == Gladness::OrderWon && price >= rule.at_least;
    if let Some(rule) = playbook.good_news.iter().find(glad) {
        tell(work, &Told { playbook: &playbook.id, rule, metric, of, value: price.0, other: None })?;
    }
    Ok(())
}

/// Tells of what the figures that a change counted came to: a target of the month reached, a place won.
pub fn counted(work: &mut Work<'_>, steps: &[Reversal]) -> Result<(), StoreError> {
    let month = work.day.month();
    let mut more: BTreeMap<(UserId, Metric), i64> = BTreeMap::new();
    for step in steps {
        // what was brought in from elsewhere happened long ago
        if let Reversal::Counted { day, user, metric, value, at: None, .. } = step
            && day.month() == month
        {
            *more.entry((*user, *metric)).or_default() += value;
        }
    }
    for ((user, metric), more) in more.into_iter().filter(|(_, more)| *more > 0) {
        // kept between changes: an outcome far from the server asks nothing more
        let tx = work.tx;
        let Some(id) = work.books().playbook_of(tx, user)? else { continue };
        let playbook = work.book(&id)?.playbook;
        let about = |rule: &&GoodNewsRule| rule.metric == metric && rule.on != Gladness::OrderWon;
        let rules: Vec<&GoodNewsRule> = playbook.good_news.iter().filter(about).collect();
        if rules.is_empty() {
            continue;
        }
        let after = work.tx.number(OF_MONTH, values![month, metric, user])?.unwrap_or(0);
        let before = after - more;
        let team = work.team_of(user)?;
        for rule in rules {
            let (value, other) = match rule.on {
                Gladness::TargetReached => match target(work, &playbook, user, (metric, rule.level))? {
                    Some(target) if target > 0 && before < target && after >= target => (after, None),
                    _ => continue,
                },
                Gladness::RankPassed => match passed(work, (user, team), metric, (before, after))? {
                    Some(other) => (after, Some(other)),
                    None => continue,
                },
                Gladness::OrderWon => continue,
            };
            tell(work, &Told { playbook: &id, rule, metric, of: (user, team), value, other })?;
        }
    }
    Ok(())
}

/// A person's target of the month on the change's day.
fn target(
    work: &mut Work<'_>,
    playbook: &Playbook,
    user: UserId,
    (metric, level): (Metric, Level),
) -> Result<Option<i64>, StoreError> {
    let UserId(id) = user;
    let set = work.tx.number(
        sql!(
            "SELECT value FROM target WHERE scope = 'user' AND scope_id = $1 AND period = 'month' AND metric = $2 AND level = $3 \
             AND pipeline = '' AND product = '' AND from_day <= $4 AND void_at IS NULL ORDER BY from_day DESC, id DESC LIMIT 1"
        ),
        values![id, metric, level, work.day],
    )?;
    if set.is_some() {
        return Ok(set);
    }
    let actor = Actor::load(work.tx, user, work.day)?;
    Ok(playbook.target_of(actor.seat(), (metric, Period::Month, level), work.day.month().first()))
}

/// Whom of the team somebody has passed: the highest of them.
fn passed(
    work: &Work<'_>,
    (user, team): (UserId, Option<TeamId>),
    metric: Metric,
    (before, after): (i64, i64),
) -> Result<Option<UserId>, StoreError> {
    let Some(team) = team else { return Ok(None) };
    let mut highest: Option<(i64, UserId)> = None;
    let mates = work.tx.all(
        sql!(
            "SELECT DISTINCT user_id FROM membership WHERE team_id = $1 AND user_id <> $2 AND from_day <= $3 \
             AND (to_day IS NULL OR to_day >= $3)"
        ),
        values![team, user, work.day],
        |row| Ok(UserId(row.int(0)?)),
    )?;
    for mate in mates {
        let theirs = work.tx.number(OF_MONTH, values![work.day.month(), metric, mate])?.unwrap_or(0);
        let was_behind = theirs > 0 && before <= theirs && after > theirs;
        if was_behind && highest.is_none_or(|(value, _)| theirs > value) {
            highest = Some((theirs, mate));
        }
    }
    Ok(highest.map(|(_, mate)| mate))
}

fn tell(work: &mut Work<'_>, told: &Told<'_>) -> Result<(), StoreError> {
    let id = NewsId(work.ids.make());
    let (user, team) = told.of;
    work.tx.put(
        sql!(
            "INSERT INTO good_news (id, at, playbook, rule, kind, user_id, team_id, scope, metric, value, other_id, void_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL)"
        ),
        values![
            id,
            work.at,
            told.playbook,
            &told.rule.code,
            told.rule.on,
            user,
            team.map_or(0, |team| team.0),
            told.rule.scope,
            told.metric,
            told.value,
            told.other
        ],
    )?;
    work.reverse(Reversal::NewsTold(id));
    work.touch(Topic::News);
    Ok(())
}

/// Takes back what was told, with what it told of.
pub fn take_back(work: &mut Work<'_>, news: NewsId) -> Result<(), StoreError> {
    work.tx.put(sql!("UPDATE good_news SET void_at = $2 WHERE id = $1"), values![news, work.at])?;
    work.touch(Topic::News);
    Ok(())
}

/// What somebody may hear of, oldest first: of the own team, and what is for everybody; whoever leads several teams or belongs to
/// none hears of all.
pub fn read(tx: Tx<'_>, ask: &GoodNewsAsk) -> Result<Vec<GoodNews>, StoreError> {
    let role = tx.one(sql!("SELECT role FROM person_user WHERE id = $1"), values![ask.by.id], |row| {
        word(row, 0, Role::parse)
    })?;
    let day = ask.day;
    let own = team_of(tx, ask.by.id, day)?;
    let all = own.is_none() || role.is_some_and(|role| role >= Role::Manager);
    let limit = i64::try_from(ask.limit).unwrap_or(i64::MAX);
    let mut rows = tx.all(
        sql!(
            "SELECT n.id, n.at, n.playbook, n.rule, n.kind, u.name, t.name, n.metric, n.value, o.name, n.user_id \
             FROM good_news n JOIN person_user u ON u.id = n.user_id LEFT JOIN team t ON t.id = n.team_id \
             LEFT JOIN person_user o ON o.id = n.other_id \
             WHERE n.at >= $1 AND (n.at > $1 OR n.id > $2) AND n.void_at IS NULL \
             AND ($3 = 1 OR n.scope = 'floor' OR n.team_id = $4) ORDER BY n.at DESC, n.id DESC LIMIT $5"
        ),
        values![ask.after.0, ask.after.1, all, own.map_or(0, |team| team.0), limit],
        |row| {
            Ok(GoodNews {
                id: NewsId(row.int(0)?),
                at: Timestamp(row.int(1)?),
                playbook: row.text(2)?.to_owned(),
                rule: row.text(3)?.to_owned(),
                kind: word(row, 4, Gladness::parse)?,
                rep: (UserId(row.int(10)?), row.text(5)?.to_owned()),
                team: row.opt_text(6)?.unwrap_or_default().to_owned(),
                metric: word(row, 7, Metric::parse)?,
                value: row.int(8)?,
                other: row.opt_text(9)?.map(str::to_owned),
            })
        },
    )?;
    rows.reverse();
    Ok(rows)
}
