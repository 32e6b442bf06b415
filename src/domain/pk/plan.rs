//! What is proposed: who against whom, in what, when, for what; and whether it makes sense.

use serde::{Deserialize, Serialize};

use crate::domain::lists::PkKind;
use crate::domain::pk::bracket::rounds;
use crate::domain::pk::tally::Weight;
use crate::domain::pk::{Who, Window};
use crate::domain::time::{DAY_MS, Zone};

/// Sides of a match, at most.
pub const SIDES_MAX: usize = 16;
/// People of a side that is named one by one, at most.
const PEOPLE_MAX: usize = 50;
/// Metrics of a match, at most: more is more than anybody watches.
const METRICS_MAX: usize = 5;
/// The longest window, in days.
const DAYS_MAX: i64 = 92;
/// The most points for a win, or of a weight.
const POINTS_MAX: i64 = 10_000;
/// The most that a weight may be for: a million in minor units.
const PER_MAX: i64 = 100_000_000;
/// Characters of a title, a name, a prize, at most.
const TITLE_MAX: usize = 60;

/// A match as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What it is called; empty for none.
    pub title: String,
    /// How sides are measured.
    pub kind: PkKind,
    /// In what.
    pub weights: Vec<Weight>,
    /// Who against whom; of a bracket in the order they meet.
    pub sides: Vec<Side>,
    /// When: one window, of a bracket one a round.
    pub rounds: Vec<Round>,
    /// Of a relay: the parts of the window, one after another.
    pub legs: Vec<Leg>,
    /// Points for who wins.
    pub win: i64,
    /// Points for who does not; never less than none: nothing is taken from anybody.
    pub lose: i64,
    /// What the winner gets besides, in words.
    pub prize: String,
}

/// A side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// What it is called; empty to be called by who is in it.
    pub name: String,
    /// Who.
    pub who: Who,
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// What it is called; empty for its number.
    pub name: String,
    /// When.
    pub window: Window,
}

/// A leg of a relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// What it is called; empty for its number.
    pub name: String,
    /// When.
    pub window: Window,
}

/// Why a plan makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct BadPlan {
    /// A stable word.
    pub code: &'static str,
    /// What is wrong, the value, what to do.
    pub what: String,
}

fn refuse<T>(code: &'static str, what: impl Into<String>) -> Result<T, BadPlan> {
    Err(BadPlan { code, what: what.into() })
}

/// Refuses a plan that makes no sense, whoever makes it and whoever is in it.
///
/// # Errors
/// [`BadPlan`], naming the first thing that is wrong.
pub fn check(plan: &Plan, zone: Zone) -> Result<(), BadPlan> {
    words(plan)?;
    weights(&plan.weights)?;
    sides(plan)?;
    windows(plan, zone)?;
    legs(plan)?;
    if !(0..=POINTS_MAX).contains(&plan.win) || !(0..=plan.win).contains(&plan.lose) {
        let (win, lose) = (plan.win, plan.lose);
        return refuse(
            "pk_points",
            format!(
                "{win} points for a win and {lose} for a loss make no match; give 0 to {POINTS_MAX}, and no more for a loss"
            ),
        );
    }
    Ok(())
}

fn words(plan: &Plan) -> Result<(), BadPlan> {
    let texts = [&plan.title, &plan.prize].into_iter();
    let names = plan.sides.iter().map(|side| &side.name).chain(plan.rounds.iter().map(|round| &round.name));
    for text in texts.chain(names).chain(plan.legs.iter().map(|leg| &leg.name)) {
        if text.chars().count() > TITLE_MAX {
            return refuse(
                "pk_words",
                format!("'{text}' is longer than {TITLE_MAX} characters; say it shorter"),
            );
        }
    }
    Ok(())
}

fn weights(weights: &[Weight]) -> Result<(), BadPlan> {
    if weights.is_empty() || weights.len() > METRICS_MAX {
        let count = weights.len();
        return refuse("pk_metrics", format!("{count} metrics make no match; give 1 to {METRICS_MAX}"));
    }
    for (index, weight) in weights.iter().enumerate() {
        let metric = weight.metric;
        if !metric.is_summed() {
            return refuse(
                "pk_metrics",
                format!("'{metric}' is no sum of what was done; choose a metric that is counted"),
            );
        }
        if weights.iter().take(index).any(|before| before.metric == metric) {
            return refuse("pk_metrics", format!("'{metric}' is named twice; name it once"));
        }
        if !(1..=POINTS_MAX).contains(&weight.points) || !(1..=PER_MAX).contains(&weight.per) {
            let (points, per) = (weight.points, weight.per);
            return refuse(
                "pk_weight",
                format!("{points} points for {per} of '{metric}' is no weight; give 1 to {POINTS_MAX}"),
            );
        }
    }
    Ok(())
}

