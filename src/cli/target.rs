//! `corral target`: what is to be reached, set one by one, from a table, from the period before, or shared out over a team.

use serde_json::json;

use crate::app::amount::amount;
use crate::cli::args::Target;
use crate::cli::output::{self, Failure};
use crate::cli::people::{team_named, whose};
use crate::cli::session::{Local, strange};
use crate::domain::gap::bounds;
use crate::domain::id::TeamId;
use crate::domain::lists::{Level, Metric, Period, Unit, UserState};
use crate::domain::money::{Money, whole_units};
use crate::domain::share_out::{in_units, raised};
use crate::domain::span::Span;
use crate::domain::time::Day;
use crate::intake::table::{Row, Table};
use crate::store::change::people::{NewTarget, Part, TargetOf};
use crate::store::change::{Change, PeopleChange};
use crate::store::query::board::{BoardAsk, BoardBy};
use crate::store::query::{Answer, Query, TargetRow};
use crate::text::width::pad;

/// Targets.
pub fn target(local: &mut Local, target: &Target) -> Result<(), Failure> {
    match target {
        Target::List => list(local),
        Target::Set { whose: name, period, metric, level, only, value, from } => {
            let scope = whose(local, name)?;
            let from = match from {
                Some(from) => *from,
                None => today(local)?,
            };
            let value = stored(*metric, *value);
            let (period, metric, level, part) = (*period, *metric, *level, only.part());
            set(local, vec![NewTarget { scope, period, metric, level, part, value, from }])?;
            list(local)
        }
        Target::Import { file, dry_run } => {
            let table = Table::open(file, None)?;
            let heads = Heads::find(&table.headers)?;
            let (mut wanted, mut bad) = (Vec::new(), Vec::new());
            for row in table {
                match row? {
                    Ok(row) => match heads.read(local, &row)? {
                        Ok(target) => wanted.push(target),
                        Err(why) => bad.push((row.number, why)),
                    },
                    Err(reject) => bad.push((reject.row, reject.reason)),
                }
            }
            tell(local, wanted, *dry_run, &bad)
        }
        Target::Copy { period, metric, raise, team, dry_run } => {
            let wanted = copied(local, *period, *metric, *raise, team.as_deref())?;
            tell(local, wanted, *dry_run, &[])
        }
        Target::Distribute { team, period, metric, by, dry_run } => {
            let wanted = distributed(local, team, (*metric, *period), by)?;
            tell(local, wanted, *dry_run, &[])
        }
    }
}

fn today(local: &mut Local) -> Result<Day, Failure> {
    let by = local.keeper()?;
    let zone = local.me_of(by)?.playbook.zone;
    Ok(zone.day(local.now()))
}

fn set(local: &mut Local, mut targets: Vec<NewTarget>) -> Result<(), Failure> {
    let by = local.keeper()?;
    let change = match targets.len() {
        0 => return Ok(()),
        1 => PeopleChange::SetTarget(targets.remove(0)),
        _ => PeopleChange::SetTargets(targets),
    };
    local.make(by, Change::People(change))?;
    Ok(())
}

fn in_force(local: &mut Local, now: crate::domain::time::Timestamp) -> Result<Vec<TargetRow>, Failure> {
    match local.ask(&Query::Targets { now })? {
        Answer::Targets(rows) => Ok(rows),
        _ => Err(strange()),
    }
}

fn list(local: &mut Local) -> Result<(), Failure> {
    let now = local.now();
    let rows = in_force(local, now)?;
    let shapes: Vec<_> = rows.iter().map(shape).collect();
    output::answer(local.json, &json!({ "targets": shapes }), || rows.iter().map(line).collect())
}

/// Sets what is wanted, or only says so, and tells the rows that were wrong.
fn tell(
    local: &mut Local,
    wanted: Vec<NewTarget>,
    dry_run: bool,
    bad: &[(u64, String)],
) -> Result<(), Failure> {
    let shapes: Vec<_> = wanted
        .iter()
        .map(|new| {
            let (scope, id) = named(new.scope);
            json!({
                "scope": scope, "scope_id": id, "period": new.period, "metric": new.metric, "level": new.level,
                "pipeline": new.part.pipeline, "product": new.part.product, "value": new.value, "from": new.from,
            })
        })
        .collect();
    let rejected: Vec<_> = bad.iter().map(|(row, why)| json!({ "row": row, "reason": why })).collect();
    let count = wanted.len();
    if !dry_run {
        set(local, wanted)?;
    }
    let shape = json!({ "set": shapes, "rejected": rejected, "dry_run": dry_run });
    output::answer(local.json, &shape, || {
        let done = if dry_run { "would be set" } else { "set" };
        let wrong = bad.iter().map(|(row, why)| format!("row {row}: {why}"));
        std::iter::once(format!("{count} {done}")).chain(wrong).collect()
    })?;
    match bad.len() {
        0 => Ok(()),
        wrong => Err(Failure::failed(
            "rows_rejected",
            format!("{wrong} rows were not set; mend them and bring in just those again"),
        )),
    }
}

