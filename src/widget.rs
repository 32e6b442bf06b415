//! Drawing parts that know the theme, never the trade.
//!
//! Every part draws into the rectangle it is given and nowhere else, at any size, and asks the theme for a style by
//! [`Role`] and for its manner: drawn with lines and signs, or to be read aloud. Texts are given as [`Piece`]s: a text
//! with a role.
//!
//! ```
//! use corral::{text::{Text, Words, Lang}, theme::{Role, Theme}};
//! use corral::widget::{Column, Footer, Pane, Row, Table, piece, screen_text};
//! use ratatui::{buffer::Buffer, layout::Rect};
//!
//! let (theme, words) = (Theme::default(), Words::new(Lang::En));
//! let area = Rect::new(0, 0, 40, 6);
//! let mut buf = Buffer::empty(area);
//! corral::widget::clear(area, &mut buf, &theme);
//!
//! let inside = Pane::new(words.say(Text("lane.call"))).focused(true).render(area, &mut buf, &theme);
//! let columns = [Column::fixed("", 5), Column::flex(words.say(Text("column.customer")), 8).priority(0)];
//! let rows = [Row::new([vec![piece("11:30", Role::Promised)], vec![piece("张小明", Role::Accent)]])];
//! let caret = Table::new(&columns, &rows).total(42).selected(Some(0)).render(inside, &mut buf, &theme);
//!
//! assert!(screen_text(&buf).contains("11:30 张小明"));
//! assert!(caret.is_some());
//! ```
//!
//! | part | what it shows |
//! |---|---|
//! | [`Table`] | a window of rows under columns that give way by priority |
//! | [`Pane`] | a titled border; answers with the inside |
//! | [`Tabs`], [`Footer`], [`Notice`] | the rows at the edges of a screen |
//! | [`Popup`] | a dialog's frame over the screen |
//! | [`TextField`] | one line of text being edited; answers with the caret |
//! | [`Bar`] | a gap bar: done, left, over, and where the plan stands |
//! | [`Big`] | figures read at ten metres |
//! | [`Spark`] | how something went, in a few cells |
//! | [`Plot`] | lines over days |
//! | [`Choice`] | keyed options to choose from |
//! | [`Lines`] | wrapped paragraphs with a scroll position |
//! | [`Facts`] | labels and values under each other |
//! | [`window`] | the scroll offset that keeps a selection in sight |
//! | [`shape`] | what is done with the room there is |
//! | [`Mark`] | a sign that carries a meaning, or its word where none is drawn |
//! | [`plain`] | the whole frame in ASCII |

mod bar;
mod big;
mod choice;
mod edge;
mod facts;
mod field;
mod lines;
mod mark;
mod paint;
mod pane;
mod plain;
mod plot;
mod popup;
mod screen_text;
pub mod shape;
mod spark;
mod table;
#[cfg(test)]
mod tests;
pub mod window;

pub use bar::Bar;
pub use big::Big;
pub use choice::{Choice, Item};
pub use edge::{Footer, Hint, Notice, Tabs};
pub use facts::Facts;
pub use field::{FieldView, TextField};
pub use lines::Lines;
pub use mark::Mark;
pub use paint::{Line, Piece, clear, draw, draw_right, line_cells, piece};
pub use pane::Pane;
pub use plain::plain;
pub use plot::{Plot, Series};
pub use popup::Popup;
pub use screen_text::{cut_glyphs, screen_text};
pub use shape::Shape;
pub use spark::Spark;
pub use table::{Align, Column, Row, Table, Width};

#[allow(unused_imports, reason = "named by the documentation above")]
use crate::theme::Role;
