//! A small method made by hand: one of everything, short enough to keep in the head.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use corral::domain::code::{OutcomeCode, PipelineCode, StageCode};
use corral::domain::lists::{
    Entity, EventKind, FieldType, Inducement, Lane, Metric, NextKind, OutcomeFlag, Period, Shape, Tier,
};
use corral::domain::money::Money;
use corral::domain::time::{Clock, Workdays, Zone};
use corral::playbook::Playbook;
use corral::playbook::model::{
    Bilingual, Channel, ContactRules, Coupon, EventSpec, Field, Material, MetricRules, Next, Node, Outcome,
    PersonRole, Pipeline, Pool, Product, Rank, Reason, Reasons, Stage, TargetRule, TargetScope,
};

fn both(text: &str) -> Bilingual {
    Bilingual { zh: text.to_owned(), en: text.to_owned() }
}

fn next(kind: NextKind) -> Next {
    Next {
        kind,
        after: Vec::new(),
        at: None,
        max_per_day: None,
        then: None,
        script: None,
        material: None,
        coupon: None,
    }
}

fn outcome(code: &str, key: char, lane: Lane, flags: &[OutcomeFlag], next: Next) -> Outcome {
    Outcome {
        code: OutcomeCode::from(code),
        lanes: vec![lane],
        key,
        name: both(code),
        flags: flags.to_vec(),
        needs: Vec::new(),
        stage: None,
        node: None,
        next,
    }
}

fn stage(code: &str) -> Stage {
    Stage {
        code: StageCode::from(code),
        name: both(code),
        required: Vec::new(),
        gate: None,
        max_days: None,
        key_node: false,
        closes_won: false,
    }
}

fn pipeline(code: &str, shape: Shape, stages: Vec<Stage>) -> Pipeline {
    Pipeline {
        code: PipelineCode::from(code),
        name: both(code),
        shape,
        owner_role: "seller".to_owned(),
        open_on: Vec::new(),
        open_where: Vec::new(),
        max_open: 1,
        followed_by: None,
        amount_metric: Some(Metric::RevenueNew),
        process: "new".to_owned(),
        tag: None,
        counts: Vec::new(),
        stages,
    }
}

