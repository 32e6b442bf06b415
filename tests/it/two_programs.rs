//! Two programs on one database: what one writes moves the other's board and gap within a second.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use corral::domain::id::UserId;
use corral::domain::lists::{Metric, Period};
use corral::domain::span::Span;
use corral::store::change::Commit;
use corral::store::query::board::BoardBy;
use corral::store::query::{Answer, BoardAsk, GapLine, Query};
use corral::store::worker::Store;
use serde_json::{Value, json};

use crate::program::{MORNING, Program, id};

/// What the contract allows between an outcome in one program and the figures of another.
const A_SECOND: Duration = Duration::from_secs(1);

/// A line-driven process that stays open between lines.
struct Driven {
    child: Child,
    typed: ChildStdin,
    told: BufReader<ChildStdout>,
}

impl Driven {
    fn start(program: &Program) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_corral"))
            .arg("--db")
            .arg(program.db())
            .args(["log", "-"])
            .current_dir(program.folder())
            .env("HOME", program.folder())
            .env("CORRAL_SETTINGS", program.folder().join("settings.toml"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (typed, told) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, typed, told }
    }

    fn line(&mut self, line: &Value) -> Value {
        writeln!(self.typed, "{line}").unwrap();
        let mut answer = String::new();
        self.told.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    fn end(self) {
        let Self { mut child, typed, .. } = self;
        drop(typed);
        assert!(child.wait().unwrap().success());
    }
}

fn calls(store: &Store, rep: &str) -> i64 {
    let (period, metric, now) = (Period::Day, Metric::CallsDialed, MORNING.parse().unwrap());
    let ask = BoardAsk::new(metric, Span::this(period), BoardBy::Rep, now);
    let Answer::Board(board) = store.ask(Query::Board(ask)).unwrap() else { panic!("board") };
    board.rows.iter().find(|row| row.name == rep).unwrap().gap.done
}

/// Waits for the news of a revision; what was committed before it may come first.
fn hear(news: &Receiver<Commit>, revision: i64) {
    while news.recv_timeout(A_SECOND).unwrap().revision != revision {}
}

fn gap(store: &Store, user: UserId) -> GapLine {
    let Answer::Gap(line) = store.ask(Query::Gap { user, now: MORNING.parse().unwrap() }).unwrap() else {
        panic!("gap")
    };
    line
}

#[test]
fn an_outcome_in_one_program_moves_the_board_and_gap_of_another_within_a_second() {
    let program = Program::with("edu-english", &["wang", "li"]);
    program.import(MORNING, "name,phone\n张三,10012345678\n李四,10012345679\n", &["--assign", "wang"]);
    let store = Store::open(&program.path()).unwrap();
    let news = store.subscribe();
    let mut other = Driven::start(&program);
    let today = other.line(&json!({ "do": "today", "user": "wang", "now": MORNING }));
    let task = &today["calls"][0];
    let user = UserId(id(&task["owner"]).parse().unwrap());
    let before = gap(&store, user);
    assert_eq!((calls(&store, "wang"), before.gap.done), (0, 0));

    // the clock starts when the line is handed over: the other program's own time is within the second
    let begun = Instant::now();
    let told =
        other.line(&json!({ "task": task["id"], "outcome": "no_answer", "user": "wang", "now": MORNING }));
    hear(&news, told["revision"].as_i64().unwrap());
    assert_eq!((calls(&store, "wang"), calls(&store, "li")), (1, 0));
    assert!(begun.elapsed() < A_SECOND, "{:?}", begun.elapsed());

    let begun = Instant::now();
    let told = other.line(&json!({
        "do": "win", "deal": task["deal"]["id"], "product": "k48", "price": 4680, "user": "wang", "now": MORNING,
        "set": { "package": "k48", "first_lesson_at": "2026-11-20 19:00" },
    }));
    assert!(told.get("error").is_none(), "{told}");
    hear(&news, told["revision"].as_i64().unwrap());
    let after = gap(&store, user);
    // 4,680 yuan in minor units
    assert_eq!((after.gap.done, before.gap.gap - after.gap.gap), (468_000, 468_000));
    assert!(begun.elapsed() < A_SECOND, "{:?}", begun.elapsed());
    other.end();
    program.verified();
}
