//! How the list of customers is drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Customers, Scope, is_own};
use crate::app::speak::{self, time};
use crate::app::{Act, Context, Part, Session, Spot, View};
use crate::dialog::candidate;
use crate::domain::phone::PhoneNumber;
use crate::store::query::CustomerRow;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Piece, Row, Shape, Table, draw, draw_right, line_cells, piece};

impl Customers {
    /// Draws the search line and the window of rows.
    pub(super) fn body(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let head =
            Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: area.height.min(1), ..area };
        session.hits.put(head.intersection(area), Spot::Act(Act::Find));
        let caret = self.search_line(head.intersection(area), buf, view);
        let above = if Shape::of(buf.area, theme).is_narrow() { 1 } else { 2 };
        let list = Rect {
            y: area.y.saturating_add(above).min(area.bottom()),
            height: area.height.saturating_sub(above),
            ..area
        };
        if self.rows.is_empty() {
            let text = match (self.loaded && self.asked.is_none(), self.is_filtered()) {
                (false, _) => Text("common.loading"),
                (true, true) => Text("customers.none_found"),
                (true, false) => Text("customers.none"),
            };
            let said = session.keyed(Context::Customers, text, &[]);
            draw(&[piece(format!(" {said}"), Role::Dim)], list, buf, theme);
            return caret;
        }
        let columns = [
            Column::flex(words.say(Text("column.customer")), 12).weight(2).priority(0),
            Column::fixed(words.say(Text("column.phone")), 13).priority(1),
            Column::flex(words.say(Text("column.owner")), 6).priority(4),
            Column::flex(words.say(Text("column.stage")), 22).weight(2).priority(2),
            Column::flex(words.say(Text("customers.next")), 14).priority(3),
            Column::fixed(words.say(Text("customers.last")), 10).right().priority(5),
        ];
        // only what can be in sight is turned into text
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = self.select.at().saturating_sub(high);
        let rows: Vec<Row<'_>> =
            self.rows.iter().skip(top).take(2 * high).map(|row| line(session, row)).collect();
        let table = Table::new(&columns, &rows)
            .head(true)
            .total(self.rows.len() + usize::from(self.more))
            .offset(top)
            .top(self.select.at().saturating_sub(top).saturating_sub(high / 2))
            .selected(Some(self.select.at() - top));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|row| self.rows.get(top + row)).map(|row| row.id.0)
        });
        let spot = table.render(list, buf, theme);
        if self.searching { caret } else { spot }
    }

    fn search_line(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let right = self.right(session);
        let wide = u16::try_from(line_cells(&right)).unwrap_or(u16::MAX);
        let shows_right = wide.saturating_add(20) <= area.width;
        if shows_right {
            draw_right(&right, area, buf, theme);
        }
        let room = if shows_right { area.width.saturating_sub(wide + 2) } else { area.width };
        let left = Rect { width: room.min(48), ..area };
        if self.searching || self.is_filtered() {
            let key = session.keymap.label(Context::Customers, Act::Find);
            let used = draw(&[piece(format!("{key} "), Role::Key)], left, buf, theme).min(left.width);
            let place = Rect { x: left.x + used, width: left.width - used, ..left };
            let first = self.rows.get(self.select.at()).map_or("", |row| row.name.as_str());
            let place = if self.searching { candidate(place, first, buf, session) } else { place };
            let shown =
                self.field.view().placeholder(words.say(Text("customers.type"))).focused(self.searching);
            return shown.render(place, buf, theme);
        }
        let scope = match self.scope(session) {
            Scope::Mine => Text("customers.mine"),
            Scope::All => Text("customers.all"),
        };
        let key = session.keymap.label(Context::Customers, Act::Find);
        let hint = words.say(Text("customers.find"));
        draw(
            &[
                piece(words.say(scope), Role::Title),
                piece("   ", Role::Dim),
                piece(key, Role::Key),
                piece(format!(" {hint}"), Role::Dim),
            ],
            left,
            buf,
            theme,
        );
        None
    }

    /// How many are shown, and what came in meanwhile.
    fn right(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let mut line = Vec::new();
        if self.news > 0 {
            let key = session.keymap.label(Context::Customers, Act::News);
            line.push(piece(
                words.fill(Text("customers.news"), &[("n", &self.news), ("key", &key)]),
                Role::Fresh,
            ));
            line.push(piece(" · ", Role::Dim));
        }
        if self.is_filtered() {
            line.push(piece(format!("{} · ", words.say(Text("customers.in_all"))), Role::Dim));
        }
        let count = if self.more { format!("{}+", self.rows.len()) } else { self.rows.len().to_string() };
        line.push(piece(words.fill(Text("customers.count"), &[("n", &count)]), Role::Dim));
        line
    }
}

fn line<'a>(session: &'a Session, row: &'a CustomerRow) -> Row<'a> {
    // one that came masked stays as it came
    let phone =
        PhoneNumber::new(row.phone.clone()).map_or_else(|_| row.phone.clone(), |phone| phone.national());
    let owner = row.owner.as_ref().map_or_else(
        || piece(session.words.say(Text("customers.nobody")), Role::Dim),
        |(_, name)| piece(name.as_str(), if is_own(session, row) { Role::Mine } else { Role::Text }),
    );
    Row::new([
        vec![piece(row.name.as_str(), Role::Accent)],
        vec![piece(phone, Role::Text)],
        vec![owner],
        stage(session, row),
        vec![next(session, row)],
        vec![
            row.last_touch
                .map_or_else(|| piece("–", Role::Dim), |at| piece(time::ago(session, at), Role::Dim)),
        ],
    ])
}

fn stage(session: &Session, row: &CustomerRow) -> Line<'static> {
    let Some((pipeline, stage)) = &row.deal else { return vec![piece("–", Role::Dim)] };
    let Some(stage) = stage else { return vec![piece(speak::pipeline(session, pipeline), Role::Text)] };
    let name = piece(speak::stage(session, pipeline, stage), Role::Text);
    let found = session.playbook().and_then(|playbook| playbook.pipeline(pipeline));
    match found.and_then(|p| Some((p.stage_index(stage)?, p.stages.len()))) {
        // the place stands first: a narrow column cuts the name, never the figure
        Some((place, of)) => vec![piece(format!("{place}/{of} "), Role::Dim), name],
        None => vec![name],
    }
}

fn next(session: &Session, row: &CustomerRow) -> Piece<'static> {
    match row.next_at {
        None => piece("–", Role::Dim),
        Some(at) if at < session.now => piece(time::when(session, at), Role::Warning),
        Some(at) => piece(time::when(session, at), Role::Text),
    }
}
