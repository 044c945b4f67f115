//! Policies and readings as text: what is taken, and what is refused with which words.

use zksensor::model::policy::PolicyError;
use zksensor::model::schema::ABSENT;
use zksensor::prelude::*;

use super::{ORIGIN, THEN, TOWN, blank, builder, fleet, policy};

fn refused<T>(result: Result<T, Error>) -> String {
    result.err().unwrap().to_string()
}

#[test]
fn a_policy_is_that_of_the_same_text() {
    let text = r#"
        [network]
        chain_id = 80002
        registry = "0x1111111111111111111111111111111111111111"
        [epoch]
        origin = "2026-01-01T00:00:00Z"
        length_s = 3600
        [reading]
        schema = "air_quality"
        channel = "temperature"
        unit = "Cel"
        low = -4_000
        high = 6_000
        max_accuracy_mm = 10_000
        [statement]
        family = "aggregate"
        version = 2
        k = 5
        maximum = true
    "#;
    let fence = || Fence::geojson(TOWN).unwrap();
    let read = Policy::from_toml(text, fence()).unwrap();
    assert_eq!(read.id(), builder().accuracy_m("10").maximum().build().unwrap().id());
    assert_eq!((read.channel(), read.fence()), (air_quality::TEMPERATURE, &fence()));
    assert_ne!(read.id(), builder().accuracy_m("10").build().unwrap().id());
    assert_ne!(policy().id(), builder().daily(ORIGIN).build().unwrap().id());

    let single = text.replace("aggregate", "reading").replace("k = 5", "k = 1").replace("maximum = true", "");
    assert_eq!(
        refused(Policy::from_toml(&single, fence())),
        "expected a policy for aggregate/v2, got one for reading/v2; other statements are proven with the crates underneath"
    );
    let own = text
        .replace("\"air_quality\"", "65536")
        .replace("\"temperature\"", "2")
        .replace("unit = \"Cel\"", "");
    assert!(matches!(Policy::from_toml(&own, fence()), Err(Error::OwnSchema { got: 65_536 })));
    assert!(matches!(Policy::from_toml("", fence()), Err(Error::PolicyToml(_))));
}

#[test]
fn what_a_policy_does_not_say_is_asked_for() {
    let start = || Policy::on_chain(1, [0; 20]);
    let fence = || Fence::geojson(TOWN).unwrap();
    let channel = || start().mean(vehicle::SPEED);
    for (builder, what) in [
        (start(), "a channel"),
        (channel(), "a range of values"),
        (channel().between("0", "1"), "a fence"),
        (channel().between("0", "1").inside(fence()), "epochs"),
        (channel().between("0", "1").inside(fence()).hourly(ORIGIN), "a least number of devices"),
    ] {
        let error = refused(builder.build());
        assert!(error.starts_with(&format!("expected {what}, got none; call `.")), "{error}");
    }
}

#[test]
fn bounds_are_text_in_the_unit_of_the_channel() {
    for (low, high, wanted) in [
        (
            "-40.001",
            "60",
            "least value of `temperature`: expected at most 2 decimal places; round the data, got `-40.001`",
        ),
        ("-40", "60,0", "greatest value of `temperature`: expected a decimal number"),
        ("-40", "", "greatest value of `temperature`: expected a decimal number"),
        ("-40", "６０", "greatest value of `temperature`: expected a decimal number"),
        (
            "-4000",
            "6000",
            "least value of `temperature`: expected -90 to 70 Cel: no working sensor reports more or less, got `-4000`",
        ),
    ] {
        let error = refused(builder().between(low, high).build());
        assert!(error.starts_with(wanted), "{error}");
    }
    // One number is one policy, however it is written.
    assert_eq!(builder().between("-4e1", "+60.000").build().unwrap().id(), policy().id());
    let reversed = builder().between("60", "-40").build();
    let policy_error = |result: Result<Policy, Error>| match result {
        Err(Error::Policy(error)) => *error,
        other => panic!("expected an error of the policy, got {other:?}"),
    };
    assert_eq!(policy_error(reversed), PolicyError::Range { low: 6_000, high: -4_000 });
    assert_eq!(policy_error(builder().at_least(4).build()), PolicyError::SmallK { got: 4 });
    assert!(builder().at_least(2).insecure_small_k().build().is_ok());
    assert!(
        refused(builder().hourly("2026-01-01").build())
            .starts_with("beginning of the epochs: expected a UTC time")
    );
    assert!(
        refused(builder().accuracy_m("0").build())
            .starts_with("accuracy in metres: expected an accuracy from 0.001")
    );
    assert!(matches!(Fence::geojson("{}"), Err(Error::Outline(_))));
}

#[test]
fn a_time_has_an_epoch_or_an_error() {
    let policy = policy();
    let epoch = policy.epoch_of(THEN.parse().unwrap()).unwrap();
    assert_eq!(epoch, 2);
    let interval = policy.interval(epoch).unwrap();
    assert_eq!(interval.to_string(), "from 2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z");
    assert!(
        interval.contains(interval.start()) && !interval.contains("2026-01-01T03:00:00Z".parse().unwrap())
    );
    let before = policy.epoch_of("2025-12-31T23:59:59Z".parse().unwrap());
    assert!(refused(before).contains("expected a time from 1767225600000 ms on"));
    assert!(matches!(policy.interval(u32::MAX), Err(Error::NoEpoch { got: u32::MAX })));
}

