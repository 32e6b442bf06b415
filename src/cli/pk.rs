//! `corral pk`: matches between reps and teams.

mod shape;

use serde_json::json;

use crate::app::amount::amount;
use crate::cli::args::pk::{Pk, Propose};
use crate::cli::output::{self, Failure};
use crate::cli::people::team_named;
use crate::cli::session::{Local, near, strange};
use crate::cli::target::stored;
use crate::domain::id::{PkId, UserId};
use crate::domain::lists::Metric;
use crate::domain::pk::{End, Leg, Plan, Round, Side, Weight, Who, Window, instant};
use crate::domain::time::{Day, Zone};
use crate::runtime::matches;
use crate::store::StoreError;
use crate::store::change::{Change, PkChange};
use crate::store::query::{Answer, PkAnswer, PkAsk, PkCard, Query};

/// `corral pk`.
pub fn run(local: &mut Local, wanted: &Pk) -> Result<(), Failure> {
    match wanted {
        Pk::Propose(wanted) => propose(local, wanted),
        Pk::Accept { pk } => make(local, *pk, PkChange::Accept { pk: *pk }),
        Pk::Decline { pk, why } => make(local, *pk, PkChange::Decline { pk: *pk, reason: why.clone() }),
        Pk::Withdraw { pk, why } => make(local, *pk, PkChange::Withdraw { pk: *pk, reason: why.clone() }),
        Pk::List { ended, limit } => list(local, *ended, *limit),
        Pk::Show { pk } => {
            noticed(local)?;
            show(local, *pk)
        }
        Pk::Dispute { pk, why } => {
            noticed(local)?;
            make(local, *pk, PkChange::Dispute { pk: *pk, reason: why.clone() })
        }
        Pk::Settle { pk, verdict, winner, why } => {
            let change = PkChange::Settle { pk: *pk, verdict: *verdict, winner: *winner, words: why.clone() };
            make(local, *pk, change)
        }
        Pk::Decide => {
            let done = noticed(local)?;
            let rounds: Vec<_> = done.iter().map(|(pk, round)| json!({ "id": pk, "round": round })).collect();
            output::answer(local.json, &json!({ "decided": rounds }), || match done.as_slice() {
                [] => vec!["nothing was due".to_owned()],
                done => done.iter().map(|(pk, round)| format!("{pk}  round {round} decided")).collect(),
            })
        }
        Pk::Nemesis { login, none } => nemesis(local, login.as_deref(), *none),
    }
}

fn propose(local: &mut Local, wanted: &Propose) -> Result<(), Failure> {
    let me = local.me()?;
    let zone = me.playbook.zone;
    let today = (zone, zone.day(local.now()));
    let weights = match wanted.metrics.as_slice() {
        [] => vec![Weight { metric: me.playbook.metrics.main, points: 1, per: 1 }],
        metrics => metrics.iter().map(|metric| weight(metric)).collect::<Result<_, _>>()?,
    };
    let legs: Vec<Leg> =
        named(&wanted.legs, today)?.into_iter().map(|(name, window)| Leg { name, window }).collect();
    let whole = legs
        .first()
        .zip(legs.last())
        .map(|(first, last)| Window { from: first.window.from, to: last.window.to });
    let rounds = if !wanted.rounds.is_empty() {
        let rounds = named(&wanted.rounds, today)?;
        rounds.into_iter().map(|(name, window)| Round { name, window }).collect()
    } else if let Some(window) = whole.filter(|_| wanted.from.is_none() && wanted.to.is_none()) {
        vec![Round { name: String::new(), window }]
    } else {
        vec![Round { name: String::new(), window: window(wanted, today)? }]
    };
    let sides = wanted.sides.iter().map(|side| side_named(local, side)).collect::<Result<_, _>>()?;
    let plan = Plan {
        title: wanted.title.clone(),
        kind: wanted.kind,
        weights,
        sides,
        rounds,
        legs,
        win: wanted.win,
        lose: wanted.lose,
        prize: wanted.prize.clone(),
    };
    let commit = local.make(me.user.id, Change::Pk(PkChange::Propose(Box::new(plan))))?;
    match commit.effects.pk {
        Some(pk) => show(local, pk),
        None => Err(strange()),
    }
}

/// `calls_valid`, `calls_valid=2`, `revenue_new=1/100`: so many points for so much, in the units people say.
fn weight(text: &str) -> Result<Weight, Failure> {
    let (name, given) = text.split_once('=').map_or((text, None), |(name, given)| (name, Some(given)));
    let Some(metric) = Metric::parse(name) else {
        let hint = near(name, Metric::ALL.iter().map(|metric| metric.as_str()));
        return Err(StoreError::NotFound { kind: "metric", id: name.to_owned(), hint }.into());
    };
    let Some(given) = given else { return Ok(Weight { metric, points: 1, per: 1 }) };
    let bad = || Failure::usage(format!("'{text}' is not METRIC=POINTS or METRIC=POINTS/PER"));
    let (points, per) = given.split_once('/').unwrap_or((given, "1"));
    let (points, per): (i64, i64) = (points.parse().map_err(|_| bad())?, per.parse().map_err(|_| bad())?);
    Ok(Weight { metric, points, per: stored(metric, per) })
}

