//! From checked rows to the model. Every `?` here is a promise of the reader: a row that lacks what the schema demands
//! never comes this far.

mod method;
mod pay;
mod rules;
mod work;

use crate::domain::code::ChannelCode;
use crate::domain::lists::{Fact, Metric, Op};
use crate::domain::money::Money;
use crate::domain::time::{Workdays, Workweek, Zone};

use super::channel::built_in;
use super::model::{
    Bilingual, Channel, Clause, ClauseValue, ContactRules, EventSpec, PersonRole, Playbook, Product,
    Retention,
};
use super::reader::row::{Item, Row, Value};

/// Puts the playbook together.
pub fn build(root: &Row) -> Option<Playbook> {
    let about = root.row("playbook")?;
    let mut workdays = [false; 7];
    for (day, _) in about.texts("workdays") {
        if let Some(slot) = workdays.get_mut(Workdays::index(day)?) {
            *slot = true;
        }
    }
    // what one unit of money is in minor units
    let minor = if matches!(about.text("money")?, "fen" | "minor") { 1 } else { 100 };
    Some(Playbook {
        id: about.text("id")?.to_owned(),
        name: about.both("name")?.clone(),
        version: about.text("version")?.to_owned(),
        currency: about.text("currency")?.to_owned(),
        zone: Zone(about.text("timezone")?.parse().ok()?),
        region: about.text("region")?.to_owned(),
        workdays: Workdays(workdays),
        week: week(about, Workdays(workdays)),
        hours: (about.clock("day_start")?, about.clock("day_end")?),
        profile: root.row("profile").map(|row| row.items().map(profile_value).collect()).unwrap_or_default(),
        contact: contact(root.row("contact_rules")?)?,
        retention: retention(root.row("retention")?),
        channels: channels(root)?,
        products: rows(root, "products", |row| {
            Some(Product {
                code: row.text("id")?.into(),
                name: row.both("name")?.clone(),
                price: row.money("price")?,
                floor: row.money("floor")?,
            })
        })?,
        roles: rows(root, "customer_roles", |row| {
            Some(PersonRole {
                code: row.text("id")?.into(),
                name: row.both("name")?.clone(),
                contactable: row.flag("contactable"),
                address: row.both("address").cloned(),
            })
        })?,
        fields: rows(root, "fields", method::field)?,
        pipelines: rows(root, "pipelines", method::pipeline)?,
        stage_map: rows(root, "stage_map", method::stage_map)?,
        nodes: rows(root, "nodes", method::node)?,
        outcomes: rows(root, "outcomes", method::outcome)?,
        reasons: method::reasons(root.row("reasons")?)?,
        materials: rows(root, "materials", work::material)?,
        coupons: rows(root, "coupons", work::coupon)?,
        prices: rows(root, "price_policy", work::price)?,
        sops: rows(root, "sops", work::sop)?,
        scripts: rows(root, "scripts", work::script)?,
        questions: rows(root, "questions", work::question)?,
        task_rules: rows(root, "task_rules", rules::task_rule)?,
        warnings: rows(root, "warnings", rules::warning)?,
        rep_warnings: rows(root, "rep_warnings", rules::rep_warning)?,
        desk: rules::desk(root.row("desk")?)?,
        stock_take: rules::stock_take(root.row("stock_take")?)?,
        ranks: rows(root, "ranks", rules::rank)?,
        targets: rows(root, "targets", |row| rules::target(row, minor))?,
        ramp: rows(root, "ramp", rules::ramp)?,
        product_floors: rows(root, "product_floors", rules::product_floor)?,
        standards: rows(root, "standards", |row| rules::standard(row, minor))?,
        metrics: rules::metrics(root.row("metrics")?)?,
        boards: rows(root, "boards", rules::board)?,
        good_news: rows(root, "good_news", rules::good_news)?,
        reports: rules::reports(root, about.clock("day_end")?)?,
        pay: match root.row("pay") {
            Some(row) => Some(pay::plan(row, root.row("compliance"))?),
            None => None,
        },
        pool: rules::pool(root.row("pool"))?,
        access: rules::access(root.row("access")?)?,
    })
}

/// What the working days weigh.
fn week(about: &Row, workdays: Workdays) -> Workweek {
    let mut week = Workweek::even(workdays);
    for (day, item) in about.row("day_weights").into_iter().flat_map(Row::items) {
        let slot = Workdays::index(day).and_then(|at| week.0.get_mut(at));
        if let (Some(slot), Value::Int(weight)) = (slot.filter(|slot| **slot > 0), &item.value) {
            *slot = u16::try_from(*weight).unwrap_or(Workweek::DAY);
        }
    }
    week
}

