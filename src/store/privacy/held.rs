//! What every table holds of a customer, and what becomes of it when the customer is erased. A test goes over the layout: a table that
//! a migration adds must be named here.

/// A table with rows about a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The table.
    pub table: &'static str,
    /// Which of its rows are the customer's.
    pub tie: Tie,
    /// What becomes of them.
    pub fate: Fate,
}

/// How a row belongs to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// It is the customer's own row.
    Own,
    /// It names the customer.
    Customer,
    /// It names one of the customer's touches.
    Touch,
    /// It names one of the customer's orders.
    Order,
    /// It names one of the numbers the customer was called at.
    Number,
    /// The audit trail says it is about the customer.
    About,
    /// It is kept apart from such a row.
    Apart,
    /// It names one of the customer's erasures.
    Erasure,
}

impl Tie {
    /// The condition: `$1` is the customer's id, `$2` what the audit trail calls the customer.
    pub const fn condition(self) -> &'static str {
        match self {
            Self::Own => "id = $1",
            Self::Customer => "customer_id = $1",
            Self::Touch => "touch_id IN (SELECT id FROM touch WHERE customer_id = $1)",
            Self::Order => "order_id IN (SELECT id FROM sale_order WHERE customer_id = $1)",
            Self::Number => {
                "number IN (SELECT number FROM touch WHERE customer_id = $1 AND number IS NOT NULL)"
            }
            Self::About => "about = $2",
            Self::Apart => "number IN (SELECT number FROM audit WHERE about = $2)",
            Self::Erasure => "erasure_id IN (SELECT id FROM erasure WHERE customer_id = $1)",
        }
    }
}

/// What becomes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They go.
    Goes,
    /// They stay without what stands in these columns.
    Stays {
        /// Columns that are emptied, with what stands there then.
        emptied: &'static [(&'static str, Empty)],
        /// Other columns of text, which name nobody: codes, words of the program's own.
        kept: &'static [&'static str],
    },
    /// A part of the program of its own sees to them.
    ByHand,
}

/// What stands where something was emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// Nothing at all.
    Null,
    /// An empty text.
    Text,
    /// A dash, where something is to be seen.
    Dash,
}

impl Empty {
    /// As SQL writes it.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Text => "''",
            Self::Dash => "'—'",
        }
    }
}

/// Rows that stay as they are: no column of text names anybody.
const fn stays(kept: &'static [&'static str]) -> Fate {
    Fate::Stays { emptied: &[], kept }
}

const fn held(table: &'static str, tie: Tie, fate: Fate) -> Held {
    Held { table, tie, fate }
}

/// Every table with rows about a customer.
pub const HELD: &[Held] = &[
    held(
        "customer",
        Tie::Own,
        Fate::Stays {
            emptied: &[
                ("name", Empty::Dash),
                ("city", Empty::Text),
                ("source", Empty::Text),
                ("external_id", Empty::Null),
                ("last_note", Empty::Text),
            ],
            kept: &["kind", "playbook"],
        },
    ),
    held("person", Tie::Customer, Fate::Stays { emptied: &[("name", Empty::Dash)], kept: &["roles"] }),
    held("contact", Tie::Customer, Fate::Goes),
    // choices of a closed list stay, so that counts by them stay right
    held("field_value", Tie::Customer, Fate::ByHand),
    held(
        "ownership",
        Tie::Customer,
        Fate::Stays { emptied: &[("reason", Empty::Text)], kept: &["process", "owner_right"] },
    ),
    held("reveal", Tie::Customer, Fate::Stays { emptied: &[("reason", Empty::Text)], kept: &[] }),
    held("private_note", Tie::Customer, Fate::Goes),
    held("consent", Tie::Customer, Fate::Stays { emptied: &[("words", Empty::Text)], kept: &["kind"] }),
    held(
        "deal",
        Tie::Customer,
        Fate::Stays {
            emptied: &[("words", Empty::Null)],
            kept: &["playbook", "pipeline", "stage", "state", "reason"],
        },
    ),
    held("stage_move", Tie::Customer, stays(&["from_stage", "to_stage", "evidence"])),
    held("node_event", Tie::Customer, stays(&["node", "state"])),
    held("sale_order", Tie::Customer, stays(&["playbook", "pipeline", "product"])),
    held("payment", Tie::Order, stays(&[])),
    held("order_credit", Tie::Order, stays(&["source", "state"])),
    // its reason and its end may be in somebody's words
    held("task", Tie::Customer, Fate::ByHand),
    held("put_off", Tie::Customer, stays(&["reason"])),
    held("warning", Tie::Customer, stays(&["playbook", "rule"])),
    // what was decided may be in words about the customer
    held("decision", Tie::Customer, Fate::Stays { emptied: &[("words", Empty::Dash)], kept: &[] }),
    held(
        "stock_row",
        Tie::Customer,
        Fate::Stays {
            emptied: &[("words", Empty::Text)],
            kept: &["pipeline", "stage", "decision", "to_stage", "reason"],
        },
    ),
    held(
        "touch",
        Tie::Customer,
        Fate::Stays {
            emptied: &[("number", Empty::Null), ("note", Empty::Text)],
            kept: &[
                "channel",
                "direction",
                "lane",
                "outcome",
                "pipeline",
                "playbook",
                "script",
                "material",
                "coupon",
                "metrics",
            ],
        },
    ),
    held("question_use", Tie::Touch, stays(&["question"])),
    held("promise", Tie::Customer, Fate::Stays { emptied: &[("words", Empty::Text)], kept: &["state"] }),
    held("coupon_issue", Tie::Customer, stays(&["playbook", "coupon", "code", "state"])),
    held("usage_event", Tie::Customer, stays(&["kind"])),
    held("report_task", Tie::Customer, stays(&[])),
    held("contact_use", Tie::Customer, stays(&[])),
    held("number_use", Tie::Number, Fate::ByHand),
    held("search_key", Tie::Customer, Fate::ByHand),
    held("search_text", Tie::Customer, Fate::ByHand),
    held("journal", Tie::Customer, Fate::ByHand),
    held(
        "audit",
        Tie::About,
        stays(&["origin", "machine", "kind", "about", "was", "became", "why", "personal", "seal"]),
    ),
    held("audit_personal", Tie::Apart, Fate::Goes),
    held("erasure", Tie::Customer, stays(&["digest"])),
    held("erased_row", Tie::Erasure, stays(&["mark"])),
];

