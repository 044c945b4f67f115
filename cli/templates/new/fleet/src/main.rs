//! One hour of the network, from readings to a fact that was verified, in one process.

use std::error::Error;

use fleet::{Known, MEASURED, enrol, policy, prove, sign, verify};
use zksensor::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let policy = policy()?;

    // On each station. `Device::save` and `Device::load` keep its key in a file.
    let stations: Vec<Device> = MEASURED.iter().map(|_| Device::generate()).collect();
    let signed = stations
        .iter()
        .zip(&MEASURED)
        .map(|(station, measured)| sign(station, &policy, measured));
    let sent: Vec<Vec<u8>> = signed.collect::<Result<_, _>>()?;

    // At the registrar.
    let registry = enrol(&stations)?;

    // At the aggregator.
    let epoch = policy.epoch_of(MEASURED[0].time.parse()?)?;
    let hour = prove(&policy, &registry, epoch, &sent)?;
    for refusal in &hour.refused {
        eprintln!("not counted: {refusal}");
    }
    for few in &hour.chunks.too_few {
        eprintln!("not proven: {few}");
    }
    for failed in &hour.chunks.failed {
        eprintln!("not proven: {failed}");
    }

    // At whoever pays.
    let known = Known {
        epoch,
        root: registry.root(),
        key_id: hour.key.key_id(),
    };
    for proof in &hour.chunks.proven {
        println!("{}", verify(&policy, &known, &hour.key, proof)?);
    }
    if hour.chunks.proven.is_empty() {
        return Err("expected a proof, got none: the lines above say why".into());
    }
    Ok(())
}
