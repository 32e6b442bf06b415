//! The command line as a stranger meets it: every step of a day, the shapes other programs rely on, the exit status.

use serde_json::{Value, json};

use crate::program::{MORNING, Program, id};

const TEN_PAST: &str = "2026-11-17T10:10:00+08:00";
const LEADS: &str = "姓名,手机号,微信\n张三,10012345678,zs_1\n李四,10012345679,\n坏,abc,\n";

/// A school with two reps and three leads, of which one has no number.
fn school() -> Program {
    let program = Program::with("edu-english", &["wang", "li"]);
    program.import(MORNING, LEADS, &["--assign", "wang"]);
    program
}

fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value.get(name).is_some(), "'{name}' is missing in {value}");
    }
}

/// An RFC 3339 time with the zone's offset.
fn is_time(value: &Value) {
    let text = value.as_str().unwrap();
    assert!(text.parse::<corral::domain::time::Timestamp>().is_ok() && text.ends_with("+08:00"), "{text}");
}

/// T of product.md.
fn is_task(task: &Value) {
    has(task, &["id", "lane", "customer", "due_at", "reason", "score"]);
    id(&task["id"]);
    id(&task["customer"]["id"]);
    assert!(task["customer"]["name"].is_string() && task["reason"].is_string() && task["score"].is_i64());
    is_time(&task["due_at"]);
}

