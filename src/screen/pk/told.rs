//! What is said of a match in words: its name, who leads, how it came out, what was taken back.

use crate::app::pk::{Lead, ahead_of, figure, lead, units};
use crate::app::speak::{amount, time};
use crate::app::{Session, amount as amounts};
use crate::domain::lists::{PkHow, PkKind, PkPhase, PkVerdict, Unit};
use crate::domain::pk::{Tally, Weight, is_plain, pairs};
use crate::store::query::pk::{PkCard, PkEntry, PkRound, Taken};
use crate::text::{Text, format};

/// What a match is called: by its title, else by its sides.
pub fn name(session: &Session, card: &PkCard) -> String {
    if !card.title.is_empty() {
        return card.title.clone();
    }
    let vs = format!(" {} ", session.words.say(Text("pk.vs")));
    let mut names: Vec<&str> = card.sides.iter().map(|side| side.name.as_str()).collect();
    if card.kind == PkKind::Ghost {
        names.push(session.words.say(Text("pk.best_day")));
    }
    names.join(&vs)
}

/// A side's name; 0 is the best day that a ghost is held against.
pub fn side_name(session: &Session, card: &PkCard, side: u32) -> String {
    match card.side(side) {
        Some(side) => side.name.clone(),
        None => session.words.say(Text("pk.best_day")).to_owned(),
    }
}

/// A side's figure; a dash where there is nothing to hold it against.
pub fn score(card: &PkCard, tally: Tally) -> String {
    if tally.is_known() {
        figure(card.measure, &card.currency, tally.shown(card.measure))
    } else {
        "–".to_owned()
    }
}

fn shown(card: &PkCard, value: i64) -> String {
    figure(card.measure, &card.currency, value)
}

/// In what it is played: the metric, or each with its points.
pub fn metrics(session: &Session, card: &PkCard) -> String {
    let plain = is_plain(&card.weights);
    let one = |weight: &Weight| {
        let name = amounts::metric(&session.words, weight.metric);
        if plain {
            return name;
        }
        let per = amount::unit(session, weight.metric.unit(), weight.per);
        let per = match weight.metric.unit() {
            Unit::Money => format!("{} {per}", card.currency),
            _ => per,
        };
        let said = session.words.fill(Text("pk.per"), &[("points", &weight.points), ("per", &per)]);
        format!("{name} {said}")
    };
    card.weights.iter().map(one).collect::<Vec<_>>().join(" + ")
}

/// What is left of the window, or when it was.
pub fn left(session: &Session, card: &PkCard) -> String {
    let words = &session.words;
    let Some(round) = card.round() else { return String::new() };
    match card.phase {
        PkPhase::Running if round.window.holds(session.now) => {
            let length = time::length(session, round.window.to.since(session.now));
            words.fill(Text("pk.left"), &[("length", &length)])
        }
        _ if round.window.from > session.now => {
            words.fill(Text("pk.begins"), &[("when", &time::when(session, round.window.from))])
        }
        _ => words.fill(Text("pk.until"), &[("when", &time::when(session, round.window.to))]),
    }
}

/// What comes next of a match that was just accepted.
pub fn when_next(session: &Session, card: &PkCard) -> String {
    left(session, card)
}

/// What the eye is to land on: who leads and by how much, or how it came out.
pub fn headline(session: &Session, card: &PkCard) -> String {
    let words = &session.words;
    match card.phase {
        PkPhase::Running | PkPhase::Over => standing(session, card),
        PkPhase::Proposed => {
            let open = card.sides.iter().filter(|side| side.accepted.is_none());
            let names = open.map(|side| side.name.clone()).collect::<Vec<_>>().join(", ");
            words.fill(Text("pk.waits"), &[("names", &names)])
        }
        PkPhase::Accepted => {
            let from = card.rounds.first().map_or(session.now, |round| round.window.from);
            words.fill(Text("pk.begins"), &[("when", &time::when(session, from))])
        }
        PkPhase::Decided | PkPhase::Disputed | PkPhase::Settled => outcome(session, card),
        PkPhase::Lapsed => words.say(Text("pk.ended_lapsed")).to_owned(),
        PkPhase::Declined | PkPhase::Withdrawn => {
            let text = if card.phase == PkPhase::Declined {
                Text("pk.ended_declined")
            } else {
                Text("pk.ended_withdrawn")
            };
            let (by, why) = card.ended.as_ref().map_or(("", ""), |(by, _, why)| (by.as_str(), why.as_str()));
            let said = words.fill(text, &[("name", &by)]);
            if why.is_empty() { said } else { format!("{said} · {why}") }
        }
    }
}

