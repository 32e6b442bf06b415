use super::*;

const fn tier(up_to: Option<i64>, bp: u32) -> Tier {
    let up_to = match up_to {
        Some(units) => Some(Money::whole(units)),
        None => None,
    };
    Tier { up_to, bp }
}

/// The English school's: 5 % to 60,000, 7 % to 100,000, 9 % above.
fn school() -> Vec<Tier> {
    vec![tier(Some(60_000), 500), tier(Some(100_000), 700), tier(None, 900)]
}

fn order(id: i64, units: i64) -> Earned {
    Earned {
        order: OrderId(id),
        customer: CustomerId(id),
        at: Timestamp(id),
        amount: Money::whole(units),
        refunded: Money::ZERO,
        is_linked: false,
    }
}

#[test]
fn tiers_are_marginal() {
    // formulas.md no. 9: 60,000 at 5 % is 3,000; 10,200 at 7 % is 714
    assert_eq!(marginal(&school(), Money::whole(70_200)), Money::whole(3_714));
    // 3,000 + 2,800 + 20,000 at 9 %
    assert_eq!(marginal(&school(), Money::whole(120_000)), Money::whole(7_600));
    assert_eq!(marginal(&school(), Money::whole(60_000)), Money::whole(3_000));
    // 5 % of 199 fen are 9.95: down
    assert_eq!(marginal(&school(), Money(199)), Money(9));
    assert_eq!(marginal(&school(), Money::ZERO), Money::ZERO);
}

#[test]
fn what_is_above_the_cap_of_a_day_is_done_and_not_paid() {
    // S001-121: 34 valid calls at 1 with 30 a day paid
    let day = Day(20_000);
    let line = process(Metric::CallsValid, &[(day, 34), (Day(20_001), 12)], Money::whole(1), Some(30));
    assert_eq!((line.quantity, line.counted, line.amount), (46, 42, Money::whole(42)));
    assert_eq!(line.capped, [day]);
    // the insurer's 0.80 without a full day
    let line = process(Metric::CallsValid, &[(day, 24), (Day(20_001), 24)], Money(80), Some(40));
    assert_eq!((line.amount, line.capped.len()), (Money(3_840), 0));
    // talk time is stored in seconds and paid by the whole minute of a day
    let line = process(Metric::TalkMinutes, &[(day, 119), (Day(20_001), 121)], Money(10), None);
    assert_eq!((line.quantity, line.amount), (3, Money(30)));
}

#[test]
fn the_parts_of_an_order_are_held_until_their_events() {
    // the insurer's nine: 9 x 6,800 = 61,200; 6,000 + 144 = 6,144, 60 % of it now
    let tiers = vec![tier(Some(60_000), 1_000), tier(None, 1_200)];
    let release = [
        Part { on: Release::CoolingOffPassed, bp: 6_000 },
        Part { on: Release::SecondPremiumPaid, bp: 4_000 },
    ];
    let nine: Vec<Earned> = (1..=9).map(|n| order(n, 6_800)).collect();
    let passed = |_: &Earned, event| match event {
        Release::CoolingOffPassed => Happened::Yes,
        _ => Happened::No,
    };
    let line =
        orders((PayPart::Order, Metric::FirstYearPremium), Rate::Tiers(tiers), &nine, &release, passed);
    assert_eq!((line.amount, line.paid, line.held()), (Money(614_400), Money(368_640), Money(245_760)));
    // the ninth: 5,600 at 10 % and 1,200 at 12 %
    assert_eq!(line.orders[8].amount, Money::whole(704));
    assert_eq!(line.orders[0].held, [(Wait::Until(Release::SecondPremiumPaid), Money::whole(272))]);
    assert_eq!(line.waits(), [(Wait::Until(Release::SecondPremiumPaid), Money(245_760))]);
}

#[test]
fn what_nothing_says_is_held_and_what_is_given_back_is_not_paid_for() {
    let release = [Part { on: Release::PolicyIssued, bp: 10_000 }];
    let mut one = order(1, 1_000);
    one.refunded = Money::whole(400);
    let line = orders((PayPart::Order, Metric::SignedAmount), Rate::Share(20), &[one], &release, |_, _| {
        Happened::NotKnown
    });
    // 20 basis points of 600
    assert_eq!((line.quantity, line.counted, line.amount), (100_000, 60_000, Money(120)));
    assert_eq!(
        (line.paid, line.waits()),
        (Money::ZERO, vec![(Wait::NotKnown(Release::PolicyIssued), Money(120))])
    );
}

#[test]
fn rounding_loses_nothing_over_many_orders() {
    // three orders of 0.33 at 5 %: 1.65 fen each, 4.95 together, so 1 + 2 + 1 = 4
    let small: Vec<Earned> = (1..=3).map(|n| Earned { amount: Money(33), ..order(n, 0) }).collect();
    let line = orders((PayPart::Order, Metric::RevenueNew), Rate::Tiers(school()), &small, &[], |_, _| {
        Happened::Yes
    });
    let each: Vec<i64> = line.orders.iter().map(|order| order.amount.0).collect();
    assert_eq!((line.amount, each), (Money(4), vec![1, 2, 1]));
    // a half and a half of an odd fen: the remainder to the last
    let halves = [Part { on: Release::DownPayment30, bp: 5_000 }, Part { on: Release::FullyPaid, bp: 5_000 }];
    assert_eq!(
        split(Money(5), &halves),
        [(Release::DownPayment30, Money(2)), (Release::FullyPaid, Money(3))]
    );
}

#[test]
fn a_score_is_weighed_and_no_share_is_more_than_full() {
    let weights = [
        Weight { metric: Metric::Attainment, weight: 60 },
        Weight { metric: Metric::OnTimeRate, weight: 25 },
        Weight { metric: Metric::QualityScore, weight: 15 },
    ];
    let of = |attained, on_time, quality: Option<i64>| {
        performance(Money::whole(1_500), &weights, |metric| match metric {
            Metric::Attainment => Some(attained),
            Metric::OnTimeRate => Some(on_time),
            _ => quality,
        })
    };
    // 60 + 25 x 0.9 + 15 x 0.5 = 90: 1,500 x 0.9
    assert_eq!(of(10_029, 9_000, Some(5_000)).amount, Money::whole(1_350));
    // not yet set: 60 + 22.5 = 82.5
    let open = of(10_000, 9_000, None);
    assert_eq!((open.amount, open.quantity), (Money(123_750), 8_250));
    assert_eq!(open.score[2], Scored { metric: Metric::QualityScore, weight: 15, value: None });
}
