//! Funnels by cohort (S001-64): deals that opened in a stretch of days, how far they came, and which stand in a cell.

use crate::domain::code::PipelineCode;
use crate::domain::id::{CustomerId, DealId, TeamId, UserId};
use crate::domain::lists::{DealState, EventKind, FunnelCell};
use crate::domain::mask::HIDDEN;
use crate::domain::report::funnel::{Funnel, Level, Step};
use crate::domain::report::share::Share;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::Pipeline;
use crate::store::books::{Book, Books};
use crate::store::change::people::TargetOf;
use crate::store::customers::invalid;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::report::{FunnelAsk, FunnelRow, FunnelRowsAsk, FunnelSheet, FunnelStage};
use crate::store::report::card::{Eye, check, relation};
use crate::store::report::figures::book_of;
use crate::store::rights::{self, Action, Relation};
use crate::store::value::word;
use crate::{sql, values};

/// Rows of a cell that are answered at once, at most.
const ROWS_MAX: usize = 200;

/// Which deals, resolved and allowed.
struct Cohort<'a> {
    book: &'a Playbook,
    pipeline: &'a Pipeline,
    whose: Option<TargetOf>,
    days: (Day, Day),
    today: Day,
}

/// Whose deals are looked at by whom: one's own, of who leads the team's, of a manager everybody's.
fn whose(tx: Tx<'_>, eye: &Eye, ask: &FunnelAsk, today: Day) -> Result<Option<TargetOf>, StoreError> {
    let role = eye.actor.role;
    let all = rights::may(role, Action::SeeReport, Relation::Other);
    let Some(whose) = ask.whose else {
        let leads = rights::may(role, Action::SeeReport, Relation::Team);
        return Ok(match eye.actor.team {
            _ if all => None,
            Some(team) if leads => Some(TargetOf::Team(team)),
            _ => Some(TargetOf::User(eye.actor.id)),
        });
    };
    let relation = relation(tx, &eye.actor, whose, today)?;
    check(role, Action::SeeReport, relation, "see this funnel")?;
    Ok(Some(whose))
}

fn book(tx: Tx<'_>, books: &mut Books, eye: &Eye, ask: &FunnelAsk) -> Result<Book, StoreError> {
    book_of(tx, books, ask.whose.unwrap_or(TargetOf::User(eye.actor.id)))
}

impl<'a> Cohort<'a> {
    fn of(tx: Tx<'_>, book: &'a Playbook, eye: &Eye, ask: &FunnelAsk) -> Result<Self, StoreError> {
        let mut staged = book.pipelines.iter().filter(|pipeline| !pipeline.stages.is_empty());
        let found = match &ask.pipeline {
            None => staged.next(),
            Some(code) => staged.find(|pipeline| pipeline.code == *code),
        };
        let Some(pipeline) = found else {
            let known: Vec<&str> = book
                .pipelines
                .iter()
                .filter(|pipeline| !pipeline.stages.is_empty())
                .map(|pipeline| pipeline.code.as_str())
                .collect();
            let wanted = ask.pipeline.as_ref().map_or("", PipelineCode::as_str);
            let what = format!("'{wanted}' is no pipeline with stages; there are: {}", known.join(", "));
            return Err(invalid("no_funnel", what));
        };
        let today = book.zone.day(ask.by.now);
        Ok(Self { book, pipeline, whose: whose(tx, eye, ask, today)?, days: ask.span.days(today), today })
    }

