//! Epochs close, are proven, and end.

use std::path::Path;
use std::sync::Arc;

use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor_node::core::Core;
use zksensor_node::place::{Folder, Place};
use zksensor_node::store::{Disk, SyncFault};
use zksensor_node::view::{EpochState, Show};

use super::scene;
use crate::scene::{
    GRACE, K, LENGTH, NAMES, ORIGIN, Scene, after_grace, fill, inputs_of, of, rule, send, settle, town,
};

fn proven(core: &Core, policy: &str, epoch: u32) -> Vec<AggregateInputs> {
    core.proofs(policy, epoch).unwrap().iter().map(|file| inputs_of(file)).collect()
}

#[test]
fn of_each_device_the_last_good_reading_is_proven_once_for_each_policy() {
    let scene = scene();
    let core = scene.start();
    fill(&scene, &core, 0);
    assert!(core.step().unwrap().is_nothing(), "an epoch that is open was closed");
    assert_eq!(of(&core, NAMES[0], 0).state, EpochState::Open);
    scene.clock.set(ORIGIN + LENGTH + GRACE - 1);
    // Late by the clock, and within the grace; the same millisecond, and a higher number.
    let last = town().sign(1, ORIGIN + LENGTH - 1, 3_300, 1);
    let after = town().sign(1, ORIGIN + LENGTH - 1, 3_400, 2);
    assert_eq!((rule(&send(&core, &after)), rule(&send(&core, &last))), ("accepted", "accepted"));
    assert!(core.step().unwrap().is_nothing(), "an epoch in its grace was closed");
    assert_eq!(of(&core, NAMES[0], 0).state, EpochState::Grace);
    after_grace(&scene, 0);
    settle(&core);
    let mut sums = [0, 0];
    for (index, name) in NAMES.iter().enumerate() {
        let view = of(&core, name, 0);
        assert_eq!((view.state, view.chunks, view.proven, view.reason), (EpochState::Final, 2, 2, None));
        let inputs = proven(&core, name, 0);
        assert!(inputs.iter().all(|inputs| inputs.registry_root == town().registry.root()));
        sums[index] = inputs.iter().map(|inputs| inputs.sum).sum();
        assert_eq!(
            inputs.iter().map(|inputs| inputs.count).sum::<u32>(),
            town().devices.len() as u32 - index as u32
        );
    }
    // The last of each is the third; of device 1 it is the one above. The second policy takes from 20.20 up.
    let lasts =
        |from: usize| (from..10).filter(|device| *device != 1).map(|device| 2014 + 10 * device as i64);
    assert_eq!(sums[0], lasts(0).sum::<i64>() + 3_400);
    assert_eq!(sums[1], lasts(0).filter(|value| *value >= 2020).sum::<i64>() + 3_400);
    assert_eq!(scene.shelves.0.lock().unwrap().len(), 4);
    assert_eq!(scene.prover.made.lock().unwrap().len(), 4);
}

#[test]
fn what_comes_after_the_grace_is_late_and_counted_and_changes_nothing() {
    let scene = scene();
    let core = scene.start();
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    let late = town().sign(0, ORIGIN + LENGTH - 1, 5_000, 9);
    assert_eq!(rule(&send(&core, &late)), "late", "nobody has closed it yet");
    settle(&core);
    assert_eq!(rule(&send(&core, &late)), "late");
    let (before, view) = (proven(&core, NAMES[0], 0), of(&core, NAMES[0], 0));
    assert_eq!((view.late, view.state), (2, EpochState::Final));
    // A clock that is set back opens nothing.
    scene.clock.set(ORIGIN + LENGTH - 1);
    assert_eq!(rule(&send(&core, &late)), "late");
    settle(&core);
    assert_eq!(proven(&core, NAMES[0], 0), before);
    assert_eq!(scene.prover.made.lock().unwrap().len(), 4);
}

