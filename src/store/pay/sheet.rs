//! Statements of a month: what a plan makes of the roll-ups, the orders, the scores.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::id::UserId;
use crate::domain::lists::{Level, Metric, PayPart, Period};
use crate::domain::money::Money;
use crate::domain::pay::plan::{Component, OrderBy, Plan};
use crate::domain::pay::{self, Rate, Statement};
use crate::domain::report::share::Share;
use crate::domain::span::Span;
use crate::domain::time::{Day, Month, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::TargetScope;
use crate::store::books::{Books, read_text};
use crate::store::change::people::TargetOf;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pay::orders::Orders;
use crate::store::pay::{coach, rank, score};
use crate::store::query::board::Part;
use crate::store::query::pay::{PayAsk, PayRow, PaySheet};
use crate::store::read::board::people::{self, Member};
use crate::store::read::board::rows::attained_bp;
use crate::store::read::board::target::{For, Set};
use crate::store::report::{check, execution, relation};
use crate::store::rights::{self, Action, Relation};
use crate::store::write::zone_of;
use crate::{sql, values};

/// The month that is asked for, as it stands.
struct Desk<'a> {
    tx: Tx<'a>,
    month: Month,
    days: (Day, Day),
    /// The last day that is told: of the month, or today.
    on: Day,
    now: Timestamp,
    /// Whose alone is asked for; else the days of everybody are read together.
    only: Option<UserId>,
    /// Another method, and what it is called.
    instead: Option<Arc<Playbook>>,
    sets: BTreeMap<Metric, Set>,
    daily: BTreeMap<Metric, Daily>,
}

/// What people did of a metric, day by day.
type Daily = BTreeMap<UserId, Vec<(Day, i64)>>;

/// The statements of whoever is asked for.
pub fn sheet(tx: Tx<'_>, books: &mut Books, ask: &PayAsk) -> Result<PaySheet, StoreError> {
    let now = ask.by.now;
    let today = zone_of(tx, books, ask.by.id)?.day(now);
    let actor = books.actor(tx, ask.by.id, today)?;
    let whose = whose(&actor, ask.whose);
    if let Some(whose) = whose {
        let relation = relation(tx, &actor, whose, today)?;
        check(actor.role, Action::SeePay, relation, "see this pay")?;
    }
    let month = ask.month.unwrap_or_else(|| today.month());
    let days = (month.first(), month.last());
    let on = days.1.min(today).max(days.0);
    let only = match whose {
        Some(TargetOf::User(user)) => Some(user),
        Some(TargetOf::Team(_)) | None => None,
    };
    let instead = ask.instead.as_deref().map(read_text).transpose()?.map(|text| text.playbook);
    let (sets, daily) = (BTreeMap::new(), BTreeMap::new());
    let mut desk = Desk { tx, month, days, on, now, only, instead, sets, daily };
    let mut rows = Vec::new();
    for member in people::all(tx, on)? {
        let wanted = match whose {
            None => member.competes() || (member.team.is_some() && !member.rank.is_empty()),
            Some(TargetOf::Team(team)) => member.team == Some(team) && member.competes(),
            Some(TargetOf::User(user)) => member.id == user,
        };
        if wanted {
            rows.push(desk.row(books, member)?);
        }
    }
    if let (Some(TargetOf::User(user)), []) = (whose, rows.as_slice()) {
        return Err(StoreError::NotFound { kind: "user", id: user.to_string(), hint: None });
    }
    rows.sort_by(|a, b| (&a.name, a.user).cmp(&(&b.name, b.user)));
    Ok(PaySheet { days, rows })
}

/// The own, of who leads the team's, of a manager everybody's.
fn whose(actor: &crate::store::actor::Actor, asked: Option<TargetOf>) -> Option<TargetOf> {
    let all = rights::may(actor.role, Action::SeePay, Relation::Other);
    let leads = rights::may(actor.role, Action::SeePay, Relation::Team);
    match (asked, actor.team) {
        (Some(asked), _) => Some(asked),
        (None, _) if all => None,
        (None, Some(team)) if leads => Some(TargetOf::Team(team)),
        (None, _) => Some(TargetOf::User(actor.id)),
    }
}

