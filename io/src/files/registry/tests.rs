use std::fs;
use std::time::Duration;

use zksensor_model::device::{Attributes, DeviceKey, Identity, Leaf};
use zksensor_model::field::Fr;
use zksensor_model::registry::{RegistryError, RegistryRoot};

use super::super::tests::Scratch;
use super::record::{HEAD, LENGTHS, SEAL};
use super::*;

mod nodes;
mod together;

const NO_TIME: Duration = Duration::ZERO;
/// For a lock that nobody holds for long: a process that another test starts has its file until it runs its own program.
const SOON: Duration = Duration::from_secs(10);

fn leaf(number: u8) -> Leaf {
    let attributes = Attributes { class: 7, expiry: UnixMillis::MAX, owner: number.into() };
    let identity = Identity::from_field(Fr::from(u64::from(number) + 1));
    Leaf { key: *DeviceKey::from_seed([number; 32]).public(), identity, attributes }
}

fn time(millis: u64) -> UnixMillis {
    UnixMillis::new(millis).unwrap()
}

fn writer(path: &Path) -> RegistryWriter {
    RegistryWriter::open_or_start(path, SOON).unwrap()
}

fn load(path: &Path) -> RegistryFile {
    RegistryFile::load(path).unwrap()
}

/// Three enrolled, one revoked, one replaced, one enrolled: at 10, 20, 30 and 40. The model of it after each.
fn sample(path: &Path) -> Vec<Registry> {
    let mut model = Registry::new();
    let mut models = vec![model.clone()];
    let positions = writer(path).enrol(&[leaf(1), leaf(2), leaf(3)], time(10)).unwrap().1;
    assert_eq!(model.enrol_all([leaf(1), leaf(2), leaf(3)]).unwrap(), positions);
    models.push(model.clone());
    writer(path).revoke(positions[1], time(20)).unwrap();
    model.revoke(positions[1]).unwrap();
    models.push(model.clone());
    let (_, new) = writer(path).replace(positions[2], &leaf(4), time(30)).unwrap();
    model.revoke(positions[2]).unwrap();
    assert_eq!(model.enrol(leaf(4)).unwrap(), new);
    models.push(model.clone());
    // A clock that went back.
    let (_, last) = writer(path).enrol(&[leaf(5)], time(15)).unwrap();
    assert_eq!(model.enrol(leaf(5)).unwrap(), last[0]);
    models.push(model);
    models
}

fn tree_file(path: &Path) -> PathBuf {
    tree_path(path).unwrap()
}

#[test]
fn every_state_is_that_of_the_model() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    let models = sample(&path);
    let mut file = load(&path);
    let times: Vec<u64> = file.journal().history().map(|change| change.time.get()).collect();
    assert_eq!(times, [10, 20, 30, 30]);
    assert_eq!((file.journal().devices(), file.journal().enrolled()), (3, 5));
    for (before, count) in
        [(10, None), (11, Some(1)), (20, Some(1)), (21, Some(2)), (30, Some(2)), (31, Some(4))]
    {
        assert_eq!(file.at(before), count.map(Moment), "before {before}");
    }
    // Forth and back, so that the nodes are moved in both directions, and each from the file.
    for count in (0..models.len()).chain((0..models.len()).rev()) {
        let (model, moment) = (&models[count], Moment(u32::try_from(count).unwrap()));
        assert_eq!(file.journal().root_at(moment), model.root());
        let registry = file.registry(moment).unwrap();
        assert_eq!(registry.to_bytes(), model.to_bytes());
        for order in 0..5 {
            let position = Position::of_enrolment(order).unwrap();
            for file in [&mut file, &mut load(&path)] {
                match file.membership(position, moment) {
                    Ok(membership) => assert_eq!(membership, model.membership(position).unwrap()),
                    Err(RegistryFileFailure::Registry(error)) => {
                        assert_eq!(Err(error), model.membership(position).map(|_| ()));
                    }
                    Err(RegistryFileFailure::File(error)) => panic!("{error}"),
                }
            }
        }
    }
    assert_eq!(load_registry(&path).unwrap().root(), models[4].root());
}