#[test]
fn fewer_devices_than_k_end_an_epoch_with_its_reason() {
    let scene = scene();
    let core = scene.start();
    scene.clock.set(ORIGIN + 1_000);
    for device in 0..K as usize - 1 {
        assert_eq!(rule(&send(&core, &town().sign(device, ORIGIN, 2_100, 1))), "accepted");
    }
    after_grace(&scene, 0);
    settle(&core);
    let view = of(&core, NAMES[0], 0);
    assert_eq!((view.state, view.proven), (EpochState::Ended, 0));
    assert!(view.reason.unwrap().contains("3 devices at least that obey the policy, got 2"));
    assert!(scene.shelves.0.lock().unwrap().is_empty());
}

#[test]
fn what_is_stored_as_proven_is_not_proven_again_after_a_crash_anywhere() {
    // The power goes at each access to the disk, from the close to the end.
    let mut accesses = 0;
    loop {
        let scene = scene();
        let core = scene.start();
        fill(&scene, &core, 0);
        after_grace(&scene, 0);
        scene.disk.set_fuse(Some(accesses));
        let mut stored = 0;
        while let Ok(did) = core.step() {
            stored += did.proven as usize;
            if did.is_nothing() {
                break;
            }
        }
        let crashed = scene.disk.crashes() > 0;
        scene.disk.set_fuse(None);
        drop(core);
        let core = scene.start();
        settle(&core);
        for name in NAMES {
            assert_eq!(
                (of(&core, name, 0).state, of(&core, name, 0).proven),
                (EpochState::Final, 2),
                "after {accesses}"
            );
        }
        let made = scene.prover.made.lock().unwrap().len();
        // The one that was being made, or stored, when the power went.
        assert!(
            made == 4 || crashed && made == 5 && stored < 4,
            "after {accesses}: {made} proofs, {stored} stored"
        );
        if !crashed {
            assert!(accesses > 50, "the power never went");
            return;
        }
        accesses += 7;
    }
}

#[test]
fn a_registry_that_is_not_the_one_of_the_close_is_waited_for() {
    let mut scene = scene();
    let core = scene.start();
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    // It closes, and nothing is proven yet.
    assert_eq!(core.keep().unwrap().closed, 2);
    drop(core);
    let right = std::mem::replace(&mut scene.registries.0, vec![(0, Arc::new(town().without(2)))]);
    for nth in 1..50 {
        scene.clock.set(ORIGIN + LENGTH + GRACE + nth * 10_000);
        settle(&scene.start());
    }
    assert_eq!(of(&scene.start(), NAMES[0], 0).state, EpochState::Proving);
    scene.registries.0 = Vec::new();
    scene.clock.set(ORIGIN + LENGTH + GRACE + 600_000);
    settle(&scene.start());
    scene.registries.0 = right;
    scene.clock.set(ORIGIN + LENGTH + GRACE + 700_000);
    let core = scene.start();
    settle(&core);
    for name in NAMES {
        assert_eq!((of(&core, name, 0).state, of(&core, name, 0).proven), (EpochState::Final, 2));
    }
}

#[test]
fn readings_go_after_their_retention_and_what_they_proved_stays() {
    let scene = Scene { retention_ms: 1_000, ..scene() };
    let core = scene.start();
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    settle(&core);
    let first = &town().readings[0].bytes;
    assert_eq!(rule(&send(&core, first)), "duplicate");
    let before = proven(&core, NAMES[0], 0);
    scene.clock.set(ORIGIN + LENGTH + GRACE + 1_000);
    let mut erased = 0;
    for _ in 0..20 {
        erased += core.step().unwrap().erased;
    }
    assert_eq!(erased as usize, town().readings.iter().filter(|signed| signed.epoch == 0).count());
    assert_eq!(rule(&send(&core, first)), "late", "it is gone, and its epoch is closed");
    assert_eq!(proven(&core, NAMES[0], 0), before);
    assert!(core.step().unwrap().is_nothing());
}

