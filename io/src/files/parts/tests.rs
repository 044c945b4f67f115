use std::fs;

use super::*;

/// A folder that goes when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("zksensor-parts-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn output(&self) -> PathBuf {
        self.0.join("key")
    }

    fn open(&self) -> PartsFile {
        PartsFile::open(&self.output(), OF_ONE, Overwrite::Never).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.0.join("key.part")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const OF_ONE: [u8; 32] = [1; 32];

fn put(parts: &mut PartsFile, name: &str, bytes: &[u8]) {
    let mut part = parts.put(name, bytes.len() as u64).unwrap();
    bytes.chunks(3).for_each(|some| part.write_all(some).unwrap());
    part.finish().unwrap();
}

fn taken(parts: &mut PartsFile, name: &str, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    parts.take(name, length).unwrap()?.read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

#[test]
fn parts_are_there_again_and_gone_with_the_output() {
    let folder = Folder::new("again");
    let mut parts = folder.open();
    put(&mut parts, "one", b"first");
    put(&mut parts, "two", b"");
    put(&mut parts, "one", b"other");
    assert_eq!(taken(&mut parts, "one", 5).unwrap(), b"other");
    drop(parts);
    let mut parts = folder.open();
    assert_eq!(taken(&mut parts, "one", 5).unwrap(), b"other");
    assert_eq!(taken(&mut parts, "two", 0).unwrap(), b"");
    assert_eq!([taken(&mut parts, "one", 4), taken(&mut parts, "three", 5)], [None, None]);
    // One that does not come to its end leaves those before it.
    parts.put("three", 4).unwrap().write_all(b"thr").unwrap();
    assert!(parts.put("three", 4).unwrap().finish().is_err());
    assert!(parts.put("three", 4).unwrap().write_all(b"three").is_err());
    put(&mut parts, "four", b"4");
    drop(parts);
    let mut parts = folder.open();
    assert_eq!((taken(&mut parts, "four", 1).unwrap(), parts.has("three")), (b"4".to_vec(), false));
    parts.remove().unwrap();
    assert!(!folder.file().exists());
}

/// Cut at every byte, and each byte altered: what is taken is what was put.
#[test]
fn what_is_cut_or_altered_is_not_taken() {
    let folder = Folder::new("altered");
    let mut parts = folder.open();
    put(&mut parts, "one", b"first");
    put(&mut parts, "two", b"second");
    drop(parts);
    let whole = fs::read(folder.file()).unwrap();
    assert_eq!(whole.len(), HEADER + 2 * (1 + 3 + 8 + 32) + 11);
    let both = || {
        let mut parts = folder.open();
        [("one", &b"first"[..]), ("two", b"second")].map(|(name, wanted)| {
            let came = taken(&mut parts, name, wanted.len() as u64);
            assert!(came.as_deref().is_none_or(|came| came == wanted), "{name}");
            came.is_some()
        })
    };
    for length in 0..whole.len() {
        fs::write(folder.file(), &whole[..length]).unwrap();
        let first = length >= HEADER + 49;
        assert_eq!(both(), [first, false], "{length}");
        // What is put then goes behind what is whole.
        put(&mut folder.open(), "two", b"second");
        assert_eq!(both(), [first, true], "{length}");
    }
    for at in HEADER..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 1 << (at % 8);
        fs::write(folder.file(), altered).unwrap();
        let there = both();
        assert!(there != [true, true], "{at}");
        assert!(there[0] || at < HEADER + 49, "{at}");
    }
    fs::write(folder.file(), &whole).unwrap();
    assert_eq!(both(), [true, true]);
}

#[test]
fn what_is_of_something_else_or_locked_is_refused() {
    let folder = Folder::new("other");
    let output = folder.output();
    let open = |of, overwrite| PartsFile::open(&output, of, overwrite).map_err(|error| error.reason);
    let mut parts = folder.open();
    put(&mut parts, "one", b"first");
    assert!(matches!(open(OF_ONE, Overwrite::Replace), Err(Reason::Locked { .. })));
    drop(parts);
    assert!(matches!(open([2; 32], Overwrite::Never), Err(Reason::OtherParts)));
    assert!(open(OF_ONE, Overwrite::Replace).unwrap().has("one"));
    assert!(!open([2; 32], Overwrite::Replace).unwrap().has("one"));
    assert!(matches!(open(OF_ONE, Overwrite::Never), Err(Reason::OtherParts)));
    for other in [&b"somebody's notes"[..], b"zksensor party, and more than the head of a file of parts has"]
    {
        fs::write(folder.file(), other).unwrap();
        assert!(matches!(open(OF_ONE, Overwrite::Replace), Err(Reason::Kind { .. })));
        assert_eq!(fs::read(folder.file()).unwrap(), other);
    }
    fs::remove_file(folder.file()).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.0.join("nothing"), folder.file()).unwrap();
        assert!(matches!(open(OF_ONE, Overwrite::Replace), Err(Reason::System { .. })));
        assert!(!folder.0.join("nothing").exists());
        fs::remove_file(folder.file()).unwrap();
    }
    fs::create_dir(folder.file()).unwrap();
    assert!(matches!(open(OF_ONE, Overwrite::Replace), Err(Reason::System { .. })));
}
