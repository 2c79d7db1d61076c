//! OpenStack policies as operators have them: files and directories, on the defaults that a service registers.
//!
//! ```text
//! policy.yaml, policy.d ──► file ─────┐
//! defaults file, sample,   ┐          ├──► loaded ──► what the commands ask
//! built-in releases        ┴► defaults┘      ▲
//! personas, creds, targets ──────────────────┘
//! ```

pub mod access;
mod ask;
pub mod defaults;
mod error;
pub mod explain;
pub mod file;
pub mod flip;
pub mod loaded;
pub mod persona;
mod read;
pub mod services;
pub mod value;

pub use ask::{Answer, Answers, Outcome, Request};
pub use defaults::Defaults;
pub use error::InputError;
pub use file::{Entry, PolicyFile};
pub use loaded::{Effective, Loaded, Origin, Setup};
pub use persona::{Persona, Personas, TargetPreset};
