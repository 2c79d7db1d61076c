//! What a policy means, for those who own it: the library behind the command `assay`.
//!
//! - [`policy`] reads OpenStack policies and the defaults that they stand on.
//! - [`edit`] changes policy files and leaves everything else in them as it is.
//! - [`upgrade`] brings them up to the names of a release.
//! - [`sample`] writes what a service registers, or what is really used; [`convert`] makes YAML of JSON.
//! - [`redundant`] finds the overrides that change nothing.
//! - [`requirements`] holds a policy against a table of who must be able to do what.
//! - [`lint`] tells where a policy file does not mean what it seems to.
//! - [`iam`] asks the engine questions about whole IAM policies and organizations.
//! - [`meaning`] is what rules of OpenStack's policy language allow, deny and raise, over all requests at once.
//! - [`diff`] is what changes from one policy to another.
//! - [`matrix`] is who may do what.
//! - [`sarif`] is the form in which other tools take findings.
//! - [`cli`] is the commands, one file each.
#![forbid(unsafe_code)]

pub mod cli;
pub mod convert;
pub mod diff;
pub mod edit;
pub mod iam;
pub mod lint;
pub mod matrix;
pub mod meaning;
pub mod policy;
pub mod redundant;
pub mod requirements;
pub mod sample;
pub mod sarif;
pub mod upgrade;
