#![no_main]

use assay_properties::{Target, target};
use libfuzzer_sys::fuzz_target;
use peak_alloc::PeakAlloc;
use std::sync::LazyLock;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

static TARGET: LazyLock<&Target> = LazyLock::new(|| target("compiled-typed").expect("a target"));

fuzz_target!(|input: &[u8]| {
    TARGET.run(input);
});
