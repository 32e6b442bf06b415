//! A statement of pay in words: what a line is of, how much, at what rate, and what else there is to say to it.

use crate::app::amount::{amount, metric};
use crate::domain::lists::{Release, Unit};
use crate::domain::money::Money;
use crate::domain::pay::{Line, Rate, Wait};
use crate::text::{Text, Words};

/// Money as it stands in a statement.
pub fn money(currency: &str, money: Money) -> String {
    amount(Unit::Money, currency, money.0)
}

/// What a line is of: its part, and what is paid for.
pub fn named(words: &Words, line: &Line) -> String {
    let part = words.name("pay_part", line.part.as_str());
    line.metric.map_or_else(|| part.to_owned(), |of| format!("{part} · {}", metric(words, of)))
}

/// How much of it counts; empty where that says nothing.
pub fn quantity(line: &Line, currency: &str) -> String {
    match line.rate {
        Rate::Fixed(_) => String::new(),
        // whole minutes already
        _ if line.unit == Unit::Minutes => amount(Unit::Count, currency, line.counted),
        _ => amount(line.unit, currency, line.counted),
    }
}

/// What one is worth.
pub fn rate(rate: &Rate, currency: &str) -> String {
    let share = |bp: u32| amount(Unit::Rate, currency, i64::from(bp));
    match rate {
        Rate::Fixed(_) => String::new(),
        Rate::Each(each) | Rate::UpTo(each) => format!("× {}", money(currency, *each)),
        Rate::Share(bp) => format!("× {}", share(*bp)),
        Rate::Tiers(tiers) => tiers.iter().map(|tier| share(tier.bp)).collect::<Vec<_>>().join("/"),
    }
}

/// What something waits for, and whether anything on record would say that it has happened.
pub const fn event(wait: Wait) -> (Release, bool) {
    match wait {
        Wait::Until(event) => (event, true),
        Wait::NotKnown(event) => (event, false),
    }
}

/// What else there is to say: what is held until when, what a cap left out, what is not scored yet.
pub fn notes(words: &Words, line: &Line, currency: &str) -> Vec<String> {
    let mut notes = Vec::new();
    for (wait, held) in line.waits() {
        let (event, known) = event(wait);
        let text = if known { "pay.until" } else { "pay.not_known" };
        let event = words.name("release", event.as_str());
        notes.push(words.fill(Text(text), &[("n", &money(currency, held)), ("event", &event)]));
    }
    if !line.capped.is_empty() {
        notes.push(words.fill(Text("pay.capped"), &[("n", &line.capped.len())]));
    }
    for share in line.score.iter().filter(|share| share.value.is_none()) {
        notes.push(words.fill(Text("pay.not_scored"), &[("name", &metric(words, share.metric))]));
    }
    notes
}
