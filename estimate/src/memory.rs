//! The most memory that this process had, where the system says so.

use std::fs;

/// A measurement from now on.
#[derive(Debug)]
pub struct Peak {
    reset: bool,
}

impl Peak {
    /// Lets the system forget the peak so far (Linux, proc(5): 5 to `/proc/self/clear_refs`).
    pub fn start() -> Self {
        Peak { reset: fs::write("/proc/self/clear_refs", "5").is_ok() }
    }

    /// Bytes at the most since the start; `None` where the system does not say, or would not forget.
    pub fn end(self) -> Option<u64> {
        let status = self.reset.then(|| fs::read_to_string("/proc/self/status").ok()).flatten()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kilobytes.checked_mul(1024)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_peak_holds_what_was_allocated() {
        let peak = Peak::start();
        let bytes = std::hint::black_box(vec![1u8; 64 << 20]);
        if let Some(most) = peak.end() {
            assert!(most > 64 << 20, "{most} bytes with {} allocated", bytes.len());
        }
    }
}
