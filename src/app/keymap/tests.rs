use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::playbook::{embedded, source};
use crate::text::{Lang, Words};

fn load(text: &str) -> (Keymap, Vec<String>) {
    let (keymap, problems) = Keymap::load(text, "k");
    (keymap, problems.iter().map(ToString::to_string).collect())
}

fn keys(keymap: &Keymap, context: Context, act: Act) -> String {
    keymap.keys(context, act).map(|key| key.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_empty_file_is_the_defaults() {
    assert_eq!(load(""), (Keymap { wishes: load("").0.wishes, ..Keymap::default() }, vec![]));
    assert_eq!(keys(&load("").0, Context::Today, Act::Up), "up k");
}

#[test]
fn the_file_that_is_printed_loads_to_exactly_the_defaults() {
    for lang in Lang::ALL {
        let text = template(&Words::new(lang));
        let (keymap, problems) = load(&text);
        assert_eq!(problems, Vec::<String>::new(), "{text}");
        let meant = |keymap: &Keymap| -> Vec<(Context, Act, Key)> {
            keymap.bound.iter().map(|b| (b.context, b.act, b.key)).collect()
        };
        assert_eq!(meant(&keymap), meant(&Keymap::default()));
        assert_eq!(keymap.choices, Keymap::default().choices);
        for action in ACTIONS {
            assert!(text.lines().any(|line| line.starts_with(&format!("{} = ", action.id))), "{}", action.id);
            assert!(text.contains(Words::new(lang).say(action.label)), "{}", action.id);
        }
    }
}

#[test]
fn a_key_is_changed_everywhere_or_in_one_place() {
    let (keymap, problems) =
        load("[keys]\nundo = \"R\"\n[keys.call]\nundo = [\"f1\", \"w\"]\nhelp = \"?\"\n");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(keys(&keymap, Context::Today, Act::Undo), "R");
    assert_eq!(keys(&keymap, Context::Card, Act::Undo), "R");
    assert_eq!(keys(&keymap, Context::Call, Act::Undo), "f1 w");
    assert_eq!(keymap.meaning(Context::Call, Key::char('u'), false), Meaning::Other);
    assert_eq!(keymap.meaning(Context::Call, Key::char('w'), false), Meaning::Act(Act::Undo));
    assert!(!keymap.is_default(Context::Call, crate::app::action::action(Act::Undo).unwrap()));
}

#[test]
fn none_and_an_empty_list_take_the_key_away() {
    for value in ["\"none\"", "[]"] {
        let (keymap, problems) = load(&format!("[keys]\ntheme = {value}\n"));
        assert_eq!((keys(&keymap, Context::Today, Act::Theme), problems), (String::new(), vec![]));
        assert_eq!(keymap.label(Context::Today, Act::Theme), "–");
    }
}

#[test]
fn two_actions_may_change_places() {
    let (keymap, problems) = load("[keys]\nskip = \"z\"\nsnooze = \"s\"\n");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(keys(&keymap, Context::Call, Act::Skip), "z");
    assert_eq!(keys(&keymap, Context::Call, Act::Snooze), "s");
}

#[test]
fn names_are_read_with_hyphens_too_and_keys_in_any_case() {
    let (keymap, problems) =
        load("[keys]\nnext-field = \"F8\"\nhelp = \"Ctrl-O\"\n[keys.text]\ndelete-word = \"ctrl-o\"\n");
    // on F8 there is 'win' in the cockpit; Ctrl-O is both, and help acts where text is typed
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(keys(&keymap, Context::Today, Act::Help), "ctrl-o");
}

/// What is wrong, and what is said of it.
const FAULTS: &[(&str, &str)] = &[
    ("[keys]\nundoo = \"U\"", "k:2:1: there is no action 'undoo'; did you mean 'undo'?; it is left out"),
    (
        "[keys]\nundo = \"U",
        "k:2:10: invalid basic string, expected `\"`; what cannot be read keeps its default",
    ),
    (
        "[keys]\nundo = 3",
        "k:2:8: a key is written in quotes, several in a list: \"f5\" or [\"n\", \"f5\"]; 'undo' keeps u",
    ),
    ("[keys]\nundo = [3]", "k:2:9: a key is written in quotes, such as \"f5\"; 'undo' keeps u"),
    (
        "[keys]\nundo = [\"x\", \"entre\"]",
        "k:2:14: there is no key 'entre'; write one such as 'a', 'enter' or 'ctrl-p'; 'undo' keeps u",
    ),
    // a sequence for the terminal is no part of what is said (found by fuzzing)
    (
        "[keys]\nundo = \"a\\u001B[31m\"",
        "k:2:8: there is no key 'a'; write one such as 'a', 'enter' or 'ctrl-p'; 'undo' keeps u",
    ),
    (
        "[keys]\nundo = \"ctrl-i\"",
        "k:2:8: 'ctrl-i' cannot be used: terminals send it as another key; 'undo' keeps u",
    ),
    (
        "[keys]\nundo = \"张\"",
        "k:2:8: '张' cannot be used: an input method writes it, no key does; 'undo' keeps u",
    ),
    ("[keys]\nundo = \"s\"", "k:2:8: 's' is 'skip' in today; 'undo' keeps u"),
    ("[keys.card]\nedit = \"U\"\nnote = \"U\"", "k:3:8: 'U' is 'edit' in card; 'note' keeps n in card"),
    (
        "[keys.today]\nnote = \"w\"",
        "k:2:1: 'note' does nothing in today; it acts in call, card; it is left out",
    ),
    ("[keys.tody]\nnote = \"w\"", "k:1:7: there is no place 'tody'; did you mean 'today'?; it is left out"),
    (
        "[keys]\ncall = \"w\"",
        "k:2:1: 'call' is a place, not an action; write [keys.call] and what acts there; it is left out",
    ),
    (
        "[keys]\nword_left = \"alt-b\"",
        "k:2:1: 'word_left' is of the text field; write it under [keys.text]; it is left out",
    ),
    (
        "[keys.form]\nsave = \"w\"",
        "k:2:8: letters are text or options in form: 'w' can be no action there; 'save' keeps f12 in form",
    ),
    (
        "[keys.text]\nleft = \"b\"",
        "k:2:8: letters are text in text: 'b' can be no action there; 'left' keeps left in text",
    ),
    (
        "[keys]\nback = []",
        "k:2:8: 'back' cannot be left without a key: it is the way on or out; 'back' keeps esc",
    ),
    (
        "[keys]\ninterrupt = \"none\"",
        "k:2:13: 'interrupt' cannot be left without a key: it is the way on or out; 'interrupt' keeps ctrl-c",
    ),
    (
        "[keys.customers]\nback = \"w\"",
        "k:2:8: text is typed in customers, where 'w' is a letter: 'back' needs a key that writes nothing too; 'back' keeps esc in customers",
    ),
    (
        "[keys.text]\nend = \"ctrl-p\"",
        "k:2:7: 'ctrl-p' is 'actions' in today, and text is typed there; 'end' keeps end ctrl-e in text",
    ),
    (
        "[keys]\nsave = \"ctrl-e\"",
        "k:2:8: 'ctrl-e' is 'end' in text, and text is typed there; 'save' keeps f12",
    ),
    (
        "undo = \"U\"",
        "k:1:1: there is nothing called 'undo' here; actions stand under [keys]; it is left out",
    ),
    ("keys = 3", "k:1:8: 'keys' is not a table; the defaults are used"),
    ("choices = \"aba\"", "k:1:11: 'a' stands twice; '123456789abcdefghilmnopqrstuvwxyz' is used"),
    ("choices = 3", "k:1:11: the keys of options are one text, such as choices = \"123456789\""),
    (
        "[keys]\nnext_field = \"tab\"\nnext-field = \"f4\"",
        "k:3:1: 'next_field' stands twice; the first one is used",
    ),
    (
        "[keys]\nundo = [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]",
        "k:2:8: 9 keys for one action, max 8; 'undo' keeps u",
    ),
];

#[test]
fn every_fault_is_told_with_its_place_and_what_is_used_instead() {
    for (text, said) in FAULTS {
        let (keymap, problems) = load(text);
        assert!(problems.iter().any(|problem| problem.starts_with(said)), "{text}\n{said}\n{problems:#?}");
        if !text.contains("next_field") && !text.contains("edit") {
            for context in Context::ALL {
                for action in keymap.of(context) {
                    assert!(keymap.is_default(context, action), "{text}: {} in {context:?}", action.id);
                }
            }
        }
    }
}

#[test]
fn all_faults_of_a_file_are_told_in_its_order() {
    let text: String = "[keys]\nundoo = \"U\"\nskip = \"ctrl-i\"\nundo = \"z\"\nhelp = \"H\"\n".to_owned();
    let (keymap, problems) = load(&text);
    let lines: Vec<&str> = problems.iter().map(|p| p.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["2", "3", "4"]);
    assert_eq!(keys(&keymap, Context::Card, Act::Help), "H", "what is right is used");
}

#[test]
fn a_default_that_comes_back_drives_out_what_took_its_key() {
    // 'skip' may not have what is 'snooze'; so it keeps s, and 'undo' cannot have that
    let (keymap, problems) = load("[keys]\nundo = \"s\"\nskip = \"z\"\n");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(keys(&keymap, Context::Today, Act::Undo), "u");
    assert_eq!(keys(&keymap, Context::Today, Act::Skip), "s");
}

#[test]
fn letters_for_everywhere_leave_text_and_options_alone() {
    let (keymap, problems) = load("[keys]\naccept = [\"Z\", \"enter\"]\ngo_today = \"W\"\n");
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(keys(&keymap, Context::Board, Act::Accept), "Z enter");
    assert_eq!(keys(&keymap, Context::Form, Act::Accept), "enter");
    assert_eq!(keymap.label(Context::Form, Act::Accept), "Enter");
}

#[test]
fn an_outcome_key_is_never_covered_by_an_action() {
    let book = source::load_text("edu-english", embedded::text("edu-english").unwrap()).unwrap().playbook;
    let (keymap, problems) = load("[keys]\nundo = \"7\"\nhelp = \"H\"\n");
    assert_eq!(problems, Vec::<String>::new(), "without a playbook nothing is known of it");
    let (beside, problems) = keymap.beside(&book);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["k:2:8: '7' is an outcome key of the playbook in call; 'undo' keeps u"]);
    assert_eq!(keys(&beside, Context::Call, Act::Undo), "u");
    assert_eq!(keys(&beside, Context::Call, Act::Help), "H");
    for name in ["edu-english", "home-yunqi", "life-anqiao"] {
        let book = source::load_text(name, embedded::text(name).unwrap()).unwrap().playbook;
        let (beside, problems) = Keymap::default().beside(&book);
        assert!(problems.is_empty(), "the defaults and {name}: {problems:?}");
        for outcome in &book.outcomes {
            let meaning = beside.meaning(Context::Call, Key::char(outcome.key), false);
            assert_eq!(meaning, Meaning::Other, "{name} {}", outcome.key);
        }
    }
}

#[test]
fn while_text_is_typed_characters_are_text_and_the_fields_keys_come_first() {
    let keymap = Keymap::default();
    for context in Context::ALL.into_iter().filter(|context| context.has_text()) {
        for character in ('!'..='~').chain("张，？１　".chars()) {
            let meaning = keymap.meaning(context, Key::char(character), true);
            assert_eq!(meaning, Meaning::Edit(Edit::Type(character)), "{context:?}");
        }
        let home = keymap.meaning(context, Key::parse("home").unwrap(), true);
        assert_eq!(home, Meaning::Edit(Edit::Home), "{context:?}");
        let out = keymap.meaning(context, Key::parse("esc").unwrap(), true);
        assert_eq!(out, Meaning::Act(Act::Back), "{context:?}");
    }
    let home = keymap.meaning(Context::Today, Key::parse("home").unwrap(), false);
    assert_eq!(home, Meaning::Act(Act::Top));
}

#[test]
fn full_width_keys_are_the_hotkeys_they_look_like() {
    let keymap = Keymap::default();
    for (typed, act) in [
        ('ｓ', Act::Skip),
        ('？', Act::Help),
        ('：', Act::Palette),
        ('、', Act::Find),
        ('／', Act::Find),
        ('１', Act::Today),
    ] {
        assert_eq!(keymap.meaning(Context::Today, Key::char(typed), false), Meaning::Act(act), "{typed}");
    }
    let mark = keymap.meaning(Context::Call, Key::char('\u{3000}'), false);
    assert_eq!(mark, Meaning::Act(Act::Mark));
}

#[test]
fn editing_keys_are_changed_like_all_others() {
    let (keymap, problems) = load("[keys.text]\nword_left = [\"alt-b\", \"ctrl-left\"]\nhome = \"none\"\n");
    assert_eq!(problems, Vec::<String>::new());
    let pressed = |key: &str| keymap.meaning(Context::Form, Key::parse(key).unwrap(), true);
    assert_eq!(pressed("alt-b"), Meaning::Edit(Edit::WordLeft));
    assert_eq!(pressed("alt-left"), Meaning::Other);
    assert_eq!(pressed("ctrl-a"), Meaning::Other);
    assert_eq!(pressed("ctrl-k"), Meaning::Edit(Edit::DeleteToEnd));
}

fn any_line() -> impl Strategy<Value = String> {
    let ids: Vec<&str> = ACTIONS.iter().map(|action| action.id).chain(["undoo", "choices", "call"]).collect();
    let keys =
        ["u", "s", "f12", "enter", "esc", "ctrl-e", "left", "space", "1", "none", "ctrl-i", "é", "x", "k"];
    let tables: Vec<String> = Context::ALL
        .iter()
        .map(|context| format!("[keys.{}]", context.id()))
        .chain(["[keys]".to_owned()])
        .collect();
    let entry = (
        proptest::sample::select(ids),
        proptest::collection::vec(proptest::sample::select(keys.to_vec()), 0..4),
    );
    prop_oneof![
        6 => entry.prop_map(|(id, keys)| format!("{id} = {keys:?}")),
        1 => proptest::sample::select(tables),
        1 => "[\\PC\\n]{0,20}",
    ]
}

proptest! {
    #[test]
    fn nothing_in_a_file_stops_it_and_no_key_means_two_things(lines in proptest::collection::vec(any_line(), 0..40)) {
        let text = format!("[keys]\n{}", lines.join("\n"));
        let (keymap, _) = Keymap::load(&text, "k");
        for context in Context::ALL {
            let mut seen = BTreeSet::new();
            for bound in keymap.bound.iter().filter(|bound| bound.context == context) {
                prop_assert!(seen.insert(bound.key), "{} in {context:?}\n{text}", bound.key);
            }
            for act in [Act::Back, Act::Accept, Act::Interrupt] {
                let acts = keymap.of(context).any(|action| action.act == act);
                let out = keymap.keys(context, act).any(|key| !context.has_text() || key.typed().is_none());
                prop_assert!(!acts || out, "no way out of {context:?}\n{text}");
            }
        }
    }

    #[test]
    fn any_text_at_all_is_read(text in "\\PC{0,200}") {
        let _ = Keymap::load(&text, "k");
    }
}
