//! How the card is drawn, and how it scrolls.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Card, Side};
use crate::app::{Act, Session, View, speak};
use crate::screen::parts::card;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Lines, Mark, draw, draw_right, line_cells, piece};

/// From this width on card and timeline stand side by side.
const WIDE: u16 = 72;
/// Rows of a screen that are not the card's: header, gap line, name, heads, footer.
const AROUND: u16 = 5;
/// Cells between the two sides.
const GAP: u16 = 2;

/// The widths of the two sides; a narrow window gives all to the one with the focus.
fn widths(width: u16, side: Side) -> (u16, u16) {
    let inner = width.saturating_sub(2);
    if width < WIDE {
        return if side == Side::Card { (inner, 0) } else { (0, inner) };
    }
    let left = u16::try_from(u32::from(inner) * 56 / 100).unwrap_or(inner);
    (left, inner.saturating_sub(left + GAP))
}

impl Card {
    /// Rows of the timeline at the session's width, and rows in sight.
    pub(super) fn timeline_height(&self, session: &Session) -> (u16, u16) {
        let (_, width) = widths(session.size.width, Side::Timeline);
        let lines = card::timeline(session, &self.timeline);
        (Lines::new(&lines).height(width), session.size.height.saturating_sub(AROUND))
    }

    fn card_height(&self, session: &Session) -> (u16, u16) {
        let (width, _) = widths(session.size.width, Side::Card);
        let lines = self.found.as_ref().map(|found| card::card(session, found)).unwrap_or_default();
        (Lines::new(&lines).height(width), session.size.height.saturating_sub(AROUND))
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
    pub(super) fn body(&self, area: Rect, buf: &mut Buffer, view: View<'_>) {
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
            return;
        };
        let used = draw(&[piece(found.name.as_str(), Role::Accent)], head, buf, theme);
        let owner = self.owner(session);
        if usize::from(head.width) > usize::from(used) + line_cells(&owner) + 2 {
            draw_right(&owner, head, buf, theme);
        }
        let (left, right) = widths(area.width, self.side);
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
        let scroll = if side == Side::Card { self.scroll } else { self.timeline_scroll };
        let here = speak::mark(view.session, Mark::Here, Role::Accent);
        let mark = if side == self.side { here } else { piece("  ", Role::Dim) };
        title.insert(0, mark);
        let head = Rect { height: 1, ..area }.intersection(area);
        let used = draw(&title, head, buf, theme);
        let inside = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
        let text = Lines::new(lines).scroll(scroll);
        let hidden = text.height(inside.width).saturating_sub(inside.height).saturating_sub(scroll);
        if hidden > 0 {
            let more = [piece(format!("↓{hidden}"), Role::Dim)];
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
