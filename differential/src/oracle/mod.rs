//! The oracle: upstream Python oslo.policy, embedded, in worker processes.
//!
//! - [`environment`] finds or makes the virtual environment that upstream is installed in.
//! - [`interpreter`] starts CPython in it, isolated from everything else on the machine, and checks what started.
//! - [`worker`] is the child process that decides batches; `worker.py` is its Python half.
//! - [`batch`] is what a worker is asked at once.
//! - [`frame`] is what goes through the pipes between the two, [`wire`] what it means; [`marshal`] writes what Python
//!   reads.
//! - [`process`] is the parent's side of one worker.
//! - [`upstream`] keeps a worker alive whatever a batch does to it, and finds the request that did it.
//!
//! What the oracle is asked and what its answers are compared with is decided elsewhere.

pub mod batch;
pub mod environment;
pub mod frame;
#[allow(unsafe_code)]
pub mod interpreter;
pub mod marshal;
mod pipes;
pub mod process;
mod supervise;
pub mod upstream;
pub mod wire;
pub mod worker;
