//! Tables of the method: fields, pipelines, nodes, outcomes, reasons.

use super::root::LANE;
use super::rules::CLAUSE;
use super::{Domain, EVENT, Kind, Table, may, members, must, or, table, words};
use crate::domain::lists::{Entity, FieldType, GateKind, Metric, NextKind, OutcomeFlag, Shape, Tier};

/// `[[fields]]`.
pub static FIELD: Table = table(
    "[[fields]]",
    "What may be asked and stored. Only a `must` field may be required, and every `must` field is required or asked somewhere.",
    &[
        must("id", Kind::Id(Domain::Field), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("on", members!(Entity), "What it sits on."),
        must("type", members!(FieldType), "Its type."),
        may(
            "options",
            Kind::Options,
            "The choices of an `enum`, each with a name in both languages; a bare word is its own name.",
        ),
        must("tier", members!(Tier), "How much it matters."),
        must(
            "used_by",
            Kind::List(&words![
                "script" "material" "product" "node" "task" "gate" "metric" "warning" "price_check" "order"
                "onboarding" "forecast" "tier" "judge" "stock" "merge" "pay" "target" "contact_rules" "report"
            ]),
            "Who uses it; data nobody uses is not asked for.",
        ),
    ],
);

/// `[[pipelines]]`.
pub static PIPELINE: Table = table(
    "[[pipelines]]",
    "A kind of opportunity. `full` has stages, the last of which closes it; `brief` has exactly one stage; `tag` has none.",
    &[
        must("id", Kind::Id(Domain::Pipeline), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("shape", members!(Shape), "Its shape."),
        must("owner_role", Kind::Id(Domain::Job), "The job that owns its deals."),
        or("open_on", Kind::List(&EVENT), "[]", "The first of these events to occur opens a deal, once."),
        or("open_where", Kind::Tables(&CLAUSE), "[]", "And all of these must hold."),
        or("max_open", Kind::Int(1, 100), "1", "Deals of it a customer may have open."),
        may("followed_by", Kind::Ref(Domain::Pipeline), "The pipeline a won deal leads to."),
        may("amount_metric", members!(Metric), "The metric a won order's amount is counted in."),
        may("process", Kind::Word, "The process its orders belong to; its own id when left out."),
        may("tag", Kind::Text, "The tag of a `tag` pipeline."),
        or(
            "counts",
            Kind::List(&members!(Metric)),
            "[]",
            "Metrics a `tag` counts: the first when set, the second when the tagged customer buys.",
        ),
        or("stages", Kind::Tables(&STAGE), "[]", "Its stages, in order."),
    ],
);

static STAGE: Table = table(
    "[[pipelines.stages]]",
    "A stage. One with neither gate, required field nor `max_days` is warned of: nothing tells that a deal belongs there.",
    &[
        must("id", Kind::Id(Domain::Stage), "Its code, unique in the pipeline."),
        must("name", Kind::Both, "Its name."),
        or(
            "required",
            Kind::List(&Kind::Ref(Domain::Field)),
            "[]",
            "Facts that must be known on entering; three at most.",
        ),
        may("gate", Kind::Table(&GATE), "What is checked on entering."),
        may("max_days", Kind::Int(1, 3_650), "Days a deal may stay before it asks for a decision."),
        or("key_node", Kind::Bool, "false", "Whether it is a key node's stage."),
        may("closes", words!["won"], "Entering it closes the deal as won."),
    ],
);

static GATE: Table = table(
    "gate = { … }",
    "What is checked on entering a stage.",
    &[
        must("kind", members!(GateKind), "What is checked."),
        may("channel", Kind::Ref(Domain::Channel), "Of `has_contact`: the channel."),
        may(
            "role_any",
            Kind::List(&Kind::Ref(Domain::Role)),
            "Of `has_contact`: roles of which one must have it; anybody when left out.",
        ),
        may("verified", Kind::Bool, "Of `has_contact`: whether the contact must be proved."),
        may("node", Kind::Ref(Domain::Node), "Of `node_attended`: the node."),
        may(
            "at_least_bp",
            Kind::Int(1, 10_000),
            "Of `payment_received`: the share of the price in basis points; any payment when left out.",
        ),
    ],
);

/// `[[stage_map]]`.
pub static STAGE_MAP: Table = table(
    "[[stage_map]]",
    "Where open deals go whose stage an earlier version had and this one has not.",
    &[
        must("pipeline", Kind::Ref(Domain::Pipeline), "The pipeline."),
        must("from", Kind::Word, "The stage that is gone."),
        must("to", Kind::Ref(Domain::Stage), "The stage of the same pipeline its deals move to."),
    ],
);

/// `[[nodes]]`.
pub static NODE: Table = table(
    "[[nodes]]",
    "A kind of key node: an appointment that decides. `{<id>_at}` in a text becomes its booked time.",
    &[
        must("id", Kind::Id(Domain::Node), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("channel", Kind::Ref(Domain::Channel), "Where it takes place."),
        may(
            "field",
            Kind::Ref(Domain::Field),
            "The `datetime` field of the opportunity that carries the booked time.",
        ),
        may("pipeline", Kind::Ref(Domain::Pipeline), "The pipeline it belongs to."),
        or(
            "missed_after",
            Kind::Span,
            "\"2h\"",
            "How long after its time it counts as missed when nothing was logged.",
        ),
        may(
            "booked_stage",
            Kind::Ref(Domain::Stage),
            "The stage of its pipeline a booking moves the deal to.",
        ),
        may(
            "attended_stage",
            Kind::Ref(Domain::Stage),
            "The stage of its pipeline attending moves the deal to.",
        ),
    ],
);

/// `[[outcomes]]`.
pub static OUTCOME: Table = table(
    "[[outcomes]]",
    "What a touch may come to. The flags, not the codes, drive every rule and figure. Every lane that a procedure, rule or warning uses needs at least one.",
    &[
        must("id", Kind::Id(Domain::Outcome), "Its code."),
        must("lanes", Kind::List(&LANE), "Lanes it is offered in."),
        must(
            "key",
            Kind::Letter,
            "The key that says it, unique in a lane. `c` `i` `j` `k` `m` `n` `s` `u` `y` `z` are the program's own.",
        ),
        must("name", Kind::Both, "Its name."),
        or("flags", Kind::List(&members!(OutcomeFlag)), "[]", "What it means."),
        or("needs", Kind::List(&Kind::Ref(Domain::Field)), "[]", "Fields asked after it; three at most."),
        may(
            "stage",
            Kind::PipelineStage,
            "The stage it moves the deal to when gate and required facts allow.",
        ),
        may("node", Kind::Ref(Domain::Node), "The node it books, attends or misses."),
        or("next", Kind::Table(&NEXT), "{ kind = \"none\" }", "What happens next by default."),
    ],
);

static NEXT: Table = table(
    "next = { … }",
    "The default next action of an outcome.",
    &[
        must("kind", members!(NextKind), "What it is."),
        or(
            "after",
            Kind::List(&Kind::Span),
            "[]",
            "Of `retry`: the ladder of delays. Of `follow`, `cool` (and, if wanted, `callback`, `material`, `coupon`): one delay.",
        ),
        may(
            "at",
            Kind::Clock,
            "The clock time it is moved to on the resulting day, for delays of whole days.",
        ),
        may("max_per_day", Kind::Int(1, 20), "Of `retry`: tries on one day."),
        may(
            "then",
            Kind::Ref(Domain::Outcome),
            "Of `retry`: the outcome taken for granted when the ladder is used up.",
        ),
        may("script", Kind::Ref(Domain::Script), "The script of the call that follows."),
        may("material", Kind::Ref(Domain::Material), "Of `material`: what to send."),
        may("coupon", Kind::Ref(Domain::Coupon), "Of `coupon`: what to push."),
    ],
);

/// `[reasons]`.
pub static REASONS: Table = table(
    "[reasons]",
    "Reasons offered where one is asked.",
    &[
        or("lost", Kind::Tables(&REASON), "[]", "Why a deal was lost."),
        or("skip", Kind::Tables(&REASON), "[]", "Why a task is skipped."),
    ],
);

static REASON: Table = table(
    "[[reasons.lost]], [[reasons.skip]]",
    "One reason.",
    &[
        must("id", Kind::Id(Domain::Reason), "Its code."),
        must("key", Kind::Letter, "Its key, unique in the list."),
        must("name", Kind::Both, "Its name."),
    ],
);
