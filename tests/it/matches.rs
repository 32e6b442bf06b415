//! `corral pk` as leads and reps use it: a bracket of eight from its proposal to a settled final, and what is corrected after it.

use serde_json::{Value, json};

use crate::program::{Program, id};

const REPS: [&str; 8] = ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"];

fn at(clock: &str) -> String {
    format!("2026-11-17T{clock}:00+08:00")
}

/// Eight reps of one team with five leads each, their lead, and the lead of another team.
fn floor() -> Program {
    let program = Program::with("edu-english", &REPS);
    for (login, team) in [("zhu", "One"), ("ma", "Two")] {
        program.json("2026-11-16T09:30:00+08:00", &["user", "add", login, "--role", "lead", "--team", team]);
    }
    for (place, rep) in REPS.iter().enumerate() {
        let rows: Vec<String> = (0..6).map(|n| format!("客户,1001234{place:02}{n:02}")).collect();
        let text = format!("姓名,手机号\n{}\n", rows.join("\n"));
        program.import(&at("09:50"), &text, &["--assign", rep]);
    }
    program
}

/// Calls of reps at a time: whose and how many.
fn calls(program: &Program, clock: &str, counts: &[(&str, usize)]) {
    let now = at(clock);
    let asked: Vec<Value> =
        counts.iter().map(|(rep, _)| json!({ "do": "today", "user": rep, "now": now })).collect();
    let days = program.lines(&asked);
    let mut lines = Vec::new();
    for ((rep, count), day) in counts.iter().zip(&days) {
        let tasks = day["calls"].as_array().unwrap_or_else(|| panic!("{day}"));
        assert!(tasks.len() >= *count, "{rep} has {} calls left", tasks.len());
        for task in tasks.iter().take(*count) {
            lines.push(json!({ "user": rep, "now": now, "task": task["id"], "outcome": "no_answer" }));
        }
    }
    for answer in program.lines(&lines) {
        assert!(answer["error"].is_null(), "{answer}");
    }
}

fn shown(program: &Program, clock: &str, who: &str, pk: &str) -> Value {
    program.json(&at(clock), &["pk", "show", pk, "--user", who])["match"].clone()
}

/// Who is in a round with what they have, by name.
fn entries(shown: &Value, round: usize) -> Vec<(String, i64, Option<bool>)> {
    let entries = shown["rounds"][round]["entries"].as_array().unwrap();
    let one = |entry: &Value| {
        (entry["name"].as_str().unwrap().to_owned(), entry["score"].as_i64().unwrap(), entry["won"].as_bool())
    };
    entries.iter().map(one).collect()
}

fn names(shown: &Value, round: usize) -> Vec<String> {
    entries(shown, round).into_iter().map(|(name, ..)| name).collect()
}