/// Overwrites the first row of a table of the store whose key is such a one.
fn overwrite(scene: &Scene, table: &str, is_it: impl Fn(&[u8]) -> bool, with: &[u8]) {
    use redb::ReadableTable;
    let database = scene.disk.open(&SyncFault::default()).unwrap().unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let definition: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new(table);
        let mut table = transaction.open_table(definition).unwrap();
        let key = {
            let mut keys = table.iter().unwrap().map(|row| row.unwrap().0.value().to_vec());
            keys.find(|key| is_it(key)).expect("there is such a row")
        };
        table.insert(&key[..], with).unwrap();
    }
    transaction.commit().unwrap();
}

#[test]
fn a_row_that_is_damaged_stops_its_own_epoch_or_chunk_and_is_told() {
    // A reading of epoch 0, the row of a policy's epoch 0, and a job of it.
    for table in ["readings", "epochs", "jobs"] {
        let scene = scene();
        let core = scene.start();
        fill(&scene, &core, 0);
        fill(&scene, &core, 1);
        after_grace(&scene, 1);
        if table == "jobs" {
            assert_eq!(core.keep().unwrap().closed, 4);
        }
        drop(core);
        let of_first = |key: &[u8]| table == "readings" || key.get(32..36) == Some(&[0; 4]);
        overwrite(&scene, table, of_first, b"damaged");
        let core = scene.start();
        let mut told = 0;
        for _ in 0..60 {
            told += u32::from(core.step().is_err_and(|error| error.to_string().contains("damaged")));
        }
        assert!(told > 0, "{table}: nobody was told");
        let made: Vec<_> =
            scene.prover.made.lock().unwrap().iter().filter(|of| of.epoch == 1).cloned().collect();
        assert_eq!(made.len(), 4, "{table}: the other epoch is proven");
        for name in NAMES {
            assert_eq!(core.proofs(name, 1).unwrap().len(), 2, "{table}");
        }
        assert_eq!(scene.shelves.0.lock().unwrap().keys().filter(|(_, epoch, _)| *epoch == 1).count(), 4);
    }
}

#[test]
fn proofs_of_a_policy_that_is_not_served_keep_nobody_elses_back() {
    let scene = scene();
    let core = scene.start();
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    assert_eq!(core.keep().unwrap().closed, 2);
    for _ in 0..4 {
        core.prove_one().unwrap();
    }
    drop(core);
    // More than go in one step, of a policy before all others.
    let database = scene.disk.open(&SyncFault::default()).unwrap().unwrap();
    let transaction = database.begin_write().unwrap();
    for chunk in 0..200u32 {
        let key = [&[0; 36][..], &chunk.to_be_bytes()].concat();
        let row = br#"{"sent":null,"attempts":0,"next_at":0,"reason":null}"#;
        let proof = br#"{"file":"","at":0,"millis":0,"gas":null}"#;
        for (table, row) in [("outbox", &row[..]), ("proofs", &proof[..])] {
            let table: redb::TableDefinition<'_, &[u8], &[u8]> = redb::TableDefinition::new(table);
            transaction.open_table(table).unwrap().insert(&key[..], row).unwrap();
        }
    }
    transaction.commit().unwrap();
    drop(database);
    settle(&scene.start());
    assert_eq!(scene.shelves.0.lock().unwrap().len(), 4);
}

/// A node that serves the second policy alone.
fn only_second(scene: &Scene) -> Core {
    scene.start_of(&[1], scene.store(), |_| Box::new(scene.shelves.clone()))
}

#[test]
fn a_policy_that_is_not_served_loses_no_reading_to_the_retention_of_another() {
    let mut scene = scene();
    let core = scene.start();
    fill(&scene, &core, 0);
    drop(core);
    scene.retention_ms = 1_000;
    after_grace(&scene, 0);
    let core = only_second(&scene);
    settle(&core);
    assert_eq!(of(&core, NAMES[1], 0).state, EpochState::Final);
    scene.clock.set(ORIGIN + LENGTH + GRACE + 1_000);
    for _ in 0..5 {
        assert_eq!(core.step().unwrap().erased, 0, "the first policy needs them still");
    }
    drop(core);
    let core = scene.start();
    settle(&core);
    assert_eq!((of(&core, NAMES[0], 0).state, of(&core, NAMES[0], 0).proven), (EpochState::Final, 2));
    let counts = proven(&core, NAMES[0], 0).iter().map(|inputs| inputs.count).sum::<u32>();
    assert_eq!(counts as usize, town().devices.len());
}

