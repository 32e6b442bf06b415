//! Products, prices, coupons, procedures, task rules.

use std::collections::BTreeMap;

use super::Checker;
use crate::playbook::problem::Place;
use crate::playbook::reader::row::Row;

impl Checker<'_> {
    /// Checks what is sold, given and planned.
    pub(super) fn work(&mut self) {
        self.products();
        for row in self.root.rows("price_policy") {
            let (list, lowest, approve) =
                (row.money("list"), row.money("lowest"), row.money("approve_below"));
            if let (Some(list), Some(lowest), Some(approve)) = (list, lowest, approve)
                && !(lowest <= approve && approve <= list)
            {
                let message =
                    format!("prices out of order: lowest {lowest}, approve_below {approve}, list {list}");
                self.error(row.place, message, "lowest ≤ approve_below ≤ list");
            }
            let floor = row
                .text("product")
                .and_then(|id| self.find("products", id))
                .and_then(|row| row.money("floor"));
            if let (Some(floor), Some(lowest)) = (floor, lowest)
                && lowest < floor
            {
                let message = format!("lowest {lowest} is under the product's floor {floor}");
                self.error(row.place_of("lowest"), message, "raise it or lower the floor");
            }
        }
        let interest = self.root.row("contact_rules").is_none_or(|rules| rules.flag("interest_coupons"));
        for row in self.root.rows("coupons") {
            let id = row.text("id").unwrap_or_default();
            if !interest && row.text("inducement") == Some("interest") {
                let message = format!("coupon '{id}' appeals to interest, which the contact rules forbid");
                self.error(
                    row.place_of("inducement"),
                    message,
                    "make it a service, or set interest_coupons = true",
                );
            }
            if row.has("discount_bp") && row.money("face").is_some_and(|face| face.0 > 0) {
                let message = format!("coupon '{id}' has a face value and a discount");
                self.error(row.place_of("discount_bp"), message, "leave one out");
            }
        }
        for row in self.root.rows("sops") {
            self.sop(row);
        }
        for row in self.root.rows("task_rules") {
            self.content(row);
        }
    }

    fn products(&mut self) {
        let limits = self.root.row("compliance");
        for row in self.root.rows("products") {
            let id = row.text("id").unwrap_or_default();
            if let (Some(price), Some(floor)) = (row.money("price"), row.money("floor"))
                && floor > price
            {
                let message = format!("product '{id}' has a floor of {floor} over its price of {price}");
                self.error(row.place_of("floor"), message, "floor ≤ price");
            }
            let most = |key| limits.and_then(|limits| limits.int(key));
            for (key, limit, value) in [
                ("lessons", most("max_prepay_lessons"), row.int("lessons")),
                ("weeks", most("max_prepay_months").map(|months| months * 31 / 7), row.int("weeks")),
                (
                    "price",
                    limits.and_then(|limits| limits.money("max_prepay_yuan")).map(|money| money.0),
                    row.money("price").map(|money| money.0),
                ),
            ] {
                if let (Some(limit), Some(value)) = (limit, value)
                    && value > limit
                {
                    let message =
                        format!("product '{id}' is over the prepayment limit of [compliance]: '{key}'");
                    self.error(row.place_of(key), message, "make the package smaller");
                }
            }
        }
    }

    fn sop(&mut self, row: &Row) {
        let id = row.text("id").unwrap_or_default();
        let pipeline = row.text("pipeline");
        let anchor = row.text("anchor").unwrap_or_default();
        if let Some(stage) = anchor.strip_prefix("stage_entered:") {
            self.stage_of(pipeline, stage, row.place_of("anchor"));
        }
        let about_node = anchor == "node_time";
        let nodes =
            self.root.rows("nodes").any(|node| node.text("pipeline").is_none_or(|of| Some(of) == pipeline));
        if about_node && !nodes {
            let message = format!("procedure '{id}' counts from a node and its pipeline has none");
            self.error(row.place_of("anchor"), message, "add [[nodes]] with this pipeline");
        }
        let mut days: BTreeMap<i64, [(i64, Place); 3]> = BTreeMap::new();
        for step in row.rows("steps") {
            self.step(step, about_node);
            self.content(step);
            for key in ["done_when", "skip_when"] {
                let stage = step.text(key).and_then(|text| text.split_once(':'));
                if let Some((_, stage)) = stage.filter(|(word, _)| word.starts_with("stage_")) {
                    self.stage_of(pipeline, stage, step.place_of(key));
                }
            }
            let field = step.text("skip_when").and_then(|text| text.strip_prefix("field_true:"));
            let kind =
                field.and_then(|field| self.find("fields", field)).and_then(|field| field.text("type"));
            if let (Some(field), Some(kind)) = (field, kind)
                && kind != "bool"
            {
                let message = format!("field '{field}' is of type {kind}");
                self.error(step.place_of("skip_when"), message, "field_true needs a bool");
            }
            let day = days.entry(step.int("day").unwrap_or(0)).or_default();
            let counted = [true, step.text("channel") == Some("call"), step.text("lane") == Some("coupon")];
            for (slot, counts) in day.iter_mut().zip(counted) {
                if counts {
                    *slot = (slot.0 + 1, step.place);
                }
            }
        }
        self.budget(id, &days);
    }

    /// The steps of one day must fit into what a customer may get in a day.
    fn budget(&mut self, id: &str, days: &BTreeMap<i64, [(i64, Place); 3]>) {
        let Some(rules) = self.root.row("contact_rules") else { return };
        let limits = ["max_touches_per_day", "max_calls_per_day", "max_commercial_per_day"];
        for (day, counts) in days {
            for (key, (count, place)) in limits.into_iter().zip(counts) {
                if let Some(limit) = rules.int(key).filter(|limit| count > limit) {
                    let message = format!("procedure '{id}' plans {count} on day {day}, over {key} {limit}");
                    self.error(*place, message, "move a step to another day or raise the limit");
                }
            }
        }
    }

    fn step(&mut self, row: &Row, about_node: bool) {
        let times: Vec<&str> =
            ["at", "within", "before", "after"].into_iter().filter(|key| row.has(key)).collect();
        let day = row.int("day").unwrap_or(0);
        match times.as_slice() {
            [one] => {
                let around = matches!(*one, "before" | "after");
                if around && !about_node {
                    let message = format!("'{one}' stands in a procedure that counts from no node");
                    self.error(
                        row.place_of(one),
                        message,
                        "write anchor = \"node_time\", or use at or within",
                    );
                }
                if *one == "within" && about_node {
                    let message = "'within' stands in a procedure that counts from a node";
                    self.error(row.place_of(one), message, "write before or after");
                }
                if *one != "at" && day != 0 {
                    let message = format!("'{one}' stands on day {day}");
                    self.error(row.place_of("day"), message, "write day = 0, or use at");
                }
            }
            [] => self.error(row.place, "the step has no time", "add one of at, within, before, after"),
            [_, second, ..] => {
                let message = format!("the step has {} times: {}", times.len(), times.join(", "));
                self.error(row.place_of(second), message, "leave all but one out");
            }
        }
        if let Some(clock) = row.clock("at") {
            self.clock(clock, row.place_of("at"));
        }
        if day < 0 && !about_node {
            let message = format!("day {day} lies before the anchor");
            self.error(row.place_of("day"), message, "only anchor = \"node_time\" has days before it");
        }
    }

    /// What is sent or pushed must be named.
    fn content(&mut self, row: &Row) {
        if let Some(lane @ ("material" | "coupon")) = row.text("lane")
            && !row.has(lane)
        {
            self.error(
                row.place,
                format!("lane '{lane}' does not say which {lane}"),
                format!("add {lane} = …"),
            );
        }
    }
}
