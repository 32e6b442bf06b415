//! One way to read what was typed, with the tags it may mean; and the places of a database where names are not.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::code::TagCode;
use crate::domain::id::CustomerId;
use crate::domain::lists::Shape;
use crate::domain::search_key::{Closeness, Search, Term};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::customers::contact::is_phone;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// A tag: the playbook's id and the pipeline's code.
pub(super) type Tag = (String, String);

/// What the playbooks in force say about where to look.
#[derive(Debug)]
pub(super) struct Places {
    books: Vec<Arc<Playbook>>,
}

impl Places {
    /// Looks the playbooks up.
    pub fn of(tx: Tx<'_>, books: &mut Books) -> Result<Self, StoreError> {
        let ids = books.in_force(tx)?;
        let books = ids.iter().map(|id| Ok(books.newest(tx, id)?.playbook));
        Ok(Self { books: books.collect::<Result<_, StoreError>>()? })
    }

    /// The ways of contact that are numbers.
    pub fn numbers(&self) -> BTreeSet<String> {
        self.contacts(true)
    }

    /// The ways of contact that are ids.
    pub fn ids(&self) -> BTreeSet<String> {
        self.contacts(false)
    }

    fn contacts(&self, numbers: bool) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for book in &self.books {
            let contacts = book.channels.iter().filter_map(|channel| channel.contact.as_ref());
            found.extend(contacts.filter(|c| is_phone(book, c.as_str()) == numbers).map(|c| c.0.clone()));
        }
        found
    }

    /// The tags a term may mean.
    fn meant(&self, term: &Term) -> Vec<Tag> {
        let mut meant = Vec::new();
        for book in &self.books {
            for pipeline in book.pipelines.iter().filter(|p| p.shape == Shape::Tag) {
                let names = [pipeline.name.zh.as_str(), pipeline.name.en.as_str(), pipeline.code.as_str()];
                let names = names.into_iter().chain(pipeline.tag.as_ref().map(TagCode::as_str));
                if term.of_tag(names).is_some() {
                    meant.push((book.id.clone(), pipeline.code.0.clone()));
                }
            }
        }
        meant
    }
}

/// One way to read what was typed.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    search: &'a Search,
    /// The terms, all of which must be answered.
    pub terms: &'a [Term],
    /// The tags each of them may mean.
    tags: Vec<Vec<Tag>>,
}

impl<'a> Wanted<'a> {
    /// A way with its tags.
    pub fn of(search: &'a Search, terms: &'a [Term], places: &Places) -> Self {
        Self { search, terms, tags: terms.iter().map(|term| places.meant(term)).collect() }
    }

    /// The terms, each with the tags it may mean.
    pub fn each(&self) -> impl Iterator<Item = (&'a Term, &[Tag])> {
        self.terms.iter().zip(&self.tags).map(|(term, tags)| (term, tags.as_slice()))
    }

    /// How well a customer answers, whose packed text is given.
    pub fn closeness(
        &self,
        tx: Tx<'_>,
        customer: CustomerId,
        text: &str,
    ) -> Result<Option<Closeness>, StoreError> {
        if let [only] = self.terms {
            // who has a tag is found by the tag
            return Ok(only.closeness(text));
        }
        // first as if it had every tag, so that tags are read of few
        let as_if = self.search.closeness(self.terms, text, |term| self.may_mean(term));
        if as_if.is_none() || self.tags.iter().all(Vec::is_empty) {
            return Ok(as_if);
        }
        let has = tags_of(tx, customer)?;
        Ok(self.search.closeness(self.terms, text, |term| {
            let mut each = self.each().filter(|(other, _)| *other == term);
            each.any(|(_, tags)| tags.iter().any(|tag| has.contains(tag))).then_some(Closeness::Part)
        }))
    }

    fn may_mean(&self, term: &Term) -> Option<Closeness> {
        let mut each = self.each().filter(|(other, tags)| *other == term && !tags.is_empty());
        each.next().map(|_| Closeness::Part)
    }
}

fn tags_of(tx: Tx<'_>, customer: CustomerId) -> Result<BTreeSet<Tag>, StoreError> {
    let mut tags = BTreeSet::new();
    tx.each(
        sql!(
            "SELECT playbook, pipeline FROM deal \
             WHERE customer_id = $1 AND stage IS NULL AND state = 'open' AND void_at IS NULL"
        ),
        values![customer],
        |row| {
            tags.insert((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
            Ok(())
        },
    )?;
    Ok(tags)
}
