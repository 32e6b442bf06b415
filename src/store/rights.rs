//! Who may do what: one table of role × action × relation, asked in the change path and nowhere else.

use crate::domain::lists::{OwnerRight, Role};
use crate::store::error::StoreError;

/// How the one who acts stands to the customer concerned: by who follows it, and by what was granted beside that (S001-32).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Follows the customer.
    Own,
    /// Was granted to work it with whoever follows it.
    Collaborates,
    /// Was granted to see it.
    Views,
    /// Was granted a share of what it buys, and nothing to see.
    Credited,
    /// A team mate follows the customer.
    Team,
    /// Somebody else follows the customer.
    Other,
    /// Nobody follows the customer.
    Nobody,
}

impl Relation {
    /// All, in the order of the table a manager reads.
    pub const ALL: &'static [Self] =
        &[Self::Own, Self::Collaborates, Self::Views, Self::Credited, Self::Team, Self::Nobody, Self::Other];

    /// The word refusals carry.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Collaborates => "collaborate",
            Self::Views => "view",
            Self::Credited => "credit",
            Self::Team => "team",
            Self::Other => "other",
            Self::Nobody => "none",
        }
    }

    /// What a right over a customer makes of who has it.
    pub const fn of(right: OwnerRight) -> Self {
        match right {
            OwnerRight::Follow => Self::Own,
            OwnerRight::View => Self::Views,
            OwnerRight::Collaborate => Self::Collaborates,
            OwnerRight::Credit => Self::Credited,
        }
    }
}

/// What is done, as rights see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// See a customer: the card, the timeline, in lists and searches. Without it the customer is not there.
    SeeCustomer,
    /// See numbers and ids whole, where the playbook does not mask them.
    SeeContact,
    /// Have a masked number or id shown, with a reason.
    Reveal,
    /// Let somebody see a customer, or work it too, until a day.
    Grant,
    /// Give somebody a share of what a customer buys.
    GrantCredit,
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
    /// Take them out without asking a manager before.
    ExportUnasked,
    /// Say whether an export that was asked for may be made.
    ApproveExport,
    /// Bring records in that were exported: they come with their figures.
    Restore,
    /// Read the audit trail.
    ReadAudit,
    /// Make backups and see them.
    Backup,
    /// Set sums right by what the journal says was counted.
    Mend,
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
    /// Propose a match: with oneself and one other in it, of the own team, of others.
    ProposePk,
    /// Accept or decline a match for a side.
    AnswerPk,
    /// Take a match away that this person proposed.
    WithdrawPk,
    /// See a match.
    SeePk,
    /// Decide a match whose time has passed; done by whoever notices first.
    DecidePk,
    /// Say that the result of a match is not right.
    DisputePk,
    /// Say what becomes of a disputed result.
    SettlePk,
    /// Choose whom the own figures are measured with.
    ChooseNemesis,
    /// See a report, and the funnel of whose it is.
    SeeReport,
    /// Hand in a person's report.
    HandInReport,
    /// Hand in a team's report.
    HandInTeamReport,
    /// Keep reports of a period that has closed; done by whoever notices first.
    CloseReport,
    /// Say something to a report, with tasks.
    CommentReport,
    /// See what the program is worth.
    SeeValue,
    /// See how a team is doing under the surface.
    SeeHealth,
    /// Note what a quarter of a team taught.
    NoteHealth,
    /// See how the day of a team stands: the lead's desk.
    SeeDesk,
    /// Say whether somebody is here today.
    Attend,
    /// Share a day out, put tasks off, whisper, call rounds and note what is decided.
    RunDesk,
    /// Hear what was whispered to oneself.
    HearWhisper,
    /// See what somebody is paid.
    SeePay,
    /// Set a score that pay goes by and no fact says.
    SetScore,
    /// Do a team mate's promised task that is long overdue (peers.md 2.4): it is anyone's of the team then.
    RescuePromise,
}

