//! `assay_engine`, the Python module that `shape.py` asks. Each function answers one kind of question with our engine,
//! and is where that kind is sabotaged.

use std::ffi::CStr;
use std::sync::{Mutex, PoisonError};

use assay_engine::oslo::enforcer::{Asked, Enforcer, Failure, Options, RuleDefault, Suppress, Warning};
use assay_engine::oslo::language::{Check, DiagnosticKind, TokenKind, parse_list, parse_str, tokenize};
use assay_engine::oslo::load::yaml;
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{ExceptionClass, Interrupt, Request, Rules, decide_check_with};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyDict, PyList, PyMapping, PyModule, PyString, PyTuple};

use super::checks::{Returned, Trees, to_object, word_of};
use super::sabotage::{Subject, broken};
use super::value::{from_file, from_text, text, to_value};

type Any<'py> = Bound<'py, PyAny>;
type Answer<'py> = PyResult<Any<'py>>;

/// Puts the module where `import` finds it.
pub(super) fn register(py: Python<'_>) -> PyResult<()> {
    let module = PyModule::new(py, "assay_engine")?;
    add(&module, c"read_word", read_word)?;
    add(&module, c"parse_list", parse_list_rule)?;
    add(&module, c"parse_text", parse_text_rule)?;
    add(&module, c"tokenize", tokens)?;
    add(&module, c"text", write)?;
    add(&module, c"decide", decide)?;
    add(&module, c"enforce", enforce)?;
    add(&module, c"answers", answers)?;
    add(&module, c"references", references)?;
    add(&module, c"read_file", read_file)?;
    add(&module, c"read_default", read_default)?;
    add(&module, c"replacing", replacing)?;
    py.import("sys")?.getattr("modules")?.set_item("assay_engine", module)
}

fn add(
    module: &Bound<'_, PyModule>,
    name: &'static CStr,
    function: for<'py> fn(&Bound<'py, PyTuple>) -> Answer<'py>,
) -> PyResult<()> {
    let closure = move |arguments: &Bound<'_, PyTuple>,
                        _: Option<&Bound<'_, PyDict>>|
          -> PyResult<Py<PyAny>> { function(arguments).map(Bound::unbind) };
    let function = PyCFunction::new_closure(module.py(), Some(name), None, closure)?;
    module.add(function.getattr("__name__")?.cast_into::<PyString>()?, function)
}

/// No class that a test could expect.
fn allowed_to_parse() -> PyResult<()> {
    match broken(Subject::Parses) {
        true => Err(PyException::new_err("sabotage: every parse is refused")),
        false => Ok(()),
    }
}

/// `(kind, match)`, the name of a class, or None for no check.
fn read_word<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    allowed_to_parse()?;
    let py = arguments.py();
    let word = arguments.get_item(0)?;
    // What is no text is no check.
    let item = if word.is_instance_of::<PyString>() { Value::Str(text(&word)?) } else { Value::None };
    let tree = parse_list(&Value::list([Value::list([item])])).map_err(|error| raised(py, error))?;
    match tree.check(tree.root()) {
        Check::Base(base) => {
            Ok((from_text(py, &base.kind)?, from_text(py, &base.text)?).into_pyobject(py)?.into_any())
        }
        Check::True => Ok(PyString::new(py, "true").into_any()),
        _ if tree.diagnostics().is_empty() => Ok(PyString::new(py, "false").into_any()),
        _ => Ok(py.None().into_bound(py)),
    }
}

/// The engine sees where the items stand; what they are is asked word by word.
fn parse_list_rule<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    allowed_to_parse()?;
    let py = arguments.py();
    let (rule, classes, word): (Any<'py>, Bound<'py, PyDict>, Any<'py>) = arguments.extract()?;
    let mut words = Vec::new();
    let mut number = |item: Any<'py>| {
        words.push(item);
        Value::from(format!("word:{}", words.len() - 1))
    };
    let mut alternatives = Vec::new();
    if rule.is_truthy()? {
        for inner in rule.try_iter()? {
            let inner = inner?;
            alternatives.push(if !inner.is_truthy()? {
                Value::None
            } else if inner.is_instance_of::<PyString>() {
                number(inner)
            } else {
                Value::list(inner.try_iter()?.map(|item| Ok(number(item?))).collect::<PyResult<Vec<_>>>()?)
            });
        }
    }
    let tree = parse_list(&Value::list(alternatives)).map_err(|error| raised(py, error))?;
    to_object(&classes, &tree, |node| {
        let Check::Base(base) = &node.check else {
            return Ok(None);
        };
        let index: usize = base.text.masked().parse()?;
        word.call1((&words[index],)).map(Some)
    })
}

