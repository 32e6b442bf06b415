//! Codes: the ids a playbook gives its own things. The program passes them on and compares them; it knows none by name.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// Wraps a code.
            pub fn new(code: impl Into<String>) -> Self {
                Self(code.into())
            }

            /// The code as written in the playbook.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                Self(code.to_owned())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )*};
}

codes! {
    /// A pipeline (商机类型).
    PipelineCode,
    /// A stage; unique within its pipeline.
    StageCode,
    /// An outcome of a touch.
    OutcomeCode,
    /// A field of customers, persons, deals or orders.
    FieldCode,
    /// A script (话术).
    ScriptCode,
    /// A material.
    MaterialCode,
    /// A coupon definition.
    CouponCode,
    /// A standard procedure: a list of dated steps.
    SopCode,
    /// A role a person plays in a household (registrant, decider, …).
    RoleCode,
    /// A product.
    ProductCode,
    /// A grade of reps.
    RankCode,
    /// A tag.
    TagCode,
    /// A task rule or warning.
    RuleCode,
    /// A channel: call, wechat, visit, …; data, so that a new one needs no code (S003-23).
    ChannelCode,
    /// A kind of key node: trial, visit, plan call, ….
    NodeCode,
    /// A question or objection of the question bank.
    QuestionCode,
    /// A reason for losing a deal or skipping a task.
    ReasonCode,
}