/// What was in force on the last day of the period before, for the period that begins now.
fn copied(
    local: &mut Local,
    period: Period,
    metric: Option<Metric>,
    raise: i64,
    team: Option<&str>,
) -> Result<Vec<NewTarget>, Failure> {
    let today = today(local)?;
    let (first, _) = bounds(period, today);
    let by = local.keeper()?;
    let zone = local.me_of(by)?.playbook.zone;
    let rows = in_force(local, zone.start(first.plus(-1)))?;
    let team = match team {
        Some(name) => Some(team_named(local, name)?.id),
        None => None,
    };
    let users = local.users()?;
    let is_wanted = |row: &TargetRow| {
        let here = match row.scope {
            TargetOf::Team(id) => team.is_none_or(|team| team == id),
            TargetOf::User(id) => users.iter().any(|user| {
                user.id == id
                    && user.state != UserState::Left
                    && team.is_none_or(|team| user.team.as_ref().is_some_and(|(of, _)| *of == team))
            }),
        };
        here && row.period == period && metric.is_none_or(|metric| metric == row.metric)
    };
    Ok(rows
        .into_iter()
        .filter(is_wanted)
        .map(|row| NewTarget {
            scope: row.scope,
            period,
            metric: row.metric,
            level: row.level,
            part: row.part,
            value: raised(row.value, raise),
            from: first,
        })
        .collect())
}

/// A team's target over its reps: the parts add up to it.
fn distributed(
    local: &mut Local,
    team: &str,
    (metric, period): (Metric, Period),
    by: &str,
) -> Result<Vec<NewTarget>, Failure> {
    let TeamId(id) = team_named(local, team)?.id;
    let (team, now) = (TeamId(id), local.now());
    let mut board = |span: Span, by: BoardBy| {
        let ask = BoardAsk { team: Some(team), ..BoardAsk::new(metric, span, by, now) };
        match local.ask(&Query::Board(ask))? {
            Answer::Board(board) => Ok::<_, Failure>(board),
            _ => Err(strange()),
        }
    };
    let this = Span::this(period);
    let whole = board(this, BoardBy::Team)?.rows.first().map_or(0, |row| row.gap.target);
    if whole == 0 {
        return Err(Failure::failed(
            "no_target",
            format!("the team has no {metric} target for this {period}; set it first"),
        ));
    }
    let reps = board(this, BoardBy::Rep)?;
    let before = board(Span::Of(period, 1), BoardBy::Rep)?;
    let weights: Vec<i64> = reps
        .rows
        .iter()
        .map(|row| match by {
            "even" => 1,
            "done" => before.rows.iter().find(|old| old.id == row.id).map_or(0, |old| old.gap.done),
            _ => row.gap.target,
        })
        .collect();
    let values = in_units(whole, whole_units(metric.unit()), &weights);
    let from = reps.days.0;
    Ok(reps
        .rows
        .iter()
        .zip(values)
        .filter_map(|(row, value)| {
            let scope = TargetOf::User(row.id.parse().ok().map(crate::domain::id::UserId)?);
            let (level, part) = (Level::Goal, Part::default());
            Some(NewTarget { scope, period, metric, level, part, value, from })
        })
        .collect())
}

/// Where the columns of a table of targets are.
struct Heads {
    whose: usize,
    metric: usize,
    value: usize,
    period: Option<usize>,
    level: Option<usize>,
    from: Option<usize>,
    pipeline: Option<usize>,
    product: Option<usize>,
}

