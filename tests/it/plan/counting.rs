//! What counts in which metric.

use corral::domain::lists::{Direction, Metric, OutcomeFlag};
use corral::playbook::count::{
    CountedOrder, CountedTouch, Medium, News, of_order, of_payment, of_tag, of_touch,
};

use super::fixture::*;

fn call(seconds: u32, flags: &[OutcomeFlag]) -> CountedTouch<'_> {
    let news = News { wechat_verified: false, days_untouched: Some(3) };
    CountedTouch { flags, medium: Medium::Call, direction: Direction::Out, seconds, news }
}

#[test]
fn of_calls_of_59_60_and_61_seconds_two_are_valid() {
    let mut playbook = playbook();
    let valid = |playbook: &_| {
        let calls = [59, 60, 61].map(|seconds| call(seconds, &[OutcomeFlag::Connected]));
        calls
            .iter()
            .flat_map(|call| of_touch(playbook, call))
            .filter(|(m, _)| *m == Metric::CallsValid)
            .count()
    };
    assert_eq!(valid(&playbook), 2);
    playbook.metrics.valid_seconds = 90;
    assert_eq!(valid(&playbook), 0, "another version of the playbook counts its own calls");
}

#[test]
fn evidence_makes_a_short_call_valid_and_length_alone_does_not() {
    let playbook = playbook();
    let flags = [OutcomeFlag::Connected, OutcomeFlag::NodeBooked];
    assert_eq!(
        of_touch(&playbook, &call(20, &flags)),
        [
            (Metric::CallsDialed, 1),
            (Metric::CallsValid, 1),
            (Metric::TalkMinutes, 20),
            (Metric::NodesBooked, 1),
        ]
    );
    assert_eq!(of_touch(&playbook, &call(200, &[])), [(Metric::CallsDialed, 1)], "it rang for long");
}

#[test]
fn the_first_valid_touch_after_the_gap_is_a_new_customer() {
    let playbook = playbook();
    let new = |days_untouched, seconds| {
        let mut touch = call(seconds, &[OutcomeFlag::Connected]);
        touch.news.days_untouched = days_untouched;
        of_touch(&playbook, &touch).contains(&(Metric::NewCustomers, 1))
    };
    assert!(new(Some(200), 60));
    assert!(new(None, 60));
    assert!(!new(Some(30), 60));
    assert!(!new(None, 5), "not a valid touch");
}

#[test]
fn messages_and_meetings_count_their_own() {
    let playbook = playbook();
    assert_eq!(Medium::of(&playbook, "lesson"), Medium::Meeting);
    let mut touch = call(20 * 60, &[OutcomeFlag::Connected]);
    touch.medium = Medium::Meeting;
    assert_eq!(of_touch(&playbook, &touch), [(Metric::Receptions, 1)]);
    touch.seconds -= 1;
    assert_eq!(of_touch(&playbook, &touch), []);
    let mut message = call(0, &[OutcomeFlag::Sent]);
    message.medium = Medium::of(&playbook, "chat");
    message.news.wechat_verified = true;
    assert_eq!(of_touch(&playbook, &message), [(Metric::WechatAdded, 1), (Metric::MaterialsSent, 1)]);
}

#[test]
fn an_order_counts_its_amount_and_the_friend_who_brought_it() {
    let playbook = playbook();
    let pipeline = "sale".into();
    let order = |tags| CountedOrder { pipeline: &pipeline, amount: price(4_680), tags };
    assert_eq!(of_order(&playbook, &order(&[])), [(Metric::OrdersWon, 1), (Metric::RevenueNew, 468_000)]);
    let brought = ["brought".into()];
    assert!(of_order(&playbook, &order(&brought)).contains(&(Metric::ReferralsWon, 1)));
    assert_eq!(of_tag(&playbook, &brought[0]), [(Metric::ReferralsReceived, 1)]);
    assert_eq!(of_tag(&playbook, &"other".into()), []);
    assert_eq!(of_payment(price(10)), [(Metric::Receipts, 1_000)]);
    assert_eq!(of_payment(price(-10)), [(Metric::RefundAmount, 1_000)]);
}
