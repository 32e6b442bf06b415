//! The playbooks that come with the program, so that an installed binary can start from one.

/// Name and text of each, in the order they are offered.
pub const PLAYBOOKS: &[(&str, &str)] = &[
    ("edu-english", include_str!("../../playbooks/edu-english.toml")),
    ("home-yunqi", include_str!("../../playbooks/home-yunqi.toml")),
    ("life-anqiao", include_str!("../../playbooks/life-anqiao.toml")),
];

/// The text of the playbook of that name.
pub fn text(name: &str) -> Option<&'static str> {
    PLAYBOOKS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names there are.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLAYBOOKS.iter().map(|(name, _)| *name)
}
