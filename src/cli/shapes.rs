//! The JSON shapes other programs rely on (product.md, "The command line"): fields may be added, none is renamed.

use serde_json::{Value, json};

use crate::cli::session::when;
use crate::domain::floor::HeldDown;
use crate::domain::gap::Rates;
use crate::domain::report::share::Share;
use crate::domain::time::Zone;
use crate::playbook::Playbook;
use crate::store::change::{Commit, Effects};
use crate::store::query::customer::Happened;
use crate::store::query::{
    BoardRow, Card, CustomerRow, FactRow, GapLine, HeldTask, TaskRow, TimelineItem, UserRow,
};

/// A task.
pub fn task(zone: Zone, row: &TaskRow) -> Value {
    json!({
        "id": row.id,
        "lane": row.lane,
        "channel": row.channel,
        "customer": { "id": row.customer, "name": row.customer_name },
        "person": row.person.as_ref().map(|(id, name, role)| json!({ "id": id, "name": name, "role": role })),
        "owner": row.owner,
        "due_at": when(zone, row.due_at),
        "clock_from": row.clock_from.map(|at| when(zone, at)),
        "reason": row.source.short(),
        "source": row.source,
        "promised": row.promised,
        "priority": row.priority,
        "deal": row.deal.as_ref().map(|(id, pipeline, stage)| json!({ "id": id, "pipeline": pipeline, "stage": stage })),
        "script": row.script,
        "material": row.material,
        "coupon": row.coupon,
        "attempts": row.attempts,
        "score": row.score,
        "parts": row.parts.iter().map(|(name, points)| json!({ "part": name, "points": points })).collect::<Vec<_>>(),
    })
}

/// A task and the rule that holds it back.
pub fn held(zone: Zone, held: &HeldTask) -> Value {
    let mut shape = task(zone, &held.task);
    if let Some(object) = shape.as_object_mut() {
        object.insert("rule".to_owned(), json!(held.held.rule));
        object.insert("until".to_owned(), json!(held.held.until.map(|at| when(zone, at))));
    }
    shape
}

/// What a change caused; `made` are the tasks it made.
pub fn effects(zone: Zone, effects: &Effects, made: &[TaskRow]) -> Value {
    let metrics: serde_json::Map<String, Value> =
        effects.metrics.iter().map(|(metric, delta)| (metric.as_str().to_owned(), json!(delta))).collect();
    json!({
        "tasks": made.iter().map(|row| task(zone, row)).collect::<Vec<_>>(),
        "closed": effects.closed.iter().map(|(id, state)| json!({ "id": id, "state": state })).collect::<Vec<_>>(),
        "metrics": metrics,
        "gap": effects.gap,
        "opened": effects.opened,
        "moved": effects.moved.iter().map(|(deal, from, to)| json!({ "deal": deal, "from": from, "to": to })).collect::<Vec<_>>(),
        "blocked": effects.blocked,
        "node": effects.node,
        "order": effects.order,
    })
}

/// A commit of the day's work: touch, task, effects, and the text or code that left the building.
pub fn commit(zone: Zone, commit: &Commit, made: &[TaskRow]) -> Value {
    let done = &commit.effects;
    let mut shape = json!({
        "change": commit.write,
        "revision": commit.revision,
        "replayed": commit.replayed,
        "touch": done.touch,
        "task": done.task,
        "customer": done.customer,
        "effects": effects(zone, done, made),
    });
    if let Some(object) = shape.as_object_mut() {
        if let Some(text) = &done.text {
            object.insert("text".to_owned(), json!(text));
        }
        if let Some(coupon) = &done.coupon {
            object.insert("code".to_owned(), json!(coupon.code));
            object.insert("coupon".to_owned(), json!(coupon.coupon));
            object.insert("until".to_owned(), json!(when(zone, coupon.until)));
        }
    }
    shape
}

/// A user.
pub fn user(row: &UserRow) -> Value {
    json!({
        "id": row.id,
        "login": row.login,
        "name": row.name,
        "role": row.role,
        "state": row.state,
        "team": row.team.as_ref().map(|(_, name)| name),
        "rank": row.rank,
        "job": row.job,
        "coach": row.coach,
    })
}

/// A customer in a list.
pub fn customer(zone: Zone, row: &CustomerRow) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "owner": row.owner.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
        "phone": row.phone,
        "deal": row.deal.as_ref().map(|(pipeline, stage)| json!({ "pipeline": pipeline, "stage": stage })),
        "next_at": row.next_at.map(|at| when(zone, at)),
        "last_touch": row.last_touch.map(|at| when(zone, at)),
    })
}