/// Tables that hold nothing of a customer, and why that is so.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("setting", "of the database as a whole"),
    ("team", "people of the floor"),
    ("person_user", "people of the floor"),
    ("membership", "people of the floor"),
    ("playbook_version", "the method"),
    ("target", "people of the floor"),
    ("good_news", "people of the floor: who won an order of how much, and no customer"),
    ("coupon_quota", "how many coupons a month, of nobody in particular"),
    ("metric_day", "sums by person of the floor"),
    ("metric_month", "sums by person of the floor"),
    ("day_roll", "how far the day is rolled over"),
    (
        "search_way",
        "ways to type two characters, of nobody in particular; those that only an erased name needed go with it",
    ),
    ("import_batch", "a file as a whole: its name and its counts"),
    ("sign_key", "people of the floor"),
    ("sign_in", "people of the floor"),
    ("sign_in_event", "people of the floor"),
    ("export_asked", "records as a whole, by people of the floor"),
    ("pk_match", "people of the floor; its words are about them"),
    ("pk_metric", "what a match is in"),
    ("pk_side", "people of the floor"),
    ("pk_member", "people of the floor"),
    ("pk_leg", "when a leg of a match is run"),
    ("pk_round", "when a round of a match is played"),
    ("pk_result", "figures by side of a match"),
    ("pk_dispute", "people of the floor; its words are about them"),
    ("pk_nemesis", "people of the floor"),
    ("report", "figures and words of people of the floor; customers stand in it by their number"),
    ("report_comment", "people of the floor; its words are about their work"),
    ("health_note", "people of the floor; its words are about a team"),
    ("score", "people of the floor; its words are about their work"),
    ("attendance", "people of the floor"),
    ("whisper", "people of the floor; its words are to them"),
    ("round_call", "teams of the floor; its words are to them"),
    ("stock_take", "teams of the floor"),
    (
        "rep_warning",
        "figures of people of the floor; of a customer no more than that the coach listens to the call that is next",
    ),
    ("stock_rate", "figures of a team by stage"),
    ("barred_contact", "keyed digests without a name, so that nobody calls who has refused"),
];

/// Tables with rows about a person of the floor: the column that names the person, and columns that are not handed out.
pub const OF_USER: &[(&str, &str, &[&str])] = &[
    ("person_user", "id", &[]),
    ("membership", "user_id", &[]),
    ("target", "scope_id", &[]),
    ("sign_key", "user_id", &[]),
    // secrets are no use to whom they are about, and a key to whoever finds the file
    ("sign_in", "user_id", &["password", "totp", "totp_step", "invitation"]),
    ("sign_in_event", "user_id", &[]),
    ("good_news", "user_id", &[]),
    ("metric_day", "user_id", &[]),
    ("metric_month", "user_id", &[]),
    ("order_credit", "user_id", &[]),
    // what a customer can be recognised by is that customer's
    ("touch", "user_id", &["number", "note", "person_id"]),
    ("promise", "by_user", &["words"]),
    // why somebody was given a right, or a number shown, may name a customer
    ("ownership", "user_id", &["reason"]),
    ("reveal", "user_id", &["reason"]),
    ("export_asked", "by_user", &[]),
    ("pk_match", "by_user", &[]),
    ("pk_side", "accepted_by", &[]),
    ("pk_member", "user_id", &[]),
    ("pk_dispute", "by_user", &["settled_by", "words"]),
    // whom somebody chose is the chooser's own; who was chosen is not told
    ("pk_nemesis", "user_id", &[]),
    // the words may name a customer
    ("report", "handed_by", &["why", "best", "help"]),
    ("report_comment", "by_user", &["words"]),
    ("health_note", "by_user", &["words"]),
    ("score", "user_id", &[]),
    ("attendance", "user_id", &[]),
    ("whisper", "user_id", &[]),
    ("round_call", "by_user", &[]),
    // what was decided may name a customer
    ("decision", "user_id", &["words"]),
    ("stock_take", "began_by", &[]),
    ("rep_warning", "user_id", &[]),
    ("stock_row", "by_user", &["words"]),
    ("journal", "by_user", &["payload", "effects", "reversal", "salt", "hash"]),
    ("audit", "by_user", &["was", "became", "why", "personal", "seal"]),
];

