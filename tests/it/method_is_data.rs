//! The method is data: no id of a sample playbook stands in the program (AP-01, S001-66).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use corral::domain::lists::{
    DealState, DoneKind, EventKind, Fact, FieldType, GateKind, Inducement, IssueState, Lane, Metric,
    NextKind, NodeState, OutcomeFlag, Period, Role, Shape, TaskState, Tier, UserState,
};
use corral::playbook::{channel, embedded, source};

/// Ids of the samples that are also plain words of the program, with the reason. Keep it short: a word here is a
/// word the test no longer guards.
const PLAIN: &[(&str, &str)] = &[
    ("needs", "a key of the format and of the JSON of `corral outcomes`"),
    ("unit", "a word of `[stock]`"),
    ("paid", "what was paid for an order, in the JSON of a card"),
    ("consent", "a table of the store: what customers agreed to and refused"),
];

#[test]
fn no_id_of_a_sample_stands_in_the_program() {
    let ids = sample_ids();
    assert!(
        ids.contains("trial_booked") && ids.contains("s_first_call") && ids.contains("c_99"),
        "ids were gathered"
    );
    let mut found = Vec::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        // what stands behind this line are the tests of the file
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, literal) in literals(program) {
            if ids.contains(&literal) {
                found.push(format!("{}:{number}: \"{literal}\"", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "ids of playbooks in the program:\n{}", found.join("\n"));
}

#[test]
fn literals_are_read_as_the_compiler_reads_them() {
    let text = "let a = \"one\"; // \"two\"\nlet b = 'x'; let c = \"th\\\"ree\";\n/// \"four\"\nlet d = '\"'; f(\"five\");";
    let words: Vec<String> = literals(text).into_iter().map(|(_, word)| word).collect();
    assert_eq!(words, ["one", "th\\\"ree", "five"]);
}

fn sample_ids() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (name, text) in embedded::PLAYBOOKS {
        let playbook = source::load_text(name, text).unwrap().playbook;
        for pipeline in &playbook.pipelines {
            ids.extend(pipeline.stages.iter().map(|stage| stage.code.to_string()));
        }
        ids.extend(playbook.outcomes.iter().map(|outcome| outcome.code.to_string()));
        ids.extend(playbook.fields.iter().map(|field| field.code.to_string()));
        ids.extend(playbook.scripts.iter().map(|script| script.code.to_string()));
        ids.extend(playbook.coupons.iter().map(|coupon| coupon.code.to_string()));
        ids.extend(playbook.materials.iter().map(|material| material.code.to_string()));
        ids.extend(playbook.nodes.iter().map(|node| node.code.to_string()));
    }
    let closed = closed_words();
    ids.retain(|id| !closed.contains(id.as_str()) && !PLAIN.iter().any(|(word, _)| word == id));
    ids
}

/// Words of the closed lists mean the list's member wherever they stand.
fn closed_words() -> BTreeSet<&'static str> {
    macro_rules! words {
        ($($list:ty),*) => {
            [$(<$list>::ALL.iter().map(|member| member.as_str()).collect::<Vec<_>>()),*].concat()
        };
    }
    let mut words: BTreeSet<&'static str> = words![
        DealState,
        DoneKind,
        EventKind,
        Fact,
        FieldType,
        GateKind,
        Inducement,
        IssueState,
        Lane,
        Metric,
        NextKind,
        NodeState,
        OutcomeFlag,
        Period,
        Role,
        Shape,
        TaskState,
        Tier,
        UserState
    ]
    .into_iter()
    .collect();
    words.extend(channel::built_in().iter().map(|channel| channel.code));
    words
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// String literals with their lines; comments are left out.
fn literals(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut chars = line.chars().peekable();
        let mut literal: Option<String> = None;
        while let Some(c) = chars.next() {
            match (&mut literal, c) {
                (None, '/') if chars.peek() == Some(&'/') => break,
                // a quote as a character: '"' or '\"'
                (None, '\'') if chars.peek().is_some_and(|next| matches!(next, '"' | '\\')) => {
                    chars.by_ref().take(2).filter(|next| *next == '\\').for_each(drop);
                }
                (None, '"') => literal = Some(String::new()),
                (Some(word), '"') => {
                    found.push((number + 1, std::mem::take(word)));
                    literal = None;
                }
                (Some(word), '\\') => {
                    word.push(c);
                    word.extend(chars.next());
                }
                (Some(word), c) => word.push(c),
                (None, _) => {}
            }
        }
    }
    found
}
