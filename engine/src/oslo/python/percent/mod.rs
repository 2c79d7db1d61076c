//! `%`-formatting of a check's match with the target.

use super::text::str_of;
use super::value::Value;
use crate::oslo::error::{ExceptionClass, Interrupt, Unsupported};

/// Python's `template % target` for a target that is a mapping.
///
/// # Errors
/// `KeyError` where the target lacks a key (upstream's checks catch it and are false),
/// `ValueError` for an unfinished directive; [`Unsupported::Format`] for a directive other than
/// `%(name)s` and `%%`, [`Unsupported::Target`] for a target that is not a mapping. Directives are
/// taken from left to right, so the first that fails decides.
///
/// ```
/// use assay_engine::oslo::python::{Value, percent::format};
/// let target = Value::dict([("id", Value::from(7))]);
/// assert_eq!(format("p-%(id)s", &target).unwrap(), "p-7");
/// ```
pub fn format(template: &str, target: &Value) -> Result<String, Interrupt> {
    let Value::Dict(target) = target else {
        return Err(Unsupported::Target.into());
    };
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((literal, directive)) = rest.split_once('%') {
        out.push_str(literal);
        if let Some(after) = directive.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let Some(keyed) = directive.strip_prefix('(') else {
            return Err(no_directive(directive));
        };
        let (key, conversion) = split_key(keyed).ok_or(ExceptionClass::ValueError)?;
        let value = target.get(key).ok_or(ExceptionClass::KeyError)?;
        let Some(after) = conversion.strip_prefix('s') else {
            return Err(no_directive(conversion));
        };
        out.push_str(&str_of(value)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Where a directive was to stand there is nothing, or one that is not built yet.
fn no_directive(rest: &str) -> Interrupt {
    if rest.is_empty() { ExceptionClass::ValueError.into() } else { Unsupported::Format.into() }
}

/// Splits `name)rest` at the parenthesis that closes the key; keys may hold balanced parentheses.
fn split_key(keyed: &str) -> Option<(&str, &str)> {
    let mut depth = 1_usize;
    for (index, byte) in keyed.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&keyed[..index], &keyed[index + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const KEY_ERROR: Interrupt = Interrupt::Raised(ExceptionClass::KeyError);
    const VALUE_ERROR: Interrupt = Interrupt::Raised(ExceptionClass::ValueError);

    /// Source: CPython 3.11.7, `template % {'a': 1, 'n': None, 'x(y)z': 'v', '': 'e', 't': '%(a)s'}`.
    #[rstest]
    #[case("plain", Ok("plain"))]
    #[case("%(a)s-%(a)s", Ok("1-1"))]
    #[case("%(n)s", Ok("None"))]
    #[case("%(x(y)z)s", Ok("v"))]
    #[case("%()s", Ok("e"))]
    #[case("%(t)s", Ok("%(a)s"))]
    #[case("100%%", Ok("100%"))]
    #[case("%%(a)s", Ok("%(a)s"))]
    #[case("%(b)s", Err(KEY_ERROR))]
    #[case("%(b)%", Err(KEY_ERROR))]
    #[case("%(b)s 100%", Err(KEY_ERROR))]
    #[case("100%", Err(VALUE_ERROR))]
    #[case("%(a", Err(VALUE_ERROR))]
    #[case("%(a)", Err(VALUE_ERROR))]
    #[case("%(a)d", Err(Interrupt::Unsupported(Unsupported::Format)))]
    #[case("%s", Err(Interrupt::Unsupported(Unsupported::Format)))]
    fn a_match_is_formatted_as_python_formats_it(
        #[case] template: &str,
        #[case] expected: Result<&str, Interrupt>,
    ) {
        let target = Value::dict([
            ("a", Value::from(1)),
            ("n", Value::None),
            ("x(y)z", "v".into()),
            ("", "e".into()),
            ("t", "%(a)s".into()),
        ]);
        assert_eq!(format(template, &target), expected.map(str::to_owned));
    }
}
