//! Any text as a keymap file: never fatal, every fault told with its place, no key of a context with two meanings.

#![no_main]

use std::sync::LazyLock;

use corral::app::action::{Act, Context};
use corral::app::keymap::Keymap;
use corral::input::Key;
use corral::playbook::Playbook;
use corral::playbook::source::load_text;
use libfuzzer_sys::fuzz_target;

static BOOK: LazyLock<Playbook> =
    LazyLock::new(|| load_text("edu.toml", include_str!("../../playbooks/edu-english.toml")).unwrap().playbook);

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (keymap, problems) = Keymap::load(&text, "keys.toml");
    let (beside, more) = keymap.beside(&BOOK);
    for problem in problems.iter().chain(&more) {
        let told = problem.to_string();
        assert!(told.starts_with("keys.toml:") && problem.line > 0 && problem.column > 0, "{told}");
        assert!(!told.chars().any(char::is_control), "a control character in {told:?}");
    }
    for keymap in [&keymap, &beside] {
        check(keymap);
    }
});

fn check(keymap: &Keymap) {
    for context in Context::ALL {
        let mut bound: Vec<(Key, Act)> = Vec::new();
        for action in keymap.of(context) {
            let _ = keymap.label(context, action.act);
            for key in keymap.keys(context, action.act) {
                let other = bound.iter().find(|(known, act)| *known == key && *act != action.act);
                assert!(other.is_none(), "{key:?} is {:?} and {other:?} in {context:?}", action.act);
                let _ = keymap.meaning(context, key, false);
                let _ = keymap.meaning(context, key, true);
                bound.push((key, action.act));
            }
        }
    }
}
