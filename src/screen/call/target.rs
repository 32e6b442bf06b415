//! Whom a record is about: the person, the number, the deal, the script.

use crate::app::Session;
use crate::domain::code::{ChannelCode, RoleCode, StageCode};
use crate::domain::lists::{ContactState, DealState, Lane};
use crate::playbook::channel::{CALL, PHONE};
use crate::playbook::lookup::Occasion;
use crate::playbook::model::{Coupon, Material, Script};
use crate::store::query::customer::{CardContact, CardDeal, CardPerson};
use crate::store::query::{Card, TaskRow};

/// The channel a record is worked on: the task's, else the phone.
pub fn channel(row: Option<&TaskRow>) -> ChannelCode {
    row.map_or_else(|| ChannelCode::from(CALL), |row| row.channel.clone())
}

/// The pen whose outcomes are offered.
pub fn lane(row: Option<&TaskRow>) -> Lane {
    row.map_or(Lane::Call, |row| row.lane)
}

/// The person spoken to: the task's, else the first who may be contacted and can be reached.
pub fn person<'a>(session: &Session, row: Option<&TaskRow>, card: &'a Card) -> Option<&'a CardPerson> {
    let wanted = row.and_then(|row| row.person.as_ref()).map(|(id, _, _)| *id);
    let named = card.persons.iter().find(|person| Some(person.id) == wanted);
    let contactable = |person: &&CardPerson| {
        !person
            .roles
            .iter()
            .any(|role| session.playbook().and_then(|p| p.role(role)).is_some_and(|role| !role.contactable))
    };
    named
        .or_else(|| card.persons.iter().filter(contactable).find(|p| contact(session, row, p).is_some()))
        .or_else(|| card.persons.iter().find(contactable))
}

/// The way of contact used: on the channel's own kind, not dead.
pub fn contact<'a>(
    session: &Session,
    row: Option<&TaskRow>,
    person: &'a CardPerson,
) -> Option<&'a CardContact> {
    let channel = channel(row);
    let kind = session.playbook().and_then(|p| p.channel(&channel)).and_then(|c| c.contact.clone());
    let kind = kind.unwrap_or_else(|| ChannelCode::from(PHONE));
    person.contacts.iter().find(|c| c.channel == kind && c.state != ContactState::Dead)
}

/// The deal a record is about: the task's, else the first that is open.
pub fn deal<'a>(row: Option<&TaskRow>, card: &'a Card) -> Option<&'a CardDeal> {
    let wanted = row.and_then(|row| row.deal.as_ref()).map(|(id, _, _)| *id);
    let named = card.deals.iter().find(|deal| Some(deal.id) == wanted);
    named.or_else(|| card.deals.iter().find(|deal| deal.state == DealState::Open && deal.stage.is_some()))
}

/// The stage a record stands at, from the card where it is there already.
pub fn stage(row: Option<&TaskRow>, card: Option<&Card>) -> Option<StageCode> {
    let of_card = card.and_then(|card| deal(row, card)).and_then(|deal| deal.stage.clone());
    of_card.or_else(|| row.and_then(|row| row.deal.as_ref()).and_then(|(_, _, stage)| stage.clone()))
}

/// The script to follow: the task's own, else the one for stage, role and channel (S001-61).
pub fn script<'a>(session: &'a Session, row: Option<&TaskRow>, card: Option<&Card>) -> Option<&'a Script> {
    let playbook = session.playbook()?;
    if let Some(script) = row.and_then(|row| row.script.as_ref()).and_then(|code| playbook.script(code)) {
        return Some(script);
    }
    let stage = stage(row, card);
    let of_card = card.and_then(|card| person(session, row, card)).and_then(|person| person.roles.first());
    let of_row = row.and_then(|row| row.person.as_ref()).map(|(_, _, role)| RoleCode::from(role.as_str()));
    let channel = channel(row);
    playbook.script_for(Occasion {
        stage: stage.as_ref(),
        role: of_card.or(of_row.as_ref()),
        channel: &channel,
    })
}

/// Materials that prove what is said at a stage; the pipeline's own where no script of the stage names one.
pub fn materials<'a>(session: &'a Session, row: Option<&TaskRow>, card: Option<&Card>) -> Vec<&'a Material> {
    let Some(playbook) = session.playbook() else { return Vec::new() };
    let stage = stage(row, card);
    let mut codes: Vec<_> = playbook
        .scripts
        .iter()
        .filter(|script| script.stage.is_some() && script.stage == stage)
        .flat_map(|script| script.lines.iter().filter_map(|line| line.proof.clone()))
        .collect();
    if codes.is_empty() {
        let pipeline = row.and_then(|row| row.deal.as_ref()).map(|(_, pipeline, _)| pipeline);
        let sops = playbook.sops.iter().filter(|sop| Some(&sop.pipeline) == pipeline);
        codes = sops.flat_map(|sop| sop.steps.iter().filter_map(|step| step.material.clone())).collect();
    }
    let mut found: Vec<&Material> = Vec::new();
    for material in codes.iter().filter_map(|code| playbook.material(code)) {
        if !found.iter().any(|known| known.code == material.code) {
            found.push(material);
        }
    }
    found
}

/// Coupons that may be pushed at the stage of the record.
pub fn coupons<'a>(session: &'a Session, row: Option<&TaskRow>, card: Option<&Card>) -> Vec<&'a Coupon> {
    let Some(playbook) = session.playbook() else { return Vec::new() };
    let stage = stage(row, card);
    let of_card = card.and_then(|card| deal(row, card)).map(|deal| &deal.pipeline);
    let pipeline = of_card.or_else(|| row.and_then(|row| row.deal.as_ref()).map(|(_, pipeline, _)| pipeline));
    playbook
        .coupons
        .iter()
        .filter(|coupon| {
            coupon.stages.is_empty() || stage.as_ref().is_some_and(|s| coupon.stages.contains(s))
        })
        .filter(|coupon| {
            coupon.pipelines.is_empty() || pipeline.is_some_and(|p| coupon.pipelines.contains(p))
        })
        .collect()
}