#[test]
fn a_day_from_an_empty_folder_to_a_verified_database() {
    let program = Program::bare();
    let made = program.json(MORNING, &["init", "--playbook", "edu-english"]);
    has(&made, &["db", "playbooks"]);
    has(&made["playbooks"][0], &["id", "version", "hash"]);
    let user = program.json(MORNING, &["user", "add", "wang", "--name", "王芳", "--team", "一队"]);
    has(&user["user"], &["id", "login", "role", "team"]);
    id(&user["user"]["id"]);
    assert_eq!(user["user"]["team"], "一队");

    let told = program.import(MORNING, LEADS, &["--assign", "一队"]);
    id(&told["batch"]);
    for (name, count) in [("rows", 3), ("created", 2), ("updated", 0), ("duplicates", 0), ("rejected", 1)] {
        assert_eq!(told[name], count, "{name}");
    }
    let rejects =
        std::fs::read_to_string(program.folder().join(told["rejects_file"].as_str().unwrap())).unwrap();
    assert!(rejects.contains("abc"), "{rejects}");

    let today = program.today(MORNING, "wang");
    has(&today, &["day", "calls", "materials", "coupons", "held"]);
    assert_eq!(today["day"], "2026-11-17");
    today["calls"].as_array().unwrap().iter().chain(today["materials"].as_array().unwrap()).for_each(is_task);
    let reasons: Vec<&Value> =
        today["calls"].as_array().unwrap().iter().map(|task| &task["reason"]).collect();
    assert_eq!(reasons, ["sop:sop_first_contact/0", "sop:sop_first_contact/0"]);
    // the lead with WeChat gets its booklet, the other cannot
    assert_eq!(today["materials"].as_array().unwrap().len(), 1);

    let task = id(&today["calls"][0]["id"]).to_owned();
    let facts = ["--set", "child_age=7", "--set", "english_base=zero", "--set", "decider_known=both"];
    let words =
        [&["log", &task, "--user", "wang", "--outcome", "interested", "--seconds", "100"], &facts[..]];
    let logged = program.json(TEN_PAST, &words.concat());
    has(&logged, &["touch", "task", "effects"]);
    assert_eq!(id(&logged["task"]), task);
    id(&logged["touch"]);
    let effects = &logged["effects"];
    effects["tasks"].as_array().unwrap().iter().for_each(is_task);
    // the playbook: a follow-up the next day at 19:30; the stage entered may last three days
    let next: Vec<(&str, &str)> = effects["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (t["reason"].as_str().unwrap(), t["due_at"].as_str().unwrap()))
        .collect();
    assert!(next.contains(&("next:interested", "2026-11-18T19:30:00+08:00")), "{next:?}");
    assert!(next.contains(&("limit:connected", "2026-11-20T10:00:00+08:00")), "{next:?}");
    assert_eq!(
        (&effects["metrics"]["calls_dialed"], &effects["metrics"]["calls_valid"]),
        (&json!(1), &json!(1))
    );
    assert!(effects["gap"].is_i64());

    let board = program.json(TEN_PAST, &["board", "--period", "day", "--metric", "calls_dialed"]);
    has(&board, &["as_of", "metric", "period", "rows"]);
    is_time(&board["as_of"]);
    has(&board["rows"][0], &["rank", "id", "name", "value", "target", "gap", "per_day", "pace"]);
    assert_eq!((&board["rows"][0]["name"], &board["rows"][0]["value"]), (&json!("王芳"), &json!(1)));

    let undone = program.json("2026-11-17T10:11:00+08:00", &["undo", "--user", "wang"]);
    has(&undone["undone"], &["change", "what"]);
    let board = program.json(TEN_PAST, &["board", "--period", "day", "--metric", "calls_dialed"]);
    assert_eq!(board["rows"][0]["value"], 0);
    let again = program.today("2026-11-17T10:12:00+08:00", "wang");
    assert!(again["calls"].as_array().unwrap().iter().any(|t| t["id"].as_str() == Some(&task)));
    let verified = program.json(TEN_PAST, &["verify"]);
    has(&verified, &["ok", "checked", "differences"]);
    program.verified();
}

#[test]
fn outcomes_and_customers_have_the_shapes_other_programs_rely_on() {
    let program = school();
    let outcomes = program.json(MORNING, &["outcomes", "--lane", "call", "--user", "wang"]);
    let rows = outcomes["outcomes"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        has(row, &["code", "key", "name", "flags", "needs", "next"]);
        assert!(row["flags"].is_array() && row["needs"].is_array());
    }
    let found = program.json(MORNING, &["customer", "find", "张", "--user", "wang"]);
    assert_eq!(found["rows"].as_array().unwrap().len(), 1);
    has(&found["rows"][0], &["id", "name", "owner", "phone"]);
    let customer = id(&found["rows"][0]["id"]).to_owned();
    let card = program.json(MORNING, &["customer", "show", &customer, "--user", "wang"]);
    has(&card, &["people", "deals", "timeline"]);
    // the playbook masks numbers for reps
    assert_eq!(card["people"][0]["contacts"][0]["value"], "100****5678");
    assert_eq!(
        (&card["deals"][0]["pipeline"], &card["deals"][0]["stage"]),
        (&json!("new"), &json!("assigned"))
    );
    id(&card["people"][0]["id"]);
    is_time(&card["deals"][0]["opened_at"]);
}

#[test]
fn a_material_is_sent_with_its_text_and_a_coupon_pushed_with_its_code() {
    let program = school();
    let today = program.today(MORNING, "wang");
    let task = id(&today["materials"][0]["id"]).to_owned();
    // the booklet names the child, and nobody knows it yet: blocked by the rule that says so
    let (status, error) = program.refused(TEN_PAST, &["send", &task, "--user", "wang"]);
    assert_eq!((status, &error["code"]), (1, &json!("empty_field")));
    assert!(error["message"].as_str().unwrap().contains("child"));

    // home sales: the floor plan names nobody who is not known, the gift is for who has been invited
    let program = Program::with("home-yunqi", &["zhou"]);
    let lead = "name,phone,wechat\n赵立,10012350001,zl_1\n";
    program.import("2026-11-16T10:00:00+08:00", lead, &["--assign", "zhou"]);
    let now = "2026-11-16T10:05:00+08:00";
    let today = program.today(now, "zhou");
    let facts = ["--set", "purpose=first_home", "--set", "budget=2400000", "--set", "rooms=3"];
    let words =
        [&["log", id(&today["calls"][0]["id"]), "--user", "zhou", "--outcome", "friend_added"], &facts[..]];
    let logged = program.json(now, &words.concat());
    assert_eq!(logged["effects"]["moved"][0]["to"], "invited", "{logged}");
    let now = "2026-11-16T10:06:00+08:00";
    let material = program.today(now, "zhou")["materials"][0].clone();
    let sent = program.json(now, &["send", id(&material["id"]), "--user", "zhou", "--lang", "zh"]);
    has(&sent, &["touch", "task", "effects", "text"]);
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("户型图") && text.contains("zhou") && !text.contains('{'), "{text}");
    assert_eq!(sent["effects"]["metrics"]["materials_sent"], 1);

    // four days after the lead came, at 18:30
    let now = "2026-11-20T18:31:00+08:00";
    let today = program.today(now, "zhou");
    let coupon = &today["coupons"][0];
    assert_eq!(coupon["reason"], "sop:sop_invite/3", "{today}");
    let pushed = program.json(now, &["push", id(&coupon["id"]), "--user", "zhou"]);
    has(&pushed, &["touch", "task", "effects", "code", "text"]);
    let code = pushed["code"].as_str().unwrap();
    assert!(pushed["text"].as_str().unwrap().contains(code));
    assert_eq!(program.number("SELECT count(*) FROM coupon_issue WHERE state = 'pushed'"), 1);
    let (status, error) =
        program.refused("2026-11-20T18:32:00+08:00", &["push", id(&coupon["id"]), "--user", "zhou"]);
    assert_eq!((status, &error["code"]), (1, &json!("conflict")));
    assert_eq!(program.number("SELECT sum(used) FROM coupon_quota"), 1);
    program.verified();
}

