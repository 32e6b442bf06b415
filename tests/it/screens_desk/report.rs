//! Reports made by hand: a rep's own that is open, a team's of which one is in, one late and one copied; a funnel with its deals.

use corral::domain::id::{CustomerId, DealId, ReportId, TaskId, TeamId, UserId};
use corral::domain::lists::{Contradicts, FunnelCell, Metric, Period, ReportState};
use corral::domain::report::funnel::Level;
use corral::domain::report::share::Share;
use corral::domain::report::{DueWindow, Execution, Figure, Figures, Find, Lines, Next, Promises, Stuck};
use corral::domain::time::Zone;
use corral::store::change::people::TargetOf;
use corral::store::query::report::*;

use super::desk::{ME, minutes, now};

fn zone() -> Zone {
    Zone("Asia/Shanghai".parse().unwrap())
}

fn figures(scale: i64) -> Figures {
    let figure = |metric, value, target| Figure { metric, value, target };
    Figures {
        metrics: vec![
            figure(Metric::RevenueNew, 468_000 * scale, Some(508_500 * scale)),
            figure(Metric::NodesAttended, 2 * scale, Some(3 * scale)),
            figure(Metric::CallsValid, 41 * scale, Some(40 * scale)),
            figure(Metric::WechatAdded, 6 * scale, Some(9 * scale)),
            figure(Metric::NodesBooked, 3 * scale, None),
        ],
        daily: vec![468_000 * scale],
        work: Execution { planned: 58, on_time: 41, late: 6, skipped: 2 },
        promises: Promises { kept: 7, broken: 1, open: 2 },
        finds: vec![
            Find { at: minutes(-90), kind: Contradicts::StageWithoutContact, customer: Some(CustomerId(3)) },
            Find { at: minutes(-30), kind: Contradicts::UnreachedTalk, customer: Some(CustomerId(5)) },
        ],
        found: 2,
        stuck: vec![Stuck {
            deal: DealId(31),
            customer: CustomerId(3),
            pipeline: "new".to_owned(),
            stage: "decision".to_owned(),
            days: 12,
            most: 7,
        }],
        next: Next { calls: 38, materials: 9, coupons: 3, others: 2, promised: 6 },
    }
}

/// A report of today, which is due this evening; `state` as it stands.
fn card(whose: TargetOf, name: &str, state: ReportState) -> ReportCard {
    let day = zone().day(now());
    let kept = matches!(state, ReportState::Handed | ReportState::Late);
    let own = whose == TargetOf::User(ME);
    ReportCard {
        id: kept.then_some(ReportId(9)),
        whose,
        name: name.to_owned(),
        period: Period::Day,
        days: (day, day),
        zone: zone(),
        currency: "CNY".to_owned(),
        window: DueWindow { opens: minutes(-60), due: minutes(530), closes: minutes(1_250) },
        state,
        handed: kept.then(|| (minutes(-20), name.to_owned())),
        kept: kept.then(|| minutes(-20)),
        lines: Lines::default(),
        figures: figures(1),
        now: None,
        names: vec![(CustomerId(3), "刘家".to_owned()), (CustomerId(5), "周家".to_owned())],
        comments: Vec::new(),
        may: ReportMay { hand_in: own && !kept, comment: kept },
    }
}

/// One's own, which may be handed in.
pub fn own() -> ReportCard {
    card(TargetOf::User(ME), "王芳", ReportState::Open)
}

/// A team of three.
pub fn team() -> TeamReport {
    let mut handed = card(TargetOf::User(UserId(8)), "赵磊", ReportState::Handed);
    handed.lines = Lines {
        why: "周末家长在外面，接通少".to_owned(),
        best: "刘家、周家今晚都签".to_owned(),
        help: "请组长陪一个试听".to_owned(),
    };
    handed.now = Some(Figures {
        metrics: handed
            .figures
            .metrics
            .iter()
            .map(|figure| Figure { value: figure.value + 1, ..*figure })
            .collect(),
        ..handed.figures.clone()
    });
    handed.comments = vec![ReportComment {
        by: "李强".to_owned(),
        at: minutes(-10),
        words: "先把刘家的试听定下来".to_owned(),
        tasks: vec![(TaskId(71), CustomerId(3), false)],
    }];
    let mut quiet = card(TargetOf::User(UserId(10)), "Anna Schmidt", ReportState::Open);
    quiet.figures.finds.clear();
    quiet.figures.found = 0;
    quiet.figures.stuck.clear();
    let mut whole = card(TargetOf::Team(TeamId(1)), "一队", ReportState::Open);
    whole.figures = figures(3);
    TeamReport {
        whole,
        people: vec![own(), handed, quiet],
        signals: vec![Signal {
            user: ME,
            name: "王芳".to_owned(),
            kind: SignalKind::Booked,
            own: Share::of(3, 41),
            median_bp: 2_800,
            since: None,
        }],
        teams: vec![(TeamId(1), "一队".to_owned())],
    }
}

fn stage(code: &str, (entered, passed, open, lost): (i64, i64, i64, i64), team: Share) -> FunnelStage {
    let mut level = Level::default();
    (level.entered, level.passed, level.open, level.lost) = (entered, passed, open, lost);
    level.reasons = vec![("lost_price".to_owned(), lost - 1), ("lost_time".to_owned(), 1)];
    level.days = Some(2);
    FunnelStage { stage: code.into(), level, team: Some(team), script: None, step: None }
}

/// One person's funnel of a month; the last stages have few cases.
pub fn funnel(ask: &FunnelAsk) -> FunnelSheet {
    let first = zone().day(now()).month();
    let mut stages = vec![
        stage("assigned", (64, 51, 7, 6), Share::of(410, 500)),
        stage("connected", (51, 38, 6, 7), Share::of(300, 410)),
        stage("trial_booked", (38, 29, 5, 4), Share::of(210, 300)),
        stage("decision", (21, 12, 6, 3), Share::of(99, 210)),
    ];
    let book = crate::screens_work::floor::playbook("edu-english");
    let script = book.scripts.iter().find(|script| script.stage.is_some()).unwrap();
    let of_script = script.stage.clone().unwrap();
    for stage in stages.iter_mut().filter(|stage| stage.stage == of_script) {
        stage.script = Some(script.code.as_str().to_owned());
    }
    FunnelSheet {
        whose: ask.whose,
        name: "王芳".to_owned(),
        pipeline: book.pipelines[0].code.clone(),
        pipelines: book.pipelines.iter().map(|pipeline| pipeline.code.clone()).collect(),
        days: (first.first(), first.last()),
        stages,
        won: Share::of(12, 64),
    }
}

/// Deals of a cell.
pub fn deals(ask: &FunnelRowsAsk) -> Vec<FunnelRow> {
    let count = if ask.cell == FunnelCell::Lost { 3 } else { 6 };
    let row = |n: i64| FunnelRow {
        deal: DealId(100 - n),
        customer: CustomerId(n),
        name: format!("刘家{n}"),
        owner: "王芳".to_owned(),
        stage: ask.stage.as_str().to_owned(),
        since: minutes(-n * 1_440),
        state: if ask.cell == FunnelCell::Lost { "lost" } else { "open" }.to_owned(),
        reason: if ask.cell == FunnelCell::Lost { "lost_price" } else { "" }.to_owned(),
    };
    (1..=count).map(row).collect()
}