/// A customer's card.
pub fn card(zone: Zone, card: &Card, timeline: &[TimelineItem]) -> Value {
    let people: Vec<Value> = card
        .persons
        .iter()
        .map(|p| {
            let contacts: Vec<Value> = p
                .contacts
                .iter()
                .map(|c| json!({ "id": c.id, "channel": c.channel, "value": c.norm, "raw": c.raw, "extension": c.extension, "state": c.state, "masked": c.is_masked }))
                .collect();
            json!({ "id": p.id, "name": p.name, "roles": p.roles, "contacts": contacts, "fields": p.fields, "locked": p.locked })
        })
        .collect();
    let deals: Vec<Value> = card
        .deals
        .iter()
        .map(|d| {
            json!({
                "id": d.id, "pipeline": d.pipeline, "seq": d.seq, "stage": d.stage, "state": d.state,
                "since": when(zone, d.stage_since), "opened_at": when(zone, d.opened_at), "fields": d.fields, "locked": d.locked,
            })
        })
        .collect();
    json!({
        "id": card.id,
        "kind": card.kind,
        "name": card.name,
        "city": card.city,
        "source": card.source,
        "external_id": card.external_id,
        "playbook": card.playbook,
        "version": card.version,
        "owner": card.owner.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
        "do_not_contact": card.do_not_contact.map(|at| when(zone, at)),
        "people": people,
        "fields": card.fields,
        "deals": deals,
        "promises": card.promises.iter().map(|p| json!({ "id": p.id, "words": p.words, "due_at": when(zone, p.due_at), "by": p.by, "state": p.state })).collect::<Vec<_>>(),
        "tags": card.tags,
        "coupons": card.coupons.iter().map(|c| json!({ "id": c.id, "coupon": c.coupon, "code": c.code, "state": c.state, "until": when(zone, c.until) })).collect::<Vec<_>>(),
        "nodes": card.nodes.iter().map(|n| json!({ "id": n.id, "node": n.node, "at": when(zone, n.at), "state": n.state })).collect::<Vec<_>>(),
        "orders": card.orders.iter().map(|o| json!({ "id": o.id, "deal": o.deal, "product": o.product, "price": o.price, "paid": o.paid, "at": when(zone, o.at) })).collect::<Vec<_>>(),
        "tasks": card.tasks.iter().map(|t| json!({ "id": t.id, "lane": t.lane, "due_at": when(zone, t.due_at), "reason": t.source.short(), "owner": t.owner })).collect::<Vec<_>>(),
        "rights": card.grants.iter().map(|g| json!({ "user": { "id": g.user.0, "name": g.user.1 }, "right": g.right, "process": g.process, "until": g.until.map(|at| when(zone, at)), "share_bp": g.share_bp })).collect::<Vec<_>>(),
        "locked": card.locked,
        "timeline": timeline.iter().map(|item| timeline_item(zone, item)).collect::<Vec<_>>(),
    })
}

fn timeline_item(zone: Zone, item: &TimelineItem) -> Value {
    let what = match &item.what {
        Happened::Touch { id, channel, direction, person, outcome, seconds, note, void, .. } => json!({
            "kind": "touch", "touch": id, "channel": channel, "direction": direction, "person": person,
            "outcome": outcome, "seconds": seconds, "note": note, "void": void,
        }),
        Happened::Stage { pipeline, from, to, void } => {
            json!({ "kind": "stage", "pipeline": pipeline, "from": from, "to": to, "void": void })
        }
        Happened::Order { product, price, void } => {
            json!({ "kind": "order", "product": product, "price": price, "void": void })
        }
        Happened::Note { text } => json!({ "kind": "note", "note": text }),
        Happened::Node { node, at, state } => {
            json!({ "kind": "node", "node": node, "node_at": when(zone, *at), "state": state })
        }
    };
    let mut shape = what;
    if let Some(object) = shape.as_object_mut() {
        object.insert("id".to_owned(), json!(item.id.to_string()));
        object.insert("at".to_owned(), json!(when(zone, item.at)));
        object.insert("by".to_owned(), json!(item.by));
    }
    shape
}