#[test]
fn what_is_not_set_is_absent() {
    let (devices, _) = fleet(1);
    let policy = policy();
    let reading = blank(&devices[0], &policy).set("temperature", "-0.05").unwrap().sign().unwrap();
    let reading = *reading.reading();
    assert_eq!(reading.channels, [ABSENT, ABSENT, -5, ABSENT]);
    assert_eq!((reading.location.latitude(), reading.location.longitude()), (481_500_000, 115_500_000));
    assert_eq!((reading.schema, reading.sequence), (3, reading.time.get()));
    assert_eq!(reading.accuracy_mm, u32::MAX, "unknown, never 0");
    let all = blank(&devices[0], &policy).accuracy_m("2.5").unwrap().sequence(7).payload(b"battery: good");
    let all = all.set("no2", "0").unwrap().set("humidity", "55.5").unwrap().sign().unwrap();
    assert_eq!(all.reading().channels, [0, ABSENT, ABSENT, 555]);
    assert_eq!((all.reading().accuracy_mm, all.reading().sequence), (2_500, 7));
    assert_eq!(SignedReading::decode(&all.encode()).unwrap(), all);

    assert!(
        refused(blank(&devices[0], &policy).sign())
            .starts_with("expected at least one channel of the schema air_quality")
    );
    let set = |reading: ReadingBuilder<'_>| reading.set("no2", "1").unwrap().sign();
    assert!(refused(set(devices[0].reading(&policy))).starts_with("expected a time, got none; call `.at("));
    let nowhere = devices[0].reading(&policy).at(THEN.parse().unwrap());
    assert!(refused(set(nowhere)).starts_with("expected a location, got none; call `.location_degrees("));
}

#[test]
fn a_channel_has_a_name_and_a_value_its_unit() {
    let (devices, _) = fleet(1);
    let policy = policy();
    let set = |channel: &str, value: &str| blank(&devices[0], &policy).set(channel, value).map(|_| ());
    for channel in ["speed", "2", "Temperature", "", "temperature "] {
        let error = refused(set(channel, "1"));
        let wanted =
            "expected one of no2, pm2_5, temperature, humidity, the channels of air_quality, got `1`";
        assert_eq!(error, format!("channel `{channel}`: {wanted}"));
    }
    for (value, wanted) in [
        ("21.505", "expected at most 2 decimal places; round the data"),
        ("21,50", "expected a decimal number"),
        ("２１", "expected a decimal number"),
        ("21.5 Cel", "expected a decimal number"),
        (" 21", "expected a decimal number"),
        ("NaN", "expected a decimal number"),
        ("--1", "expected a decimal number"),
        ("2150", "expected -90 to 70 Cel: no working sensor reports more or less"),
        ("1e99", "expected a number within the signed 64 bits"),
    ] {
        let error = refused(set("temperature", value));
        assert!(error.starts_with(&format!("channel `temperature`: {wanted}")), "{error}");
        assert!(error.ends_with(&format!("got `{value}`")), "{error}");
    }
    for value in ["+21.50", "21.5000000", "2.15e1", "2150E-2", "021.5"] {
        let signed = blank(&devices[0], &policy).set("temperature", value).unwrap().sign().unwrap();
        assert_eq!(signed.reading().channels[2], 2_150, "{value}");
    }
    assert!(refused(set("temperature", &"9".repeat(500))).len() < 300);
}

#[test]
fn a_location_is_in_degrees() {
    let (devices, _) = fleet(1);
    let policy = policy();
    let place = |latitude: &str, longitude: &str| {
        let reading = devices[0].reading(&policy).at(THEN.parse().unwrap());
        let reading = reading.location_degrees(latitude, longitude)?.set("no2", "1")?.sign()?;
        Ok::<_, Error>((reading.reading().location.latitude(), reading.reading().location.longitude()))
    };
    assert_eq!(place("48", "11").unwrap(), (480_000_000, 110_000_000), "degrees, not units of 1e-7");
    assert_eq!(place("-90", "180.00000000").unwrap(), (-900_000_000, 1_800_000_000));
    assert_eq!(place("48.13724444", "-0.00000005").unwrap(), (481_372_444, -1), "half away from zero");
    for (latitude, longitude, which) in [
        ("481372000", "11", "latitude"),
        ("48137200", "11", "latitude"),
        ("90.0000001", "11", "latitude"),
        ("48", "180.0000001", "longitude"),
        ("48", "", "longitude"),
        ("48°8'", "11", "latitude"),
        ("４８", "11", "latitude"),
    ] {
        let error = refused(place(latitude, longitude));
        assert!(error.starts_with(&format!("location in degrees: {which}: expected")), "{error}");
        assert!(!error.contains("48137") && error.contains("pass decimal degrees such as"), "{error}");
    }
}

#[test]
fn a_device_is_saved_once() {
    let path = std::env::temp_dir().join(format!("zksensor-prelude-{}.json", std::process::id()));
    let device = Device::generate();
    device.save(&path).unwrap();
    assert!(refused(device.save(&path)).contains("this one exists"));
    assert_eq!(Device::load(&path).unwrap().leaf(), device.leaf());
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(Device::load(&path), Err(Error::File(_))));
}
