//! One hour of one station, from its receiver's log to an uptime that was verified, in one process.

use station::{Failure, Known, Question, Station, prove, sign, verify};
use zksensor::model::registry::Registry;

fn main() -> Result<(), Failure> {
    let log = std::env::args().nth(1);
    let log = std::fs::read_to_string(log.as_deref().unwrap_or("station.nmea"))?;
    let question = Question::load()?;

    // At the registrar.
    let station = Station::generate();
    let mut registry = Registry::new();
    registry.enrol(station.leaf())?;

    // At the station.
    let frame = sign(&station, &question, &log)?;
    let start = frame.frame().time(0);
    let published = prove(&station, &question, &registry, frame)?;

    // At whoever pays.
    let known = Known {
        epoch: question.epoch_of(start)?,
        root: registry.root(),
        key_id: published.key.key_id(),
    };
    let uptime = verify(&question, &known, &published)?;
    println!(
        "up in {} of {} minutes of epoch {}: {} good fixes, at most {} left out, {} m on the way",
        uptime.slots,
        uptime.of,
        known.epoch,
        uptime.fixes,
        uptime.left_out,
        uptime.distance_cm / 100
    );
    Ok(())
}
