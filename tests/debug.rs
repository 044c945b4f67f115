//! No secret is in what `Debug` shows of any public type that holds one.
//!
//! Each is made of canary values and shown by `{:?}` and by `{:#?}`; neither may have them in hexadecimal, in decimal, as
//! bytes or as the limbs of a field element. A reading that nobody enrolled yet is plain data, and shows itself.

#![allow(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

use std::fmt::Debug;
use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha3::{Digest, Sha3_512};
use zksensor::circuits::gadgets::{Gadgets, SynthesisError};
use zksensor::circuits::native;
use zksensor::circuits::statement::aggregate::AggregateInputs;
use zksensor::circuits::statement::private_sum::PrivateSumWitness;
use zksensor::circuits::statement::reading::{ReadingWitness, Salt};
use zksensor::circuits::statement::track::{EnrolledFrame, Track};
use zksensor::circuits::statement::{
    Assignment, Binding, Claim, EnrolledReading, InputVars, Rule, Statement, StatementId, Violation,
};
use zksensor::files::{DeviceFile, SealFile};
use zksensor::model::amount::Amount;
use zksensor::model::claim::ClaimFamily;
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret};
use zksensor::model::field::{self, Fr};
use zksensor::model::layout::PublicInputs;
use zksensor::model::noise::{Digits, Release, Seal};
use zksensor::model::primitives::eddsa::SecretKey;
use zksensor::model::reading::{Location, Reading, UnixMillis};
use zksensor::page::{Mark, Noised, Outcome, Page, Private};
use zksensor::prelude::{Aggregator, Device, Policy, Registry, generic};
use zksensor_testkit::{Fleet, FleetOptions};

/// A name, and the texts in which the secret would show, without white space.
struct Canary {
    name: &'static str,
    needles: Vec<String>,
}

impl Canary {
    /// Bytes in hexadecimal and as lists, from either end.
    fn bytes(name: &'static str, bytes: &[u8]) -> Canary {
        let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
        let needles = [bytes, &reversed].into_iter().flat_map(|bytes| {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            // A part is enough to be seen.
            let listed = format!("{:?}", &bytes[..8]);
            [hex[..32].to_owned(), listed.trim_matches(['[', ']']).replace(' ', "")]
        });
        Canary { name, needles: needles.collect() }
    }

    /// A field element in hexadecimal, in decimal, and limb by limb: as an integer, and as it lies in memory.
    fn element(name: &'static str, element: &Fr) -> Canary {
        let mut canary = Canary::bytes(name, &field::to_be_bytes(element));
        canary.needles.extend([element.to_string(), element.0.to_string()]);
        let integer: Vec<u64> = field::to_be_bytes(element)
            .chunks_exact(8)
            .map(|limb| u64::from_be_bytes(limb.try_into().unwrap()))
            .collect();
        for limb in integer.iter().chain(&element.0.0).filter(|limb| **limb > 1 << 32) {
            canary.needles.extend([limb.to_string(), format!("{limb:x}")]);
        }
        canary
    }

    /// A number of a reading in decimal and hexadecimal, as it is and offset as the circuits have it.
    fn number(name: &'static str, number: i64, offset: i128) -> Canary {
        let shifted = i128::from(number) + offset;
        let needles =
            [number.to_string(), format!("{number:x}"), shifted.to_string(), format!("{shifted:x}")];
        // Four digits are in a hash by chance.
        Canary { name, needles: needles.into_iter().filter(|needle| needle.len() > 4).collect() }
    }

    fn is_in(&self, text: &str) -> bool {
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let bare = bare.to_lowercase();
        self.needles.iter().any(|needle| bare.contains(needle))
    }
}

/// Panics if `value` shows one of the canaries.
fn silent(what: &str, value: &dyn Debug, canaries: &[Canary]) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        for canary in canaries {
            assert!(!canary.is_in(&text), "the {} is in the Debug of {what}: {text}", canary.name);
        }
        assert!(!text.is_empty());
    }
}

const SEED: [u8; 32] = *b"canary: the seed of a device key";
const LATITUDE: i32 = 481_054_321;
const LONGITUDE: i32 = 115_698_765;
const VALUE: i64 = 31_337;
const OTHER_CHANNEL: i64 = -987_654_321_987;

/// A fleet of five whose first device sends a reading of canaries.
struct Canaries {
    fleet: Fleet,
    /// The same devices under a policy for single readings.
    single: Fleet,
    reading: EnrolledReading,
    /// Key, secret and salt.
    secrets: Vec<Canary>,
    /// Place and values.
    measured: Vec<Canary>,
}

fn salt() -> Salt {
    Salt::generate(&mut ChaCha20Rng::seed_from_u64(7))
}