#[test]
fn a_bracket_of_eight_is_played_to_a_settled_final_that_a_late_correction_leaves_as_it_is() {
    let program = floor();
    let rounds = ["--round", "初赛=2026-11-17T10:00..2026-11-17T11:00", "--round", "11:00..12:00"];
    let last = ["--round", "决赛=12:00..13:00", "--metric", "calls_dialed", "--win", "20", "--lose", "3"];
    let words =
        [&["pk", "propose", "bracket"], &REPS[..], &rounds[..], &last[..], &["--user", "zhu"]].concat();
    let made = program.json(&at("09:55"), &words)["match"].clone();
    let pk = id(&made["id"]).to_owned();
    // the lead speaks for all of them, so that it has come about
    assert_eq!((&made["phase"], &made["kind"]), (&json!("accepted"), &json!("bracket")));
    assert_eq!(made["rounds"][0]["name"], "初赛");

    let first = [2, 1, 1, 2, 3, 1, 1, 2];
    calls(&program, "10:05", &REPS.iter().copied().zip(first).collect::<Vec<_>>());
    let on = shown(&program, "10:06", "r1", &pk);
    assert_eq!(on["phase"], "running");
    assert_eq!(
        entries(&on, 0).iter().map(|(_, score, _)| *score).collect::<Vec<_>>(),
        first.map(|n: usize| i64::try_from(n).unwrap())
    );
    assert_eq!(entries(&on, 1), [], "who goes on is not known");

    // whoever looks decides what is over
    let second = shown(&program, "11:01", "r2", &pk);
    assert_eq!(names(&second, 1), ["r1", "r4", "r5", "r8"]);
    assert_eq!(second["rounds"][0]["decided"], at("11:01"));
    calls(&program, "11:05", &[("r1", 1), ("r4", 2), ("r5", 1), ("r8", 1)]);
    // level at one: r8 had it a minute before r5 would have had more
    let decided = program.json(&at("12:00"), &["pk", "decide"]);
    assert_eq!(decided["decided"], json!([{ "id": pk, "round": 2 }]));
    let third = shown(&program, "12:01", "zhu", &pk);
    let winners: Vec<String> = names(&third, 2);
    assert_eq!(winners, ["r4", "r5"], "in the same instant whoever was named first goes on");
    assert_eq!(third["rounds"][1]["entries"][2]["how"], "seed");
    assert_eq!(program.json(&at("12:01"), &["pk", "decide"])["decided"], json!([]), "once");

    calls(&program, "12:05", &[("r4", 2), ("r5", 1)]);
    let final_of = shown(&program, "13:00", "r4", &pk);
    assert_eq!(final_of["phase"], "decided");
    assert_eq!(final_of["winners"], json!([4]));
    assert_eq!(entries(&final_of, 2), [("r4".to_owned(), 2, Some(true)), ("r5".to_owned(), 1, Some(false))]);
    let points: Vec<i64> =
        final_of["sides"].as_array().unwrap().iter().map(|side| side["points"].as_i64().unwrap()).collect();
    assert_eq!(points, [3, 3, 3, 20, 3, 3, 3, 3]);
    let kept = program.rows("SELECT * FROM pk_result ORDER BY round, side");

    // a void after the final annotates it
    program.json(&at("13:05"), &["undo", "--user", "r4"]);
    let after = shown(&program, "13:06", "r5", &pk);
    assert_eq!(after["winners"], json!([4]));
    let entry = &after["rounds"][2]["entries"][0];
    assert_eq!((&entry["score"], &entry["now"]["score"]), (&json!(2), &json!(1)));
    let [taken] = after["taken_back"].as_array().unwrap().as_slice() else { panic!("{after}") };
    assert_eq!((&taken["of"], &taken["value"], &taken["by"]), (&json!("r4"), &json!(1), &json!("r4")));
    assert_eq!(taken["after_decision"], json!(true));

    let why = ["--why", "那一通算错了"];
    let (status, error) =
        program.refused(&at("13:07"), &[&["pk", "dispute", &pk, "--user", "ma"], &why[..]].concat());
    assert_eq!((status, &error["code"]), (1, &json!("forbidden")));
    let disputed = program.json(&at("13:07"), &[&["pk", "dispute", &pk, "--user", "r5"], &why[..]].concat());
    assert_eq!(disputed["match"]["phase"], "disputed");
    let verdict = ["--verdict", "shared", "--why", "重新核过"];
    let (_, error) =
        program.refused(&at("13:08"), &[&["pk", "settle", &pk, "--user", "zhu"], &verdict[..]].concat());
    assert_eq!(error["code"], "forbidden", "the lead of a side");
    let settled =
        program.json(&at("13:08"), &[&["pk", "settle", &pk, "--user", "ma"], &verdict[..]].concat());
    let settled = &settled["match"];
    assert_eq!((&settled["phase"], &settled["winners"]), (&json!("ruled"), &json!([4, 5])));
    assert_eq!(settled["disputes"][0]["ruling"]["verdict"], "shared");
    assert_eq!((&settled["sides"][3]["points"], &settled["sides"][4]["points"]), (&json!(10), &json!(10)));
    assert_eq!(program.rows("SELECT * FROM pk_result ORDER BY round, side"), kept, "the result is as it was");
    let listed = program.json(&at("13:09"), &["pk", "list", "--ended", "--user", "r1"]);
    assert_eq!(listed["matches"][0]["id"], pk.as_str());
    // what was just decided is still in sight; two days later it is among those that have ended
    let of = |now: &str, words: &[&str]| {
        let listed = program.json(now, &[&["pk", "list", "--user", "r1"], words].concat());
        listed["matches"].as_array().unwrap().len()
    };
    assert_eq!(of(&at("13:09"), &[]), 1);
    let later = "2026-11-19T13:00:00+08:00";
    assert_eq!([of(later, &[]), of(later, &["--ended"])], [0, 1]);
    program.verified();
}

#[test]
fn metrics_times_and_sides_are_read_as_people_say_them() {
    let program = floor();
    let weights = ["--metric", "calls_dialed=2", "--metric", "revenue_new=1/100", "--user", "zhu"];
    let sides = ["pk", "propose", "sum", "红:r1,r2", "r3", "--from", "11:00", "--to", "2026-11-18T12:00"];
    let made = program.json(&at("09:55"), &[&sides[..], &weights[..]].concat())["match"].clone();
    assert_eq!((&made["from"], &made["to"]), (&json!(at("11:00")), &json!("2026-11-18T12:00:00+08:00")));
    assert_eq!(made["sides"][0]["name"], "红");
    assert_eq!(made["sides"][0]["people"].as_array().unwrap().len(), 2);
    assert_eq!(
        made["metrics"],
        json!([
            { "metric": "calls_dialed", "points": 2, "per": 1 },
            { "metric": "revenue_new", "points": 1, "per": 10_000 },
        ])
    );
    let wrong = |words: &[&str]| program.refused(&at("09:56"), &[words, &["--user", "zhu"]].concat());
    let (status, error) = wrong(&["pk", "propose", "duel", "r1", "r2", "--from", "tomorrow"]);
    assert_eq!((status, &error["code"]), (2, &json!("usage")));
    let (status, error) = wrong(&["pk", "propose", "duel", "r1", "nobody"]);
    assert_eq!((status, &error["code"]), (1, &json!("not_found")));
    let (_, error) = wrong(&["pk", "propose", "duel", "r1", "r2", "--metric", "calls_dialled"]);
    assert!(error["message"].as_str().unwrap().contains("did you mean 'calls_dialed'"), "{error}");
    let (_, error) = wrong(&["pk", "propose", "bracket", "r1", "r2", "r3"]);
    assert_eq!(error["code"], "pk_sides");
    let (_, error) = wrong(&["pk", "propose", "duel", "r1", "r2", "--metric", "attainment"]);
    assert_eq!(error["code"], "pk_metrics");
}

#[test]
fn a_rival_is_shown_to_who_chose_and_in_figures_of_both() {
    let program = floor();
    calls(&program, "10:05", &[("r1", 2)]);
    let chosen = program.json(&at("10:06"), &["pk", "nemesis", "r2", "--user", "r1"]);
    assert_eq!(chosen["nemesis"]["name"], "r2");
    assert_eq!(program.json(&at("10:06"), &["pk", "nemesis", "--user", "r2"])["nemesis"], Value::Null);
    let gone = program.json(&at("10:07"), &["pk", "nemesis", "--none", "--user", "r1"]);
    assert_eq!(gone["nemesis"], Value::Null);
}
