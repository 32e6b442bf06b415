//! What differs between two versions of a playbook, or between two playbooks.

use std::collections::BTreeMap;

use crate::domain::code::{ChannelCode, PipelineCode, StageCode};

use super::model::Playbook;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// What kind of thing, as the file calls its list: `scripts`, `pipelines.stages`, `contact_rules`.
    pub kind: &'static str,
    /// Its code; of stages `pipeline.stage`; of single tables empty.
    pub code: String,
    /// What happened to it.
    pub change: Change,
}

/// What happened to a thing between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Only the new version has it.
    Added,
    /// Both have it, not the same.
    Changed,
    /// Both have it, at another place in its list.
    Moved,
    /// Only the old version has it.
    Removed,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.change {
            Change::Added => "+",
            Change::Changed => "~",
            Change::Moved => ">",
            Change::Removed => "-",
        };
        let code = if self.code.is_empty() { String::new() } else { format!(" {}", self.code) };
        write!(f, "{what} {}{code}", self.kind)
    }
}

/// A dimension of the sales mode in which two playbooks differ (S001-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileDifference {
    /// The dimension's key.
    pub dimension: String,
    /// Its value in the first; `None` when it is not stated.
    pub ours: Option<String>,
    /// Its value in the second.
    pub theirs: Option<String>,
}

/// What differs, in the order of the format.
pub fn diff(old: &Playbook, new: &Playbook) -> Vec<Difference> {
    let mut differences = Vec::new();
    let about = |p: &Playbook| (p.id.clone(), p.name.clone(), p.version.clone(), p.currency.clone());
    let time = |p: &Playbook| (p.zone, p.region.clone(), p.workdays, p.week, p.hours);
    whole(&mut differences, "playbook", (about(old), time(old)) == (about(new), time(new)));
    whole(&mut differences, "profile", old.profile == new.profile);
    whole(&mut differences, "contact_rules", old.contact == new.contact);
    whole(&mut differences, "retention", old.retention == new.retention);
    macro_rules! lists {
        ($($kind:literal $list:ident $code:expr),* $(,)?) => {$(
            list(&mut differences, $kind, &keyed(&old.$list, $code), &keyed(&new.$list, $code));
        )*};
    }
    lists! {
        "channels" channels |row| row.code.to_string(),
        "products" products |row| row.code.to_string(),
        "customer_roles" roles |row| row.code.to_string(),
        "fields" fields |row| row.code.to_string(),
    }
    let pipelines = |playbook: &Playbook| {
        let bare = |pipeline: &super::model::Pipeline| {
            let mut pipeline = pipeline.clone();
            pipeline.stages.clear();
            pipeline
        };
        playbook.pipelines.iter().map(bare).collect::<Vec<_>>()
    };
    let (before, after) = (pipelines(old), pipelines(new));
    list(
        &mut differences,
        "pipelines",
        &keyed(&before, |row| row.code.to_string()),
        &keyed(&after, |row| row.code.to_string()),
    );
    list(&mut differences, "pipelines.stages", &stages(old), &stages(new));
    lists! {
        "stage_map" stage_map |row| format!("{}.{}", row.pipeline, row.from),
        "nodes" nodes |row| row.code.to_string(),
        "outcomes" outcomes |row| row.code.to_string(),
    }
    for (kind, before, after) in [
        ("reasons.lost", &old.reasons.lost, &new.reasons.lost),
        ("reasons.skip", &old.reasons.skip, &new.reasons.skip),
    ] {
        let code = |row: &super::model::Reason| row.code.to_string();
        list(&mut differences, kind, &keyed(before, code), &keyed(after, code));
    }
    lists! {
        "materials" materials |row| row.code.to_string(),
        "coupons" coupons |row| row.code.to_string(),
        "price_policy" prices |row| {
            let channels: Vec<&str> = row.channels.iter().map(ChannelCode::as_str).collect();
            format!("{}@{}", row.product, channels.join("+"))
        },
        "sops" sops |row| row.code.to_string(),
        "scripts" scripts |row| row.code.to_string(),
        "questions" questions |row| row.code.to_string(),
        "task_rules" task_rules |row| row.code.to_string(),
        "warnings" warnings |row| row.code.to_string(),
        "rep_warnings" rep_warnings |row| row.code.to_string(),
        "ranks" ranks |row| row.code.to_string(),
        "targets" targets |row| format!("{}.{:?}.{}.{}", row.period, row.scope, row.metric, row.level),
        "ramp" ramp |row| row.days.to_string(),
        "product_floors" product_floors |row| format!("{} {}", row.product, row.period),
        "standards" standards |row| row.metric.to_string(),
    }
    whole(&mut differences, "desk", old.desk == new.desk);
    whole(&mut differences, "stock_take", old.stock_take == new.stock_take);
    whole(&mut differences, "metrics", old.metrics == new.metrics);
    lists! { "boards" boards |row| row.code.clone(), "good_news" good_news |row| row.code.clone(), "reports" reports |row| row.period.to_string() }
    list(
        &mut differences,
        "pool.recycle",
        &keyed(&old.pool.recycle, |row| row.code.to_string()),
        &keyed(&new.pool.recycle, |row| row.code.to_string()),
    );
    whole(&mut differences, "access", old.access == new.access);
    differences
}

