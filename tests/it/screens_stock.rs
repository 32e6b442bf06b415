//! The stock-take on screen: how it looks at every size, what is refused, what waits.

use corral::domain::id::*;
use corral::domain::lists::*;
use corral::domain::money::Money;
use corral::domain::report::share::Share;
use corral::domain::stock::Rate;
use corral::domain::time::Day;
use corral::screen::desk::Desk as Team;
use corral::store::change::{Change, DeskChange};
use corral::store::query::stock::*;
use corral::store::query::{DeskAnswer, DeskAsk};
use corral::text::Lang;

use crate::screens_desk::desk::{Desk, minutes};

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 36), (200, 60)];
const DAY: i64 = 24 * 60;

fn row(n: i64) -> StockRow {
    const REPS: [&str; 3] = ["王芳", "赵磊", "Anna Schmidt"];
    const STAGES: [&str; 4] = ["assigned", "connected", "trial_done", "decision"];
    let place = usize::try_from(n).unwrap();
    let news = match n {
        0 => vec![StockNews::Stage, StockNews::Contact],
        1 => vec![StockNews::New],
        2 => vec![StockNews::Value],
        _ => Vec::new(),
    };
    let decided = (n == 0).then(|| Decided {
        id: StockRowId(9),
        decision: StockDecision::Advance,
        to_stage: Some("connected".to_owned()),
        reason: None,
        words: String::new(),
        task: None,
        at: minutes(-3),
        by: (UserId(9), "孙组长".to_owned()),
        void_at: None,
    });
    StockRow {
        deal: DealId(n + 1),
        customer: (CustomerId(n + 1), format!("{n}号家庭")),
        owner: (UserId(n / 4 + 7), REPS[place / 4 % REPS.len()].to_owned()),
        pipeline: "new".to_owned(),
        stage: STAGES[place % STAGES.len()].to_owned(),
        stage_since: minutes(-DAY * (3 + n)),
        opened_at: minutes(-DAY * (40 - n)),
        value: Money::whole(4_680 - 100 * n),
        last_at: (n % 5 != 4).then(|| minutes(-DAY * (2 + n))),
        next_at: (n % 3 != 2).then(|| minutes(DAY * (n - 4))),
        news: news.clone(),
        last: (n > 2).then_some(StockDecision::Keep),
        decided,
    }
}

fn saved() -> StockSaved {
    let rate = |stage: &str, deals, value, part, of| Rate {
        pipeline: "new".to_owned(),
        stage: stage.to_owned(),
        deals,
        value: Money::whole(value),
        won: Share::of(part, of),
    };
    StockSaved {
        id: StockTakeId(3),
        team: (TeamId(1), "一队".to_owned()),
        older_than: 14,
        began_at: minutes(-60),
        finished: None,
        left_over: 2,
        rows: Vec::new(),
        decided: vec![(StockDecision::Advance, 5), (StockDecision::Coach, 3), (StockDecision::Keep, 2)],
        forecast: Forecast {
            month_end: Day(20_787),
            months: 3,
            rates: vec![
                rate("assigned", 40, 187_200, 6, 120),
                rate("trial_done", 12, 56_160, 20, 48),
                rate("decision", 3, 14_040, 9, 21),
            ],
        },
    }
}

/// What a stock-take of twelve rows answers.
pub fn answer(ask: &DeskAsk) -> DeskAnswer {
    match ask {
        DeskAsk::Stock { .. } => DeskAnswer::Stock(Box::new(StockPage {
            team: (TeamId(1), "一队".to_owned()),
            teams: vec![(TeamId(1), "一队".to_owned())],
            older_than: 14,
            open: Some((StockTakeId(3), minutes(-60), "孙组长".to_owned())),
            before: Some(minutes(-7 * DAY)),
            rows: (0..12).map(row).collect(),
            all: 12,
            left: 11,
            left_changed: 2,
            decided: vec![(StockDecision::Advance, 1)],
        })),
        _ => DeskAnswer::StockSaved(Box::new(saved())),
    }
}

fn stock(lang: Lang) -> Desk {
    let mut desk = Desk::as_role(Role::Lead, lang, Team::new());
    desk.play("s");
    desk
}

#[test]
fn the_stock_take_looks_as_it_was_looked_at() {
    for lang in Lang::ALL {
        for (name, keys) in [("rows", ""), ("drop", "d"), ("coach", "c"), ("end", "f")] {
            let mut desk = stock(lang);
            if !keys.is_empty() {
                desk.play(keys);
            }
            for (width, height) in SIZES {
                insta::assert_snapshot!(
                    format!("stock_{name}_{lang}_{width}x{height}"),
                    desk.screen(width, height)
                );
            }
        }
    }
}

#[test]
fn what_is_decided_is_one_key_and_the_next_row_is_selected() {
    let mut desk = stock(Lang::En);
    desk.play("space");
    let kept = |desk: &Desk| match desk.writes().pop() {
        Some(Change::Desk(DeskChange::TakeStock(wanted))) => (wanted.deal, wanted.decision),
        other => panic!("{other:?}"),
    };
    // the first row is decided already: it goes on where it was
    assert_eq!(kept(&desk), (DealId(2), StockDecision::Keep));
    desk.play("p");
    assert_eq!(kept(&desk), (DealId(3), StockDecision::Pool));
    assert!(desk.screen(120, 36).contains("9 left"), "{}", desk.screen(120, 36));
    desk.play("home space");
    assert_eq!(desk.writes().len(), 2, "what is decided is not decided again");
    assert!(desk.screen(120, 36).contains("decided already"), "{}", desk.screen(120, 36));
}