#[test]
fn a_policy_that_is_never_served_again_keeps_no_reading_for_longer_than_it_said() {
    let scene = scene();
    let core = scene.start();
    fill(&scene, &core, 0);
    drop(core);
    let core = only_second(&scene);
    after_grace(&scene, 0);
    settle(&core);
    scene.clock.set(ORIGIN + LENGTH + GRACE + scene.retention_ms);
    let mut erased = 0;
    for _ in 0..20 {
        erased += core.step().unwrap().erased;
    }
    assert_eq!(erased as usize, town().readings.iter().filter(|signed| signed.epoch == 0).count());
    drop(core);
    let view = of(&scene.start(), NAMES[0], 0);
    assert_eq!(view.state, EpochState::Ended);
    assert!(view.reason.unwrap().contains("taken out of the configuration"));
}

#[test]
fn who_is_revoked_before_the_end_of_an_epoch_is_no_part_of_it() {
    let mut scene = scene();
    let revoked = Arc::new(town().without(2));
    scene.registries.0.push((ORIGIN + LENGTH + LENGTH / 2, revoked.clone()));
    let core = scene.start();
    fill(&scene, &core, 0);
    // The registry of the open epoch is the one at its end, as it is known: they are told at once.
    scene.clock.set(ORIGIN + 2 * LENGTH - 1);
    let of_second = town().readings.iter().filter(|signed| signed.epoch == 1);
    for signed in of_second {
        let wanted = if signed.device == 2 { "C4" } else { "accepted" };
        assert_eq!(rule(&send(&core, &signed.bytes)), wanted);
    }
    after_grace(&scene, 1);
    settle(&core);
    let counts = |epoch| proven(&core, NAMES[0], epoch).iter().map(|inputs| inputs.count).sum::<u32>();
    assert_eq!((counts(0), counts(1)), (10, 9));
    assert!(proven(&core, NAMES[0], 1).iter().all(|inputs| inputs.registry_root == revoked.root()));
}

/// Whoever likes may send times of long ago: none of them has a registry of then made.
#[test]
fn what_is_late_is_held_against_the_present_registry() {
    let mut scene = scene();
    scene.registries.0[0].0 = ORIGIN + 2 * LENGTH;
    let core =
        scene.start_with(scene.store(), |_| Box::new(Folder::new(Path::new("none"))) as Box<dyn Place>);
    let reading = town().sign(0, ORIGIN + 1, 2_100, 1);
    // While its epoch takes readings, the registry of its end counts, of which nobody knows.
    assert_eq!(rule(&send(&core, &reading)), "registry");
    scene.clock.set(ORIGIN + 3 * LENGTH);
    assert_eq!(rule(&send(&core, &reading)), "late");
}

#[test]
fn a_folder_has_each_proof_as_a_file_and_bringing_it_twice_changes_nothing() {
    let scene = scene();
    let of = module_path!().replace("::", "-");
    let path = std::env::temp_dir().join(format!("zksensor-node-folder-{of}-{}", std::process::id()));
    let core = scene.start_with(scene.store(), |_| Box::new(Folder::new(&path)) as Box<dyn Place>);
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    settle(&core);
    let mut found = Vec::new();
    for chunk in std::fs::read_dir(path.join(NAMES[0]).join("0")).unwrap() {
        found.push(std::fs::read_to_string(chunk.unwrap().path()).unwrap());
    }
    found.sort();
    let mut files: Vec<String> =
        core.proofs(NAMES[0], 0).unwrap().into_iter().map(|file| file + "\n").collect();
    files.sort();
    assert_eq!(found, files);
    std::fs::remove_dir_all(&path).unwrap();
}