fn canaries() -> Canaries {
    let family = zksensor::circuits::statement::reading::SingleReading::FAMILY;
    let fleet = Fleet::new(&FleetOptions { devices: 5, ..FleetOptions::default() });
    let single = Fleet::new(&FleetOptions { devices: 5, family, k: 1, ..FleetOptions::default() });
    assert_eq!(fleet.keys[0].public(), single.keys[0].public(), "one seed, one fleet");
    let location = Location::from_e7(LATITUDE, LONGITUDE).unwrap();
    let channels = [VALUE, OTHER_CHANNEL, 0, 0];
    let reading = Reading { location, channels, ..fleet.reading(0) };
    let enrolled = fleet.enrolled(0, &reading);
    let key = &fleet.keys[0];
    let prefix =
        Sha3_512::new().chain_update(b"zksensor/eddsa/prefix/v1").chain_update(key.expose_seed()).finalize();
    let secrets = vec![
        Canary::bytes("seed", key.expose_seed()),
        Canary::bytes("nonce prefix", &prefix),
        Canary::bytes("chosen seed", &SEED),
        Canary::element("identity secret", &fleet.secrets[0].expose()),
        Canary::element("salt", &salt().expose()),
    ];
    let measured = vec![
        Canary::number("latitude", LATITUDE.into(), 1 << 31),
        Canary::number("longitude", LONGITUDE.into(), 1 << 31),
        Canary::number("value", VALUE, 1 << 63),
        Canary::number("other channel", OTHER_CHANNEL, 1 << 63),
    ];
    Canaries { fleet, single, reading: enrolled, secrets, measured }
}

/// A device key with its file.
fn device(fleet: &Fleet) -> DeviceFile {
    let attributes = Attributes { class: 7, expiry: UnixMillis::MAX, owner: 1 };
    DeviceFile::new(fleet.keys[0].clone(), fleet.secrets[0].clone(), attributes)
}

#[test]
fn the_canaries_would_be_seen() {
    let Canaries { fleet, reading, secrets, measured, .. } = canaries();
    let secret = fleet.secrets[0].expose();
    let seen =
        |index: usize, text: String| assert!(secrets[index].is_in(&text), "{}: {text}", secrets[index].name);
    seen(0, format!("{:?}", fleet.keys[0].expose_seed()));
    seen(0, format!("{:#?}", fleet.keys[0].expose_seed()));
    seen(0, format!("{:X?}", zksensor::model::hex::encode(fleet.keys[0].expose_seed())));
    seen(3, format!("{secret:?}"));
    seen(3, format!("{:#?}", secret.0));
    seen(3, field::to_hex(&secret));
    seen(4, format!("{:?}", field::to_be_bytes(&salt().expose())));
    // A reading is plain data: SECURITY.md says so.
    let plain: &Reading = reading.signed.reading();
    for canary in &measured {
        assert!(canary.is_in(&format!("{plain:?}")) && canary.is_in(&format!("{:#?}", reading.signed)));
    }
}

#[test]
fn keys_and_secrets_are_silent() {
    let Canaries { fleet, secrets, .. } = canaries();
    silent("SecretKey", &SecretKey::from_seed(SEED), &secrets);
    silent("DeviceKey", &DeviceKey::from_seed(SEED), &secrets);
    silent("DeviceKey", &fleet.keys[0], &secrets);
    silent("DeviceSecret", &fleet.secrets[0], &secrets);
    silent("Salt", &salt(), &secrets);
    silent("DeviceFile", &device(&fleet), &secrets);
    silent("Device", &Device::from(device(&fleet)), &secrets);
    silent("Fleet", &fleet, &secrets);
    // Not even where they are refused.
    silent(
        "FieldError",
        &DeviceSecret::from_be_bytes(&[0xfe; 32]).unwrap_err(),
        &[Canary::bytes("secret", &[0xfe; 32])],
    );
    let json = device(&fleet).to_json();
    let damaged = String::from_utf8(json.to_vec()).unwrap().replace("\"class\": 7", "\"class\": 8");
    let error = DeviceFile::from_json(Path::new("d.json"), damaged.as_bytes()).unwrap_err();
    silent("FileError", &error, &secrets);
}

#[test]
fn words_of_the_prelude_are_silent() {
    let Canaries { fleet, secrets, measured, .. } = canaries();
    let device = Device::from(device(&fleet));
    let policy = Policy::on_chain(1, [1; 20]).mean(generic::VALUE).between("0", "100000");
    let policy = policy.inside(fleet.fence.clone().into()).hourly("2026-01-01T00:00:00Z").at_least(5);
    let policy = policy.build().unwrap();
    let builder = device.reading(&policy).at("2026-01-01T00:00:00Z".parse().unwrap());
    silent("ReadingBuilder", &builder, &secrets);
    let error = builder.clone().location_degrees("948.1054321", "11.5698765").unwrap_err();
    silent("Error", &error, &measured);
    assert!(!measured.iter().any(|canary| canary.is_in(&error.to_string())), "{error}");
    let builder = builder.location_degrees("48.1054321", "11.5698765").unwrap();
    let builder = builder.set("value", "31337").unwrap().set("value1", "-987654321987").unwrap();
    silent("ReadingBuilder", &builder, &secrets);

    let mut registry = Registry::new();
    registry.enrol(device.leaf()).unwrap();
    let mut aggregator = Aggregator::insecure_setup(&policy, &registry, 0).unwrap();
    assert_eq!(aggregator.offer(builder.sign().unwrap()), None);
    let all: Vec<Canary> = secrets.into_iter().chain(measured).collect();
    silent("Aggregator", &aggregator, &all);
    let chunks = aggregator.prove_all_chunks().unwrap();
    assert_eq!(chunks.too_few[0].taken, 1);
    silent("Chunks", &chunks, &all);
}

