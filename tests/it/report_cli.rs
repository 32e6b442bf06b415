//! `corral report` as leads use it: shown, handed in, commented on, written out in four formats.

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use crate::program::{Program, id};

fn at(clock: &str) -> String {
    format!("2026-11-17T{clock}:00+08:00")
}

/// Two reps and their lead, with a call each; the first rep's handed in.
fn floor() -> (Program, String) {
    let program = Program::with("edu-english", &["r1", "r2"]);
    program.json("2026-11-16T09:30:00+08:00", &["user", "add", "zhu", "--role", "lead", "--team", "One"]);
    let mut first = String::new();
    for (place, rep) in ["r1", "r2"].iter().enumerate() {
        let text = format!("姓名,手机号\n=客户{place},100123400{place:02}\n");
        program.import(&at("10:10"), &text, &["--assign", rep]);
        let task = program.today(&at("10:20"), rep)["calls"][0].clone();
        if place == 0 {
            id(&task["customer"]["id"]).clone_into(&mut first);
        }
        let words = ["log", id(&task["id"]), "--user", rep, "--outcome", "no_answer"];
        program.json(&at("10:20"), &words);
    }
    let why = "家长|都在 <上班>";
    let report =
        program.json(&at("19:00"), &["report", "write", "--user", "r1", "--why", why])["report"].clone();
    assert_eq!((report["state"].as_str(), report["lines"]["why"].as_str()), (Some("handed_in"), Some(why)));
    (program, first)
}

fn cell(report: &Value, metric: &str) -> i64 {
    let figures = report["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["metric"] == metric).unwrap()["value"].as_i64().unwrap()
}

#[test]
fn who_has_handed_in_is_told_and_what_is_said_ends_in_a_task() {
    let (program, customer) = floor();
    let due = program.json(&at("19:30"), &["report", "due", "--user", "zhu"]);
    assert_eq!(due["missing"], serde_json::json!(["r2"]));
    let whole = program.json(&at("19:30"), &["report", "show", "--user", "zhu", "--whose", "One"]);
    assert_eq!(cell(&whole["report"], "calls_valid"), 0);
    let task = format!("{customer} 2026-11-18T11:00:00+08:00 约试听");
    let words = ["report", "comment", "先约试听", "--user", "zhu", "--whose", "r1", "--task", &task];
    let said = program.json(&at("19:31"), &words);
    assert_eq!(said["report"]["effect"], true);
    assert_eq!(said["report"]["comments"][0]["tasks"][0]["customer"]["id"], customer.as_str());
    let (status, refused) =
        program.refused(&at("19:31"), &["report", "show", "--user", "r1", "--whose", "r2"]);
    assert_eq!((status, refused["code"].as_str()), (1, Some("forbidden")));
    let kept = program.json("2026-11-18T09:00:00+08:00", &["report", "close"]);
    // the other rep's and the team's
    assert_eq!(kept["kept"], 2);
    program.verified();
}

#[test]
fn a_report_is_written_out_whole_in_four_formats() {
    let (program, _) = floor();
    let file = |ending: &str| program.folder().join(format!("team.{ending}"));
    for ending in ["md", "html", "csv", "xlsx"] {
        let to = file(ending);
        let words = ["report", "export", "--user", "zhu", "--whose", "One", "--to", to.to_str().unwrap()];
        program.json(&at("19:30"), &words);
    }
    let text = |ending: &str| std::fs::read_to_string(file(ending)).unwrap();
    let markdown = text("md");
    assert!(markdown.contains("| r1 | handed in |"), "{markdown}");
    assert!(markdown.contains("Why the gap: 家长\\|都在 \\<上班\\>"), "{markdown}");
    let page = text("html");
    assert!(page.contains("<svg") && page.contains("家长|都在 &lt;上班&gt;"), "{page}");
    assert!(
        !page.contains("http://") && !page.contains("https://") && !page.contains("<script"),
        "it needs nothing else"
    );
    let table = text("csv");
    assert!(table.starts_with('\u{feff}') && table.contains("\r\nr1,handed in,"), "{table}");
    let mut book: Xlsx<_> = calamine::open_workbook(file("xlsx")).unwrap();
    let people = book.worksheet_range("table 1").unwrap();
    let cells: Vec<Data> = people.rows().nth(1).unwrap().to_vec();
    assert_eq!(cells[0], Data::String("r1".to_owned()));
    assert!(matches!(cells[2], Data::Float(_)), "numbers are numbers: {cells:?}");
    // what is taken out is on record
    let taken = program.rows("SELECT count(*) FROM audit WHERE kind = 'exported'");
    assert_eq!(taken[0][0], "4");
}

#[test]
fn how_teams_are_doing_is_printed_noted_and_written_out() {
    let (program, _) = floor();
    let now = at("19:30");
    let words = ["report", "reflect", "新客|太少", "--team", "One", "--user", "boss"];
    let page = program.json(&now, &words);
    // the last quarter that is over on the 17th of November is July to September
    assert_eq!((page["quarter"].as_str(), page["from"].as_str()), (Some("2026 Q3"), Some("2026-07-01")));
    let team = &page["teams"][0];
    assert_eq!((team["name"].as_str(), team["hides"].as_bool()), (Some("One"), Some(false)));
    assert_eq!(team["notes"][0]["words"], "新客|太少");
    let kinds: Vec<&str> =
        team["leading"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["new_customers", "valid_calls", "booked", "wechat"]);
    let to = program.folder().join("health.md");
    program.json(&now, &["report", "health", "--user", "boss", "--to", to.to_str().unwrap()]);
    let markdown = std::fs::read_to_string(to).unwrap();
    assert!(markdown.starts_with("# Team health · 2026 Q3"), "{markdown}");
    assert!(markdown.contains("新客\\|太少"), "{markdown}");
    let (status, refused) =
        program.refused(&now, &["report", "reflect", "x", "--team", "One", "--user", "zhu"]);
    assert_eq!((status, refused["code"].as_str()), (1, Some("forbidden")));
    program.verified();
}
