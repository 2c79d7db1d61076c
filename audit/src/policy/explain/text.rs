//! An explanation as people read it.

use std::fmt::{self, Write as _};

use assay_engine::oslo::Interrupt;
use assay_engine::oslo::explain::{Fact, Leads, Reference, Step, StepId, StepOutcome};
use assay_engine::oslo::language::{Check, DiagnosticKind};

use super::{Report, words};
use crate::policy::{Answers, Effective, Origin, Outcome};

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = &self.answer;
        match answer.outcome {
            Outcome::Raise(class) => writeln!(f, "{}: raise {class}", answer.rule)?,
            outcome => writeln!(f, "{}: {}", answer.rule, outcome.name())?,
        }
        self.head(f)?;
        let explanation = &self.explained.explanation;
        if !explanation.steps.is_empty() {
            f.write_char('\n')?;
            self.tree(f)?;
        }
        if explanation.too_deep {
            f.write_str("\nPython's recursion ends before all of this is decided.\n")?;
        }
        self.tail(f)
    }
}

impl Report<'_> {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |label: &str, text: &str| writeln!(f, "  {label:<10} {text}");
        match &self.answer.answers {
            Answers::Own => {}
            Answers::DefaultRule(name) => {
                line("undefined", &format!("no rule is called so: the default rule {name:?} answers"))?;
            }
            Answers::Nobody => {
                return line("undefined", "no rule is called so, and there is no default rule");
            }
        }
        let Some(rule) = self.rule() else {
            return Ok(());
        };
        line("from", &self.origin(rule))?;
        if let Some(default) = self.policy.default(&rule.name) {
            let definition = default.definition();
            if self.policy.entry(rule.origin).is_some() {
                let same = if *default.check() == rule.tree { " (the same)" } else { "" };
                line("default", &format!("{}{same}", default.check()))?;
            }
            if let Some(old) = &definition.deprecated_rule {
                let since = old.since().map(|since| format!(" until {since}")).unwrap_or_default();
                let what = match rule.origin {
                    Origin::Either { .. } => "allowed beside the new one, since enforce_new_defaults is off",
                    Origin::File { .. } | Origin::OldName { .. } => "overridden",
                    Origin::Default { .. } if !self.policy.enforce_new_defaults => {
                        "not looked at: it says the same"
                    }
                    Origin::Default { .. } => "not looked at, since enforce_new_defaults is on",
                };
                let name =
                    if old.name() == rule.name { String::new() } else { format!("{:?}: ", old.name()) };
                line("deprecated", &format!("{name}{}{since}; {what}", old.check()))?;
            }
            for operation in self.policy.defaults.operations(&rule.name) {
                line("operation", &format!("{} {}", operation.methods.join("|"), operation.path))?;
            }
        }
        if self.answer.unregistered {
            line(
                "registered",
                &format!("no, by {}: authorize() raises PolicyNotRegistered", self.policy.defaults.label()),
            )?;
        }
        let scope = &self.explained.scope;
        let token = format!("the token is of {} scope", scope.token);
        match (scope.allowed.is_empty(), scope.fits) {
            (true, _) => line("scope", &format!("any; {token}")),
            (false, true) => line("scope", &format!("{}; {token}", scope.allowed.join(" or "))),
            (false, false) => {
                let denied = "InvalidScope, and nobody looks at the rule";
                line("scope", &format!("{}; {token}: {denied}", scope.allowed.join(" or ")))
            }
        }
    }

    fn origin(&self, rule: &Effective) -> String {
        let place = self.policy.place(rule).map(|(path, at)| format!("{}:{at}", path.display()));
        let defaults = self.policy.defaults.label();
        match (rule.origin, place) {
            (Origin::File { .. }, Some(place)) => place,
            (Origin::OldName { .. }, Some(place)) => {
                let name = self.policy.entry(rule.origin).map(|(_, entry)| entry.name.clone());
                let name = name.unwrap_or_default();
                format!("{place}, which overrides the old name {name:?} and so replaces the new default")
            }
            (_, Some(place)) => format!("the default, {place}"),
            (_, None) => format!("the default of {defaults}"),
        }
    }

    /// The steps, from the first on.
    fn tree(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = &self.explained.explanation.steps;
        let root = StepId::default();
        // What is still to be written, the next last: a step, what stands before its own line and before its
        // children's.
        let mut open = vec![(root, String::new(), String::new())];
        while let Some((id, before, below)) = open.pop() {
            let step = &steps[id.index()];
            writeln!(f, "{before}{}", self.line(step))?;
            let joint = id == root && self.is_joint_of_deprecated();
            for (index, child) in step.children.iter().enumerate().rev() {
                let last = index + 1 == step.children.len();
                let label = match (joint, index) {
                    (true, 0) => "(the new default) ",
                    (true, _) => "(the deprecated default) ",
                    (false, _) => "",
                };
                let (branch, bar) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                open.push((*child, format!("{below}{branch}{label}"), format!("{below}{bar}")));
            }
        }
        Ok(())
    }

    fn is_joint_of_deprecated(&self) -> bool {
        self.rule().is_some_and(|rule| matches!(rule.origin, Origin::Either { .. }))
    }

    fn line(&self, step: &Step) -> String {
        let state = match step.outcome {
            StepOutcome::Decided(true) => "true".to_owned(),
            StepOutcome::Decided(false) => "false".to_owned(),
            StepOutcome::Raised(Interrupt::Raised(class)) => format!("raises {class}"),
            StepOutcome::Raised(_) => "undecided".to_owned(),
            StepOutcome::NotReached => "not reached".to_owned(),
        };
        let check = match step.fact {
            Fact::And if step.outcome != StepOutcome::NotReached => "and".to_owned(),
            Fact::Or if step.outcome != StepOutcome::NotReached => "or".to_owned(),
            Fact::Not if step.outcome != StepOutcome::NotReached => "not".to_owned(),
            _ => self.check(step),
        };
        let mut remarks: Vec<String> = words::reason(step).into_iter().collect();
        remarks.extend(self.place(step));
        remarks.extend(self.fault(step));
        if remarks.is_empty() {
            format!("{state}  {check}")
        } else {
            format!("{state}  {check}  ({})", remarks.join("; "))
        }
    }

    /// Where the rule stands that a reference leads to, if that is in a file.
    fn place(&self, step: &Step) -> Option<String> {
        let Fact::Reference(Reference { name, leads: Leads::Own }) = &step.fact else {
            return None;
        };
        let rule = self.policy.rule(name.masked())?;
        self.policy.entry(rule.origin)?;
        self.policy.place(rule).map(|(path, at)| format!("{}:{at}", path.display()))
    }

    /// Why a check is `!` that nobody wrote so, and where.
    fn fault(&self, step: &Step) -> Option<String> {
        let rule = self.policy.rule(step.rule.masked())?;
        let node = rule.tree.node(step.node);
        if *rule.tree.check(step.node) != Check::False || step.outcome == StepOutcome::NotReached {
            return None;
        }
        let own = rule.tree.diagnostics().iter().find(|diagnostic| match diagnostic.kind {
            DiagnosticKind::NoColon => diagnostic.span == node.span,
            DiagnosticKind::Unparsable => step.node == rule.tree.root(),
        })?;
        let (file, entry) = self.policy.entry(rule.origin)?;
        let text = entry.text().and_then(|text| text.get(own.span.clone())).unwrap_or_default();
        let at = file.place_in(entry, own.span.start);
        Some(format!("{}:{at}: {text:?} cannot be parsed, so all of it denies", file.path.display()))
    }

    fn tail(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let other = if self.answer.outcome == Outcome::Allow { "denied" } else { "allowed" };
        if self.flips.is_empty() {
            let sought = self.sought && matches!(self.answer.outcome, Outcome::Deny | Outcome::Raise(_));
            return if sought {
                writeln!(f, "\nno small change was found by which it would be {other}")
            } else {
                Ok(())
            };
        }
        writeln!(f, "\nit would be {other} if")?;
        for flip in &self.flips {
            writeln!(f, "  - {flip}")?;
        }
        Ok(())
    }
}
