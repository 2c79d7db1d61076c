//! The whole enforcer. Outcomes are what oslo.policy 6.0.1 on CPython 3.11.7 comes to, unless a test is of
//! something that upstream does not have.

mod custom;
mod deciding;
mod defaults;
mod deprecation;
mod files;
mod laws;
mod references;
mod remote;
mod strict;
mod threads;
mod world;
