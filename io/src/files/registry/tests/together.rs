//! Several processes and threads on one registry.

use super::*;

#[test]
fn who_reads_beside_a_change_waits_for_what_it_leaves() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    sample(&path);
    let whole = fs::read(&path).unwrap();
    let damaged = [&whole[..whole.len() - 1], &[whole[whole.len() - 1] ^ 1]].concat();
    for during in [&whole[..whole.len() - 1], &damaged] {
        fs::write(&path, during).unwrap();
        let changing = fs::OpenOptions::new().write(true).open(&path).unwrap();
        changing.lock().unwrap();
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| load(&path).journal().torn());
            std::thread::sleep(Duration::from_millis(50));
            fs::write(&path, &whole).unwrap();
            drop(changing);
            assert_eq!(reading.join().unwrap(), 0);
        });
        // In a file that takes its place, too.
        fs::write(&path, during).unwrap();
        let changing = fs::File::open(&path).unwrap();
        changing.lock().unwrap();
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| load_registry(&path).unwrap().root());
            std::thread::sleep(Duration::from_millis(50));
            fs::write(scratch.path("new"), &whole).unwrap();
            fs::rename(scratch.path("new"), &path).unwrap();
            drop(changing);
            assert_eq!(reading.join().unwrap(), Journal::from_bytes(&whole).unwrap().root());
        });
    }
    // One that stays as it is is told as it is, without a right to write.
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(load(&path).journal().torn() > 0);
}

#[test]
fn of_two_who_change_one_waits() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    let holding = writer(&path);
    let error = RegistryWriter::open(&path, NO_TIME).unwrap_err();
    assert!(matches!(error.reason, Reason::Locked { seconds: 0, .. }), "{error}");
    #[cfg(target_os = "linux")]
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let writer = RegistryWriter::open(&path, Duration::from_secs(60)).unwrap();
            writer.enrol(&[leaf(2)], time(2)).unwrap().0.journal().devices()
        });
        holding.enrol(&[leaf(1)], time(1)).unwrap();
        assert_eq!(waiting.join().unwrap(), 2);
    });
    // One that was started for a change that was not made is started anew by whoever waited.
    let other = scratch.path("other.bin");
    let holding = writer(&other);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let writer = RegistryWriter::open_or_start(&other, Duration::from_secs(60)).unwrap();
            writer.enrol(&[leaf(2)], time(2)).unwrap().0.journal().devices()
        });
        std::thread::sleep(Duration::from_millis(50));
        assert!(holding.enrol(&[leaf(1), leaf(1)], time(1)).is_err());
        assert_eq!(waiting.join().unwrap(), 1);
    });
    assert_eq!(load(&other).journal().devices(), 1);
}

#[test]
fn many_at_once_lose_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    let positions = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20u8)
            .map(|number| {
                let path = &path;
                scope.spawn(move || {
                    let mut writer = RegistryWriter::open_or_start(path, Duration::from_secs(60)).unwrap();
                    // Some replace the file, so that the lock of one that is gone is held now and then.
                    writer.many = if number % 3 == 0 { 2 } else { 4096 };
                    writer.enrol(&[leaf(number)], time(number.into())).unwrap().1[0]
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<std::collections::BTreeSet<_>>()
    });
    let file = load(&path);
    assert_eq!((positions.len(), file.journal().devices()), (20, 20));
    assert_eq!(load_registry(&path).unwrap().root(), file.journal().root());
}

#[cfg(unix)]
#[test]
fn a_link_to_a_registry_leads_to_one_registry() {
    let scratch = Scratch::new();
    let (path, link) = (scratch.path("reg.bin"), scratch.path("link.bin"));
    std::os::unix::fs::symlink("reg.bin", &link).unwrap();
    writer(&path).enrol(&[leaf(1)], time(1)).unwrap();
    writer(&link).enrol(&[leaf(2)], time(2)).unwrap();
    writer(&link).compact(time(3)).unwrap();
    assert!(link.is_symlink());
    assert_eq!(load(&path).journal().devices(), 2);
    let mut files = scratch.files();
    files.sort();
    assert_eq!(files, ["link.bin", "reg.bin", "reg.bin.tree"]);
    let roots: Vec<RegistryRoot> = [&path, &link].map(|path| load_registry(path).unwrap().root()).into();
    assert_eq!(roots[0], roots[1]);
}
