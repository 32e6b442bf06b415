//! Matches as JSON and as lines.

use serde_json::{Value, json};

use crate::app::pk::{figure, lead, units};
use crate::cli::session::when;
use crate::domain::lists::{PkHow, PkPhase};
use crate::domain::pk::{Measure, Tally, WHOLE};
use crate::store::query::pk::{PkCard, PkDispute, PkEntry, PkRound, PkSide, Taken};
use crate::text::width::pad;

/// A match.
pub fn card(card: &PkCard) -> Value {
    let zone = card.zone;
    let on = card.round();
    let ahead = lead(card).map(|lead| {
        json!({ "side": lead.side, "behind": lead.behind, "by": number(card.measure, lead.by), "text": shown(card, lead.by) })
    });
    let ended =
        card.ended.as_ref().map(|(by, at, why)| json!({ "by": by, "at": when(zone, *at), "why": why }));
    json!({
        "id": card.id,
        "title": card.title,
        "kind": card.kind,
        "phase": card.phase,
        "by": card.by.1,
        "at": when(zone, card.at),
        "metrics": card.weights,
        "measure": card.measure,
        "points": { "win": card.points.0, "lose": card.points.1 },
        "prize": card.prize,
        "from": card.rounds.first().map(|round| when(zone, round.window.from)),
        "to": card.rounds.last().map(|round| when(zone, round.window.to)),
        "round": on.map(|round| round.number),
        "sides": card.sides.iter().map(|one| side(card, one)).collect::<Vec<_>>(),
        "rounds": card.rounds.iter().map(|one| round(card, one)).collect::<Vec<_>>(),
        "legs": card.legs.iter().map(|leg| json!({
            "name": leg.name, "from": when(zone, leg.window.from), "to": when(zone, leg.window.to),
        })).collect::<Vec<_>>(),
        "best_day": card.ghost.map(|(day, units)| json!({ "day": day, "units": units })),
        "leader": ahead,
        "winners": card.winners(),
        "taken_back": card.taken.iter().map(|one| taken(card, one)).collect::<Vec<_>>(),
        "disputes": card.disputes.iter().map(|one| dispute(card, one)).collect::<Vec<_>>(),
        "ended": ended,
        "may": {
            "accept": card.may.accept, "decline": card.may.decline, "withdraw": card.may.withdraw,
            "dispute": card.may.dispute, "settle": card.may.settle,
        },
        "revision": card.revision,
    })
}

/// A figure as a number: whole for amounts and basis points, with decimals for points and what a head brings.
fn number(measure: Measure, shown: i64) -> Value {
    match measure {
        Measure::Amount(_) | Measure::Share => json!(shown),
        Measure::Points | Measure::Head(_) | Measure::HeadPoints => {
            let (sign, whole) = (if shown < 0 { "-" } else { "" }, shown.unsigned_abs());
            let one = WHOLE.unsigned_abs();
            let text = format!("{sign}{}.{:03}", whole / one, whole % one);
            text.parse::<f64>().map_or(Value::Null, |number| json!(number))
        }
    }
}

fn score(card: &PkCard, tally: Tally) -> Value {
    if tally.is_known() { number(card.measure, tally.shown(card.measure)) } else { Value::Null }
}

fn shown(card: &PkCard, value: i64) -> String {
    figure(card.measure, &card.currency, value)
}

fn text(card: &PkCard, tally: Tally) -> String {
    if tally.is_known() { shown(card, tally.shown(card.measure)) } else { "–".to_owned() }
}

fn side(card: &PkCard, side: &PkSide) -> Value {
    let accepted = side.accepted.as_ref().map(|(by, at)| json!({ "by": by, "at": when(card.zone, *at) }));
    json!({
        "number": side.number,
        "name": side.name,
        "team": side.team,
        "people": side.people.iter().map(|one| json!({ "id": one.user, "name": one.name, "units": one.units })).collect::<Vec<_>>(),
        "accepted": accepted,
        "units": side.tally.units,
        "score": score(card, side.tally),
        "text": text(card, side.tally),
        "mine": side.is_mine,
        "in": side.is_in,
        "points": card.prize(side.number),
    })
}

fn round(card: &PkCard, round: &PkRound) -> Value {
    json!({
        "number": round.number,
        "name": round.name,
        "from": when(card.zone, round.window.from),
        "to": when(card.zone, round.window.to),
        "decided": round.decided.map(|at| when(card.zone, at)),
        "entries": round.entries.iter().map(|one| entry(card, one)).collect::<Vec<_>>(),
    })
}