/// Who is ahead: of a bracket in the own pair, else in the one that is closest.
fn standing(session: &Session, card: &PkCard) -> String {
    let words = &session.words;
    let Some(round) = card.round() else { return String::new() };
    if round.window.from > session.now {
        return words.fill(Text("pk.begins"), &[("when", &time::when(session, round.window.from))]);
    }
    let (first, second) = match meeting(card, round) {
        Some(pair) => pair,
        None => match first_two(round) {
            Some(pair) => pair,
            None => return String::new(),
        },
    };
    let of = |side: u32| round.entries.iter().find(|entry| entry.side == side).map(|entry| entry.tally);
    let ahead = if meeting(card, round).is_some() { ahead_of((first, second), card) } else { lead(card) };
    match ahead {
        Some(lead) => leads(session, card, lead),
        None if of(first).is_none_or(|tally| tally.units <= 0) => words.say(Text("pk.nobody")).to_owned(),
        None => {
            let score = of(first).map(|tally| score(card, tally)).unwrap_or_default();
            let (name, other) = (side_name(session, card, first), side_name(session, card, second));
            if round.entries.len() == 2 {
                words.fill(Text("pk.level"), &[("score", &score)])
            } else {
                words.fill(Text("pk.level_of"), &[("name", &name), ("other", &other), ("score", &score)])
            }
        }
    }
}

fn first_two(round: &PkRound) -> Option<(u32, u32)> {
    let mut order: Vec<&PkEntry> = round.entries.iter().collect();
    order.sort_by(|one, other| other.tally.against(one.tally));
    Some((order.first()?.side, order.get(1)?.side))
}

/// The pair of a bracket that is told of: one's own, else the closest.
fn meeting(card: &PkCard, round: &PkRound) -> Option<(u32, u32)> {
    if card.kind != PkKind::Bracket {
        return None;
    }
    let sides: Vec<u32> = round.entries.iter().map(|entry| entry.side).collect();
    let pairs = pairs(&sides);
    let mine = |side: u32| card.side(side).is_some_and(|side| side.is_mine);
    let own = pairs.iter().find(|(one, other)| mine(*one) || mine(*other)).copied();
    let far = |pair: &&(u32, u32)| ahead_of(**pair, card).map_or(0, |lead| lead.by);
    own.or_else(|| pairs.iter().min_by_key(far).copied())
}

fn leads(session: &Session, card: &PkCard, lead: Lead) -> String {
    let words = &session.words;
    let by = shown(card, lead.by);
    let mine = |side: u32| card.side(side).is_some_and(|side| side.is_mine);
    let (name, other) = (side_name(session, card, lead.side), side_name(session, card, lead.behind));
    if mine(lead.side) {
        words.fill(Text("pk.you_lead"), &[("other", &other), ("by", &by)])
    } else if mine(lead.behind) {
        words.fill(Text("pk.you_trail"), &[("name", &name), ("by", &by)])
    } else {
        words.fill(Text("pk.leads"), &[("name", &name), ("other", &other), ("by", &by)])
    }
}