/// A row of a board; with rates also the way to the target in orders and leads.
pub fn board_row(zone: Zone, row: &BoardRow, rates: Option<&Rates>) -> Value {
    let value = row.value();
    let gap = row.ratio.map_or(Some(row.gap.gap), |_| value.map(|_| row.gap.gap));
    let way = rates.map(|rates| row.gap.by_rates(*rates));
    let mut shape = json!({
        "rank": row.rank, "id": row.id, "name": row.name, "team": row.team,
        "value": value, "target": row.gap.target, "gap": gap,
        "per_day": row.gap.per_day, "per_hour": row.gap.per_hour,
        "pace": row.ratio.map_or(Some(row.gap.pace), |_| None),
        "orders_needed": way.and_then(|gap| gap.orders_needed), "leads_needed": way.and_then(|gap| gap.leads_needed),
        "conversion": rates.map(|rates| conversion(rates.conversion)),
        "stretch": row.stretch, "challenge": row.challenge, "behind": row.behind, "outlook": row.outlook,
        "reached_at": row.reached.map(|at| when(zone, at)), "trend": row.trend,
    });
    if let (Some(held), Some(object)) = (&row.held_down, shape.as_object_mut()) {
        object.insert("held_down".to_owned(), held_down(Some(held)));
    }
    if let (Some(ratio), Some(object)) = (row.ratio, shape.as_object_mut()) {
        object.insert("part".to_owned(), json!(ratio.sums.part));
        object.insert("whole".to_owned(), json!(ratio.sums.of));
        object.insert("per".to_owned(), json!(ratio.per));
        object.insert("heads_hundredths".to_owned(), json!(ratio.heads()));
    }
    if let (Some(sums), Some(object)) = (&row.source, shape.as_object_mut()) {
        object.insert("leads".to_owned(), json!(sums.leads));
        object.insert("valid".to_owned(), json!(sums.valid));
        object.insert("attended".to_owned(), json!(sums.attended));
        object.insert("won".to_owned(), json!(sums.won));
        object.insert("revenue".to_owned(), json!(sums.revenue));
        let reasons: Vec<Value> =
            sums.reasons.iter().map(|lost| json!({ "reason": lost.reason, "count": lost.count })).collect();
        object.insert("reasons".to_owned(), json!(reasons));
    }
    shape
}

/// A fact behind a figure.
pub fn fact(zone: Zone, row: &FactRow) -> Value {
    json!({
        "id": row.id.to_string(), "at": when(zone, row.at), "by": row.by,
        "customer": { "id": row.customer, "name": row.customer_name },
        "what": row.what, "pipeline": row.pipeline, "value": row.value, "version": row.version,
    })
}

/// What a product below its floor lets count as attained, and what is to go.
fn held_down(held: Option<&HeldDown>) -> Value {
    held.map_or(Value::Null, |held| {
        let short: Vec<Value> =
            held.short.iter().map(|(product, to_go)| json!({ "product": product, "to_go": to_go })).collect();
        json!({ "share_bp": held.share_bp, "short": short })
    })
}

/// Orders of leads; the share of them only of enough leads (AP-05).
pub fn conversion(share: Share) -> Value {
    json!({ "orders": share.part, "leads": share.of, "bp": share.bp() })
}

/// The gap line.
pub fn gap(line: &GapLine) -> Value {
    json!({
        "metric": line.metric, "unit": line.unit, "done": line.gap.done, "target": line.gap.target,
        "gap": line.gap.gap, "pace": line.gap.pace, "per_day": line.gap.per_day, "orders_needed": line.gap.orders_needed,
        "held_down": held_down(line.held_down.as_ref()), "team": line.team,
        "leads_needed": line.gap.leads_needed, "conversion": conversion(line.conversion),
        "rank": line.rank.map(|(rank, _)| rank), "of": line.rank.map(|(_, of)| of), "today": line.today,
        "earning": line.earning,
    })
}

/// The outcomes of a playbook.
pub fn outcomes(playbook: &Playbook, lane: Option<crate::domain::lists::Lane>) -> Value {
    let rows: Vec<Value> = playbook
        .outcomes
        .iter()
        .filter(|o| lane.is_none_or(|lane| o.lanes.contains(&lane)))
        .map(|o| {
            json!({
                "code": o.code, "key": o.key.to_string(), "lanes": o.lanes,
                "name": { "zh": o.name.zh, "en": o.name.en },
                "flags": o.flags, "needs": o.needs, "next": o.next.kind,
            })
        })
        .collect();
    json!({ "outcomes": rows })
}
