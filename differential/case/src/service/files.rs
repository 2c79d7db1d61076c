//! What writing and removing does to a directory, as plain operations that both sides carry out alike.

use std::collections::BTreeMap;

/// Which mtime an edit leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mtime {
    /// A later one than anything had before.
    #[default]
    Later,
    /// The one that the file last had; of a new file, the latest that any file has.
    Same,
    /// An older one than that.
    Older,
}

/// An operation on a directory; paths are relative to it, and empty for the directory itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Makes a directory.
    Directory(String),
    /// Writes a file, old or new.
    Write(String, Vec<u8>),
    /// Removes a file, or a directory with all that is in it.
    Delete(String),
    /// Sets an mtime, in seconds.
    Stamp(String, i64),
}

/// Seconds between one edit and the next.
const TICK: i64 = 10;

/// The first edit's second: long ago, so that what the system stamps by itself is later.
const BEGINNING: i64 = 1_000_000_000;

/// What is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
}

/// The files as they would be, without a file system.
#[derive(Debug)]
pub(super) struct FileTree {
    now: i64,
    entries: BTreeMap<String, Kind>,
    /// The last mtime of everything that ever was.
    stamps: BTreeMap<String, i64>,
}

impl Default for FileTree {
    fn default() -> Self {
        let entries = BTreeMap::from([(String::new(), Kind::Directory)]);
        Self { now: BEGINNING, entries, stamps: BTreeMap::new() }
    }
}

impl FileTree {
    /// Writes files. A file that stands where a directory is needed gives way, and the other way round.
    pub(super) fn write(&mut self, files: &[(String, Vec<u8>)], mtime: Mtime) -> Vec<Operation> {
        let mut out = Vec::new();
        for (path, bytes) in files {
            self.tick(mtime);
            for ancestor in ancestors(path) {
                if self.entries.get(ancestor) != Some(&Kind::Directory) {
                    self.delete(ancestor, &mut out);
                    self.entries.insert(ancestor.to_owned(), Kind::Directory);
                    out.push(Operation::Directory(ancestor.to_owned()));
                    self.stamp(ancestor, mtime, &mut out);
                    self.stamp(parent(ancestor), mtime, &mut out);
                }
            }
            if self.entries.get(path) == Some(&Kind::Directory) {
                self.delete(path, &mut out);
            }
            let is_new = self.entries.insert(path.clone(), Kind::File).is_none();
            out.push(Operation::Write(path.clone(), bytes.clone()));
            self.stamp(path, mtime, &mut out);
            if is_new {
                self.stamp(parent(path), mtime, &mut out);
            }
        }
        out
    }

    /// Removes what is at a path, if anything is.
    pub(super) fn remove(&mut self, path: &str, mtime: Mtime) -> Vec<Operation> {
        let mut out = Vec::new();
        self.tick(mtime);
        if self.entries.contains_key(path) {
            self.delete(path, &mut out);
            self.stamp(parent(path), mtime, &mut out);
        }
        out
    }

    fn tick(&mut self, mtime: Mtime) {
        if mtime == Mtime::Later {
            self.now += TICK;
        }
    }

    fn delete(&mut self, path: &str, out: &mut Vec<Operation>) {
        if self.entries.remove(path).is_some() {
            let below = format!("{path}/");
            self.entries.retain(|path, _| !path.starts_with(&below));
            out.push(Operation::Delete(path.to_owned()));
        }
    }

    fn stamp(&mut self, path: &str, mtime: Mtime, out: &mut Vec<Operation>) {
        let last = self.stamps.get(path).copied().unwrap_or(self.now);
        let stamp = match mtime {
            Mtime::Later => self.now,
            Mtime::Same => last,
            // A directory does not go back in time when something in it does.
            Mtime::Older if self.entries.get(path) == Some(&Kind::Directory) => last,
            Mtime::Older => last - TICK / 2,
        };
        self.stamps.insert(path.to_owned(), stamp);
        out.push(Operation::Stamp(path.to_owned(), stamp));
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The directories above a path, the outermost first, without the root.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

/// What is wrong with the path of a file, if anything.
pub(super) fn problem(path: &str) -> Option<&'static str> {
    if path.starts_with('$') || path.chars().count() > 100 {
        return Some("a path is no longer than 100 characters, and does not begin with `$`");
    }
    let odd = |part: &str| part.is_empty() || part == "." || part == ".." || part.contains(['\0', '\\']);
    match path.split('/').collect::<Vec<_>>().as_slice() {
        parts if parts.iter().any(|part| odd(part)) => Some("a path is relative, and without `.` and `..`"),
        [name] if name.ends_with(".conf") => Some("oslo.config would read it"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(operations: &[Operation]) -> Vec<(&str, i64)> {
        let stamp = |operation| match operation {
            &Operation::Stamp(ref path, stamp) => Some((path.as_str(), stamp - BEGINNING)),
            _ => None,
        };
        operations.iter().filter_map(stamp).collect()
    }

    fn write(tree: &mut FileTree, path: &str, mtime: Mtime) -> Vec<Operation> {
        tree.write(&[(path.to_owned(), b"{}".to_vec())], mtime)
    }

    #[test]
    fn a_new_file_stamps_its_directory_and_a_known_one_does_not() {
        let mut tree = FileTree::default();
        let first = write(&mut tree, "d/a", Mtime::Later);
        assert_eq!(stamps(&first), [("d", 10), ("", 10), ("d/a", 10), ("d", 10)]);
        assert_eq!(stamps(&write(&mut tree, "d/a", Mtime::Later)), [("d/a", 20)]);
        assert_eq!(stamps(&write(&mut tree, "d/a", Mtime::Same)), [("d/a", 20)]);
        assert_eq!(stamps(&write(&mut tree, "d/a", Mtime::Older)), [("d/a", 15)]);
        assert_eq!(stamps(&tree.remove("d/a", Mtime::Later)), [("d", 30)]);
    }

    #[test]
    fn a_file_that_comes_back_has_the_mtime_that_it_had() {
        let mut tree = FileTree::default();
        write(&mut tree, "a", Mtime::Later);
        tree.remove("a", Mtime::Later);
        assert_eq!(stamps(&write(&mut tree, "a", Mtime::Same)), [("a", 10), ("", 20)]);
    }

    #[test]
    fn files_and_directories_give_way_to_each_other() {
        let mut tree = FileTree::default();
        write(&mut tree, "d/sub/a", Mtime::Later);
        let operations = write(&mut tree, "d", Mtime::Later);
        assert_eq!(operations[0], Operation::Delete("d".to_owned()));
        assert_eq!(tree.entries.keys().collect::<Vec<_>>(), ["", "d"]);
        let operations = write(&mut tree, "d/b", Mtime::Later);
        assert_eq!(
            operations[..2],
            [Operation::Delete("d".to_owned()), Operation::Directory("d".to_owned())]
        );
    }
}
