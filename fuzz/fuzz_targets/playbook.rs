//! Any text as a playbook: told all its problems, or loaded, and then loaded again from what is stored.

#![no_main]

use corral::playbook::source::load_text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    match load_text("fuzz.toml", &text) {
        Ok(loaded) => {
            let again = load_text("fuzz.toml", &loaded.text).expect("what is stored loads again");
            assert_eq!(again.hash, loaded.hash);
            assert_eq!(again.playbook, loaded.playbook);
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            for problem in problems {
                let told = problem.to_string();
                assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "a control character in {told:?}");
            }
        }
    }
});
