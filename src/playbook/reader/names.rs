//! Ids and references, resolved when everything has been read.

use std::collections::BTreeMap;

use super::row::Row;
use crate::domain::lists::Fact;
use crate::playbook::near::nearest;
use crate::playbook::problem::{File, Place, Problems, spot};
use crate::playbook::schema::Domain;

/// The name that stands for everybody in tables by rank.
pub const ALL: &str = "all";

/// Every id and every reference met.
#[derive(Debug, Default)]
pub struct Names {
    ids: Vec<(Domain, String, Place)>,
    refs: Vec<(Domain, String, Place)>,
    extras: Vec<(String, Place)>,
}

impl Names {
    /// Notes a new id.
    pub fn id(&mut self, domain: Domain, name: &str, place: Place) {
        self.ids.push((domain, name.to_owned(), place));
    }

    /// Notes a reference.
    pub fn reference(&mut self, domain: Domain, name: &str, place: Place) {
        self.refs.push((domain, name.to_owned(), place));
    }

    /// Notes a key that must be a field's code or a fact.
    pub fn extra(&mut self, name: &str, place: Place) {
        self.extras.push((name.to_owned(), place));
    }

    /// Notes stages by their full names.
    pub fn add_stages(&mut self, root: &Row) {
        for pipeline in root.rows("pipelines") {
            for stage in pipeline.rows("stages") {
                if let (Some(pipeline), Some(code)) = (pipeline.text("id"), stage.text("id")) {
                    self.id(Domain::PipelineStage, &format!("{pipeline}.{code}"), stage.place_of("id"));
                }
            }
        }
    }

    /// Whether an id is known.
    pub fn knows(&self, domain: Domain, name: &str) -> bool {
        self.all(domain).any(|known| known == name)
    }

    /// Every id of a domain.
    pub fn all(&self, domain: Domain) -> impl Iterator<Item = &str> {
        let built_in = super::super::channel::built_in();
        let channels = matches!(domain, Domain::Channel | Domain::ChannelOrStage);
        let everybody = domain == Domain::Share;
        self.ids
            .iter()
            .filter(move |(of, ..)| match domain {
                Domain::ChannelOrStage => matches!(of, Domain::Channel | Domain::Stage),
                Domain::Share => *of == Domain::Rank,
                _ => *of == domain,
            })
            .map(|(_, name, _)| name.as_str())
            .chain(built_in.iter().filter(move |_| channels).map(|channel| channel.code))
            .chain(everybody.then_some(ALL))
    }

    /// Says which ids stand twice and which references lead nowhere.
    pub fn resolve(&self, files: &[File], problems: &mut Problems) {
        let mut first: BTreeMap<(Domain, &str), Place> = BTreeMap::new();
        for (domain, name, place) in &self.ids {
            // jobs are named by use; stages are unique in their pipeline, which their full names say
            if matches!(domain, Domain::Job | Domain::Stage) {
                continue;
            }
            if let Some(there) = first.insert((*domain, name), *place) {
                let message = format!("{} '{name}' stands already at {}", domain.noun(), spot(files, there));
                problems.error(*place, message, "give one of them another id");
            }
        }
        for channel in super::super::channel::built_in() {
            if let Some(place) = first.get(&(Domain::Channel, channel.code)) {
                problems.error(*place, format!("channel '{}' is built in", channel.code), "take another id");
            }
        }
        for (domain, name, place) in &self.refs {
            self.look(*domain, name, *place, problems);
        }
        for (name, place) in &self.extras {
            let known = || self.all(Domain::Field).chain(Fact::ALL.iter().map(|fact| fact.as_str()));
            if !known().any(|field| field == name) {
                let hint = meant(name, known());
                problems.error(*place, format!("'{name}' is neither a key nor a field nor a fact"), hint);
            }
        }
    }

    /// Says when a reference leads nowhere.
    pub fn look(&self, domain: Domain, name: &str, place: Place, problems: &mut Problems) {
        if !self.knows(domain, name) {
            problems.error(place, format!("no {} '{name}'", domain.noun()), meant(name, self.all(domain)));
        }
    }
}

/// `did you mean …?`, or what there is.
pub fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None if known.is_empty() => "there is none in this playbook".to_owned(),
        None if known.len() > 40 => format!("there are {} of them", known.len()),
        None => format!("there are: {}", known.join(", ")),
    }
}
