//! Several targets at once, by keys: what is asked, what is written, who may.

use corral::app::action::Context;
use corral::domain::id::{TeamId, UserId};
use corral::domain::lists::{Level, Metric, Period, Role};
use corral::domain::span::Span;
use corral::screen::targets::Targets;
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::{Change, PeopleChange};
use corral::store::query::Query;
use corral::text::Lang;

use crate::screens_desk::desk::{Desk, ME};

fn lead() -> Desk {
    Desk::as_role(Role::Lead, Lang::En, Targets::new())
}

fn typed(desk: &mut Desk, text: &str) {
    for character in text.chars() {
        desk.play(&character.to_string());
    }
}

fn written(desk: &Desk) -> Vec<NewTarget> {
    match desk.writes().pop() {
        Some(Change::People(PeopleChange::SetTargets(targets))) => targets,
        other => panic!("{other:?}"),
    }
}

fn values(targets: &[NewTarget]) -> Vec<(TargetOf, i64)> {
    targets.iter().map(|target| (target.scope, target.value)).collect()
}

#[test]
fn a_lead_sets_what_the_team_had_before_raised_by_a_share() {
    let mut desk = lead();
    desk.play("home c");
    assert_eq!(desk.app.context(), Some(Context::Form));
    // the last day of October, in Shanghai: what was in force then
    let asked = desk.effects.iter().rev().find_map(|effect| match effect {
        corral::app::Effect::Read(_, Query::Targets { now }) => Some(*now),
        _ => None,
    });
    assert_eq!(asked.unwrap(), "2026-10-31T00:00:00+08:00".parse().unwrap());
    assert!(desk.screen(120, 36).contains("3 targets of 一队"), "{}", desk.screen(120, 36));
    desk.play("ctrl-u");
    typed(&mut desk, "5%");
    desk.play("f12");
    let targets = written(&desk);
    // 400,000, 120,000 and 90,000 by 1.05
    let expected = [
        (TargetOf::Team(TeamId(1)), 42_000_000),
        (TargetOf::User(ME), 12_600_000),
        (TargetOf::User(UserId(8)), 9_450_000),
    ];
    assert_eq!(values(&targets), expected);
    assert!(targets.iter().all(|target| target.from.to_string() == "2026-11-01"
        && (target.metric, target.period, target.level) == (Metric::RevenueNew, Period::Month, Level::Goal)));
}

#[test]
fn of_a_person_only_the_own_is_set_again_and_a_wrong_share_is_told() {
    let mut desk = lead();
    desk.play("home down c ctrl-u");
    typed(&mut desk, "much");
    desk.play("f12");
    assert!(desk.screen(120, 36).contains("a share such as 5 or -10"), "{}", desk.screen(120, 36));
    assert_eq!(desk.writes(), []);
    desk.play("ctrl-u");
    typed(&mut desk, "-10");
    desk.play("f12");
    assert_eq!(values(&written(&desk)), [(TargetOf::User(ME), 10_800_000)]);
}

#[test]
fn nothing_opens_where_nothing_was_set_before() {
    let mut desk = lead();
    desk.play("home l c");
    assert_eq!(desk.app.context(), Some(Context::Targets));
    assert!(desk.screen(120, 36).contains("nothing was set the period before"), "{}", desk.screen(120, 36));
}

#[test]
fn a_teams_target_is_shared_out_and_the_parts_add_up() {
    for (keys, check) in [("f12", 1), ("right right f12", 2)] {
        let mut desk = lead();
        desk.play("home D");
        assert_eq!(desk.app.context(), Some(Context::Form));
        let boards: Vec<Span> = desk
            .effects
            .iter()
            .filter_map(|effect| match effect {
                corral::app::Effect::Read(_, Query::Board(ask)) => Some(ask.span),
                _ => None,
            })
            .collect();
        assert_eq!(boards, [Span::Of(Period::Month, 0), Span::Of(Period::Month, 1)]);
        desk.play(keys);
        let targets = written(&desk);
        assert_eq!(targets.len(), 40);
        assert_eq!(targets.iter().map(|target| target.value).sum::<i64>(), 40_000_000);
        assert!(targets.iter().all(|target| target.value % 100 == 0), "whole units");
        let of =
            |id: i64| targets.iter().find(|target| target.scope == TargetOf::User(UserId(id))).unwrap().value;
        match check {
            // by targets: those without one (each seventh) get none, the others the same
            1 => assert_eq!((of(107), of(103)), (0, of(104))),
            // the same for each: 400,000 over forty
            _ => assert_eq!((of(107), of(103)), (1_000_000, 1_000_000)),
        }
    }
}

#[test]
fn a_rep_shares_nothing_out_and_a_person_is_no_team() {
    let mut rep = Desk::new(Lang::En, Targets::new());
    for key in ["c", "D"] {
        rep.play(key);
        assert_eq!(rep.app.context(), Some(Context::Targets));
        assert!(rep.screen(120, 36).contains("set by whoever leads"));
    }
    let mut desk = lead();
    desk.play("home down D");
    assert!(desk.screen(120, 36).contains("choose a team that has a target"), "{}", desk.screen(120, 36));
    assert_eq!(desk.writes(), []);
}

#[test]
fn a_level_is_chosen_by_a_key_and_set_as_such() {
    let mut desk = lead();
    desk.play("home l t");
    typed(&mut desk, "500000");
    desk.play("f12");
    let Some(Change::People(PeopleChange::SetTarget(target))) = desk.writes().pop() else { panic!() };
    assert_eq!((target.level, target.value), (Level::Stretch, 50_000_000));
    assert!(desk.screen(120, 36).contains("stretch"));
}
