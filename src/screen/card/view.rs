//! How the card is drawn, and how it scrolls.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Card, Side};
use crate::app::{Act, Context, Session, Spot, View, speak};
use crate::screen::parts::card;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Lines, Mark, Shape, draw, draw_right, line_cells, piece};

/// From this width on card and timeline stand side by side.
const WIDE: u16 = 72;
/// Cells between the two sides.
const GAP: u16 = 2;

/// The widths of the two sides; a narrow window gives all to the one with the focus.
fn widths(session: &Session, side: Side) -> (u16, u16) {
    let inner = session.size.width.saturating_sub(2);
    if session.size.width < WIDE || shape(session).is_narrow() {
        return if side == Side::Card { (inner, 0) } else { (0, inner) };
    }
    let left = u16::try_from(u32::from(inner) * 56 / 100).unwrap_or(inner);
    (left, inner.saturating_sub(left + GAP))
}

fn shape(session: &Session) -> Shape {
    Shape::of(Rect::new(0, 0, session.size.width, session.size.height), &session.theme)
}

/// Rows of a screen that are not the card's: what the frame has above and below, the name, the heads.
fn around(session: &Session) -> u16 {
    match shape(session) {
        Shape::Roomy => 5,
        Shape::Compact => 4,
        Shape::Spoken => 6,
    }
}

/// What Tab shows instead, where one side is shown at a time. Answers with the cells used.
fn turning(side: Side, row: Rect, buf: &mut Buffer, view: View<'_>) -> u16 {
    let session = view.session;
    let key = session.keymap.label(Context::Card, Act::NextField);
    let other = if side == Side::Card { Text("call.timeline") } else { Text("call.card") };
    let hint = [piece(format!("   {key} "), Role::Key), piece(session.words.say(other), Role::KeyLabel)];
    draw(&hint, row, buf, &session.theme)
}

impl Card {
    /// Rows of the timeline at the session's width, and rows in sight.
    pub(super) fn timeline_height(&self, session: &Session) -> (u16, u16) {
        let (_, width) = widths(session, Side::Timeline);
        let lines = card::timeline(session, &self.timeline);
        (Lines::new(&lines).height(width), session.size.height.saturating_sub(around(session)))
    }

    fn card_height(&self, session: &Session) -> (u16, u16) {
        let (width, _) = widths(session, Side::Card);
        let lines = self.found.as_ref().map(|found| card::card(session, found)).unwrap_or_default();
        (Lines::new(&lines).height(width), session.size.height.saturating_sub(around(session)))
    }

    /// Scrolls the side with the focus; `false` where the action does not scroll.
    pub(super) fn move_by(&mut self, act: Act, session: &Session) -> bool {
        if !matches!(act, Act::Up | Act::Down | Act::PageUp | Act::PageDown | Act::Top | Act::Bottom) {
            return false;
        }
        let (height, page) = match self.side {
            Side::Card => self.card_height(session),
            Side::Timeline => self.timeline_height(session),
        };
        let last = height.saturating_sub(page);
        let scroll = match self.side {
            Side::Card => &mut self.scroll,
            Side::Timeline => &mut self.timeline_scroll,
        };
        *scroll = match act {
            Act::Up => scroll.saturating_sub(1),
            Act::Down => scroll.saturating_add(1),
            Act::PageUp => scroll.saturating_sub(page),
            Act::PageDown => scroll.saturating_add(page),
            Act::Top => 0,
            _ => last,
        }
        .min(last);
        true
    }

