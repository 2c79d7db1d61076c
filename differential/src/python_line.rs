//! A shell line that shows upstream's answer to a case without a line of this project.

use std::fmt::Write as _;

use assay_case::{Ask, Request, World};
use assay_engine::oslo::python::{PyStr, Value};

/// A line for a shell: `python` is the interpreter that has oslo.policy. It prints what `enforce`
/// returns, or ends in what it raises; without a request it prints the rules as upstream reads them.
///
/// A whole enforcer on files of its own fits no line: of such a world it is what can be said without one, so
/// callers replay it instead.
///
/// ```
/// use assay_case::World;
/// use assay_differential::python_line;
/// let world = World::of_rules([("a", "role:it's")]);
/// let line = python_line("python3", &world, None);
/// assert!(line.starts_with("python3 -I -W ignore -c 'from oslo_config import cfg; "), "{line}");
/// assert!(line.ends_with(r#"r = policy.Rules.from_dict({"a": "role:it\x27s"}, None); print({name: str(check) for name, check in r.items()})'"#), "{line}");
/// ```
#[must_use]
pub fn python_line(python: &str, world: &World, request: Option<&Request>) -> String {
    let default_rule = world.default_rule.as_deref().map_or("None".to_owned(), text);
    let shown = match request {
        None => "{name: str(check) for name, check in r.items()}".to_owned(),
        Some(request) => {
            let asked = match &request.ask {
                Ask::Rule(name) => text(name),
                Ask::Check(check) => format!("_parser.parse_rule({})", text(check)),
                Ask::Step(step) => format!("steps[{step}]"),
            };
            let (target, creds) = (literal(&request.target), literal(&request.creds));
            format!(
                "policy.Enforcer(cfg.ConfigOpts(), use_conf=False, rules=r, default_rule={default_rule})\
                 .enforce({asked}, {target}, {creds})"
            )
        }
    };
    let rules = match world.policy_file() {
        None => {
            let rule = |(name, value): &(String, Value)| format!("{}: {}", text(name), literal(value));
            let rules = world.rules().iter().map(rule).collect::<Vec<_>>().join(", ");
            format!("policy.Rules.from_dict({{{rules}}}, {default_rule})")
        }
        // As upstream opens it: text, with every kind of line end made one.
        Some(file) => {
            let file = literal(&Value::Bytes(file.to_vec()));
            format!(
                "policy.Rules.load(io.TextIOWrapper(io.BytesIO({file}), \"utf-8\").read(), {default_rule})"
            )
        }
    };
    let io = if world.policy_file().is_some() { "import io; " } else { "" };
    format!(
        "{python} -I -W ignore -c '{io}from oslo_config import cfg; from oslo_policy import _parser, policy; \
         r = {rules}; print({shown})'"
    )
}

fn text(text: &str) -> String {
    literal(&Value::from(text))
}

/// A value as a Python expression, in ASCII.
fn literal(value: &Value) -> String {
    match value {
        Value::None => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        // In hexadecimal there is no limit on digits.
        Value::Int(value) => {
            let sign = if value.sign() == num_bigint::Sign::Minus { "-" } else { "" };
            format!("{sign}0x{:x}", value.magnitude())
        }
        Value::Float(value) if value.is_finite() => format!("{value:?}"),
        Value::Float(value) => format!("float({:?})", value.to_string()),
        Value::Complex { re, im } => {
            format!("complex({}, {})", literal(&Value::Float(*re)), literal(&Value::Float(*im)))
        }
        Value::Ellipsis => "...".to_owned(),
        Value::Str(text) => string(text),
        Value::Bytes(bytes) => {
            let mut out = String::from("b\"");
            for byte in bytes {
                let _ = write!(out, "\\x{byte:02x}");
            }
            out + "\""
        }
        Value::List(items) => format!("[{}]", join(items)),
        Value::Tuple(items) => {
            format!("({})", items.iter().map(|item| literal(item) + ", ").collect::<String>())
        }
        Value::Set(items) => format!("set([{}])", join(items)),
        Value::Dict(dict) => {
            let entry = |(key, value): (&Value, &Value)| format!("{}: {}", literal(key), literal(value));
            format!("{{{}}}", dict.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn join(items: &[Value]) -> String {
    items.iter().map(literal).collect::<Vec<_>>().join(", ")
}

fn string(text: &PyStr) -> String {
    let mut out = String::from("\"");
    for point in text.code_points() {
        match char::from_u32(point) {
            Some(c @ ('"' | '\\')) => {
                out.push('\\');
                out.push(c);
            }
            // The whole stands in single quotes in a shell.
            Some('\'') => out.push_str("\\x27"),
            Some(c @ ' '..='~') => out.push(c),
            _ if point < 0x10000 => {
                let _ = write!(out, "\\u{point:04x}");
            }
            _ => {
                let _ = write!(out, "\\U{point:08x}");
            }
        }
    }
    out + "\""
}
