//! Readings that devices publish, by NATS and by MQTT.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use zksensor_node::cluster::nats::{Nats, Taken};
use zksensor_node::core::Core;
use zksensor_node::intake::ItemKind;
use zksensor_node::view::Show as _;

use crate::ride::ride;
use crate::scene::{LENGTH, OF_FRAMES, ORIGIN, Scene, town};
use crate::server::Server;

const SUBJECT: &str = "zksensor.readings";
const READINGS: (ItemKind, &str) = (ItemKind::Reading, SUBJECT);
const FRAMES: (ItemKind, &str) = (ItemKind::Frame, "zksensor.frames");
const LIMITS: (usize, usize) = (1 << 20, 100);

/// Looks until so many messages came.
fn take(nats: &Arc<Nats>, core: &Core, wanted: usize) -> Taken {
    take_of(READINGS, nats, core, wanted)
}

fn take_of((kind, subject): (ItemKind, &str), nats: &Arc<Nats>, core: &Core, wanted: usize) -> Taken {
    let (start, mut all) = (Instant::now(), Taken::default());
    while all.messages < wanted {
        assert!(start.elapsed() < Duration::from_secs(30), "{all:?} of {wanted}");
        let taken = nats.take((kind, subject), core, LIMITS).unwrap();
        all.messages += taken.messages;
        all.accepted += taken.accepted;
        all.duplicates += taken.duplicates;
        all.refused += taken.refused;
    }
    all
}

fn published(server: &Server, bytes: &[u8]) {
    let file = std::env::temp_dir().join(format!("zksensor-mqtt-{}-{}", std::process::id(), server.mqtt));
    std::fs::write(&file, bytes).unwrap();
    // At least once: it returns when the server has it.
    let status = Command::new("mosquitto_pub")
        .args(["-h", "127.0.0.1", "-p", &server.mqtt.to_string(), "-q", "1", "-i", "device"])
        .args(["-t", "zksensor/readings", "-f"])
        .arg(&file)
        .status();
    std::fs::remove_file(&file).unwrap();
    assert!(status.unwrap().success());
}

#[test]
fn readings_that_are_published_are_stored_before_the_server_hears_that_they_are() {
    let Some(server) = Server::start("published") else { return };
    let scene = Scene::new();
    let core = scene.start();
    scene.clock.set(ORIGIN + LENGTH);
    let nats = server.connect();
    // The stream is made by the first look.
    assert_eq!(nats.take(READINGS, &core, LIMITS).unwrap(), Taken::default());
    let first: Vec<&[u8]> = town().readings[..4].iter().map(|signed| &signed.bytes[..]).collect();
    nats.publish(SUBJECT, first[0]).unwrap();
    // Several in one message, one of them known, and what is none.
    nats.publish(SUBJECT, &[first[0], first[1], first[2]].concat()).unwrap();
    nats.publish(SUBJECT, b"hello").unwrap();
    nats.publish(SUBJECT, b"").unwrap();
    let mut wrong = first[3].to_vec();
    *wrong.last_mut().unwrap() ^= 1;
    nats.publish(SUBJECT, &wrong).unwrap();
    assert_eq!(take(&nats, &core, 5), Taken { messages: 5, accepted: 3, duplicates: 1, refused: 3 });
    assert_eq!((core.view().accepted, core.view().duplicates), (3, 1));
    // Those that the disk does not take come again.
    scene.disk.set_fault(Some(0));
    nats.publish(SUBJECT, first[3]).unwrap();
    let taken = take(&nats, &core, 1);
    assert_eq!(taken, Taken { messages: 1, ..Taken::default() });
    scene.disk.set_fault(None);
    assert_eq!(take(&nats, &core, 1).accepted, 1);
}

#[test]
fn frames_that_are_published_to_their_subject_are_stored_beside_readings() {
    let Some(server) = Server::start("frames") else { return };
    let scene = Scene::new();
    let core = scene.start_of(&[0, OF_FRAMES], scene.store(), |_| Box::new(scene.shelves.clone()));
    scene.clock.set(ORIGIN + LENGTH);
    let nats = server.connect();
    for published in [READINGS, FRAMES] {
        assert_eq!(nats.take(published, &core, LIMITS).unwrap(), Taken::default());
    }
    let frames = &ride().frames;
    nats.publish(FRAMES.1, &[&frames[0].bytes[..], &frames[1].bytes[..]].concat()).unwrap();
    nats.publish(FRAMES.1, &frames[0].bytes).unwrap();
    // What is no frame, and one of which too little counts.
    nats.publish(FRAMES.1, &town().readings[0].bytes).unwrap();
    nats.publish(FRAMES.1, &frames[3].bytes).unwrap();
    nats.publish(READINGS.1, &town().readings[0].bytes).unwrap();
    let taken = take_of(FRAMES, &nats, &core, 4);
    assert_eq!(taken, Taken { messages: 4, accepted: 2, duplicates: 1, refused: 2 });
    assert_eq!(take(&nats, &core, 1), Taken { messages: 1, accepted: 1, ..Taken::default() });
    assert_eq!(core.view().accepted, 3);
}

