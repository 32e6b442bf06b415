//! The lines the programs leave, brought into one shape.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::error::Failed;

/// A figure beside its floor.
#[derive(Debug, Clone)]
pub struct Line {
    /// The program that measured it: the file's name.
    pub of: String,
    /// What was measured.
    pub name: String,
    /// In what.
    pub unit: String,
    /// The bare figure.
    pub floor: Option<f64>,
    /// The product's.
    pub product: Option<f64>,
    /// Product to floor.
    pub ratio: Option<f64>,
    /// What is wanted, in words.
    pub target: String,
    /// Whether it is so; `None` where nothing is wanted.
    pub met: Option<bool>,
}

/// Reads every line of `*.jsonl` in a folder; of what was measured twice the last time counts.
pub fn gather(folder: &Path) -> Result<Vec<Line>, Failed> {
    let mut files: Vec<_> = fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    files.sort();
    let mut lines: Vec<Line> = Vec::new();
    for path in files {
        let of = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        for text in fs::read_to_string(&path)?.lines() {
            let value: Value = serde_json::from_str(text)
                .map_err(|e| Failed::Part(format!("'{}' has a line that is no JSON: {e}", path.display())))?;
            for line in read(&of, &value) {
                match lines.iter_mut().find(|known| known.of == line.of && known.name == line.name) {
                    Some(known) => *known = line,
                    None => lines.push(line),
                }
            }
        }
    }
    Ok(lines)
}

fn read(of: &str, value: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    let number = |key: &str| value.get(key).and_then(Value::as_f64);
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let met = value.get("met").and_then(Value::as_bool);
    if value.get("bare_p50_us").is_some() {
        // a line of the store's bench: two figures, each with a goal of its own
        let size = number("customers").map(thousands).unwrap_or_default();
        for (part, bare, product, ratio, goal) in [
            ("p50", "bare_p50_us", "product_p50_us", "ratio_p50", "goal_p50"),
            ("p99", "bare_p99_us", "product_p99_us", "ratio_p99", "goal_p99"),
        ] {
            let (ratio, goal) = (number(ratio), number(goal));
            if part == "p99" && goal.is_none() {
                continue;
            }
            lines.push(Line {
                of: of.to_owned(),
                name: format!("{}, {size} customers, {part}", text("what")),
                unit: "us".to_owned(),
                floor: number(bare),
                product: number(product),
                ratio,
                target: goal.map_or_else(String::new, |goal| format!("≤ {goal} ×")),
                met: ratio.zip(goal).map(|(ratio, goal)| ratio <= goal),
            });
        }
        return lines;
    }
    if value.get("product_growth").is_some() {
        let (from, to) = (number("from").map(thousands), number("to").map(thousands));
        lines.push(Line {
            of: of.to_owned(),
            name: format!(
                "{}, {} to {} customers",
                text("what"),
                from.unwrap_or_default(),
                to.unwrap_or_default()
            ),
            unit: "×".to_owned(),
            floor: number("bare_growth"),
            product: number("product_growth"),
            ratio: number("product_growth"),
            target: number("goal_growth").map_or_else(String::new, |goal| format!("≤ {goal} ×")),
            met,
        });
        return lines;
    }
    let (product, ratio, target) = (number("product"), number("ratio"), text("target"));
    lines.push(Line {
        of: of.to_owned(),
        name: text("name"),
        unit: text("unit"),
        floor: number("floor"),
        product,
        ratio,
        met: met.or_else(|| judged(&target, product, ratio)),
        target,
    });
    lines
}

/// Whether a target in words is met: `≤ 2 ×` and `≥ 0.5 ×` are said of the ratio, `≤ 60 ms` and `0` of the figure itself.
fn judged(target: &str, product: Option<f64>, ratio: Option<f64>) -> Option<bool> {
    let mut words = target.split_whitespace();
    let (sign, number) = match (words.next()?, words.next()) {
        (sign @ ("≤" | "≥"), Some(number)) => (sign, number),
        (number, None) => ("≤", number),
        _ => return None,
    };
    let wanted: f64 = number.parse().ok()?;
    let found = if target.ends_with('×') { ratio } else { product }?;
    Some(if sign == "≥" { found >= wanted } else { found <= wanted })
}

/// A number with a comma at every third digit.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut told = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}