    /// Tells of every deal of the cohort by its own little funnel, the newest deal first.
    fn each(
        &self,
        tx: Tx<'_>,
        whose: Option<TargetOf>,
        mut told: impl FnMut(DealId, Funnel),
    ) -> Result<(), StoreError> {
        let (user, team): (Option<UserId>, Option<TeamId>) = match whose {
            None => (None, None),
            Some(TargetOf::User(user)) => (Some(user), None),
            Some(TargetOf::Team(team)) => (None, Some(team)),
        };
        let stages = self.pipeline.stages.len();
        let mut one: Option<(DealId, Funnel)> = None;
        tx.each(
            sql!(
                "SELECT d.id, m.at, m.to_stage, m.evidence, d.state, d.reason FROM deal d JOIN customer c ON c.id = d.customer_id \
                 JOIN stage_move m ON m.customer_id = d.customer_id AND m.deal_id = d.id \
                 WHERE d.pipeline = $1 AND d.opened_at >= $2 AND d.opened_at < $3 AND d.void_at IS NULL AND m.void_at IS NULL \
                 AND (CAST($4 AS BIGINT) IS NULL OR c.owner_id = $4) \
                 AND (CAST($5 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM membership b WHERE b.user_id = c.owner_id AND b.team_id = $5 \
                     AND b.from_day <= $6 AND (b.to_day IS NULL OR b.to_day >= $6))) \
                 ORDER BY d.id DESC, m.at, m.id"
            ),
            values![
                &self.pipeline.code,
                self.book.zone.start(self.days.0),
                self.book.zone.end(self.days.1),
                user,
                team,
                self.today
            ],
            |row| {
                let (deal, at) = (DealId(row.int(0)?), Timestamp(row.int(1)?));
                if one.as_ref().is_some_and(|(of, _)| *of != deal)
                    && let Some((of, funnel)) = one.take()
                {
                    told(of, funnel);
                }
                let (_, funnel) = one.get_or_insert_with(|| (deal, Funnel::new(stages)));
                let (to, state) = (row.text(2)?, word(row, 4, DealState::parse)?);
                if to.is_empty() {
                    match state {
                        DealState::Won => funnel.tell(deal.0, at, Step::Won),
                        _ => funnel.tell(deal.0, at, Step::Lost(row.opt_text(5)?.unwrap_or_default())),
                    }
                } else if let Some(index) = place(self.pipeline, to) {
                    funnel.tell(deal.0, at, Step::Entered(index));
                    let closes = self.pipeline.stages.get(index).is_some_and(|stage| stage.closes_won);
                    if closes || (row.text(3)? == "order" && state == DealState::Won) {
                        funnel.tell(deal.0, at, Step::Won);
                    }
                }
                Ok(())
            },
        )?;
        if let Some((of, funnel)) = one {
            told(of, funnel);
        }
        Ok(())
    }

    /// The whole of it.
    fn levels(&self, tx: Tx<'_>, whose: Option<TargetOf>) -> Result<(Vec<Level>, Share), StoreError> {
        let mut all = Funnel::new(self.pipeline.stages.len());
        let mut deals = 0;
        self.each(tx, whose, |_, funnel| {
            deals += 1;
            all.add(funnel);
        })?;
        let (levels, won) = all.end();
        Ok((levels, Share::of(won, deals)))
    }
}

/// The place of a stage, from 0.
fn place(pipeline: &Pipeline, stage: &str) -> Option<usize> {
    pipeline.stages.iter().position(|known| known.code.as_str() == stage)
}

