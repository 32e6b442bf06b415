//! The one line above a small screen: where one is, the gap, who.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::amount::{amount, signed};
use crate::app::layer::View;
use crate::screen::ScreenId;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Mark, Tabs, draw, draw_right, line_cells, piece};

/// The open screen by its name, the others by their keys; at the right the gap, and the name where it fits.
pub fn header(area: Rect, buf: &mut Buffer, view: View<'_>, active: ScreenId) {
    let session = view.session;
    let (theme, words) = (&session.theme, &session.words);
    draw(&[piece(" ".repeat(usize::from(area.width)), Role::Header)], area, buf, theme);
    let screens = ScreenId::of(session);
    let index = screens.iter().position(|id| *id == active).unwrap_or(0);
    let titles = screens.iter().map(|id| {
        let n = id.number();
        if *id == active { format!("{n} {}", words.say(id.title())) } else { n.to_string() }
    });
    let used = Tabs::new(titles, index).render(area, buf, theme);
    let rest = Rect { x: area.x + used, width: area.width.saturating_sub(used), ..area };
    let mut right = gap(view);
    if let Some(unsaved) = super::unsaved(session) {
        right.insert(0, unsaved);
    } else if session.pending > 0 {
        right.insert(0, Mark::Waiting.piece(Role::Stale, words, theme));
    }
    if let Some(me) = &session.me {
        let name = piece(format!("{} ", me.user.name), Role::Header);
        if line_cells(&right) + line_cells(std::slice::from_ref(&name)) < usize::from(rest.width) {
            right.push(name);
        }
    }
    draw_right(&right, rest, buf, theme);
}

fn gap(view: View<'_>) -> Line<'static> {
    let session = view.session;
    let Some(gap) = &session.gap else { return Vec::new() };
    let currency = session.playbook().map_or("CNY", |p| p.currency.as_str());
    let name = piece(format!("{} ", session.words.say(Text("column.gap"))), Role::Header);
    match gap.gap.gap {
        _ if gap.gap.target == 0 => {
            vec![piece(format!("{} ", amount(gap.unit, currency, gap.gap.done)), Role::Money)]
        }
        left if left > 0 => vec![name, piece(format!("{} ", amount(gap.unit, currency, left)), Role::Accent)],
        over => vec![
            Mark::Done.piece(Role::Good, &session.words, &session.theme),
            piece(format!("{} ", signed(gap.unit, currency, -over)), Role::Good),
        ],
    }
}
