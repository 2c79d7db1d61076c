//! Upstream-shaped check objects and the engine's check trees, each as the other.
//!
//! An object that is none of the classes of `shape.py`, or of a subclass, is a *foreign* check: a leaf that the engine
//! takes for a custom check, and that is called back when a decision comes to it.

use std::sync::{Arc, Mutex, PoisonError};

use assay_engine::oslo::language::{Base, BaseClass, Check, CheckTree, Node, NodeId, TreeBuilder};
use assay_engine::oslo::python::{PyStr, Value};
use assay_engine::oslo::{Call, Checks, CustomCheck, DefaultRule, ExceptionClass, Interrupt, Rules};
use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple};

use super::value::text;

/// The kind of foreign checks; no text can hold it, since a NUL is no part of a rule in any test.
const FOREIGN: &str = "\0";

/// Trees of the objects of one question, and the foreign checks in them.
pub(super) struct Trees<'py> {
    shape: Bound<'py, PyAny>,
    foreign: Vec<Bound<'py, PyAny>>,
}

enum Work<'py> {
    Object(Bound<'py, PyAny>),
    Parts(String, Bound<'py, PyTuple>),
    Join(String, usize),
}

impl<'py> Trees<'py> {
    pub(super) fn new(py: Python<'py>) -> PyResult<Self> {
        Ok(Self { shape: py.import("assay_shape")?.into_any(), foreign: Vec::new() })
    }

    /// The tree of a check object.
    pub(super) fn of_object(&mut self, check: Bound<'py, PyAny>) -> PyResult<CheckTree> {
        self.build(Work::Object(check))
    }

    /// The tree of a class of `shape.py` by its name there, with its parts.
    pub(super) fn of_parts(&mut self, name: String, parts: Bound<'py, PyTuple>) -> PyResult<CheckTree> {
        self.build(Work::Parts(name, parts))
    }

    /// Named rules with the default rule: pairs, and a name, a check or nothing.
    pub(super) fn rules(
        &mut self,
        pairs: &Bound<'py, PyList>,
        default: &Bound<'py, PyAny>,
    ) -> PyResult<Rules> {
        let mut rules = Rules::from_texts([("", ""); 0]);
        for pair in pairs.iter() {
            let (name, check): (Bound<'py, PyAny>, Bound<'py, PyAny>) = pair.extract()?;
            rules.insert(text(&name)?, self.of_object(check)?);
        }
        Ok(rules.with_default(self.default_rule(default)?))
    }

    pub(super) fn default_rule(&mut self, default: &Bound<'py, PyAny>) -> PyResult<DefaultRule> {
        Ok(if default.is_none() {
            DefaultRule::None
        } else if default.is_instance_of::<PyString>() {
            DefaultRule::Named(default.extract()?)
        } else {
            DefaultRule::Check(self.of_object(default.clone())?)
        })
    }

    fn build(&mut self, root: Work<'py>) -> PyResult<CheckTree> {
        let mut builder = TreeBuilder::default();
        let (mut open, mut done) = (vec![root], Vec::<NodeId>::new());
        while let Some(work) = open.pop() {
            let (name, parts) = match work {
                Work::Object(check) => {
                    let found = self.shape.call_method1("parts", (&check,))?;
                    if found.is_none() {
                        done.push(builder.push(self.leaf(check)));
                        continue;
                    }
                    found.extract()?
                }
                Work::Parts(name, parts) => (name, parts),
                Work::Join(name, operands) => {
                    let operands = done.split_off(done.len() - operands);
                    done.push(builder.push(match (name.as_str(), operands.as_slice()) {
                        ("not", [operand]) => Check::Not(*operand),
                        ("and", _) => Check::And(operands),
                        ("or", _) => Check::Or(operands),
                        _ => return Err(PyTypeError::new_err(name)),
                    }));
                    continue;
                }
            };
            let class = match name.as_str() {
                "true" | "false" => {
                    done.push(builder.push(if name == "true" { Check::True } else { Check::False }));
                    continue;
                }
                "rule" => BaseClass::Rule,
                "role" => BaseClass::Role,
                "generic" => BaseClass::Generic,
                _ => {
                    open.push(Work::Join(name, parts.len()));
                    open.extend(parts.iter().rev().map(Work::Object));
                    continue;
                }
            };
            let (kind, text) = (text(&parts.get_item(0)?)?, text(&parts.get_item(1)?)?);
            done.push(builder.push(Check::Base(Base { class, kind, text })));
        }
        let root = done.pop().ok_or_else(|| PyTypeError::new_err("no check"))?;
        Ok(builder.finish(root))
    }

    fn leaf(&mut self, check: Bound<'py, PyAny>) -> Check {
        let text = self.foreign.len().to_string().into();
        self.foreign.push(check);
        Check::Base(Base { class: BaseClass::Generic, kind: FOREIGN.into(), text })
    }

    /// The canonical text of a tree of these; a foreign check writes itself.
    pub(super) fn text(&self, tree: &CheckTree) -> PyResult<String> {
        let mut written = tree.text().to_string();
        for (index, check) in self.foreign.iter().enumerate().rev() {
            // From the last on, since `1` begins `10` too.
            written = written.replace(&format!("{FOREIGN}:{index}"), &check.str()?.to_string());
        }
        Ok(written)
    }

    /// What the engine calls when it comes to a foreign check.
    pub(super) fn caller(self, arguments: [&Bound<'py, PyAny>; 4]) -> Caller {
        let [target, creds, enforcer, rule] = arguments.map(|argument| argument.clone().unbind());
        Caller {
            shape: self.shape.unbind(),
            foreign: self.foreign.into_iter().map(Bound::unbind).collect::<Vec<_>>().into(),
            request: Arc::new([target, creds, enforcer]),
            rule: Arc::new(rule),
            returned: Arc::default(),
        }
    }
}

/// Calls foreign checks back, with the objects that Python asked with.
pub(super) struct Caller {
    shape: Py<PyAny>,
    foreign: Arc<[Py<PyAny>]>,
    request: Arc<[Py<PyAny>; 3]>,
    rule: Arc<Py<PyAny>>,
    returned: Arc<Mutex<Returned>>,
}

/// What foreign checks gave back that is more than true or false.
#[derive(Default)]
pub(super) struct Returned {
    values: Vec<Py<PyAny>>,
    error: Option<PyErr>,
}

impl Caller {
    /// The custom checks that the engine is to know, and what they will have given back.
    pub(super) fn checks(self) -> (Checks, Arc<Mutex<Returned>>) {
        let returned = Arc::clone(&self.returned);
        let mut checks = Checks::new();
        checks.register(FOREIGN, self);
        (checks, returned)
    }
}

impl CustomCheck for Caller {
    fn check(&self, call: &Call<'_>) -> Result<Value, Interrupt> {
        let index: usize = call.text.masked().parse().map_err(|_| ExceptionClass::ValueError)?;
        Python::attach(|py| {
            let [target, creds, enforcer] = self.request.as_ref();
            let arguments = (&self.foreign[index], target, creds, enforcer, self.rule.as_ref());
            let value = self.shape.call_method1(py, "call", arguments).and_then(|value| {
                let truthy = value.bind(py).is_truthy()?;
                Ok((value, truthy))
            });
            let mut returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner);
            match value {
                Ok((value, _)) if value.bind(py).is_instance_of::<PyBool>() => {
                    Ok(Value::Bool(value.is_truthy(py).unwrap_or_default()))
                }
                Ok((value, truthy)) => {
                    returned.values.push(value);
                    Ok(Returned::token(returned.values.len(), truthy))
                }
                Err(error) => {
                    let class = match error.is_instance_of::<PyKeyError>(py) {
                        // It means "denied" to a reference.
                        true => ExceptionClass::KeyError,
                        false => ExceptionClass::Other("Exception"),
                    };
                    returned.error = Some(error);
                    Err(class.into())
                }
            }
        })
    }
}

impl Returned {
    /// A value that is as true as the object, and by which it is found again. The engine hands it back as it is.
    fn token(number: usize, truthy: bool) -> Value {
        let number = Value::from(i64::try_from(number).unwrap_or(i64::MAX));
        if truthy { Value::Tuple(vec![number]) } else { Value::Tuple(Vec::new()) }
    }

    /// The object of a decision.
    pub(super) fn object<'py>(&self, py: Python<'py>, decision: &Value) -> PyResult<Bound<'py, PyAny>> {
        let object = match decision {
            Value::Bool(value) => return Ok(PyBool::new(py, *value).to_owned().into_any()),
            Value::Tuple(token) => match token.as_slice() {
                // Nothing is called after the check whose value is handed back.
                [] => self.values.last(),
                [Value::Int(number)] => {
                    let number = number.to_string().parse::<usize>().unwrap_or_default();
                    number.checked_sub(1).and_then(|index| self.values.get(index))
                }
                _ => None,
            },
            _ => None,
        };
        let object = object.ok_or_else(|| PyTypeError::new_err(format!("no decision: {decision:?}")))?;
        Ok(object.bind(py).clone())
    }

    /// The exception of a foreign check that ended a decision.
    pub(super) fn error(&mut self) -> Option<PyErr> {
        self.error.take()
    }
}

