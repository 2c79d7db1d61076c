//! A Python string that is being written.

use super::value::PyStr;

/// A `str` to which text is added.
#[derive(Clone, Debug, Default)]
pub(in crate::oslo) struct Buffer {
    text: String,
    /// All of it as code points, from the first lone surrogate on.
    points: Option<Vec<u32>>,
}

impl Buffer {
    pub(in crate::oslo) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), points: None }
    }

    pub(in crate::oslo) fn push(&mut self, c: char) {
        match &mut self.points {
            None => self.text.push(c),
            Some(points) => points.push(c.into()),
        }
    }

    pub(in crate::oslo) fn push_str(&mut self, added: &str) {
        match &mut self.points {
            None => self.text.push_str(added),
            Some(points) => points.extend(added.chars().map(u32::from)),
        }
    }

    pub(in crate::oslo) fn push_points(&mut self, added: impl Iterator<Item = u32>) {
        for point in added {
            match char::from_u32(point) {
                Some(c) => self.push(c),
                None => {
                    let so_far = || self.text.chars().map(u32::from).collect();
                    self.points.get_or_insert_with(so_far).push(point);
                }
            }
        }
    }

    pub(in crate::oslo) fn push_py(&mut self, added: &PyStr) {
        match added.as_text() {
            Some(text) => self.push_str(text),
            None => self.push_points(added.code_points()),
        }
    }

    pub(in crate::oslo) fn finish(self) -> PyStr {
        match self.points {
            None => self.text.into(),
            Some(points) => PyStr::from_code_points(points),
        }
    }
}
