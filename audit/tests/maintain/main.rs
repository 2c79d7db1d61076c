//! Those who keep policy files: edits, upgrades, conversions, samples, requirements.

mod cli;
mod edit;
mod laws;
mod requirements;
mod upstream;