impl Action {
    /// All of them, in the order of the table in the documents.
    pub const ALL: &'static [Self] = &[
        Self::SeeCustomer,
        Self::SeeContact,
        Self::Reveal,
        Self::Grant,
        Self::GrantCredit,
        Self::WorkCustomer,
        Self::EditCustomer,
        Self::MoveDeal,
        Self::AddCustomer,
        Self::ForbidContact,
        Self::AllowContact,
        Self::Assign,
        Self::Import,
        Self::Export,
        Self::ExportUnasked,
        Self::ApproveExport,
        Self::Restore,
        Self::ReadAudit,
        Self::Backup,
        Self::Mend,
        Self::Privacy,
        Self::ManagePeople,
        Self::ManageSignIn,
        Self::Unlock,
        Self::EndSession,
        Self::ApplyPlaybook,
        Self::SetTarget,
        Self::RollDay,
        Self::UndoOwn,
        Self::UndoOther,
        Self::ApprovePrice,
        Self::ProposePk,
        Self::AnswerPk,
        Self::WithdrawPk,
        Self::SeePk,
        Self::DecidePk,
        Self::DisputePk,
        Self::SettlePk,
        Self::ChooseNemesis,
        Self::SeeReport,
        Self::HandInReport,
        Self::HandInTeamReport,
        Self::CloseReport,
        Self::CommentReport,
        Self::SeeValue,
        Self::SeeHealth,
        Self::NoteHealth,
        Self::SeeDesk,
        Self::Attend,
        Self::RunDesk,
        Self::HearWhisper,
        Self::SeePay,
        Self::SetScore,
        Self::RescuePromise,
    ];
}

use Action as A;
use Relation as R;
use Role::{Admin, Coach, Lead, Manager, Rep};

const EVERYONE: &[Role] = &[Rep, Coach, Lead, Manager, Admin];
const COACHES_UP: &[Role] = &[Coach, Lead, Manager, Admin];
const LEADS_UP: &[Role] = &[Lead, Manager, Admin];
const MANAGERS_UP: &[Role] = &[Manager, Admin];
/// Whoever follows the customer, or where there is none.
const ANY: &[Relation] = &[R::Own, R::Team, R::Other, R::Nobody];

