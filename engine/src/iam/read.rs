//! A text to a document, strictly: everything that is wrong is said, with its place.

use super::action::ActionPattern;
use super::catalogue::Catalogue;
use super::document::{Actions, Condition, Dependency, Document, Effect, Placed, Statement, Use, Version};
use super::json::{self, Fault, Member, Node, Span};
use super::operator::Operator;
use super::profile::Profile;
use super::switch::Switch;
use super::urn::ResourcePattern;
use super::validate;
use super::violation::{Problem, Violation};

/// What a document is held against.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'r> {
    /// Limits and switches.
    pub profile: &'r Profile,
    /// What is known of the service.
    pub catalogue: &'r Catalogue,
}

/// Reads a document for a use; without one, what a principal's document of its version is.
///
/// # Errors
/// Every [`Violation`] with its place, by place: of a text that is no JSON one, of one that has not the form
/// of a document those of its form, and only of one that has all that break a rule.
///
/// ```
/// use assay_engine::iam::{Catalogue, Profile, Rules, Use, read};
/// let (profile, catalogue) = (Profile::default(), Catalogue::default());
/// let rules = Rules { profile: &profile, catalogue: &catalogue };
/// let text = "{\"Version\": \"5.0\",\n \"Statement\": [{\"Effect\": \"Alow\", \"Action\": [\"*\"]}]}";
/// let problems = read(text, Some(Use::Identity), rules).unwrap_err();
/// assert_eq!(problems[0].to_string(), "2:27: Effect must be Allow or Deny");
/// ```
pub fn read(text: &str, use_: Option<Use>, rules: Rules<'_>) -> Result<Document, Vec<Problem>> {
    let node = json::parse(text).map_err(|error| {
        let violation = match error.fault {
            Fault::Duplicate(key) => Violation::DuplicateElement(key),
            // Another object behind the first is the documented mistake; anything else is no JSON.
            Fault::Trailing if text[error.offset..].starts_with('{') => Violation::SeveralObjects,
            fault => Violation::NotJson(fault),
        };
        Problem::place(text, vec![(violation, error.offset..error.offset)])
    })?;
    let mut reader = Reader { rules, problems: Vec::new(), use_: Use::Policy };
    let document = reader.document(&node, use_);
    let mut problems = reader.problems;
    // What is not of the right form would break rules that its author does not care about yet.
    if let Some(document) = document.as_ref().filter(|_| problems.is_empty()) {
        validate::document(text, document, reader.use_, rules, &mut |violation, span| {
            problems.push((violation, span));
        });
    }
    match document {
        Some(document) if problems.is_empty() => Ok(document),
        _ => Err(Problem::place(text, problems)),
    }
}

struct Reader<'r> {
    rules: Rules<'r>,
    problems: Vec<(Violation, Span)>,
    use_: Use,
}