#[test]
fn what_the_model_refuses_is_refused_and_changes_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    // Nor does a file come of it.
    let none: [Leaf; 2] = [leaf(1), leaf(1)];
    let error = writer(&path).enrol(&none, time(1)).unwrap_err().to_string();
    assert!(error.contains("device 1 of the batch: expected different keys"), "{error}");
    assert!(scratch.files().is_empty());
    assert!(RegistryWriter::open(&path, NO_TIME).unwrap_err().help().contains("is not there"));
    writer(&path).enrol(&[], time(1)).unwrap();
    assert!(scratch.files().is_empty());

    let models = sample(&path);
    let before = fs::read(&path).unwrap();
    let [registered, revoked, unknown] = [0, 1, 9].map(|order| Position::of_enrolment(order).unwrap());
    let retired =
        |failure| matches!(failure, RegistryFileFailure::Registry(RegistryError::KeyRetired { .. }));
    assert!(retired(writer(&path).replace(registered, &leaf(2), time(50)).unwrap_err()));
    assert!(retired(writer(&path).replace(registered, &leaf(3), time(50)).unwrap_err()));
    let refused = |failure: RegistryFileFailure| failure.to_string();
    assert!(
        refused(writer(&path).enrol(&[leaf(9), leaf(4)], time(50)).unwrap_err())
            .contains("device 1 of the batch")
    );
    assert!(refused(writer(&path).revoke(revoked, time(50)).unwrap_err()).contains("was revoked"));
    assert!(
        refused(writer(&path).replace(unknown, &leaf(9), time(50)).unwrap_err()).contains("never given out")
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(load(&path).journal().root(), models[4].root());
}

#[test]
fn a_record_that_was_cut_is_left_out_and_the_next_change_cuts_it_off() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    let models = sample(&path);
    let (whole, tree) = (fs::read(&path).unwrap(), fs::read(tree_file(&path)).unwrap());
    let start = whole.len() - (LENGTHS + 8 + 1 + 4 + 122 + 32 + SEAL);
    for cut in start..=whole.len() {
        let mut bytes = whole[..cut].to_vec();
        for zeros in [false, true] {
            if zeros {
                // What a power cut may leave in the place of a record.
                bytes.truncate(start);
                bytes.resize(cut, 0);
            }
            let journal = Journal::from_bytes(&bytes).unwrap();
            let wanted = if cut == whole.len() && !zeros { &models[4] } else { &models[3] };
            let torn = if cut == whole.len() && !zeros { 0 } else { cut - start };
            assert_eq!((journal.root(), journal.torn()), (wanted.root(), torn as u64));
        }
    }
    for cut in [start + 1, start + LENGTHS, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).unwrap();
        fs::write(tree_file(&path), &tree).unwrap();
        assert_eq!(load(&path).journal().root(), models[3].root());
        let (file, _) = writer(&path).enrol(&[leaf(5)], time(15)).unwrap();
        assert_eq!((file.journal().root(), file.journal().torn()), (models[4].root(), 0));
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn any_other_damage_is_found_and_said_where() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    sample(&path);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        for flip in [1, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            let error = Journal::from_bytes(&bytes).expect_err("a damaged byte is found");
            assert!(error.at <= at as u64 && error.record <= 4, "{at}: {error}");
        }
    }
    // A record that is not there any more, one that comes twice, two in another order.
    let journal = Journal::from_bytes(&whole).unwrap();
    let ends: Vec<usize> = journal.bodies(&whole).iter().map(|body| body.len() + LENGTHS + SEAL).collect();
    let first = HEAD + ends[0];
    let without = [&whole[..first], &whole[first + ends[1]..]].concat();
    let twice = [&whole[..first + ends[1]], &whole[first..]].concat();
    for bytes in [without, twice] {
        assert!(matches!(Journal::from_bytes(&bytes).unwrap_err().reason, JournalFault::Checksum { .. }));
    }
    fs::write(&path, &whole[..HEAD + LENGTHS + 20]).unwrap();
    assert_eq!(load(&path).journal().devices(), 0);
}

