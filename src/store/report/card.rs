//! A report as it is shown: what was kept beside what is so now.

use std::collections::BTreeSet;

use crate::domain::id::CustomerId;
use crate::domain::lists::{Period, ReportState};
use crate::domain::mask::HIDDEN;
use crate::domain::report::Figures;
use crate::domain::time::Timestamp;
use crate::store::actor::Actor;
use crate::store::books::Books;
use crate::store::change::people::TargetOf;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::report::{ReportCard, ReportMay};
use crate::store::report::figures::{Desk, Place, book_of};
use crate::store::report::kept::{self, Kept};
use crate::store::rights::{self, Action, Relation};
use crate::store::sight::Sight;

use crate::store::write::zone_of;
use crate::{sql, values};

/// Who looks, and how.
pub struct Eye {
    pub actor: Actor,
    pub sight: Sight,
    pub now: Timestamp,
}

impl Eye {
    pub fn of(tx: Tx<'_>, books: &mut Books, by: Viewer) -> Result<Self, StoreError> {
        let day = zone_of(tx, books, by.id)?.day(by.now);
        Ok(Self { actor: books.actor(tx, by.id, day)?, sight: Sight::of(tx, by)?, now: by.now })
    }

    /// How who looks stands to whose report it is.
    pub fn relation(&self, tx: Tx<'_>, whose: TargetOf, place: &Place) -> Result<Relation, StoreError> {
        relation(tx, &self.actor, whose, place.book.playbook.zone.day(self.now))
    }

    /// Refuses a report that may not be seen.
    pub fn check(&self, tx: Tx<'_>, whose: TargetOf, place: &Place) -> Result<Relation, StoreError> {
        let relation = self.relation(tx, whose, place)?;
        check(self.actor.role, Action::SeeReport, relation, "see this report")?;
        Ok(relation)
    }
}

/// How somebody stands to whose report it is.
pub fn relation(
    tx: Tx<'_>,
    actor: &Actor,
    whose: TargetOf,
    day: crate::domain::time::Day,
) -> Result<Relation, StoreError> {
    match whose {
        TargetOf::User(user) => actor.relation_to(tx, Some(user), day),
        TargetOf::Team(team) if actor.team == Some(team) => Ok(Relation::Team),
        TargetOf::Team(_) => Ok(Relation::Other),
    }
}

/// A refusal without a word of customers.
pub fn check(
    role: crate::domain::lists::Role,
    action: Action,
    relation: Relation,
    what: &str,
) -> Result<(), StoreError> {
    rights::check(role, action, relation, what).map_err(|_| StoreError::Forbidden {
        role: role.as_str().to_owned(),
        what: what.to_owned(),
        relation: String::new(),
    })
}

/// What is handed in by whom.
pub const fn hands_in(whose: TargetOf) -> Action {
    match whose {
        TargetOf::User(_) => Action::HandInReport,
        TargetOf::Team(_) => Action::HandInTeamReport,
    }
}

/// One report.
pub fn one(
    tx: Tx<'_>,
    books: &mut Books,
    whose: TargetOf,
    back: (Period, u16),
    by: Viewer,
) -> Result<ReportCard, StoreError> {
    let eye = Eye::of(tx, books, by)?;
    let place = Place::back(book_of(tx, books, whose)?, back, by.now)?;
    eye.check(tx, whose, &place)?;
    let only = match whose {
        TargetOf::User(user) => Some(user),
        TargetOf::Team(_) => None,
    };
    let desk = Desk::load(tx, place, only, by.now)?;
    let figures = live(tx, &desk, whose)?;
    card(tx, &desk, &eye, whose, figures)
}

/// What stands in a report now.
pub fn live(tx: Tx<'_>, desk: &Desk, whose: TargetOf) -> Result<Figures, StoreError> {
    match whose {
        TargetOf::User(user) => {
            let member = desk.member(user).ok_or_else(|| missing("user", user.to_string()))?;
            desk.user(tx, member)
        }
        TargetOf::Team(team) => {
            let mut people = Vec::new();
            for member in desk.of_team(team) {
                people.push(desk.user(tx, member)?);
            }
            Ok(desk.team(team, &people))
        }
    }
}

