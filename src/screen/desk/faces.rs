//! What every face of the desk has: the line on top, what is said where nothing is shown, and small words.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Desk, Face};
use crate::app::{Session, View};
use crate::domain::lists::{RepState, RoundKind};
use crate::store::query::desk::Tail;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Shape, draw, draw_right, line_cells, piece};

/// Customers of a tail that are named before it is put off.
const NAMED: usize = 6;

impl Desk {
    /// Draws the line on top and the open face.
    pub(super) fn body(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let theme = &session.theme;
        let head =
            Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area }.intersection(area);
        let title = self.title(session);
        let used = draw(&title, head, buf, theme);
        let right = self.told(session);
        if usize::from(head.width) > usize::from(used) + line_cells(&right) + 2 {
            draw_right(&right, head, buf, theme);
        }
        let narrow = Shape::of(buf.area, theme).is_narrow();
        let above = if narrow || self.face == Face::Radar { 1 } else { 2 };
        let list = Rect {
            y: area.y.saturating_add(above).min(area.bottom()),
            height: area.height.saturating_sub(above),
            ..area
        };
        if let Some(text) = self.nothing() {
            draw(&[piece(format!(" {}", session.words.say(text)), Role::Dim)], list, buf, theme);
            return None;
        }
        match self.face {
            Face::Reps => self.reps_table(list, buf, view),
            // a list is easier to listen to than a field of signs
            Face::Radar if theme.manner().is_spoken() => self.reps_table(list, buf, view),
            Face::Radar => self.radar(list, buf, view),
            Face::Followed | Face::Warnings | Face::Signals => self.list_table(list, buf, view),
            Face::Round => self.round_page(list, buf, view),
        }
    }

    /// What is said in place of rows; `None` where there are some.
    fn nothing(&self) -> Option<Text> {
        if let Some(refused) = self.refused.filter(|_| self.floor.is_none()) {
            return Some(refused);
        }
        let (loading, empty) = match self.face {
            Face::Reps | Face::Radar => (self.floor.is_none(), self.rows().is_empty()),
            Face::Followed => {
                (self.face_asked.is_some() && self.followed.is_empty(), self.followed.is_empty())
            }
            Face::Warnings => {
                (self.warnings.is_none(), self.warnings.as_ref().is_some_and(|page| page.rows.is_empty()))
            }
            Face::Signals => (self.signals.is_none(), self.list_keys().is_empty()),
            Face::Round => (self.round.is_none(), false),
        };
        if loading {
            return Some(Text("common.loading"));
        }
        empty.then_some(match self.face {
            Face::Reps | Face::Radar => Text("desk.empty"),
            Face::Followed => Text("desk.none_followed"),
            Face::Warnings => Text("desk.no_warnings"),
            Face::Signals | Face::Round => Text("desk.no_signals"),
        })
    }

    /// Whether the open face has nothing to show yet.
    pub(super) fn is_empty(&self) -> bool {
        match self.face {
            Face::Reps | Face::Radar => self.floor.is_none(),
            Face::Followed => self.followed.is_empty(),
            Face::Warnings => self.warnings.is_none(),
            Face::Signals => self.signals.is_none(),
            Face::Round => self.round.is_none(),
        }
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let team = match (self.team, self.teams.as_slice()) {
            (Some(team), teams) => teams.iter().find(|(id, _)| *id == team).map(|(_, name)| name.clone()),
            (None, [(_, only)]) => Some(only.clone()),
            (None, []) => None,
            (None, teams) => Some(words.fill(Text("desk.teams"), &[("n", &teams.len())])),
        };
        let face = match self.face {
            Face::Reps => Text("desk.reps"),
            Face::Radar => Text("desk.radar"),
            Face::Followed => Text("desk.followed"),
            Face::Warnings => Text("desk.warnings"),
            Face::Signals => Text("desk.signals"),
            Face::Round if self.kind == RoundKind::Morning => Text("desk.morning"),
            Face::Round => Text("desk.evening"),
        };
        let mut line = vec![piece(words.say(face).to_owned(), Role::Title)];
        if let Some((_, name)) = self.rep.as_ref().filter(|_| self.face == Face::Followed) {
            line.push(piece(format!(" · {name}"), Role::Accent));
        } else if let Some(team) = team {
            line.push(piece(format!(" · {team}"), Role::Text));
        }
        if let Some(floor) = self.floor.as_ref().filter(|_| self.face.is_of_reps()) {
            let (here, of) = (floor.present(), floor.rows.len());
            let said = words.fill(
                Text("desk.head"),
                &[("here", &here), ("of", &of), ("due", &floor.due()), ("done", &floor.done())],
            );
            line.push(piece(format!(" · {said}"), Role::Text));
            if floor.over() > 0 {
                line.push(piece(
                    format!(" · {}", words.fill(Text("desk.over"), &[("n", &floor.over())])),
                    Role::Warning,
                ));
            }
            if floor.orphans > 0 {
                line.push(piece(
                    format!(" · {}", words.fill(Text("desk.orphans"), &[("n", &floor.orphans)])),
                    Role::Bad,
                ));
            }
        }
        line
    }

    /// What stands at the right of the line on top: how fresh it is, or what the face comes to.
    fn told(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        if self.face == Face::Warnings {
            let Some(page) = &self.warnings else { return Vec::new() };
            let mut line = Vec::new();
            if let Some(share) = page.share_bp {
                let share = format!("{}%", (share + 50) / 100);
                let said = words.fill(
                    Text("desk.warned"),
                    &[("warned", &page.warned), ("lost", &page.lost), ("share", &share)],
                );
                line.push(piece(format!("{said} · "), Role::Text));
            }
            let [rep, lead, manager] = page.open;
            let said =
                words.fill(Text("desk.open"), &[("rep", &rep), ("lead", &lead), ("manager", &manager)]);
            line.push(piece(said, Role::Dim));
            return line;
        }
        // read aloud, a clock on the line would be read again with every reading
        let quiet = session.theme.manner().is_spoken();
        let Some(at) = self.read_at.filter(|_| !quiet) else { return Vec::new() };
        let text = session.zone().rfc3339(at);
        let clock = text.get(11..19).unwrap_or_default().to_owned();
        let role = if self.following.is_stale() { Role::Stale } else { Role::Dim };
        vec![piece(words.fill(Text("board.as_of"), &[("clock", &clock)]), role)]
    }
}

