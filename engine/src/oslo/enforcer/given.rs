//! Policy files that somebody else has read.

use std::sync::Arc;

use super::{Enforcer, Policy};
use crate::oslo::load::Rules;

impl Enforcer {
    /// The policy of these files on the registered defaults, as [`Enforcer::load_rules`] makes it of a policy file
    /// (the first) and the files of policy directories (the others, in their order), but without a look at the disk,
    /// now or later. Without any file there are the defaults alone.
    ///
    /// ```
    /// use assay_engine::oslo::Rules;
    /// use assay_engine::oslo::enforcer::{Definition, DeprecatedRule, Enforcer, Options, RuleDefault};
    /// let enforcer = Enforcer::builder(Options::default()).build();
    /// let renamed = Definition {
    ///     deprecated_rule: Some(DeprecatedRule::new("get_images", "role:old")?),
    ///     ..Definition::new("get_image", "role:new")
    /// };
    /// enforcer.register_default(RuleDefault::new(renamed)?)?;
    /// let policy = enforcer.take_files([Rules::from_texts([("get_images", "role:mine")])]);
    /// assert_eq!(policy.rules().get("get_image").unwrap().to_string(), "role:mine");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn take_files(&self, files: impl IntoIterator<Item = Rules>) -> Arc<Policy> {
        let mut working = self.lock();
        working.set_rules(Rules::empty(), true, false);
        working.record_file_rules(&Rules::empty(), true);
        for rules in files {
            let rules = rules.map(|tree| self.setting.checks.construct(tree));
            working.record_file_rules(&rules, false);
            working.set_rules(rules, false, false);
        }
        working.fill(&self.setting);
        if working.need_check {
            working.report_references(&self.setting);
            working.need_check = false;
        }
        let policy = self.publish(&mut working);
        self.tell(working);
        policy
    }
}
