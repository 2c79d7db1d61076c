//! Python values, written as Python writes them.

use assay_engine::oslo::python::Value;

/// What a Rust literal stands for.
pub(crate) trait Literal {
    fn value(self) -> Value;
}

impl Literal for i64 {
    fn value(self) -> Value {
        self.into()
    }
}

impl Literal for f64 {
    fn value(self) -> Value {
        self.into()
    }
}

impl Literal for &str {
    fn value(self) -> Value {
        self.into()
    }
}

impl<const N: usize> Literal for &[u8; N] {
    fn value(self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

/// `py!({"roles": ["admin"], "ids": (1, 2)})`: dicts, sets, lists, tuples, `None`, `True`, `False`
/// and literals; a negative number inside a container stands in parentheses.
macro_rules! py {
    (None) => { assay_engine::oslo::python::Value::None };
    (True) => { assay_engine::oslo::python::Value::Bool(true) };
    (False) => { assay_engine::oslo::python::Value::Bool(false) };
    ([$($item:tt),*]) => { assay_engine::oslo::python::Value::List(vec![$(py!($item)),*]) };
    ((- $number:literal)) => { $crate::common::py::Literal::value(-$number) };
    (($($item:tt),* $(,)?)) => { assay_engine::oslo::python::Value::Tuple(vec![$(py!($item)),*]) };
    ({$($key:tt : $value:tt),*}) => {{
        let entries: Vec<(assay_engine::oslo::python::Value, _)> = vec![$((py!($key), py!($value))),*];
        let mut dict = assay_engine::oslo::python::Dict::default();
        for (key, value) in entries {
            dict.insert(key, value).expect("a key that Python can hash");
        }
        assay_engine::oslo::python::Value::Dict(dict)
    }};
    ({$($item:tt),+}) => { assay_engine::oslo::python::Value::Set(vec![$(py!($item)),*]) };
    ($literal:literal) => { $crate::common::py::Literal::value($literal) };
}
