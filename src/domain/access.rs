//! Who sees and writes which field and which way of contact (S001-35, S001-84): rules of the playbook over a closed list of rights.

use crate::domain::code::{ChannelCode, FieldCode};
use crate::domain::lists::{FieldRight, Role};

/// What a playbook says about access. Without a word of it everybody who may see a customer sees all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Numbers and ids somebody may have shown a day; showing one again on the same day counts once.
    pub reveals_per_day: u32,
    /// Rows of one export, at most.
    pub export_rows: u32,
    /// Whether a lead's export has to be approved by a manager.
    pub export_approval: bool,
    /// What is hidden, masked or only read.
    pub rules: Vec<AccessRule>,
}

/// One rule: what some roles may do with some fields or ways of contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRule {
    /// For whom.
    pub roles: Vec<Role>,
    /// Only in deals of this process; `None` everywhere.
    pub process: Option<String>,
    /// Which fields.
    pub fields: Vec<FieldCode>,
    /// Which kinds of contact: `phone`, `wechat`, ….
    pub contacts: Vec<ChannelCode>,
    /// What they may do at most.
    pub right: FieldRight,
}

impl Default for Access {
    fn default() -> Self {
        Self { reveals_per_day: 150, export_rows: 50_000, export_approval: true, rules: Vec::new() }
    }
}

impl Access {
    /// What a role may do with a field; `process` is that of the deal it sits on, `None` for what sits on a customer or member.
    ///
    /// Rules that name the process go before those that do not; among those that are left the strictest holds.
    pub fn field(&self, role: Role, process: Option<&str>, field: &FieldCode) -> FieldRight {
        let about =
            || self.rules.iter().filter(|rule| rule.roles.contains(&role) && rule.fields.contains(field));
        let named = about().filter(|rule| process.is_some() && rule.process.as_deref() == process);
        let plain = about().filter(|rule| rule.process.is_none());
        let strictest = |rules: &mut dyn Iterator<Item = &AccessRule>| rules.map(|rule| rule.right).min();
        strictest(&mut { named }).or_else(|| strictest(&mut { plain })).unwrap_or(FieldRight::Write)
    }

    /// Whether any rule is about a field.
    pub fn speaks_of(&self, field: &FieldCode) -> bool {
        self.rules.iter().any(|rule| rule.fields.contains(field))
    }

    /// What a role may do with ways of contact of a kind.
    pub fn contact(&self, role: Role, kind: &ChannelCode) -> FieldRight {
        let rules =
            self.rules.iter().filter(|rule| rule.roles.contains(&role) && rule.contacts.contains(kind));
        rules.map(|rule| rule.right).min().unwrap_or(FieldRight::Write)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(process: Option<&str>, right: FieldRight) -> AccessRule {
        AccessRule {
            roles: vec![Role::Rep],
            process: process.map(str::to_owned),
            fields: vec!["budget".into()],
            contacts: vec!["phone".into()],
            right,
        }
    }

    #[test]
    fn what_no_rule_speaks_of_may_be_written() {
        let access = Access { rules: vec![rule(None, FieldRight::Hide)], ..Access::default() };
        assert_eq!(access.field(Role::Lead, None, &"budget".into()), FieldRight::Write);
        assert_eq!(access.field(Role::Rep, None, &"hobby".into()), FieldRight::Write);
        assert_eq!(access.contact(Role::Rep, &"wechat".into()), FieldRight::Write);
    }

    #[test]
    fn the_strictest_rule_holds_and_one_of_the_process_goes_first() {
        let rules = vec![
            rule(None, FieldRight::Read),
            rule(None, FieldRight::Mask),
            rule(Some("renewal"), FieldRight::Write),
        ];
        let access = Access { rules, ..Access::default() };
        let right = |process| access.field(Role::Rep, process, &"budget".into());
        assert_eq!(right(None), FieldRight::Mask);
        assert_eq!(right(Some("new")), FieldRight::Mask);
        assert_eq!(right(Some("renewal")), FieldRight::Write);
        assert_eq!(access.contact(Role::Rep, &"phone".into()), FieldRight::Mask);
    }
}