#[test]
fn readings_are_silent_once_they_are_enrolled() {
    let Canaries { fleet, single, reading, secrets, measured } = canaries();
    let all: Vec<Canary> = secrets.into_iter().chain(measured).collect();
    silent("EnrolledReading", &reading, &all);

    let secret = single.secrets[0].clone();
    let witness = ReadingWitness::new(single.policy, &single.fence, reading.clone(), secret, salt());
    silent("ReadingWitness", &witness, &all);
    let statement = single.reading_statement();
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let assignment = Assignment::new(&statement, inputs, &witness).unwrap();
    silent("Assignment", &assignment, &all);
    silent("ReadingInputs", assignment.inputs(), &all);

    let track = Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::of::<Track>() });
    let membership = track.registry.membership(track.positions[0]).unwrap();
    let frame = EnrolledFrame::new(track.frame(0, &[*reading.signed.reading()]), &membership);
    silent("EnrolledFrame", &frame, &all);
    let witness = track.track_of(frame, 0);
    silent("TrackWitness", &witness, &all);
    silent("Places", &witness.places, &all);

    let others = (1..5).map(|index| fleet.enrolled(index, &fleet.reading(index)));
    let witness = fleet.aggregate_of(others.chain([reading]).collect());
    silent("AggregateWitness", &witness, &all);
    let statement = fleet.statement(8);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let assignment = Assignment::new(&statement, inputs, &witness).unwrap();
    silent("Assignment", &assignment, &all);
    silent("AggregateInputs", assignment.inputs(), &all);
}

/// Shows every variable that it constrains, as a program that looks for a fault would.
struct Shown;

impl Claim for Shown {
    type Inputs = AggregateInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "shown".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Shown {
    type Witness = Fr;

    fn check(&self, _: &AggregateInputs, _: &Fr) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        _: &InputVars<G, Self>,
        witness: Option<&Fr>,
    ) -> Result<(), SynthesisError> {
        let secret = g.witness("secret", witness.copied())?;
        let canary = Canary::element("witness", &secret_element());
        silent("a backend's variable", &secret, &[canary]);
        Ok(())
    }
}

fn secret_element() -> Fr {
    Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::default() }).secrets[0].expose()
}

#[test]
fn variables_of_the_native_backend_are_silent() {
    let fleet = Fleet::new(&FleetOptions::default());
    let inputs = fleet.aggregate(16).inputs(Fleet::EPOCH, Binding::NONE);
    native::run(&Shown, &inputs.to_words().unwrap(), &secret_element(), None).unwrap();
}

#[test]
fn a_seal_and_the_noise_are_silent() {
    let Canaries { fleet, secrets, measured, .. } = canaries();
    let secret = secret_element();
    let exact = 8_123_456_789_012i64;
    let seal = Seal::from_parts(secret, secret, exact, 7).unwrap();
    let sealed = [Canary::element("secret", &secret), Canary::number("exact sum", exact, 1 << 61)];
    let all: Vec<Canary> = secrets.into_iter().chain(measured).chain(sealed).collect();
    silent("Seal", &seal, &all);
    silent("Digits", &Digits::of_seed(&secret).unwrap(), &all);
    let chunk = Fleet::chunk(Fleet::LEVELS);
    let release = Release { policy: fleet.policy.id(), epoch: Fleet::EPOCH, chunk };
    silent("SealFile", &SealFile::new(release, seal.clone()), &all);
    silent("PrivateSumWitness", &PrivateSumWitness { readings: fleet.aggregate(5), seal }, &all);
    let amount = Amount::new(exact, 0, "");
    silent("Noised", &Noised { exact: amount, published: amount, scale: amount }, &all);
}

#[test]
fn the_private_half_of_a_page_is_silent() {
    let Canaries { fleet, reading, secrets, measured, .. } = canaries();
    let all: Vec<Canary> = secrets.into_iter().chain(measured).collect();
    let mark = Mark { location: reading.signed.reading().location, outcome: Outcome::LeftOut(Rule::FENCE) };
    silent("Mark", &mark, &all);
    let private = Private {
        fence: fleet.fence.clone(),
        policy: fleet.policy,
        epoch: Fleet::EPOCH,
        marks: vec![mark; 3],
        noised: None,
        made_up: true,
    };
    silent("Private", &private, &all);
    let page = Page {
        title: String::new(),
        summary: String::new(),
        private,
        public: None,
        phases: Vec::new(),
        attacks: Vec::new(),
    };
    silent("Page", &page, &all);
    assert!(all.iter().any(|canary| canary.is_in(&page.to_html())), "the page itself shows places");
}
