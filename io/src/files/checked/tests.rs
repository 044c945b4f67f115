use std::sync::OnceLock;

use ark_bn254::{Fq2, G2Affine};
use ark_serialize::CanonicalSerialize;
use sha3::{Digest, Keccak256};
use zksensor_prover::ProvingKey;
use zksensor_testkit::KeyFile;

use super::super::tests::{Scratch, proven};
use super::super::{load_proving_key, load_proving_key_once};
use super::*;

const DIGEST: usize = 32;

/// The file of a key with a point of G2 outside the subgroup, which only the check that a note saves can see.
fn bad() -> &'static [u8] {
    static BAD: OnceLock<Vec<u8>> = OnceLock::new();
    BAD.get_or_init(|| {
        let mut file = KeyFile::of(&proven().0.to_bytes());
        let mut point = Vec::new();
        outside_the_subgroup().serialize_uncompressed(&mut point).unwrap();
        *file.queries[1].iter_mut().find(|point| point.is_some()).unwrap() =
            Some(KeyFile::coordinates(point));
        let mut bytes = file.body();
        let digest = Keccak256::digest(&bytes);
        bytes.extend_from_slice(&digest);
        bytes
    })
}

#[expect(clippy::disallowed_methods, reason = "a hostile vector")]
fn outside_the_subgroup() -> G2Affine {
    let at = |x: u64| G2Affine::get_point_from_x_unchecked(Fq2::from(x), true);
    (1..).filter_map(at).find(|point| !point.is_in_correct_subgroup_assuming_on_curve()).unwrap()
}

fn digest(bytes: &[u8]) -> [u8; DIGEST] {
    *bytes.last_chunk().unwrap()
}

/// A folder, a key file in it, and a folder of notes that is not there yet.
struct Desk {
    scratch: Scratch,
    key: PathBuf,
    notes: PathBuf,
}

impl Desk {
    fn with(bytes: &[u8]) -> Desk {
        let scratch = Scratch::new();
        let (key, notes) = (scratch.path("key.pk"), scratch.path("notes"));
        fs::write(&key, bytes).unwrap();
        Desk { scratch, key, notes }
    }

    fn load(&self) -> Result<ProvingKey, String> {
        let loaded = load_proving_key_once(&self.key, &CheckedKeys::at(&self.notes));
        loaded.map_err(|error| error.to_string())
    }

    fn is_refused(&self) -> bool {
        self.load().is_err_and(|error| error.contains("of another order"))
    }

