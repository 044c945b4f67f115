//! What this process has taken, where the system says so (Linux, proc(5)).

use std::fs;
use std::time::Duration;

/// Ticks of a second in `/proc`, whatever the kernel's own are.
const TICKS: u64 = 100;

/// Processor time of all its threads.
pub(super) fn processor() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may have spaces.
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    let ticks = next()? + next()?;
    Some(Duration::from_millis(ticks * 1000 / TICKS))
}

/// Bytes of memory that it has now.
pub(super) fn memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Says to the test that nothing else runs in its process, of which other tests would take and give back memory meanwhile.
    const ALONE: &str = "ZKSENSOR_TEST_ALONE";

    #[test]
    fn work_takes_time_and_values_take_memory() {
        if std::env::var_os(ALONE).is_none() {
            let name = "node::bench::process::tests::work_takes_time_and_values_take_memory";
            let run = std::process::Command::new(std::env::current_exe().unwrap())
                .args([name, "--exact"])
                .env(ALONE, "1")
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&run.stdout);
            assert!(run.status.success() && said.contains("1 passed"), "{said}");
            return;
        }
        let (time, before) = (processor().unwrap(), memory().unwrap());
        let bytes = std::hint::black_box(vec![1u8; 64 << 20]);
        assert!(memory().unwrap() > before + (60 << 20), "{} bytes", bytes.len());
        let mut sum = 0u64;
        while processor().unwrap() < time + Duration::from_millis(50) {
            sum = std::hint::black_box(sum.wrapping_mul(3) + 1);
        }
    }
}