fn sides(plan: &Plan) -> Result<(), BadPlan> {
    let (count, kind) = (plan.sides.len(), plan.kind);
    let fits = match kind {
        PkKind::Duel => count == 2,
        PkKind::Ghost => count == 1,
        PkKind::Bracket => rounds(count).is_some(),
        _ => (2..=SIDES_MAX).contains(&count),
    };
    if !fits {
        let wanted = match kind {
            PkKind::Duel => "two".to_owned(),
            PkKind::Ghost => "one person against the own best day".to_owned(),
            PkKind::Bracket => "2, 4, 8 or 16".to_owned(),
            _ => format!("2 to {SIDES_MAX}"),
        };
        return refuse("pk_sides", format!("'{kind}' has {count} sides; it takes {wanted}"));
    }
    for side in &plan.sides {
        let people = match &side.who {
            Who::Team(_) => None,
            Who::People(people) => Some(people.len()),
        };
        let fits = match kind {
            PkKind::Duel | PkKind::Ghost => people == Some(1),
            PkKind::Relay => people == Some(plan.legs.len()),
            _ => people.is_none_or(|people| (1..=PEOPLE_MAX).contains(&people)),
        };
        if !fits {
            let (name, count) = (&side.name, people.map_or_else(|| "a team".to_owned(), |n| n.to_string()));
            let wanted = match kind {
                PkKind::Relay => format!("one person a leg, {}", plan.legs.len()),
                PkKind::Duel | PkKind::Ghost => "one person".to_owned(),
                _ => format!("a team or 1 to {PEOPLE_MAX} people"),
            };
            return refuse(
                "pk_sides",
                format!("the side '{name}' has {count}; '{kind}' takes {wanted} on a side"),
            );
        }
    }
    once(plan)
}

/// Nobody stands on two sides; in a relay somebody may run several legs of one.
fn once(plan: &Plan) -> Result<(), BadPlan> {
    let mut seen: Vec<(usize, String)> = Vec::new();
    for (index, side) in plan.sides.iter().enumerate() {
        let names: Vec<String> = match &side.who {
            Who::Team(team) => vec![format!("team {team}")],
            Who::People(people) => people.iter().map(|user| format!("user {user}")).collect(),
        };
        for name in names {
            let again = |(before, known): &(usize, String)| {
                *known == name && (*before != index || plan.kind != PkKind::Relay)
            };
            if seen.iter().any(again) {
                return refuse("pk_twice", format!("{name} is named twice; nobody plays against themselves"));
            }
            seen.push((index, name));
        }
    }
    Ok(())
}

fn windows(plan: &Plan, zone: Zone) -> Result<(), BadPlan> {
    let wanted = match plan.kind {
        PkKind::Bracket => rounds(plan.sides.len()).unwrap_or(1) as usize,
        _ => 1,
    };
    if plan.rounds.len() != wanted {
        let (given, sides) = (plan.rounds.len(), plan.sides.len());
        return refuse(
            "pk_rounds",
            format!("{given} windows were given; {sides} sides play {wanted}, each in a window of its own"),
        );
    }
    let mut before: Option<Window> = None;
    for round in &plan.rounds {
        let window = round.window;
        if window.from >= window.to {
            return refuse(
                "pk_window",
                format!("from {} until {} is no time; let it end after it begins", window.from, window.to),
            );
        }
        if window.to.since(window.from) > DAYS_MAX * DAY_MS {
            return refuse(
                "pk_window",
                format!("from {} until {} is longer than {DAYS_MAX} days", window.from, window.to),
            );
        }
        if let Some(before) = before.filter(|before| before.to > window.from) {
            return refuse(
                "pk_rounds",
                format!(
                    "a round begins at {} while the one before ends at {}; each ends before the next begins",
                    window.from, before.to
                ),
            );
        }
        before = Some(window);
    }
    let one_day = |window: Window| {
        let (first, last) = window.span(zone);
        first == last
    };
    if plan.kind == PkKind::Ghost && !plan.rounds.iter().all(|round| one_day(round.window)) {
        return refuse("pk_window", "a best day is held against one day; let it begin and end on the same");
    }
    Ok(())
}

