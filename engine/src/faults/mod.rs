//! Faults that can be armed, one at a time, to show that the harness would find them.
//!
//! Behind the feature `faults`, which nothing that is shipped turns on. No input arms a fault: only
//! [`arm`] does.

/// The faults as an enum, with what the catalogue says of each.
macro_rules! catalogue {
    ($($fault:ident = $name:literal, $area:ident, $about:literal;)+) => {
        /// A fault of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Fault {
            $(#[doc = $about] $fault,)+
        }

        impl Fault {
            /// All of them, by area.
            pub const ALL: &[Self] = &[$(Self::$fault),+];

            /// The name to arm it by.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$fault => $name),+ }
            }

            /// The part of the semantics that it breaks.
            #[must_use]
            pub const fn area(self) -> Area {
                match self { $(Self::$fault => Area::$area),+ }
            }

            /// What an engine with this fault does wrong.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$fault => $about),+ }
            }
        }
    };
}

mod catalogue;

use std::cell::Cell;

pub use catalogue::Fault;

/// The part of the semantics that a fault breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// Tokens, the grammar, the canonical text.
    Language,
    /// Rules in the form of lists and other values.
    Lists,
    /// Kinds that are Python literals.
    Literals,
    /// `str()` and `repr()` of values.
    Text,
    /// Python's `%`.
    Formats,
    /// The checks themselves.
    Evaluation,
    /// YAML as `PyYAML` reads it.
    Yaml,
    /// Registered defaults, files, scopes, deprecations.
    Enforcer,
    /// Checks that ask a server.
    Remote,
    /// Huawei's roles, policies and SCPs.
    Iam,
}

thread_local! {
    static ARMED: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// Arms `fault`, or none, in this thread: generators and judges ask the same engine in others. Gives what was armed.
pub fn arm(fault: Option<Fault>) -> Option<Fault> {
    ARMED.replace(fault)
}

/// Whether any fault is armed in this thread.
pub(crate) fn any() -> bool {
    ARMED.get().is_some()
}

/// Whether `fault` is the one that is armed.
pub(crate) fn armed(fault: Fault) -> bool {
    ARMED.get() == Some(fault)
}
