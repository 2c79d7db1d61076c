//! Where a policy does not mean what it seems to say.

use std::collections::{HashMap, VecDeque};
use std::path::Path;

use super::super::error::{Place, Trap, TrapKind};
use super::super::references::{Cycles, Reach, references};
use crate::oslo::error::{ExceptionClass, Interrupt, Limit};
use crate::oslo::evaluate::Checks;
use crate::oslo::evaluate::remote::template;
use crate::oslo::language::{Base, BaseClass, Check, CheckTree};
use crate::oslo::load::yaml::{Document, Entry, Object};
use crate::oslo::load::{Rules, read_rule};
use crate::oslo::python::literal::{Kind, read_kind};
use crate::oslo::python::percent::{format_str, keys};
use crate::oslo::python::{Dict, PyStr, Value};

/// Where each rule's value stands, the last file's.
pub(super) type Places = HashMap<PyStr, Place>;

/// The traps that one file has in itself.
pub(super) fn in_document(
    path: &Path,
    document: &Document,
    checks: &Checks,
    places: &mut Places,
    traps: &mut Vec<Trap>,
) {
    let Object::Dict(entries) = document.object(document.root()) else {
        return;
    };
    let values = document.rules(entries.iter().map(|entry| entry.value));
    for (entry, value) in entries.iter().zip(values) {
        let place = |at| Place { path: path.to_owned(), at };
        let rule = match document.object(entry.key) {
            Object::Scalar(Value::Str(name)) => {
                places.insert(name.clone(), place(entry.value_at));
                name.to_string()
            }
            other => {
                let rule = format!("{other:?}");
                traps.push(Trap { place: Some(place(entry.key_at)), rule, kind: TrapKind::Name });
                continue;
            }
        };
        for kind in in_entry(document, entry, value, checks) {
            traps.push(Trap { place: Some(place(entry.value_at)), rule: rule.clone(), kind });
        }
    }
}

fn in_entry(
    document: &Document,
    entry: &Entry,
    value: Result<Value, Limit>,
    checks: &Checks,
) -> Vec<TrapKind> {
    let allows = match document.object(entry.value) {
        Object::Scalar(Value::Str(_)) | Object::List(_) => false,
        _ => !document.truthy(entry.value),
    };
    if allows {
        return vec![TrapKind::AllowsEverybody];
    }
    let Ok(value) = value else {
        return Vec::new();
    };
    let Ok(tree) = read_rule(&value) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for diagnostic in tree.diagnostics() {
        let text = match &value {
            Value::Str(text) => text.masked().get(diagnostic.span.clone()),
            _ => None,
        };
        found.push(TrapKind::Unparsable(text.unwrap_or_default().to_owned()));
    }
    for id in tree.ids() {
        if let Check::Base(base) = tree.check(id)
            && checks.find(base).is_none()
        {
            found.extend(check_trap(base));
        }
    }
    found
}

/// The trap that a check is in itself, whoever asks: [`TrapKind::Kind`] or [`TrapKind::Format`].
///
/// ```
/// use assay_engine::oslo::enforcer::{TrapKind, check_trap};
/// use assay_engine::oslo::language::Check;
/// let trap = |text: &str| {
///     let tree = assay_engine::oslo::parse_text(text);
///     match tree.check(tree.root()) {
///         Check::Base(base) => check_trap(base),
///         _ => None,
///     }
/// };
/// assert_eq!(trap("a$b:x"), Some(TrapKind::Kind("a$b".into())));
/// assert_eq!(trap("user_id:%(user_id)d"), Some(TrapKind::Format("%(user_id)d".into())));
/// assert_eq!(trap("user_id:%(user_id)s"), None);
/// ```
#[must_use]
pub fn check_trap(base: &Base) -> Option<TrapKind> {
    let template = match base.class {
        BaseClass::Rule => return None,
        BaseClass::Http | BaseClass::Https => template(base),
        BaseClass::Role | BaseClass::Generic => base.text.clone(),
    };
    let raises = base.class == BaseClass::Generic
        && base.kind.as_text().is_some_and(|kind| matches!(read_kind(kind), Kind::Raises(_)));
    if raises {
        return Some(TrapKind::Kind(base.kind.to_string()));
    }
    let mut target = Dict::default();
    for key in keys(template.masked()) {
        target.insert_str(key, "x".into());
    }
    match format_str(&template, &Value::Dict(target)) {
        Err(Interrupt::Raised(class)) if class != ExceptionClass::KeyError => {
            Some(TrapKind::Format(base.text.to_string()))
        }
        _ => None,
    }
}

/// The traps that show only once all rules are there.
pub(super) fn in_references(rules: &Rules, checks: &Checks, places: &Places, traps: &mut Vec<Trap>) {
    let refers = |tree| -> Vec<&PyStr> { references(tree, CheckTree::root(tree), Reach::All, checks) };
    let cycles = Cycles::find(rules, &|tree| refers(tree));
    let undefined = Undefined::find(rules, &|tree| refers(tree));
    for (name, tree) in rules.iter() {
        let mut trap = |kind| {
            traps.push(Trap { place: places.get(name).cloned(), rule: name.to_string(), kind });
        };
        if let Some(through) = refers(tree).into_iter().find(|name| cycles.reached_from(name)) {
            trap(TrapKind::Cycle(through.to_string()));
        }
        let under_not = tree.ids().into_iter().filter_map(|id| match tree.check(id) {
            Check::Not(operand) => Some(*operand),
            _ => None,
        });
        let met = under_not
            .flat_map(|operand| references(tree, operand, Reach::All, checks))
            .find_map(|name| undefined.met_from(name));
        if let Some(missing) = met {
            trap(TrapKind::UndefinedUnderNot(missing.to_string()));
        }
    }
}

/// Which undefined name is met on the way from a reference.
struct Undefined<'r>(HashMap<&'r PyStr, &'r PyStr>);

impl<'r> Undefined<'r> {
    /// From undefined names backwards to all who lead to them.
    fn find(rules: &'r Rules, refers: &dyn Fn(&'r CheckTree) -> Vec<&'r PyStr>) -> Self {
        let mut referring: HashMap<&PyStr, Vec<&PyStr>> = HashMap::new();
        for (name, tree) in rules.iter() {
            for to in refers(tree) {
                referring.entry(to).or_default().push(name);
            }
        }
        let mut missing: Vec<&PyStr> =
            referring.keys().copied().filter(|name| rules.own_tree(name).is_none()).collect();
        missing.sort_unstable();
        let mut found: HashMap<&PyStr, &PyStr> = missing.iter().map(|name| (*name, *name)).collect();
        let mut open: VecDeque<&PyStr> = missing.into();
        while let Some(name) = open.pop_front() {
            let what = found[name];
            for from in referring.get(name).into_iter().flatten() {
                if !found.contains_key(from) {
                    found.insert(from, what);
                    open.push_back(from);
                }
            }
        }
        Self(found)
    }

    fn met_from(&self, name: &PyStr) -> Option<&'r PyStr> {
        self.0.get(name).copied()
    }
}