/// The check, or None for a text that is no rule.
fn parse_text_rule<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    allowed_to_parse()?;
    let py = arguments.py();
    let (rule, classes, word): (Any<'py>, Bound<'py, PyDict>, Any<'py>) = arguments.extract()?;
    let rule = text(&rule)?;
    let tree = parse_str(&rule);
    if tree.diagnostics().iter().any(|diagnostic| diagnostic.kind == DiagnosticKind::Unparsable) {
        return Ok(py.None().into_bound(py));
    }
    to_object(&classes, &tree, |node| match &node.check {
        Check::Base(_) | Check::True | Check::False if !node.span.is_empty() => {
            word.call1((from_text(py, &rule.slice(node.span.clone()))?,)).map(Some)
        }
        _ => Ok(None),
    })
}

/// Pairs of upstream's token class and what stands in the token.
fn tokens<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    allowed_to_parse()?;
    let py = arguments.py();
    let rule = text(&arguments.get_item(0)?)?;
    let found = PyList::empty(py);
    for token in tokenize(rule.masked()) {
        let (class, span) = match token.kind {
            TokenKind::Left => ("LeftParamToken", token.span),
            TokenKind::Right => ("RightParamToken", token.span),
            TokenKind::And => ("AndToken", token.span),
            TokenKind::Or => ("OrToken", token.span),
            TokenKind::Not => ("NotToken", token.span),
            TokenKind::Quoted => ("StringToken", token.span.start + 1..token.span.end - 1),
            TokenKind::Word(_) => ("CheckToken", token.span),
        };
        found.append((class, from_text(py, &rule.slice(span))?))?;
    }
    Ok(found.into_any())
}

/// The canonical text of a class with its parts.
fn write<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    let py = arguments.py();
    let (name, parts): (String, Bound<'py, PyTuple>) = arguments.extract()?;
    let mut trees = Trees::new(py)?;
    let tree = trees.of_parts(name, parts)?;
    let written = trees.text(&tree)?;
    let written = if broken(Subject::Texts) { format!("sabotage:{written}") } else { written };
    Ok(PyString::new(py, &written).into_any())
}

/// What a check decides that is called by itself.
fn decide<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    let py = arguments.py();
    let [target, creds, enforcer, rule] = [2, 3, 4, 5].map(|index| arguments.get_item(index));
    let [target, creds, enforcer, rule] = [target?, creds?, enforcer?, rule?];
    let mut trees = Trees::new(py)?;
    let parts = arguments.get_item(1)?.cast_into::<PyTuple>()?;
    let tree = trees.of_parts(arguments.get_item(0)?.extract()?, parts)?;
    let rules = rules_of(&mut trees, &enforcer)?;
    let values = [to_value(&target)?, to_value(&creds)?];
    let (checks, returned) = trees.caller([&target, &creds, &enforcer, &rule]).checks();
    let request = Request { target: &values[0], creds: &values[1] };
    match decide_check_with(&rules, &tree, request, &checks) {
        Ok(value) => decision(py, &value, &returned),
        Err(interrupt) => Err(ended(py, interrupt, &returned)),
    }
}