/// What a state is drawn in.
pub(super) const fn role_of(state: RepState) -> Role {
    match state {
        RepState::Late => Role::Bad,
        RepState::Idle | RepState::NotBegun => Role::Warning,
        RepState::Quiet => Role::Accent,
        RepState::Working => Role::Live,
        RepState::Done => Role::Good,
        RepState::Absent => Role::Held,
        RepState::Off => Role::Dim,
    }
}

/// The one sign of a state: never the colour alone.
pub(super) const fn sign(state: RepState) -> &'static str {
    match state {
        RepState::Late => "!",
        RepState::Idle => "x",
        RepState::NotBegun => "?",
        RepState::Quiet => "~",
        RepState::Working => "+",
        RepState::Done => "=",
        RepState::Absent => "-",
        RepState::Off => ".",
    }
}

/// The round that comes next by the clock: the morning's in the first half of the day.
pub(super) fn round_now(session: &Session) -> RoundKind {
    let Some(playbook) = session.playbook() else { return RoundKind::Morning };
    let (opens, closes) = playbook.hours;
    let middle = opens.minutes().midpoint(closes.minutes());
    if session.zone().clock(session.now).minutes() < middle { RoundKind::Morning } else { RoundKind::Evening }
}

/// What is put off, in words: how much, whose, to when.
pub(super) fn tail_words(session: &Session, tail: &Tail) -> String {
    let words = &session.words;
    let named: Vec<&str> = tail.tasks.iter().take(NAMED).map(|row| row.customer.1.as_str()).collect();
    let more = tail.tasks.len().saturating_sub(named.len());
    let beside = |a: String, b: String| words.fill(Text("desk.both"), &[("a", &a), ("b", &b)]);
    let mut listed = named.into_iter().map(str::to_owned).reduce(beside).unwrap_or_default();
    if more > 0 {
        listed = words.fill(Text("desk.and_more"), &[("names", &listed), ("n", &more)]);
    }
    words.fill(
        Text("desk.ask_defer"),
        &[
            ("due", &tail.due),
            ("can", &tail.capacity.saturating_mul(tail.heads)),
            ("n", &tail.tasks.len()),
            ("day", &crate::app::speak::time::date(session, tail.to)),
            ("names", &listed),
        ],
    )
}