/// Tables that name a person of the floor beside a fact about somebody else, and why they are not handed out.
pub const NOT_OF_USER: &[(&str, &str)] = &[
    ("team", "which lead a team has stands in the audit trail"),
    ("playbook_version", "who applied a method stands in the audit trail"),
    ("customer", "a customer's; who follows it stands in ownership"),
    ("contact", "a customer's"),
    ("field_value", "a customer's"),
    ("private_note", "about a customer"),
    ("consent", "a customer's"),
    ("import_batch", "stands in the audit trail"),
    ("deal", "a customer's"),
    ("stage_move", "a customer's; stands in the journal"),
    ("node_event", "a customer's; stands in the journal"),
    ("sale_order", "a customer's; what was earned by it stands in order_credit"),
    ("payment", "a customer's; what was earned by it stands in order_credit"),
    ("task", "a customer's; what was done of it stands in touch"),
    ("put_off", "a customer's; stands in the journal"),
    ("pk_result", "figures by side of a match; who is on a side stands in pk_member"),
    ("coupon_issue", "a customer's; stands in the journal"),
    ("usage_event", "a customer's"),
    ("search_text", "made from a customer's names and numbers"),
    ("erasure", "stands in the audit trail"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::migrate::layout::{self, Kind};

    #[test]
    fn every_table_is_named_once_with_what_it_holds_of_a_customer() {
        let named: Vec<&str> =
            HELD.iter().map(|held| held.table).chain(ELSEWHERE.iter().map(|(table, _)| *table)).collect();
        let there: Vec<String> = layout::newest().tables.into_iter().map(|table| table.name).collect();
        let (named_set, there): (BTreeSet<&str>, BTreeSet<&str>) =
            (named.iter().copied().collect(), there.iter().map(String::as_str).collect());
        assert_eq!(named.len(), named_set.len(), "a table is named twice");
        let missing: Vec<_> = there.difference(&named_set).collect();
        assert_eq!(
            missing,
            Vec::<&&str>::new(),
            "name them in HELD or ELSEWHERE: what do they hold of a customer?"
        );
        assert_eq!(named_set, there, "some are gone");
    }

    #[test]
    fn every_column_of_text_that_stays_was_thought_of() {
        for table in layout::newest().tables {
            let Some(held) = HELD.iter().find(|held| held.table == table.name) else { continue };
            let Fate::Stays { emptied, kept } = held.fate else { continue };
            let named: BTreeSet<&str> =
                emptied.iter().map(|(column, _)| *column).chain(kept.iter().copied()).collect();
            let texts: BTreeSet<&str> = table
                .columns
                .iter()
                .filter(|column| column.kind == Kind::Text)
                .map(|column| column.name.as_str())
                .collect();
            assert_eq!(texts, named, "columns of {}", table.name);
        }
    }

    #[test]
    fn no_table_outside_the_list_names_a_customer() {
        for table in layout::newest().tables {
            let ties = ["customer_id", "person_id", "touch_id", "deal_id", "order_id", "task_id"];
            let names = table.columns.iter().any(|column| ties.contains(&column.name.as_str()));
            let is_held = HELD.iter().any(|held| held.table == table.name);
            // it names the task of a coach, which is held by its customer; what it says is of a rep
            let is_of_a_rep = table.name == "rep_warning";
            assert!(!names || is_held || is_of_a_rep, "{} names a customer", table.name);
        }
    }

    #[test]
    fn every_table_that_names_a_person_of_the_floor_is_handed_out_or_says_why_not() {
        let mut tables: BTreeSet<&str> = BTreeSet::new();
        for (table, ..) in OF_USER {
            assert!(tables.insert(table), "{table} twice");
        }
        for (table, _) in NOT_OF_USER {
            assert!(tables.insert(table), "{table} twice");
        }
        for table in layout::newest().tables {
            let names = table.columns.iter().any(|column| {
                let name = column.name.as_str();
                ["user_id", "by_user", "owner_id", "lead_id", "coach_id"].contains(&name)
                    || (name.ends_with("_by") && column.kind == Kind::Int && name != "undone_by")
            });
            assert!(
                !names || tables.contains(table.name.as_str()),
                "{} names a person of the floor",
                table.name
            );
        }
    }
}