/// `("value", …)`, or the name of the exception that upstream's enforcer itself raises.
fn enforce<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    let py = arguments.py();
    type Given<'py> = (Any<'py>, Any<'py>, Vec<String>, Any<'py>, Any<'py>, Any<'py>, bool, bool);
    let (asked, default, scopes, target, creds, python, raise, authorize): Given<'py> =
        arguments.extract()?;

    let mut trees = Trees::new(py)?;
    let (pairs, otherwise) = held(&python)?;
    let rules = trees.rules(&pairs, &otherwise)?;
    let name: Option<String> = asked.extract().ok();
    let tree = name.is_none().then(|| trees.of_object(asked.clone())).transpose()?;
    // `Rules` and `Enforcer` each have a default rule, and upstream's enforcer goes by that of its rules.
    let default_rule = trees.default_rule(&otherwise)?;

    let values = [to_value(&target)?, creds_value(&creds)?];
    let (checks, returned) =
        trees.caller([&target, &creds, &python, &asked_name(&asked, name.is_some())]).checks();
    let enforcer = Enforcer::builder(Options { policy_default_rule: String::new(), ..Options::default() })
        .rules(rules)
        .default_rule(default_rule)
        .use_conf(false)
        .checks(checks)
        .build();
    if default.is_truthy()? {
        let default =
            RuleDefault::from_value(&to_value(&default)?).map_err(|error| raised(py, error.cause))?;
        enforcer.register_default(default).map_err(|error| raised(py, error))?;
    }
    let request = Request { target: &values[0], creds: &values[1] };
    let denied = ExceptionClass::PolicyNotAuthorized;
    let decided = match (&tree, name.as_deref().unwrap_or_default()) {
        (Some(tree), _) if raise => {
            enforcer.enforce_or_raise(Asked::ScopedCheck(tree, &scopes), request, denied)
        }
        (Some(tree), _) => enforcer.enforce(Asked::ScopedCheck(tree, &scopes), request),
        (None, name) if authorize && raise => enforcer.authorize_or_raise(name, request, denied),
        (None, name) if authorize => enforcer.authorize(name, request),
        (None, name) if raise => enforcer.enforce_or_raise(name, request, denied),
        (None, name) => enforcer.enforce(name, request),
    };
    let outcome = |name: &str| Ok((name, py.None()).into_pyobject(py)?.into_any());
    match decided {
        Ok(_) if raise && broken(Subject::Decisions) => outcome(denied.name()),
        Ok(value) => Ok(("value", decision(py, &value, &returned)?).into_pyobject(py)?.into_any()),
        Err(Failure::Decision(Interrupt::Raised(class))) if of_the_enforcer(class) => {
            if broken(Subject::Decisions) {
                Ok(("value", true).into_pyobject(py)?.into_any())
            } else {
                outcome(class.name())
            }
        }
        Err(Failure::Decision(interrupt)) => Err(ended(py, interrupt, &returned)),
        Err(other) => Err(PyTypeError::new_err(other.to_string())),
    }
}

const fn of_the_enforcer(class: ExceptionClass) -> bool {
    use ExceptionClass::{InvalidContextObject, InvalidScope, PolicyNotAuthorized, PolicyNotRegistered};
    matches!(class, InvalidContextObject | InvalidScope | PolicyNotAuthorized | PolicyNotRegistered)
}

/// The name that checks are told: none where the question was a check.
fn asked_name<'py>(asked: &Any<'py>, named: bool) -> Any<'py> {
    if named { asked.clone() } else { asked.py().None().into_bound(asked.py()) }
}

/// What is no mapping is no context, whatever it is: the engine refuses it by its type.
fn creds_value(creds: &Any<'_>) -> PyResult<Value> {
    if creds.cast::<PyMapping>().is_ok() { to_value(creds) } else { Ok(Value::None) }
}

/// The position of the rule that answers for a name, behind the last where the default rule is a check; or None.
fn answers<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    let py = arguments.py();
    let (pairs, otherwise, name): (Bound<'py, PyList>, Any<'py>, Any<'py>) = arguments.extract()?;
    let mut trees = Trees::new(py)?;
    let rules = trees.rules(&pairs, &otherwise)?;
    let found = rules.find_str(&text(&name)?).map(|index| index.position());
    let found = match found {
        Some(_) if broken(Subject::Decisions) => None,
        None if broken(Subject::Decisions) => Some(rules.len()),
        found => found,
    };
    Ok(found.into_pyobject(py)?.into_any())
}

/// The names of rules that refer to something undefined, and of those that lead into a cycle.
fn references<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    let py = arguments.py();
    let (enforcer, skip): (Any<'py>, bool) = arguments.extract()?;
    let mut trees = Trees::new(py)?;
    let rules = rules_of(&mut trees, &enforcer)?;
    let built = Enforcer::builder(Options::default()).rules(rules).skip_undefined_check(skip).build();
    let found = built.check_rules();
    let found = match (broken(Subject::Decisions), found.is_sound()) {
        (false, _) => (found.undefined, found.cyclic),
        (true, true) => (vec!["sabotage".to_owned()], vec!["sabotage".to_owned()]),
        (true, false) => (Vec::new(), Vec::new()),
    };
    Ok(found.into_pyobject(py)?.into_any())
}

