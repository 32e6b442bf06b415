//! Sides under each other with bars, and who brought what.

use super::told;
use crate::app::Session;
use crate::app::pk::units;
use crate::app::speak::time;
use crate::domain::lists::{PkKind, PkPhase};
use crate::domain::pk::Measure;
use crate::store::query::pk::{PkCard, PkEntry, PkSide};
use crate::text::Text;
use crate::text::width::{cells, cut, pad};
use crate::theme::Role;
use crate::widget::{Bar, Line, Mark, Piece, piece};

/// Widest bar.
const BAR_MAX: usize = 48;
/// Cells of a name, at most.
const NAME_MAX: usize = 18;
/// People named under a side, at most.
const PEOPLE: usize = 8;

/// The sides of a match, the best first, each with its bar and its figure, and under it who brought what.
pub fn sides(session: &Session, card: &PkCard, width: usize) -> Vec<Line<'static>> {
    let Some(round) = card.round() else { return Vec::new() };
    let mut entries: Vec<&PkEntry> = round.entries.iter().collect();
    entries.sort_by(|one, other| other.tally.against(one.tally).then(one.side.cmp(&other.side)));
    let names: Vec<String> = entries.iter().map(|entry| label(session, card, entry.side)).collect();
    let wide = names.iter().map(|name| cells(name)).max().unwrap_or(0).min(NAME_MAX);
    let figures: Vec<String> = entries.iter().map(|entry| told::score(card, entry.tally)).collect();
    let figure = figures.iter().map(|figure| cells(figure)).max().unwrap_or(0);
    let bar = width.saturating_sub(wide + figure + 8).min(BAR_MAX);
    let best = entries.first().map_or(0, |entry| entry.tally.shown(card.measure)).max(1);
    let winners = if card.phase >= PkPhase::Decided || card.phase == PkPhase::Disputed {
        card.winners()
    } else {
        Vec::new()
    };
    let mut lines = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let (Some(name), Some(shown)) = (names.get(place), figures.get(place)) else { continue };
        let side = card.side(entry.side);
        let role = if side.is_some_and(|side| side.is_mine) { Role::Mine } else { Role::Accent };
        let mark = if winners.contains(&entry.side) {
            sign(session, Mark::Done, Role::Good)
        } else {
            piece(" ", Role::Text)
        };
        let mut line = vec![mark, piece(" ", Role::Text), piece(pad(cut(name, wide).as_ref(), wide), role)];
        line.push(piece(" ", Role::Text));
        if !session.theme.manner().is_spoken() && bar > 3 {
            let value = entry.tally.shown(card.measure);
            let cells = u16::try_from(bar).unwrap_or(u16::MAX);
            line.extend(Bar::new(value, best).line(cells));
            line.push(piece(" ", Role::Text));
        }
        let gap = figure.saturating_sub(cells(shown));
        line.push(piece(format!("{}{shown}", " ".repeat(gap)), Role::Money));
        lines.push(line);
        lines.extend(side.and_then(|side| under(session, card, (side, entry), width)));
    }
    lines
}

/// A sign that takes the cell of a blank.
pub fn sign(session: &Session, mark: Mark, role: Role) -> Piece<'static> {
    piece(mark.text(&session.words, &session.theme).to_owned(), role)
}

/// A side's name; of the best day which day that was.
fn label(session: &Session, card: &PkCard, side: u32) -> String {
    match (side, card.ghost) {
        (0, Some((day, _))) => {
            session.words.fill(Text("pk.best_day_on"), &[("day", &time::date(session, day))])
        }
        _ => told::side_name(session, card, side),
    }
}

/// What is told under a side: whether it has accepted, else who brought what and its points.
fn under(
    session: &Session,
    card: &PkCard,
    (side, entry): (&PkSide, &PkEntry),
    width: usize,
) -> Option<Line<'static>> {
    let words = &session.words;
    let inside = width.saturating_sub(4);
    if card.phase == PkPhase::Proposed {
        let (text, role) = match &side.accepted {
            Some((by, _)) => (format!("{by} {}", words.say(Text("pk.accepted"))), Role::Good),
            None => (words.say(Text("pk.open")).to_owned(), Role::Dim),
        };
        return Some(vec![piece(format!("    {text}"), role)]);
    }
    let mut parts = Vec::new();
    if let Some(result) = entry.result {
        let points = card.prize(side.number);
        if points > 0 && card.phase != PkPhase::Running {
            parts.push(words.fill(Text("pk.gets"), &[("points", &points)]));
        }
        let how = told::how(session, entry);
        if !how.is_empty() && result.won {
            parts.push(how);
        }
    }
    if matches!(card.measure, Measure::Share | Measure::Head(_) | Measure::HeadPoints) {
        parts.push(units(card, side.tally.units));
    }
    if side.people.len() > 1 || side.team.is_some() {
        let named = side.people.iter().take(PEOPLE).filter(|person| person.units != 0);
        let of = |person: &crate::store::query::pk::PkPerson| {
            format!("{} {}", person.name, units(card, person.units))
        };
        parts.extend(named.map(of));
    }
    if parts.is_empty() {
        return None;
    }
    let text = parts.join(" · ");
    Some(vec![piece(format!("    {}", cut(&text, inside)), Role::Dim)])
}

/// The legs of a relay: who ran for whom, and whose turn it is.
pub fn legs(session: &Session, card: &PkCard) -> Vec<Line<'static>> {
    if card.kind != PkKind::Relay {
        return Vec::new();
    }
    let mut lines = vec![Vec::new()];
    for (place, leg) in card.legs.iter().enumerate() {
        let is_on = leg.window.holds(session.now);
        let title = told::title(session, &leg.name, place + 1, Text("pk.leg"));
        let runners: Vec<String> = card
            .sides
            .iter()
            .filter_map(|side| side.people.get(place))
            .map(|person| person.name.clone())
            .collect();
        let (from, to) = (time::when(session, leg.window.from), time::when(session, leg.window.to));
        let mark = if is_on { sign(session, Mark::Here, Role::Live) } else { piece(" ", Role::Text) };
        let role = if is_on { Role::Text } else { Role::Dim };
        lines.push(vec![
            mark,
            piece(format!(" {title} · {from} – {to} · "), role),
            piece(runners.join(&format!(" {} ", session.words.say(Text("pk.vs")))), role),
        ]);
    }
    lines
}
