//! The playbook's own table, conditions, targets, pay, rulings, boards, examples.

use std::collections::BTreeSet;

use super::Checker;
use crate::domain::lists::{Fact, Metric};
use crate::domain::time::Workdays;
use crate::playbook::near::nearest;
use crate::playbook::reader::names::ALL;
use crate::playbook::reader::row::{Row, Value};
use crate::playbook::schema::Domain;

/// What a fact is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FactKind {
    Flag,
    Number,
    Stage,
}

impl Checker<'_> {
    /// Checks rules and figures.
    pub(super) fn figures(&mut self) {
        if let Some(row) = self.root.row("playbook") {
            self.about(row);
        }
        self.clauses();
        self.targets();
        if let Some(pay) = self.root.row("pay") {
            for component in pay.rows("components") {
                self.component(component);
            }
        }
        self.rulings();
        for row in self.root.rows("boards") {
            let columns = row.list("columns").len();
            if columns > 5 {
                let message = format!("board '{}' has {columns} columns", row.text("id").unwrap_or_default());
                self.problems.warn(row.place_of("columns"), message, "five are read; leave the others out");
            }
            for part in row.rows("score") {
                if let Some(metric) =
                    part.text("metric").and_then(Metric::parse).filter(|metric| !metric.is_summed())
                {
                    let hint = "a score needs metrics that add up day by day";
                    self.error(part.place_of("metric"), format!("'{metric}' is not a sum"), hint);
                }
            }
        }
        for row in self.root.rows("good_news") {
            self.glad(row);
        }
        let mut periods = BTreeSet::new();
        for row in self.root.rows("reports") {
            self.reported(row, &mut periods);
        }
        for row in self.root.rows("examples") {
            let mut people = BTreeSet::new();
            for person in row.rows("persons") {
                if !people.insert(person.text("id").unwrap_or_default()) {
                    self.error(
                        person.place_of("id"),
                        "this person stands twice",
                        "give one of them another id",
                    );
                }
            }
            for moment in row.rows("timeline") {
                for key in ["who", "payer"] {
                    let Some(who) = moment.text(key).filter(|who| !people.contains(who)) else { continue };
                    let known: Vec<&str> = people.iter().copied().collect();
                    self.error(
                        moment.place_of(key),
                        format!("no person '{who}'"),
                        format!("there are: {}", known.join(", ")),
                    );
                }
            }
        }
    }

    fn about(&mut self, row: &Row) {
        let capitals =
            |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_uppercase());
        for (key, count, example) in [("currency", 3, "CNY"), ("region", 2, "CN")] {
            if let Some(text) = row.text(key).filter(|text| !capitals(text, count)) {
                let hint = format!("write {count} capital letters such as '{example}'");
                self.error(row.place_of(key), format!("'{text}' is not a {key}"), hint);
            }
        }
        if let Some(zone) = row.text("timezone")
            && zone.parse::<chrono_tz::Tz>().is_err()
        {
            let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            let hint = nearest(zone, names).map_or_else(
                || "write an IANA name such as 'Asia/Shanghai'".to_owned(),
                |near| format!("did you mean '{near}'?"),
            );
            self.error(row.place_of("timezone"), format!("'{zone}' is not a time zone"), hint);
        }
        if let (Some(start), Some(end)) = (row.clock("day_start"), row.clock("day_end"))
            && start >= end
        {
            self.error(
                row.place_of("day_end"),
                format!("the day ends at {end}, before {start}"),
                "day_start < day_end",
            );
        }
        let works: BTreeSet<&str> = row.texts("workdays").map(|(day, _)| day).collect();
        for (day, item) in row.row("day_weights").into_iter().flat_map(Row::items) {
            if !works.contains(day) {
                self.error(item.place, format!("'{day}' is no working day"), "leave its weight out");
            }
        }
        let days: BTreeSet<Option<usize>> =
            row.texts("workdays").map(|(day, _)| Workdays::index(day)).collect();
        if days.len() != row.list("workdays").len() || days.is_empty() {
            self.error(
                row.place_of("workdays"),
                "a working day stands twice, or none does",
                "name each once",
            );
        }
    }

    fn clauses(&mut self) {
        let pool = self.root.row("pool");
        let lists = (self.root.rows("pipelines").map(|row| (row, "open_where")))
            .chain(
                ["task_rules", "warnings", "compliance_rules"]
                    .into_iter()
                    .flat_map(|list| self.root.rows(list).map(|row| (row, "where"))),
            )
            .chain(pool.into_iter().flat_map(|pool| pool.rows("recycle")).map(|row| (row, "where")));
        for clause in lists.flat_map(|(row, key)| row.rows(key)).collect::<Vec<_>>() {
            self.clause(clause);
        }
    }

    fn clause(&mut self, row: &Row) {
        let (Some(fact), Some(op), Some(value)) =
            (row.text("fact").and_then(Fact::parse), row.text("op"), row.item("value"))
        else {
            return;
        };
        let place = value.place;
        let kind = kind_of(fact);
        match (kind, &value.value) {
            (FactKind::Flag, Value::Bool(_)) | (FactKind::Number, Value::Int(_)) | (_, Value::Wrong) => {}
            (FactKind::Stage, Value::Text(stage)) => {
                self.names.look(Domain::Stage, stage, place, self.problems);
            }
            (kind, _) => {
                let wanted = match kind {
                    FactKind::Flag => "true or false",
                    FactKind::Number => "a whole number",
                    FactKind::Stage => "the id of a stage",
                };
                self.error(
                    place,
                    format!("'{fact}' cannot be compared with this"),
                    format!("wanted: {wanted}"),
                );
            }
        }
        if kind != FactKind::Number && !matches!(op, "==" | "!=") {
            self.error(row.place_of("op"), format!("'{fact}' has no order: '{op}'"), "use == or !=");
        }
    }

    fn targets(&mut self) {
        let mut seen = BTreeSet::new();
        for row in self.root.rows("targets") {
            self.counted(row);
            let scope = row.text("scope").unwrap_or_default();
            let by_rank = scope == "rank";
            match scope.strip_prefix("role:") {
                Some(job) => self.names.look(Domain::Job, job, row.place_of("scope"), self.problems),
                None if matches!(scope, "rank" | "team" | "") => {}
                None => self.error(
                    row.place_of("scope"),
                    format!("'{scope}' may not stand at 'scope'"),
                    "wanted: rank, team or role:<job>",
                ),
            }
            for (name, item) in row.map("values").iter().filter(|(name, _)| (name == ALL) == by_rank) {
                let hint = if by_rank { "name the ranks" } else { "teams and jobs have one value: all" };
                self.error(item.place, format!("'{name}' may not stand in a target by {scope}"), hint);
            }
            if !seen.insert((row.text("period"), scope, row.text("metric"), row.text("level"))) {
                self.error(row.place, "this target stands twice", "join the values");
            }
        }
        let mut before = 0;
        for row in self.root.rows("ramp") {
            let days = row.int("days").unwrap_or_default();
            if days <= before {
                self.error(
                    row.place_of("days"),
                    format!("{days} days stand after {before}"),
                    "the earliest days come first",
                );
            }
            before = days.max(before);
        }
        let mut seen = BTreeSet::new();
        for row in self.root.rows("product_floors") {
            if !seen.insert((row.text("product"), row.text("period"))) {
                self.error(row.place, "this floor stands twice", "keep one");
            }
        }
        let mut seen = BTreeSet::new();
        for row in self.root.rows("standards") {
            self.counted(row);
            if !seen.insert(row.text("metric")) {
                self.error(row.place, "this standard stands twice", "join the values");
            }
        }
        if let Some(row) = self.root.row("metrics")
            && let Some(main) = row.text("main").and_then(Metric::parse)
            && !main.is_summed()
        {
            let hint = "the gap line needs a metric that adds up day by day";
            self.error(row.place_of("main"), format!("'{main}' is not a sum"), hint);
        }
    }

    /// Good news is of metrics that add up.
    fn glad(&mut self, row: &Row) {
        if let Some(metric) = row.text("metric").and_then(Metric::parse).filter(|metric| !metric.is_summed())
        {
            let hint = "targets and ranks are of what adds up day by day";
            self.error(row.place_of("metric"), format!("'{metric}' is not a sum"), hint);
        }
    }

    /// One report a period, of metrics that add up.
    fn reported(&mut self, row: &Row, periods: &mut BTreeSet<String>) {
        if let Some(period) = row.text("period")
            && !periods.insert(period.to_owned())
        {
            let message = format!("a second report of the {period}");
            self.error(row.place_of("period"), message, "put the metrics of both into one");
        }
        let odd: Vec<Metric> = row
            .texts("metrics")
            .filter_map(|(name, _)| Metric::parse(name))
            .filter(|m| !m.is_summed())
            .collect();
        for metric in odd {
            let hint = "a report adds up what was done; shares are worked out from the sums";
            self.error(row.place_of("metrics"), format!("'{metric}' is not a sum"), hint);
        }
    }

    /// Targets and standards are set for what is counted, not for what is worked out from targets.
    fn counted(&mut self, row: &Row) {
        let metric = row.text("metric").and_then(Metric::parse);
        if let Some(metric @ (Metric::Attainment | Metric::Gap | Metric::Pace | Metric::PerDayNeeded)) =
            metric
        {
            let message = format!("'{metric}' is worked out from targets and can have none");
            self.error(row.place_of("metric"), message, "name what is counted");
        }
    }

    fn rulings(&mut self) {
        let rules: Vec<&Row> = self.root.rows("judge_rules").collect();
        let is_last_resort = |row: &Row| row.text("when") == Some("otherwise");
        if let Some((last, before)) = rules.split_last() {
            if !is_last_resort(last) {
                self.error(
                    last.place_of("when"),
                    "the last judge rule is not 'otherwise'",
                    "add one that always matches",
                );
            }
            for row in before.iter().filter(|row| is_last_resort(row)) {
                self.error(
                    row.place_of("when"),
                    "'otherwise' stands before other judge rules",
                    "move it to the end",
                );
            }
        } else if let Some(judge) = self.root.row("judge") {
            self.error(judge.place, "[judge] has no rules", "add [[judge_rules]]");
        }
        for row in rules {
            let when = row.text("when").unwrap_or_default();
            for (key, wanted) in [("days", when.contains("_days")), ("minutes", when.contains("_minutes"))] {
                if wanted && !row.has(key) {
                    self.error(
                        row.place,
                        format!("judge rule '{when}' has no '{key}'"),
                        format!("add {key} = …"),
                    );
                } else if !wanted && row.has(key) {
                    self.error(
                        row.place_of(key),
                        format!("judge rule '{when}' takes no '{key}'"),
                        "leave it out",
                    );
                }
            }
        }
    }
}

fn kind_of(fact: Fact) -> FactKind {
    match fact {
        Fact::Stage => FactKind::Stage,
        Fact::ConnectedEver
        | Fact::Visited
        | Fact::NodeConfirmed
        | Fact::DeciderMet
        | Fact::DeciderTouched
        | Fact::AccountOk
        | Fact::CallbackDone
        | Fact::OrderPartyNew
        | Fact::InQuietHours
        | Fact::CustomerAsked
        | Fact::RecordingIdMissing
        | Fact::ForbiddenPhrase
        | Fact::RequiredPhraseMissing
        | Fact::PhoneBelongsToStaff => FactKind::Flag,
        _ => FactKind::Number,
    }
}
