//! What stands on a locked screen: whose it is, and the way back. Nothing of customers.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Lock, Way};
use crate::app::speak::time;
use crate::app::{Context, Session};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Lines, TextField, clear, draw, line_cells, piece};

/// Widest it is drawn.
const WIDTH_MAX: u16 = 64;

impl Lock {
    /// Draws it over the whole area; answers where the caret is.
    pub(in crate::app) fn render(&self, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
        let (words, theme) = (&session.words, &session.theme);
        clear(area, buf, theme);
        let width = area.width.min(WIDTH_MAX);
        let left = if theme.manner().is_spoken() { 0 } else { (area.width - width) / 2 };
        let top = if area.height > 16 { area.height / 3 } else { 0 };
        let room =
            Rect { x: area.x + left, y: area.y + top, width, height: area.height.saturating_sub(top + 1) };
        let row = |y: u16| Rect { y: room.y.saturating_add(y), height: 1, ..room }.intersection(room);
        let since = words.fill(Text("lock.since"), &[("time", &time::when(session, self.since))]);
        let since = if self.is_start { words.say(Text("app.tagline")).to_owned() } else { since };
        let brand: Line<'_> = vec![
            piece(format!(" {} ", words.say(Text("app.name"))), Role::Brand),
            piece(format!("  {since}"), Role::Dim),
        ];
        draw(&brand, row(0), buf, theme);
        draw(&whose(session), row(2), buf, theme);
        let caret = self.way(row(4), buf, session);
        let below = [match &self.said {
            Some(said) => vec![piece(said.as_str(), Role::Error)],
            None => vec![piece(self.hint(session), Role::Text)],
        }];
        let rest = Rect { y: room.y.saturating_add(6), height: room.height.saturating_sub(6), ..room };
        let rest = rest.intersection(room);
        Lines::new(&below).render(rest, buf, theme);
        let leave = session.keyed(Context::Lock, Text("lock.leave"), &[]);
        let last = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }.intersection(area);
        draw(&[piece(format!(" {leave}"), Role::Dim)], last, buf, theme);
        caret.or_else(|| (!rest.is_empty()).then_some(Position { x: rest.x, y: rest.y }))
    }

    /// The line that asks for the PIN. What is typed is not on it, nor how much that is.
    fn way(&self, row: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
        if self.way != Way::Pin {
            return None;
        }
        let (words, theme) = (&session.words, &session.theme);
        let asked = [piece(format!("{}  ", words.say(Text("lock.pin"))), Role::Title)];
        let indent = u16::try_from(line_cells(&asked)).unwrap_or(0).min(row.width);
        draw(&asked, row, buf, theme);
        let place = Rect { x: row.x + indent, width: row.width - indent, ..row };
        let told = match (self.proving, self.typed.is_empty()) {
            (Some(_), _) => Text("lock.looking"),
            (None, true) => Text("lock.type"),
            (None, false) => Text("lock.typed"),
        };
        TextField::default().view().placeholder(words.say(told)).render(place, buf, theme)
    }

    fn hint(&self, session: &Session) -> String {
        match self.way {
            Way::Key => session.keyed(Context::Lock, Text("lock.by_key"), &[]),
            Way::Pin => session.keyed(Context::Lock, Text("lock.by_pin"), &[]),
            Way::Unknown => session.words.say(Text("common.loading")).to_owned(),
            Way::Nohow => {
                let login = session.me.as_ref().map_or("", |me| me.user.login.as_str());
                session.words.fill(Text("lock.nohow"), &[("login", &login)])
            }
        }
    }
}

fn whose(session: &Session) -> Line<'static> {
    let Some(me) = &session.me else { return Vec::new() };
    let team = me.user.team.as_ref().map(|(_, team)| format!("  {team}")).unwrap_or_default();
    vec![piece(me.user.name.clone(), Role::Accent), piece(team, Role::Dim)]
}
