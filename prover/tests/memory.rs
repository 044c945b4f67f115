//! How much memory a key takes while it is read and sorted: little more than it has bytes.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_prover::{Prover, ProvingKey, insecure_setup};
use zksensor_r1cs::compile;
use zksensor_testkit::{Fleet, FleetOptions};

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Counts the bytes in use on all threads.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn grown(size: usize) {
    let in_use = IN_USE.fetch_add(size, Ordering::Relaxed) + size;
    PEAK.fetch_max(in_use, Ordering::Relaxed);
}

#[expect(
    unsafe_code,
    reason = "only an allocator sees every allocation; each call goes to the system's as it came"
)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grown(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grown(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        grown(size);
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(old, layout) }
    }
}

/// The most bytes that were in use during `run` beyond those before.
fn peak<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = IN_USE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let result = run();
    (result, PEAK.load(Ordering::Relaxed) - before)
}

/// As [`peak`], for each 100 bytes of `size`.
fn percent<T>(size: usize, run: impl FnOnce() -> T) -> (T, usize) {
    let (result, peak) = peak(run);
    (result, peak * 100 / size)
}

/// What the threads that sum points of G2 work with.
const WORKSPACE: usize = 10 << 20;

/// One test, as the counter is of the whole process.
#[test]
fn a_key_takes_little_more_than_the_bytes_of_its_file() {
    let fleet = Fleet::new(&FleetOptions { devices: 24, k: 1, ..FleetOptions::default() });
    let statement = fleet.statement(24);
    let key = insecure_setup(&statement, &mut ChaCha20Rng::seed_from_u64(1), &()).unwrap();
    let bytes = key.to_bytes();
    drop(key);
    let size = bytes.len();
    let (key, read) = peak(|| ProvingKey::read(&bytes[..], size as u64).unwrap());
    let (_, again) =
        percent(size, || ProvingKey::read_checked_before(&bytes[..], size as u64, |_| true).unwrap());
    assert!(read >= size && read <= size / 100 * 125 + WORKSPACE, "reading {size} bytes takes {read}");
    assert!((100..=112).contains(&again), "reading what was checked takes {again} bytes for each 100");
    let (_, written) = percent(size, || key.write(std::io::sink()).unwrap());
    assert!(written <= 1, "writing takes {written} bytes for each 100");
    let (_, compiled) = percent(size, || compile(&statement).unwrap());
    let (_, sorted) = percent(size, || Prover::builder(statement, key).build().unwrap());
    assert!(sorted <= compiled + 2, "sorting takes {sorted} more bytes for each 100, the circuit {compiled}");
}