/// The check objects of a tree: `classes` by name, and what `word` makes of the words that stand in it.
pub(super) fn to_object<'py>(
    classes: &Bound<'py, PyDict>,
    tree: &CheckTree,
    mut word: impl FnMut(&Node) -> PyResult<Option<Bound<'py, PyAny>>>,
) -> PyResult<Bound<'py, PyAny>> {
    let class = |name: &str| {
        classes.get_item(name)?.ok_or_else(|| PyTypeError::new_err(format!("no class of the name {name}")))
    };
    let ids = tree.ids();
    let mut made = std::collections::HashMap::new();
    // Words first and from the left: what they are made by sees them in their order.
    for id in &ids {
        if let Some(object) = word(tree.node(*id))? {
            made.insert(*id, object);
        }
    }
    for id in ids.iter().rev() {
        if made.contains_key(id) {
            continue;
        }
        let operands = tree.children(*id).iter().filter_map(|child| made.get(child).cloned());
        let operands = PyList::new(classes.py(), operands.collect::<Vec<_>>())?;
        let object = match tree.check(*id) {
            Check::True => class("true")?.call0()?,
            Check::False => class("false")?.call0()?,
            Check::Not(_) => class("not")?.call1((operands.get_item(0)?,))?,
            Check::And(_) => class("and")?.call1((operands,))?,
            Check::Or(_) => class("or")?.call1((operands,))?,
            Check::Base(base) => return Err(PyTypeError::new_err(format!("no word: {base:?}"))),
        };
        made.insert(*id, object);
    }
    made.remove(&tree.root()).ok_or_else(|| PyTypeError::new_err("no root"))
}

/// The word that a `kind:match` stands for.
pub(super) fn word_of(base: &Base) -> PyStr {
    PyStr::from_code_points(
        base.kind.code_points().chain([':'.into()]).chain(base.text.code_points()).collect(),
    )
}
