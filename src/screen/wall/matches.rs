//! Matches on the wall: who plays in what, and the score as large as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{Session, View};
use crate::domain::lists::{PkKind, PkPhase};
use crate::screen::pk::{told, tree};
use crate::store::query::pk::{PkCard, PkEntry};
use crate::text::width::{cells, cut};
use crate::theme::Role;
use crate::widget::{Big, Line, draw, draw_right, line_cells, piece};

/// Rows a match needs to be read from afar.
const HIGH: u16 = 11;
/// Cells a match needs.
const WIDE: u16 = 76;
/// Sides whose figures stand beside each other at most; of more the first lead.
const SIDES: usize = 4;

/// Whether a match is for everybody to see: on, or just decided. Against one's own best day is nobody else's.
pub fn is_shown(card: &PkCard) -> bool {
    let open = [PkPhase::Running, PkPhase::Over, PkPhase::Decided, PkPhase::Settled, PkPhase::Disputed];
    card.kind != PkKind::Ghost && open.contains(&card.phase)
}

/// Draws as many as can be read, the first first.
pub fn draw_all(cards: &[PkCard], area: Rect, buf: &mut Buffer, view: View<'_>) {
    let columns = (area.width / WIDE).max(1).min(u16::try_from(cards.len()).unwrap_or(1).max(1));
    let lines = (area.height / HIGH).max(1);
    let rows = u16::try_from(cards.len()).unwrap_or(u16::MAX).div_ceil(columns).clamp(1, lines);
    let (wide, high) = (area.width / columns, area.height / rows);
    for (card, place) in cards.iter().zip(0..columns * rows) {
        let block = Rect {
            x: area.x + place % columns * wide + 1,
            y: area.y + place / columns * high,
            width: wide.saturating_sub(3),
            height: high,
        };
        one(card, block.intersection(area), buf, view.session);
    }
}

fn one(card: &PkCard, area: Rect, buf: &mut Buffer, session: &Session) {
    let theme = &session.theme;
    let row = |y: u16| Rect { y: area.y.saturating_add(y), height: 1, ..area }.intersection(area);
    let left = [piece(told::left(session, card), Role::Dim)];
    let room = usize::from(area.width).saturating_sub(line_cells(&left) + 2);
    let kind = session.words.name("pk.kind", card.kind.as_str());
    let name = format!("{} · {kind} · {}", told::name(session, card), told::metrics(session, card));
    draw(&[piece(cut(&name, room), Role::Title)], row(0), buf, theme);
    draw_right(&left, row(0), buf, theme);
    draw(&[piece(told::headline(session, card), Role::Accent)], row(1), buf, theme);
    let body = Rect { y: area.y + 3, height: area.height.saturating_sub(4), ..area }.intersection(area);
    if card.kind == PkKind::Bracket {
        let lines = tree::tree(session, card, usize::from(body.width));
        for (y, line) in (body.top()..body.bottom()).zip(lines) {
            draw(&line, Rect { y, height: 1, ..body }, buf, theme);
        }
    } else {
        figures(card, body, buf, session);
    }
    if !card.prize.is_empty() {
        let prize: Line<'_> = vec![piece(card.prize.clone(), Role::Podium)];
        draw(&prize, row(area.height.saturating_sub(1)), buf, theme);
    }
}

/// The sides beside each other in the order they were named, whoever leads in the colour of the first.
fn figures(card: &PkCard, area: Rect, buf: &mut Buffer, session: &Session) {
    let theme = &session.theme;
    let Some(round) = card.round() else { return };
    let mut entries: Vec<&PkEntry> = round.entries.iter().collect();
    if entries.len() > SIDES {
        entries.sort_by(|one, other| other.tally.against(one.tally).then(one.side.cmp(&other.side)));
        entries.truncate(SIDES);
    }
    let best = entries.iter().map(|entry| entry.tally).max_by(|one, other| one.against(*other));
    let wide = area.width / u16::try_from(entries.len()).unwrap_or(1).max(1);
    let scores: Vec<String> = entries.iter().map(|entry| told::score(card, entry.tally)).collect();
    let fits = |score: &String| {
        Big::new(score, Role::Text).fits(wide.saturating_sub(2), area.height.saturating_sub(2))
    };
    let scale = scores.iter().map(fits).min().unwrap_or(0);
    for ((entry, score), place) in entries.iter().zip(&scores).zip(0_u16..) {
        let leads = best.is_some_and(|best| best.against(entry.tally).is_eq());
        let role = if leads { Role::Podium } else { Role::Text };
        let x = area.x + place * wide;
        let name = told::side_name(session, card, entry.side);
        let name = cut(&name, usize::from(wide.saturating_sub(2)));
        debug_assert!(cells(&name) <= usize::from(wide));
        let at = Rect { x, y: area.y, width: wide.saturating_sub(1), height: 1 };
        draw(&[piece(name, role)], at.intersection(area), buf, theme);
        let at =
            Rect { x, y: area.y + 2, width: wide.saturating_sub(1), height: area.height.saturating_sub(2) };
        Big::new(score, role).render(at.intersection(area), scale, buf, theme);
    }
}
