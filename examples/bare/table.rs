//! A day's table by ratatui's own widgets: the same columns as the product's, with nothing around them but a title and a foot.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Modifier, Style, Stylize as _};
use ratatui::text::Line;
use ratatui::widgets::{Block, Cell, Paragraph, Row, Table, TableState};

/// A row of the table.
#[derive(Debug, Clone)]
pub struct Task {
    /// The pen.
    pub lane: String,
    /// The customer.
    pub name: String,
    /// When it is due.
    pub due: String,
    /// The last note.
    pub note: String,
}

/// Draws as many rows as fit, from the first one that keeps the selected one in sight.
pub fn draw(frame: &mut Frame<'_>, title: &str, tasks: &[Task], state: &mut TableState) {
    let [head, body, foot] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(1)])
            .areas(frame.area());
    frame.render_widget(Paragraph::new(Line::from(title).bold()), head);
    let room = usize::from(body.height).saturating_sub(3);
    let selected = state.selected().unwrap_or(0);
    let first = selected.saturating_sub(room.saturating_sub(1));
    let rows = tasks.iter().skip(first).take(room).map(|task| {
        Row::new([
            Cell::from(task.lane.as_str()),
            Cell::from(task.name.as_str()),
            Cell::from(task.due.as_str()),
            Cell::from(task.note.as_str()),
        ])
    });
    let widths = [Constraint::Length(9), Constraint::Length(24), Constraint::Length(17), Constraint::Min(10)];
    let table = Table::new(rows, widths)
        .header(Row::new(["笔", "客户", "到期", "最近"]).style(Style::new().add_modifier(Modifier::BOLD)))
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED))
        .block(Block::bordered().title("今日"));
    let mut window = TableState::default().with_selected(Some(selected - first));
    frame.render_stateful_widget(table, body, &mut window);
    frame.render_widget(Paragraph::new(" enter 开始  s 跳过  z 推迟  / 查找  q 退出"), foot);
}