/// `FROM..TO` or `NAME=FROM..TO`.
fn named(texts: &[String], today: (Zone, Day)) -> Result<Vec<(String, Window)>, Failure> {
    let one = |text: &String| {
        let (name, span) = text.split_once('=').unwrap_or(("", text));
        let Some((from, to)) = span.split_once("..") else {
            return Err(Failure::usage(format!("'{text}' is not FROM..TO or NAME=FROM..TO")));
        };
        let window = Window { from: at(from, End::From, today)?, to: at(to, End::To, today)? };
        Ok((name.to_owned(), window))
    };
    texts.iter().map(one).collect()
}

fn window(wanted: &Propose, (zone, today): (Zone, Day)) -> Result<Window, Failure> {
    let from = match &wanted.from {
        Some(text) => at(text, End::From, (zone, today))?,
        None => zone.start(today),
    };
    let to = match &wanted.to {
        Some(text) => at(text, End::To, (zone, today))?,
        None => zone.end(zone.day(from)),
    };
    Ok(Window { from, to })
}

fn at(text: &str, end: End, today: (Zone, Day)) -> Result<crate::domain::time::Timestamp, Failure> {
    instant(text, end, today).map_err(|bad| Failure::usage(bad.to_string()))
}

/// A sign-in name, a team's name, `LOGIN,LOGIN`, or any of these behind `NAME:`.
fn side_named(local: &mut Local, text: &str) -> Result<Side, Failure> {
    let (name, who) = text.split_once(':').unwrap_or(("", text));
    let who = if who.contains(',') {
        let people = who.split(',').map(|login| person(local, login.trim())).collect::<Result<_, _>>()?;
        Who::People(people)
    } else if let Some(user) = local.users()?.into_iter().find(|user| user.login == who) {
        Who::People(vec![user.id])
    } else {
        Who::Team(team_named(local, who)?.id)
    };
    Ok(Side { name: name.to_owned(), who })
}

fn person(local: &mut Local, login: &str) -> Result<UserId, Failure> {
    Ok(local.user_named(login)?.id)
}

fn make(local: &mut Local, pk: PkId, change: PkChange) -> Result<(), Failure> {
    let by = local.actor()?.id;
    local.make(by, Change::Pk(change))?;
    show(local, pk)
}

/// Decides what is due: whoever looks notices. Answers with what was decided.
fn noticed(local: &mut Local) -> Result<Vec<(PkId, u32)>, Failure> {
    let by = local.keeper()?;
    let now = local.now();
    let mut decided = Vec::new();
    loop {
        let ask = Query::Pk(PkAsk::Due { now, limit: matches::AT_ONCE });
        let Answer::Pk(PkAnswer::Due(due)) = local.ask(&ask)? else { return Err(strange()) };
        let due: Vec<_> = due.into_iter().filter(|due| !decided.contains(due)).collect();
        if due.is_empty() {
            return Ok(decided);
        }
        for (pk, round) in due {
            local.make(by, Change::Pk(PkChange::Decide { pk, round }))?;
            decided.push((pk, round));
        }
    }
}

fn show(local: &mut Local, pk: PkId) -> Result<(), Failure> {
    let by = local.viewer()?;
    let Answer::Pk(PkAnswer::One(card)) = local.ask(&Query::Pk(PkAsk::One { pk, by }))? else {
        return Err(strange());
    };
    output::answer(local.json, &json!({ "match": shape::card(&card) }), || shape::lines(&card))
}

fn list(local: &mut Local, ended: bool, limit: usize) -> Result<(), Failure> {
    noticed(local)?;
    let by = local.viewer()?;
    let ask = Query::Pk(PkAsk::List { by, ended, limit });
    let Answer::Pk(PkAnswer::List(cards)) = local.ask(&ask)? else { return Err(strange()) };
    let shape = json!({ "matches": cards.iter().map(shape::card).collect::<Vec<_>>() });
    output::answer(local.json, &shape, || match cards.as_slice() {
        [] => vec!["no match is on; 'corral pk propose' proposes one".to_owned()],
        cards => cards.iter().map(PkCard::clone).map(|card| shape::line(&card)).collect(),
    })
}

fn nemesis(local: &mut Local, login: Option<&str>, none: bool) -> Result<(), Failure> {
    let me = local.me()?;
    if login.is_some() || none {
        let whom = login.map(|login| person(local, login)).transpose()?;
        local.make(me.user.id, Change::Pk(PkChange::Nemesis { whom }))?;
    }
    let by = local.viewer()?;
    let Answer::Pk(PkAnswer::Nemesis(found)) = local.ask(&Query::Pk(PkAsk::Nemesis { by }))? else {
        return Err(strange());
    };
    let shape = found.as_ref().map(|rival| {
        json!({
            "user": rival.user, "name": rival.name, "metric": rival.metric,
            "month": { "mine": rival.month.0, "theirs": rival.month.1 },
            "today": { "mine": rival.today.0, "theirs": rival.today.1 },
        })
    });
    let show = |rival: &crate::store::query::pk::Nemesis, (mine, theirs): (i64, i64)| {
        let shown = |value| amount(rival.metric.unit(), &me.playbook.currency, value);
        format!("{} : {}", shown(mine), shown(theirs))
    };
    output::answer(local.json, &json!({ "nemesis": shape }), || match &found {
        None => vec!["nobody is chosen; 'corral pk nemesis LOGIN' chooses somebody".to_owned()],
        Some(rival) => vec![format!(
            "{}  {}  month {}  today {}",
            rival.name,
            rival.metric,
            show(rival, rival.month),
            show(rival, rival.today)
        )],
    })
}
