//! A small school in Shanghai, closed on Mondays: 10:00 to 20:30, quiet from 20:30 to 10:00.

use std::collections::BTreeMap;
use std::time::Duration;

use corral::domain::contact::ContactRules;
use corral::domain::lists::{
    DoneKind, Entity, EventKind, Fact, FieldType, GateKind, Inducement, Lane, Metric, NextKind, Op,
    OutcomeFlag, ScriptMode, Severity, Shape, Tier,
};
use corral::domain::time::{Workdays, Workweek, Zone};
use corral::playbook::Playbook;
use corral::playbook::model::{
    Bilingual, Channel, Clause, ClauseValue, Done, EventSpec, Field, Gate, Material, MetricRules, Next, Node,
    Outcome, PersonRole, Pipeline, Pool, Reasons, Script, Skip, Sop, Stage, Step, TaskRule, Warning, When,
};

use super::fixture::{clock, days, minutes};

pub fn clause(fact: Fact, op: Op, value: ClauseValue) -> Clause {
    Clause { fact, op, value }
}

fn event(kind: EventKind) -> EventSpec {
    EventSpec { kind, name: None }
}

fn stage(code: &str, max_days: Option<u32>, required: &[&str]) -> Stage {
    Stage {
        code: code.into(),
        name: Bilingual::default(),
        required: required.iter().map(|code| (*code).into()).collect(),
        gate: None,
        max_days,
        key_node: false,
        closes_won: false,
    }
}

fn gate(kind: GateKind) -> Gate {
    Gate { kind, channel: None, role_any: Vec::new(), verified: false, node: None, at_least_bp: 1 }
}

fn field(code: &str, on: Entity, kind: FieldType) -> Field {
    Field {
        code: code.into(),
        name: Bilingual::default(),
        on,
        kind,
        options: Vec::new(),
        tier: Tier::Must,
        used_by: Vec::new(),
    }
}

fn pipeline(code: &str, shape: Shape, open_on: EventKind, stages: Vec<Stage>) -> Pipeline {
    Pipeline {
        code: code.into(),
        name: Bilingual::default(),
        shape,
        owner_role: "seller".to_owned(),
        open_on: vec![event(open_on)],
        open_where: Vec::new(),
        max_open: 1,
        followed_by: None,
        amount_metric: None,
        process: code.to_owned(),
        tag: None,
        counts: Vec::new(),
        stages,
    }
}

fn next(kind: NextKind, after: &[Duration]) -> Next {
    Next {
        kind,
        after: after.to_vec(),
        at: None,
        max_per_day: None,
        then: None,
        script: None,
        material: None,
        coupon: None,
    }
}

fn outcome(code: &str, flags: &[OutcomeFlag], next: Next) -> Outcome {
    Outcome {
        code: code.into(),
        lanes: vec![Lane::Call],
        key: '1',
        name: Bilingual::default(),
        flags: flags.to_vec(),
        needs: Vec::new(),
        stage: None,
        node: None,
        next,
    }
}

fn step(day: i64, when: When, lane: Lane, done: DoneKind) -> Step {
    let message = matches!(lane, Lane::Material | Lane::Coupon);
    Step {
        day,
        when,
        lane,
        channel: if message { "chat" } else { "phone" }.into(),
        script: None,
        material: (lane == Lane::Material).then(|| "booklet".into()),
        coupon: (lane == Lane::Coupon).then(|| "minus50".into()),
        done_when: Done { kind: done, name: None },
        skip_when: None,
    }
}

fn sop(code: &str, pipeline: &str, anchor: EventSpec, steps: Vec<Step>) -> Sop {
    Sop { code: code.into(), name: Bilingual::default(), pipeline: pipeline.into(), anchor, steps }
}

fn rule(code: &str, on: EventKind, within: Duration, clauses: Vec<Clause>) -> TaskRule {
    TaskRule {
        code: code.into(),
        name: Bilingual::default(),
        on: event(on),
        clauses,
        lane: Lane::Call,
        within,
        priority: 1,
        script: None,
        material: None,
        coupon: None,
    }
}

fn channel(code: &str, contact: Option<&str>) -> Channel {
    Channel {
        code: code.into(),
        name: Bilingual::default(),
        is_call: code == "phone",
        contact: contact.map(Into::into),
    }
}

fn role(code: &str, contactable: bool) -> PersonRole {
    PersonRole { code: code.into(), name: Bilingual::default(), contactable, address: None }
}

