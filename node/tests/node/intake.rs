//! What is acknowledged, what is refused, and what lies on the disk.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redb::TableDefinition;
use zksensor_node::core::Core;
use zksensor_node::intake::{Answer, Intake, IntakeError, Item};
use zksensor_node::seal::StoreKey;
use zksensor_node::store::{Disk, SCHEMA, Store, StoreError, SyncFault};
use zksensor_node::view::Show;

use crate::scene::{ENROLLED_ELSEWHERE, LENGTH, ORIGIN, Scene, decoded, rule, send, town};

#[test]
fn each_item_is_answered_and_what_was_accepted_outlives_the_power() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH - 1);
    let core = scene.start();
    let of_first: Vec<&_> = town().readings.iter().filter(|signed| signed.epoch == 0).collect();
    let mut items: Vec<Item> = of_first.iter().map(|signed| Item::Reading(signed.bytes.clone())).collect();
    items.push(items[0].clone());
    items.push(Item::Reading(b"none".to_vec()));
    items.push(Item::Frame(Vec::new()));
    let answers = core.take(items.clone()).unwrap();
    let accepted = of_first.len();
    assert!(answers[..accepted].iter().all(|answer| *answer == Answer::Accepted));
    assert_eq!(
        answers[accepted..].iter().map(rule).collect::<Vec<_>>(),
        ["duplicate", "malformed", "malformed"]
    );

    scene.disk.crash();
    drop(core);
    let core = scene.start();
    let answers = core.take(items).unwrap();
    assert!(answers[..=accepted].iter().all(|answer| *answer == Answer::Duplicate), "{answers:?}");
    let view = core.view();
    assert_eq!(
        (view.accepted, view.ready, view.epochs[0].readings),
        (accepted as u64, true, accepted as u64)
    );
}

#[test]
fn each_rule_refuses_by_its_code_and_says_nothing_of_the_reading() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH / 2);
    let core = scene.start();
    let town = town();
    let good = town.reading(ORIGIN + 1, 2150, 1);
    let change = |change: &dyn Fn(&mut zksensor::model::reading::Reading)| {
        let mut reading = good;
        change(&mut reading);
        town.sign_of(0, &reading)
    };
    let mut altered = town.sign_of(0, &good);
    altered[100] ^= 1;
    let stranger = zksensor::model::device::DeviceKey::from_seed([ENROLLED_ELSEWHERE; 32]);
    let time = |millis| zksensor::model::reading::UnixMillis::new(millis).unwrap();
    let cases = [
        ("C3", altered),
        ("C4", stranger.sign(&good).unwrap().encode().to_vec()),
        (
            "C5",
            change(&|r| {
                r.location = zksensor::model::reading::Location::from_e7(481_500_000, 125_500_000).unwrap()
            }),
        ),
        ("C6", change(&|r| r.time = time(ORIGIN - 1))),
        ("C7", change(&|r| r.channels[usize::from(town.policies[0].model().parts().channel)] = 1_000_000)),
        ("C8", change(&|r| r.accuracy_mm = u32::MAX)),
        ("C11", change(&|r| r.network = zksensor::model::reading::Network::new(1, [1; 20]))),
        ("C12", change(&|r| r.schema += 1)),
        ("early", change(&|r| r.time = time(ORIGIN + LENGTH / 2 + 5_001))),
        ("malformed", vec![1; 40]),
    ];
    for (wanted, bytes) in &cases {
        let answer = send(&core, bytes);
        assert_eq!(rule(&answer), *wanted);
        let Answer::Refused { reason, .. } = answer else { unreachable!() };
        for secret in ["481500000", "125500000", "48.15", "1000000", "10000"] {
            assert!(!reason.contains(secret), "{reason}");
        }
    }
    assert_eq!(core.view().refused.values().sum::<u64>(), cases.len() as u64);
    assert_eq!(core.view().accepted, 0);
    assert_eq!(rule(&send(&core, &town.sign_of(0, &good))), "accepted");
}

#[test]
fn of_two_contents_of_one_sequence_the_first_counts_and_both_are_evidence() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH / 2);
    let core = scene.start();
    let [one, other, third] = [2100, 2200, 2300].map(|value| town().sign(0, ORIGIN + 5, value, 77));
    assert_eq!(rule(&send(&core, &one)), "accepted");
    assert_eq!(rule(&send(&core, &other)), "equivocation");
    assert_eq!(rule(&send(&core, &third)), "equivocation");
    assert_eq!(rule(&send(&core, &one)), "duplicate");
    scene.disk.crash();
    drop(core);
    let core = scene.start();
    assert_eq!(core.evidence().unwrap(), [[one, other]]);
    assert_eq!(core.view().equivocations, 1, "it counts devices");
}

