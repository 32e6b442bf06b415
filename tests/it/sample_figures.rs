//! The sample figures of the methods (formulas.md, last table) come out to the fen of what is typed: leads brought in, outcomes saved
//! line by line, deals won; then the funnel, the boards and the statement are read from the command line.

mod month;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::program::id;

use month::Month;

/// Days of November 2026, which begins on a Sunday: their remainder by seven.
const SATURDAY: u32 = 0;
const SUNDAY: u32 = 1;
const MONDAY: u32 = 2;
const WEDNESDAY: u32 = 4;

/// What came of a call, without anything more.
fn call(outcome: &str, seconds: u32) -> Value {
    json!({ "outcome": outcome, "seconds": seconds })
}

/// An outcome with the facts it needs.
fn told(outcome: &str, seconds: u32, facts: Value) -> Value {
    let mut line = call(outcome, seconds);
    line["set"] = facts;
    line
}

/// Whether the case `n` of `of` is one of the `part` that are spread evenly among them.
fn is_one_of(n: usize, part: usize, of: usize) -> bool {
    n * part / of != (n + 1) * part / of
}

/// The lines of a statement: component, metric, what it comes to, what of it is paid now.
fn lines(statement: &Value) -> Vec<(&str, &str, i64, i64)> {
    let lines = statement["lines"].as_array().unwrap().iter();
    lines
        .map(|line| {
            let (component, metric) = (line["component"].as_str(), line["metric"].as_str());
            let (amount, paid) = (line["amount"].as_i64(), line["paid"].as_i64());
            (component.unwrap(), metric.unwrap_or_default(), amount.unwrap(), paid.unwrap())
        })
        .collect()
}

/// A share of the score, basis points.
fn scored(statement: &Value, metric: &str) -> i64 {
    let lines = statement["lines"].as_array().unwrap();
    let shares = lines.iter().flat_map(|line| line["score"].as_array().unwrap());
    shares.into_iter().find(|share| share["metric"] == metric).unwrap()["value"].as_i64().unwrap()
}