pub fn playbook() -> Playbook {
    let mut sale = pipeline(
        "sale",
        Shape::Full,
        EventKind::LeadAssigned,
        vec![
            stage("fresh", Some(1), &[]),
            stage("talked", None, &["age", "wish"]),
            stage("invited", None, &["lesson_at"]),
            stage("tried", None, &[]),
            stage("choosing", Some(7), &["decide_by"]),
            stage("informed", None, &["rights_told", "risk_told"]),
            stage("settled", None, &["free_until"]),
            stage("paid", None, &[]),
        ],
    );
    sale.followed_by = Some("again".into());
    sale.amount_metric = Some(Metric::RevenueNew);
    sale.stages[1].gate = Some(Gate {
        kind: GateKind::HasContact,
        channel: Some("chat".into()),
        role_any: vec!["mother".into()],
        verified: true,
        node: None,
        at_least_bp: 0,
    });
    sale.stages[3].gate = Some(gate(GateKind::NodeAttended));
    sale.stages[4].gate = Some(gate(GateKind::RulingSettled));
    sale.stages[5].gate = Some(gate(GateKind::DisclosureDone));
    sale.stages[6].gate = Some(gate(GateKind::CoolingOffPassed));
    sale.stages[7].gate = Some(gate(GateKind::PaymentReceived));
    sale.stages[7].closes_won = true;
    let mut again = pipeline(
        "again",
        Shape::Brief,
        EventKind::LessonsLeftChanged,
        vec![stage("running_out", Some(35), &["renew_on"])],
    );
    again.open_where = vec![clause(Fact::LessonsLeft, Op::Le, ClauseValue::Number(20))];
    let mut friends = pipeline("friends", Shape::Tag, EventKind::Manual, Vec::new());
    friends.tag = Some("brought".into());
    friends.counts = vec![Metric::ReferralsReceived, Metric::ReferralsWon];
    let mut cover =
        pipeline("cover", Shape::Full, EventKind::CallConnected, vec![stage("listed", None, &[])]);
    cover.open_on.push(event(EventKind::VisitRegistered));

    let mut no_answer =
        outcome("no_answer", &[], next(NextKind::Retry, &[minutes(30), minutes(120), days(1), days(2)]));
    no_answer.next.max_per_day = Some(3);
    no_answer.next.then = Some("cold".into());
    let connected = &[OutcomeFlag::Connected, OutcomeFlag::Contact];
    let mut promised = outcome("promised", connected, next(NextKind::Callback, &[]));
    promised.flags.push(OutcomeFlag::Callback);
    let mut send = outcome("send", connected, next(NextKind::Material, &[]));
    send.next.material = Some("booklet".into());
    let with = |flag: OutcomeFlag| [OutcomeFlag::Connected, OutcomeFlag::Contact, flag];

    let invite = step(1, When::At(clock("19:30")), Lane::Call, DoneKind::NodeBooked);
    let mut gift = step(4, When::At(clock("18:30")), Lane::Coupon, DoneKind::CouponPushed);
    gift.skip_when = Some(Skip::NodeBooked);
    let mut letter = step(0, When::Within(minutes(120)), Lane::Material, DoneKind::MaterialSent);
    letter.skip_when = Some(Skip::NoWechat);
    let mut greet = step(0, When::Within(minutes(10)), Lane::Call, DoneKind::CallConnected);
    greet.script = Some("hello".into());

    Playbook {
        access: corral::domain::access::Access::default(),
        id: "school".to_owned(),
        name: Bilingual::default(),
        version: "1".to_owned(),
        currency: "CNY".to_owned(),
        zone: Zone("Asia/Shanghai".parse().unwrap()),
        region: "CN".to_owned(),
        workdays: Workdays([false, true, true, true, true, true, true]),
        week: Workweek([0, 100, 100, 100, 100, 100, 100]),
        ramp: Vec::new(),
        product_floors: Vec::new(),
        good_news: Vec::new(),
        reports: Vec::new(),
        rep_warnings: Vec::new(),
        desk: corral::playbook::model::Desk::default(),
        stock_take: corral::playbook::model::StockTake::default(),
        hours: (clock("10:00"), clock("20:30")),
        profile: BTreeMap::new(),
        retention: corral::playbook::model::Retention::default(),
        contact: ContactRules {
            quiet: Some((clock("20:30"), clock("10:00"))),
            max_calls_per_day: Some(3),
            min_between_tries: Some(minutes(30)),
            min_between_calls: Some(minutes(240)),
            dnc_months: 6,
            ..ContactRules::default()
        },
        channels: vec![
            channel("phone", Some("phone")),
            channel("chat", Some("chat")),
            channel("lesson", None),
        ],
        products: Vec::new(),
        roles: vec![role("mother", true), role("decider", true), role("child", false)],
        fields: vec![
            field("age", Entity::Person, FieldType::Int),
            field("wish", Entity::Customer, FieldType::Text),
            field("lesson_at", Entity::Opportunity, FieldType::DateTime),
            field("decide_by", Entity::Opportunity, FieldType::Date),
            field("renew_on", Entity::Opportunity, FieldType::Date),
            field("rights_told", Entity::Opportunity, FieldType::Bool),
            field("risk_told", Entity::Opportunity, FieldType::Bool),
            field("free_until", Entity::Opportunity, FieldType::Date),
            field("lessons_left", Entity::Customer, FieldType::Int),
            field("account_ok", Entity::Opportunity, FieldType::Bool),
        ],
        pipelines: vec![sale, again, friends, cover],
        stage_map: Vec::new(),
        nodes: vec![Node {
            code: "trial".into(),
            name: Bilingual::default(),
            field: Some("lesson_at".into()),
            pipeline: Some("sale".into()),
            missed_after: minutes(60),
            channel: "lesson".into(),
            booked_stage: Some("invited".into()),
            attended_stage: Some("tried".into()),
        }],
        outcomes: vec![
            no_answer,
            outcome("talked", connected, next(NextKind::Follow, &[days(2)])),
            promised,
            outcome("cold", connected, next(NextKind::Cool, &[days(30)])),
            send,
            outcome("booked", &with(OutcomeFlag::NodeBooked), next(NextKind::Sop, &[])),
            outcome("never", &with(OutcomeFlag::Dnc), next(NextKind::None, &[])),
            outcome("sent", &[OutcomeFlag::Sent], next(NextKind::None, &[])),
        ],
        reasons: Reasons::default(),
        materials: vec![Material {
            code: "booklet".into(),
            name: Bilingual::default(),
            text: Bilingual::default(),
            inducement: Inducement::Professional,
            again_days: 30,
        }],
        coupons: Vec::new(),
        prices: Vec::new(),
        sops: vec![
            sop(
                "first",
                "sale",
                event(EventKind::LeadAssigned),
                vec![
                    greet,
                    letter,
                    invite.clone(),
                    { Step { day: 3, when: When::At(clock("12:20")), ..invite } },
                    gift,
                ],
            ),
            sop(
                "around",
                "sale",
                event(EventKind::NodeTime),
                vec![
                    step(-1, When::At(clock("18:30")), Lane::Material, DoneKind::MaterialSent),
                    step(0, When::Before(minutes(120)), Lane::Call, DoneKind::CallConnected),
                    step(0, When::After(minutes(90)), Lane::Call, DoneKind::CallConnected),
                ],
            ),
            sop(
                "choose",
                "sale",
                EventSpec { kind: EventKind::StageEntered, name: Some("choosing".to_owned()) },
                vec![step(2, When::At(clock("19:00")), Lane::Call, DoneKind::DecisionKnown)],
            ),
            sop(
                "welcome",
                "again",
                event(EventKind::OrderWon),
                vec![step(7, When::At(clock("18:00")), Lane::Care, DoneKind::CallConnected)],
            ),
        ],
        scripts: vec![Script {
            code: "hello".into(),
            name: Bilingual::default(),
            stage: Some("fresh".into()),
            role: Some("decider".into()),
            channel: "phone".into(),
            mode: ScriptMode::Semi,
            lines: Vec::new(),
        }],
        questions: Vec::new(),
        task_rules: vec![
            rule("missed", EventKind::NodeMissed, minutes(120), Vec::new()),
            rule("reply", EventKind::CustomerReplied, minutes(30), Vec::new()),
            rule(
                "decide",
                EventKind::Daily,
                minutes(480),
                vec![clause(Fact::DaysToDecideBy, Op::Le, ClauseValue::Number(0))],
            ),
        ],
        warnings: vec![
            Warning {
                code: "unconfirmed".into(),
                name: Bilingual::default(),
                clauses: vec![
                    clause(Fact::HoursToNode, Op::Le, ClauseValue::Number(3)),
                    clause(Fact::NodeConfirmed, Op::Eq, ClauseValue::Flag(false)),
                ],
                severity: Severity::Red,
                lane: Lane::Call,
                lead_after: None,
                manager_after: None,
            },
            Warning {
                code: "no_decider".into(),
                name: Bilingual::default(),
                clauses: vec![
                    clause(Fact::Stage, Op::Eq, ClauseValue::Name("choosing".to_owned())),
                    clause(Fact::DeciderTouched, Op::Eq, ClauseValue::Flag(false)),
                ],
                severity: Severity::Amber,
                lane: Lane::Care,
                lead_after: None,
                manager_after: None,
            },
        ],
        ranks: Vec::new(),
        targets: Vec::new(),
        standards: Vec::new(),
        metrics: MetricRules {
            valid_seconds: 60,
            valid_evidence: vec![OutcomeFlag::NodeBooked],
            reception_minutes: 20,
            new_customer_gap_days: 180,
            conversion_window_days: 30,
            old_customer_days: 180,
            self_sufficient_bp: 8_000,
            main: Metric::RevenueNew,
        },
        boards: Vec::new(),
        pay: None,
        pool: Pool::default(),
    }
}
