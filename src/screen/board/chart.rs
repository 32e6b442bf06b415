//! The selected row day by day: the plan, what was done, where it may end, and the stretch of days before.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Board;
use super::view::nearest;
use crate::app::View;
use crate::app::amount::amount;
use crate::domain::lists::{Metric, Unit};
use crate::store::query::BurnUp;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Plot, Series, draw, line_cells, piece};

/// Cells for the amounts at the left.
const SCALE: u16 = 11;

impl Board {
    /// Draws the chart of the selected row.
    pub(super) fn draw_chart(&self, area: Rect, buf: &mut Buffer, view: View<'_>) {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let Some(row) = self.selected() else { return };
        let chart = self.chart.as_ref().filter(|(key, _)| *key == row.id).map(|(_, chart)| chart);
        let Some(chart) = chart else {
            draw(&[piece(format!(" {}", words.say(Text("common.loading"))), Role::Dim)], area, buf, theme);
            return;
        };
        let unit = self.metric().map_or(Unit::Count, Metric::unit);
        let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
        let show = |value: i64| amount(unit, currency, value);
        let last = |values: &[i64]| values.last().copied().unwrap_or(0);
        let title = [
            piece(format!(" {}", row.name), Role::Accent),
            piece(format!("  {} ", words.say(Text("chart.done"))), Role::BarDone),
            piece(show(last(&chart.done)), Role::Money),
            piece(format!("  {} ", words.say(Text("chart.plan"))), Role::BarPace),
            piece(if chart.plan.is_empty() { "–".to_owned() } else { show(last(&chart.plan)) }, Role::Text),
            piece(format!("  {} ", words.say(Text("chart.before"))), Role::Dim),
            piece(show(last(&chart.before)), Role::Text),
        ];
        draw(&title, Rect { height: 1.min(area.height), ..area }, buf, theme);
        if let Some(outlook) = chart.outlook {
            let range = [
                ("finish", &show(nearest(unit, outlook.finish))),
                ("low", &show(nearest(unit, outlook.low))),
                ("high", &show(nearest(unit, outlook.high))),
            ];
            let said = range.map(|(name, value)| (name, value as &dyn std::fmt::Display));
            let said = words.fill(Text("chart.outlook"), &said);
            let under = Rect { y: area.y.saturating_add(1), height: 1, ..area }.intersection(area);
            draw(&[piece(format!(" {said}"), Role::Text)], under, buf, theme);
        }
        let under = Rect { y: area.y.saturating_add(2), height: area.height.saturating_sub(2), ..area };
        plot(chart, unit, under.intersection(area), buf, view);
    }
}

/// Draws the lines of a row day by day, with amounts at the left and days below.
pub(in crate::screen) fn plot(chart: &BurnUp, unit: Unit, area: Rect, buf: &mut Buffer, view: View<'_>) {
    let session = view.session;
    let theme = &session.theme;
    let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
    let show = |value: i64| amount(unit, currency, value);
    if theme.manner().is_spoken() || area.height < 4 || area.width < SCALE + 12 {
        return;
    }
    let plot = Rect {
        x: area.x + SCALE,
        y: area.y,
        width: area.width.saturating_sub(SCALE + 1),
        height: area.height.saturating_sub(1),
    };
    lines(chart, plot, buf, view);
    let scale = |value: i64, y: u16, buf: &mut Buffer| {
        let text = show(value);
        let line = [piece(text, Role::Dim)];
        let wide = u16::try_from(line_cells(&line)).unwrap_or(SCALE).min(SCALE - 1);
        draw(&line, Rect { x: area.x + SCALE - 1 - wide, y, width: wide, height: 1 }, buf, theme);
    };
    let high = highest(chart);
    scale(high, plot.y, buf);
    scale(high / 2, plot.y + plot.height / 2, buf);
    scale(0, plot.bottom().saturating_sub(1), buf);
    // the days below: the first, and each that begins a week
    let days = chart.days.1.0 - chart.days.0.0;
    let mut free = plot.x;
    for day in 0..=days {
        let at = crate::domain::time::Day(chart.days.0.0 + day);
        if day != 0 && at.weekday() != 0 {
            continue;
        }
        let offset = i64::from(plot.width.saturating_sub(1)) * day / days.max(1);
        let x = plot.x.saturating_add(u16::try_from(offset).unwrap_or(0));
        let name = at.to_string();
        let name = name.get(5..).unwrap_or_default().to_owned();
        if x < free || x + 5 > plot.right() {
            continue;
        }
        draw(&[piece(name, Role::Dim)], Rect { x, y: plot.bottom(), width: 5, height: 1 }, buf, theme);
        free = x + 7;
    }
}

fn lines(chart: &BurnUp, plot: Rect, buf: &mut Buffer, view: View<'_>) {
    let steps = usize::try_from(chart.days.1.0 - chart.days.0.0 + 1).unwrap_or(1);
    let line = |values, role, dashed, from| Series { values, role, dashed, from };
    // from what is done to where it may end, in as many steps as are left
    let from = chart.done.len().saturating_sub(1);
    let likely: Vec<i64> = chart.outlook.map_or_else(Vec::new, |outlook| {
        let now = chart.done.last().copied().unwrap_or(0);
        let left = i64::try_from(steps.saturating_sub(from + 1)).unwrap_or(0).max(1);
        (0..=left).map(|step| now + (outlook.finish - now) / left * step).collect()
    });
    let series = [
        line(chart.before.as_slice(), Role::Dim, false, 0),
        line(chart.plan.as_slice(), Role::BarPace, false, 0),
        line(likely.as_slice(), Role::BarOver, true, from),
        line(chart.done.as_slice(), Role::BarDone, false, 0),
    ];
    Plot::new(&series, steps, highest(chart)).render(plot, buf, &view.session.theme);
}

/// The highest value drawn.
fn highest(chart: &BurnUp) -> i64 {
    let ends =
        [&chart.done, &chart.plan, &chart.before].map(|values| values.iter().copied().max().unwrap_or(0));
    let finish = chart.outlook.map_or(0, |outlook| outlook.finish);
    ends.into_iter().fold(finish, i64::max).max(1)
}