/// Pipeline `main` (new → warm → won), brief `extra`, outcomes `talked t`, `silent n`, `later l`, `never x`, `sold s`
/// (calls), `sent e` (materials), `pushed p` (coupons), quiet from 21:00 to 09:00.
pub fn playbook() -> Playbook {
    use OutcomeFlag::{
        Callback, Completed, Connected, Contact, Decision, Dnc, NotInterested, Pushed, Sale, Sent,
    };
    let clock = |h| Clock::new(h, 0).unwrap();
    let hour = Duration::from_secs(3_600);
    let mut main = pipeline(
        "main",
        Shape::Full,
        vec![stage("new"), stage("warm"), Stage { closes_won: true, ..stage("won") }],
    );
    main.open_on = vec![EventSpec { kind: EventKind::LeadCreated, name: None }];
    let mut talked = outcome(
        "talked",
        't',
        Lane::Call,
        &[Connected, Contact],
        Next { after: vec![24 * hour], at: Some(clock(10)), ..next(NextKind::Follow) },
    );
    talked.stage = Some((PipelineCode::from("main"), StageCode::from("warm")));
    Playbook {
        stage_map: Vec::new(),
        id: "small".to_owned(),
        name: both("Small"),
        version: "1".to_owned(),
        currency: "CNY".to_owned(),
        zone: Zone("Asia/Shanghai".parse().unwrap()),
        region: "CN".to_owned(),
        workdays: Workdays([true; 7]),
        hours: (clock(9), clock(21)),
        profile: BTreeMap::new(),
        contact: ContactRules {
            quiet: Some((clock(21), clock(9))),
            max_touches_per_day: Some(6),
            max_calls_per_day: Some(3),
            max_commercial_per_day: Some(1),
            max_touches_per_week: None,
            max_calls_per_month: None,
            min_between_calls: None,
            min_between_tries: None,
            dnc_months: 12,
            forbidden: Vec::new(),
        },
        channels: vec![
            Channel {
                code: "phone".into(),
                name: both("phone"),
                is_call: true,
                contact: Some("phone".into()),
            },
            Channel {
                code: "wechat".into(),
                name: both("wechat"),
                is_call: false,
                contact: Some("wechat".into()),
            },
        ],
        products: vec![Product {
            code: "course".into(),
            name: both("course"),
            price: Money::whole(1_000),
            floor: Money::whole(800),
        }],
        roles: vec![PersonRole {
            code: "buyer".into(),
            name: both("buyer"),
            contactable: true,
            address: None,
        }],
        fields: vec![Field {
            code: "need".into(),
            name: both("need"),
            on: Entity::Customer,
            kind: FieldType::Text,
            options: Vec::new(),
            tier: Tier::Useful,
            used_by: Vec::new(),
        }],
        pipelines: vec![main, pipeline("extra", Shape::Brief, vec![stage("open")])],
        nodes: vec![Node {
            code: "visit".into(),
            name: both("visit"),
            field: None,
            pipeline: Some("main".into()),
            missed_after: hour,
            channel: "phone".into(),
            booked_stage: None,
            attended_stage: None,
        }],
        outcomes: vec![
            talked,
            outcome(
                "silent",
                'n',
                Lane::Call,
                &[],
                Next { after: vec![hour, 24 * hour], ..next(NextKind::Retry) },
            ),
            outcome("later", 'l', Lane::Call, &[Connected, Contact, Callback], next(NextKind::Callback)),
            outcome(
                "never",
                'x',
                Lane::Call,
                &[Connected, Contact, NotInterested, Dnc],
                next(NextKind::None),
            ),
            outcome("sold", 's', Lane::Call, &[Connected, Contact, Decision, Sale], next(NextKind::None)),
            outcome("sent", 'e', Lane::Material, &[Sent, Completed], next(NextKind::None)),
            outcome("pushed", 'p', Lane::Coupon, &[Pushed, Completed], next(NextKind::None)),
        ],
        reasons: Reasons {
            lost: vec![Reason { code: "price".into(), key: 'p', name: both("price") }],
            skip: vec![Reason { code: "busy".into(), key: 'b', name: both("busy") }],
        },
        materials: vec![Material {
            code: "leaflet".into(),
            name: both("leaflet"),
            text: both("Hello {name}"),
            inducement: Inducement::Interest,
            again_days: 30,
        }],
        coupons: vec![Coupon {
            code: "fifty".into(),
            name: both("fifty"),
            text: both("{coupon_code} until {coupon_until}"),
            inducement: Inducement::Interest,
            face: Money::whole(50),
            discount_bp: None,
            min_order: Money::whole(500),
            valid_days: 7,
            quota_month: 2,
            per_customer: 1,
            stages: Vec::new(),
            pipelines: Vec::new(),
        }],
        prices: Vec::new(),
        sops: Vec::new(),
        scripts: Vec::new(),
        questions: Vec::new(),
        task_rules: Vec::new(),
        warnings: Vec::new(),
        ranks: vec![
            Rank { code: "junior".into(), name: both("junior"), base: Money::whole(3_000) },
            Rank { code: "senior".into(), name: both("senior"), base: Money::whole(5_000) },
        ],
        targets: vec![TargetRule {
            period: Period::Month,
            scope: TargetScope::Rank,
            metric: Metric::RevenueNew,
            values: BTreeMap::from([("junior".to_owned(), 1_000_000), ("senior".to_owned(), 2_000_000)]),
        }],
        standards: Vec::new(),
        metrics: MetricRules {
            valid_seconds: 30,
            valid_evidence: Vec::new(),
            reception_minutes: 10,
            new_customer_gap_days: 180,
            conversion_window_days: 90,
            main: Metric::RevenueNew,
        },
        boards: Vec::new(),
        pool: Pool::default(),
    }
}

/// Puts the playbook's row into the file, past the reader.
pub fn store(path: &Path, playbook: &Playbook) {
    rusqlite::Connection::open(path)
        .unwrap()
        .execute(
            "INSERT INTO playbook_version (playbook, number, version, hash, body, at, by_user) VALUES (?1, 1, ?2, '', '', 0, 1)",
            [&playbook.id, &playbook.version],
        )
        .unwrap();
}