impl Desk<'_> {
    fn row(&mut self, books: &mut Books, mut member: Member) -> Result<PayRow, StoreError> {
        let id = books.playbook_of(self.tx, member.id)?.unwrap_or_default();
        let book = books.newest(self.tx, &id)?;
        let ends = book.playbook.zone.end(self.days.1);
        // a plan is of the version that was in force: what is applied later changes no earlier month (S001-119)
        let version = version(self.tx, &id, ends)?.unwrap_or(book.number);
        let playbook = match &self.instead {
            Some(other) if other.id == id => other.clone(),
            _ => books.version(self.tx, &id, version)?.playbook,
        };
        member.rank = rank::before(self.tx, member.id, ends, &member.rank)?;
        let login =
            self.tx.one(sql!("SELECT login FROM person_user WHERE id = $1"), values![member.id], |row| {
                Ok(row.text(0)?.to_owned())
            })?;
        let statement = match &playbook.pay {
            Some(plan) => self.statement(&playbook, plan, &member)?,
            None => Statement::default(),
        };
        Ok(PayRow {
            user: member.id,
            login: login.unwrap_or_default(),
            name: member.name,
            rank: member.rank,
            currency: playbook.currency.clone(),
            plan: playbook.pay.as_ref().map(|plan| plan.name.clone()).unwrap_or_default(),
            version,
            statement,
        })
    }

    fn statement(
        &mut self,
        playbook: &Arc<Playbook>,
        plan: &Plan,
        member: &Member,
    ) -> Result<Statement, StoreError> {
        let zone = playbook.zone;
        let instants = (zone.start(self.days.0), zone.end(self.days.1));
        let orders = Orders::load(self.tx, (playbook, plan), member.id, instants, self.now)?;
        let mut lines = Vec::new();
        for component in &plan.components {
            match component {
                Component::Base => {
                    let rank = playbook.ranks.iter().find(|rank| rank.code.as_str() == member.rank);
                    lines.push(pay::base(rank.map_or(Money::ZERO, |rank| rank.base)));
                }
                Component::Process { metric, rate, cap_per_day, .. } => {
                    if component.is_for(&member.rank) {
                        let days = self.daily(member.id, *metric)?;
                        lines.push(pay::process(*metric, &days, *rate, *cap_per_day));
                    }
                }
                Component::Order { metric, by, release } => {
                    let (rate, linked) = match by {
                        OrderBy::Tiers(tiers) => (Rate::Tiers(tiers.clone()), false),
                        OrderBy::Rank(shares) => match shares.get(member.rank.as_str()) {
                            Some(bp) => (Rate::Share(*bp), true),
                            None => continue,
                        },
                    };
                    let earned = orders.of(*metric, linked);
                    let happened = |order: &pay::Earned, event| orders.happened(order, event);
                    lines.push(pay::orders((PayPart::Order, *metric), rate, &earned, release, happened));
                }
                Component::Performance { amount, score } => {
                    let mut values = BTreeMap::new();
                    for share in score {
                        values.insert(share.metric, self.scored(playbook, member, share.metric)?);
                    }
                    lines.push(pay::performance(*amount, score, |metric| {
                        values.get(&metric).copied().flatten()
                    }));
                }
                Component::Coach { amount } => {
                    let risen = coach::risen(self.tx, playbook, member.id, instants)?;
                    lines.extend(risen.map(|risen| pay::coach(risen, *amount)));
                }
                // a partner's, not a person's
                Component::Channel => {}
            }
        }
        Ok(Statement { lines })
    }

    /// What somebody did of a metric, day by day up to the last day told; days without it left out.
    fn daily(&mut self, user: UserId, metric: Metric) -> Result<Vec<(Day, i64)>, StoreError> {
        if !self.daily.contains_key(&metric) {
            let read = self.read(metric)?;
            self.daily.insert(metric, read);
        }
        Ok(self.daily.get(&metric).and_then(|people| people.get(&user)).cloned().unwrap_or_default())
    }

    fn read(&self, metric: Metric) -> Result<Daily, StoreError> {
        let mut people = Daily::new();
        for day in (self.days.0.0..=self.on.0).map(Day) {
            let mut add = |row: &dyn crate::store::value::Row| {
                people.entry(UserId(row.int(0)?)).or_default().push((day, row.int(1)?));
                Ok(())
            };
            match self.only {
                Some(user) => self.tx.each(
                    sql!(
                        "SELECT user_id, CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2 AND user_id = $3 \
                         GROUP BY user_id"
                    ),
                    values![day, metric, user],
                    &mut add,
                )?,
                None => self.tx.each(
                    sql!(
                        "SELECT user_id, CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2 GROUP BY user_id"
                    ),
                    values![day, metric],
                    &mut add,
                )?,
            }
        }
        Ok(people)
    }

    /// A share of a score in basis points; `None` where nothing says it.
    fn scored(
        &mut self,
        playbook: &Playbook,
        member: &Member,
        metric: Metric,
    ) -> Result<Option<i64>, StoreError> {
        match metric {
            Metric::Attainment => self.attainment(playbook, member),
            Metric::OnTimeRate => {
                let zone = playbook.zone;
                let instants = (zone.start(self.days.0), zone.end(self.days.1));
                let work = execution(self.tx, member.id, (self.days, instants), self.now)?;
                Ok(Share::of(i64::from(work.on_time), i64::from(work.planned)).exact_bp())
            }
            other => score::read(self.tx, member.id, self.month, other),
        }
    }

    /// Done of the month's target: of the main metric, else of the first that the playbook sets for the rank.
    fn attainment(&mut self, playbook: &Playbook, member: &Member) -> Result<Option<i64>, StoreError> {
        let of_rank = playbook.targets.iter().filter(|rule| {
            rule.period == Period::Month && rule.level == Level::Goal && rule.scope == TargetScope::Rank
        });
        let mut seen = BTreeSet::new();
        let metrics = std::iter::once(playbook.metrics.main).chain(of_rank.map(|rule| rule.metric));
        for metric in metrics.filter(|metric| metric.is_summed() && seen.insert(*metric)) {
            let goal = self.goal(playbook, member, metric)?;
            let Some(goal) = goal.filter(|goal| *goal > 0) else { continue };
            let done = self.tx.number(
                sql!(
                    "SELECT CAST(sum(value) AS BIGINT) FROM metric_month WHERE month = $1 AND metric = $2 AND user_id = $3"
                ),
                values![self.month, metric, member.id],
            )?;
            return Ok(attained_bp(done.unwrap_or(0).max(0), goal));
        }
        Ok(None)
    }

    fn goal(
        &mut self,
        playbook: &Playbook,
        member: &Member,
        metric: Metric,
    ) -> Result<Option<i64>, StoreError> {
        if !self.sets.contains_key(&metric) {
            self.sets.insert(metric, Set::load(self.tx, metric, &Part::default(), self.on)?);
        }
        let wanted =
            For { span: Span::this(Period::Month), days: self.days, on: self.on, level: Level::Goal };
        Ok(self.sets.get(&metric).and_then(|set| set.of_user(playbook, member, wanted)))
    }
}

/// The version of a method that was in force before an instant; the first where it came later.
fn version(tx: Tx<'_>, id: &str, before: Timestamp) -> Result<Option<i64>, StoreError> {
    let last = tx.number(
        sql!("SELECT max(number) FROM playbook_version WHERE playbook = $1 AND at < $2"),
        values![id, before],
    )?;
    if last.is_some() {
        return Ok(last);
    }
    tx.number(sql!("SELECT min(number) FROM playbook_version WHERE playbook = $1"), values![id])
}
