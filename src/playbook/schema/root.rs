//! The file's top level and the tables about the whole playbook.

use super::{Domain, Kind, Table, may, method, must, or, rules, table, words, work};
use crate::domain::lists::Lane;
use crate::playbook::schema::members;

/// The top level of a file.
pub static ROOT: Table = table(
    "the top level",
    "What may stand at the top of a file. Lists may be spread over the files of a folder; tables stand in one of them.",
    &[
        must("format", Kind::Text, "`\"playbook/1\"`: the version of this format, not of the playbook."),
        must("playbook", Kind::Table(&PLAYBOOK), "Name, money, time."),
        may("profile", Kind::Table(&PROFILE), "The sales-mode profile: what kind of selling this is."),
        or("contact_rules", Kind::Table(&CONTACT_RULES), "{}", "How not to annoy customers."),
        or("retention", Kind::Table(&RETENTION), "{}", "How long what is personal is kept."),
        may("compliance", Kind::Table(&COMPLIANCE), "Limits the law or the firm sets."),
        may("stock", Kind::Table(&STOCK), "How stock is locked and ages."),
        or("channels", Kind::Tables(&CHANNEL), "[]", "Channels beside the built-in ones."),
        or("products", Kind::Tables(&PRODUCT), "[]", "What is sold."),
        must("customer_roles", Kind::Tables(&CUSTOMER_ROLE), "Roles persons play in a household."),
        or("fields", Kind::Tables(&method::FIELD), "[]", "What may be asked and stored."),
        must("pipelines", Kind::Tables(&method::PIPELINE), "Kinds of opportunity."),
        or("stage_map", Kind::Tables(&method::STAGE_MAP), "[]", "Where deals of a removed stage go."),
        or("nodes", Kind::Tables(&method::NODE), "[]", "Kinds of key nodes: trial, visit, plan call."),
        or("outcomes", Kind::Tables(&method::OUTCOME), "[]", "What a touch may come to, lane by lane."),
        or("reasons", Kind::Table(&method::REASONS), "{}", "Reasons offered where one is asked."),
        or("materials", Kind::Tables(&work::MATERIAL), "[]", "Texts and documents to send."),
        or("coupons", Kind::Tables(&work::COUPON), "[]", "Coupons and vouchers to push."),
        or("price_policy", Kind::Tables(&work::PRICE_POLICY), "[]", "What a product may cost on a channel."),
        or("sops", Kind::Tables(&work::SOP), "[]", "Procedures: dated steps from an event."),
        or("scripts", Kind::Tables(&work::SCRIPT), "[]", "What to say."),
        or("questions", Kind::Tables(&work::QUESTION), "[]", "What customers ask or object, and the answer."),
        or(
            "task_rules",
            Kind::Tables(&rules::TASK_RULE),
            "[]",
            "Rules that make a task when something happens.",
        ),
        or("warnings", Kind::Tables(&rules::WARNING), "[]", "What to warn of."),
        or(
            "rep_warnings",
            Kind::Tables(&rules::REP_WARNING),
            "[]",
            "What to warn of a rep, held against the team.",
        ),
        or("desk", Kind::Table(&rules::DESK), "{}", "What the lead's desk goes by."),
        or("stock_take", Kind::Table(&rules::STOCK_TAKE), "{}", "What a stock-take of open deals goes by."),
        or("signals", Kind::Tables(&rules::SIGNAL), "[]", "Words in a note that mean something."),
        or("ranks", Kind::Tables(&rules::RANK), "[]", "Grades of reps, lowest first."),
        or("targets", Kind::Tables(&rules::TARGET), "[]", "Targets by rank, job or team."),
        or(
            "ramp",
            Kind::Tables(&rules::RAMP),
            "[]",
            "Shares of the targets that newcomers have, the earliest days first.",
        ),
        or(
            "product_floors",
            Kind::Tables(&rules::PRODUCT_FLOOR),
            "[]",
            "Products that have to be sold beside the others.",
        ),
        or("standards", Kind::Tables(&rules::STANDARD), "[]", "Process standards per working day, by rank."),
        or("metrics", Kind::Table(&rules::METRICS), "{}", "How metrics are counted."),
        or(
            "compliance_rules",
            Kind::Tables(&rules::COMPLIANCE_RULE),
            "[]",
            "What makes a counted action doubtful or void.",
        ),
        may("pay", Kind::Table(&rules::PAY), "The pay plan."),
        may(
            "deferred_credit",
            Kind::Table(&rules::DEFERRED_CREDIT),
            "Credit for early work that pays later.",
        ),
        may("pool", Kind::Table(&rules::POOL), "The shared pool."),
        or("access", Kind::Table(&rules::ACCESS), "{}", "Who sees and writes what."),
        may("judge", Kind::Table(&rules::JUDGE), "How ownership rulings are made."),
        or(
            "judge_rules",
            Kind::Tables(&rules::JUDGE_RULE),
            "[]",
            "Ownership rules; the first that matches wins.",
        ),
        or("boards", Kind::Tables(&rules::BOARD), "[]", "Boards."),
        or("good_news", Kind::Tables(&rules::GOOD_NEWS), "[]", "What a team is glad of."),
        or(
            "reports",
            Kind::Tables(&rules::REPORT),
            "[]",
            "Reports that write themselves; without any daily, weekly and monthly ones, only monthly where management is light.",
        ),
        or("examples", Kind::Tables(&rules::EXAMPLE), "[]", "Worked cases."),
    ],
);