#[test]
fn an_outcome_saved_twice_counts_once() {
    let program = school();
    let today = program.today(MORNING, "wang");
    let task = id(&today["calls"][0]["id"]).to_owned();
    program.json(TEN_PAST, &["log", &task, "--user", "wang", "--outcome", "1"]);
    let (status, error) = program.refused(TEN_PAST, &["log", &task, "--user", "wang", "--outcome", "1"]);
    assert_eq!((status, &error["code"]), (1, &json!("conflict")));
    assert!(error["message"].as_str().unwrap().contains("wang"), "it says who: {error}");
    assert_eq!(program.number("SELECT count(*) FROM touch"), 1);
    assert_eq!(program.number("SELECT sum(value) FROM metric_day WHERE metric = 'calls_dialed'"), 1);
    // the same playbook again is no new version, the same leads are no new customers
    program.json(TEN_PAST, &["playbook", "apply", "edu-english"]);
    assert_eq!(program.number("SELECT count(*) FROM playbook_version"), 1);
    let told = program.import(TEN_PAST, LEADS, &["--assign", "wang"]);
    assert_eq!((&told["created"], &told["duplicates"], &told["rejected"]), (&json!(0), &json!(2), &json!(1)));
    assert_eq!(told["known_owners"]["wang"], 2);
    program.verified();
}

#[test]
fn the_clock_given_is_the_clock_of_everything_written() {
    let program = school();
    let today = program.today(MORNING, "wang");
    let task = id(&today["calls"][0]["id"]).to_owned();
    program.json(TEN_PAST, &["log", &task, "--user", "wang", "--outcome", "no_answer"]);
    // 2026-11-17T10:10:00+08:00 is 1 794 881 400 s after 1970
    assert_eq!(program.number("SELECT at FROM touch"), 1_794_881_400_000);
    assert_eq!(program.number("SELECT max(at) FROM journal"), 1_794_881_400_000);
    // the first try again is due half an hour later
    assert_eq!(program.number("SELECT due_at FROM task WHERE task_key LIKE 'next:%'"), 1_794_883_200_000);
}

#[test]
fn another_reps_customer_is_not_to_be_logged_and_the_attempt_is_on_record() {
    let program = school();
    let today = program.today(MORNING, "wang");
    let task = id(&today["calls"][0]["id"]).to_owned();
    let (status, error) =
        program.refused(TEN_PAST, &["log", &task, "--user", "li", "--outcome", "no_answer"]);
    assert_eq!((status, &error["code"]), (1, &json!("forbidden")));
    assert_eq!(program.number("SELECT count(*) FROM touch"), 0);
    let noted = program.rows("SELECT u.login, a.became FROM audit a JOIN person_user u ON u.id = a.by_user WHERE a.kind = 'refused'");
    assert_eq!(noted, [["li", "work.log"]]);
}

