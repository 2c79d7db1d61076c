//! A directory with policy files whose mtimes a test sets.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use assay_engine::oslo::enforcer::{Definition, Enforcer, Failure, Options, RuleDefault};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{ExceptionClass, Interrupt, Request};

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Goes away with the test.
pub(crate) struct World {
    pub(crate) path: PathBuf,
    clock: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("enforcer-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory");
        Self { path, clock: 0 }
    }

    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let mut world = Self::new();
        for (name, text) in files {
            world.write(name, text);
        }
        world
    }

    /// A file with a later mtime than anything before.
    pub(crate) fn write(&mut self, name: &str, text: impl AsRef<[u8]>) {
        self.clock += 1;
        self.write_at(name, text, self.clock);
    }

    pub(crate) fn write_at(&self, name: &str, text: impl AsRef<[u8]>, seconds: u64) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(&path, text).expect("a file");
        self.touch(&path, seconds);
        self.touch(path.parent().expect("a parent"), seconds);
    }

    /// The directory that held it gets a later mtime.
    pub(crate) fn remove(&mut self, name: &str) {
        let path = self.path.join(name);
        fs::remove_file(&path).expect("a file");
        self.clock += 1;
        self.touch(path.parent().expect("a parent"), self.clock);
    }

    pub(crate) fn touch(&self, path: &Path, seconds: u64) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds);
        File::open(path).and_then(|file| file.set_modified(time)).expect("a time");
    }

    pub(crate) const fn now(&self) -> u64 {
        self.clock
    }

    pub(crate) fn options(&self) -> Options {
        Options { search: vec![self.path.clone()], ..Options::default() }
    }

    pub(crate) fn enforcer(&self) -> Enforcer {
        Enforcer::builder(self.options()).build()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

pub(crate) fn register(enforcer: &Enforcer, name: &str, check_str: &str) {
    let default = RuleDefault::new(Definition::new(name, check_str)).expect("a default");
    enforcer.register_default(default).expect("a new name");
}

/// `allow`, `deny`, or the class of the exception.
pub(crate) fn outcome(result: Result<Value, Failure>) -> &'static str {
    match result {
        Ok(value) if value.truthy() => "allow",
        Ok(_) => "deny",
        Err(failure) => class(failure.cause()),
    }
}

pub(crate) fn class(cause: Option<Interrupt>) -> &'static str {
    match cause {
        Some(Interrupt::Raised(class)) => class.name(),
        Some(_) => "undecided",
        None => "refused",
    }
}

/// Asks with these roles and nothing else.
pub(crate) fn ask(enforcer: &Enforcer, rule: &str, roles: &[&str]) -> &'static str {
    let creds = Value::dict([("roles", Value::list(roles.iter().map(|role| Value::from(*role))))]);
    ask_as(enforcer, rule, &creds)
}

pub(crate) fn ask_as(enforcer: &Enforcer, rule: &str, creds: &Value) -> &'static str {
    outcome(enforcer.enforce(rule, Request { creds, target: &py!({}) }))
}

pub(crate) const NOT_AUTHORIZED: ExceptionClass = ExceptionClass::PolicyNotAuthorized;
