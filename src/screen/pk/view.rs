//! How the matches are drawn: the list, and the selected one in large; beside each other where there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Matches, side, told, tree};
use crate::app::speak::amount;
use crate::app::{Act, Part, Session, View, action::action};
use crate::domain::lists::{PkKind, PkPhase};
use crate::store::query::pk::{Nemesis, PkCard};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Row, Table, draw, draw_right, line_cells, piece, window};

/// From this width on the list stands beside the match.
const BESIDE: u16 = 110;
/// Cells of the list beside it.
const LIST: u16 = 46;
/// Rows of the list above it, at most.
const ABOVE: u16 = 6;

impl Matches {
    /// Draws the list and the selected match.
    pub(super) fn body(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let low = u16::from(self.rival.is_some() && area.height > 8);
        if let Some(rival) = self.rival.as_ref().filter(|_| low > 0) {
            let row =
                Rect { x: area.x + 1, y: area.bottom() - 1, width: area.width.saturating_sub(2), height: 1 };
            draw(&[piece(told_rival(session, rival), Role::Dim)], row.intersection(area), buf, theme);
        }
        let area = Rect { height: area.height - low, ..area };
        if self.list.is_empty() {
            let text = if self.read_at.is_some() {
                let key = action(Act::PkPropose).and_then(|action| action.keys.first()).copied();
                words.fill(Text("pk.none"), &[("key", &key.unwrap_or_default())])
            } else {
                words.say(Text("common.loading")).to_owned()
            };
            draw(&[piece(format!(" {text}"), Role::Dim)], area, buf, theme);
            return None;
        }
        let card = self.selected()?;
        if let Some(scroll) = self.alone {
            large(session, card, inside(area), (scroll, buf));
            return None;
        }
        if area.width >= BESIDE {
            let left = Rect { width: LIST, ..area };
            let right = Rect { x: area.x + LIST + 1, width: area.width - LIST - 1, ..area };
            let caret = self.rows(left, buf, view);
            if !theme.manner().is_spoken() {
                for y in area.top()..area.bottom() {
                    let cell = Rect { x: area.x + LIST, y, width: 1, height: 1 };
                    draw(&[piece("│", Role::Border)], cell, buf, theme);
                }
            }
            large(session, card, inside(right), (0, buf));
            return caret;
        }
        let wanted = u16::try_from(self.list.len()).unwrap_or(u16::MAX).saturating_add(1);
        let high = wanted.min(ABOVE).min(area.height / 3).max(2).min(area.height);
        let caret = self.rows(Rect { height: high, ..area }, buf, view);
        let rule = Rect { y: area.y + high, height: 1, ..area }.intersection(area);
        if !theme.manner().is_spoken() {
            draw(&[piece("─".repeat(usize::from(rule.width)), Role::Border)], rule, buf, theme);
        }
        let below =
            Rect { y: area.y.saturating_add(high + 1), height: area.height.saturating_sub(high + 1), ..area };
        large(session, card, inside(below), (0, buf));
        caret
    }

    fn rows(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let head = if self.ended { Text("pk.and_ended") } else { Text("pk.which") };
        let columns = [
            Column::fixed("", 9).priority(0),
            Column::flex(words.say(head), 10).weight(3).priority(0),
            Column::flex("", 10).weight(2).priority(1),
            Column::fixed("", 14).right().priority(2),
        ];
        let high = usize::from(area.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.select.at(), high, self.list.len());
        let shown: Vec<Row<'_>> =
            self.list.iter().skip(top).take(high).map(|card| line(session, card)).collect();
        let table = Table::new(&columns, &shown)
            .head(true)
            .total(self.list.len())
            .offset(top)
            .selected(Some(self.select.at() - top));
        session.hits.rows(area, Part::default(), |place| {
            table.row_at(area, place).and_then(|at| self.list.get(top + at)).map(|card| card.id.0)
        });
        table.render(area, buf, theme)
    }
}

const fn inside(area: Rect) -> Rect {
    Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(2), ..area }
}

const fn role_of(phase: PkPhase) -> Role {
    match phase {
        PkPhase::Running | PkPhase::Over => Role::Live,
        PkPhase::Disputed => Role::Warning,
        PkPhase::Proposed => Role::Fresh,
        PkPhase::Accepted => Role::Text,
        PkPhase::Decided | PkPhase::Settled => Role::Good,
        PkPhase::Lapsed | PkPhase::Declined | PkPhase::Withdrawn => Role::Dim,
    }
}

