//! The two lines above a screen that is read aloud: where one is and who, then the gap in words. No clock: a line that
//! changes by itself would be read again every minute.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{counted, parts};
use crate::app::amount::{amount, signed};
use crate::app::layer::View;
use crate::screen::ScreenId;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Bar, Line, Mark, draw, line_cells, piece};

/// The program, the screen, the name, the team.
pub fn header(area: Rect, buf: &mut Buffer, view: View<'_>, active: ScreenId) {
    let session = view.session;
    let words = &session.words;
    let mut line: Line<'_> = vec![
        piece(words.say(Text("app.name")), Role::Brand),
        piece(format!(", {}", words.say(active.title())), Role::Title),
    ];
    if let Some(me) = &session.me {
        line.push(piece(format!(", {}", me.user.name), Role::Header));
        if let Some((_, team)) = &me.user.team {
            line.push(piece(format!(", {team}"), Role::Header));
        }
    }
    if let Some(unsaved) = super::unsaved(session) {
        line.extend([piece(", ", Role::Header), unsaved]);
    } else if session.pending > 0 {
        line.push(piece(", ", Role::Header));
        line.push(Mark::Waiting.piece(Role::Stale, words, &session.theme));
    }
    draw(&line, area, buf, &session.theme);
}

/// What is counted, what is done of what, the share, and what follows from it.
pub fn gap_line(area: Rect, buf: &mut Buffer, view: View<'_>) {
    let session = view.session;
    let words = &session.words;
    let Some(gap) = &session.gap else { return };
    let currency = session.playbook().map_or("CNY", |p| p.currency.as_str());
    let show = |value: i64| amount(gap.unit, currency, value);
    let mut line: Line<'_> = vec![piece(format!("{} ", counted(gap, words)), Role::Text)];
    if gap.gap.target == 0 {
        line.push(piece(
            format!("{}, {}", show(gap.gap.done), words.say(Text("frame.no_target"))),
            Role::Text,
        ));
    } else {
        // what matters most first: a narrow braille line shows no more
        if gap.gap.gap <= 0 {
            line.push(Mark::Done.piece(Role::Good, words, &session.theme));
            line.push(piece(format!("{}, ", signed(gap.unit, currency, -gap.gap.gap)), Role::Good));
        }
        let of =
            words.fill(Text("common.of"), &[("n", &show(gap.gap.done)), ("total", &show(gap.gap.target))]);
        line.push(piece(format!("{of}, {}", Bar::new(gap.gap.done, gap.gap.target).percent()), Role::Text));
        for part in parts(gap, view, currency) {
            // half a figure says something false: what does not fit is left out
            if line_cells(&line) + line_cells(&part) + 2 > usize::from(area.width) {
                break;
            }
            line.push(piece(", ", Role::Dim));
            line.extend(part);
        }
    }
    draw(&line, area, buf, &session.theme);
}
