use std::fs;
use std::io::Write;

use super::super::tests::Scratch;
use super::temporary::Temporary;
use super::*;

#[test]
fn nothing_is_overwritten_unless_asked() {
    let scratch = Scratch::new();
    let path = scratch.path("key.json");
    write(&path, Kind::DeviceKey, Overwrite::Never, b"first").unwrap();
    let error = write(&path, Kind::DeviceKey, Overwrite::Never, b"second").unwrap_err();
    assert!(matches!(error.reason, Reason::Exists { kind: Kind::DeviceKey }));
    assert!(error.help().contains("the old secrets are gone"));
    assert_eq!(read(&path, Kind::DeviceKey).unwrap(), b"first");
    write(&path, Kind::DeviceKey, Overwrite::Replace, b"third").unwrap();
    assert_eq!(read(&path, Kind::DeviceKey).unwrap(), b"third");
    assert_eq!(scratch.files(), ["key.json"]);
}

#[test]
fn of_two_writers_one_is_refused_and_no_name_is_held_by_an_empty_file() {
    let scratch = Scratch::new();
    let path = scratch.path("proof.json");
    let stage = |bytes: &[u8]| {
        let mut staged = Staged::create(&path, Kind::Proof, Overwrite::Never).unwrap();
        staged.put(bytes).unwrap();
        staged
    };
    let (first, second) = (stage(b"first"), stage(b"second"));
    assert!(!path.exists());
    second.commit().unwrap();
    assert!(matches!(first.commit().unwrap_err().reason, Reason::Exists { .. }));
    assert_eq!(read(&path, Kind::Proof).unwrap(), b"second");
    assert_eq!(scratch.files(), ["proof.json"]);
}

#[test]
fn one_of_many_writers_at_once_wins_and_its_file_is_whole() {
    let scratch = Scratch::new();
    let path = scratch.path("proof.json");
    let won = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8u8)
            .map(|number| {
                let path = &path;
                scope.spawn(move || {
                    write(path, Kind::Proof, Overwrite::Never, &vec![number; 100_000])
                        .is_ok()
                        .then_some(number)
                })
            })
            .collect();
        writers.into_iter().filter_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(won.len(), 1);
    assert_eq!(read(&path, Kind::Proof).unwrap(), vec![won[0]; 100_000]);
    assert_eq!(scratch.files(), ["proof.json"]);
}

#[test]
fn a_failed_write_leaves_nothing() {
    let scratch = Scratch::new();
    for overwrite in [Overwrite::Never, Overwrite::Replace] {
        let path = scratch.path("proof.json");
        let mut staged = Staged::create(&path, Kind::Proof, overwrite).unwrap();
        staged.put(b"half").unwrap();
        assert_eq!(scratch.files().len(), 1);
        drop(staged);
        assert!(scratch.files().is_empty());
    }
    let nowhere = scratch.path("missing/proof.json");
    let error = write(&nowhere, Kind::Proof, Overwrite::Never, b"").unwrap_err();
    assert!(error.help().contains("is not there"), "{error}");
    assert!(write(&scratch.path(".."), Kind::Proof, Overwrite::Replace, b"").is_err());
}

#[test]
fn what_a_killed_process_left_is_swept_and_what_is_being_written_is_not() {
    let scratch = Scratch::new();
    let path = scratch.path("proof.json");
    let writing = Temporary::create(&path, false).unwrap();
    let name = writing.path.file_name().unwrap().to_str().unwrap().to_owned();
    let stale = format!("{}{}.tmp", &name[..name.len() - 36], "0".repeat(32));
    let others = [
        stale.replace(".zksensor-", ".zksensor-0"),
        format!("{stale}2"),
        stale.replace("000.tmp", "00g.tmp"),
        "proof.json.1-0.tmp".to_owned(),
    ];
    for name in others.iter().chain([&stale]) {
        fs::write(scratch.path(name), "left").unwrap();
    }
    write(&path, Kind::Proof, Overwrite::Never, b"new").unwrap();
    let mut wanted: Vec<String> = others.into_iter().chain([name, "proof.json".to_owned()]).collect();
    let mut files = scratch.files();
    wanted.sort();
    files.sort();
    assert_eq!(files, wanted);
}

