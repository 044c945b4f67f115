//! Proofs that go to a folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use zksensor_node::clock::Clock;
use zksensor_node::core::Core;
use zksensor_node::place::{Folder, Place};
use zksensor_node::served::{Served, Times};
use zksensor_node::store::{Disk, Store};
use zksensor_node::view::{EpochState, Show};

use crate::disk::SimDisk;
use crate::scene::{GRACE, LENGTH, NAMES, ORIGIN, Scene, after_grace, fill, of, send, settle, town};

#[test]
fn what_the_folder_does_not_take_waits_and_is_shown_without_its_path() {
    let scene = Scene::new();
    let path = std::env::temp_dir().join(format!("zksensor-node-no-folder-{}", std::process::id()));
    std::fs::write(&path, "a file where a folder is to be").unwrap();
    let core = scene.start_with(scene.store(), |_| Box::new(Folder::new(&path)) as Box<dyn Place>);
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    settle(&core);
    let view = core.view();
    assert!(view.outbox > 0);
    let reasons: Vec<&str> = view.epochs.iter().filter_map(|epoch| epoch.reason.as_deref()).collect();
    assert!(reasons.iter().any(|reason| reason.starts_with("the folder of proofs does not take a file: ")));
    for shown in reasons {
        assert!(!shown.contains("zksensor-node-no-folder"), "{shown}");
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_policy_of_an_earlier_ones_name_takes_nothing_from_its_folder() {
    let scene = Scene::new();
    let path = std::env::temp_dir().join(format!("zksensor-node-renamed-{}", std::process::id()));
    let start = |policy: usize, disk: u64| {
        let disk = Box::new(SimDisk::new(disk)) as Box<dyn Disk>;
        let store = Store::on(disk, &scene.key).unwrap();
        let times = Times { grace_ms: GRACE, retention_ms: scene.retention_ms, ahead_ms: 5_000 };
        let policy = &town().policies[policy];
        let parts = (*policy.model(), policy.fence().model().clone());
        let place = Box::new(Folder::new(&path));
        let served = Served::new("air", parts, times, scene.proves.clone(), place).unwrap();
        let registries = Box::new(scene.registries.clone());
        Core::new(store, vec![served], registries, scene.clock.clone() as Arc<dyn Clock>, 10_000)
    };
    let files = || {
        let folder = path.join("air").join("0");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect::<BTreeMap<_, _>>()
    };
    let core = start(0, 1);
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    settle(&core);
    assert_eq!(of(&core, "air", 0).state, EpochState::Final);
    let first = files();
    drop(core);
    // The same name, of which the file was changed; a store of its own, as of another node.
    let core = start(1, 2);
    scene.clock.set(ORIGIN + LENGTH - 1);
    for signed in town().readings.iter().filter(|signed| signed.epoch == 0) {
        // It asks for warmer air, which some have not.
        send(&core, &signed.bytes);
    }
    after_grace(&scene, 0);
    settle(&core);
    let waits = of(&core, "air", 0);
    assert_eq!((waits.state, files()), (EpochState::Proven, first), "{waits:?}");
    assert!(waits.reason.as_deref().is_some_and(|reason| reason.contains("of another policy")), "{waits:?}");
    // Of the same policy it may be written anew.
    drop(core);
    let core = start(0, 3);
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    settle(&core);
    assert_eq!(of(&core, "air", 0).state, EpochState::Final);
    std::fs::remove_dir_all(&path).unwrap();
}

#[test]
fn proofs_of_a_policy_that_is_gone_wait_for_nobody() {
    let scene = Scene { retention_ms: 2 * LENGTH, ..Scene::new() };
    let path = std::env::temp_dir().join(format!("zksensor-node-gone-{}", std::process::id()));
    std::fs::write(&path, "a file where a folder is to be").unwrap();
    let core = scene.start_with(scene.store(), |_| Box::new(Folder::new(&path)) as Box<dyn Place>);
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    settle(&core);
    assert_eq!(core.view().outbox, 4, "two chunks of each policy");
    drop(core);
    let core = scene.start_of(&[0], scene.store(), |_| Box::new(scene.shelves.clone()));
    scene.clock.set(ORIGIN + 10 * LENGTH);
    settle(&core);
    assert_eq!((of(&core, NAMES[0], 0).state, core.view().outbox), (EpochState::Final, 0));
    std::fs::remove_file(&path).unwrap();
}