fn stages(names: &[&str], counts: &[i64]) -> Vec<(String, i64)> {
    names.iter().zip(counts).map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// English, a junior advisor: twelve leads a day on 22 days.
#[test]
fn the_junior_advisors_month_comes_to_9650() {
    let mut month = Month::begin("edu-english", ("wang", "junior"), &[MONDAY]);
    let (mut connected, mut added, mut booked, mut attended) = (0, 0, 0, 0);
    let mut coming: BTreeMap<(usize, usize), bool> = BTreeMap::new();
    let mut deals: BTreeMap<usize, (Value, Value)> = BTreeMap::new();
    let mut cared = 0;
    for day in 0..25 {
        if day < 22 {
            let leads = day * 12..day * 12 + 12;
            month.import((day, 630), leads.clone());
            let calls = month.today((day, 635), &["calls"]);
            for (place, lead) in leads.enumerate() {
                let place = u32::try_from(place).unwrap();
                let task = &calls[&lead];
                let (customer, deal) = (task["customer"]["id"].clone(), task["deal"]["id"].clone());
                deals.insert(lead, (customer.clone(), deal.clone()));
                let lost = |reason: &str| json!({ "do": "lose", "deal": deal, "reason": reason });
                if !is_one_of(lead, 119, 264) {
                    month.say((day, 660 + place), call("no_answer", 0), &[("task", &task["id"])]);
                    month.say((day, 1_200 + place), lost("lost_child"), &[]);
                    continue;
                }
                let facts = json!({ "child_age": "6", "english_base": "zero", "decider_known": "mother" });
                month.say((day, 660 + place), told("interested", 90, facts), &[("task", &task["id"])]);
                connected += 1;
                if !is_one_of(connected - 1, 106, 119) {
                    month.say((day, 1_200 + place), lost("lost_child"), &[]);
                    continue;
                }
                let friend = told("friend_added", 90, json!({ "wechat_verified": "yes" }));
                month.say((day, 720 + place), friend, &[("customer", &customer)]);
                added += 1;
                if !is_one_of(added - 1, 74, 106) {
                    month.say((day, 1_200 + place), lost("lost_time"), &[]);
                    continue;
                }
                let trial = told("trial_agreed", 90, json!({ "trial_at": month.at(day + 1, 900) }));
                month.say((day, 780 + place), trial, &[("customer", &customer)]);
                booked += 1;
                coming.insert((day + 1, lead), is_one_of(booked - 1, 46, 74));
            }
        }
        month.work((day, 870));
        // lessons are at three; what came of them is said at four, from the tasks that stand there before
        let nodes = month.today((day, 870), &["nodes", "held"]);
        for (place, (&(_, lead), came)) in (0_u32..).zip(coming.range((day, 0)..(day, usize::MAX))) {
            let (customer, deal) = deals[&lead].clone();
            let task = &nodes[&lead]["id"];
            let lost = |reason: &str| json!({ "do": "lose", "deal": deal, "reason": reason });
            if !came {
                month.say((day, 960 + place), call("absent", 0), &[("task", task)]);
                month.say((day, 1_210 + place), lost("lost_time"), &[]);
                continue;
            }
            let facts = json!({ "trial_level": "L1", "parent_joined": "yes" });
            month.say((day, 960 + place), told("attended", 0, facts), &[("task", task)]);
            attended += 1;
            let facts = json!({ "main_doubt": "price", "price_told": "4680", "decide_by": "2026-12-10" });
            month.say((day, 1_020 + place), told("thinking", 90, facts), &[("customer", &customer)]);
            // they think it over: a second call the next day, with five of them a third
            for hour in 0..if attended <= 5 { 2 } else { 1 } {
                month.say(
                    (day + 1, 720 + 60 * hour + place),
                    call("thinking", 90),
                    &[("customer", &customer)],
                );
            }
            if is_one_of(attended - 1, 15, 46) {
                let facts = json!({ "package": "k48", "first_lesson_at": "2026-12-20T15:00:00+08:00" });
                let win =
                    json!({ "do": "win", "deal": deal, "product": "k48", "price": 4_680, "set": facts });
                month.say((day + 1, 900 + place), win, &[]);
            } else {
                month.say((day + 1, 1_220 + place), lost("lost_price"), &[]);
            }
        }
        month.work((day, 1_100));
        // some of those who bought are looked after on the day it is due
        for (place, (_, task)) in (0_u32..).zip(month.today((day, 1_100), &["care"])) {
            if cared < 9 {
                cared += 1;
                month.say((day, 1_105 + place), call("all_well", 0), &[("task", &task["id"])]);
            }
        }
        month.work((day, 1_440));
    }
    let now = "2026-11-30T21:00:00+08:00";
    let names = ["assigned", "connected", "wechat", "trial_booked", "trial_done", "decision", "won"];
    assert_eq!(month.funnel(now), stages(&names, &[264, 119, 106, 74, 46, 46, 15]));
    // valid calls: 119 + 106 + 74 + 46 x 2 + 5
    let figures = ["calls_valid", "wechat_added", "nodes_booked", "nodes_attended", "revenue_new"];
    assert_eq!(figures.map(|metric| month.figure(now, metric)), [396, 106, 74, 46, 7_020_000]);
    let statement = month.statement(now);
    let on_time = scored(&statement, "on_time_rate");
    // 543 of 560 tasks that were due in November: nine of the 26 calls to new pupils were made
    assert_eq!(on_time, 9_696);
    // 60 + 25 x 0.9696 + 15 x 0.384 = 90
    month.score(now, "38.4%");
    let statement = month.statement(now);
    // 60,000 at 5 % and 10,200 at 7 %; 1,500 x 90 %: the target is passed, which counts in full and no more
    let expected = [
        ("base", "", 350_000, 350_000),
        ("process", "calls_valid", 39_600, 39_600),
        ("process", "nodes_attended", 69_000, 69_000),
        ("order", "revenue_new", 371_400, 371_400),
        ("performance", "", 135_000, 135_000),
    ];
    assert_eq!(lines(&statement), expected);
    assert_eq!((&statement["total"], &statement["held"]), (&json!(965_000), &json!(0)));
    // the month as another plan would have paid it: two for a call in the place of one
    let other = std::fs::read_to_string(crate::program::repository("playbooks/edu-english.toml")).unwrap();
    std::fs::write(month.program.folder().join("other.toml"), other.replace("rate = 1\n", "rate = 2\n"))
        .unwrap();
    let words = ["pay", "preview", "other.toml", "--whose", "wang", "--user", "boss"];
    let told = month.program.json("2026-12-01T10:00:00+08:00", &words);
    assert_eq!((&told["month"], &told["rows"][0]["difference"]), (&json!("2026-11"), &json!(39_600)));
    // a line is traced by the command it names
    let facts: Vec<&str> = statement["lines"][3]["facts"].as_str().unwrap().split(' ').skip(1).collect();
    let facts = month.program.json(now, &[&facts[..], &["--user", "boss"]].concat());
    assert_eq!((&facts["sum"], facts["rows"].as_array().unwrap().len()), (&json!(7_020_000), 15));
    month.program.verified();
}

/// Homes, a consultant: a visit a day, three contracts at the month's end with 30 % paid down.
#[test]
fn the_consultants_month_comes_to_13640_and_half_of_the_orders_is_held() {
    let mut month = Month::begin("home-yunqi", ("lin", "consultant"), &[WEDNESDAY]);
    month.import((0, 570), 0..24);
    let calls = month.today((0, 575), &["calls"]);
    for (lead, task) in &calls {
        let (customer, place) = (task["customer"]["id"].clone(), u32::try_from(*lead).unwrap());
        let facts = json!({ "purpose": "first_home", "budget": "2400000", "rooms": "3" });
        month.say((0, 600 + place), told("interested", 90, facts), &[("task", &task["id"])]);
        month.say((0, 660 + place), call("friend_added", 90), &[("customer", &customer)]);
        let visit = json!({ "outcome": "visit_agreed", "seconds": 90, "node_at": month.at(lead + 1, 840) });
        month.say((0, 720 + place), visit, &[("customer", &customer)]);
    }
    month.work((0, 1_050));
    month.send((0, 1_050));
    month.work((0, 1_440));
    let mut deals = BTreeMap::new();
    for lead in 0..24 {
        // forty minutes at the sales office
        let nodes = month.today((lead + 1, 890), &["nodes", "held"]);
        let facts = json!({ "came_with": "太太", "liked_unit": "95-1-0801", "main_doubt": "price" });
        month.say((lead + 1, 900), told("attended", 2_400, facts), &[("task", &nodes[&lead]["id"])]);
        deals.insert(lead, nodes[&lead].clone());
        month.work((lead + 1, 1_050));
        month.send((lead + 1, 1_050));
        month.work((lead + 1, 1_440));
    }
    let bought = [("u95", 2_380_000), ("u95", 2_380_000), ("u128", 3_260_000)];
    for (lead, (product, price)) in bought.into_iter().enumerate() {
        let minute = 1_110 + 10 * u32::try_from(lead).unwrap();
        let task = deals.remove(&lead).unwrap();
        let customer = &task["customer"]["id"];
        let facts = json!({ "decider_met": "yes", "loan_ok": "ok", "intent_money": "50000" });
        month.say((25, minute), told("intent_paid", 90, facts), &[("customer", customer)]);
        let facts = json!({
            "unit": "95-1-0801", "buyer_id_hash": "a".repeat(64), "price_agreed": price.to_string(),
        });
        month.say((25, minute + 1), told("unit_subscribed", 90, facts), &[("customer", customer)]);
        let down = price * 3 / 10;
        let facts =
            json!({ "down_paid": down.to_string(), "contract_no": format!("N{lead}"), "loan_bank": "中行" });
        let win = json!({ "do": "win", "product": product, "price": price, "paid": down, "set": facts });
        month.say((25, minute + 2), win, &[("deal", &task["deal"]["id"])]);
    }
    for (_, task) in deals {
        let lost = json!({ "do": "lose", "reason": "lost_price" });
        month.say((25, 1_150), lost, &[("deal", &task["deal"]["id"])]);
    }
    month.work((25, 1_440));
    let now = "2026-11-30T20:00:00+08:00";
    let names = ["lead", "invited", "visited", "intent", "subscribed", "signed"];
    assert_eq!(month.funnel(now), stages(&names, &[24, 24, 24, 3, 3, 3]));
    let figures = ["receptions", "orders_won", "signed_amount"];
    assert_eq!(figures.map(|metric| month.figure(now, metric)), [24, 3, 802_000_000]);
    // 163 of 214 tasks: one thing is sent to each in an evening, so that some goes out late
    assert_eq!(scored(&month.statement(now), "on_time_rate"), 7_617);
    // 60 + 20 x 0.7617 + 20 x 0.9883 = 95
    month.score(now, "98.83%");
    let statement = month.statement(now);
    // 8,020,000 x 0.20 % = 16,040; 24 x 20; 1,200 x 95 %
    let expected = [
        ("base", "", 400_000, 400_000),
        ("process", "receptions", 48_000, 48_000),
        ("order", "signed_amount", 1_604_000, 802_000),
        ("performance", "", 114_000, 114_000),
    ];
    assert_eq!(lines(&statement), expected);
    assert_eq!((&statement["paid"], &statement["held"]), (&json!(1_364_000), &json!(802_000)));
    let waits = json!([{ "on": "fully_paid", "known": true, "amount": 802_000 }]);
    assert_eq!(statement["lines"][2]["waits"], waits);
    // the rest of one price comes in: half of its 4,760 is free, in the month it was earned in
    let order = id(&statement["lines"][2]["orders"][0]["order"]).to_owned();
    let later = "2026-12-10T10:00:00+08:00";
    month.program.json(later, &["deal", "pay", &order, "--amount", "1666000", "--user", "lin"]);
    assert_eq!(month.statement(later)["held"], json!(802_000 - 238_000));
    month.program.verified();
}

/// Homes, an inviter: 160 calls on 26 days, 25 of them valid each day, 36 visits.
#[test]
fn the_inviters_work_is_paid_and_a_share_of_what_the_visit_led_to() {
    let mut month = Month::begin("home-yunqi", ("lin", "inviter"), &[WEDNESDAY]);
    let early = "2026-10-30T20:01:00+08:00";
    let colleague = ["user", "add", "zhou", "--role", "rep", "--team", "One", "--rank", "consultant"];
    month.program.json(early, &colleague);
    month.import((0, 570), 0..160);
    let calls = month.today((0, 575), &["calls"]);
    let customer = |lead: usize| calls[&lead]["customer"]["id"].clone();
    // what is valid: three calls each with 36 who come, the others with whoever is not looking
    let facts = json!({ "purpose": "first_home", "budget": "2400000", "rooms": "3" });
    let mut jobs: Vec<(usize, Value)> = Vec::new();
    for lead in 0..36 {
        jobs.push((lead, told("interested", 90, facts.clone())));
        jobs.push((lead, call("friend_added", 90)));
        // three of them in a day of 25, so the visit is two days on at the latest
        let day = (lead * 3 + 2) / 25 + 1;
        jobs.push((lead, json!({ "outcome": "visit_agreed", "seconds": 90, "node_at": month.at(day, 840) })));
    }
    jobs.extend((108..650).map(|n| (36 + n % 124, call("no_interest", 90))));
    let mut jobs = jobs.into_iter();
    for day in 0..26 {
        for n in 0..160_u32 {
            // a call every four minutes from half past nine, the valid ones first
            let minute = 576 + n * 4;
            let (lead, line) = match n {
                0..25 => jobs.next().unwrap(),
                _ => (36 + (n as usize + day * 7) % 124, call("wrong_number", 0)),
            };
            month.say((day, minute), line, &[("customer", &customer(lead))]);
        }
        month.work((day, 841));
        for (place, (_, task)) in (0_u32..).zip(month.today((day, 841), &["nodes", "held"])) {
            if task["lane"] == "node" {
                let facts = json!({ "came_with": "太太", "liked_unit": "95-1-0801", "main_doubt": "price" });
                month.say((day, 843 + place), told("attended", 0, facts), &[("task", &task["id"])]);
            }
        }
        month.work((day, 1_440));
    }
    let now = "2026-11-30T20:31:00+08:00";
    let figures = ["calls_dialed", "calls_valid", "nodes_attended"];
    assert_eq!(figures.map(|metric| month.figure(now, metric)), [4_160, 650, 36]);
    // 650 x 0.80, 36 x 60
    let expected = [
        ("base", "", 350_000, 350_000),
        ("process", "calls_valid", 52_000, 52_000),
        ("process", "nodes_attended", 216_000, 216_000),
        ("order", "signed_amount", 0, 0),
    ];
    let statement = month.statement(now);
    assert_eq!(lines(&statement)[..4], expected);
    // a rank without a target of the main metric is held against the first it has: 36 visits of 36
    assert_eq!(scored(&statement, "attainment"), 10_000);
    // a visitor is handed over and buys: 3 basis points of 2,380,000 go to who brought the visit, half when 30 % are paid
    let first = id(&customer(0)).to_owned();
    month.program.json(now, &["customer", "assign", &first, "--to", "zhou", "--user", "boss"]);
    let card = month.program.json(now, &["customer", "show", &first, "--user", "zhou"]);
    let deal = card["deals"][0]["id"].clone();
    let zhou = |line: Value| {
        let mut line = line;
        (line["user"], line["now"]) = (json!("zhou"), json!(now));
        line
    };
    let answers = month.program.lines(&[
        zhou(json!({ "customer": first, "outcome": "intent_paid", "seconds": 90,
            "set": { "decider_met": "yes", "loan_ok": "ok", "intent_money": "50000" } })),
        zhou(json!({ "customer": first, "outcome": "unit_subscribed", "seconds": 90,
            "set": { "unit": "95-1-0801", "buyer_id_hash": "a".repeat(64), "price_agreed": "2380000" } })),
        zhou(json!({ "do": "win", "deal": deal, "product": "u95", "price": 2_380_000, "paid": 714_000,
            "set": { "down_paid": "714000", "contract_no": "N1", "loan_bank": "中行" } })),
    ]);
    assert!(answers.iter().all(|answer| answer["error"].is_null()), "{answers:?}");
    let after = "2026-11-30T20:32:00+08:00";
    assert_eq!(lines(&month.statement(after))[3], ("order", "signed_amount", 71_400, 35_700));
    month.program.verified();
}

/// Insurance, an agent: 160 calls on 21 days, 24 of them valid each day, 32 plans explained, nine policies in force.
#[test]
fn the_agents_month_comes_to_9525_60_and_2457_60_are_held_until_the_second_premium() {
    let mut month = Month::begin("life-anqiao", ("he", "agent"), &[SATURDAY, SUNDAY]);
    month.import((0, 540), 0..160);
    let calls = month.today((0, 541), &["calls"]);
    let customer = |lead: usize| calls[&lead]["customer"]["id"].clone();
    let talk = json!({ "consent": "yes", "best_time": "19:00-21:00" });
    let mut jobs: Vec<(usize, Value)> = Vec::new();
    jobs.extend((0..32).map(|lead| (lead, told("agreed_to_talk", 95, talk.clone()))));
    let needs = json!({ "breadwinner": "self", "cover_now": "none", "budget_year": "7000" });
    jobs.extend((0..32).map(|lead| (lead, told("friend_added", 95, needs.clone()))));
    // explained on the fifth and the sixth day, as these calls stand in the row of 24 a day
    let planned = |lead: usize| month.at((96 + lead) / 24, 541);
    jobs.extend((0..32).map(|lead| {
        (lead, json!({ "outcome": "plan_call_agreed", "seconds": 95, "node_at": planned(lead) }))
    }));
    let plan = json!({ "plan_id": "ci20", "told_to": "policyholder", "main_doubt": "price" });
    jobs.extend((0..32).map(|lead| (lead, told("plan_explained", 95, plan.clone()))));
    let form = json!({ "health_done": "yes", "insured_who": "本人", "pay_account": "6222" });
    jobs.extend((0..11).map(|lead| (lead, told("applied_now", 95, form.clone()))));
    jobs.extend((139..504).map(|n| (32 + n % 128, call("no_interest", 95))));
    let mut jobs = jobs.into_iter();
    for day in 0..21 {
        for n in 0..160_usize {
            let minute = 542 + u32::try_from(n).unwrap() * 3;
            let (lead, line) = match n {
                0..24 => jobs.next().unwrap(),
                // everybody is spoken to on the first day, the others too briefly to count
                _ if day == 0 && n < 32 => (n, told("agreed_to_talk", 20, talk.clone())),
                _ if day == 0 => (n, call("no_interest", 20)),
                _ => (32 + (n + day * 7) % 128, call("wrong_number", 0)),
            };
            month.say((day, minute), line, &[("customer", &customer(lead))]);
        }
        month.work((day, 1_110));
    }
    assert!(jobs.next().is_none());
    let pens = ["calls", "materials", "coupons", "nodes", "care", "held"];
    for (lead, task) in month.today((20, 1_110), &pens) {
        let deal = &task["deal"]["id"];
        if lead < 9 {
            let facts = json!({
                "policy_no": format!("P{lead}"), "callback_done": "yes", "cooling_end": "2026-11-25",
            });
            let win = json!({ "do": "win", "product": "ci20", "price": 6_800, "set": facts });
            month.say((20, 1_111), win, &[("deal", deal)]);
        } else if lead < 158 {
            // two are left open: what is due of them was not done
            month.say((20, 1_112), json!({ "do": "lose", "reason": "lost_cooling" }), &[("deal", deal)]);
        }
    }
    month.work((20, 1_440));
    let now = "2026-11-30T20:00:00+08:00";
    let names = ["listed", "consented", "needs", "plan_told", "applied", "in_force"];
    assert_eq!(month.funnel(now), stages(&names, &[160, 32, 32, 32, 11, 9]));
    let figures = ["calls_dialed", "calls_valid", "nodes_attended", "first_year_premium"];
    assert_eq!(figures.map(|metric| month.figure(now, metric)), [3_360, 504, 32, 6_120_000]);
    // 512 of 514 tasks on their day: 99.61 %
    assert_eq!(scored(&month.statement(now), "on_time_rate"), 9_961);
    // 50 + 35 x 0.7731 + 15 x 0.9961 = 92
    month.score(now, "77.31%");
    let statement = month.statement(now);
    // 504 x 0.80, 32 x 8, 60,000 at 10 % and 1,200 at 12 %, of which 60 % now; 1,500 x 92 %
    let expected = [
        ("base", "", 380_000, 380_000),
        ("process", "calls_valid", 40_320, 40_320),
        ("process", "nodes_attended", 25_600, 25_600),
        ("order", "first_year_premium", 614_400, 368_640),
        ("performance", "", 138_000, 138_000),
    ];
    assert_eq!(lines(&statement), expected);
    assert_eq!((&statement["paid"], &statement["held"]), (&json!(952_560), &json!(245_760)));
    let waits = json!([{ "on": "second_premium_paid", "known": true, "amount": 245_760 }]);
    assert_eq!(statement["lines"][3]["waits"], waits);
    month.program.verified();
}
