//! What a policy means, for those who own it: the library behind the command `assay`.
//!
//! - [`policy`] reads OpenStack policies and the defaults that they stand on.
//! - [`lint`] tells where a policy file does not mean what it seems to.
//! - [`iam`] asks the engine questions about whole IAM policies and organizations.
//! - [`meaning`] is what rules of OpenStack's policy language allow, deny and raise, over all requests at once.
//! - [`diff`] is what changes from one policy to another.
//! - [`matrix`] is who may do what.
//! - [`sarif`] is the form in which other tools take findings.
//! - [`cli`] is the commands, one file each.
#![forbid(unsafe_code)]

pub mod cli;
pub mod diff;
pub mod iam;
pub mod lint;
pub mod matrix;
pub mod meaning;
pub mod policy;
pub mod sarif;
