//! The rules and limits of documents, beyond their form.

use std::collections::BTreeSet;

use super::action::ActionPattern;
use super::condition::truth;
use super::document::{Actions, Condition, Document, Effect, Placed, Statement, Use, Version};
use super::json::Span;
use super::operator::{Comparison, ValueType};
use super::read::Rules;
use super::switch::Switch;
use super::urn::ResourcePattern;
use super::value::{AddressRange, Moment, Number};
use super::violation::Violation;

/// Services that are not of one region, of those that the examples for images name.
const GLOBAL_SERVICES: [&str; 2] = ["iam", "obs"];

type Report<'r> = &'r mut dyn FnMut(Violation, Span);

/// Reports every rule that a document breaks; `text` is what it was read from.
pub(super) fn document(text: &str, document: &Document, use_: Use, rules: Rules<'_>, report: Report<'_>) {
    let limits = &rules.profile.limits;
    let whole = 0..text.len();
    let length = text.chars().count();
    let limit = if use_ == Use::Scp { Some(rules.profile.scp_characters) } else { limits.policy_characters };
    if let Some(limit) = limit.filter(|limit| length > *limit) {
        report(Violation::TooLong { length, limit }, whole.clone());
    }
    let statements = document.statements.len();
    if statements == 0 || limits.statements.is_some_and(|limit| statements > limit) && use_ != Use::Scp {
        report(Violation::StatementCount(statements), whole.clone());
    }
    let depends = document.depends.as_ref().map_or(0, Vec::len);
    if limits.depends.is_some_and(|limit| depends > limit) {
        report(Violation::DependsCount(depends), whole);
    }
    for statement in &document.statements {
        let checker = Checker { version: document.version, use_, rules, statement };
        checker.check(report);
    }
    if use_ == Use::Policy && !rules.profile.switches.get(Switch::MixedScopes) {
        mixed_scopes(document, report);
    }
}

fn mixed_scopes(document: &Document, report: Report<'_>) {
    let patterns = || {
        let actions = document.statements.iter().filter_map(|statement| statement.actions.as_ref());
        actions.flat_map(|actions| &actions.patterns)
    };
    let is_global = |pattern: &ActionPattern| {
        pattern
            .service()
            .is_some_and(|service| GLOBAL_SERVICES.contains(&service.to_ascii_lowercase().as_str()))
    };
    let global = patterns().find(|pattern| is_global(&pattern.value));
    if let Some(global) = global.filter(|_| patterns().any(|pattern| !is_global(&pattern.value))) {
        report(Violation::MixedScopes(global.value.to_string()), global.span.clone());
    }
}

struct Checker<'c> {
    version: Version,
    use_: Use,
    rules: Rules<'c>,
    statement: &'c Statement,
}