    fn notes(&self) -> Vec<String> {
        let names = fs::read_dir(&self.notes).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Leaves a note of this content for a digest, in a folder made as the crate makes it.
    fn put(&self, digest: &[u8; DIGEST], content: &[u8]) {
        make(&self.notes).unwrap();
        fs::write(self.notes.join(hex::encode(digest)), content).unwrap();
    }
}

#[test]
fn a_key_is_noted_once_and_read_again() {
    let good = proven().0.to_bytes();
    let desk = Desk::with(&good);
    for _ in 0..2 {
        assert_eq!(desk.load().unwrap().to_bytes(), good);
        assert_eq!(desk.notes(), [hex::encode(&digest(&good))]);
    }
    let checked = CheckedKeys::at(&desk.notes);
    assert!(checked.has(&digest(&good)) && !checked.has(&digest(bad())));
    assert!(!CheckedKeys::none().has(&digest(&good)));
    // No note of what was refused.
    let desk = Desk::with(bad());
    assert!(desk.is_refused());
    assert!(!desk.notes.exists());
}

#[test]
fn a_note_of_ours_is_what_is_believed() {
    let desk = Desk::with(bad());
    desk.put(&digest(bad()), note(&digest(bad())).as_bytes());
    assert!(desk.load().is_ok(), "else the tests below test nothing");
    assert!(load_proving_key(&desk.key).is_err(), "all is checked where no notes are given");
}

#[test]
fn a_key_that_takes_the_place_of_another_is_checked() {
    let desk = Desk::with(&proven().0.to_bytes());
    desk.load().unwrap();
    fs::write(&desk.key, bad()).unwrap();
    assert!(desk.is_refused());
    // Under the digest of the one that was checked.
    let good = proven().0.to_bytes();
    let mut borrowed = bad().to_vec();
    let body = borrowed.len() - DIGEST;
    borrowed[body..].copy_from_slice(&digest(&good));
    fs::write(&desk.key, borrowed).unwrap();
    assert!(desk.load().unwrap_err().contains("do not match their digest"));
}

/// A folder that somebody sent: the key, and notes wherever they might be looked for.
#[test]
fn a_note_that_comes_with_a_key_is_not_looked_at() {
    let desk = Desk::with(bad());
    let digest = digest(bad());
    let (name, note) = (hex::encode(&digest), note(&digest));
    for place in ["", ".cache/zksensor/checked-keys", "zksensor/checked-keys", "checked-keys"] {
        let place = desk.scratch.path(place);
        fs::create_dir_all(&place).unwrap();
        for name in [name.as_str(), "key.pk.checked", "key.checked"] {
            fs::write(place.join(name), &note).unwrap();
        }
    }
    assert!(desk.is_refused());
    let of_user = CheckedKeys::of_user();
    assert!(of_user.folder.is_none_or(|folder| folder.is_absolute()));
    assert!(load_proving_key_once(&desk.key, &CheckedKeys::of_user()).is_err());
}

#[test]
fn a_note_that_is_not_exactly_as_it_is_written_counts_as_none() {
    let (desk, digest) = (Desk::with(bad()), digest(bad()));
    let right = note(&digest);
    let other_checks = right.replace("checks 1", "checks 0");
    assert_ne!(other_checks, right);
    let of_another = note(&[7; DIGEST]);
    let garbage: [&[u8]; 7] = [
        b"",
        &right.as_bytes()[..right.len() - 1],
        &right.as_bytes()[..20],
        &[right.as_bytes(), b"\n"].concat(),
        of_another.as_bytes(),
        other_checks.as_bytes(),
        &[0xff; 4096],
    ];
    for content in garbage {
        desk.put(&digest, content);
        assert!(desk.is_refused(), "{}", String::from_utf8_lossy(content));
    }
    // What a writer that was killed leaves.
    fs::remove_file(desk.notes.join(hex::encode(&digest))).unwrap();
    fs::write(desk.notes.join(format!("{}.1-0.tmp", hex::encode(&digest))), &right).unwrap();
    assert!(desk.is_refused());
    // A good key that is noted in a garbled way is checked and noted anew.
    let good = proven().0.to_bytes();
    fs::write(&desk.key, &good).unwrap();
    let own = *good.last_chunk().unwrap();
    desk.put(&own, b"half");
    desk.load().unwrap();
    assert!(CheckedKeys::at(&desk.notes).has(&own));
}

#[test]
fn a_folder_that_cannot_be_used_is_no_error() {
    let good = proven().0.to_bytes();
    let desk = Desk::with(&good);
    // A file is where the folder, or a parent of it, should be.
    fs::write(&desk.notes, "a file").unwrap();
    desk.load().unwrap();
    let below = desk.notes.join("below");
    load_proving_key_once(&desk.key, &CheckedKeys::at(below)).unwrap();
    // A folder is where the note should be.
    fs::remove_file(&desk.notes).unwrap();
    fs::create_dir_all(desk.notes.join(hex::encode(&digest(&good)))).unwrap();
    desk.load().unwrap();
    assert_eq!(desk.notes().len(), 1, "what was begun is gone");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |mode| fs::set_permissions(&desk.notes, fs::Permissions::from_mode(mode)).unwrap();
        fs::remove_dir(desk.notes.join(hex::encode(&digest(&good)))).unwrap();
        mode(0o500);
        desk.load().unwrap();
        mode(0o700);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_in_which_others_write_is_not_believed() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with(bad());
    desk.put(&digest(bad()), note(&digest(bad())).as_bytes());
    assert_eq!(fs::metadata(&desk.notes).unwrap().permissions().mode() & 0o777, 0o700);
    for (mode, believed) in [(0o700, true), (0o755, true), (0o770, false), (0o777, false), (0o702, false)] {
        fs::set_permissions(&desk.notes, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(desk.load().is_ok(), believed, "{mode:o}");
    }
}

#[test]
fn two_at_once_leave_one_note() {
    let good = proven().0.to_bytes();
    let desk = Desk::with(&good);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| desk.load().unwrap());
        }
    });
    assert_eq!(desk.notes(), [hex::encode(&digest(&good))]);
    assert!(CheckedKeys::at(&desk.notes).has(&digest(&good)));
}