fn entry(card: &PkCard, entry: &PkEntry) -> Value {
    let now = entry
        .now
        .map(|now| json!({ "units": now.units, "score": score(card, now), "text": text(card, now) }));
    let result = entry.result;
    json!({
        "side": entry.side,
        "name": card.side(entry.side).map(|side| side.name.clone()),
        "units": entry.tally.units,
        "score": score(card, entry.tally),
        "text": text(card, entry.tally),
        "won": result.map(|result| result.won),
        "how": result.map(|result| result.how),
        "first": result.and_then(|result| result.first).map(|at| when(card.zone, at)),
        "points": result.map(|result| result.points),
        "now": now,
    })
}

fn taken(card: &PkCard, taken: &Taken) -> Value {
    json!({
        "round": taken.round,
        "side": taken.side,
        "of": taken.of,
        "metric": taken.metric,
        "value": taken.value,
        "units": taken.units,
        "done": when(card.zone, taken.done),
        "back": when(card.zone, taken.back.0),
        "by": taken.back.1,
        "after_decision": taken.is_late,
    })
}

fn dispute(card: &PkCard, dispute: &PkDispute) -> Value {
    let settled = dispute.settled.as_ref().map(|settled| {
        json!({
            "by": settled.by, "at": when(card.zone, settled.at), "verdict": settled.verdict,
            "winner": settled.winner, "why": settled.words,
        })
    });
    json!({ "by": dispute.by, "at": when(card.zone, dispute.at), "why": dispute.reason, "ruling": settled })
}

/// A match in one line.
pub fn line(card: &PkCard) -> String {
    let sides: Vec<String> = card
        .sides
        .iter()
        .filter(|side| side.is_in)
        .map(|side| format!("{} {}", side.name, text(card, side.tally)))
        .collect();
    let title = if card.title.is_empty() { String::new() } else { format!("  {}", card.title) };
    let until = card.round().map(|round| when(card.zone, round.window.to)).unwrap_or_default();
    format!(
        "{}  {}  {}  {until}  {}{title}",
        card.id,
        pad(card.phase.as_str(), 9),
        pad(card.kind.as_str(), 10),
        sides.join(" : ")
    )
}

/// A match in several lines.
pub fn lines(card: &PkCard) -> Vec<String> {
    let mut lines = vec![line(card)];
    let name = |side: u32| card.side(side).map_or("best day", |side| side.name.as_str());
    let is_on = matches!(card.phase, PkPhase::Running | PkPhase::Over);
    if let Some(lead) = lead(card).filter(|_| is_on) {
        lines.push(format!("{} ahead of {} by {}", name(lead.side), name(lead.behind), shown(card, lead.by)));
    }
    for round in &card.rounds {
        let (from, to) = (when(card.zone, round.window.from), when(card.zone, round.window.to));
        let title =
            if round.name.is_empty() { format!("round {}", round.number) } else { round.name.clone() };
        lines.push(format!("{title}  {from} – {to}"));
        for entry in &round.entries {
            let won = entry.result.map_or("", |result| match (result.won, result.how) {
                (true, PkHow::Shared) => "  shared",
                (true, PkHow::First) => "  won, first there",
                (true, PkHow::Seed) => "  goes on, named first",
                (true, _) => "  won",
                (false, _) => "",
            });
            let now = entry.now.map(|now| format!("  now {}", text(card, now))).unwrap_or_default();
            lines.push(format!("  {}  {}{won}{now}", pad(name(entry.side), 16), text(card, entry.tally)));
        }
    }
    for taken in &card.taken {
        let late = if taken.is_late { ", after it was decided" } else { "" };
        let (at, by) = (when(card.zone, taken.back.0), &taken.back.1);
        lines.push(format!("taken back: {} of {} by {by} {at}{late}", units(card, taken.units), taken.of));
    }
    for dispute in &card.disputes {
        lines.push(format!("disputed by {}: {}", dispute.by, dispute.reason));
        if let Some(settled) = &dispute.settled {
            let winner = settled.winner.map(|side| format!(" {}", name(side))).unwrap_or_default();
            lines.push(format!("settled by {}: {}{winner}: {}", settled.by, settled.verdict, settled.words));
        }
    }
    if let Some((by, _, why)) = &card.ended {
        lines.push(format!("{} by {by} {why}", card.phase));
    }
    lines
}