/// Stages of the old version that the new one neither has nor maps to another (S001-66). Open deals of these must be
/// seen to before the new version may be used.
pub fn removed_stages(old: &Playbook, new: &Playbook) -> Vec<(PipelineCode, StageCode)> {
    let mut removed = Vec::new();
    for pipeline in &old.pipelines {
        for stage in &pipeline.stages {
            let kept = new.stage(&pipeline.code, &stage.code).is_some();
            if !kept && new.mapped_stage(&pipeline.code, &stage.code).is_none() {
                removed.push((pipeline.code.clone(), stage.code.clone()));
            }
        }
    }
    removed
}

/// The dimensions of the sales mode in which two playbooks differ.
pub fn profile_differences(ours: &Playbook, theirs: &Playbook) -> Vec<ProfileDifference> {
    let mut dimensions: Vec<&String> = ours.profile.keys().chain(theirs.profile.keys()).collect();
    dimensions.sort();
    dimensions.dedup();
    let difference = |dimension: &String| ProfileDifference {
        dimension: dimension.clone(),
        ours: ours.profile.get(dimension).cloned(),
        theirs: theirs.profile.get(dimension).cloned(),
    };
    dimensions.into_iter().map(difference).filter(|found| found.ours != found.theirs).collect()
}

fn whole(differences: &mut Vec<Difference>, kind: &'static str, same: bool) {
    if !same {
        differences.push(Difference { kind, code: String::new(), change: Change::Changed });
    }
}

fn keyed<T>(rows: &[T], code: impl Fn(&T) -> String) -> Vec<(String, &T)> {
    rows.iter().map(|row| (code(row), row)).collect()
}

fn stages(playbook: &Playbook) -> Vec<(String, &super::model::Stage)> {
    let of = |pipeline: &'_ super::model::Pipeline| pipeline.code.clone();
    playbook
        .pipelines
        .iter()
        .flat_map(|pipeline| {
            pipeline.stages.iter().map(move |stage| (format!("{}.{}", of(pipeline), stage.code), stage))
        })
        .collect()
}

fn list<T: PartialEq>(
    differences: &mut Vec<Difference>,
    kind: &'static str,
    old: &[(String, &T)],
    new: &[(String, &T)],
) {
    let mut note = |code: &str, change| differences.push(Difference { kind, code: code.to_owned(), change });
    let shared = |of: &[(String, &T)], with: &BTreeMap<&str, &T>| -> Vec<String> {
        of.iter().filter(|(code, _)| with.contains_key(code.as_str())).map(|(code, _)| code.clone()).collect()
    };
    let before: BTreeMap<&str, &T> = old.iter().map(|(code, row)| (code.as_str(), *row)).collect();
    let after: BTreeMap<&str, &T> = new.iter().map(|(code, row)| (code.as_str(), *row)).collect();
    for (code, _) in old.iter().filter(|(code, _)| !after.contains_key(code.as_str())) {
        note(code, Change::Removed);
    }
    let (was, is) = (shared(old, &after), shared(new, &before));
    for (code, row) in new {
        match before.get(code.as_str()) {
            None => note(code, Change::Added),
            Some(earlier) if *earlier != *row => note(code, Change::Changed),
            Some(_) => {
                let place = |list: &[String]| list.iter().position(|known| known == code);
                if place(&was) != place(&is) {
                    note(code, Change::Moved);
                }
            }
        }
    }
}
