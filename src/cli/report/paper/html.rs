//! A report as one page that needs nothing else: its looks and its charts are in it, and no script.

use std::fmt::Write as _;

use super::{Cell, Chart, Paper, Part};

/// The looks, for light and dark and for paper.
const STYLE: &str = "body{font:15px/1.5 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;max-width:60rem;margin:2rem auto;\
padding:0 1rem;color:#1d2430;background:#fff}h1{font-size:1.4rem}h2{font-size:1.05rem;margin-top:1.6rem}\
ul{padding-left:1.2rem}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #d7dce3;padding:.3rem .6rem;\
text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}\
svg rect{fill:#2f6db5}svg text{font-size:11px;fill:#1d2430}\
@media (prefers-color-scheme:dark){body{background:#14181f;color:#e4e8ee}th,td{border-color:#39414d}svg rect{fill:#6ea8e6}\
svg text{fill:#e4e8ee}}@media print{body{margin:0}}";
/// A chart's height without its labels, in units of its own.
const HIGH: i64 = 120;
/// From which number of bars on only some have their label.
const CROWDED: usize = 16;

/// The whole page.
pub fn write(paper: &Paper) -> String {
    let title = safe(&paper.title);
    let mut out = format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<ul>"
    );
    for line in &paper.about {
        let _ = write!(out, "<li>{}</li>", safe(line));
    }
    out.push_str("</ul>\n");
    for part in &paper.parts {
        match part {
            Part::Table(table) => {
                let number = |place: usize| {
                    table.rows.iter().any(|row| matches!(row.get(place), Some(Cell::Number(..))))
                };
                let class = |place| if number(place) { " class=\"n\"" } else { "" };
                let _ = write!(out, "<h2>{}</h2>\n<table><thead><tr>", safe(&table.name));
                for (place, head) in table.head.iter().enumerate() {
                    let _ = write!(out, "<th{}>{}</th>", class(place), safe(head));
                }
                out.push_str("</tr></thead><tbody>\n");
                for row in &table.rows {
                    out.push_str("<tr>");
                    for (place, cell) in row.iter().enumerate() {
                        let _ = write!(out, "<td{}>{}</td>", class(place), safe(cell.shown()));
                    }
                    out.push_str("</tr>\n");
                }
                out.push_str("</tbody></table>\n");
            }
            Part::Lines(head, lines) => {
                let _ = write!(out, "<h2>{}</h2>\n<ul>", safe(head));
                for line in lines {
                    let _ = write!(out, "<li>{}</li>", safe(line));
                }
                out.push_str("</ul>\n");
            }
            Part::Chart(bars) => chart(&mut out, bars),
        }
    }
    out.push_str("</body></html>\n");
    out
}

/// Bars, each with what it stands for as its title: it is read out, and shown where the pointer rests.
fn chart(out: &mut String, chart: &Chart) {
    let high = chart.bars.iter().map(|(_, value, _)| *value).max().unwrap_or(0).max(1);
    let step = 40;
    let count = i64::try_from(chart.bars.len()).unwrap_or(0);
    let wide = (count * step).max(step);
    let name = safe(&chart.name);
    let _ = write!(
        out,
        "<h2>{name}</h2>\n<svg role=\"img\" aria-label=\"{name}\" width=\"{wide}\" viewBox=\"0 0 {wide} {}\">",
        HIGH + 34
    );
    let every = chart.bars.len().div_euclid(CROWDED) + 1;
    for (place, (label, value, shown)) in chart.bars.iter().enumerate() {
        let x = i64::try_from(place).unwrap_or(0) * step;
        let tall =
            i64::try_from(i128::from((*value).max(0)) * i128::from(HIGH) / i128::from(high)).unwrap_or(0);
        let (label, shown) = (safe(label), safe(shown));
        let _ = write!(
            out,
            "<g><title>{label}: {shown}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{tall}\"/>",
            x + 5,
            HIGH - tall + 14,
            step - 10
        );
        if place % every == 0 {
            let middle = x + step / 2;
            let _ =
                write!(out, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", HIGH + 28);
            if *value != 0 {
                let _ = write!(
                    out,
                    "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{shown}</text>",
                    HIGH - tall + 11
                );
            }
        }
        out.push_str("</g>");
    }
    out.push_str("</svg>\n");
}

/// A text from outside that is nothing but text.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_whole_and_runs_nothing() {
        let bars = vec![("11-23".to_owned(), 4, "4".to_owned()), ("11-24".to_owned(), 8, "8".to_owned())];
        let paper = Paper {
            title: "<script>alert(1)</script>".to_owned(),
            about: vec!["a & b".to_owned()],
            parts: vec![Part::Chart(Chart { name: "Calls \"x\"".to_owned(), bars })],
        };
        let page = write(&paper);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
        assert!(page.contains("aria-label=\"Calls &quot;x&quot;\""), "{page}");
        // the highest bar fills the chart, half of it half
        assert!(page.contains("height=\"120\"") && page.contains("height=\"60\""), "{page}");
        for outside in ["http://", "https://", "src="] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.trim_end().ends_with("</html>"));
    }
}
