//! Why a policy answers as it does: the tree of what was decided and compared, where each rule comes from, and what
//! would change the answer.

mod text;
mod words;

use assay_engine::oslo::Interrupt;
use assay_engine::oslo::enforcer::Explained;
use assay_engine::oslo::explain::{Fact, Leads, Looked, Step, StepOutcome, Wanted};
use serde_json::{Value as Json, json};

use super::flip::{Flip, flips};
use super::value::json as value;
use super::{Answer, Effective, Loaded, Origin, Request};

/// A decision, explained.
#[derive(Clone, Debug)]
pub struct Report<'p> {
    policy: &'p Loaded,
    request: &'p Request,
    /// The answer.
    pub answer: Answer,
    /// The trace.
    pub explained: Explained,
    /// What would change it.
    pub flips: Vec<Flip>,
    /// Whether that was looked for.
    sought: bool,
}

impl Loaded {
    /// Decides a rule and says why, with at most so many sets of changes that would turn the answer.
    #[must_use]
    pub fn explain<'p>(&'p self, rule: &str, request: &'p Request, limit: usize) -> Report<'p> {
        Report {
            policy: self,
            request,
            answer: self.ask(rule, request),
            explained: self.policy.explain(rule, request.of_engine()),
            sought: limit > 0,
            flips: if limit == 0 { Vec::new() } else { flips(self, rule, request, limit) },
        }
    }
}

impl Report<'_> {
    /// The rule that answers: the one that was asked for, or the default rule.
    fn rule(&self) -> Option<&Effective> {
        let name = match &self.answer.answers {
            super::Answers::Own => self.answer.rule.as_str(),
            super::Answers::DefaultRule(name) => name,
            super::Answers::Nobody => return None,
        };
        self.policy.rule(name)
    }

    /// The check of a step, as it is written.
    fn check(&self, step: &Step) -> String {
        let tree = self.policy.policy.rules().get(step.rule.masked());
        tree.map(|tree| tree.text_of(step.node).to_string()).unwrap_or_default()
    }

    /// As JSON: what `check` says, and `origin`, `scope`, `steps`, `flips`.
    #[must_use]
    pub fn json(&self) -> Json {
        let mut json = self.answer.json();
        let scope = &self.explained.scope;
        json["scope"] = json!({"allowed": scope.allowed, "token": scope.token, "fits": scope.fits});
        json["origin"] = self.rule().map_or(Json::Null, |rule| self.origin_json(rule));
        let explanation = &self.explained.explanation;
        json["too_deep"] = explanation.too_deep.into();
        json["steps"] = explanation.steps.iter().map(|step| self.step_json(step)).collect();
        json["flips"] = self.flips.iter().map(Flip::json).collect();
        json["request"] = self.request.json();
        json
    }

    fn origin_json(&self, rule: &Effective) -> Json {
        let mut json = json!({"kind": rule.origin.name(), "rule": rule.name, "check": rule.tree.to_string()});
        if let Some((path, at)) = self.policy.place(rule) {
            json["file"] = path.display().to_string().into();
            json["line"] = at.line.into();
            json["column"] = at.column.into();
        }
        if let Some((_, entry)) = self.policy.entry(rule.origin) {
            json["name"] = entry.name.as_str().into();
        }
        if let Some(default) = self.policy.default(&rule.name) {
            json["default"] = default.check().to_string().into();
            if let Some(old) = &default.definition().deprecated_rule {
                let joined = matches!(rule.origin, Origin::Either { .. });
                json["deprecated"] = json!({
                    "name": old.name(),
                    "check": old.check().to_string(),
                    "since": old.since(),
                    "reason": old.reason(),
                    "allowed_beside": joined,
                });
            }
        }
        json
    }

    fn step_json(&self, step: &Step) -> Json {
        let (outcome, class) = match step.outcome {
            StepOutcome::Decided(value) => (if value { "true" } else { "false" }, None),
            StepOutcome::Raised(Interrupt::Raised(class)) => ("raise", Some(class.name().to_owned())),
            StepOutcome::Raised(interrupt) => ("undecided", Some(interrupt.to_string())),
            StepOutcome::NotReached => ("not-reached", None),
        };
        let mut json = json!({
            "rule": step.rule.to_string(),
            "check": self.check(step),
            "outcome": outcome,
            "class": class,
            "children": step.children.iter().map(|child| child.index()).collect::<Vec<_>>(),
        });
        match &step.fact {
            Fact::Constant(_) => json["kind"] = "constant".into(),
            Fact::Not => json["kind"] = "not".into(),
            Fact::And => json["kind"] = "and".into(),
            Fact::Or => json["kind"] = "or".into(),
            Fact::Custom => json["kind"] = "custom".into(),
            Fact::Reference(reference) => {
                json["kind"] = "rule".into();
                json["name"] = reference.name.to_string().into();
                json["leads"] = leads(&reference.leads).into();
                if let Leads::Shown(step) = reference.leads {
                    json["shown"] = step.index().into();
                }
            }
            Fact::Role { wanted, roles } => {
                json["kind"] = "role".into();
                json["roles"] = roles.as_ref().map_or(Json::Null, value);
                json["wanted"] = wanted_json(wanted);
            }
            Fact::Remote { url } => {
                json["kind"] = "remote".into();
                json["wanted"] = wanted_json(url);
            }
            Fact::Match { wanted, looked } => {
                json["kind"] = "match".into();
                json["wanted"] = wanted_json(wanted);
                json["looked"] = looked_json(looked);
            }
        }
        if let Some(reason) = words::reason(step) {
            json["why"] = reason.into();
        }
        json
    }
}

const fn leads(leads: &Leads) -> &'static str {
    match leads {
        Leads::Own => "own",
        Leads::DefaultRule => "default-rule",
        Leads::Undefined => "undefined",
        Leads::Shown(_) => "shown",
        Leads::Cycle => "cycle",
        Leads::NotFollowed => "not-followed",
    }
}

fn wanted_json(wanted: &Wanted) -> Json {
    let key = |(key, of): &(String, Option<_>)| match of {
        Some(of) => json!({"key": key, "value": value(of)}),
        None => json!({"key": key, "missing": true}),
    };
    let text = wanted.text.as_ref().ok().and_then(Option::as_ref).map(ToString::to_string);
    json!({"match": wanted.template.to_string(), "target": wanted.keys.iter().map(key).collect::<Vec<_>>(), "text": text})
}

fn looked_json(looked: &Looked) -> Json {
    match looked {
        Looked::Literal(literal) => json!({"literal": value(literal)}),
        Looked::Raises(class) => json!({"raises": class.name()}),
        Looked::Creds(creds) => json!({
            "creds": creds.path,
            "found": creds.found.iter().map(value).collect::<Vec<_>>(),
            "missing": creds.missing,
        }),
    }
}

impl Flip {
    /// As JSON: `changes`, `outcome`, `request`.
    #[must_use]
    pub fn json(&self) -> Json {
        json!({
            "changes": self.changes.iter().map(super::flip::Change::json).collect::<Vec<_>>(),
            "outcome": self.outcome.name(),
            "request": self.request.json(),
        })
    }
}
