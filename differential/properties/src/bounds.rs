//! How much memory an input may take, and how long it may be worked on.
//!
//! The bounds of the engine's entry points are stated in its documentation; these are the same with what
//! the harness itself takes. A driver measures memory if [`ALLOCATOR`] is its global allocator, and none
//! otherwise.

use peak_alloc::PeakAlloc;

/// Counts what is allocated, for drivers that make it their global allocator.
pub static ALLOCATOR: PeakAlloc = PeakAlloc;

/// One mebibyte.
const MIB: usize = 1 << 20;

/// What one input may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The longest input that drivers make.
    pub bytes: usize,
    /// Bytes of memory for any input, however short.
    pub base: usize,
    /// Bytes of memory for each byte of input.
    pub per_byte: usize,
    /// Seconds by the clock.
    pub seconds: u64,
}

impl Bounds {
    /// Of what only reads its input.
    pub(crate) const fn reading(bytes: usize, per_byte: usize) -> Self {
        Self { bytes, base: MIB, per_byte, seconds: 5 }
    }

    /// Of what also formats, where a few bytes can ask for much: a formatted text has up to 2²⁴ characters.
    pub(crate) const fn formatting(bytes: usize, per_byte: usize) -> Self {
        Self { bytes, base: 256 * MIB, per_byte, seconds: 10 }
    }

    /// The most memory that an input of so many bytes may take at any one time.
    #[must_use]
    pub const fn memory(self, bytes: usize) -> usize {
        self.base + self.per_byte * bytes
    }

    /// Does something with an input of so many bytes and holds what it allocates, which comes back, against the
    /// bounds.
    ///
    /// # Panics
    /// If it takes more. Threads beside it count too.
    pub(crate) fn hold(self, bytes: usize, work: impl FnOnce()) -> usize {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        work();
        let taken = ALLOCATOR.peak_usage().saturating_sub(before);
        let most = self.memory(bytes);
        assert!(taken <= most, "an input of {bytes} bytes took {taken} bytes of memory; it may take {most}");
        taken
    }
}