static PLAYBOOK: Table = table(
    "[playbook]",
    "The playbook itself.",
    &[
        must("id", Kind::Word, "Stable over versions."),
        must("name", Kind::Both, "Its name."),
        must("version", Kind::Text, "The author's version text."),
        or("currency", Kind::Word, "\"CNY\"", "ISO code of the currency."),
        or(
            "money",
            words!["yuan" "fen" "whole" "minor"],
            "\"yuan\"",
            "The unit amounts are written in: whole units (`yuan`, `whole`) or hundredths (`fen`, `minor`).",
        ),
        or("timezone", Kind::Text, "\"Asia/Shanghai\"", "IANA name of the business time zone."),
        or("region", Kind::Word, "\"CN\"", "Two-letter region of phone numbers without a country code."),
        or(
            "workdays",
            Kind::List(&words!["mon" "tue" "wed" "thu" "fri" "sat" "sun"]),
            "[\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]",
            "Working days.",
        ),
        may(
            "day_weights",
            Kind::Table(&DAY_WEIGHTS),
            "What a working day weighs in a plan, where it is not 100: a target of a month is spread by it.",
        ),
        or("day_start", Kind::Clock, "\"09:00\"", "When work begins."),
        or("day_end", Kind::Clock, "\"18:00\"", "When work ends."),
        may("note", Kind::Text, "For readers of the file."),
    ],
);

static DAY_WEIGHTS: Table = table(
    "day_weights = { … }",
    "What working days weigh, 100 for an ordinary one.",
    &[
        may("mon", WEIGHT, "Mondays."),
        may("tue", WEIGHT, "Tuesdays."),
        may("wed", WEIGHT, "Wednesdays."),
        may("thu", WEIGHT, "Thursdays."),
        may("fri", WEIGHT, "Fridays."),
        may("sat", WEIGHT, "Saturdays."),
        may("sun", WEIGHT, "Sundays."),
    ],
);

const WEIGHT: Kind = Kind::Int(1, 1_000);

static PROFILE: Table = table(
    "[profile]",
    "Twelve dimensions of the sales mode. Two playbooks are compared by them before one replaces the other.",
    &[
        may("customer_subject", words!["enterprise_group" "small_business" "household"], "Who buys."),
        may(
            "product_service",
            words!["custom_project" "configured_unit" "standard_consumed" "standard_longterm" "platform_membership"],
            "What is sold.",
        ),
        may("cycle", words!["long_project" "medium_with_key_nodes" "short_no_nodes"], "How a sale runs."),
        may("cycle_days", Kind::Int(1, 3_650), "How long it usually takes."),
        may("decision", words!["committee" "family" "owner_operator"], "Who decides."),
        may(
            "interaction",
            words!["sparse_meetings" "dense_remote" "dense_phone" "dense_mixed"],
            "How customers are worked with.",
        ),
        may(
            "teamwork",
            words!["account_team" "relay" "handoff_and_channel" "solo" "seller_is_deliverer"],
            "How sellers work together.",
        ),
        may(
            "stock_cost",
            words!["none" "unit_lock_and_ageing" "made_to_order"],
            "What a shortage or stock costs.",
        ),
        may("rep_lifecycle", words!["expert" "young_dense"], "What kind of people sell."),
        may("rep_tenure_months", Kind::Int(1, 600), "How long they stay."),
        may("ramp_weeks", Kind::Int(0, 200), "How long they learn."),
        may(
            "deal_value",
            words!["small_recurring" "mid" "mid_yearly" "very_high" "project"],
            "What an order is worth.",
        ),
        may("deal_value_yuan", Kind::Money, "The same as an amount."),
        may(
            "after_sale",
            words!["none" "renew_and_refer" "collect_and_refer" "renew_add_refer" "renew_activate" "framework_reorder"],
            "What follows the order.",
        ),
        may("mgmt_density", words!["light" "daily" "intraday"], "How closely work is led."),
        may(
            "incentive",
            words!["high_base_quarterly" "low_base_monthly" "low_base_deferred_commission" "low_base_with_persistency"],
            "How pay is built.",
        ),
    ],
);

