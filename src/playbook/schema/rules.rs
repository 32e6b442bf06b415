//! Tables of rules and figures: tasks, warnings, ranks, targets, pay, pool, rulings, boards, examples.

use super::root::LANE;
use super::{Domain, EVENT, Extra, Kind, Table, may, members, must, or, table, words};
use crate::domain::lists::{
    Audience, EventKind, Fact, FieldRight, Gladness, Level, Metric, Op, OutcomeFlag, Period, RepRate, Role,
    Severity,
};

const METRIC: Kind = members!(Metric);
const CLAUSES: Kind = Kind::Tables(&CLAUSE);
const BP: Kind = Kind::Int(0, 10_000);

/// A condition.
pub static CLAUSE: Table = table(
    "{ fact, op, value }",
    "One condition; all of a list must hold.",
    &[
        must("fact", members!(Fact), "What is compared."),
        must("op", members!(Op), "How; only `==` and `!=` for stages and yes/no facts."),
        must(
            "value",
            Kind::Scalar,
            "With what: a whole number, `true`/`false`, or a stage, as the fact has it.",
        ),
    ],
);

/// `[[task_rules]]`.
pub static TASK_RULE: Table = table(
    "[[task_rules]]",
    "Makes a task when something happens.",
    &[
        must("id", Kind::Id(Domain::Rule), "Its code."),
        must("name", Kind::Both, "Its name, shown as the reason."),
        must("on", EVENT, "When it is looked at."),
        or("where", CLAUSES, "[]", "What must hold."),
        must("lane", LANE, "The pen."),
        must("within", Kind::Span, "How soon."),
        must("priority", Kind::Int(1, 5), "1 is first."),
        may("script", Kind::Ref(Domain::Script), "The script."),
        may("material", Kind::Ref(Domain::Material), "The material; the lane `material` needs it."),
        may("coupon", Kind::Ref(Domain::Coupon), "The coupon; the lane `coupon` needs it."),
    ],
);

