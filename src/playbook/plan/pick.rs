//! Whom a task speaks to and on which channel.

use crate::domain::code::{ChannelCode, RoleCode, ScriptCode};
use crate::domain::id::PersonId;
use crate::domain::lists::Lane;
use crate::playbook::model::{Channel, Playbook, Script};
use crate::playbook::plan::{Known, KnownPerson};

pub(super) fn script<'a>(playbook: &'a Playbook, code: Option<&ScriptCode>) -> Option<&'a Script> {
    code.and_then(|code| playbook.script(code))
}

pub(super) fn is_call(playbook: &Playbook, code: &ChannelCode) -> bool {
    playbook.channel(code).is_some_and(|channel| channel.is_call)
}

/// The member a task speaks to: one in the script's role when such a one may be contacted on the channel, else by the order
/// of the playbook's roles, else one without any role.
pub(super) fn person(
    playbook: &Playbook,
    known: &Known,
    on: &ChannelCode,
    role: Option<&RoleCode>,
) -> Option<PersonId> {
    let reachable = |person: &&KnownPerson| is_reachable(playbook, person, on);
    let in_role = |role: &RoleCode| {
        known.persons.iter().filter(reachable).find(|person| person.roles.contains(role)).map(|p| p.id)
    };
    role.and_then(in_role)
        .or_else(|| playbook.roles.iter().filter(|r| r.contactable).find_map(|r| in_role(&r.code)))
        .or_else(|| known.persons.iter().find(reachable).map(|p| p.id))
}

/// Whether anybody of the customer may be contacted on a channel.
pub(super) fn is_anyone_reachable(playbook: &Playbook, known: &Known, on: &ChannelCode) -> bool {
    known.persons.iter().any(|person| is_reachable(playbook, person, on))
}

/// The channel a task of a lane takes where nothing names one: calls on the first call channel, messages on the first
/// message channel somebody can be reached on, nodes on the first channel of meetings.
pub(super) fn default_channel(playbook: &Playbook, known: &Known, lane: Lane) -> ChannelCode {
    let channels = || playbook.channels.iter();
    let first_call = || channels().find(|c| c.is_call);
    let found = match lane {
        Lane::Call | Lane::Report => first_call(),
        Lane::Material | Lane::Coupon | Lane::Care => {
            let message = |c: &&Channel| !c.is_call && c.contact.is_some();
            channels()
                .filter(message)
                .find(|c| is_anyone_reachable(playbook, known, &c.code))
                .or_else(|| channels().find(message))
        }
        Lane::Node => channels().find(|c| !c.is_call && c.contact.is_none()),
    };
    found.or_else(first_call).map(|channel| channel.code.clone()).unwrap_or_default()
}

fn is_reachable(playbook: &Playbook, person: &KnownPerson, on: &ChannelCode) -> bool {
    let may_be = person.roles.is_empty()
        || person.roles.iter().any(|role| {
            // a role the playbook no longer knows forbids nothing
            playbook.role(role).is_none_or(|role| role.contactable)
        });
    let needs = playbook.channel(on).and_then(|channel| channel.contact.as_ref());
    may_be && needs.is_none_or(|needs| person.contacts.iter().any(|(has, _)| has == needs))
}
