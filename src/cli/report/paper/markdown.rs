//! A report as Markdown.

use std::fmt::Write as _;

use super::{Cell, Paper, Part};

/// The whole text.
pub fn write(paper: &Paper) -> String {
    let mut out = format!("# {}\n\n", safe(&paper.title));
    for line in &paper.about {
        let _ = writeln!(out, "- {}", safe(line));
    }
    for part in &paper.parts {
        match part {
            Part::Table(table) => {
                let _ = write!(out, "\n## {}\n\n|", safe(&table.name));
                for head in &table.head {
                    let _ = write!(out, " {} |", safe(head));
                }
                out.push_str("\n|");
                for place in 0..table.head.len() {
                    let number =
                        table.rows.iter().any(|row| matches!(row.get(place), Some(Cell::Number(..))));
                    out.push_str(if number { "---:|" } else { "---|" });
                }
                for row in &table.rows {
                    out.push_str("\n|");
                    for cell in row {
                        let _ = write!(out, " {} |", safe(cell.shown()));
                    }
                }
                out.push('\n');
            }
            Part::Lines(head, lines) => {
                let _ = write!(out, "\n## {}\n\n", safe(head));
                for line in lines {
                    let _ = writeln!(out, "- {}", safe(line));
                }
            }
            // Markdown has no charts; the table beside says the same
            Part::Chart(_) => {}
        }
    }
    out
}

/// A text from outside that is nothing but text: no markup, no end of a cell, no end of a line.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::paper::Table;

    #[test]
    fn what_people_wrote_is_text_and_nothing_else() {
        let paper = Paper {
            title: "王芳 <b>".to_owned(),
            about: vec!["a\n# b".to_owned()],
            parts: vec![Part::Table(Table {
                name: "t".to_owned(),
                head: vec!["name".to_owned(), "n".to_owned()],
                rows: vec![vec![Cell::Text("a|b".to_owned()), Cell::Number("1,200".to_owned(), 1_200.0)]],
            })],
        };
        let text = write(&paper);
        assert_eq!(
            text,
            "# 王芳 \\<b\\>\n\n- a \\# b\n\n## t\n\n| name | n |\n|---|---:|\n| a\\|b | 1,200 |\n"
        );
    }
}