#[test]
fn who_guesses_a_reading_and_has_no_signature_is_told_nothing_of_it() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH / 2);
    let core = scene.start();
    let stored = town().sign(0, ORIGIN + 5, 2100, 77);
    assert_eq!(rule(&send(&core, &stored)), "accepted");
    for value in [2100, 2101] {
        let mut guess = town().sign(0, ORIGIN + 5, value, 77);
        for at in [157, 190, 220] {
            guess[at] ^= 1;
            assert!(matches!(rule(&send(&core, &guess)), "C3" | "malformed"), "value {value}, byte {at}");
            guess[at] ^= 1;
        }
        guess[157..].fill(0);
        let answers = send(&core, &guess);
        assert!(matches!(rule(&answers), "C3" | "malformed"), "{answers:?}");
    }
    // The same byte of both: whatever is answered, it is the same of a right guess and of a wrong one.
    for at in 157..221 {
        let [right, wrong] = [2100, 2101].map(|value| {
            let mut guess = town().sign(0, ORIGIN + 5, value, 77);
            guess[at] ^= 1;
            send(&core, &guess)
        });
        assert_eq!(rule(&right) == "duplicate", rule(&wrong) == "duplicate", "byte {at}");
        assert_ne!(rule(&right), "duplicate", "byte {at}");
    }
    assert_eq!(rule(&send(&core, &stored)), "duplicate");
    assert_eq!(core.view().equivocations, 0);
}

#[test]
fn nothing_of_a_reading_but_its_time_and_number_lies_in_the_clear() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH / 2);
    let core = scene.start();
    let bytes = town().sign(3, ORIGIN + 9, 2_111, 0x0102_0304_0506_0708);
    assert_eq!(rule(&send(&core, &bytes)), "accepted");
    let disk = scene.disk.bytes();
    let has = |part: &[u8]| disk.windows(part.len()).any(|window| window == part);
    assert!(
        has(&[1, 2, 3, 4, 5, 6, 7, 8]),
        "the number is in the key of the row: this test looks in the right place"
    );
    // As the encoding has them.
    for (what, part) in
        [("location", 50..58), ("channels", 62..94), ("key", 125..157), ("signature", 157..221)]
    {
        assert!(!has(&bytes[part]), "{what}");
    }
    assert!(!has(&decoded(&bytes).key().encode()));
    drop(core);
    let other = StoreKey::generate();
    let refused = Store::on(Box::new(scene.disk.clone()), &other).unwrap_err();
    assert!(matches!(refused, StoreError::Key), "{refused}");
}

#[test]
fn a_store_of_a_later_release_is_refused_by_its_number() {
    let scene = Scene::new();
    drop(scene.store());
    let database = scene.disk.open(&SyncFault::default()).unwrap().expect("it was made");
    let transaction = database.begin_write().unwrap();
    let meta: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("meta");
    transaction.open_table(meta).unwrap().insert(&b"schema"[..], &(SCHEMA + 1).to_be_bytes()[..]).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let refused = Store::on(Box::new(scene.disk.clone()), &scene.key).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { got } if got == SCHEMA + 1), "{refused}");
    assert!(refused.to_string().contains(&format!("got schema {}", SCHEMA + 1)));
}

#[test]
fn a_store_that_was_damaged_is_named_so_and_never_emptied() {
    for damaged in [0..4096, 0..9, 4..9, 4..4096] {
        let scene = Scene::new();
        scene.clock.set(ORIGIN + LENGTH - 1);
        let core = scene.start();
        assert_eq!(rule(&send(&core, &town().readings[0].bytes)), "accepted");
        drop(core);
        scene.disk.damage(damaged.start, &vec![0; damaged.len()]);
        let before = scene.disk.bytes();
        let refused = Store::on(Box::new(scene.disk.clone()), &scene.key).unwrap_err().to_string();
        assert!(refused.contains("damaged") && refused.contains("restore a backup"), "{refused}");
        assert_eq!(scene.disk.bytes(), before, "it was changed");
    }
}

