//! The bare side: the same rows, worded beforehand, drawn by ratatui's own widgets through its own backend.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style, Stylize as _};
use ratatui::text::Line;
use ratatui::widgets::{Block, Cell, Paragraph, Row, Table, TableState};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use crate::desk::{Desk, SIZE};

/// Moves in one direction before it turns.
const STRIDE: usize = 30;

/// Memory that takes bytes, and forgets them when the next frame begins.
#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A terminal in memory and what is drawn on it.
pub struct Bare {
    terminal: Terminal<CrosstermBackend<Sink>>,
    sink: Sink,
    pens: Vec<Vec<[String; 5]>>,
    steps: usize,
    selected: usize,
}

impl Bare {
    /// The rows of the product's day.
    pub fn beside(desk: &Desk) -> Self {
        let pens = desk.worded();
        let area = Rect::new(0, 0, SIZE.0, SIZE.1);
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let sink = Sink::default();
        let terminal = Terminal::with_options(CrosstermBackend::new(sink.clone()), options).unwrap();
        let mut bare = Self { terminal, sink, pens, steps: 0, selected: 0 };
        bare.still();
        bare
    }

    /// Moves the selection and draws; answers with the bytes sent.
    pub fn step(&mut self) -> usize {
        let last = self.pens.first().map_or(0, |rows| rows.len().saturating_sub(1));
        self.selected = match self.steps / STRIDE % 2 {
            0 => (self.selected + 1).min(last),
            _ => self.selected.saturating_sub(1),
        };
        self.steps += 1;
        self.still()
    }

    /// Draws what is there already; answers with the bytes sent.
    pub fn still(&mut self) -> usize {
        self.sink.0.borrow_mut().clear();
        let (pens, selected) = (&self.pens, self.selected);
        self.terminal.draw(|frame| draw(frame, pens, selected)).unwrap();
        self.sink.0.borrow().len()
    }
}

fn draw(frame: &mut Frame<'_>, pens: &[Vec<[String; 5]>], selected: usize) {
    let [head, gap, body, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(Paragraph::new(Line::from(" CORRAL  1 今日  2 客户  3 榜单  4 目标").bold()), head);
    let line = "新签业绩 86,400/120,000 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░ 差距 33,600 · 进度差 +2,255 · 日均需4,200 · 第4名/32人";
    frame.render_widget(Paragraph::new(line), gap);
    let shares = [Constraint::Fill(3), Constraint::Fill(2), Constraint::Fill(2)];
    let columns = Layout::horizontal(shares).split(body);
    for (place, (rows, area)) in pens.iter().zip(columns.iter()).enumerate() {
        let room = usize::from(area.height).saturating_sub(2);
        let selected = if place == 0 { selected } else { 0 };
        let first = selected.saturating_sub(room.saturating_sub(1));
        let lines = rows
            .iter()
            .skip(first)
            .take(room)
            .map(|row| Row::new(row.iter().map(|text| Cell::from(text.as_str()))));
        let widths = [
            Constraint::Length(6),
            Constraint::Fill(3),
            Constraint::Fill(3),
            Constraint::Fill(6),
            Constraint::Length(4),
        ];
        let table = Table::new(lines, widths)
            .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED))
            .block(Block::bordered().title("电话").title_bottom("剩 42 · 已完成 58"));
        let mut state = TableState::default();
        if place == 0 {
            state.select(Some(selected - first));
        }
        frame.render_stateful_widget(table, *area, &mut state);
    }
    let hints = " enter 开始  s 跳过  z 推迟  x 执行  / 查找  f 筛选  y 为什么  u 撤销  ? 帮助  q 退出";
    frame.render_widget(Paragraph::new(hints), foot);
}
