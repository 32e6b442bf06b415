//! A statement on the screen: how it looks, whose it is, which month, what a line opens.

use corral::app::Effect;
use corral::app::action::Context;
use corral::domain::code::RankCode;
use corral::domain::id::{CustomerId, OrderId, UserId};
use corral::domain::lists::{Metric, PayPart, Release, Role};
use corral::domain::money::Money;
use corral::domain::pay::plan::{Part, Tier, Weight};
use corral::domain::pay::{self, Earned, Earning, Happened, Rate, Statement};
use corral::domain::time::{Day, Month, Timestamp};
use corral::screen::targets::Targets;
use corral::store::change::people::TargetOf;
use corral::store::query::{PayAsk, PayRow, PaySheet, Query};
use corral::text::Lang;
use corral::widget::{cut_glyphs, screen_text};

use crate::screens_desk::desk::{Desk, ME};

/// An agent's month: two full days of calls, nine policies of which the second premium is waited for, quality not set yet.
fn statement() -> Statement {
    let day = |n: i64| Day(20_768 + n);
    let tiers = vec![Tier { up_to: Some(Money::whole(60_000)), bp: 1_000 }, Tier { up_to: None, bp: 1_200 }];
    let release = [
        Part { on: Release::CoolingOffPassed, bp: 6_000 },
        Part { on: Release::SecondPremiumPaid, bp: 4_000 },
    ];
    let order = |n| Earned {
        order: OrderId(n),
        customer: CustomerId(n),
        at: Timestamp(n),
        amount: Money::whole(6_800),
        refunded: Money::ZERO,
        is_linked: false,
    };
    let nine: Vec<Earned> = (1..=9).map(order).collect();
    let happened = |_: &Earned, event| match event {
        Release::CoolingOffPassed => Happened::Yes,
        _ => Happened::No,
    };
    let weights = [
        Weight { metric: Metric::Attainment, weight: 50 },
        Weight { metric: Metric::QualityScore, weight: 50 },
    ];
    let calls: Vec<(Day, i64)> = (0..21).map(|n| (day(n), if n < 2 { 44 } else { 24 })).collect();
    let premium = (PayPart::Order, Metric::FirstYearPremium);
    Statement {
        lines: vec![
            pay::base(Money::whole(3_800)),
            pay::process(Metric::CallsValid, &calls, Money(80), Some(40)),
            pay::orders(premium, Rate::Tiers(tiers), &nine, &release, happened),
            pay::performance(Money::whole(1_500), &weights, |metric| {
                (metric == Metric::Attainment).then_some(10_000)
            }),
        ],
    }
}

/// What the store answers on the desk: of a team two people.
pub fn sheet(ask: &PayAsk) -> PaySheet {
    let row = |user: UserId, name: &str| PayRow {
        user,
        login: "wangfang".to_owned(),
        name: name.to_owned(),
        rank: RankCode::from("agent").0,
        currency: "CNY".to_owned(),
        plan: "life-2026q4".to_owned(),
        version: 1,
        statement: statement(),
    };
    let month = ask.month.unwrap();
    let rows = match ask.whose {
        Some(TargetOf::Team(_)) => vec![row(UserId(8), "李强"), row(ME, "王芳")],
        _ => vec![row(ME, "王芳")],
    };
    PaySheet { days: (month.first(), month.last()), rows }
}

fn asked(desk: &Desk) -> Vec<PayAsk> {
    let asks = desk.effects.iter().filter_map(|effect| match effect {
        Effect::Read(_, Query::Pay(ask)) => Some(ask.clone()),
        _ => None,
    });
    asks.collect()
}

#[test]
fn the_statement_looks_as_it_was_looked_at() {
    for lang in Lang::ALL {
        for (width, height) in [(40, 12), (80, 24), (120, 36)] {
            let mut desk = Desk::new(lang, Targets::new());
            desk.play("m");
            let buf = desk.draw(width, height);
            assert!(cut_glyphs(&buf).is_empty(), "{lang} {width}×{height} cuts a wide glyph");
            insta::assert_snapshot!(format!("pay_{lang}_{width}x{height}"), screen_text(&buf));
        }
    }
}

#[test]
fn a_rep_opens_the_own_statement_and_turns_the_months() {
    let mut desk = Desk::new(Lang::En, Targets::new());
    desk.play("m");
    assert_eq!(desk.app.context(), Some(Context::Facts));
    desk.play(", , .");
    let month = |year: i64, month: i64| Some(Month(year * 12 + month - 1));
    let months: Vec<Option<Month>> = asked(&desk).iter().map(|ask| ask.month).collect();
    assert_eq!(months, [month(2026, 11), month(2026, 10), month(2026, 9), month(2026, 10)]);
    assert!(asked(&desk).iter().all(|ask| ask.whose == Some(TargetOf::User(ME)) && ask.by.id == ME));
    // this month is the last there is
    desk.play(". .");
    assert_eq!(asked(&desk).len(), 5);
}

#[test]
fn a_line_opens_the_facts_it_is_made_of_and_the_base_has_none() {
    let mut desk = Desk::new(Lang::En, Targets::new());
    desk.play("m enter");
    assert!(desk.screen(120, 36).contains("nothing is counted behind this line"), "{}", desk.screen(120, 36));
    desk.play("down enter");
    let facts = desk.effects.iter().rev().find_map(|effect| match effect {
        Effect::Read(_, Query::Facts(ask)) => Some((ask.metric, ask.user, ask.span.days(Day(0)))),
        _ => None,
    });
    let november = Month(2026 * 12 + 10);
    assert_eq!(facts, Some((Metric::CallsValid, Some(ME), (november.first(), november.last()))));
}

#[test]
fn a_team_is_opened_by_whoever_leads_and_from_it_a_person() {
    let mut rep = Desk::new(Lang::En, Targets::new());
    rep.play("home m");
    assert_eq!(rep.app.context(), Some(Context::Targets));
    assert_eq!(asked(&rep), []);
    let mut lead = Desk::as_role(Role::Lead, Lang::En, Targets::new());
    lead.play("home m enter");
    let whose: Vec<Option<TargetOf>> = asked(&lead).iter().map(|ask| ask.whose).collect();
    assert_eq!(whose.len(), 2);
    assert!(matches!(whose[0], Some(TargetOf::Team(_))));
    assert_eq!(whose[1], Some(TargetOf::User(UserId(8))));
}

#[test]
fn the_line_on_top_tells_the_way_in_leads_and_what_today_earned() {
    let mut desk = Desk::new(Lang::En, Targets::new());
    desk.gap.gap.leads_needed = Some(141);
    desk.gap.earning = Some(Earning { amount: Money::whole(30), capped: true });
    // the boards read the line anew
    desk.play("3");
    let screen = desk.screen(200, 60);
    let line = screen.lines().nth(1).unwrap();
    assert!(line.contains("today 30 · cap reached"), "{line}");
    assert!(line.contains("8 orders · 141 leads"), "{line}");
}
