//! A rep's month as it is typed: leads, lines of outcomes by day and minute, what is read in the end.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::program::Program;

/// A rep's month at the command line.
pub struct Month {
    pub program: Program,
    rep: &'static str,
    /// The working days, from 0.
    days: Vec<u32>,
    /// Lines to be typed, by day and minute.
    lines: BTreeMap<usize, Vec<(u32, Value)>>,
}

impl Month {
    pub fn begin(playbook: &str, (rep, rank): (&'static str, &str), off: &[u32]) -> Self {
        let program = Program::bare();
        let now = "2026-10-30T20:00:00+08:00";
        program.json(now, &["init", "--playbook", playbook]);
        program.json(now, &["user", "add", "boss", "--role", "manager", "--team", "One"]);
        program.json(now, &["user", "add", rep, "--role", "rep", "--team", "One", "--rank", rank]);
        let days = (1..=30).filter(|day| !off.contains(&(day % 7))).collect();
        Self { program, rep, days, lines: BTreeMap::new() }
    }

    /// An instant of a working day, from its minute.
    pub fn at(&self, day: usize, minute: u32) -> String {
        format!("2026-11-{:02}T{:02}:{:02}:00+08:00", self.days[day], minute / 60, minute % 60)
    }

    /// Brings leads in; the number in a lead's name is the one it is known by here.
    pub fn import(&self, (day, minute): (usize, u32), leads: std::ops::Range<usize>) {
        let rows: Vec<String> =
            leads.map(|n| format!("客户{n},{},wx_test_{n}\n", 13_800_138_000_u64 + n as u64)).collect();
        let now = self.at(day, minute);
        self.program.import(&now, &format!("姓名,手机号,微信\n{}", rows.concat()), &["--assign", self.rep]);
    }

    /// What Today shows, held back or not, of some pens: the task by the number of its customer.
    pub fn today(&self, (day, minute): (usize, u32), pens: &[&str]) -> BTreeMap<usize, Value> {
        let now = self.at(day, minute);
        let ask = json!({ "user": self.rep, "now": now, "do": "today", "limit": 2_000 });
        let today = self.program.lines(&[ask]).remove(0);
        let mut found = BTreeMap::new();
        for pen in pens {
            for row in today[pen].as_array().unwrap() {
                let name = row["customer"]["name"].as_str().unwrap();
                found.entry(name.trim_start_matches("客户").parse().unwrap()).or_insert_with(|| row.clone());
            }
        }
        found
    }

    /// Something typed at a minute of a day.
    pub fn say(&mut self, (day, minute): (usize, u32), mut line: Value, more: &[(&str, &Value)]) {
        for (name, value) in more {
            line[*name] = (*value).clone();
        }
        line["user"] = json!(self.rep);
        line["now"] = json!(self.at(day, minute));
        self.lines.entry(day).or_default().push((minute, line));
    }

    /// Types what was said of a day before a minute; everything is saved, and no move is refused.
    pub fn work(&mut self, (day, before): (usize, u32)) {
        let mut said = self.lines.remove(&day).unwrap_or_default();
        said.sort_by_key(|(minute, _)| *minute);
        let later = said.iter().position(|(minute, _)| *minute >= before).unwrap_or(said.len());
        let rest = said.split_off(later);
        self.lines.insert(day, rest);
        let lines: Vec<Value> = said.into_iter().map(|(_, line)| line).collect();
        for (line, answer) in lines.iter().zip(self.program.lines(&lines)) {
            assert!(answer["error"].is_null(), "{line}: {answer}");
            assert!(answer["effects"]["blocked"].is_null(), "{line}: {answer}");
        }
    }

    /// Sends what is due to everybody at the end of a day, one thing each.
    pub fn send(&mut self, (day, minute): (usize, u32)) {
        for (place, (_, task)) in (1_u32..).zip(self.today((day, minute), &["materials"])) {
            self.say((day, minute + place), json!({ "outcome": "sent" }), &[("task", &task["id"])]);
        }
    }

    /// A figure of the month on the board.
    pub fn figure(&self, now: &str, metric: &str) -> i64 {
        let board = self.program.json(now, &["board", "--metric", metric, "--user", "boss"]);
        board["rows"][0]["value"].as_i64().unwrap()
    }

    /// How many came to each stage.
    pub fn funnel(&self, now: &str) -> Vec<(String, i64)> {
        let told = self.program.json(now, &["report", "funnel", "--whose", self.rep, "--user", "boss"]);
        let stages = told["stages"].as_array().unwrap().iter();
        stages
            .map(|stage| (stage["stage"].as_str().unwrap().to_owned(), stage["entered"].as_i64().unwrap()))
            .collect()
    }

    pub fn statement(&self, now: &str) -> Value {
        let words = ["pay", "--month", "2026-11", "--whose", self.rep, "--user", "boss"];
        self.program.json(now, &words)["statements"][0].clone()
    }

    /// Sets how good the calls were, which no fact says.
    pub fn score(&self, now: &str, value: &str) {
        let words =
            ["pay", "score", self.rep, "--value", value, "--why", "ten calls heard", "--user", "boss"];
        self.program.json(now, &words);
    }
}