impl Reader<'_> {
    fn report(&mut self, violation: Violation, span: &Span) {
        if fault!(IamUnknownKeysRead) && matches!(violation, Violation::InvalidKey(_)) {
            return;
        }
        self.problems.push((violation, span.clone()));
    }

    fn switch(&self, switch: Switch) -> bool {
        self.rules.profile.switches.get(switch)
    }

    fn is_v5(&self) -> bool {
        matches!(self.use_, Use::Identity | Use::Scp)
    }

    fn document(&mut self, node: &Node, use_: Option<Use>) -> Option<Document> {
        let Some(members) = node.as_object() else {
            self.report(Violation::NotAnObject, &node.span);
            return None;
        };
        let version = self.version(node, use_)?;
        for member in members {
            match member.key.as_str() {
                "Version" | "Statement" => {}
                "Depends" if self.use_ == Use::Role => {}
                "Depends" if self.use_ == Use::Policy => {
                    self.report(Violation::DependsInPolicy, &member.key_span);
                }
                _ => self.report(Violation::InvalidKey(member.key.clone()), &member.key_span),
            }
        }
        let depends = node.get("Depends").map(|depends| self.depends(depends));
        let Some(statements) = node.get("Statement") else {
            self.report(Violation::MissingElement("Statement"), &node.span);
            return None;
        };
        let statements = self.statements(statements)?;
        Some(Document { version, statements, depends })
    }

    /// The version, and with it the use.
    fn version(&mut self, node: &Node, use_: Option<Use>) -> Option<Version> {
        let Some(given) = node.get("Version") else {
            self.report(Violation::MissingElement("Version"), &node.span);
            return None;
        };
        let version = given.as_str().and_then(Version::named);
        let depends = node.get("Depends").map(|_| Vec::new());
        let of_version =
            |version| Document { version, statements: Vec::new(), depends: depends.clone() }.principal_use();
        let Some(use_) = use_.or(version.map(of_version)) else {
            self.report(Violation::Version("1.0, 1.1 or 5.0"), &given.span);
            return None;
        };
        self.use_ = use_;
        let (allowed, named): (&[Version], _) = match use_ {
            Use::Role => (&[Version::V1_0, Version::V1_1], "1.0 or 1.1"),
            Use::Policy => (&[Version::V1_1], "1.1"),
            Use::Identity | Use::Scp => (&[Version::V5_0], "5.0"),
        };
        let fitting = version.filter(|version| allowed.contains(version));
        if fitting.is_none() {
            self.report(Violation::Version(named), &given.span);
        }
        fitting
    }

    fn depends(&mut self, node: &Node) -> Vec<Dependency> {
        let Some(items) = node.as_array() else {
            self.report(Violation::DependsForm, &node.span);
            return Vec::new();
        };
        let mut depends = Vec::new();
        for item in items {
            let part = |key| item.get(key).and_then(Node::as_str);
            match (part("catalog"), part("display_name")) {
                (Some(catalog), Some(display_name)) => depends
                    .push(Dependency { catalog: catalog.to_owned(), display_name: display_name.to_owned() }),
                _ => self.report(Violation::DependsForm, &item.span),
            }
            for member in item.as_object().unwrap_or_default() {
                if !["catalog", "display_name"].contains(&member.key.as_str()) {
                    self.report(Violation::InvalidKey(member.key.clone()), &member.key_span);
                }
            }
        }
        depends
    }

    fn statements(&mut self, node: &Node) -> Option<Vec<Statement>> {
        let items = match (node.as_array(), node.as_object()) {
            (Some(items), _) => items,
            // 5.0: "a single statement or an array".
            (None, Some(_)) if self.is_v5() => std::slice::from_ref(node),
            _ => {
                self.report(Violation::StatementNotArray, &node.span);
                return None;
            }
        };
        let statements = items.iter().map(|item| self.statement(item)).collect::<Vec<_>>();
        statements.into_iter().collect()
    }

    fn statement(&mut self, node: &Node) -> Option<Statement> {
        let Some(members) = node.as_object() else {
            self.report(Violation::StatementNotArray, &node.span);
            return None;
        };
        for member in members {
            self.element(member);
        }
        let sid = node.get("Sid").filter(|_| self.is_v5()).and_then(|sid| self.text(sid, "Sid"));
        let effect = self.effect(node);
        let actions = self.actions(node, effect);
        let resources = node.get("Resource").map(|node| {
            let texts = self.texts(node, Violation::ResourceNotArray, "Resource");
            texts.into_iter().map(|placed| placed.map(|text| ResourcePattern::from(text.as_str()))).collect()
        });
        let conditions = node.get("Condition").map(|node| self.conditions(node)).unwrap_or_default();
        let place = Placed { value: (), span: node.span.clone() };
        Some(Statement { sid, effect: effect?, actions: actions?, resources, conditions, place })
    }

    /// Whether a statement may have an element.
    fn element(&mut self, member: &Member) {
        let violation = match (member.key.as_str(), self.is_v5()) {
            ("Effect" | "Action" | "Resource" | "Condition", _) | ("NotAction" | "Sid", true) => return,
            ("NotAction", false) if self.switch(Switch::NotActionInV1) => return,
            ("Principal" | "NotPrincipal" | "NotResource", true) => {
                let place = if self.use_ == Use::Scp { "an SCP" } else { "an identity policy" };
                Violation::UnsupportedElement { element: member.key.clone(), place }
            }
            _ => Violation::InvalidKey(member.key.clone()),
        };
        self.report(violation, &member.key_span);
    }

    fn effect(&mut self, statement: &Node) -> Option<Effect> {
        let Some(node) = statement.get("Effect") else {
            self.report(Violation::MissingElement("Effect"), &statement.span);
            return None;
        };
        let ignore_case = self.switch(Switch::EffectCaseIgnored);
        let is = |effect: &Effect| {
            let written = node.as_str().unwrap_or_default();
            written == effect.name() || ignore_case && written.eq_ignore_ascii_case(effect.name())
        };
        let effect = [Effect::Allow, Effect::Deny].into_iter().find(is);
        if effect.is_none() {
            self.report(Violation::Effect, &node.span);
        }
        effect
    }

    /// `None` is a problem; `Some(None)` is a Deny for which no actions need be named.
    #[allow(clippy::option_option, reason = "the outer one is whether a statement came of it")]
    fn actions(&mut self, statement: &Node, effect: Option<Effect>) -> Option<Option<Actions>> {
        let (node, except) = match (statement.get("Action"), statement.get("NotAction")) {
            (Some(node), Some(_)) if fault!(IamActionBesideNotAction) => (node, false),
            (Some(_), Some(both)) => {
                self.report(Violation::ActionAndNotAction, &both.span);
                return None;
            }
            (Some(node), None) => (node, false),
            (None, Some(node)) => (node, true),
            (None, None) => {
                let optional = !self.rules.profile.scp_may_allow && self.use_ == Use::Scp;
                if optional && effect == Some(Effect::Deny) {
                    return Some(None);
                }
                self.report(Violation::MissingElement("Action"), &statement.span);
                return None;
            }
        };
        let name = if except { "NotAction" } else { "Action" };
        let texts = self.texts(node, Violation::ActionNotArray(name), name);
        let patterns =
            texts.into_iter().map(|placed| placed.map(|text| ActionPattern::from(text.as_str()))).collect();
        Some(Some(Actions { except, patterns }))
    }

    fn text(&mut self, node: &Node, name: &str) -> Option<String> {
        if node.as_str().is_none() {
            self.report(Violation::NotAString(name.to_owned()), &node.span);
        }
        node.as_str().map(str::to_owned)
    }

    /// An array of texts; in 5.0 one text may stand for itself, if the switch says so.
    fn texts(&mut self, node: &Node, otherwise: Violation, name: &str) -> Vec<Placed<String>> {
        let bare = node.as_str().is_some() && self.is_v5() && self.switch(Switch::BareTextInV5);
        self.array_of_texts(node, bare, otherwise, name)
    }

    fn array_of_texts(
        &mut self,
        node: &Node,
        bare: bool,
        otherwise: Violation,
        name: &str,
    ) -> Vec<Placed<String>> {
        let items = match node.as_array() {
            Some(items) => items,
            None if bare => std::slice::from_ref(node),
            None => {
                self.report(otherwise, &node.span);
                return Vec::new();
            }
        };
        let mut texts = Vec::new();
        for item in items {
            if let Some(value) = self.text(item, name) {
                texts.push(Placed { value, span: item.span.clone() });
            }
        }
        texts
    }

    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        let Some(operators) = node.as_object() else {
            self.report(Violation::ConditionNotObject("Condition".to_owned()), &node.span);
            return Vec::new();
        };
        self.count(
            operators.len(),
            self.rules.profile.limits.operators,
            &node.span,
            Violation::ConditionCount,
        );
        let mut conditions = Vec::new();
        for member in operators {
            let Some(keys) = member.value.as_object() else {
                self.report(Violation::ConditionNotObject(member.key.clone()), &member.value.span);
                continue;
            };
            let count = |count| Violation::KeyCount { count, operator: member.key.clone() };
            self.count(keys.len(), self.rules.profile.limits.keys, &member.value.span, count);
            let Some(operator) = Operator::named(&member.key) else {
                self.report(Violation::UnknownOperator(member.key.clone()), &member.key_span);
                continue;
            };
            for key in keys {
                conditions.push(self.condition(operator, key));
            }
        }
        conditions
    }

    fn condition(&mut self, operator: Operator, key: &Member) -> Condition {
        // Published examples of 5.0 give a single value as it is.
        let bare = self.is_v5() && key.value.as_str().is_some();
        let otherwise = Violation::ValuesNotArray(key.key.clone());
        let values = self.array_of_texts(&key.value, bare, otherwise, &key.key);
        let place = Placed { value: (), span: key.key_span.clone() };
        Condition { operator, key: key.key.clone(), values, place }
    }

    /// From 1 to the limit, where there is one.
    fn count(
        &mut self,
        count: usize,
        limit: Option<usize>,
        span: &Span,
        violation: impl FnOnce(usize) -> Violation,
    ) {
        if limit.is_some_and(|limit| count == 0 || count > limit) {
            self.report(violation(count), span);
        }
    }
}

impl<T> Placed<T> {
    fn map<U>(self, map: impl FnOnce(T) -> U) -> Placed<U> {
        Placed { value: map(self.value), span: self.span }
    }
}