/// What a policy file holds.
fn read_file<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    allowed_to_parse()?;
    let py = arguments.py();
    let data = arguments.get_item(0)?;
    let read = match data.cast::<PyBytes>() {
        Ok(bytes) => yaml::decode(bytes.as_bytes()).and_then(|data| yaml::read(&data)),
        Err(_) => yaml::read(&data.extract::<String>()?),
    };
    from_file(py, &read.map_err(|error| raised(py, error.cause))?)
}

/// The names of the warnings about a default.
fn read_default<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    allowed_to_parse()?;
    let py = arguments.py();
    let warnings = match default_of(py, &arguments.get_item(0)?) {
        _ if broken(Subject::Decisions) => Vec::new(),
        default => default?.warnings(),
    };
    Ok(PyList::new(py, warnings.iter().map(name_of))?.into_any())
}

/// The check that a default comes to beside rules of policy files, and the names of the warnings about it.
fn replacing<'py>(arguments: &Bound<'py, PyTuple>) -> Answer<'py> {
    allowed_to_parse()?;
    let py = arguments.py();
    type Given<'py> = (Any<'py>, Bound<'py, PyList>, bool, bool, bool, Bound<'py, PyDict>, Any<'py>);
    let (members, files, new, deprecations, default_changes, classes, word): Given<'py> =
        arguments.extract()?;
    let default = default_of(py, &members)?;
    let mut trees = Trees::new(py)?;
    let files = trees.rules(&files, &py.None().into_bound(py))?;
    let (tree, warnings) = match broken(Subject::Decisions) {
        true => (default.check().clone(), Vec::new()),
        false => default.effective(&files, new, Suppress { deprecations, default_changes }),
    };
    let check = to_object(&classes, &tree, |node| match &node.check {
        Check::Base(base) => word.call1((from_text(py, &word_of(base))?,)).map(Some),
        _ => Ok(None),
    })?;
    let warnings: Vec<_> = warnings.iter().map(name_of).collect();
    Ok((check, warnings).into_pyobject(py)?.into_any())
}

fn default_of(py: Python<'_>, members: &Any<'_>) -> PyResult<RuleDefault> {
    RuleDefault::from_value(&to_value(members)?).map_err(|error| raised(py, error.cause))
}

const fn name_of(warning: &Warning) -> &'static str {
    match warning {
        Warning::OldName { .. } => "OldName",
        Warning::ChangedDefault { .. } => "ChangedDefault",
        Warning::MisplacedReason(_) => "MisplacedReason",
        Warning::NoReason(_) => "NoReason",
        _ => "other",
    }
}

fn rules_of<'py>(trees: &mut Trees<'py>, enforcer: &Any<'py>) -> PyResult<Rules> {
    let (pairs, default) = held(enforcer)?;
    trees.rules(&pairs, &default)
}

/// The rules that a Python enforcer holds, and its default rule.
fn held<'py>(enforcer: &Any<'py>) -> PyResult<(Bound<'py, PyList>, Any<'py>)> {
    enforcer.py().import("assay_shape")?.call_method1("rules_of", (enforcer,))?.extract()
}

fn decision<'py>(py: Python<'py>, value: &Value, returned: &Mutex<Returned>) -> Answer<'py> {
    if broken(Subject::Decisions) {
        return Ok((!value.truthy()).into_pyobject(py)?.to_owned().into_any());
    }
    returned.lock().unwrap_or_else(PoisonError::into_inner).object(py, value)
}

/// The exception of a decision: a foreign check's own, or of the class that the engine names.
fn ended(py: Python<'_>, interrupt: Interrupt, returned: &Mutex<Returned>) -> PyErr {
    let own = returned.lock().unwrap_or_else(PoisonError::into_inner).error();
    own.unwrap_or_else(|| raised(py, interrupt))
}

fn raised(py: Python<'_>, interrupt: Interrupt) -> PyErr {
    let Interrupt::Raised(class) = interrupt else {
        return PyException::new_err(interrupt.to_string());
    };
    let made = py
        .import("assay_shape")
        .and_then(|shape| shape.call_method1("named", (class.name(),)))
        .and_then(|class| class.call1(("raised by the engine",)));
    made.map_or_else(|error| error, PyErr::from_value)
}