/// How it came out.
fn outcome(session: &Session, card: &PkCard) -> String {
    let words = &session.words;
    let winners = card.winners();
    let settled = card.disputes.iter().rev().find_map(|dispute| dispute.settled.as_ref());
    if settled.is_some_and(|settled| settled.verdict == PkVerdict::Annulled) {
        return words.say(Text("pk.annulled")).to_owned();
    }
    let mine = |side: u32| card.side(side).is_some_and(|side| side.is_mine);
    match winners.as_slice() {
        [] => words.say(Text("pk.nothing")).to_owned(),
        [one] => {
            let name = side_name(session, card, *one);
            let by = lead(card).filter(|lead| lead.side == *one && settled.is_none());
            let (you, by) = (mine(*one), by.map(|lead| shown(card, lead.by)));
            match (you, by) {
                (true, Some(by)) => words.fill(Text("pk.won_you_by"), &[("by", &by)]),
                (true, None) => words.say(Text("pk.won_you")).to_owned(),
                (false, Some(by)) => words.fill(Text("pk.won_by"), &[("name", &name), ("by", &by)]),
                (false, None) => words.fill(Text("pk.won"), &[("name", &name)]),
            }
        }
        several => {
            let names: Vec<String> = several.iter().map(|side| side_name(session, card, *side)).collect();
            words.fill(Text("pk.shared"), &[("names", &names.join(", "))])
        }
    }
}

/// By what a side has won, where more is to be said than that it had more; empty for nothing.
pub fn how(session: &Session, entry: &PkEntry) -> String {
    let words = &session.words;
    let Some(result) = entry.result.filter(|result| result.won) else { return String::new() };
    match (result.how, result.first) {
        (PkHow::First, Some(at)) => words.fill(Text("pk.first_at"), &[("when", &time::when(session, at))]),
        (PkHow::First, None) => words.say(Text("pk.first")).to_owned(),
        (PkHow::Seed, _) => words.say(Text("pk.seed")).to_owned(),
        _ => String::new(),
    }
}

/// Something that was taken back.
pub fn taken(session: &Session, card: &PkCard, taken: &Taken) -> String {
    let words = &session.words;
    let metric = amounts::metric(words, taken.metric);
    let (when, by) = (time::when(session, taken.back.0), taken.back.1.as_str());
    let said = words.fill(
        Text("pk.taken"),
        &[
            ("units", &units(card, taken.units)),
            ("name", &taken.of),
            ("metric", &metric),
            ("by", &by),
            ("when", &when),
        ],
    );
    if taken.is_late { format!("{said} · {}", words.say(Text("pk.taken_late"))) } else { said }
}

/// What figures of a decided side say now.
pub fn corrected(session: &Session, card: &PkCard, entry: &PkEntry) -> Option<String> {
    let now = entry.now?;
    let name = side_name(session, card, entry.side);
    let (was, now) = (score(card, entry.tally), score(card, now));
    let words = &session.words;
    let said = words.fill(Text("pk.now"), &[("name", &name), ("was", &was), ("now", &now)]);
    Some(format!("{said} · {}", words.say(Text("pk.stands"))))
}

/// A round's or leg's name, or its number.
pub fn title(session: &Session, name: &str, number: usize, text: Text) -> String {
    if name.is_empty() { session.words.fill(text, &[("n", &number)]) } else { name.to_owned() }
}

/// When a match is played, for what.
pub fn terms(session: &Session, card: &PkCard) -> String {
    let words = &session.words;
    let whole = card.rounds.first().zip(card.rounds.last());
    let (from, to) =
        whole.map_or((session.now, session.now), |(first, last)| (first.window.from, last.window.to));
    let (from, to) = (time::when(session, from), time::when(session, to));
    let mut parts = vec![words.fill(Text("pk.window"), &[("from", &from), ("to", &to)])];
    match card.points {
        (0, _) => {}
        (win, 0) => parts.push(words.fill(Text("pk.points_win"), &[("win", &format::grouped(win))])),
        (win, lose) => {
            let (win, lose) = (format::grouped(win), format::grouped(lose));
            parts.push(words.fill(Text("pk.points"), &[("win", &win), ("lose", &lose)]));
        }
    }
    if !card.prize.is_empty() {
        parts.push(words.fill(Text("pk.prize"), &[("prize", &card.prize)]));
    }
    parts.push(words.fill(Text("pk.by"), &[("name", &card.by.1)]));
    parts.join(" · ")
}
