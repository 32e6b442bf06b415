//! What holds for every plan.

use corral::domain::contact::is_quiet;
use corral::domain::id::{DealId, IdMaker, NodeId};
use corral::domain::lists::{EventKind, Lane};
use corral::domain::time::{MINUTE_MS, Timestamp};
use corral::playbook::Playbook;
use corral::playbook::plan::{Happening, Known, Plan, Planner};
use proptest::prelude::*;

use super::fixture::*;

/// A change: an event or an outcome, the minutes since the last one, and where the customer stands.
fn changes() -> impl Strategy<Value = Vec<(usize, i64)>> {
    prop::collection::vec((0_usize..12, 0_i64..3_000), 1..12)
}

fn tell(planner: &mut Planner<'_>, what: usize, at: Timestamp) {
    let kinds = [
        EventKind::LeadAssigned,
        EventKind::CallConnected,
        EventKind::CustomerReplied,
        EventKind::NodeBooked,
        EventKind::NodeMissed,
    ];
    let outcomes = ["no_answer", "talked", "promised", "cold", "send", "booked"];
    if let Some(kind) = kinds.get(what) {
        let node = matches!(kind, EventKind::NodeBooked | EventKind::NodeMissed).then_some(NodeId(5));
        planner.happen(Happening { kind: *kind, name: None, deal: node.map(|_| DealId(1)), node, at });
    } else if let Some(outcome) = outcomes.get(what - kinds.len()) {
        let mut told = told(outcome, "11-24 15:00");
        told.at = at;
        planner.told(&told);
    } else {
        planner.daily();
    }
}

/// Plans change after change, carrying what each plan made over to the next as a store would.
fn run(playbook: &Playbook, changes: &[(usize, i64)]) -> Vec<Plan> {
    let mut known = known();
    known.deals = vec![deal(1, "sale", "talked", "11-20 15:00")];
    known.nodes = vec![node(5, 1, "11-28 19:00")];
    let mut now = at("11-24 15:00");
    let mut plans = Vec::new();
    for (place, (what, minutes)) in changes.iter().enumerate() {
        now = Timestamp(now.0 + minutes * MINUTE_MS);
        known.tries = u32::try_from(place).unwrap() % 6 + 1;
        let mut planner = Planner::new(playbook, known.clone(), now, IdMaker::new(now, place as u64));
        tell(&mut planner, *what, now);
        let plan = planner.finish();
        carry(&mut known, &plan);
        plans.push(plan);
    }
    plans
}

fn carry(known: &mut Known, plan: &Plan) {
    known.tasks.retain(|task| !plan.closed.iter().any(|end| end.id == task.id));
    known.tasks.extend(open(plan));
    for new in &plan.opened {
        let mut opened = deal(new.id.0, new.pipeline.as_str(), "fresh", "11-24 15:00");
        opened.stage.clone_from(&new.stage);
        known.deals.push(opened);
    }
}

proptest! {
    #[test]
    fn the_same_changes_make_the_same_plans(changes in changes()) {
        let playbook = playbook();
        prop_assert_eq!(run(&playbook, &changes), run(&playbook, &changes));
    }

    #[test]
    fn nothing_but_a_booked_node_itself_is_planned_into_quiet_hours(changes in changes()) {
        let playbook = playbook();
        for task in run(&playbook, &changes).iter().flat_map(|plan| &plan.made) {
            let quiet = is_quiet(&playbook.contact, playbook.zone, task.due_at);
            prop_assert!(!quiet || task.lane == Lane::Node, "{} at {}", task.key, show(task.due_at));
        }
    }

    #[test]
    fn what_is_planned_again_after_it_was_stored_is_nothing_new(changes in changes()) {
        let playbook = playbook();
        let mut known = known();
        known.deals = vec![deal(1, "sale", "talked", "11-20 15:00")];
        known.nodes = vec![node(5, 1, "11-28 19:00")];
        let now = at("11-24 15:00");
        let plan_all = |known: &Known, random| {
            let mut planner = Planner::new(&playbook, known.clone(), now, IdMaker::new(now, random));
            for (what, _) in changes.iter().filter(|(what, _)| *what < 5) {
                tell(&mut planner, *what, now);
            }
            planner.finish()
        };
        let first = plan_all(&known, 1);
        carry(&mut known, &first);
        let second = plan_all(&known, 2);
        prop_assert!(second.opened.is_empty());
        let new: Vec<_> = second.made.iter().filter(|t| !first.made.iter().any(|f| f.key == t.key)).collect();
        prop_assert!(new.is_empty(), "{:?}", new);
    }

    #[test]
    fn no_two_open_tasks_share_a_key_and_no_task_ends_twice(changes in changes()) {
        let playbook = playbook();
        for plan in run(&playbook, &changes) {
            let mut keys: Vec<_> = plan.made.iter().map(|task| &task.key).collect();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(keys.len(), plan.made.len());
            let mut ends: Vec<_> = plan.closed.iter().map(|end| end.id).collect();
            ends.sort();
            ends.dedup();
            prop_assert_eq!(ends.len(), plan.closed.len());
        }
    }
}