fn profile_value((key, item): (&'static str, &Item)) -> (String, String) {
    let value = match &item.value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Money(Money(minor)) => minor.to_string(),
        _ => String::new(),
    };
    (key.to_owned(), value)
}

fn contact(row: &Row) -> Option<ContactRules> {
    let most = |key: &str| row.int(key).and_then(|n| u32::try_from(n).ok());
    let time = |key: &str, seconds: u64| {
        row.int(key).and_then(|n| u64::try_from(n).ok()).map(|n| std::time::Duration::from_secs(n * seconds))
    };
    Some(ContactRules {
        quiet: row.window("quiet"),
        max_touches_per_day: most("max_touches_per_day"),
        max_calls_per_day: most("max_calls_per_day"),
        max_commercial_per_day: most("max_commercial_per_day"),
        max_touches_per_week: most("max_touches_per_week"),
        max_calls_per_month: most("max_calls_per_month"),
        min_between_calls: time("min_hours_between_calls", 3_600),
        min_between_tries: time("min_minutes_between_tries", 60),
        dnc_months: most("dnc_months")?,
        forbidden: row.texts("forbidden_phrases").map(|(text, _)| text.to_owned()).collect(),
    })
}

fn retention(row: &Row) -> Retention {
    let days = |key: &str| row.int(key).and_then(|days| u32::try_from(days).ok());
    Retention { without_order_days: days("without_order_days"), words_days: days("words_days") }
}

fn channels(root: &Row) -> Option<Vec<Channel>> {
    let mut channels: Vec<Channel> = built_in().iter().map(Channel::from).collect();
    channels.extend(rows(root, "channels", |row| {
        Some(Channel {
            code: row.text("id")?.into(),
            name: row.both("name")?.clone(),
            is_call: row.flag("call"),
            contact: row.text("contact").map(ChannelCode::from),
        })
    })?);
    Some(channels)
}

/// Every row of a list; `None` when one fails.
fn rows<T>(row: &Row, key: &str, make: impl Fn(&Row) -> Option<T>) -> Option<Vec<T>> {
    row.rows(key).map(make).collect()
}

/// Every text of a list as a code.
fn codes<T: for<'a> From<&'a str>>(row: &Row, key: &str) -> Vec<T> {
    row.texts(key).map(|(text, _)| T::from(text)).collect()
}

/// The text at a key as a code.
fn code<T: for<'a> From<&'a str>>(row: &Row, key: &str) -> Option<T> {
    row.text(key).map(T::from)
}

/// Every text of a list as a member of a closed list.
fn members<T>(row: &Row, key: &str, parse: fn(&str) -> Option<T>) -> Option<Vec<T>> {
    row.texts(key).map(|(text, _)| parse(text)).collect()
}

/// A whole number that fits.
fn count(row: &Row, key: &str) -> Option<u32> {
    row.int(key).and_then(|number| u32::try_from(number).ok())
}

/// `word` or `word:name`.
fn named(text: &str) -> (&str, Option<&str>) {
    text.split_once(':').map_or((text, None), |(word, name)| (word, Some(name)))
}

fn event(text: &str) -> Option<EventSpec> {
    let (word, name) = named(text);
    let kind = crate::domain::lists::EventKind::parse(word)?;
    Some(EventSpec { kind, name: name.map(str::to_owned) })
}

fn clauses(row: &Row, key: &str) -> Option<Vec<Clause>> {
    rows(row, key, |clause| {
        let value = match &clause.item("value")?.value {
            Value::Int(number) => ClauseValue::Number(*number),
            Value::Bool(truth) => ClauseValue::Flag(*truth),
            Value::Text(name) => ClauseValue::Name(name.clone()),
            _ => return None,
        };
        Some(Clause { fact: Fact::parse(clause.text("fact")?)?, op: Op::parse(clause.text("op")?)?, value })
    })
}

fn metric(row: &Row, key: &str) -> Option<Metric> {
    row.text(key).and_then(Metric::parse)
}

/// The text of a row that has one key a language.
fn lines(row: &Row) -> Option<Bilingual> {
    Some(Bilingual { zh: row.text("zh")?.to_owned(), en: row.text("en")?.to_owned() })
}
