//! A team's report with those of its people: who has handed in, and who goes another way.

use std::collections::BTreeMap;

use crate::domain::id::TeamId;
use crate::domain::lists::Period;
use crate::domain::report::funnel::median;
use crate::domain::report::share::{CASES_MIN, Share};
use crate::domain::span::Span;
use crate::sql;
use crate::store::books::Books;
use crate::store::change::people::TargetOf;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::report::{ReportCard, Signal, SignalKind, TeamReport};
use crate::store::read::board::people::Member;
use crate::store::read::board::sufficient::wanted;
use crate::store::report::card::{Eye, card, missing};
use crate::store::report::figures::{Desk, Place, book_of};
use crate::store::rights::{self, Action, Relation};

/// The report of a team.
pub fn team(
    tx: Tx<'_>,
    books: &mut Books,
    team: Option<TeamId>,
    back: (Period, u16),
    by: Viewer,
) -> Result<TeamReport, StoreError> {
    let eye = Eye::of(tx, books, by)?;
    let all = rights::may(eye.actor.role, Action::SeeReport, Relation::Other);
    let teams: Vec<(TeamId, String)> =
        tx.all(sql!("SELECT id, name FROM team ORDER BY name, id"), &[], |row| {
            Ok((TeamId(row.int(0)?), row.text(1)?.to_owned()))
        })?;
    let teams: Vec<(TeamId, String)> =
        teams.into_iter().filter(|(id, _)| all || eye.actor.team == Some(*id)).collect();
    let wanted = team.or(eye.actor.team).or_else(|| teams.first().map(|(id, _)| *id));
    let team = wanted.ok_or_else(|| missing("team", String::new()))?;
    let whose = TargetOf::Team(team);
    let place = Place::back(book_of(tx, books, whose)?, back, by.now)?;
    eye.check(tx, whose, &place)?;
    let desk = Desk::load(tx, place, None, by.now)?;
    let (mut people, mut figures) = (Vec::new(), Vec::new());
    for member in desk.of_team(team) {
        let live = desk.user(tx, member)?;
        figures.push(live.clone());
        people.push(card(tx, &desk, &eye, TargetOf::User(member.id), live)?);
    }
    people.sort_by(|a: &ReportCard, b| a.name.cmp(&b.name));
    let sheet = card(tx, &desk, &eye, whose, desk.team(team, &figures))?;
    let mut signals = signals(&desk, &people);
    sufficient(tx, books, (&desk, team), &mut signals)?;
    Ok(TeamReport { whole: sheet, people, signals, teams })
}

/// Who is at less than half of the team's middle, of those with enough cases (S001-57).
fn signals(desk: &Desk, people: &[ReportCard]) -> Vec<Signal> {
    let mut signals = Vec::new();
    for kind in [SignalKind::OnTime, SignalKind::Booked] {
        let shares: Vec<(&ReportCard, Share)> = people
            .iter()
            .filter_map(|card| {
                let TargetOf::User(user) = card.whose else { return None };
                let share = match kind {
                    SignalKind::OnTime => {
                        let work = card.now.as_ref().unwrap_or(&card.figures).work;
                        Share::of(i64::from(work.on_time), i64::from(work.planned))
                    }
                    SignalKind::Booked => desk.booked(user),
                    SignalKind::Sufficient => return None,
                };
                (share.of >= CASES_MIN).then_some((card, share))
            })
            .collect();
        let mut counted = BTreeMap::new();
        for bp in shares.iter().filter_map(|(_, share)| share.bp()) {
            *counted.entry(bp).or_insert(0) += 1;
        }
        let Some(middle) = median(&counted).filter(|_| shares.len() > 1) else { continue };
        for (card, share) in shares {
            if let (TargetOf::User(user), Some(bp)) = (card.whose, share.bp())
                && bp * 2 < middle
            {
                let name = card.name.clone();
                signals.push(Signal { user, name, kind, own: share, median_bp: middle, since: None });
            }
        }
    }
    signals
}

/// Whose target of the quarter old customers carry, from the playbook's share on (S004-06).
fn sufficient(
    tx: Tx<'_>,
    books: &mut Books,
    (desk, team): (&Desk, TeamId),
    found: &mut Vec<Signal>,
) -> Result<(), StoreError> {
    let playbook = &desk.place.book.playbook;
    let span = Span::this(Period::Quarter);
    let days = span.days(desk.on);
    let instants = (playbook.zone.start(days.0), playbook.zone.end(desk.on));
    let members: Vec<Member> = desk.of_team(team).cloned().collect();
    for wanted in wanted(tx, books, &members, (span, days, desk.on))? {
        let (own, from) = (wanted.share(tx, instants)?, wanted.playbook.metrics.self_sufficient_bp);
        let Some(member) = members.iter().find(|member| member.id == wanted.user) else { continue };
        if own.exact_bp().is_some_and(|share| share >= i64::from(from)) {
            found.push(Signal {
                user: member.id,
                name: member.name.clone(),
                kind: SignalKind::Sufficient,
                own,
                median_bp: i64::from(from),
                since: member.since,
            });
        }
    }
    Ok(())
}
