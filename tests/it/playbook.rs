//! Playbooks: the three that come with the program, the corpora of good and bad files, mutations, the reference.

use std::fs;
use std::path::{Path, PathBuf};

use corral::app::action::{ACTIONS, Context};
use corral::domain::code::{PipelineCode, StageCode};
use corral::domain::lists::{Lane, Metric, Period, Tongue};
use corral::playbook::check::RESERVED_KEYS;
use corral::playbook::diff::{self, Change};
use corral::playbook::lookup::{Occasion, TargetFor};
use corral::playbook::problem::Problem;
use corral::playbook::source::{self, Loaded};
use corral::playbook::{Playbook, embedded, reference};
use proptest::prelude::*;

fn corpus(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/playbooks").join(kind);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir() || path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    paths
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |text, problem| text + &problem.to_string() + "\n")
}

fn load(path: &Path) -> Loaded {
    source::load(&[path]).unwrap_or_else(|problems| panic!("{}", lines(&problems)))
}

fn sample(name: &str) -> Playbook {
    let text = embedded::text(name).unwrap();
    source::load_text(name, text).unwrap_or_else(|problems| panic!("{}", lines(&problems))).playbook
}

fn updating(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

#[test]
fn the_playbooks_of_the_program_load_without_a_warning() {
    for (name, text) in embedded::PLAYBOOKS {
        let loaded = source::load_text(name, text).unwrap_or_else(|problems| panic!("{}", lines(&problems)));
        assert_eq!(lines(&loaded.warnings), "");
        assert_eq!(loaded.playbook.id, *name);
        assert_eq!(loaded.text, *text);
    }
}

#[test]
fn good_files_load_and_their_stored_text_loads_to_the_same() {
    for path in corpus("good") {
        let loaded = load(&path);
        assert_eq!(lines(&loaded.warnings), "", "{}", path.display());
        let again = source::load_text("stored", &loaded.text).unwrap_or_else(|p| panic!("{}", lines(&p)));
        assert_eq!((&again.playbook, &again.hash), (&loaded.playbook, &loaded.hash), "{}", path.display());
    }
}

/// Each bad file has its diagnostics in the sibling `.expected`; `UPDATE_EXPECTED=1` rewrites those, to be read
/// before they are kept.
#[test]
fn bad_files_get_exactly_the_diagnostics_written_beside_them() {
    let mut differing = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/playbooks/bad");
    let cases = corpus("bad");
    assert!(cases.len() >= 25, "only {} bad files", cases.len());
    for path in cases {
        let found = match source::load(&[&path]) {
            Ok(_) => "loads without a problem\n".to_owned(),
            Err(problems) => lines(&problems).replace(&format!("{}/", root.display()), ""),
        };
        let expected = path.with_extension("expected");
        if updating("UPDATE_EXPECTED") {
            fs::write(&expected, &found).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if found != wanted {
            let only = |of: &str, not: &str, mark: &str| {
                let lines = of.lines().filter(|line| !not.lines().any(|other| other == *line));
                lines.fold(String::new(), |text, line| text + mark + line + "\n")
            };
            differing += "--- ";
            differing += &path.display().to_string();
            differing += "\n";
            differing += &only(&wanted, &found, "- ");
            differing += &only(&found, &wanted, "+ ");
        }
    }
    assert!(differing.is_empty(), "diagnostics changed (- expected, + found):\n{differing}");
}

#[test]
fn every_bad_file_is_refused() {
    for path in corpus("bad") {
        assert!(source::load(&[&path]).is_err(), "{}", path.display());
    }
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let path = corpus("good").into_iter().find(|path| path.ends_with("full.toml")).unwrap();
    let plain = load(&path);
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("full.toml");
    fs::write(&other, format!("\u{feff}{}", plain.text.replace('\n', "\r\n"))).unwrap();
    let dressed = load(&other);
    assert_eq!((dressed.hash, dressed.text), (plain.hash, plain.text));
}

#[test]
fn a_missing_file_and_a_file_too_large_are_problems() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.toml");
    let problems = source::load(&[&missing]).unwrap_err();
    assert!(problems[0].to_string().contains("none.toml:1:1: cannot be read"), "{}", problems[0]);
    let large = folder.path().join("large.toml");
    fs::write(&large, "#".repeat(source::FILE_MAX + 1)).unwrap();
    let problems = source::load(&[&large]).unwrap_err();
    assert!(problems[0].message.contains("max 1048576"), "{}", problems[0]);
}

#[test]
fn a_stage_without_evidence_is_a_warning_not_an_error() {
    let path = corpus("good").into_iter().find(|path| path.ends_with("minimal.toml")).unwrap();
    let text = load(&path).text.replace("max_days = 30\n", "");
    let loaded = source::load_text("minimal", &text).unwrap();
    assert_eq!(loaded.warnings.len(), 1);
    assert!(loaded.warnings[0].message.contains("stage 'waiting'"), "{}", loaded.warnings[0]);
}

#[test]
fn money_is_kept_in_minor_units_whatever_the_file_writes() {
    let product = |name: &str| {
        let path = corpus("good").into_iter().find(|path| path.ends_with(name)).unwrap();
        let playbook = load(&path).playbook;
        let rank = playbook.ranks[0].code.clone();
        (
            playbook.products[0].price.0,
            playbook.target_for(TargetFor::Rank(&rank), Metric::RevenueNew, Period::Month),
        )
    };
    // price = 100, target = 500: yuan, then fen
    assert_eq!(product("full.toml"), (10_000, Some(50_000)));
    assert_eq!(product("minor-units.toml"), (100, Some(500)));
}

#[test]
fn things_are_found_by_their_codes() {
    let playbook = sample("edu-english");
    let new: PipelineCode = "new".into();
    assert_eq!(playbook.stage_index(&new, &"wechat".into()), Some(3));
    assert_eq!(playbook.next_stage(&new, &"wechat".into()).unwrap().code, StageCode::from("trial_booked"));
    assert!(playbook.next_stage(&new, &"won".into()).is_none());
    assert_eq!(playbook.outcome_at(Lane::Call, '9').unwrap().name.of(Tongue::Zh), "约好试听");
    assert_eq!(playbook.channel(&"sms".into()).unwrap().contact, Some("phone".into()));
    let junior = "junior".into();
    assert_eq!(
        playbook.target_for(TargetFor::Rank(&junior), Metric::RevenueNew, Period::Month),
        Some(7_000_000)
    );
    assert_eq!(
        playbook.target_for(TargetFor::Job("study_care"), Metric::RenewalRateBp, Period::Month),
        Some(6_200)
    );
    assert_eq!(playbook.target_for(TargetFor::Team, Metric::RevenueNew, Period::Month), None);
    assert_eq!(playbook.standard_for(&junior, Metric::CallsDialed), Some(90));
}

#[test]
fn talk_time_standards_are_kept_in_seconds() {
    // 140 minutes a day
    assert_eq!(sample("life-anqiao").standard_for(&"agent".into(), Metric::TalkMinutes), Some(8_400));
}

#[test]
fn every_call_lane_has_ten_outcomes_on_digits_and_a_final_no() {
    for name in embedded::names() {
        let playbook = sample(name);
        for key in "1234567890d".chars() {
            assert!(playbook.outcome_at(Lane::Call, key).is_some(), "{name}: no outcome on '{key}'");
        }
        for lane in [Lane::Material, Lane::Coupon, Lane::Node, Lane::Care] {
            assert!(playbook.outcomes_for(lane).count() >= 3, "{name}: {lane}");
        }
    }
}

#[test]
fn a_script_is_chosen_by_stage_before_any_stage() {
    let playbook = sample("edu-english");
    let (stage, channel) = ("decision".into(), "call".into());
    let found = playbook.script_for(Occasion { stage: Some(&stage), role: None, channel: &channel }).unwrap();
    assert_eq!(found.stage, Some(stage));
    let other = "app".into();
    assert!(playbook.script_for(Occasion { stage: None, role: None, channel: &other }).is_none());
}

#[test]
fn a_question_is_found_in_either_language() {
    let playbook = sample("edu-english");
    for text in ["几岁", "age", "AGE", "孩子几岁学"] {
        assert_eq!(playbook.questions_about(text)[0].code.as_str(), "q_age", "{text}");
    }
    assert!(playbook.questions_about("no such thing").is_empty());
}

#[test]
fn a_version_tells_what_it_adds_changes_and_takes_away() {
    let old = sample("edu-english");
    assert!(diff::diff(&old, &old).is_empty());
    let text = embedded::text("edu-english").unwrap();
    let edited = text
        .replace(
            "id = \"trial_booked\"\nname = { zh = \"试听已约\"",
            "id = \"booked\"\nname = { zh = \"试听已约\"",
        )
        .replace("booked_stage = \"trial_booked\"", "booked_stage = \"booked\"")
        .replace("stage = \"new.trial_booked\"", "stage = \"new.booked\"")
        .replace("stage = \"trial_booked\"", "stage = \"booked\"")
        .replace("base = 3000", "base = 3100");
    let new = source::load_text("edited", &edited).unwrap_or_else(|p| panic!("{}", lines(&p))).playbook;
    let found = diff::diff(&old, &new);
    let has = |kind: &str, code: &str, change| {
        found.iter().any(|d| (d.kind, d.code.as_str(), d.change) == (kind, code, change))
    };
    assert!(has("pipelines.stages", "new.trial_booked", Change::Removed));
    assert!(has("pipelines.stages", "new.booked", Change::Added));
    assert!(has("ranks", "trainee", Change::Changed));
    assert!(!found.iter().any(|d| d.kind == "coupons"));
    assert_eq!(diff::removed_stages(&old, &new), [("new".into(), "trial_booked".into())]);
    let mapped =
        format!("{edited}\n[[stage_map]]\npipeline = \"new\"\nfrom = \"trial_booked\"\nto = \"booked\"\n");
    let mapped = source::load_text("mapped", &mapped).unwrap_or_else(|p| panic!("{}", lines(&p))).playbook;
    assert!(diff::removed_stages(&old, &mapped).is_empty());
}

#[test]
fn a_stage_put_between_two_others_moves_neither() {
    let old = sample("edu-english");
    let edited = embedded::text("edu-english").unwrap().replace(
        "[[pipelines.stages]]\nid = \"decision\"",
        "[[pipelines.stages]]\nid = \"family_talk\"\nname = { zh = \"家庭商量\", en = \"Family talks\" }\nmax_days = 3\n[[pipelines.stages]]\nid = \"decision\"",
    );
    let new = source::load_text("edited", &edited).unwrap_or_else(|p| panic!("{}", lines(&p))).playbook;
    let found: Vec<(&str, String, Change)> =
        diff::diff(&old, &new).into_iter().map(|d| (d.kind, d.code, d.change)).collect();
    assert_eq!(found, [("pipelines.stages", "new.family_talk".to_owned(), Change::Added)]);
}

#[test]
fn two_ways_of_selling_differ_by_dimension() {
    let differences = diff::profile_differences(&sample("edu-english"), &sample("home-yunqi"));
    let dimensions: Vec<&str> = differences.iter().map(|d| d.dimension.as_str()).collect();
    assert!(
        dimensions.contains(&"product_service") && !dimensions.contains(&"customer_subject"),
        "{dimensions:?}"
    );
}

#[test]
fn every_letter_the_cockpit_uses_is_reserved() {
    for action in ACTIONS.iter().filter(|action| action.contexts.contains(&Context::Call)) {
        for key in action.keys {
            // an outcome key is a digit or a lower-case letter: capitals are nobody's but the program's
            let own = |c: &char| key.len() == 1 && (c.is_ascii_lowercase() || c.is_ascii_digit());
            let letter = key.chars().next().filter(own);
            assert!(letter.is_none_or(|letter| RESERVED_KEYS.contains(&letter)), "{} on '{key}'", action.id);
        }
    }
}

/// The reference stands between two marks; `UPDATE_DOCS=1` writes it anew.
#[test]
fn the_reference_in_the_docs_is_the_readers_own() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/playbook-format.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(reference::BEGIN).expect("the begin mark");
    let (written, after) = rest.split_once(reference::END).expect("the end mark");
    let wanted = format!("\n{}", reference::print());
    if updating("UPDATE_DOCS") {
        fs::write(&path, format!("{before}{}{wanted}{}{after}", reference::BEGIN, reference::END)).unwrap();
        return;
    }
    assert!(written == wanted, "docs/playbook-format.md is out of date: run the tests with UPDATE_DOCS=1");
}

#[test]
fn the_example_in_the_docs_loads() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/playbook-format.md")).unwrap();
    let block = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let loaded = source::load_text("docs", block).unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    assert_eq!(lines(&loaded.warnings), "");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever happens to a file, reading it ends in a playbook or in problems with places inside the file.
    #[test]
    fn a_damaged_file_never_breaks_the_reader(
        which in 0_usize..3,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        flips in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(vec!['"', '[', ']', '{', '}', '=', '\n', '0', 'x', '中', '\u{1b}', '#', '.'])), 0..6),
    ) {
        let mut lines: Vec<&str> = embedded::PLAYBOOKS[which].1.lines().collect();
        for cut in cuts {
            lines.remove(cut.index(lines.len()));
        }
        let mut text: Vec<char> = lines.join("\n").chars().collect();
        for (at, with) in flips {
            let at = at.index(text.len());
            text[at] = with;
        }
        let text: String = text.into_iter().collect();
        if let Err(problems) = source::load_text("damaged", &text) {
            prop_assert!(!problems.is_empty());
            for problem in &problems {
                prop_assert!(problem.message != "the playbook could not be put together", "{}", problem);
                prop_assert!(problem.line <= text.lines().count() + 1 && problem.column >= 1);
            }
        }
    }
}
