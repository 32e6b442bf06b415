//! What a person sees of a site 40 ms away: the program in a terminal, its server behind a slow line.

use std::env;
use std::time::{Duration, Instant};

use corral::domain::lists::Lane;
use corral::store::query::{Answer, Query, TodayAsk};
use corral::store::{Db, agenda};

use crate::Ground;
use crate::cluster::Relay;
use crate::outcomes::WAY;
use crate::pty::{Lines, Terminal};
use crate::table::{Table, part};

/// Outcomes that are timed.
const OUTCOMES: usize = 30;
/// The line of the cockpit that names the record.
const HEAD: usize = 2;
/// After this long without a byte a screen is complete: longer than an answer takes.
const QUIET: Duration = Duration::from_millis(250);

/// Times the outcome key: the frame that shows it, and the next record with its number.
pub fn measure(ground: &Ground, table: &mut Table) {
    let mut db = Db::open(&ground.server).unwrap();
    let user = *db.snapshot(|tx, _| agenda::reps(tx)).unwrap().last().unwrap();
    let now = db.newest().unwrap().unwrap();
    let Answer::Me(me) = db.read(&Query::Me(user)).unwrap() else { panic!("another answer") };
    let ask = TodayAsk { user, now, limit: 60, filter: String::new() };
    let Answer::Today(today) = db.read(&Query::Today(ask)).unwrap() else { panic!("another answer") };
    let rows = &today.pens.iter().find(|pen| pen.lane == Lane::Call).expect("calls").rows;
    let first: String = rows[0].customer_name.chars().take(3).collect();
    let silent = me.playbook.outcomes_for(Lane::Call).find(|outcome| outcome.code.as_str() == "no_answer");
    let silent = silent.expect("an outcome for calls nobody answers").key.to_string();

    let relay = Relay::start(ground.cluster.port());
    relay.delay(WAY);
    let here = format!(":{}/", ground.cluster.port());
    let far = ground.server.to_str().unwrap().replace(&here, &format!(":{}/", relay.port()));
    let home = tempfile::tempdir().unwrap();
    let corral = env::current_exe().unwrap().parent().unwrap().join("../corral");
    let words = ["--db", &far, "--user", &me.user.login, "--lang", "zh", "--now", &now.to_string()];
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let mut screen = Terminal::open(&corral, &words, home.path()).expect("a terminal");
    let shown = screen.until("the day", |lines| lines.have(std::slice::from_ref(&first))).expect("a day");
    table.alone("two sites: started, the day on screen", millis(screen.started, shown), None);
    screen.settle(QUIET);
    screen.press("\r").unwrap();
    screen.until("the first record", |lines| has_number(lines.line(HEAD))).unwrap();
    screen.settle(QUIET);
    let (mut frames, mut nexts) = (Vec::new(), Vec::new());
    for _ in 0..OUTCOMES {
        let before = name(&screen.lines());
        let pressed = screen.press(&silent).unwrap();
        frames.push(millis(pressed, screen.until("a frame", |_| true).unwrap()));
        let next = screen.until("the next record", |lines| {
            let now = name(lines);
            !now.is_empty() && now != before && has_number(lines.line(HEAD))
        });
        nexts.push(millis(pressed, next.unwrap()));
        screen.settle(QUIET);
        let waiting = screen.lines().line(HEAD).to_owned();
        screen.press("\r").unwrap();
        screen.until("its start", |lines| lines.line(HEAD) != waiting).unwrap();
        screen.settle(QUIET);
    }
    screen.end("\x1b\x1bq").unwrap();
    table.alone("two sites: outcome key to the frame that shows it, p50", part(&mut frames, 0.5), None);
    table.alone("two sites: outcome key to the frame that shows it, worst", part(&mut frames, 1.0), None);
    table.alone("two sites: outcome key to the next record on screen, p50", part(&mut nexts, 0.5), None);
}

fn name(lines: &Lines) -> String {
    lines.line(HEAD).split_whitespace().next().unwrap_or_default().to_owned()
}

fn has_number(line: &str) -> bool {
    line.chars().filter(char::is_ascii_digit).count() >= 6
}

fn millis(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1_000.0
}