impl Heads {
    /// Names a column may go by, the first the one that is told.
    const NAMES: [(&'static str, &'static [&'static str]); 8] = [
        ("whose", &["whose", "login", "who", "谁", "归属", "登录名"]),
        ("metric", &["metric", "指标"]),
        ("value", &["value", "target", "目标", "目标值"]),
        ("period", &["period", "周期"]),
        ("level", &["level", "档位"]),
        ("from", &["from", "生效日", "起始日"]),
        ("pipeline", &["pipeline", "商机类型"]),
        ("product", &["product", "产品"]),
    ];

    fn find(headers: &[String]) -> Result<Self, Failure> {
        let at = |wanted: &str| {
            let (_, names) = Self::NAMES.iter().find(|(name, _)| *name == wanted)?;
            headers.iter().position(|head| names.contains(&head.trim().to_lowercase().as_str()))
        };
        let need = |wanted: &'static str| {
            at(wanted).ok_or_else(|| {
                let what = format!(
                    "no column '{wanted}' among: {}; a table of targets needs whose, metric and value",
                    headers.join(", ")
                );
                Failure::failed("missing_column", what)
            })
        };
        Ok(Self {
            whose: need("whose")?,
            metric: need("metric")?,
            value: need("value")?,
            period: at("period"),
            level: at("level"),
            from: at("from"),
            pipeline: at("pipeline"),
            product: at("product"),
        })
    }

    /// A row as a target, or why it is none.
    fn read(&self, local: &mut Local, row: &Row) -> Result<Result<NewTarget, String>, Failure> {
        let today = today(local)?;
        let cell = |at: usize| row.cells.get(at).map_or("", |cell| cell.trim());
        let may = |at: Option<usize>| at.map(cell).filter(|text| !text.is_empty());
        let name = cell(self.whose);
        let scope = match whose(local, name) {
            Ok(scope) => scope,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let read = || {
            let metric = Metric::parse(cell(self.metric))
                .ok_or_else(|| format!("'{}' is no metric", cell(self.metric)))?;
            let period = match may(self.period) {
                Some(text) => Period::parse(text).ok_or_else(|| format!("'{text}' is no period"))?,
                None => Period::Month,
            };
            let level = match may(self.level) {
                Some(text) => Level::parse(text).ok_or_else(|| format!("'{text}' is no level"))?,
                None => Level::Goal,
            };
            let from = match may(self.from) {
                Some(text) => {
                    text.parse::<Day>().map_err(|_| format!("'{text}' is no day; write 2026-12-01"))?
                }
                None => bounds(period, today).0,
            };
            let value = typed(metric.unit(), cell(self.value))
                .ok_or_else(|| format!("'{}' is no amount of {metric}", cell(self.value)))?;
            let part = Part {
                pipeline: may(self.pipeline).map(Into::into),
                product: may(self.product).map(Into::into),
            };
            Ok(NewTarget { scope, period, metric, level, part, value, from })
        };
        Ok(read())
    }
}

/// An amount as it is typed, in the unit it is stored in.
fn typed(unit: Unit, text: &str) -> Option<i64> {
    let Money(hundredths) = crate::app::speak::fact::money(text.trim_end_matches('%'))?;
    match unit {
        Unit::Money | Unit::Rate => Some(hundredths),
        Unit::Minutes if hundredths % 100 == 0 => Some(hundredths / 100 * 60),
        Unit::Count if hundredths % 100 == 0 => Some(hundredths / 100),
        Unit::Minutes | Unit::Count => None,
    }
}

/// A value as typed, in the metric's stored unit.
pub fn stored(metric: Metric, value: i64) -> i64 {
    value.saturating_mul(match metric.unit() {
        Unit::Rate => 1,
        unit => whole_units(unit),
    })
}

fn named(scope: TargetOf) -> (&'static str, String) {
    match scope {
        TargetOf::User(id) => ("user", id.to_string()),
        TargetOf::Team(id) => ("team", id.to_string()),
    }
}

fn shape(row: &TargetRow) -> serde_json::Value {
    let (scope, id) = named(row.scope);
    json!({
        "id": row.id, "scope": scope, "scope_id": id, "name": row.name, "period": row.period,
        "metric": row.metric, "level": row.level, "pipeline": row.part.pipeline, "product": row.part.product,
        "value": row.value, "from": row.from,
    })
}

fn line(row: &TargetRow) -> String {
    let value = amount(row.metric.unit(), "CNY", row.value);
    let of = [
        row.part.pipeline.as_ref().map(super::super::domain::code::PipelineCode::as_str),
        row.part.product.as_ref().map(super::super::domain::code::ProductCode::as_str),
    ];
    let of: Vec<&str> = of.into_iter().flatten().collect();
    format!(
        "{}  {}  {}  {}  {value}  {}",
        pad(&row.name, 14),
        pad(row.period.as_str(), 7),
        pad(row.metric.as_str(), 18),
        pad(row.level.as_str(), 9),
        of.join(" ")
    )
    .trim_end()
    .to_owned()
}