#[test]
fn large_files_are_refused_before_they_are_read() {
    let scratch = Scratch::new();
    let path = scratch.path("large");
    File::create(&path).unwrap().set_len(1 << 50).unwrap_or_else(|_| {
        File::create(&path).unwrap().set_len(Kind::VerifyingKey.limit() + 1).unwrap();
    });
    let error = read(&path, Kind::VerifyingKey).unwrap_err().to_string();
    assert!(error.ends_with("expected a verifying key of at most 1048576 bytes, got more"), "{error}");
    #[cfg(unix)]
    assert!(matches!(read(Path::new("/dev/zero"), Kind::Leaf).unwrap_err().reason, Reason::TooLarge { .. }));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
    use std::path::PathBuf;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn secrets_are_for_the_owner_and_other_files_keep_their_mode() {
        let scratch = Scratch::new();
        let path = scratch.path("key.json");
        fs::write(&path, "readable by all").unwrap();
        write(&path, Kind::DeviceKey, Overwrite::Replace, b"secret").unwrap();
        assert_eq!(mode(&path), 0o600);
        write(&scratch.path("new.json"), Kind::DeviceKey, Overwrite::Never, b"secret").unwrap();
        assert_eq!(mode(&scratch.path("new.json")), 0o600);

        let usual = scratch.path("usual");
        File::create(&usual).unwrap();
        let proof = scratch.path("proof.json");
        write(&proof, Kind::Proof, Overwrite::Never, b"new").unwrap();
        assert_eq!(mode(&proof), mode(&usual));
        for kept in [0o640, 0o444, 0o664] {
            fs::set_permissions(&proof, fs::Permissions::from_mode(kept)).unwrap();
            let owner = fs::metadata(&proof).unwrap();
            write(&proof, Kind::Proof, Overwrite::Replace, b"replaced").unwrap();
            let new = fs::metadata(&proof).unwrap();
            assert_eq!((mode(&proof), new.uid(), new.gid()), (kept, owner.uid(), owner.gid()));
        }
    }

    #[test]
    fn the_owner_of_a_replaced_file_is_kept() {
        let scratch = Scratch::new();
        let path = scratch.path("proof.json");
        write(&path, Kind::Proof, Overwrite::Never, b"new").unwrap();
        // Only root may give a file away.
        if std::os::unix::fs::chown(&path, Some(4242), Some(2424)).is_ok() {
            write(&path, Kind::Proof, Overwrite::Replace, b"replaced").unwrap();
            let metadata = fs::metadata(&path).unwrap();
            assert_eq!((metadata.uid(), metadata.gid()), (4242, 2424));
        }
    }

    #[test]
    fn a_link_stays_and_what_it_leads_to_is_replaced() {
        let scratch = Scratch::new();
        let (link, chain, target) = (scratch.path("link"), scratch.path("chain"), scratch.path("target"));
        symlink("target", &link).unwrap();
        symlink("link", &chain).unwrap();
        // To nothing yet.
        let error = write(&chain, Kind::Proof, Overwrite::Never, b"").unwrap_err();
        assert!(matches!(error.reason, Reason::Exists { .. }));
        for content in [b"first".as_slice(), b"second"] {
            write(&chain, Kind::Proof, Overwrite::Replace, content).unwrap();
            assert!(link.is_symlink() && chain.is_symlink() && !target.is_symlink());
            assert_eq!(fs::read(&target).unwrap(), content);
        }
        symlink("itself", scratch.path("itself")).unwrap();
        assert!(write(&scratch.path("itself"), Kind::Proof, Overwrite::Replace, b"").is_err());
    }

    #[test]
    fn one_place_is_told_by_whatever_name() {
        let scratch = Scratch::new();
        symlink("target", scratch.path("link")).unwrap();
        symlink(".", scratch.path("folder")).unwrap();
        fs::write(scratch.path("old"), "old").unwrap();
        fs::hard_link(scratch.path("old"), scratch.path("hard")).unwrap();
        let stage =
            |name: &str| Staged::create(&scratch.path(name), Kind::Proof, Overwrite::Replace).unwrap();
        for (one, other, same) in [
            ("target", "target", true),
            ("target", "link", true),
            ("target", "folder/target", true),
            ("folder/link", "./target", true),
            ("old", "old", true),
            ("target", "other", false),
            // Each of the names gets a file of its own.
            ("old", "hard", false),
            ("/dev/null", "/dev/null", false),
            ("/dev/null", "target", false),
        ] {
            assert_eq!(stage(one).is_same_place(&stage(other)), same, "{one} {other}");
            assert_eq!(stage(other).is_same_place(&stage(one)), same, "{other} {one}");
        }
        assert!(stage("target").is_file() && !stage("/dev/null").is_file());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_link_among_devices_is_a_link_and_an_open_file_is_written_through() {
        use std::os::fd::AsRawFd;
        let scratch = Scratch::new();
        let target = scratch.path("target");
        fs::write(&target, "old").unwrap();
        let link = PathBuf::from(format!("/dev/shm/zksensor-link-{}", std::process::id()));
        if symlink(&target, &link).is_ok() {
            let refused = write(&link, Kind::Proof, Overwrite::Never, b"new").map_err(|error| error.reason);
            let replaced = write(&link, Kind::Proof, Overwrite::Replace, b"new");
            let is_link = link.is_symlink();
            fs::remove_file(&link).unwrap();
            assert!(matches!(refused, Err(Reason::Exists { .. })) && is_link);
            replaced.unwrap();
            assert_eq!(fs::read(&target).unwrap(), b"new");
        }
        let open = fs::OpenOptions::new().append(true).open(&target).unwrap();
        fs::write(&target, "").unwrap();
        for folder in ["/dev/fd", "/proc/self/fd"] {
            let path = PathBuf::from(format!("{folder}/{}", open.as_raw_fd()));
            symlink(&path, scratch.path("link")).unwrap();
            write(&path, Kind::Proof, Overwrite::Never, b"1").unwrap();
            write(&scratch.path("link"), Kind::Proof, Overwrite::Never, b"2").unwrap();
            fs::remove_file(scratch.path("link")).unwrap();
        }
        assert_eq!(fs::read(&target).unwrap(), b"1212");
        assert_eq!(open.metadata().unwrap().len(), 4);
    }

    #[test]
    fn a_name_that_ends_like_that_of_a_folder_is_none_of_a_file() {
        let scratch = Scratch::new();
        symlink("nothing/", scratch.path("link")).unwrap();
        for name in ["new/", "new/.", "new//", "link"] {
            for overwrite in [Overwrite::Never, Overwrite::Replace] {
                assert!(write(&scratch.path(name), Kind::Proof, overwrite, b"").is_err(), "{name}");
            }
        }
        assert_eq!(scratch.files(), ["link"]);
    }

    #[test]
    fn a_device_is_written_through_and_stays_one() {
        let null = Path::new("/dev/null");
        for overwrite in [Overwrite::Never, Overwrite::Replace] {
            write(null, Kind::Proof, overwrite, b"gone").unwrap();
            assert!(fs::symlink_metadata(null).unwrap().file_type().is_char_device());
        }
        let full = Path::new("/dev/full");
        if full.exists() {
            let error = write(full, Kind::Proof, Overwrite::Replace, b"no room").unwrap_err();
            assert!(matches!(&error.reason, Reason::System { action: "write", .. }), "{error}");
        }
        let scratch = Scratch::new();
        symlink(null, scratch.path("link")).unwrap();
        write(&scratch.path("link"), Kind::Proof, Overwrite::Replace, b"gone").unwrap();
        assert!(scratch.path("link").is_symlink());
        assert!(fs::symlink_metadata(null).unwrap().file_type().is_char_device());
        let error = write(&scratch.path("."), Kind::Proof, Overwrite::Replace, b"").unwrap_err();
        assert!(matches!(error.reason, Reason::System { .. }), "{error}");
    }

    #[test]
    fn a_name_that_is_no_text_is_a_name() {
        use std::os::unix::ffi::OsStrExt;
        let scratch = Scratch::new();
        let path = scratch.path("").join(std::ffi::OsStr::from_bytes(b"\xff\xfe"));
        write(&path, Kind::Proof, Overwrite::Never, b"content").unwrap();
        assert_eq!(read(&path, Kind::Proof).unwrap(), b"content");
        assert!(write(&path, Kind::Proof, Overwrite::Never, b"").unwrap_err().to_string().contains("exists"));
    }

    #[test]
    fn a_long_name_has_room_for_its_temporary() {
        let scratch = Scratch::new();
        let path = scratch.path(&"n".repeat(255));
        write(&path, Kind::Proof, Overwrite::Never, b"content").unwrap();
        Staged::create(&path, Kind::Proof, Overwrite::Replace).unwrap().flush().unwrap();
    }
}
