//! Those who keep policy files: edits, upgrades, conversions, samples, requirements.

mod cli;
mod edit;
mod generated;
mod laws;
mod requirements;
mod upstream;
