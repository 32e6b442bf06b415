//! What becomes of one row.

use crate::domain::id::{CustomerId, UserId};
use crate::store::change::customer::{Fate, ImportRow, KnownPolicy};
use crate::store::customers::contact::{self, Holder};
use crate::store::customers::draft::{self, Draft};
use crate::store::customers::{add, hint};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::import::{Mark, Run, update};
use crate::store::privacy::barred::refusal;
use crate::store::write::Work;

/// How a row's customer is known: by what, and who it is.
struct Match {
    by: String,
    holder: Holder,
}

const BY_PHONE: &str = "phone";
const BY_EXTERNAL: &str = "external_id";

impl Run<'_> {
    /// Decides what becomes of a row and does it.
    pub(super) fn row(&mut self, work: &mut Work<'_>, row: &ImportRow) -> Result<Fate, StoreError> {
        let owner = match self.named_owner(row) {
            Ok(owner) => owner,
            Err(reason) => return Ok(Fate::Rejected { reason }),
        };
        let first = self.chunk.assign.first().copied();
        let book = match add::book_for(work, row.customer.playbook.as_deref(), owner.or(first)) {
            Ok(book) => book,
            Err(error @ StoreError::NotFound { .. }) => {
                return Ok(Fate::Rejected { reason: error.to_string() });
            }
            Err(error) => return Err(error),
        };
        let mut draft = match draft::customer(&book.playbook, &row.customer) {
            Ok(draft) => draft,
            // what is wrong with a row is said in the row's own words; anything else stops the part
            Err(StoreError::Invalid { what, .. }) => return Ok(Fate::Rejected { reason: what }),
            Err(error) => return Err(error),
        };
        if draft.contacts().next().is_none() && draft.external_id.is_none() {
            let reason = "the row has no way of contact and no id of another system; add one".to_owned();
            return Ok(Fate::Rejected { reason });
        }
        if let Some(found) = find(work.tx, &draft)? {
            return self.known(work, &draft, found);
        }
        if let Some(until) = add::barred(work, &draft)? {
            return Ok(Fate::Rejected { reason: refusal(until) });
        }
        if let Some(fate) = self.inside_part(&draft) {
            return Ok(fate);
        }
        if self.again {
            let reason =
                "the file was imported before, and this row's customer is no longer known by what it says; \
                          add the customer by hand"
                    .to_owned();
            return Ok(Fate::Rejected { reason });
        }
        draft.owner = owner.or_else(|| self.next_in_turn());
        if self.chunk.known == KnownPolicy::Report {
            let id = CustomerId(work.ids.make());
            self.would.extend(marks(&draft).into_iter().map(|mark| (mark, id)));
            return Ok(Fate::Created(id));
        }
        Ok(Fate::Created(add::insert(work, &book, &draft, Some(self.chunk.batch))?))
    }

    fn known(&self, work: &mut Work<'_>, draft: &Draft, found: Match) -> Result<Fate, StoreError> {
        let Match { by, holder } = found;
        let fill = self.chunk.known == KnownPolicy::Update && !self.again;
        if fill && update::fill(work, holder.customer, draft)? {
            return Ok(Fate::Updated(holder.customer));
        }
        Ok(Fate::Duplicate { customer: holder.customer, by, owner: holder.owner })
    }

    /// The owner a row names by login; the reason where there is none of that login.
    fn named_owner(&self, row: &ImportRow) -> Result<Option<UserId>, String> {
        let login = row.owner.trim().to_lowercase();
        if login.is_empty() {
            return Ok(row.customer.owner);
        }
        self.users.get(&login).copied().map(Some).ok_or_else(|| {
            let near = hint(&login, self.users.keys().map(String::as_str));
            format!("there is no user '{}'{near}", row.owner.trim())
        })
    }

    fn next_in_turn(&mut self) -> Option<UserId> {
        let size = u64::try_from(self.chunk.assign.len()).ok().filter(|size| *size > 0)?;
        let place = usize::try_from(self.turn % size).ok()?;
        self.turn += 1;
        self.chunk.assign.get(place).copied()
    }

    /// Where nothing is written, a row that repeats one of the same part is found here.
    fn inside_part(&self, draft: &Draft) -> Option<Fate> {
        let (by, customer) =
            marks(draft).into_iter().find_map(|mark| self.would.get(&mark).map(|id| (mark.0, *id)))?;
        Some(Fate::Duplicate { customer, by, owner: String::new() })
    }
}

/// What a draft would be known by: the word for it, and its form.
fn marks(draft: &Draft) -> Vec<Mark> {
    let by = |c: &contact::Checked| if c.is_phone { BY_PHONE.to_owned() } else { c.channel.0.clone() };
    let contacts = draft.contacts().map(|c| (by(c), c.norm.clone(), c.extension.clone()));
    let external = draft.external_id.as_ref().map(|id| (BY_EXTERNAL.to_owned(), id.clone(), String::new()));
    contacts.chain(external).collect()
}

/// Who a row's customer is: by number first, then by other contacts, then by the id of another system.
fn find(tx: Tx<'_>, draft: &Draft) -> Result<Option<Match>, StoreError> {
    for phones in [true, false] {
        for contact in draft.contacts().filter(|c| c.is_phone == phones) {
            if let Some(holder) = contact::holder(tx, contact)? {
                let by = if phones { BY_PHONE } else { contact.channel.as_str() };
                return Ok(Some(Match { by: by.to_owned(), holder }));
            }
        }
    }
    let Some(id) = &draft.external_id else { return Ok(None) };
    Ok(add::external(tx, id)?.map(|holder| Match { by: BY_EXTERNAL.to_owned(), holder }))
}