/// A funnel.
pub fn sheet(tx: Tx<'_>, books: &mut Books, ask: &FunnelAsk) -> Result<FunnelSheet, StoreError> {
    let eye = Eye::of(tx, books, ask.by)?;
    let book = book(tx, books, &eye, ask)?.playbook;
    let cohort = Cohort::of(tx, &book, &eye, ask)?;
    let (levels, won) = cohort.levels(tx, cohort.whose)?;
    // one person's is held against the team's
    let team = match cohort.whose {
        Some(TargetOf::User(user)) => crate::store::actor::team_of(tx, user, cohort.today)?,
        _ => None,
    };
    let team = match team {
        Some(team) => Some(cohort.levels(tx, Some(TargetOf::Team(team)))?.0),
        None => None,
    };
    let name = match cohort.whose {
        None => None,
        Some(TargetOf::User(user)) => {
            tx.one(sql!("SELECT name FROM person_user WHERE id = $1"), values![user], |row| {
                Ok(row.text(0)?.to_owned())
            })?
        }
        Some(TargetOf::Team(team)) => {
            tx.one(sql!("SELECT name FROM team WHERE id = $1"), values![team], |row| {
                Ok(row.text(0)?.to_owned())
            })?
        }
    };
    let stages = cohort.pipeline.stages.iter().zip(levels).enumerate().map(|(place, (stage, level))| {
        let script = book.scripts.iter().find(|script| script.stage.as_ref() == Some(&stage.code));
        let begins = |kind: EventKind, name: Option<&str>| {
            kind == EventKind::StageEntered && name == Some(stage.code.as_str())
        };
        let sop = book.sops.iter().find(|sop| {
            sop.pipeline == cohort.pipeline.code && begins(sop.anchor.kind, sop.anchor.name.as_deref())
        });
        FunnelStage {
            stage: stage.code.clone(),
            level,
            team: team.as_ref().and_then(|team| team.get(place)).map(Level::conversion),
            script: script.map(|script| script.code.as_str().to_owned()),
            step: sop.map(|sop| sop.code.as_str().to_owned()),
        }
    });
    Ok(FunnelSheet {
        whose: cohort.whose,
        name: name.unwrap_or_default(),
        pipeline: cohort.pipeline.code.clone(),
        pipelines: book
            .pipelines
            .iter()
            .filter(|pipeline| !pipeline.stages.is_empty())
            .map(|pipeline| pipeline.code.clone())
            .collect(),
        days: cohort.days,
        stages: stages.collect(),
        won,
    })
}

/// The deals of a cell.
pub fn rows(tx: Tx<'_>, books: &mut Books, ask: &FunnelRowsAsk) -> Result<Vec<FunnelRow>, StoreError> {
    let eye = Eye::of(tx, books, ask.funnel.by)?;
    let book = book(tx, books, &eye, &ask.funnel)?.playbook;
    let cohort = Cohort::of(tx, &book, &eye, &ask.funnel)?;
    let Some(stage) = place(cohort.pipeline, ask.stage.as_str()) else {
        let what = format!("'{}' is no stage of '{}'", ask.stage, cohort.pipeline.code);
        return Err(invalid("unknown_stage", what));
    };
    let mut found = Vec::new();
    let limit = ask.limit.min(ROWS_MAX);
    cohort.each(tx, cohort.whose, |deal, funnel| {
        if found.len() >= limit || ask.after.is_some_and(|after| deal >= after) {
            return;
        }
        let (levels, _) = funnel.end();
        let Some(level) = levels.get(stage) else { return };
        let count = match ask.cell {
            FunnelCell::Entered => level.entered,
            FunnelCell::Passed => level.passed,
            FunnelCell::Open => level.open,
            FunnelCell::Lost => level.lost,
        };
        if count > 0 {
            found.push(deal);
        }
    })?;
    let mut rows = Vec::with_capacity(found.len());
    for deal in found {
        let row = tx.one(
            sql!(
                "SELECT d.id, d.customer_id, c.name, u.name, d.stage, d.stage_since, d.state, d.reason FROM deal d \
                 JOIN customer c ON c.id = d.customer_id LEFT JOIN person_user u ON u.id = c.owner_id WHERE d.id = $1"
            ),
            values![deal],
            |row| {
                Ok(FunnelRow {
                    deal: DealId(row.int(0)?),
                    customer: CustomerId(row.int(1)?),
                    name: row.text(2)?.to_owned(),
                    owner: row.opt_text(3)?.unwrap_or_default().to_owned(),
                    stage: row.opt_text(4)?.unwrap_or_default().to_owned(),
                    since: Timestamp(row.int(5)?),
                    state: row.text(6)?.to_owned(),
                    reason: row.opt_text(7)?.unwrap_or_default().to_owned(),
                })
            },
        )?;
        rows.extend(row);
    }
    let seen = eye.sight.seen(tx, rows.iter().map(|row| row.customer).collect())?;
    for row in rows.iter_mut().filter(|row| !seen.contains(&row.customer)) {
        HIDDEN.clone_into(&mut row.name);
    }
    Ok(rows)
}
