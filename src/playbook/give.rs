//! Whether a coupon may be given to a customer: one function for the push and for what Today shows before it (S001-114).

use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::contact::Rule;
use crate::playbook::model::Coupon;

/// Where a customer and a month stand with a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The open deals it may be given in: the task's own where it has one, else all of the customer's.
    pub deals: &'a [(PipelineCode, Option<StageCode>)],
    /// How many the customer got; released ones do not count.
    pub got: u32,
    /// How many are given this month, over all reps.
    pub used: u32,
}

/// Decides whether a coupon may be given.
///
/// # Errors
/// The first rule in the way: stage and pipeline, how many a customer may get, the month's quota.
pub fn may_give(coupon: &Coupon, standing: &Standing<'_>) -> Result<(), Rule> {
    let anywhere = coupon.pipelines.is_empty() && coupon.stages.is_empty();
    let fits = |(pipeline, stage): &(PipelineCode, Option<StageCode>)| {
        (coupon.pipelines.is_empty() || coupon.pipelines.contains(pipeline))
            && (coupon.stages.is_empty() || stage.as_ref().is_some_and(|s| coupon.stages.contains(s)))
    };
    if !anywhere && !standing.deals.iter().any(fits) {
        return Err(Rule::NotEligible);
    }
    if coupon.per_customer > 0 && standing.got >= coupon.per_customer {
        return Err(Rule::PerCustomer);
    }
    if standing.used >= coupon.quota_month {
        return Err(Rule::NoneLeft);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lists::Inducement;
    use crate::domain::money::Money;
    use crate::playbook::model::Bilingual;

    fn coupon(stages: &[&str], pipelines: &[&str]) -> Coupon {
        Coupon {
            code: "c".into(),
            name: Bilingual::default(),
            text: Bilingual::default(),
            inducement: Inducement::Interest,
            face: Money(0),
            discount_bp: None,
            min_order: Money(0),
            valid_days: 7,
            quota_month: 3,
            per_customer: 1,
            stages: stages.iter().map(|code| StageCode::from(*code)).collect(),
            pipelines: pipelines.iter().map(|code| PipelineCode::from(*code)).collect(),
        }
    }

    #[test]
    fn the_first_rule_in_the_way_is_named() {
        let at =
            |pipeline: &str, stage: &str| vec![(PipelineCode::from(pipeline), Some(StageCode::from(stage)))];
        let warm = at("main", "warm");
        let ask = |coupon: &Coupon, deals: &[(PipelineCode, Option<StageCode>)], got, used| {
            may_give(coupon, &Standing { deals, got, used })
        };
        let bound = coupon(&["warm"], &["main"]);
        assert_eq!(ask(&bound, &warm, 0, 2), Ok(()));
        assert_eq!(ask(&bound, &at("main", "new"), 1, 3), Err(Rule::NotEligible));
        assert_eq!(ask(&bound, &at("renewal", "warm"), 0, 0), Err(Rule::NotEligible));
        assert_eq!(ask(&bound, &[], 0, 0), Err(Rule::NotEligible));
        assert_eq!(ask(&bound, &warm, 1, 3), Err(Rule::PerCustomer));
        assert_eq!(ask(&bound, &warm, 0, 3), Err(Rule::NoneLeft));
        // bound to nothing it needs no deal
        assert_eq!(ask(&coupon(&[], &[]), &[], 0, 0), Ok(()));
    }
}