    /// Draws the name, the card and the timeline.
    ///
    /// Answers where the side with the focus begins.
    pub(super) fn body(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Position {
        let session = view.session;
        let theme = &session.theme;
        let head =
            Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area }.intersection(area);
        let Some(found) = &self.found else {
            let text = self.problem.clone();
            let (text, role) = match text {
                Some(problem) => (problem, Role::Error),
                None => (session.words.say(Text("common.loading")).to_owned(), Role::Dim),
            };
            draw(&[piece(text, role)], head, buf, theme);
            return head.as_position();
        };
        let used = draw(&[piece(found.name.as_str(), Role::Accent)], head, buf, theme);
        let owner = self.owner(session);
        if usize::from(head.width) > usize::from(used) + line_cells(&owner) + 2 {
            draw_right(&owner, head, buf, theme);
        }
        let (left, right) = widths(session, self.side);
        let column = |x: u16, width: u16| {
            Rect { x, y: area.y.saturating_add(1), width, height: area.height.saturating_sub(1) }
                .intersection(area)
        };
        let start = area.x.saturating_add(1);
        let gap = if left > 0 { left + GAP } else { 0 };
        if left > 0 {
            let lines = card::card(session, found);
            let title = vec![piece(session.words.say(Text("call.card")).to_owned(), Role::Title)];
            self.side(Side::Card, title, &lines, column(start, left), buf, view);
        }
        if right > 0 {
            let mut lines = card::timeline(session, &self.timeline);
            if lines.is_empty() {
                let text = if self.timeline_asked.is_some() {
                    Text("common.loading")
                } else {
                    Text("card.no_touches")
                };
                lines.push(vec![piece(session.words.say(text).to_owned(), Role::Dim)]);
            }
            self.side(
                Side::Timeline,
                self.timeline_title(session),
                &lines,
                column(start + gap, right),
                buf,
                view,
            );
        }
        let beside = if self.side == Side::Timeline { gap } else { 0 };
        let first = column(start + beside, left.max(right));
        Position { x: first.x, y: (first.y + 1).min(first.bottom().saturating_sub(1)) }
    }

    fn side(
        &self,
        side: Side,
        mut title: Line<'static>,
        lines: &[Line<'static>],
        area: Rect,
        buf: &mut Buffer,
        view: View<'_>,
    ) {
        let theme = &view.session.theme;
        view.session.hits.put(area, Spot::Part(side.part()));
        let scroll = if side == Side::Card { self.scroll } else { self.timeline_scroll };
        let here = speak::mark(view.session, Mark::Here, Role::Accent);
        let mark = if side == self.side { here } else { piece("  ", Role::Dim) };
        title.insert(0, mark);
        let head = Rect { height: 1, ..area }.intersection(area);
        let mut used = draw(&title, head, buf, theme);
        if area.width + GAP >= buf.area.width {
            used +=
                turning(self.side, Rect { x: head.x + used, width: head.width - used, ..head }, buf, view);
        }
        let inside = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
        let text = Lines::new(lines).scroll(scroll);
        let hidden = text.height(inside.width).saturating_sub(inside.height).saturating_sub(scroll);
        if hidden > 0 {
            let more = [piece(view.session.words.fill(Text("common.more"), &[("n", &hidden)]), Role::Dim)];
            if usize::from(used) + line_cells(&more) + 1 < usize::from(head.width) {
                draw_right(&more, head, buf, theme);
            }
        }
        text.render(inside.intersection(area), buf, theme);
    }

    fn owner(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let owner = self.found.as_ref().and_then(|card| card.owner.as_ref()).map(|(_, name)| name.clone());
        let attempts = self.found.as_ref().map_or(0, |card| card.attempts);
        let mut line = vec![piece(words.fill(Text("call.tries"), &[("n", &attempts)]), Role::Dim)];
        line.push(piece(" · ", Role::Dim));
        line.push(match owner {
            Some(name) => piece(name, Role::Text),
            None => piece(words.say(Text("customers.nobody")).to_owned(), Role::Dim),
        });
        line
    }

    fn timeline_title(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let mut line = vec![piece(words.say(Text("call.timeline")).to_owned(), Role::Title)];
        if let Some(code) = &self.channel {
            let name = session.playbook().and_then(|playbook| playbook.channel(code));
            let name = name.map_or_else(|| code.to_string(), |channel| speak::named(session, &channel.name));
            line.push(piece(format!(" · {name}"), Role::Accent));
        }
        if self.fresh {
            line.push(piece(format!(" · {}", words.say(Text("card.fresh"))), Role::Fresh));
        }
        line
    }
}