#[test]
fn a_store_in_a_file_is_named_when_it_is_whole_and_what_has_its_name_is_never_made_anew() {
    let folder = std::env::temp_dir().join(format!("zksensor-node-store-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (path, key) = (folder.join("node.redb"), StoreKey::from_bytes(&[7; 32]));
    // Left by a process that ended while it made one.
    std::fs::write(folder.join("node.redb.new"), [0; 5000]).unwrap();
    let store = Store::open(&path, &key).unwrap();
    assert!(matches!(Store::open(&path, &key), Err(StoreError::InUse)));
    drop(store);
    assert!(path.exists() && !folder.join("node.redb.new").exists());
    assert!(matches!(Store::open(&path, &StoreKey::generate()), Err(StoreError::Key)));
    drop(Store::open(&path, &key).unwrap());
    for damaged in [Vec::new(), vec![0; 4096], b"redb".to_vec(), [&b"redb"[..], &[0; 5000]].concat()] {
        std::fs::write(&path, &damaged).unwrap();
        let refused = Store::open(&path, &key).unwrap_err().to_string();
        assert!(refused.contains("damaged") && refused.contains("restore a backup"), "{refused}");
        assert_eq!(std::fs::read(&path).unwrap(), damaged, "it was changed");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn after_a_sync_that_failed_nothing_is_trusted_or_taken_until_the_machine_has_started_again() {
    let of_first: Vec<&_> = town().readings.iter().filter(|signed| signed.epoch == 0).collect();
    for syncs in 0..6 {
        let scene = Scene::new();
        scene.clock.set(ORIGIN + LENGTH - 1);
        let core = scene.start();
        scene.disk.set_sync_fault(Some(syncs));
        let mut stored = Vec::new();
        for (index, signed) in of_first.iter().enumerate() {
            match core.take(vec![Item::Reading(signed.bytes.clone())]) {
                Ok(answers) => {
                    assert_eq!(answers, [Answer::Accepted]);
                    stored.push(index);
                }
                Err(IntakeError::Store(reason)) => {
                    assert!(reason.contains("start the machine again"), "{reason}")
                }
                Err(error) => panic!("{error}"),
            }
        }
        assert!(stored.len() < of_first.len(), "no sync failed");
        assert_eq!(stored, (0..stored.len()).collect::<Vec<_>>(), "it took something after that");
        let view = core.view();
        assert!(!view.ready && !view.waiting_for.is_empty(), "{view:?}");
        assert!(core.step().is_err());
        scene.disk.crash();
        drop(core);
        let core = scene.start();
        assert!(core.view().ready);
        for index in stored {
            assert_eq!(rule(&send(&core, &of_first[index].bytes)), "duplicate", "{index} is lost");
        }
    }
}

#[test]
fn a_disk_that_fails_or_is_full_takes_nothing_and_works_again_when_it_does() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH - 1);
    let core = scene.start();
    let of_first: Vec<&_> = town().readings.iter().filter(|signed| signed.epoch == 0).collect();
    assert_eq!(rule(&send(&core, &of_first[0].bytes)), "accepted");
    scene.disk.set_fault(Some(0));
    let failed = core.take(vec![Item::Reading(of_first[1].bytes.clone())]);
    assert!(matches!(failed, Err(IntakeError::Store(_))), "{failed:?}");
    assert_eq!(rule(&send(&core, &of_first[1].bytes)), "accepted", "the file was opened again");
    scene.disk.set_room(0);
    let mut full = false;
    for sequence in 0..20_000u64 {
        let batch =
            (0..1).map(|_| Item::Reading(town().sign(0, ORIGIN + 1_000 + sequence % 1000, 2_100, sequence)));
        match core.take(batch.collect()) {
            Ok(_) => {}
            Err(error) => {
                full = true;
                assert!(matches!(error, IntakeError::Store(_)), "{error}");
                break;
            }
        }
    }
    assert!(full, "a disk without room was never full");
    scene.disk.set_room(1 << 28);
    assert_eq!(rule(&send(&core, &of_first[2].bytes)), "accepted", "there is room again");
    assert_eq!(rule(&send(&core, &of_first[0].bytes)), "duplicate");
}

#[test]
fn many_senders_at_once_are_all_answered_and_all_stored() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH - 1);
    let core = scene.start();
    let of_first: Vec<&_> = town().readings.iter().filter(|signed| signed.epoch == 0).collect();
    let accepted: usize = std::thread::scope(|scope| {
        let send = |batch: Vec<Item>, core: &Core| {
            core.take(batch).unwrap().iter().filter(|a| **a == Answer::Accepted).count()
        };
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                // Each reading by two of them.
                let mine = of_first.iter().enumerate().filter(|(index, _)| index % 4 == thread % 4);
                let mine: Vec<Item> = mine.map(|(_, signed)| Item::Reading(signed.bytes.clone())).collect();
                let core = &core;
                scope.spawn(move || mine.chunks(2).map(|batch| send(batch.to_vec(), core)).sum::<usize>())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(accepted, of_first.len());
    let view = core.view();
    assert_eq!((view.accepted, view.duplicates), (accepted as u64, accepted as u64));
}

#[test]
fn ten_times_as_many_as_the_queue_holds_are_told_to_come_again_and_all_are_stored_once() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH - 1);
    // As many as two of the forty batches that are sent at once have.
    let (batches, fit) = (40, 2);
    let core = scene.start_holding(fit * 6);
    let of_first: Vec<&_> = town().readings.iter().filter(|signed| signed.epoch == 0).collect();
    let full = AtomicUsize::new(0);
    // None of those that wait is stored before all others were told so.
    let slow = scene.disk.hold_syncs();
    std::thread::scope(|scope| {
        let senders = (0..batches).map(|sender| {
            // Every reading is sent by several of them.
            let mine = (0..6).map(|nth| of_first[(6 * sender + nth) % of_first.len()].bytes.clone());
            let batch: Vec<Item> = mine.map(Item::Reading).collect();
            let (core, full) = (&core, &full);
            scope.spawn(move || {
                let mut told = false;
                loop {
                    match core.take(batch.clone()) {
                        Ok(answers) => {
                            let stored =
                                |answer: &Answer| matches!(answer, Answer::Accepted | Answer::Duplicate);
                            assert!(answers.len() == 6 && answers.iter().all(stored), "{answers:?}");
                            return;
                        }
                        Err(IntakeError::Full { retry_after }) => {
                            assert!(!retry_after.is_zero());
                            if !told {
                                full.fetch_add(1, Ordering::Relaxed);
                                told = true;
                            }
                            std::thread::sleep(retry_after.min(Duration::from_millis(20)));
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        });
        let senders: Vec<_> = senders.collect();
        // A sender that ended this early panicked: the others are let go, and the scope says why.
        while full.load(Ordering::Relaxed) < batches - fit
            && !senders.iter().any(|sender| sender.is_finished())
        {
            std::thread::yield_now();
        }
        drop(slow);
    });
    assert_eq!(full.into_inner(), batches - fit, "it holds two batches and no more");
    let view = core.view();
    assert_eq!(view.accepted, of_first.len() as u64);
    assert_eq!(view.accepted + view.duplicates, batches as u64 * 6);
}

#[test]
fn a_node_that_drains_takes_nothing_and_says_so() {
    let core = Scene::new().start();
    core.drain();
    assert_eq!(core.take(Vec::new()), Err(IntakeError::Draining));
    let view = core.view();
    assert!(!view.ready && view.waiting_for[0].contains("draining"), "{view:?}");
}

#[test]
fn a_store_whose_file_is_moved_away_is_waited_for_and_no_other_is_made() {
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH - 1);
    let core = scene.start();
    let of_first: Vec<&_> = town().readings.iter().filter(|signed| signed.epoch == 0).collect();
    assert_eq!(rule(&send(&core, &of_first[0].bytes)), "accepted");
    // The disk fails once, and its file is moved to a larger one.
    scene.disk.set_fault(Some(0));
    let batch = || vec![Item::Reading(of_first[1].bytes.clone())];
    assert!(matches!(core.take(batch()), Err(IntakeError::Store(_))));
    scene.disk.set_there(false);
    for _ in 0..3 {
        let Err(IntakeError::Store(reason)) = core.take(batch()) else { panic!("it was taken") };
        assert!(reason.contains("is not where it was"), "{reason}");
        assert!(core.keep().is_err() && !core.view().ready);
    }
    scene.disk.set_there(true);
    assert_eq!(rule(&send(&core, &of_first[0].bytes)), "duplicate", "it is the same store");
    assert_eq!(rule(&send(&core, &of_first[1].bytes)), "accepted");
}
