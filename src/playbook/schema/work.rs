//! Tables of the work itself: materials, coupons, prices, procedures, scripts, questions.

use super::root::LANE;
use super::{DONE, Domain, EVENT, Kind, SKIP, Table, may, members, must, or, table, words};
use crate::domain::lists::{Inducement, LineKind, ScriptMode};

/// `[[materials]]`.
pub static MATERIAL: Table = table(
    "[[materials]]",
    "A text or document to send.",
    &[
        must("id", Kind::Id(Domain::Material), "Its code."),
        must("name", Kind::Both, "Its name."),
        or("inducement", members!(Inducement), "\"professional\"", "What it appeals to."),
        must("text", Kind::Template, "The text sent."),
        or("again_days", Kind::Int(0, 3_650), "30", "Days before the same customer may get it again."),
    ],
);

/// `[[coupons]]`.
pub static COUPON: Table = table(
    "[[coupons]]",
    "A coupon or voucher. `{coupon_code}`, `{coupon_until}`, `{coupon_left}` may stand in its text.",
    &[
        must("id", Kind::Id(Domain::Coupon), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("text", Kind::Template, "The text sent with it."),
        must("inducement", members!(Inducement), "What it appeals to."),
        may("goal", words!["first_use" "order" "repeat_use"], "What it is to bring about."),
        or("face", Kind::Money, "0", "Its face value; 0 for services."),
        may("discount_bp", Kind::Int(1, 10_000), "Its discount in basis points, when it is a share."),
        or("min_order", Kind::Money, "0", "The least order it may be used on."),
        must("valid_days", Kind::Int(1, 3_650), "Days it is valid after the push."),
        must("quota_month", Kind::Int(0, 10_000_000), "How many may be given a month, over all reps."),
        or("per_customer", Kind::Int(1, 1_000), "1", "How many a customer may get."),
        or(
            "stages",
            Kind::List(&Kind::Ref(Domain::Stage)),
            "[]",
            "Stages it may be pushed at; any when left out.",
        ),
        or(
            "pipelines",
            Kind::List(&Kind::Ref(Domain::Pipeline)),
            "[]",
            "Pipelines it may be pushed in; any when left out.",
        ),
        may("compliance_ref", Kind::Text, "The number it was cleared under."),
    ],
);

/// `[[price_policy]]`.
pub static PRICE_POLICY: Table = table(
    "[[price_policy]]",
    "What a product may cost on a channel: `lowest` ≤ `approve_below` ≤ `list`.",
    &[
        must("product", Kind::Ref(Domain::Product), "The product."),
        must("channels", Kind::List(&Kind::Ref(Domain::Channel)), "Channels it holds on."),
        must("list", Kind::Money, "List price."),
        must("lowest", Kind::Money, "Never below this."),
        must("approve_below", Kind::Money, "Below this a lead must approve."),
    ],
);

/// `[[sops]]`.
pub static SOP: Table = table(
    "[[sops]]",
    "A procedure: dated steps from an event. The steps of one day stay within the contact rules.",
    &[
        must("id", Kind::Id(Domain::Sop), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("pipeline", Kind::Ref(Domain::Pipeline), "The pipeline it serves."),
        must("anchor", EVENT, "The event its days count from."),
        must("steps", Kind::Tables(&STEP), "Its steps."),
    ],
);

static STEP: Table = table(
    "[[sops.steps]]",
    "One step, with exactly one of `at`, `within`, `before`, `after`.",
    &[
        must("day", Kind::Int(-365, 3_650), "Days from the anchor; negative only before a `node_time`."),
        may("at", Kind::Clock, "At a clock time, in working hours and outside quiet hours."),
        may("within", Kind::Span, "Within a time after the anchor: a response clock runs."),
        may("before", Kind::Span, "Before the node's time; with `anchor = \"node_time\"`."),
        may("after", Kind::Span, "After the node's time; with `anchor = \"node_time\"`."),
        must("lane", LANE, "The pen it appears in."),
        must("channel", Kind::Ref(Domain::Channel), "The channel it is done on."),
        may("script", Kind::Ref(Domain::Script), "The script to follow."),
        may("material", Kind::Ref(Domain::Material), "The material to send; the lane `material` needs it."),
        may("coupon", Kind::Ref(Domain::Coupon), "The coupon to push; the lane `coupon` needs it."),
        must("done_when", DONE, "When it is done, seen in any touch."),
        may("skip_when", SKIP, "When it need not be done at all."),
    ],
);

/// `[[scripts]]`.
pub static SCRIPT: Table = table(
    "[[scripts]]",
    "What to say at a stage, on a channel, to a role.",
    &[
        must("id", Kind::Id(Domain::Script), "Its code."),
        must("name", Kind::Both, "Its name."),
        may("stage", Kind::Ref(Domain::Stage), "The stage it is for."),
        may(
            "role",
            Kind::Ref(Domain::Role),
            "The role of the person it speaks to; whoever answers when left out.",
        ),
        must("channel", Kind::Ref(Domain::Channel), "The channel."),
        or("mode", members!(ScriptMode), "\"semi\"", "Whether a connector sends it or the rep."),
        must("lines", Kind::Tables(&LINE), "Its lines."),
    ],
);

static LINE: Table = table(
    "[[scripts.lines]]",
    "A line. Both languages use the same merge fields.",
    &[
        must("kind", members!(LineKind), "What it does."),
        must("zh", Kind::Line, "Chinese."),
        must("en", Kind::Line, "English."),
        may("proof", Kind::Ref(Domain::Material), "What proves it; a `claim` needs one."),
    ],
);

/// `[[questions]]`.
pub static QUESTION: Table = table(
    "[[questions]]",
    "A question or objection and its answer.",
    &[
        must("id", Kind::Id(Domain::Question), "Its code."),
        must("ask", Kind::List(&Kind::Text), "Words that find it, in either language."),
        must("zh", Kind::Line, "The answer, Chinese."),
        must("en", Kind::Line, "The answer, English."),
        may("back", Kind::Both, "The question to ask back."),
        or("objection", Kind::Bool, "false", "Whether it is an objection."),
    ],
);