#[test]
fn what_no_registry_has_is_refused_with_the_right_checksum() {
    let leaf = record::leaf_bytes(&leaf(1));
    let root = field::to_be_bytes(&Fr::from(1u64));
    let change = |time: u64, kind: u8, what: &[&[u8]]| {
        [&time.to_be_bytes()[..], &[kind], &what.concat(), &root].concat()
    };
    let one = 1u32.to_be_bytes();
    let refused = |changes: &[u8]| {
        let bytes = [&record::head()[..], &record::record(&record::first_seal(), changes)].concat();
        Journal::from_bytes(&bytes).unwrap_err().reason
    };
    let good = change(5, record::ENROL, &[&one, &leaf]);
    assert!(matches!(refused(&[]), JournalFault::Nothing));
    assert!(matches!(refused(&good[..good.len() - 1]), JournalFault::Short { wanted: 32, got: 31 }));
    assert!(matches!(refused(&[&good[..], &[0]].concat()), JournalFault::Short { wanted: 8, got: 1 }));
    assert!(matches!(refused(&change(5, 9, &[])), JournalFault::Kind { got: 9 }));
    assert!(matches!(refused(&change(5, 0, &[])), JournalFault::Kind { got: 0 }));
    assert!(matches!(refused(&change(5, record::ENROL, &[&[0; 4]])), JournalFault::Nothing));
    assert!(matches!(refused(&change(1 << 48, record::ENROL, &[&one, &leaf])), JournalFault::Expiry(_)));
    assert!(matches!(refused(&change(5, record::ENROL, &[&[0xff; 4], &leaf])), JournalFault::Short { .. }));
    let earlier = change(4, record::REVOKE, &[&Position::of_enrolment(0).unwrap().get().to_be_bytes()]);
    assert!(matches!(refused(&[&good[..], &earlier].concat()), JournalFault::Time { wanted: 5, got: 4 }));
    assert!(matches!(
        refused(&[&good[..], &good].concat()),
        JournalFault::Registry(RegistryError::KeyRegistered { .. })
    ));
    assert!(matches!(
        refused(&change(5, record::REVOKE, &[&one])),
        JournalFault::Registry(RegistryError::NotEnrolled { .. })
    ));
    let over = change(6, record::TAKE_OVER, &[&[0; 8]]);
    assert!(matches!(refused(&[&good[..], &over].concat()), JournalFault::NotFirst));
    assert!(matches!(
        refused(&change(6, record::TAKE_OVER, &[&one, &[0; 4], &[2], &leaf])),
        JournalFault::State { got: 2 }
    ));
    for at in [0, 32, 64] {
        let mut large = leaf;
        large[at..at + 32].copy_from_slice(&[0xff; 32]);
        assert!(matches!(refused(&change(5, record::ENROL, &[&one, &large])), JournalFault::Field(_)));
    }
    let mut late = leaf;
    late[98] = 1;
    assert!(matches!(refused(&change(5, record::ENROL, &[&one, &late])), JournalFault::Expiry(_)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_nothing_can_take_the_place_of_grows() {
    use std::os::fd::AsRawFd;
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    writer(&path).enrol(&[leaf(1)], time(1)).unwrap();
    let open = fs::File::open(&path).unwrap();
    let through = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd()));
    let before = fs::read(&path).unwrap();
    let error = writer(&through).compact(time(2)).unwrap_err();
    assert!(error.to_string().contains("nothing can take the place of"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
    let mut last = writer(&through);
    last.many = 1;
    let (file, _) = last.enrol(&[leaf(2)], time(2)).unwrap();
    assert!(fs::read(&path).unwrap().starts_with(&before));
    assert_eq!((load(&path).journal().root(), load(&path).journal().seals.len()), (file.journal().root(), 2));
    assert_eq!(load_registry(&path).unwrap().root(), file.journal().root());
    // One of the first format has to become another file.
    fs::write(&path, load_registry(&path).unwrap().to_bytes()).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(writer(&through).enrol(&[leaf(3)], time(3)).is_err());
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_root_that_is_not_that_of_the_devices_is_found_by_whoever_hashes() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    sample(&path);
    let whole = fs::read(&path).unwrap();
    let mut changes = Journal::from_bytes(&whole).unwrap().bodies(&whole).concat();
    let last = changes.len() - 1;
    changes[last] ^= 1;
    let bytes = [&record::head()[..], &record::record(&record::first_seal(), &changes)].concat();
    fs::write(&path, bytes).unwrap();
    let mut file = load(&path);
    let wrong = |error: FileError| {
        assert!(error.to_string().contains("of the devices, got 0x"), "{error}");
    };
    wrong(load_registry(&path).unwrap_err());
    wrong(writer(&path).compact(time(60)).unwrap_err());
    for failure in [
        file.membership(Position::of_enrolment(0).unwrap(), file.journal().now()).map(|_| ()).unwrap_err(),
        writer(&path).enrol(&[leaf(6)], time(60)).map(|_| ()).unwrap_err(),
        writer(&path).revoke(Position::of_enrolment(0).unwrap(), time(60)).map(|_| ()).unwrap_err(),
    ] {
        match failure {
            RegistryFileFailure::File(error) => wrong(error),
            RegistryFileFailure::Registry(error) => panic!("{error}"),
        }
    }
}

#[test]
fn compacting_keeps_all_and_comes_by_itself() {
    let scratch = Scratch::new();
    let path = scratch.path("reg.bin");
    let models = sample(&path);
    let history: Vec<Change> = load(&path).journal().history().collect();
    writer(&path).compact(time(60)).unwrap();
    let mut file = load(&path);
    assert_eq!(file.journal().seals.len(), 1);
    assert_eq!(file.journal().history().collect::<Vec<_>>(), history);
    let position = Position::of_enrolment(1).unwrap();
    assert_eq!(file.membership(position, Moment(1)).unwrap(), models[1].membership(position).unwrap());
    // The nodes were written for the new journal.
    assert!(file.cached().is_some());
    writer(&path).enrol(&[leaf(6)], time(60)).unwrap();
    let mut last = writer(&path);
    last.many = 2;
    let (file, _) = last.enrol(&[leaf(7)], time(70)).unwrap();
    assert_eq!((file.journal().seals.len(), file.journal().history().count()), (1, 6));
    assert_eq!(load_registry(&path).unwrap().root(), file.journal().root());
}

#[test]
fn files_of_other_versions_are_refused_by_version_with_what_to_do() {
    let scratch = Scratch::new();
    for (version, advice) in [
        (0u16, "enrol its devices in a new registry"),
        (1, "enrol its devices in a new registry"),
        (2, "enrol its devices in a new registry"),
        (5, "use the release that wrote it, or a later one"),
        (u16::MAX, "use the release that wrote it, or a later one"),
    ] {
        let mut state = Registry::new().to_bytes();
        state[17..19].copy_from_slice(&version.to_be_bytes());
        for bytes in [state, [&b"zksensor registry"[..], &version.to_be_bytes(), &[0; 100]].concat()] {
            let path = scratch.path("reg.bin");
            fs::write(&path, bytes).unwrap();
            let error = load_registry(&path).unwrap_err().to_string();
            assert!(error.contains(&format!("got version {version}; ")) && error.contains(advice), "{error}");
        }
    }
}

#[test]
fn a_file_of_the_first_format_is_read_and_becomes_a_journal() {
    let scratch = Scratch::new();
    let mut model = Registry::new();
    let first = model.enrol_all([leaf(1), leaf(2), leaf(3)]).unwrap();
    model.revoke(first[0]).unwrap();
    // A key that was replaced in its place, which only the library does.
    model.replace(first[1], leaf(4)).unwrap();
    for way in 0..3 {
        let path = scratch.path(&format!("reg{way}.bin"));
        fs::write(&path, model.to_bytes()).unwrap();
        let mut file = load(&path);
        assert!(file.is_first_format() && file.at(u64::MAX).is_none());
        assert_eq!(file.journal().root(), model.root());
        let now = file.journal().now();
        assert_eq!(file.membership(first[2], now).unwrap(), model.membership(first[2]).unwrap());
        match way {
            0 => drop(writer(&path).compact(time(100)).unwrap()),
            1 => drop(writer(&path).revoke(first[2], time(100)).unwrap()),
            _ => save_registry(&path, &model, Overwrite::Replace).unwrap(),
        }
        let file = load(&path);
        assert!(!file.is_first_format());
        let mut wanted = model.clone();
        if way == 1 {
            wanted.revoke(first[2]).unwrap();
        }
        assert_eq!(load_registry(&path).unwrap().to_bytes(), wanted.to_bytes());
        let retired = writer(&path).enrol(&[leaf(2)], time(200)).unwrap_err().to_string();
        assert!(retired.contains("was retired") || retired.contains("retired at position"), "{retired}");
        assert_eq!(file.journal().position_of(&leaf(2).key), Some(first[1]));
        assert_eq!(file.journal().position_of(&leaf(7).key), None);
    }
}
