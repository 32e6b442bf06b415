//! Who may do what: one table of role × action × relation, asked in the change path and nowhere else.

use crate::domain::lists::Role;
use crate::store::error::StoreError;

/// How the one who acts stands to the customer concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Follows the customer.
    Own,
    /// A team mate follows the customer.
    Team,
    /// Somebody else follows the customer.
    Other,
    /// Nobody follows the customer.
    Nobody,
}

impl Relation {
    const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Team => "team",
            Self::Other => "other",
            Self::Nobody => "none",
        }
    }
}

/// What is done, as rights see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Log a touch, send, push, skip, snooze, make a task.
    WorkCustomer,
    /// Edit names, contacts, fields, members.
    EditCustomer,
    /// Move, win, lose deals, book nodes.
    MoveDeal,
    /// Add a customer.
    AddCustomer,
    /// Register do-not-contact.
    ForbidContact,
    /// Lift do-not-contact.
    AllowContact,
    /// Give customers to a rep.
    Assign,
    /// Import a lead file.
    Import,
    /// Take records out as a table.
    Export,
    /// Bring records in that were exported: they come with their figures.
    Restore,
    /// Read the audit trail.
    ReadAudit,
    /// Make backups and see them.
    Backup,
    /// Hand out or erase what is held of a person.
    Privacy,
    /// Add and change users and teams.
    ManagePeople,
    /// Let keys in, invite, set passwords.
    ManageSignIn,
    /// Let somebody guess again who was locked out.
    Unlock,
    /// See who is signed in, and sign somebody out.
    EndSession,
    /// Apply a playbook.
    ApplyPlaybook,
    /// Set a target of the own team.
    SetTarget,
    /// Roll the day over; done by whoever notices first.
    RollDay,
    /// Take back a change of one's own.
    UndoOwn,
    /// Take back a change of somebody else.
    UndoOther,
    /// Approve a price under the approval limit.
    ApprovePrice,
    /// Do a team mate's promised task that is long overdue (peers.md 2.4): it is anyone's of the team then.
    RescuePromise,
}

use Action as A;
use Relation as R;
use Role::{Admin, Coach, Lead, Manager, Rep};

const EVERYONE: &[Role] = &[Rep, Coach, Lead, Manager, Admin];
const LEADS_UP: &[Role] = &[Lead, Manager, Admin];
const MANAGERS_UP: &[Role] = &[Manager, Admin];

/// The table. What is not in it is refused.
const RIGHTS: &[(Action, &[Relation], &[Role])] = &[
    (A::WorkCustomer, &[R::Own], EVERYONE),
    (A::WorkCustomer, &[R::Team], &[Coach, Lead, Manager, Admin]),
    (A::WorkCustomer, &[R::Nobody, R::Other], MANAGERS_UP),
    (A::EditCustomer, &[R::Own], EVERYONE),
    (A::EditCustomer, &[R::Team, R::Nobody], LEADS_UP),
    (A::EditCustomer, &[R::Other], MANAGERS_UP),
    (A::MoveDeal, &[R::Own], EVERYONE),
    (A::MoveDeal, &[R::Team], &[Coach, Lead, Manager, Admin]),
    (A::MoveDeal, &[R::Nobody, R::Other], MANAGERS_UP),
    (A::AddCustomer, &[R::Own, R::Nobody], EVERYONE),
    (A::AddCustomer, &[R::Team], LEADS_UP),
    (A::AddCustomer, &[R::Other], MANAGERS_UP),
    (A::ForbidContact, &[R::Own, R::Team, R::Other, R::Nobody], EVERYONE),
    (A::AllowContact, &[R::Own, R::Team, R::Other, R::Nobody], MANAGERS_UP),
    (A::Assign, &[R::Own, R::Team, R::Nobody], LEADS_UP),
    (A::Assign, &[R::Other], MANAGERS_UP),
    (A::Import, &[R::Own, R::Team, R::Other, R::Nobody], LEADS_UP),
    (A::Export, &[R::Own, R::Team], LEADS_UP),
    (A::Export, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::Restore, &[R::Own, R::Team, R::Other, R::Nobody], MANAGERS_UP),
    (A::ReadAudit, &[R::Own, R::Team], LEADS_UP),
    (A::ReadAudit, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::Backup, &[R::Own, R::Team, R::Other, R::Nobody], MANAGERS_UP),
    (A::Privacy, &[R::Own, R::Team, R::Other, R::Nobody], MANAGERS_UP),
    (A::ManagePeople, &[R::Own, R::Team, R::Other, R::Nobody], MANAGERS_UP),
    (A::ManageSignIn, &[R::Own], EVERYONE),
    (A::ManageSignIn, &[R::Team], LEADS_UP),
    (A::ManageSignIn, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::Unlock, &[R::Team], LEADS_UP),
    (A::Unlock, &[R::Own, R::Other, R::Nobody], MANAGERS_UP),
    (A::EndSession, &[R::Own], EVERYONE),
    (A::EndSession, &[R::Team], LEADS_UP),
    (A::EndSession, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::ApplyPlaybook, &[R::Own, R::Team, R::Other, R::Nobody], MANAGERS_UP),
    (A::SetTarget, &[R::Own, R::Team], LEADS_UP),
    (A::SetTarget, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::RollDay, &[R::Own, R::Team, R::Other, R::Nobody], EVERYONE),
    (A::UndoOwn, &[R::Own, R::Team, R::Other, R::Nobody], EVERYONE),
    (A::UndoOther, &[R::Team], LEADS_UP),
    (A::UndoOther, &[R::Own, R::Other, R::Nobody], MANAGERS_UP),
    (A::ApprovePrice, &[R::Own, R::Team, R::Other, R::Nobody], LEADS_UP),
    (A::RescuePromise, &[R::Own, R::Team], EVERYONE),
    (A::RescuePromise, &[R::Other, R::Nobody], MANAGERS_UP),
];

/// Whether a role may do something to a customer it stands to in this way.
pub fn may(role: Role, action: Action, relation: Relation) -> bool {
    RIGHTS
        .iter()
        .any(|(a, relations, roles)| *a == action && relations.contains(&relation) && roles.contains(&role))
}

/// The same as a refusal in words; `what` is a verb phrase such as "log a call".
pub fn check(role: Role, action: Action, relation: Relation, what: &str) -> Result<(), StoreError> {
    if may(role, action, relation) {
        return Ok(());
    }
    Err(StoreError::Forbidden {
        role: role.as_str().to_owned(),
        what: what.to_owned(),
        relation: relation.word().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rep_works_own_customers_and_no_others() {
        assert!(may(Rep, A::WorkCustomer, R::Own));
        for relation in [R::Team, R::Other, R::Nobody] {
            assert!(!may(Rep, A::WorkCustomer, relation), "{relation:?}");
        }
        let refusal = check(Rep, A::WorkCustomer, R::Other, "log a call").unwrap_err();
        assert!(refusal.to_string().contains("ask for collaboration"), "{refusal}");
    }

    #[test]
    fn higher_roles_may_do_whatever_lower_ones_may() {
        for (action, relations, roles) in RIGHTS {
            for relation in *relations {
                for role in *roles {
                    for higher in Role::ALL.iter().filter(|r| **r > *role && **r >= Manager) {
                        assert!(may(*higher, *action, *relation), "{higher} {action:?} {relation:?}");
                    }
                }
            }
        }
    }
}
