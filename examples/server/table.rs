//! The figures of a run, and which of them were to be met.

/// Rows, as they came.
#[derive(Default)]
pub struct Table(Vec<Row>);

struct Row {
    what: String,
    ours: String,
    bare: String,
    ratio: String,
    goal: String,
    met: Option<bool>,
}

impl Table {
    /// A figure in milliseconds beside a bare one: `goal` is how many times the bare one it may be.
    pub fn beside(&mut self, what: &str, (ours, bare): (f64, f64), goal: f64) {
        let ratio = ours / bare;
        self.0.push(Row {
            what: what.to_owned(),
            ours: format!("{ours:.2} ms"),
            bare: format!("{bare:.2} ms"),
            ratio: format!("{ratio:.2} x"),
            goal: format!("<= {goal} x"),
            met: Some(ratio <= goal),
        });
    }

    /// A figure in milliseconds by itself, with what it may be at most.
    pub fn alone(&mut self, what: &str, ours: f64, most: Option<f64>) {
        self.0.push(Row {
            what: what.to_owned(),
            ours: format!("{ours:.2} ms"),
            bare: String::new(),
            ratio: String::new(),
            goal: most.map(|most| format!("<= {most} ms")).unwrap_or_default(),
            met: most.map(|most| ours <= most),
        });
    }

    /// A count by itself.
    pub fn number(&mut self, what: &str, count: u64) {
        self.0.push(Row {
            what: what.to_owned(),
            ours: count.to_string(),
            bare: String::new(),
            ratio: String::new(),
            goal: String::new(),
            met: None,
        });
    }

    /// Whether every goal was met.
    pub fn all_met(&self) -> bool {
        self.0.iter().all(|row| row.met != Some(false))
    }

    /// Prints it as the documents have it.
    pub fn print(&self) {
        println!("| Figure | Corral | bare | ratio | goal | met |\n|---|---|---|---|---|---|");
        for Row { what, ours, bare, ratio, goal, met } in &self.0 {
            let met = met.map_or("", |met| if met { "yes" } else { "**no**" });
            println!("| {what} | {ours} | {bare} | {ratio} | {goal} | {met} |");
        }
    }
}

/// The value below which a share of the times lies, in milliseconds.
pub fn part(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let place = ((times.len() - 1) as f64 * share).round() as usize;
    times[place]
}
