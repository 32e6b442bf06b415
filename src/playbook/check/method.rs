//! Pipelines, stages, gates, nodes, fields.

use std::collections::BTreeSet;

use super::{Checker, FIELDS_MAX};
use crate::playbook::reader::row::Row;

impl Checker<'_> {
    /// Checks pipelines, nodes and fields.
    pub(super) fn method(&mut self) {
        for pipeline in self.root.rows("pipelines") {
            self.pipeline(pipeline);
            for stage in pipeline.rows("stages") {
                self.stage(stage);
            }
        }
        for map in self.root.rows("stage_map") {
            let (pipeline, from) =
                (map.text("pipeline").unwrap_or_default(), map.text("from").unwrap_or_default());
            if let Some(to) = map.text("to") {
                self.stage_of(Some(pipeline), to, map.place_of("to"));
            }
            if self.find("pipelines", pipeline).is_some() && self.has_stage(pipeline, from) {
                let message = format!("'{from}' is still a stage of '{pipeline}'");
                self.error(map.place_of("from"), message, "map only stages that are gone");
            }
        }
        for node in self.root.rows("nodes") {
            self.node(node);
        }
        self.stock_take();
        self.fields();
    }

    fn pipeline(&mut self, row: &Row) {
        let id = row.text("id").unwrap_or_default();
        let stages: Vec<&Row> = row.rows("stages").collect();
        let place = row.place_of("shape");
        let shape = row.text("shape").unwrap_or_default();
        match (shape, stages.len()) {
            ("brief", 1) | ("tag", 0) => {}
            ("brief", count) => {
                let hint = "a brief pipeline has one stage; write shape = \"full\" for more";
                self.error(place, format!("brief pipeline '{id}' has {count} stages, needs exactly 1"), hint);
            }
            ("tag", count) => {
                let hint = "a tag has no stages; write shape = \"full\" for them";
                self.error(place, format!("tag pipeline '{id}' has {count} stages, may have none"), hint);
            }
            ("full", 0 | 1) => {
                let hint = "write shape = \"brief\" for one stage";
                self.error(place, format!("full pipeline '{id}' needs at least 2 stages"), hint);
            }
            ("full", _) => {
                for stage in stages.iter().rev().skip(1).filter(|stage| stage.has("closes")) {
                    let name = stage.text("id").unwrap_or_default();
                    let message = format!("stage '{name}' closes '{id}' and is not its last");
                    self.error(stage.place_of("closes"), message, "only the last stage closes");
                }
                if let Some(last) = stages.last()
                    && !last.has("closes")
                {
                    let name = last.text("id").unwrap_or_default();
                    let message = format!("last stage '{name}' of '{id}' does not close it");
                    self.error(last.place, message, "add closes = \"won\"");
                }
            }
            _ => {}
        }
        if shape == "brief"
            && let Some(stage) = stages.iter().find(|stage| stage.has("closes"))
        {
            let hint = "a brief opportunity is won or lost without a stage";
            self.error(
                stage.place_of("closes"),
                format!("the stage of brief pipeline '{id}' closes it"),
                hint,
            );
        }
        if (shape == "tag") != row.has("tag") && !shape.is_empty() {
            let message = if shape == "tag" { "has no 'tag'" } else { "has a 'tag' and is no tag pipeline" };
            self.error(
                row.place_of("tag"),
                format!("pipeline '{id}' {message}"),
                "a tag pipeline names its tag",
            );
        }
        if shape != "tag" && !row.list("counts").is_empty() {
            let message = format!("pipeline '{id}' has 'counts' and is no tag pipeline");
            self.error(row.place_of("counts"), message, "write amount_metric for what an order counts in");
        }
    }

    fn stage(&mut self, row: &Row) {
        let id = row.text("id").unwrap_or_default();
        let required = row.list("required").len();
        if required > FIELDS_MAX {
            let message = format!("stage '{id}' requires {required} fields, max {FIELDS_MAX}");
            self.error(
                row.place_of("required"),
                message,
                "ask for the rest where it is learnt: needs of an outcome",
            );
        }
        for (field, place) in row.texts("required") {
            let tier = self.find("fields", field).and_then(|field| field.text("tier"));
            if let Some(tier) = tier.filter(|tier| *tier != "must") {
                let message = format!("stage '{id}' requires '{field}', which is {tier}");
                self.error(place, message, "only a field of tier must can block");
            }
        }
        if !row.has("gate") && required == 0 && !row.has("max_days") {
            let message = format!("nothing tells that a deal belongs at stage '{id}'");
            self.problems.warn(row.place, message, "give it a gate, a required field or max_days");
        }
        if let Some(gate) = row.row("gate") {
            self.gate(gate);
        }
    }

    fn gate(&mut self, row: &Row) {
        let Some(kind) = row.text("kind") else { return };
        let (needed, allowed): (&[&str], &[&str]) = match kind {
            "has_contact" => (&["channel"], &["channel", "role_any", "verified"]),
            "node_attended" => (&["node"], &["node"]),
            "payment_received" => (&[], &["at_least_bp"]),
            _ => (&[], &[]),
        };
        for key in needed.iter().filter(|key| !row.has(key)) {
            self.error(row.place, format!("gate '{kind}' has no '{key}'"), format!("add {key} = …"));
        }
        for (key, item) in row.items().filter(|(key, _)| *key != "kind" && !allowed.contains(key)) {
            self.error(item.place, format!("gate '{kind}' takes no '{key}'"), "leave it out");
        }
    }

    /// What a deal is worth is an amount that one customer or one deal has.
    fn stock_take(&mut self) {
        let Some(row) = self.root.row("stock_take") else { return };
        let Some(field) = row.text("value").and_then(|field| self.find("fields", field)) else { return };
        let (on, kind) = (field.text("on"), field.text("type"));
        if on.is_some_and(|on| !["opportunity", "customer"].contains(&on))
            || kind.is_some_and(|kind| kind != "money")
        {
            self.error(
                row.place_of("value"),
                "what a deal is worth is no amount of the opportunity or the customer",
                "name a field with on = \"opportunity\" or on = \"customer\", type = \"money\"",
            );
        }
    }

    fn node(&mut self, row: &Row) {
        let id = row.text("id").unwrap_or_default();
        if let Some(field) = row.text("field").and_then(|field| self.find("fields", field)) {
            let (on, kind) = (field.text("on"), field.text("type"));
            if on.is_some_and(|on| on != "opportunity") || kind.is_some_and(|kind| kind != "datetime") {
                let message = format!("the field of node '{id}' is no datetime of the opportunity");
                self.error(
                    row.place_of("field"),
                    message,
                    "name a field with on = \"opportunity\", type = \"datetime\"",
                );
            }
        }
        for key in ["booked_stage", "attended_stage"] {
            let Some(stage) = row.text(key) else { continue };
            match row.text("pipeline") {
                Some(pipeline) => self.stage_of(Some(pipeline), stage, row.place_of(key)),
                None => {
                    self.error(row.place_of(key), format!("node '{id}' has no pipeline"), "add pipeline = …");
                }
            }
        }
    }

    fn fields(&mut self) {
        let stages = self.root.rows("pipelines").flat_map(|row| row.rows("stages"));
        let mut asked: BTreeSet<&str> =
            stages.flat_map(|row| row.texts("required")).map(|(field, _)| field).collect();
        asked.extend(self.root.rows("outcomes").flat_map(|row| row.texts("needs")).map(|(field, _)| field));
        asked.extend(self.root.rows("nodes").filter_map(|row| row.text("field")));
        for row in self.root.rows("fields") {
            let id = row.text("id").unwrap_or_default();
            match (row.text("type"), row.has("options")) {
                (Some("enum"), false) => {
                    self.error(row.place, format!("enum field '{id}' has no 'options'"), "name its choices");
                }
                (Some(kind), true) if kind != "enum" => {
                    let message = format!("field '{id}' has options and is of type {kind}");
                    self.error(row.place_of("options"), message, "write type = \"enum\"");
                }
                _ => {}
            }
            if row.text("tier") == Some("must") && !asked.contains(id) {
                let message = format!("must field '{id}' is required at no stage and asked after no outcome");
                self.error(row.place, message, "require it, ask for it, or make it useful or optional");
            }
        }
    }
}
