//! A store of an earlier release is one of this release after it was opened, whenever the power goes.

use redb::{ReadableDatabase, ReadableTable, TableDefinition};
use serde_json::Value;
use zksensor_node::intake::Answer;
use zksensor_node::store::{Disk, SCHEMA, Store, SyncFault};
use zksensor_node::view::EpochState;

use crate::ride::{RIDE, ride};
use crate::scene::{
    LENGTH, NAMES, OF_FRAMES, ORIGIN, Scene, after_grace, fill, of, rule, send, settle, town,
};

type Table<'t> = TableDefinition<'t, &'static [u8], &'static [u8]>;

const META: Table<'_> = TableDefinition::new("meta");

/// Makes the store one of schema 1, which had no frames.
fn make_first(scene: &Scene) {
    let database = scene.disk.open(&SyncFault::default()).unwrap().unwrap();
    let transaction = database.begin_write().unwrap();
    for of_frames in ["frames", "frame evidence"] {
        assert!(transaction.delete_table(Table::new(of_frames)).unwrap(), "{of_frames}");
    }
    {
        let mut epochs = transaction.open_table(Table::new("epochs")).unwrap();
        let rows: Vec<(Vec<u8>, Value)> = epochs
            .iter()
            .unwrap()
            .map(|row| row.unwrap())
            .map(|(key, row)| (key.value().to_vec(), serde_json::from_slice(row.value()).unwrap()))
            .collect();
        for (key, mut row) in rows {
            assert_eq!(row.as_object_mut().unwrap().remove("kind"), Some("reading".into()));
            epochs.insert(&key[..], &serde_json::to_vec(&row).unwrap()[..]).unwrap();
        }
        let mut erase = transaction.open_table(Table::new("erase")).unwrap();
        let rows = erase.iter().unwrap().map(|row| row.unwrap());
        let rows: Vec<_> = rows.map(|(key, row)| (key.value().to_vec(), row.value().to_vec())).collect();
        assert!(!rows.is_empty());
        for (key, row) in rows {
            assert_eq!(row.len(), 25);
            erase.insert(&key[..], &row[..24]).unwrap();
        }
        let mut meta = transaction.open_table(META).unwrap();
        meta.insert(&b"schema"[..], &1u32.to_be_bytes()[..]).unwrap();
    }
    transaction.commit().unwrap();
}

fn schema(scene: &Scene) -> u32 {
    let database = scene.disk.open(&SyncFault::default()).unwrap().unwrap();
    let transaction = database.begin_read().unwrap();
    let meta = transaction.open_table(META).unwrap();
    u32::from_be_bytes(meta.get(&b"schema"[..]).unwrap().unwrap().value().try_into().unwrap())
}

/// One epoch that is final, and one that is open, both of readings.
fn written() -> Scene {
    let scene = Scene { retention_ms: LENGTH, ..Scene::new() };
    let core = scene.start();
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    settle(&core);
    fill(&scene, &core, 1);
    drop(core);
    make_first(&scene);
    scene
}

#[test]
fn a_store_without_frames_gets_them_and_keeps_what_it_has() {
    let scene = written();
    assert_eq!(schema(&scene), 1);
    let core = scene.start_of(&[0, 1, OF_FRAMES], scene.store(), |_| Box::new(scene.shelves.clone()));
    for name in NAMES {
        assert_eq!((of(&core, name, 0).state, of(&core, name, 0).proven), (EpochState::Final, 2));
    }
    for signed in town().readings.iter().filter(|signed| signed.epoch < 2) {
        assert_eq!(send(&core, &signed.bytes), Answer::Duplicate);
    }
    let frame = ride().frames.iter().find(|frame| frame.epoch == 1).unwrap();
    assert_eq!(rule(&crate::ride::send(&core, &frame.bytes)), "accepted");
    // What was to be erased is, and what was open is proven.
    scene.clock.set(ORIGIN + 10 * LENGTH);
    settle(&core);
    assert_eq!(send(&core, &town().readings[0].bytes), Answer::Refused {
        rule: "late".to_owned(),
        reason: "wanted a reading of an epoch that is open, got one whose epochs are closed; send within the time of grace".to_owned()
    });
    for name in NAMES {
        assert_eq!((of(&core, name, 1).state, of(&core, name, 1).proven), (EpochState::Final, 2));
    }
    assert_eq!(of(&core, RIDE, 1).readings, 1);
    drop(core);
    assert_eq!(schema(&scene), SCHEMA);
}

#[test]
fn the_power_may_go_at_any_step_of_it() {
    let mut steps = 0;
    for step in 0.. {
        let scene = written();
        scene.disk.set_fuse(Some(step));
        let before = scene.disk.crashes();
        let opened = Store::on(Box::new(scene.disk.clone()) as Box<dyn Disk>, &scene.key);
        let is_whole = opened.is_ok();
        drop(opened);
        if scene.disk.crashes() == before {
            assert!(is_whole);
            break;
        }
        scene.disk.set_fuse(None);
        steps += 1;
        let core = scene.start();
        assert_eq!(send(&core, &town().readings[0].bytes), Answer::Duplicate, "step {step}");
        drop(core);
        assert_eq!(schema(&scene), SCHEMA);
    }
    assert!(steps > 5, "the power went {steps} times only");
}
