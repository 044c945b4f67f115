//! What the station's proof says, and what is refused.

use station::{Known, Published, Question, Station, prove, sign, verify};
use zksensor::model::registry::Registry;

const LOG: &str = include_str!("../station.nmea");
/// 02:00 until 03:00.
const EPOCH: u32 = 2;

fn enrolled() -> (Station, Registry) {
    let (station, mut registry) = (Station::generate(), Registry::new());
    registry.enrol(station.leaf()).unwrap();
    (station, registry)
}

fn known(registry: &Registry, published: &Published) -> Known {
    let key_id = published.key.key_id();
    Known {
        epoch: EPOCH,
        root: registry.root(),
        key_id,
    }
}

#[test]
fn the_uptime_is_proven_and_is_that_of_this_hour_registry_and_key_alone() {
    let (question, (station, registry)) = (Question::load().unwrap(), enrolled());
    let frame = sign(&station, &question, LOG).unwrap();
    let published = prove(&station, &question, &registry, frame.clone()).unwrap();
    let known = known(&registry, &published);
    let uptime = verify(&question, &known, &published).unwrap();
    // Six minutes without a fix, and one of three satellites.
    assert_eq!((uptime.slots, uptime.of), (53, 60));
    assert_eq!((uptime.fixes, uptime.left_out), (53, 1));
    assert_eq!(uptime.distance_cm, 0, "it stands still");

    let refused = |known: &Known, published: &Published| {
        verify(&question, known, published).unwrap_err().to_string()
    };
    let later = Known {
        epoch: EPOCH + 1,
        ..known
    };
    assert!(refused(&later, &published).contains("the epoch"));
    let strangers = Known {
        root: Registry::new().root(),
        ..known
    };
    assert!(refused(&strangers, &published).contains("the registry root"));
    // Somebody else's key, under which they prove what they like.
    let other = prove(&station, &question, &registry, frame).unwrap();
    assert!(refused(&known, &other).contains("expected the key"));
}

#[test]
fn a_station_elsewhere_or_not_enrolled_proves_nothing() {
    let (question, (station, registry)) = (Question::load().unwrap(), enrolled());
    // The receiver is a degree further north. Every sentence has its checksum anew.
    let moved: String = LOG
        .lines()
        .map(|line| checked(&line.replace(",48", ",49")))
        .collect();
    let frame = sign(&station, &question, &moved).unwrap();
    assert_eq!(frame.frame().samples().len(), 54);
    let refused = prove(&station, &question, &registry, frame)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("at least 10"), "{refused}");

    let frame = sign(&station, &question, LOG).unwrap();
    let refused = prove(&station, &question, &Registry::new(), frame)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("enrol its leaf"), "{refused}");
    // What somebody altered has no checksum, and is no fix.
    assert!(sign(&station, &question, &LOG.replace("4808", "4809")).is_err());
}

/// A sentence with the checksum of what is in it.
fn checked(line: &str) -> String {
    let body = line.trim_start_matches('$').split('*').next().unwrap();
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\n")
}