fn legs(plan: &Plan) -> Result<(), BadPlan> {
    if plan.kind != PkKind::Relay {
        return if plan.legs.is_empty() {
            Ok(())
        } else {
            refuse("pk_legs", "only a relay has legs; leave them out")
        };
    }
    if !(2..=SIDES_MAX).contains(&plan.legs.len()) {
        let count = plan.legs.len();
        return refuse("pk_legs", format!("a relay of {count} legs is none; give 2 to {SIDES_MAX}"));
    }
    let Some(whole) = plan.rounds.first().map(|round| round.window) else { return Ok(()) };
    let mut at = whole.from;
    for leg in &plan.legs {
        let window = leg.window;
        if window.from < at || window.from >= window.to || window.to > whole.to {
            return refuse(
                "pk_legs",
                format!(
                    "the leg from {} until {} does not fit; legs follow each other within the window",
                    window.from, window.to
                ),
            );
        }
        at = window.to;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{TeamId, UserId};
    use crate::domain::lists::Metric;
    use crate::domain::time::Timestamp;

    fn person(id: i64) -> Side {
        Side { name: String::new(), who: Who::People(vec![UserId(id)]) }
    }

    fn round(from: i64, to: i64) -> Round {
        Round { name: String::new(), window: Window { from: Timestamp(from), to: Timestamp(to) } }
    }

    fn leg(from: i64, to: i64) -> Leg {
        Leg { name: String::new(), window: Window { from: Timestamp(from), to: Timestamp(to) } }
    }

    fn duel() -> Plan {
        Plan {
            title: String::new(),
            kind: PkKind::Duel,
            weights: vec![Weight { metric: Metric::CallsValid, points: 1, per: 1 }],
            sides: vec![person(1), person(2)],
            rounds: vec![round(0, DAY_MS)],
            legs: vec![],
            win: 10,
            lose: 0,
            prize: String::new(),
        }
    }

    fn code(change: impl Fn(&mut Plan)) -> &'static str {
        let mut plan = duel();
        change(&mut plan);
        check(&plan, Zone::UTC).map_or_else(|bad| bad.code, |()| "fits")
    }

    #[test]
    fn each_kind_takes_its_sides() {
        let team = || Side { name: String::new(), who: Who::Team(TeamId(9)) };
        assert_eq!(code(|_| {}), "fits");
        assert_eq!(code(|plan| plan.sides.push(person(3))), "pk_sides");
        assert_eq!(code(|plan| plan.sides = vec![person(1), team()]), "pk_sides", "a duel is between people");
        assert_eq!(code(|plan| plan.sides = vec![person(1), person(1)]), "pk_twice");
        assert_eq!(code(|plan| (plan.kind, plan.sides) = (PkKind::Sum, vec![person(1), team()])), "fits");
        assert_eq!(code(|plan| plan.kind = PkKind::Ghost), "pk_sides");
        assert_eq!(code(|plan| (plan.kind, plan.sides) = (PkKind::Ghost, vec![person(1)])), "fits");
        for (count, wanted) in [(3, "pk_sides"), (4, "pk_rounds"), (5, "pk_sides")] {
            let sides = |plan: &mut Plan| {
                (plan.kind, plan.sides) = (PkKind::Bracket, (1..=count).map(person).collect());
            };
            assert_eq!(code(sides), wanted, "{count}");
        }
    }

    #[test]
    fn each_round_ends_before_the_next() {
        let four = |rounds: Vec<Round>| {
            code(|plan| {
                plan.kind = PkKind::Bracket;
                plan.sides = (1..=4).map(person).collect();
                plan.rounds.clone_from(&rounds);
            })
        };
        assert_eq!(four(vec![round(0, 10), round(10, 20)]), "fits");
        assert_eq!(four(vec![round(0, 11), round(10, 20)]), "pk_rounds");
        assert_eq!(four(vec![round(0, 10)]), "pk_rounds");
        assert_eq!(four(vec![round(0, 10), round(20, 20)]), "pk_window");
        assert_eq!(code(|plan| plan.rounds = vec![round(0, 93 * DAY_MS)]), "pk_window");
        let ghost = |to| {
            code(|plan| {
                (plan.kind, plan.sides, plan.rounds) = (PkKind::Ghost, vec![person(1)], vec![round(0, to)]);
            })
        };
        assert_eq!([ghost(DAY_MS), ghost(DAY_MS + 1)], ["fits", "pk_window"]);
    }

    #[test]
    fn a_relay_has_one_of_each_side_in_each_leg() {
        let relay = |legs: Vec<Leg>, second: Vec<i64>| {
            code(|plan| {
                plan.kind = PkKind::Relay;
                let people = second.iter().map(|id| UserId(*id)).collect();
                let runs = |people| Side { name: String::new(), who: Who::People(people) };
                plan.sides = vec![runs(vec![UserId(1), UserId(2)]), runs(people)];
                plan.legs.clone_from(&legs);
            })
        };
        assert_eq!(relay(vec![leg(0, 50), leg(50, 100)], vec![3, 4]), "fits");
        assert_eq!(relay(vec![leg(0, 50), leg(50, 100)], vec![3, 3]), "fits", "somebody runs both legs");
        assert_eq!(relay(vec![leg(0, 50), leg(50, 100)], vec![3]), "pk_sides");
        assert_eq!(relay(vec![leg(0, 50), leg(50, 100)], vec![3, 1]), "pk_twice", "for both sides");
        assert_eq!(relay(vec![leg(0, 50), leg(49, 100)], vec![3, 4]), "pk_legs");
        assert_eq!(relay(vec![leg(0, 50), leg(50, 2 * DAY_MS)], vec![3, 4]), "pk_legs");
        assert_eq!(code(|plan| plan.legs = vec![leg(0, 5)]), "pk_legs", "a duel has none");
    }

    #[test]
    fn nothing_is_taken_from_who_loses() {
        assert_eq!(code(|plan| plan.lose = -1), "pk_points");
        assert_eq!(code(|plan| plan.lose = 11), "pk_points");
        assert_eq!(code(|plan| plan.weights[0].metric = Metric::Attainment), "pk_metrics");
        assert_eq!(code(|plan| plan.weights[0].points = 0), "pk_weight");
        assert_eq!(code(|plan| plan.weights.push(plan.weights[0])), "pk_metrics");
        assert_eq!(code(|plan| plan.prize = "奖".repeat(61)), "pk_words");
    }
}