pub fn missing(kind: &'static str, id: String) -> StoreError {
    StoreError::NotFound { kind, id, hint: None }
}

/// A report with what was kept of it, from what stands in it now.
pub fn card(
    tx: Tx<'_>,
    desk: &Desk,
    eye: &Eye,
    whose: TargetOf,
    live: Figures,
) -> Result<ReportCard, StoreError> {
    let place = &desk.place;
    let of = (place.rule.period, place.days.0);
    let kept = kept::find(tx, whose, of)?;
    let name = match whose {
        TargetOf::User(user) => desk.member(user).map(|member| member.name.clone()),
        TargetOf::Team(team) => {
            tx.one(sql!("SELECT name FROM team WHERE id = $1"), values![team], |row| {
                Ok(row.text(0)?.to_owned())
            })?
        }
    };
    let handed = kept.as_ref().and_then(|kept| kept.handed.as_ref()).map(|(at, ..)| *at);
    let state = place.window.state(handed, eye.now);
    let may = may(tx, eye, (whose, place), (state, kept.as_ref()))?;
    let comments = match &kept {
        Some(kept) => kept::comments(tx, kept.id)?,
        None => Vec::new(),
    };
    let mut card = ReportCard {
        id: None,
        whose,
        name: name.unwrap_or_default(),
        period: place.rule.period,
        days: place.days,
        zone: place.book.playbook.zone,
        currency: place.book.playbook.currency.clone(),
        window: place.window,
        state,
        handed: None,
        kept: None,
        lines: crate::domain::report::Lines::default(),
        figures: live,
        now: None,
        names: Vec::new(),
        comments,
        may,
    };
    if let Some(kept) = kept {
        card.id = Some(kept.id);
        card.handed = kept.handed.map(|(at, _, by)| (at, by));
        card.kept = Some(kept.since);
        card.lines = kept.lines;
        card.now = Some(std::mem::replace(&mut card.figures, kept.figures));
    }
    card.names = names(tx, eye, &card)?;
    Ok(card)
}

fn may(
    tx: Tx<'_>,
    eye: &Eye,
    (whose, place): (TargetOf, &Place),
    (state, kept): (ReportState, Option<&Kept>),
) -> Result<ReportMay, StoreError> {
    let relation = eye.relation(tx, whose, place)?;
    let role = eye.actor.role;
    let in_time = !matches!(state, ReportState::Early | ReportState::Closed) && eye.now < place.window.closes;
    Ok(ReportMay {
        hand_in: in_time && rights::may(role, hands_in(whose), relation),
        comment: kept.is_some() && rights::may(role, Action::CommentReport, relation),
    })
}

/// The names of customers in it, dots where they may not be seen.
fn names(tx: Tx<'_>, eye: &Eye, card: &ReportCard) -> Result<Vec<(CustomerId, String)>, StoreError> {
    let both = std::iter::once(&card.figures).chain(card.now.as_ref());
    let finds = both.clone().flat_map(|figures| &figures.finds).filter_map(|find| find.customer);
    let stuck = both.flat_map(|figures| &figures.stuck).map(|deal| deal.customer);
    let tasks = card.comments.iter().flat_map(|comment| &comment.tasks).map(|(_, customer, _)| *customer);
    let wanted: BTreeSet<CustomerId> = finds.chain(stuck).chain(tasks).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let seen = eye.sight.seen(tx, wanted.clone())?;
    let mut names = Vec::with_capacity(wanted.len());
    for customer in wanted {
        let name = tx.one(sql!("SELECT name FROM customer WHERE id = $1"), values![customer], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
        let name = name.filter(|_| seen.contains(&customer)).unwrap_or_else(|| HIDDEN.to_owned());
        names.push((customer, name));
    }
    Ok(names)
}