static CONTACT_RULES: Table = table(
    "[contact_rules]",
    "How not to annoy customers. A key left out is no limit.",
    &[
        may(
            "quiet",
            Kind::Window,
            "Hours in which nobody is contacted; over midnight when `from` is later than `to`.",
        ),
        may(
            "max_touches_per_day",
            Kind::Int(1, 100),
            "Touches a customer may get in a day, on all channels.",
        ),
        may("max_calls_per_day", Kind::Int(1, 20), "Calls a number may get in a day, by anybody."),
        may("max_commercial_per_day", Kind::Int(0, 20), "Coupons and offers a customer may get in a day."),
        may("max_touches_per_week", Kind::Int(1, 200), "Touches a customer may get in seven days."),
        may("max_calls_per_month", Kind::Int(1, 200), "Calls a number may get in 30 days."),
        may("min_hours_between_calls", Kind::Int(0, 720), "Hours between two calls to a number."),
        may(
            "min_minutes_between_tries",
            Kind::Int(1, 43_200),
            "Minutes before a number that did not answer may be tried again; stands in for the hours above after an unanswered try.",
        ),
        or("dnc_months", Kind::Int(1, 1_200), "6", "Months a refusal is honoured."),
        or("record_calls", Kind::Bool, "false", "Whether calls are recorded."),
        or("channel_use", Kind::Map(Domain::Channel, &Kind::Text), "{}", "What each channel is for."),
        or("interest_coupons", Kind::Bool, "true", "Whether coupons may appeal to interest (money) at all."),
        or(
            "forbidden_phrases",
            Kind::List(&Kind::Text),
            "[]",
            "Words that may stand in no text of the playbook.",
        ),
        or(
            "required_phrases",
            Kind::Map(Domain::ChannelOrStage, &Kind::List(&Kind::Text)),
            "{}",
            "Words that must be said on a channel or at a stage.",
        ),
    ],
);

static RETENTION: Table = table(
    "[retention]",
    "How long what is personal is kept; `corral privacy retain` and a server once a day see to it. A key left out keeps it for ever.",
    &[
        may(
            "without_order_days",
            Kind::Int(30, 36_500),
            "Days after the last touch, or after coming in, after which a customer who never bought is erased.",
        ),
        may(
            "words_days",
            Kind::Int(30, 36_500),
            "Days after which the words about a touch go, and what the journal says of it: notes, promises, reasons in one's own words.",
        ),
    ],
);

static COMPLIANCE: Table = table(
    "[compliance]",
    "Limits the law or the firm sets. Products are checked against the prepayment limits.",
    &[
        may("max_prepay_lessons", Kind::Int(1, 10_000), "Lessons a package may hold."),
        may("max_prepay_months", Kind::Int(1, 120), "Months a package may last."),
        may("max_prepay_yuan", Kind::Money, "What a package may cost."),
        may(
            "renew_not_before_lessons_left",
            Kind::Int(0, 10_000),
            "Lessons left from which a renewal may be sold.",
        ),
        may("masked_registration", Kind::Bool, "Whether partners register with a masked number."),
        may("visit_signature_by", Kind::List(&Kind::Ref(Domain::Job)), "Jobs that may sign a visit."),
        may("cooling_off_days", Kind::Int(1, 365), "Days in which the customer may withdraw."),
        may("callback_within_cooling_off", Kind::Bool, "Whether the call-back must pass within them."),
        may("grace_days", Kind::Int(0, 365), "Days a payment may be late."),
        may("health_notice", Kind::Bool, "Whether health questions must be answered."),
    ],
);

static STOCK: Table = table(
    "[stock]",
    "How stock is locked and ages.",
    &[
        must("kind", words!["unit"], "What is in stock."),
        must("lock_hours", Kind::Int(1, 8_760), "How long a lock holds."),
        may("ageing_days", Kind::Int(1, 3_650), "Days after which stock is old."),
        may("ageing_task_weight", Kind::Share, "How much more its tasks weigh then."),
    ],
);

static CHANNEL: Table = table(
    "[[channels]]",
    "A channel beside the built-in `call`, `wechat`, `wecom`, `im`, `sms`, `app`, `visit`, `lesson`, `video`, `partner`.",
    &[
        must("id", Kind::Id(Domain::Channel), "Its code."),
        must("name", Kind::Both, "Its name."),
        or(
            "call",
            Kind::Bool,
            "false",
            "Whether touches on it are calls: dialled, counted, capped per number.",
        ),
        may(
            "contact",
            Kind::Ref(Domain::Channel),
            "The channel a contact point must have to be reached on it; without it none is needed.",
        ),
    ],
);

static PRODUCT: Table = table(
    "[[products]]",
    "What is sold.",
    &[
        must("id", Kind::Id(Domain::Product), "Its code."),
        must("name", Kind::Both, "Its name."),
        must("price", Kind::Money, "List price."),
        must("floor", Kind::Money, "Least price."),
        may("lessons", Kind::Int(1, 10_000), "Lessons in the package."),
        may("weeks", Kind::Int(1, 520), "Weeks it lasts."),
    ],
);

static CUSTOMER_ROLE: Table = table(
    "[[customer_roles]]",
    "A role a person plays in a household. `{<id>_call}` in a text becomes that person's address, `{<id>_name}` the name.",
    &[
        must("id", Kind::Id(Domain::Role), "Its code."),
        must("name", Kind::Both, "Its name."),
        or("contactable", Kind::Bool, "true", "Whether such a person may be contacted; children may not."),
        may("address", Kind::Address, "How such a person is addressed, with `{name}` for the name."),
    ],
);

/// A pen of Today.
pub const LANE: Kind = members!(Lane);