#[test]
fn wrong_usage_is_2_and_a_refusal_1_with_a_stable_code() {
    let program = school();
    let status = |words: &[&str]| program.command(words).output().unwrap().status.code().unwrap();
    assert_eq!(status(&["--help"]), 0);
    assert_eq!(status(&["nonsense"]), 2);
    assert_eq!(status(&["today"]), 2, "nobody acts");
    assert_eq!(status(&["log", "1", "--user", "wang"]), 2, "no outcome");
    let refused = |words: &[&str]| {
        let (status, error) = program.refused(MORNING, words);
        (status, error["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused(&["today", "--user", "wnag"]), (1, "not_found".to_owned()));
    let (_, error) = program.refused(MORNING, &["today", "--user", "wnag"]);
    assert!(error["message"].as_str().unwrap().contains("did you mean 'wang'"), "{error}");
    assert_eq!(
        refused(&["log", "33", "--user", "wang", "--outcome", "no_answer"]),
        (1, "not_found".to_owned())
    );
    assert_eq!(refused(&["import", "leads", "nowhere.csv"]).0, 1);
    assert_eq!(refused(&["init", "--playbook", "edu-english"]), (1, "exists".to_owned()));
    let nobody = Program::bare();
    let (status, error) = nobody.refused(MORNING, &["today", "--user", "wang"]);
    assert_eq!((status, &error["code"]), (1, &json!("missing")));
    assert!(!nobody.path().exists(), "asking makes no database");
}

#[test]
fn a_line_that_fails_is_told_and_stops_nothing() {
    let program = school();
    let told = program.lines(&[
        json!({ "do": "today", "user": "wang", "now": MORNING }),
        json!({ "do": "dance", "user": "wang", "now": MORNING }),
        json!({ "unknown": 1 }),
        json!({ "do": "today", "user": "li", "now": MORNING }),
    ]);
    assert_eq!(told.len(), 4);
    is_task(&told[0]["calls"][0]);
    assert_eq!((&told[1]["error"]["code"], &told[2]["error"]["code"]), (&json!("usage"), &json!("usage")));
    assert_eq!(told[3]["calls"], json!([]));
    let task = told[0]["calls"][0]["id"].clone();
    let told = program.lines(&[json!({ "task": task, "outcome": "1", "user": "wang", "now": TEN_PAST })]);
    is_task(&told[0]["effects"]["tasks"][0]);
    assert_eq!(told[0]["effects"]["tasks"][0]["reason"], "retry:2");
    program.verified();
}

#[test]
fn a_board_asked_for_by_a_line_is_the_one_the_command_answers_with() {
    let program = school();
    let options = ["--metric", "calls_dialed", "--period", "day"];
    let task = program.json(MORNING, &["today", "--user", "wang"])["calls"][0]["id"].clone();
    let board = json!({ "do": "board", "user": "wang", "now": TEN_PAST, "with": options });
    let told = program.lines(&[
        json!({ "task": task, "outcome": "1", "user": "wang", "now": TEN_PAST }),
        board,
        json!({ "do": "board", "user": "wang", "now": TEN_PAST, "with": ["--metric", "calls_dailed"] }),
    ]);
    // one call was made, by the line before
    assert_eq!(told[1]["rows"][0]["value"], 1, "{}", told[1]);
    let asked = [&["board", "--user", "wang"][..], &options].concat();
    assert_eq!(told[1], program.json(TEN_PAST, &asked));
    assert_eq!(told[2]["error"]["code"], "usage");
    assert!(told[2]["error"]["message"].as_str().unwrap().contains("calls_dailed"), "{}", told[2]);
}

#[test]
fn every_playbook_of_the_program_is_checked_applied_and_given_back() {
    let files = [
        ("edu-english", include_str!("../../playbooks/edu-english.toml")),
        ("home-yunqi", include_str!("../../playbooks/home-yunqi.toml")),
        ("life-anqiao", include_str!("../../playbooks/life-anqiao.toml")),
    ];
    let program = Program::with("edu-english", &[]);
    for (place, (name, text)) in files.iter().enumerate() {
        let checked = program.json(MORNING, &["playbook", "check", name]);
        assert_eq!((&checked["ok"], &checked["problems"]), (&json!(true), &json!([])), "{name}");
        let now = format!("2026-11-17T10:2{place}:00+08:00");
        program.json(&now, &["playbook", "apply", name]);
        let exported = program.json(MORNING, &["playbook", "export", name]);
        assert_eq!(exported["text"].as_str().unwrap(), *text, "{name}");
    }
    let listed = program.json(MORNING, &["playbook", "list"]);
    assert_eq!(listed["playbooks"].as_array().unwrap().len(), 3);
    let broken =
        files[0].1.replace("lane = \"call\"\nchannel = \"call\"", "lane = \"cull\"\nchannel = \"call\"");
    std::fs::write(program.folder().join("broken.toml"), broken).unwrap();
    let output = program.command(&["playbook", "check", "broken.toml", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["ok"], false);
    has(&told["problems"][0], &["file", "line", "column", "message", "hint"]);
    assert!(told["problems"][0]["line"].is_u64() && told["problems"][0]["column"].is_u64());
    assert_eq!(program.number("SELECT count(*) FROM playbook_version"), 3);
}

#[test]
fn verify_names_a_figure_that_was_tampered_with_and_a_journal_row_that_is_gone() {
    let program = school();
    let today = program.today(MORNING, "wang");
    let calls = today["calls"].as_array().unwrap();
    for (place, task) in calls.iter().enumerate() {
        let now = format!("2026-11-17T10:2{place}:00+08:00");
        program.json(&now, &["log", id(&task["id"]), "--user", "wang", "--outcome", "no_answer"]);
    }
    program.verified();
    let verify = || {
        let output = program.command(&["verify", "--json"]).output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code().unwrap(), told)
    };
    program.sql("UPDATE metric_day SET value = 7 WHERE metric = 'calls_dialed'");
    let (status, told) = verify();
    assert_eq!((status, &told["ok"]), (1, &json!(false)));
    let found = told["differences"].as_array().unwrap();
    let difference = found.iter().find(|d| d["kind"] == "metric_day").unwrap();
    has(difference, &["kind", "id", "expected", "found"]);
    let named = difference["id"].as_str().unwrap();
    assert!(named.contains("calls_dialed") && named.contains("2026-11-17"), "{named}");
    assert_eq!((text(&difference["expected"]), text(&difference["found"])), ("2".to_owned(), "7".to_owned()));
    assert_eq!(found.iter().filter(|d| d["kind"] == "metric_day").count(), 1);

    program.sql("UPDATE metric_day SET value = 2 WHERE metric = 'calls_dialed'");
    program.verified();
    let rev = program.number("SELECT min(rev) FROM journal WHERE kind = 'work.log'");
    program.sql(&format!("DELETE FROM journal WHERE rev = {rev}"));
    let (status, told) = verify();
    assert_eq!(status, 1);
    let found = told["differences"].as_array().unwrap();
    let missing = found.iter().find(|d| d["kind"] == "journal" && text(&d["id"]).contains(&rev.to_string()));
    assert!(missing.is_some(), "revision {rev} is not named in {found:?}");
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn what_can_be_taken_back_is_listed_and_tried_out_before_it_is_done() {
    let program = school();
    let today = program.today(MORNING, "wang");
    let tasks: Vec<&str> =
        today["calls"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap()).collect();
    let made: Vec<Value> = tasks
        .iter()
        .take(2)
        .map(|task| program.json(TEN_PAST, &["log", task, "--outcome", "no_answer", "--user", "wang"]))
        .collect();
    let list = |args: &[&str]| {
        program.json("2026-11-17T10:12:00+08:00", &[&["undo", "--user", "wang"], args].concat())
    };
    let listed = list(&["--list"]);
    let rows = listed["changes"].as_array().unwrap();
    assert_eq!(listed["next"], Value::Null);
    assert_eq!([&rows[0]["change"], &rows[1]["change"]], [&made[1]["change"], &made[0]["change"]]);
    has(
        &rows[0],
        &["revision", "at", "what", "customer", "outcome", "state", "why", "reason", "consequences"],
    );
    is_time(&rows[0]["at"]);
    assert_eq!((&rows[0]["what"], &rows[0]["outcome"]), (&json!("work.log"), &json!("no_answer")));
    // through a window
    let first = list(&["--list", "--limit", "1"]);
    assert_eq!(first["next"], rows[0]["revision"]);
    let next = first["next"].to_string();
    assert_eq!(list(&["--list", "--limit", "1", "--before", &next])["changes"][0], rows[1]);
    // the older one, tried out and then done
    let change = made[0]["change"].as_str().unwrap();
    let tried = list(&[change, "--dry-run"]);
    assert_eq!((&tried["change"], &tried["change"]["state"]), (&rows[1], &json!("free")));
    let figure = json!({ "what": "figure", "metric": "calls_dialed", "by": -1 });
    assert!(tried["change"]["consequences"].as_array().unwrap().contains(&figure), "{tried}");
    assert_eq!(list(&["--list"]), listed, "nothing was changed");
    assert_eq!(list(&[change])["undone"]["change"], change);
    assert_eq!(list(&[change, "--dry-run"])["change"]["state"], "taken_back");
    assert_eq!(program.json(TEN_PAST, &["verify"])["ok"], true);
}

/// Formula 1's worked example by the command line alone: 46,800 of 70,000, 14 of 22 working days gone, orders at 4,680.
#[test]
fn the_worked_example_of_the_gap_comes_out_from_what_is_typed() {
    let method = include_str!("floor/small.toml")
        .replace(r#""mon", "tue", "wed""#, r#""wed""#)
        .replace("price = 1000\nfloor = 800", "price = 4680\nfloor = 1000")
        .replace(
            "list = 1000\nlowest = 800\napprove_below = 900",
            "list = 4680\nlowest = 1000\napprove_below = 1000",
        )
        .replace("values = { junior = 10000", "values = { junior = 70000")
        .replace("conversion_window_days = 90", "conversion_window_days = 30");
    let program = Program::bare();
    std::fs::write(program.folder().join("method.toml"), method).unwrap();
    let early = "2026-11-04T10:00:00+08:00";
    program.json(early, &["init", "--playbook", "method.toml"]);
    let user =
        ["user", "add", "wang", "--name", "王芳", "--role", "rep", "--team", "One", "--rank", "junior"];
    program.json(early, &user);
    let leads = |from: u64, to: u64| {
        let rows: Vec<String> = (from..to).map(|n| format!("客户{n},{}\n", 13_800_138_000 + n)).collect();
        format!("姓名,手机号\n{}", rows.concat())
    };
    // what a day of wins looks like when typed a line each
    let win = |now: &str, of: std::ops::Range<u64>, wanted: usize| {
        let ask = json!({ "user": "wang", "now": now, "do": "today", "limit": 400 });
        let told = program.lines(&[ask]);
        let calls = told[0]["calls"].as_array().unwrap();
        let lines: Vec<Value> = calls
            .iter()
            .filter(|call| {
                let name = call["customer"]["name"].as_str().unwrap();
                of.contains(&name.trim_start_matches("客户").parse().unwrap())
            })
            .take(wanted)
            .map(|call| json!({ "user": "wang", "now": now, "do": "win", "deal": call["deal"]["id"], "product": "course", "price": 4_680 }))
            .collect();
        assert_eq!(lines.len(), wanted, "{told:?}");
        for answer in program.lines(&lines) {
            assert!(answer["effects"]["order"].is_string(), "{answer}");
        }
    };
    // 264 leads of early November, whose 30 days to become an order are over on the day of the example; 15 did, on the 5th
    program.import(early, &leads(0, 264), &["--assign", "wang"]);
    win("2026-11-05T10:00:00+08:00", 0..264, 15);
    // ten orders of December: nine on the first working days, the tenth on the day of the example, a Sunday with 14 working days
    // before it
    let first = "2026-12-02T10:00:00+08:00";
    program.import(first, &leads(300, 310), &["--assign", "wang"]);
    win(first, 300..310, 9);
    let now = "2026-12-20T09:31:00+08:00";
    win(now, 300..310, 1);
    let board =
        program.json(now, &["board", "--period", "month", "--metric", "revenue_new", "--user", "wang"]);
    let row = &board["rows"][0];
    // 70,000 × 14 / 22 = 44,545.45…; 23,200 over the 8 days that remain; 23,200 / 4,680 = 4.96; 5 × 264 / 15
    for (name, value) in [
        ("value", 4_680_000),
        ("target", 7_000_000),
        ("gap", 2_320_000),
        ("pace", 225_455),
        ("per_day", 290_000),
        ("orders_needed", 5),
        ("leads_needed", 88),
    ] {
        assert_eq!(row[name], value, "{name} of {row}");
    }
    assert_eq!(row["conversion"], json!({ "orders": 15, "leads": 264, "bp": 568 }));
    let today = program.today(now, "wang");
    assert_eq!((&today["gap"]["orders_needed"], &today["gap"]["leads_needed"]), (&json!(5), &json!(88)));
    // on the day the first of them has its 30 days over, a lead too few is no rate: none is told (AP-05)
    let before =
        program.json("2026-12-03T09:31:00+08:00", &["board", "--metric", "revenue_new", "--user", "wang"]);
    let told = &before["rows"][0];
    assert_eq!((&told["conversion"]["leads"], &told["leads_needed"]), (&json!(0), &Value::Null), "{told}");
    program.verified();
}

#[test]
fn a_ratio_and_the_sources_are_told_with_their_sums() {
    let program = Program::bare();
    let method = include_str!("floor/small.toml");
    std::fs::write(program.folder().join("method.toml"), method).unwrap();
    let first = "2026-12-02T10:00:00+08:00";
    program.json(first, &["init", "--playbook", "method.toml"]);
    let user =
        ["user", "add", "wang", "--name", "王芳", "--role", "rep", "--team", "One", "--rank", "junior"];
    program.json(first, &user);
    // 32 leads, 20 of a fair and 12 that were bought; two of the fair's are won: 2 / 32 = 6.25 %
    let leads: Vec<String> = (10..42)
        .map(|n| format!("客户{n},138001380{n},{}\n", if n < 30 { "展会" } else { "买来" }))
        .collect();
    program.import(first, &format!("姓名,手机号,来源\n{}", leads.concat()), &["--assign", "wang"]);
    for (n, price) in [(10, "1000"), (11, "900")] {
        let found = program.json(first, &["customer", "find", &format!("138001380{n}"), "--user", "wang"]);
        let card = program.json(first, &["customer", "show", id(&found["rows"][0]["id"]), "--user", "wang"]);
        let deal = id(&card["deals"][0]["id"]).to_owned();
        program
            .json(first, &["deal", "win", &deal, "--product", "course", "--price", price, "--user", "wang"]);
    }
    let now = "2026-12-02T10:30:00+08:00";
    let board = program.json(now, &["board", "--metric", "conversion_rate_bp", "--user", "wang"]);
    let row = &board["rows"][0];
    let expected = [("part", json!(2)), ("whole", json!(32)), ("value", json!(625)), ("pace", json!(null))];
    for (name, value) in expected {
        assert_eq!(row[name], value, "{name} of {row}");
    }
    // here since the 2nd, the only day of work so far: one day of one person brought 1,900
    let head = program.json(now, &["board", "--metric", "revenue_per_head", "--user", "wang"]);
    let row = &head["rows"][0];
    assert_eq!((&row["part"], &row["whole"]), (&json!(190_000), &json!(1)), "{row}");
    let sources =
        program.json(now, &["board", "--by", "source", "--metric", "conversion_rate_bp", "--user", "wang"]);
    let told: Vec<Value> = sources["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["name"], row["leads"], row["won"], row["revenue"], row["value"]]))
        .collect();
    // fewer than thirty of each: no share is told, and the source of fewer leads stands before
    assert_eq!(told, [json!(["买来", 12, 0, 0, null]), json!(["展会", 20, 2, 190_000, null])]);
    let by_revenue = program.json(now, &["board", "--by", "source", "--user", "wang"]);
    assert_eq!(by_revenue["rows"][0]["name"], "展会");
    let words = ["board", "--metric", "conversion_rate_bp", "--user", "wang", "--now", now];
    let output = program.command(&words).output().unwrap();
    let plain = String::from_utf8(output.stdout).unwrap();
    assert!(plain.contains("2 / 32 = 6.25%"), "{plain}");
    program.verified();
}