/// The table. What is not in it is refused.
const RIGHTS: &[(Action, &[Relation], &[Role])] = &[
    (A::SeeCustomer, &[R::Own, R::Collaborates, R::Views, R::Nobody], EVERYONE),
    (A::SeeCustomer, &[R::Team], COACHES_UP),
    (A::SeeCustomer, &[R::Other], MANAGERS_UP),
    (A::SeeContact, &[R::Own, R::Collaborates], EVERYONE),
    (A::SeeContact, &[R::Team], COACHES_UP),
    (A::SeeContact, &[R::Nobody], LEADS_UP),
    (A::SeeContact, &[R::Other], MANAGERS_UP),
    (A::Reveal, &[R::Own, R::Collaborates], EVERYONE),
    (A::Reveal, &[R::Team], COACHES_UP),
    (A::Reveal, &[R::Nobody], LEADS_UP),
    (A::Reveal, &[R::Other], MANAGERS_UP),
    (A::Grant, &[R::Own], EVERYONE),
    (A::Grant, &[R::Team, R::Nobody], LEADS_UP),
    (A::Grant, &[R::Other], MANAGERS_UP),
    (A::GrantCredit, &[R::Own, R::Team, R::Nobody], LEADS_UP),
    (A::GrantCredit, &[R::Other], MANAGERS_UP),
    (A::WorkCustomer, &[R::Own, R::Collaborates], EVERYONE),
    (A::WorkCustomer, &[R::Team], COACHES_UP),
    (A::WorkCustomer, &[R::Nobody, R::Other], MANAGERS_UP),
    (A::EditCustomer, &[R::Own, R::Collaborates], EVERYONE),
    (A::EditCustomer, &[R::Team, R::Nobody], LEADS_UP),
    (A::EditCustomer, &[R::Other], MANAGERS_UP),
    (A::MoveDeal, &[R::Own, R::Collaborates], EVERYONE),
    (A::MoveDeal, &[R::Team], COACHES_UP),
    (A::MoveDeal, &[R::Nobody, R::Other], MANAGERS_UP),
    (A::AddCustomer, &[R::Own, R::Nobody], EVERYONE),
    (A::AddCustomer, &[R::Team], LEADS_UP),
    (A::AddCustomer, &[R::Other], MANAGERS_UP),
    (A::ForbidContact, ANY, EVERYONE),
    (A::AllowContact, ANY, MANAGERS_UP),
    (A::Assign, &[R::Own, R::Team, R::Nobody], LEADS_UP),
    (A::Assign, &[R::Other], MANAGERS_UP),
    (A::Import, ANY, LEADS_UP),
    (A::Export, &[R::Own, R::Team], LEADS_UP),
    (A::Export, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::ExportUnasked, ANY, MANAGERS_UP),
    (A::ApproveExport, ANY, MANAGERS_UP),
    (A::Restore, ANY, MANAGERS_UP),
    (A::ReadAudit, &[R::Own, R::Team], LEADS_UP),
    (A::ReadAudit, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::Backup, ANY, MANAGERS_UP),
    (A::Mend, ANY, MANAGERS_UP),
    (A::Privacy, ANY, MANAGERS_UP),
    (A::ManagePeople, ANY, MANAGERS_UP),
    (A::ManageSignIn, &[R::Own], EVERYONE),
    (A::ManageSignIn, &[R::Team], LEADS_UP),
    (A::ManageSignIn, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::Unlock, &[R::Team], LEADS_UP),
    (A::Unlock, &[R::Own, R::Other, R::Nobody], MANAGERS_UP),
    (A::EndSession, &[R::Own], EVERYONE),
    (A::EndSession, &[R::Team], LEADS_UP),
    (A::EndSession, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::ApplyPlaybook, ANY, MANAGERS_UP),
    (A::SetTarget, &[R::Own, R::Team], LEADS_UP),
    (A::SetTarget, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::RollDay, ANY, EVERYONE),
    (A::UndoOwn, ANY, EVERYONE),
    (A::UndoOther, &[R::Team], LEADS_UP),
    (A::UndoOther, &[R::Own, R::Other, R::Nobody], MANAGERS_UP),
    (A::ApprovePrice, ANY, LEADS_UP),
    (A::ProposePk, &[R::Own], EVERYONE),
    (A::ProposePk, &[R::Team], LEADS_UP),
    (A::ProposePk, &[R::Other, R::Nobody], MANAGERS_UP),
    // whoever is to play agrees, or who leads them; nobody from outside does it for them
    (A::AnswerPk, &[R::Own], EVERYONE),
    (A::AnswerPk, &[R::Team], LEADS_UP),
    (A::WithdrawPk, &[R::Own], EVERYONE),
    (A::WithdrawPk, &[R::Team], LEADS_UP),
    (A::WithdrawPk, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::SeePk, &[R::Own], EVERYONE),
    (A::SeePk, ANY, &[Role::Viewer]),
    (A::SeePk, &[R::Team], COACHES_UP),
    (A::SeePk, &[R::Other, R::Nobody], LEADS_UP),
    (A::DecidePk, ANY, EVERYONE),
    (A::DisputePk, &[R::Own], EVERYONE),
    (A::DisputePk, &[R::Team], LEADS_UP),
    // a lead of neither side, or a manager who does not play
    (A::SettlePk, &[R::Other, R::Nobody], LEADS_UP),
    (A::SettlePk, &[R::Team], MANAGERS_UP),
    (A::ChooseNemesis, &[R::Own], EVERYONE),
    (A::SeeReport, &[R::Own], EVERYONE),
    (A::SeeReport, &[R::Team], COACHES_UP),
    (A::SeeReport, &[R::Other, R::Nobody], MANAGERS_UP),
    // nobody hands in for somebody else: what was not handed in closes by itself
    (A::HandInReport, &[R::Own], EVERYONE),
    (A::HandInTeamReport, &[R::Team], LEADS_UP),
    (A::HandInTeamReport, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::CloseReport, ANY, EVERYONE),
    (A::CommentReport, &[R::Own, R::Team], LEADS_UP),
    (A::CommentReport, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::SeeValue, ANY, MANAGERS_UP),
    (A::SeeHealth, &[R::Own, R::Team], LEADS_UP),
    (A::SeeHealth, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::NoteHealth, ANY, MANAGERS_UP),
    (A::SeeDesk, &[R::Own, R::Team], LEADS_UP),
    (A::SeeDesk, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::Attend, &[R::Own], EVERYONE),
    (A::Attend, &[R::Team], LEADS_UP),
    (A::Attend, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::RunDesk, &[R::Own, R::Team], LEADS_UP),
    (A::RunDesk, &[R::Other, R::Nobody], MANAGERS_UP),
    (A::HearWhisper, &[R::Own], EVERYONE),
    (A::SeePay, &[R::Own], EVERYONE),
    (A::SeePay, &[R::Team], LEADS_UP),
    (A::SeePay, &[R::Other, R::Nobody], MANAGERS_UP),
    // nobody sets the own
    (A::SetScore, &[R::Team], LEADS_UP),
    (A::SetScore, &[R::Other], MANAGERS_UP),
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
    fn every_action_is_listed_and_somebodys() {
        let named: std::collections::BTreeSet<_> = Action::ALL.iter().map(|a| format!("{a:?}")).collect();
        assert_eq!(named.len(), Action::ALL.len());
        for (action, ..) in RIGHTS {
            assert!(Action::ALL.contains(action), "{action:?}");
        }
        for action in Action::ALL {
            assert!(RIGHTS.iter().any(|(a, ..)| a == action), "{action:?}");
        }
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