impl Checker<'_> {
    fn switch(&self, switch: Switch) -> bool {
        self.rules.profile.switches.get(switch)
    }

    fn check(&self, report: Report<'_>) {
        let place = &self.statement.place.span;
        if self.use_ == Use::Scp && self.statement.effect == Effect::Allow {
            self.allow_of_scp(report);
        }
        if let Some(actions) = &self.statement.actions {
            let count = actions.patterns.len();
            if count == 0 || self.rules.profile.limits.actions.is_some_and(|limit| count > limit) {
                report(Violation::ActionCount(count), place.clone());
            }
            for pattern in &actions.patterns {
                self.action(pattern, report);
            }
        }
        if let Some(resources) = &self.statement.resources {
            self.resources(resources, report);
        }
        if self.version == Version::V1_0 && !self.statement.conditions.is_empty() {
            report(Violation::ConditionInRole, self.statement.conditions[0].place.span.clone());
        }
        for condition in &self.statement.conditions {
            self.condition(condition, report);
        }
    }

    fn allow_of_scp(&self, report: Report<'_>) {
        let place = &self.statement.place.span;
        if !self.rules.profile.scp_may_allow {
            report(Violation::ScpAllows, place.clone());
        }
        if let Some(actions) = self.statement.actions.as_ref().filter(|actions| actions.except) {
            let place = actions.patterns.first().map_or(place, |pattern| &pattern.span);
            report(Violation::NotActionAllows, place.clone());
        }
        let condition = self.statement.conditions.first();
        if let Some(condition) = condition.filter(|_| !fault!(IamConditionInAnAllowingScp)) {
            report(Violation::ConditionOnAllow, condition.place.span.clone());
        }
        let urn = |resource: &&Placed<ResourcePattern>| resource.value != ResourcePattern::All;
        if let Some(urn) = self.statement.resources.iter().flatten().find(urn) {
            report(Violation::ResourceOnAllow, urn.span.clone());
        }
    }

    fn action(&self, pattern: &Placed<ActionPattern>, report: Report<'_>) {
        let text = pattern.value.as_str();
        let mut report = |violation| report(violation, pattern.span.clone());
        let length = text.chars().count();
        if self.rules.profile.limits.action_characters.is_some_and(|limit| length > limit) {
            report(Violation::ActionLength(length));
        }
        let v5 = self.version == Version::V5_0;
        let valid = |c: char| c.is_ascii_alphanumeric() || "_-.:*".contains(c) || c == '?' && v5;
        if !text.chars().all(valid) {
            report(Violation::ActionCharacters(text.to_owned()));
            return;
        }
        let segments: Vec<&str> = text.split(':').collect();
        // A role may have short forms: `*`, `identity:*`.
        let short = self.use_ == Use::Role && segments.len() < 3 && text.ends_with('*') || v5 && text == "*";
        if segments.iter().any(|segment| segment.is_empty()) || segments.len() != 3 && !short {
            report(Violation::ActionForm(text.to_owned()));
            return;
        }
        if v5 && text != "*" {
            if segments[0].contains(['*', '?']) {
                report(Violation::WildcardService(text.to_owned()));
            }
            let inner = |segment: &&str| segment.trim_end_matches(['*', '?']).contains(['*', '?']);
            if segments.iter().any(inner) {
                report(Violation::WildcardPlace(text.to_owned()));
            }
        }
        let exact = !text.contains(['*', '?']);
        if exact
            && segments[0].eq_ignore_ascii_case(self.rules.catalogue.service())
            && !self.is_registered(text)
        {
            report(Violation::ActionUnknown(text.to_owned()));
        }
    }

    /// An identity policy may also name actions of the other model, by the documents' word ("alias").
    fn is_registered(&self, action: &str) -> bool {
        let catalogue = self.rules.catalogue;
        match self.use_ {
            Use::Role | Use::Policy => catalogue.is_registered(action, false),
            Use::Scp => catalogue.is_registered(action, true),
            Use::Identity => catalogue.is_registered(action, true) || catalogue.is_registered(action, false),
        }
    }

    fn resources(&self, resources: &[Placed<ResourcePattern>], report: Report<'_>) {
        let limits = &self.rules.profile.limits;
        let count = resources.len();
        if count == 0 || limits.resources.is_some_and(|limit| count > limit) {
            report(Violation::ResourceCount(count), self.statement.place.span.clone());
        }
        let types = self.types();
        for resource in resources {
            let text = resource.value.to_string();
            let mut report = |violation| report(violation, resource.span.clone());
            let length = text.chars().count();
            if limits.resource_characters.is_some_and(|limit| length > limit) {
                report(Violation::ResourceLength(length));
            }
            if text.is_empty() || text.contains(' ') {
                report(Violation::ResourceBlank);
                continue;
            }
            match &resource.value {
                ResourcePattern::All => {}
                ResourcePattern::Malformed(_) => report(Violation::ResourceForm(text)),
                ResourcePattern::Urn(urn) if self.version == Version::V5_0 => {
                    if urn.service().is_empty() || urn.service().contains(['*', '?']) {
                        report(Violation::ResourceService(text));
                    } else if !self.is_of(&types, urn.service(), urn.resource_type()) {
                        report(Violation::ResourceType(text));
                    }
                }
                ResourcePattern::Urn(urn) => {
                    if urn.region().is_empty() {
                        report(Violation::RegionMissing);
                    }
                    let own = urn.service() == self.rules.catalogue.service();
                    if own && !self.switch(Switch::ResourceInV1) {
                        report(Violation::ResourceUnsupported(text));
                    }
                }
            }
        }
        self.plain_actions(resources, report);
    }

    /// Actions of the statement that are known, and named in full.
    fn known_actions(&self) -> impl Iterator<Item = &super::catalogue::ActionFacts> {
        let patterns = self.statement.actions.iter().filter(|actions| !actions.except);
        let patterns = patterns.flat_map(|actions: &Actions| &actions.patterns);
        patterns.filter_map(|pattern| self.rules.catalogue.action(pattern.value.as_str()))
    }

    /// The types of resources of the actions that are known.
    fn types(&self) -> BTreeSet<&str> {
        self.known_actions().flat_map(|action| &action.resource_types).map(String::as_str).collect()
    }

    /// "If you specify a resource in a statement using this action, then it must be of this type."
    fn is_of(&self, types: &BTreeSet<&str>, service: &str, resource_type: &str) -> bool {
        service != self.rules.catalogue.service()
            || types.is_empty()
            || resource_type.contains('*')
            || types.contains(resource_type)
    }

    /// "You must specify all resources" for an action without resource types.
    fn plain_actions(&self, resources: &[Placed<ResourcePattern>], report: Report<'_>) {
        let all = resources.iter().any(|resource| resource.value == ResourcePattern::All);
        if all || self.version != Version::V5_0 || !self.switch(Switch::ResourceOnPlainActionRefused) {
            return;
        }
        if let Some(action) = self.known_actions().find(|action| action.resource_types.is_empty()) {
            let place = resources.first().map_or(&self.statement.place.span, |resource| &resource.span);
            report(Violation::ResourceOnPlainAction(action.name.clone()), place.clone());
        }
    }

    fn condition(&self, condition: &Condition, report: Report<'_>) {
        let operator = condition.operator;
        let mut at_key = |violation| report(violation, condition.place.span.clone());
        if !operator.exists_in(self.version, self.switch(Switch::EarlierOperatorsInV5)) {
            at_key(Violation::UnknownOperator(operator.to_string()));
        }
        let named =
            condition.key.split_once(':').filter(|(service, name)| !service.is_empty() && !name.is_empty());
        if named.is_none() || condition.key.contains(char::is_whitespace) {
            at_key(Violation::KeyForm(condition.key.clone()));
        }
        let presence = operator.base.comparison.is_presence();
        if presence && operator.if_exists {
            at_key(Violation::IfExistsOnPresence(operator.base.name.to_owned()));
        }
        if presence && operator.qualifier.is_some() {
            at_key(Violation::QualifierOnPresence(operator.base.name.to_owned()));
        }
        if let Some(facts) = self.rules.catalogue.key(&condition.key) {
            let differs = operator.base.comparison.value_type().is_some_and(|t| t != facts.value_type);
            if differs && self.version != Version::V5_0 {
                let (key, operator) = (condition.key.clone(), operator.to_string());
                at_key(Violation::OperatorMismatch { key, operator });
            }
            if facts.multivalued && operator.qualifier.is_none() && !presence && self.version == Version::V5_0
            {
                at_key(Violation::MissingQualifier(condition.key.clone()));
            }
        }
        let length = condition.values.iter().map(|value| value.value.chars().count()).sum();
        if self.rules.profile.limits.value_characters.is_some_and(|limit| length == 0 || length > limit) {
            at_key(Violation::ValueLength { length, key: condition.key.clone() });
        }
        for value in &condition.values {
            if !is_value(operator.base.comparison, &value.value) {
                let operator = operator.to_string();
                report(Violation::Value { value: value.value.clone(), operator }, value.span.clone());
            }
        }
    }
}

/// Whether a value is of its operator's type.
fn is_value(comparison: Comparison, value: &str) -> bool {
    match (comparison, comparison.value_type()) {
        (Comparison::Null, _) | (_, Some(ValueType::Bool)) => truth(value).is_some(),
        (_, Some(ValueType::Number)) => Number::parse(value).is_some(),
        (_, Some(ValueType::Date)) => Moment::parse(value).is_some(),
        (_, Some(ValueType::Ip)) => AddressRange::parse(value).is_some(),
        (_, Some(ValueType::String) | None) => true,
    }
}