#[test]
fn readings_that_are_refused_for_now_come_again() {
    let Some(server) = Server::start("early") else { return };
    let scene = Scene::new();
    let core = scene.start();
    // The clock of this machine is behind.
    scene.clock.set(ORIGIN - LENGTH);
    let nats = server.connect();
    assert_eq!(nats.take(READINGS, &core, LIMITS).unwrap(), Taken::default());
    nats.publish(SUBJECT, &[&town().readings[0].bytes[..], &town().readings[1].bytes[..]].concat()).unwrap();
    nats.publish(SUBJECT, b"hello").unwrap();
    assert_eq!(take(&nats, &core, 2), Taken { messages: 2, refused: 3, ..Taken::default() });
    scene.clock.set(ORIGIN + LENGTH);
    assert_eq!(take(&nats, &core, 1), Taken { messages: 1, accepted: 2, ..Taken::default() });
    assert_eq!(nats.take(READINGS, &core, LIMITS).unwrap(), Taken::default(), "and what is none does not");
}

#[test]
fn many_readings_of_one_look_are_stored_in_parts() {
    let Some(server) = Server::start("parts") else { return };
    let scene = Scene::new();
    let core = scene.start();
    scene.clock.set(ORIGIN + LENGTH);
    let nats = server.connect();
    let limits = (1 << 20, 3_000);
    assert_eq!(nats.take(READINGS, &core, limits).unwrap(), Taken::default());
    // Known ones after the first, which are read all the same.
    let many = town().readings[0].bytes.repeat(3_000);
    for _ in 0..3 {
        nats.publish(SUBJECT, &many).unwrap();
    }
    let (mut all, start) = (Taken::default(), Instant::now());
    while all.messages < 3 {
        assert!(start.elapsed() < Duration::from_secs(60), "{all:?}");
        let taken = nats.take(READINGS, &core, limits).unwrap();
        all.messages += taken.messages;
        all.accepted += taken.accepted;
        all.duplicates += taken.duplicates;
    }
    assert_eq!((all.accepted, all.duplicates), (1, 8_999));
}

#[test]
fn a_subject_that_the_servers_stream_has_not_is_an_error_and_no_silence() {
    let Some(server) = Server::start("subject") else { return };
    let scene = Scene::new();
    let core = scene.start();
    let nats = server.connect();
    assert_eq!(nats.take(READINGS, &core, LIMITS).unwrap(), Taken::default());
    let error = nats.take((ItemKind::Reading, "other.readings"), &core, LIMITS).unwrap_err();
    assert!(error.0.contains("`other.readings`") && error.0.contains(SUBJECT), "{error}");
}

#[test]
fn a_device_that_speaks_mqtt_is_heard() {
    let Some(server) = Server::start("mqtt") else { return };
    if Command::new("mosquitto_pub").arg("--version").output().is_err() {
        let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|wanted| wanted.contains("nats"));
        assert!(
            !required,
            "ZKSENSOR_REQUIRE asks for nats, but there is no mosquitto_pub: install mosquitto-clients"
        );
        use std::io::Write as _;
        let _ = writeln!(
            std::io::stderr().lock(),
            "skipped: mqtt: there is no mosquitto_pub: install mosquitto-clients"
        );
        return;
    }
    let scene = Scene::new();
    let core = scene.start();
    scene.clock.set(ORIGIN + LENGTH);
    let nats = server.connect();
    assert_eq!(nats.take(READINGS, &core, LIMITS).unwrap(), Taken::default());
    published(&server, &town().readings[0].bytes);
    assert_eq!(take(&nats, &core, 1).accepted, 1);
    // What is published while the server and the node are away waits on its disk.
    published(&server, &town().readings[1].bytes);
    server.kill();
    server.again();
    assert_eq!(take(&server.connect(), &core, 1).accepted, 1);
}