/// `[[warnings]]`.
pub static WARNING: Table = table(
    "[[warnings]]",
    "What to warn of; closed by what cures it.",
    &[
        must("id", Kind::Id(Domain::Rule), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("where", CLAUSES, "What must hold."),
        must("severity", members!(Severity), "How bad."),
        must("lane", LANE, "The pen its task appears in."),
        may("lead_after", Kind::Span, "How old it is when the lead is told; else as `[desk]` says."),
        may("manager_after", Kind::Span, "How old it is when the manager is told; else as `[desk]` says."),
    ],
);

/// `[[rep_warnings]]`.
pub static REP_WARNING: Table = table(
    "[[rep_warnings]]",
    "What to warn of a rep who is far below the team's median: one a rule and rep, with a task of the coach, else of the lead.",
    &[
        must("id", Kind::Id(Domain::Rule), "Its code."),
        must("name", Kind::Both, "Its name, shown as the reason of the task."),
        must(
            "rate",
            members!(RepRate),
            "What is looked at: customers with a key node booked, of those given; open deals within their stage's `max_days`, of all; tasks done on their day, of those due before today.",
        ),
        must("severity", members!(Severity), "How bad."),
        or("below", BP, "5000", "Below this share of the team's median it holds."),
        or("cases", Kind::Int(30, 100_000), "30", "Reps with fewer cases are neither warned of nor counted."),
        or("days", Kind::Int(1, 366), "30", "Days that are looked back at."),
    ],
);

/// `[desk]`.
pub static DESK: Table = table(
    "[desk]",
    "What the lead's desk goes by.",
    &[
        or("quiet_after", Kind::Span, "\"15m\"", "Without a touch for so long, a rep is quiet."),
        or("idle_after", Kind::Span, "\"30m\"", "Without a touch for so long, a rep is idle."),
        or("capacity", Kind::Int(0, 10_000), "0", "Tasks a rep can do in a day; 0 for no limit."),
        or(
            "stalled_days",
            Kind::Int(1, 60),
            "3",
            "Working days without a new customer, or without a deal moved on, that are told.",
        ),
        or(
            "unfollowed_days",
            Kind::Int(1, 365),
            "7",
            "Days without a touch after which an open deal is told.",
        ),
        or(
            "proactive_min",
            BP,
            "3000",
            "The least share of connected touches that go out to households without an order.",
        ),
        or(
            "proactive_days",
            Kind::Int(1, 30),
            "3",
            "Working days below it, one after another, that are told.",
        ),
        or(
            "leading_fall",
            BP,
            "2000",
            "The fall from one quarter to the next from which what results come from is red.",
        ),
        or("slow_slope", BP, "150", "The fall a month from which it is red, however little it is in each."),
        or("lead_after", Kind::Span, "\"2d\"", "How old a warning is when the lead is told."),
        or("manager_after", Kind::Span, "\"4d\"", "How old a warning is when the manager is told."),
        or(
            "warned_days",
            Kind::Int(1, 90),
            "7",
            "A lost deal was warned of when a warning of it was opened at most so many days before.",
        ),
        or("rounds", Kind::Bool, "true", "Whether the team meets in the morning and in the evening."),
    ],
);

/// `[stock_take]`.
pub static STOCK_TAKE: Table = table(
    "[stock_take]",
    "What a stock-take of open deals goes by.",
    &[
        or("older_than", Kind::Int(0, 365), "14", "Deals open for more than so many days are gone through."),
        may(
            "value",
            Kind::Ref(Domain::Field),
            "The `money` field of the opportunity or the customer that says what a deal is worth; else the price of the first product.",
        ),
        or(
            "months",
            Kind::Int(1, 24),
            "3",
            "Months before this one whose deals tell how many are won by a month's end.",
        ),
    ],
);

/// `[[signals]]`.
pub static SIGNAL: Table = table(
    "[[signals]]",
    "Words in a note that mean something.",
    &[
        must("id", Kind::Id(Domain::Signal), "Its code."),
        must("patterns", Kind::List(&Kind::Text), "The words."),
        must("meaning", Kind::Both, "What they mean."),
        may("suggest", Kind::Ref(Domain::Script), "The script to offer."),
        may("sets", words!["do_not_contact"], "What they set."),
    ],
);

/// `[[ranks]]`.
pub static RANK: Table = table(
    "[[ranks]]",
    "A grade of reps.",
    &[
        must("id", Kind::Id(Domain::Rank), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("base", Kind::Money, "Base pay a month."),
        may("up", Kind::Table(&UP), "When a rep rises."),
        may("down", Kind::Table(&DOWN), "When a rep falls."),
    ],
);

static UP: Table = table(
    "up = { … }",
    "When a rep rises a rank.",
    &[
        must("metric", METRIC, "The metric."),
        must("at_least", Kind::Share, "From this value."),
        must("periods", Kind::Int(1, 24), "For so many periods."),
    ],
);

static DOWN: Table = table(
    "down = { … }",
    "When a rep falls a rank.",
    &[
        must("metric", METRIC, "The metric."),
        must("below", Kind::Share, "Below this value."),
        must("periods", Kind::Int(1, 24), "For so many periods."),
    ],
);

/// `[[targets]]`.
pub static TARGET: Table = table(
    "[[targets]]",
    "A target.",
    &[
        must("period", members!(Period), "The period."),
        must("scope", Kind::Text, "`rank`, `team` or `role:<job>`."),
        must("metric", METRIC, "What is counted."),
        or(
            "level",
            members!(Level),
            "\"goal\"",
            "What has to be reached, what is stretched for, or what few reach.",
        ),
        must(
            "values",
            Kind::Map(Domain::Share, &Kind::Int(0, 1_000_000_000_000)),
            "By rank; `all` for teams and jobs. Money in the playbook's unit, talk time in minutes, rates in basis points.",
        ),
    ],
);

/// `[[ramp]]`.
pub static RAMP: Table = table(
    "[[ramp]]",
    "What newcomers have of the targets by rank and job, by the day since their first one here.",
    &[
        must(
            "days",
            Kind::Int(1, 3_650),
            "For whoever has been here fewer days than these when a period begins.",
        ),
        must("share_bp", BP, "The share, in basis points."),
    ],
);

/// `[[product_floors]]`.
pub static PRODUCT_FLOOR: Table = table(
    "[[product_floors]]",
    "A product that has to be sold beside the others: while a rep has fewer orders of it, no more than the cap counts as attained of the \
     main target.",
    &[
        must("product", Kind::Ref(Domain::Product), "The product."),
        or("period", members!(Period), "\"month\"", "In which period."),
        must(
            "least",
            Kind::Int(1, 1_000_000),
            "The least orders of a rep; of a team those of its people together.",
        ),
        or("cap_bp", BP, "9000", "What is attained at most below it, in basis points."),
    ],
);

/// `[[standards]]`.
pub static STANDARD: Table = table(
    "[[standards]]",
    "A process standard per working day.",
    &[
        must("metric", METRIC, "What is counted."),
        must(
            "values",
            Kind::Map(Domain::Rank, &Kind::Int(0, 1_000_000_000_000)),
            "By rank, in the units of targets.",
        ),
    ],
);

/// `[metrics]`.
pub static METRICS: Table = table(
    "[metrics]",
    "How metrics are counted.",
    &[
        or("main", METRIC, "\"revenue_new\"", "The metric the gap line shows."),
        or("calls_valid", Kind::Table(&CALLS_VALID), "{}", "When a call is valid."),
        or("receptions", Kind::Table(&RECEPTIONS), "{}", "When a visit is a reception."),
        or(
            "new_customer_gap_days",
            Kind::Int(1, 3_650),
            "180",
            "Days without a touch after which a household counts as new.",
        ),
        or(
            "conversion_window_days",
            Kind::Int(1, 3_650),
            "30",
            "Days after the end of its month in which a lead may be won and count as converted.",
        ),
        or(
            "old_customer_days",
            Kind::Int(1, 3_650),
            "180",
            "Days since a customer came here after which it is an old one.",
        ),
        or(
            "self_sufficient_from",
            BP,
            "8000",
            "The share of a target that old customers bring from which on it deserves a look.",
        ),
    ],
);

static CALLS_VALID: Table = table(
    "calls_valid = { … }",
    "When a call is valid.",
    &[
        or("min_seconds", Kind::Int(1, 3_600), "60", "Seconds from which a connected call is valid."),
        or(
            "or_evidence",
            Kind::List(&members!(OutcomeFlag)),
            "[]",
            "Or one of these flags is evidence enough.",
        ),
    ],
);

static RECEPTIONS: Table = table(
    "receptions = { … }",
    "When a visit is a reception.",
    &[
        or("min_minutes", Kind::Int(1, 1_440), "30", "Minutes from which it is."),
        or("signature", Kind::Bool, "false", "Whether it must be signed."),
    ],
);

/// `[[compliance_rules]]`.
pub static COMPLIANCE_RULE: Table = table(
    "[[compliance_rules]]",
    "What makes a counted action doubtful or void. Every process metric that is paid should have one.",
    &[
        must("id", Kind::Id(Domain::Rule), "Its code."),
        must("metric", METRIC, "The metric."),
        must("where", CLAUSES, "What must hold."),
        must("action", words!["flag" "void"], "What is done."),
    ],
);

/// `[pay]`.
pub static PAY: Table = table(
    "[pay]",
    "The pay plan.",
    &[
        must("plan", Kind::Text, "Its name."),
        must("clawback_days", Kind::Int(0, 3_650), "Days in which a refund takes pay back."),
        must("components", Kind::Tables(&COMPONENT), "What pay is made of."),
    ],
);

static COMPONENT: Table = table(
    "[[pay.components]]",
    "A part of the pay. Which keys it may have follows from its kind.",
    &[
        must("kind", words!["base" "process" "order" "channel" "performance" "coach"], "Which part."),
        may("by", words!["rank"], "Of `base`: by what."),
        may(
            "ranks",
            Kind::List(&Kind::Ref(Domain::Rank)),
            "Of `process`: who gets it; everybody when left out.",
        ),
        may("metric", METRIC, "Of `process`, `order`, `channel`: what is paid."),
        may("rate", Kind::Money, "Of `process`: what one is worth."),
        may("rate_fen", Kind::Int(1, 10_000_000), "Of `process`: the same in hundredths."),
        may("cap_per_day", Kind::Int(1, 100_000), "Of `process`: how many are paid a day."),
        may(
            "tiers",
            Kind::Tables(&PAY_TIER),
            "Of `order`: rates by amount, rising; the last without `up_to`.",
        ),
        may("share", Kind::Map(Domain::Rank, &BP), "Of `order`: basis points by rank."),
        may("bp", BP, "Of `channel`: basis points."),
        may(
            "release",
            Kind::Tables(&RELEASE),
            "Of `order`, `channel`: when it is paid out; the parts sum to 10,000.",
        ),
        may("two_person_check_above", Kind::Money, "Of `channel`: above this two people check."),
        may("amount", Kind::Money, "Of `performance`, `coach`: the amount."),
        may("score", Kind::Tables(&SCORE), "Of `performance`: what is scored; the weights sum to 100."),
        may("per", words!["trainee_qualified"], "Of `coach`: for what."),
        may("clawback_days", Kind::Int(0, 3_650), "Of `coach`: its own days."),
    ],
);

static PAY_TIER: Table = table(
    "tiers = [{ … }]",
    "A tier of an order component.",
    &[may("up_to", Kind::Money, "Up to this amount."), must("bp", BP, "Basis points.")],
);

static RELEASE: Table = table(
    "release = [{ … }]",
    "A part of a payout.",
    &[
        must(
            "on",
            words!["order_won" "down_payment_30" "fully_paid" "policy_issued" "cooling_off_passed" "second_premium_paid"],
            "When it is paid.",
        ),
        must("bp", BP, "Its part in basis points."),
    ],
);

static SCORE: Table = table(
    "score = [{ … }]",
    "A part of a score.",
    &[must("metric", METRIC, "What is scored."), must("weight", Kind::Int(0, 100), "Its weight, percent.")],
);

/// `[deferred_credit]`.
pub static DEFERRED_CREDIT: Table = table(
    "[deferred_credit]",
    "Credit for early work that pays later.",
    &[
        must(
            "actions",
            Kind::List(&words!["call_connected" "wechat_added" "reception" "node_booked" "node_attended"]),
            "What earns it.",
        ),
        must("window_days", Kind::Int(1, 3_650), "How long it waits."),
        must("leaver_share_bp", BP, "What a leaver keeps."),
    ],
);

/// `[pool]`.
pub static POOL: Table = table(
    "[pool]",
    "The shared pool.",
    &[
        or("scopes", Kind::List(&words!["rookie" "team" "company"]), "[\"company\"]", "Pools there are."),
        may("claim_per_day", Kind::Int(0, 10_000), "Customers a rep may claim a day."),
        or(
            "hold_max",
            Kind::Map(Domain::Rank, &Kind::Int(0, 100_000)),
            "{}",
            "Customers a rep may hold, by rank.",
        ),
        may("former_owner_cooldown_days", Kind::Int(0, 3_650), "Days before a former owner may claim again."),
        may("rookie_first_hours", Kind::Int(0, 8_760), "Hours in which only rookies may claim."),
        or("recycle", Kind::Tables(&RECYCLE), "[]", "When a customer goes back."),
        or("protect", Kind::Table(&PROTECT), "{}", "What keeps a customer from going back."),
    ],
);

static RECYCLE: Table = table(
    "[[pool.recycle]]",
    "When a customer goes back to the pool.",
    &[
        must("id", Kind::Id(Domain::Rule), "Its code."),
        must("where", CLAUSES, "What must hold."),
        or("warn_days", Kind::List(&Kind::Int(1, 365)), "[]", "Days before, on which the rep is warned."),
    ],
);

static PROTECT: Table = table(
    "[pool.protect]",
    "What keeps a customer from going back.",
    &[or(
        "facts",
        Kind::List(
            &words!["open_promise" "node_booked" "contested" "stock_locked" "in_underwriting" "do_not_contact"],
        ),
        "[]",
        "One of these is enough.",
    )],
);

/// `[access]`.
pub static ACCESS: Table = table(
    "[access]",
    "Who sees and writes what. Whoever may see a customer sees all of it where no rule says otherwise.",
    &[
        or("reveals_per_day", Kind::Int(0, 10_000), "150", "Numbers and ids somebody may have shown a day."),
        or("export_rows", Kind::Int(0, 10_000_000), "50000", "Rows of one export, at most."),
        or("export_approval", Kind::Bool, "true", "Whether a lead's export has to be approved by a manager."),
        or("rules", Kind::Tables(&ACCESS_RULE), "[]", "What is hidden, masked or only read."),
    ],
);

static ACCESS_RULE: Table = table(
    "[[access.rules]]",
    "What some roles may do with some fields or ways of contact. A rule that names a process goes before one that does not; else the strictest holds.",
    &[
        must("roles", Kind::List(&members!(Role)), "For whom."),
        may("process", Kind::Word, "Only in deals of this process; everywhere when left out."),
        or("fields", Kind::List(&Kind::Ref(Domain::Field)), "[]", "Which fields."),
        or("contacts", Kind::List(&Kind::Word), "[]", "Which kinds of contact: `phone`, `wechat`, …."),
        must(
            "right",
            members!(FieldRight),
            "`hide`: it is not there; `mask`: its middle is hidden; `read`: it cannot be changed; `write`: it can. A way of contact that is masked can be added, dialled where work is due, and shown for a while with a reason.",
        ),
    ],
);

/// `[judge]`.
pub static JUDGE: Table = table(
    "[judge]",
    "How ownership rulings are made.",
    &[
        or(
            "direct_relatives",
            Kind::List(&words!["spouse" "parent" "child" "grandparent"]),
            "[]",
            "Who counts as the same family.",
        ),
        or(
            "rerun_on",
            Kind::List(&members!(EventKind)),
            "[]",
            "Events after which a ruling is looked at again.",
        ),
        or("on_change", words!["freeze_unpaid"], "\"freeze_unpaid\"", "What happens when it changes."),
        or("override_role", members!(Role), "\"manager\"", "Who may overrule."),
    ],
);

/// `[[judge_rules]]`.
pub static JUDGE_RULE: Table = table(
    "[[judge_rules]]",
    "An ownership rule; the first that matches wins, the last is `otherwise`.",
    &[
        must("id", Kind::Id(Domain::Rule), "Its code."),
        must(
            "when",
            words![
                "same_household_has_order" "registration_minutes_before_first_visit_below"
                "own_visit_within_days_before_registration" "own_followed_lead_within_days_before_registration"
                "several_valid_registrations" "valid_registration_within_days" "trial_attended_within_days"
                "key_node_attended_within_days" "verified_wechat_within_days" "valid_touch_within_days" "otherwise"
            ],
            "When it matches.",
        ),
        may("days", Kind::Int(1, 3_650), "Of conditions that end in `days…`."),
        may("minutes", Kind::Int(1, 10_080), "Of conditions that count minutes."),
        or("include_relatives", Kind::Bool, "false", "Whether relatives count."),
        must(
            "owner",
            words![
                "renewal_owner" "who_booked_trial" "who_added_wechat" "who_held_node" "last_valid_touch" "original_consultant"
                "first_consultant" "duty_consultant" "lead_owner" "allocator"
            ],
            "Who gets the customer.",
        ),
        may(
            "channel",
            words!["none" "first_to_bring_visit" "registrant_partner"],
            "Which partner gets the commission.",
        ),
    ],
);

/// `[[boards]]`.
pub static BOARD: Table = table(
    "[[boards]]",
    "A board.",
    &[
        must("id", Kind::Id(Domain::Board), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("scope", words!["rep" "team" "coach"], "What its rows are."),
        must("period", members!(Period), "Its period."),
        must("columns", Kind::List(&METRIC), "Its columns; more than five are warned of."),
        must("sort", METRIC, "What it is sorted by."),
        or(
            "score",
            Kind::Tables(&POINTS),
            "[]",
            "Metrics whose weighted sum its rows are ranked by; without any, by value.",
        ),
    ],
);

/// `[[good_news]]`.
pub static GOOD_NEWS: Table = table(
    "[[good_news]]",
    "What a team is glad of: one quiet line on every screen, big text on the wall.",
    &[
        must("id", Kind::Id(Domain::Rule), "Its code."),
        must("on", members!(Gladness), "What has to happen."),
        or("metric", METRIC, "\"revenue_new\"", "The metric whose target or rank it is."),
        or("level", members!(Level), "\"goal\"", "Which target was reached."),
        or("at_least", Kind::Money, "0", "The least amount of an order."),
        or("scope", members!(Audience), "\"team\"", "Who hears of it."),
        must("says", Kind::Both, "The words, with `{rep}`, `{amount}` and `{other}`, whom was passed."),
    ],
);

/// `[[reports]]`.
pub static REPORT: Table = table(
    "[[reports]]",
    "A report that writes itself.",
    &[
        must("period", words!["day" "week" "month"], "Of which period; one a period."),
        may(
            "due",
            Kind::Clock,
            "When it is due on the last working day of its period; the end of work where not said.",
        ),
        may(
            "opens",
            Kind::Span,
            "How long before that it may be handed in; 2h of a day, 1d of a week, 2d of a month where not said.",
        ),
        may(
            "closes",
            Kind::Span,
            "How long after that it closes; 12h of a day, 1d of a week, 2d of a month where not said.",
        ),
        or(
            "metrics",
            Kind::List(&METRIC),
            "[]",
            "What stands in it; without any, the gap line's metric, the boards' columns, valid calls and orders.",
        ),
    ],
);

static POINTS: Table = table(
    "{ metric, points }",
    "What a metric is worth in a score.",
    &[
        must("metric", METRIC, "A metric that is counted."),
        must(
            "points",
            Kind::Int(1, 1_000_000),
            "Points for one of it; for a whole unit of money, for a minute of talk.",
        ),
    ],
);

/// `[[examples]]`.
pub static EXAMPLE: Table = table(
    "[[examples]]",
    "A worked case, with invented people.",
    &[
        must("id", Kind::Id(Domain::Example), "Its code."),
        must("title", Kind::Both, "What it shows."),
        must("owner", Kind::Text, "The rep."),
        may("rank", Kind::Ref(Domain::Rank), "The rep's rank."),
        must("persons", Kind::Tables(&PERSON), "The household."),
        must("timeline", Kind::Tables(&MOMENT), "What happens."),
    ],
);

static PERSON: Table = Table {
    name: "persons = [{ … }]",
    doc: "A person of an example. Fields stand by their codes.",
    keys: &[
        must("id", Kind::Word, "The name the timeline uses."),
        must("name", Kind::Text, "The name."),
        must("roles", Kind::List(&Kind::Ref(Domain::Role)), "Roles."),
        may("phone", Kind::Text, "Phone number."),
        may("wechat", Kind::Text, "WeChat id."),
    ],
    extra: Extra::Fields,
};

static MOMENT: Table = Table {
    name: "timeline = [{ … }]",
    doc: "One event of an example. Fields and facts stand by their codes.",
    keys: &[
        must("day", Kind::Int(0, 3_650), "The day, from 0."),
        must("at", Kind::Clock, "The clock time."),
        must("event", members!(EventKind), "What happens."),
        may("by", Kind::Text, "Who does it."),
        may("who", Kind::Word, "The person."),
        may("payer", Kind::Word, "The person who pays."),
        may("seconds", Kind::Int(0, 86_400), "Talk time."),
        may("minutes", Kind::Int(0, 1_440), "Length of a visit."),
        may("kind", words!["own" "partner"], "Whose visit."),
        may("source", Kind::Text, "Where the lead came from."),
        may("note", Kind::Text, "A note."),
        or("set", Kind::Map(Domain::Field, &Kind::Any), "{}", "Fields learnt."),
        may("field", Kind::Ref(Domain::Field), "Of `field_set`: the field."),
        may("value", Kind::Scalar, "Of `field_set`: its value."),
        may("node", Kind::Ref(Domain::Node), "The node."),
        may("when_day", Kind::Int(0, 3_650), "The day it is booked for."),
        may("when", Kind::Clock, "The clock time it is booked for."),
        may("stage", Kind::Ref(Domain::Stage), "The stage."),
        may("channel", Kind::Ref(Domain::Channel), "The channel."),
        may("product", Kind::Ref(Domain::Product), "The product."),
        may("price", Kind::Money, "A price."),
        may("amount", Kind::Money, "An amount."),
        may("partner", Kind::Text, "A partner."),
        may("masked", Kind::Text, "A masked number."),
        may("surname", Kind::Text, "A surname."),
        may("heir", Kind::Text, "Who takes over."),
        may("ruling", Kind::Ref(Domain::Rule), "The ruling made."),
        may("rule", Kind::Ref(Domain::Rule), "The rule confirmed."),
        may("consultant", Kind::Text, "Who gets the customer."),
        may("consultant_commission", Kind::Money, "What it pays."),
        may("channel_commission", Kind::Money, "What it pays the partner."),
        may("cooling_end_day", Kind::Int(0, 3_650), "The day the cooling-off ends."),
        may("expect", Kind::Text, "What should follow."),
    ],
    extra: Extra::Fields,
};
