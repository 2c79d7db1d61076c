//! Python's objects and the engine's values, each as the other.

use assay_engine::oslo::load::yaml::{Document, Object, ObjectId};
use assay_engine::oslo::python::{Dict, PyStr, Value};
use pyo3::exceptions::{PyRecursionError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyNone, PySet, PyString, PyTuple,
};

/// Deeper than any test's data; what contains itself ends here.
const MAX_DEPTH: usize = 100;

/// The engine's value for a Python object.
///
/// # Errors
/// `TypeError` for an object of which the engine knows nothing: to guess would prove nothing.
pub(super) fn to_value(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    within(object, MAX_DEPTH)
}

fn within(object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    let depth = depth.checked_sub(1).ok_or_else(|| PyRecursionError::new_err("too deep for the engine"))?;
    let items = |object: &Bound<'_, PyAny>| -> PyResult<Vec<Value>> {
        object.try_iter()?.map(|item| within(&item?, depth)).collect()
    };
    if object.is_instance_of::<PyNone>() {
        Ok(Value::None)
    } else if let Ok(value) = object.cast::<PyBool>() {
        Ok(Value::Bool(value.is_true()))
    } else if object.is_instance_of::<PyInt>() {
        let digits = object.str()?.to_string();
        digits.parse().map(Value::Int).map_err(|_| PyTypeError::new_err(digits))
    } else if object.is_instance_of::<PyFloat>() {
        Ok(Value::Float(object.extract()?))
    } else if object.is_instance_of::<PyString>() {
        Ok(Value::Str(text(object)?))
    } else if let Ok(bytes) = object.cast::<PyBytes>() {
        Ok(Value::Bytes(bytes.as_bytes().to_vec()))
    } else if object.is_instance_of::<PyList>() {
        items(object).map(Value::List)
    } else if object.is_instance_of::<PyTuple>() {
        items(object).map(Value::Tuple)
    } else if object.is_instance_of::<PySet>() {
        items(object).map(Value::Set)
    } else if let Ok(mapping) = object.cast::<PyMapping>() {
        let mut dict = Dict::default();
        for item in mapping.items()?.iter() {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let inserted = dict.insert(within(&key, depth)?, within(&value, depth)?);
            inserted.map_err(|error| PyTypeError::new_err(error.to_string()))?;
        }
        Ok(Value::Dict(dict))
    } else {
        Err(PyTypeError::new_err(format!("the engine has no such value: {object:?}")))
    }
}

/// The engine's text for a Python str, surrogates and all.
pub(super) fn text(object: &Bound<'_, PyAny>) -> PyResult<PyStr> {
    if let Ok(text) = object.extract::<String>() {
        return Ok(text.into());
    }
    let points = object.try_iter()?.map(|letter| {
        let code = object.py().import("builtins")?.getattr("ord")?.call1((letter?,))?;
        code.extract::<u32>()
    });
    points.collect::<PyResult<_>>().map(PyStr::from_code_points)
}

/// A Python str of the engine's text.
pub(super) fn from_text<'py>(py: Python<'py>, text: &PyStr) -> PyResult<Bound<'py, PyAny>> {
    if let Some(text) = text.as_text() {
        return Ok(PyString::new(py, text).into_any());
    }
    let builtins = py.import("builtins")?;
    let letters = text.code_points().map(|point| builtins.getattr("chr")?.call1((point,)));
    PyString::new(py, "").call_method1("join", (PyList::new(py, letters.collect::<PyResult<Vec<_>>>()?)?,))
}

/// What a policy file holds, in Python.
pub(super) fn from_document<'py>(
    py: Python<'py>,
    document: &Document,
    id: ObjectId,
    depth: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(PyRecursionError::new_err("too deep for the engine"));
    };
    let of = |id: &ObjectId| from_document(py, document, *id, depth);
    match document.object(id) {
        Object::Scalar(value) => scalar(py, value),
        Object::List(items) => {
            Ok(PyList::new(py, items.iter().map(of).collect::<PyResult<Vec<_>>>()?)?.into_any())
        }
        Object::Dict(entries) => {
            let dict = PyDict::new(py);
            for entry in entries {
                dict.set_item(of(&entry.key)?, of(&entry.value)?)?;
            }
            Ok(dict.into_any())
        }
        other => Err(PyTypeError::new_err(format!("no test has that in a policy file: {other:?}"))),
    }
}

/// [`from_document`] of a whole document.
pub(super) fn from_file<'py>(py: Python<'py>, document: &Document) -> PyResult<Bound<'py, PyAny>> {
    from_document(py, document, document.root(), MAX_DEPTH)
}

fn scalar<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::None => py.None().into_bound(py),
        Value::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Value::Int(value) => py.import("builtins")?.getattr("int")?.call1((value.to_string(),))?,
        Value::Float(value) => PyFloat::new(py, *value).into_any(),
        Value::Str(value) => from_text(py, value)?,
        Value::Bytes(value) => PyBytes::new(py, value).into_any(),
        other => return Err(PyTypeError::new_err(format!("no scalar: {other:?}"))),
    })
}
