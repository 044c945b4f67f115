//! How much a decoder allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Most bytes in use at once for each byte that came.
const FACTOR: usize = 8;
/// And so many on top, for what does not depend on the input.
pub(crate) const BASE: usize = 1 << 20;

thread_local! {
    static IN_USE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// Counts the bytes in use on each thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(change: isize) {
    let in_use = IN_USE.get() + change;
    IN_USE.set(in_use);
    PEAK.set(PEAK.get().max(in_use));
}

fn signed(size: usize) -> isize {
    isize::try_from(size).expect("a layout is below 2^63 bytes")
}

#[expect(
    unsafe_code,
    reason = "only an allocator sees every allocation; each call goes to the system's as it came"
)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(signed(size) - signed(layout.size()));
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        count(-signed(layout.size()));
        unsafe { System.dealloc(old, layout) }
    }
}

/// Decodes `input`, and fails if that had more than 8 bytes in use for each byte of it and 1 MiB at any time.
pub(crate) fn bounded<T>(input: &[u8], decode: impl FnOnce(&[u8]) -> T) -> T {
    bounded_by(BASE, input, decode)
}

/// Decodes `input`, and fails if that had more than 8 bytes in use for each byte of it and `base` at any time.
pub(crate) fn bounded_by<T>(base: usize, input: &[u8], decode: impl FnOnce(&[u8]) -> T) -> T {
    let before = IN_USE.get();
    PEAK.set(before);
    let decoded = decode(input);
    let peak = usize::try_from(PEAK.get() - before).unwrap_or(0);
    let limit = FACTOR * input.len() + base;
    assert!(
        peak <= limit,
        "{} bytes of input had {peak} bytes in use, expected at most {limit}",
        input.len()
    );
    decoded
}