/// A row of the list: phase, who, the score, what is left.
fn line(session: &Session, card: &PkCard) -> Row<'static> {
    let words = &session.words;
    let scores = match (card.kind, card.phase) {
        (PkKind::Bracket, _) | (_, PkPhase::Proposed | PkPhase::Accepted | PkPhase::Lapsed) => {
            words.name("pk.kind", card.kind.as_str()).to_owned()
        }
        (_, PkPhase::Declined | PkPhase::Withdrawn) => String::new(),
        _ => {
            let entries = card.round().map(|round| round.entries.as_slice()).unwrap_or_default();
            let scores: Vec<String> = entries.iter().map(|entry| told::score(card, entry.tally)).collect();
            scores.join(&format!(" {} ", words.say(Text("pk.vs"))))
        }
    };
    Row::new([
        vec![piece(words.name("pk.phase", card.phase.as_str()).to_owned(), role_of(card.phase))],
        vec![piece(told::name(session, card), Role::Accent)],
        vec![piece(scores, Role::Money)],
        vec![piece(told::left(session, card), Role::Dim)],
    ])
}

fn told_rival(session: &Session, rival: &Nemesis) -> String {
    let show = |value: i64| amount::metric(session, rival.metric, value);
    session.words.fill(
        Text("pk.rival"),
        &[
            ("name", &rival.name),
            ("mine", &show(rival.month.0)),
            ("theirs", &show(rival.month.1)),
            ("today", &show(rival.today.0)),
            ("theirs_today", &show(rival.today.1)),
        ],
    )
}

/// A match in large.
fn large(session: &Session, card: &PkCard, area: Rect, (scroll, buf): (u16, &mut Buffer)) {
    let (words, theme) = (&session.words, &session.theme);
    let head = Rect { height: 1, ..area }.intersection(area);
    let title = vec![
        piece(told::name(session, card), Role::Title),
        piece(format!(" · {}", words.name("pk.kind", card.kind.as_str())), Role::Text),
        piece(format!(" · {}", told::metrics(session, card)), Role::Text),
    ];
    let phase = vec![
        piece(words.name("pk.phase", card.phase.as_str()).to_owned(), role_of(card.phase)),
        piece(format!(" · {}", told::left(session, card)), Role::Dim),
    ];
    let room = usize::from(head.width).saturating_sub(line_cells(&phase) + 2);
    let left = Rect { width: u16::try_from(room).unwrap_or(u16::MAX).min(head.width), ..head };
    draw(&title, left, buf, theme);
    draw_right(&phase, head, buf, theme);
    let body = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
    let lines = told_of(session, card, usize::from(area.width));
    let mut rows: Vec<Line<'static>> = Vec::new();
    for (line, wraps) in lines {
        // texts of people are wrapped; what stands in columns is cut
        if wraps && line_cells(&line) > usize::from(area.width) {
            let text: String = line.iter().map(|piece| piece.text.as_ref()).collect();
            let role = line.first().map_or(Role::Text, |piece| piece.role);
            let wrapped = crate::text::width::wrap(&text, usize::from(area.width));
            rows.extend(wrapped.into_iter().map(|text| vec![piece(text, role)]));
        } else {
            rows.push(line);
        }
    }
    let hidden = rows.len().saturating_sub(usize::from(body.height));
    let skipped = usize::from(scroll).min(hidden);
    for (y, row) in (body.top()..body.bottom()).zip(rows.iter().skip(skipped)) {
        draw(row, Rect { y, height: 1, ..body }, buf, theme);
    }
}

/// Everything told of a match, line by line, and whether a line is wrapped.
fn told_of(session: &Session, card: &PkCard, width: usize) -> Vec<(Line<'static>, bool)> {
    let mut lines: Vec<(Line<'static>, bool)> = Vec::new();
    let headline = told::headline(session, card);
    lines.push((vec![piece(headline, Role::Podium)], true));
    lines.push((Vec::new(), false));
    let middle = if card.kind == PkKind::Bracket {
        tree::tree(session, card, width)
    } else {
        side::sides(session, card, width)
    };
    lines.extend(middle.into_iter().map(|line| (line, false)));
    lines.extend(side::legs(session, card).into_iter().map(|line| (line, false)));
    lines.push((Vec::new(), false));
    for round in &card.rounds {
        let told = round.entries.iter().filter_map(|entry| told::corrected(session, card, entry));
        lines.extend(told.map(|text| (vec![piece(text, Role::Warning)], true)));
    }
    for taken in &card.taken {
        lines.push((vec![piece(told::taken(session, card, taken), Role::Held)], true));
    }
    for dispute in &card.disputes {
        let words = &session.words;
        let said = words.fill(Text("pk.disputed"), &[("name", &dispute.by), ("why", &dispute.reason)]);
        lines.push((vec![piece(said, Role::Warning)], true));
        if let Some(settled) = &dispute.settled {
            let verdict = match settled.winner {
                Some(side) => {
                    let side = told::side_name(session, card, side);
                    words.fill(Text("pk.settled_winner"), &[("side", &side)])
                }
                None => words.name("pk.verdict", settled.verdict.as_str()).to_owned(),
            };
            let parts: [(&str, &dyn std::fmt::Display); 3] =
                [("name", &settled.by), ("verdict", &verdict), ("why", &settled.words)];
            lines.push((vec![piece(words.fill(Text("pk.settled"), &parts), Role::Good)], true));
        }
    }
    lines.push((vec![piece(told::terms(session, card), Role::Dim)], true));
    lines
}
