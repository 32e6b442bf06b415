//! Playbooks: the three that come with the program, the corpora of good and bad files, mutations.

use corral::playbook::{embedded, source};

#[test]
fn the_playbooks_of_the_program_load_without_a_warning() {
    for (name, text) in embedded::PLAYBOOKS {
        match source::load_text(name, text) {
            Ok(loaded) => {
                let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
                assert!(warnings.is_empty(), "{}", warnings.join("\n"));
                assert_eq!(loaded.playbook.id, *name);
                assert_eq!(loaded.text, *text);
            }
            Err(problems) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                panic!("{}", lines.join("\n"));
            }
        }
    }
}
