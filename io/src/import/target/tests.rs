use super::*;

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn quantities_become_channels_by_name_and_unit() {
    let schema = Schema::named("vehicle").unwrap();
    let mut channels = Channels::new(schema);
    assert!(matches!(channels.finish(), Err(RecordError::NoChannel { schema: "vehicle", .. })));
    channels.put("speed", &Amount::new(number("39"), "km/h")).unwrap();
    channels.put("odometer", &Amount::new(number("123.4565"), "km")).unwrap();
    channels.put("energy", &Amount::new(number("127"), "/100").times(100, 255)).unwrap();
    channels.put("heart_rate", &Amount::new(number("74"), "beat/min")).unwrap();
    assert!(channels.has("speed") && !channels.has("engine_speed") && !channels.has("heart_rate"));
    assert_eq!(channels.finish().unwrap(), [10_833, 123_457, 498, ABSENT]);

    let reason = channels.put("speed", &Amount::new(number("1"), "m")).unwrap_err();
    assert_eq!(reason.to_string(), "expected the unit `m/s`, or one that is converted into it exactly");
    let reason = channels.put("speed", &Amount::new(number("360.01"), "km/h")).unwrap_err();
    assert!(reason.to_string().starts_with("expected 0 to 100 m/s"), "{reason}");
    let reason = channels.put("energy", &Amount::new(number("-0.1"), "/100")).unwrap_err();
    assert!(reason.to_string().starts_with("expected 0 to 100 /100"), "{reason}");
}

#[test]
fn a_weather_station_reports_in_the_units_of_its_make() {
    let schema = Schema::named("weather").unwrap();
    let mut channels = Channels::new(schema);
    channels.put("temperature", &Amount::new(number("-3.25"), "Cel")).unwrap();
    channels.put("pressure", &Amount::new(number("101330"), "Pa")).unwrap();
    channels.put("wind_speed", &Amount::new(number("36"), "km/h")).unwrap();
    channels.put("rain", &Amount::new(number("0.5"), "in/h")).unwrap();
    assert_eq!(channels.finish().unwrap(), [-325, 10_133, 1_000, 127]);
    let reason = channels.put("pressure", &Amount::new(number("29.92"), "hPa")).unwrap_err();
    assert!(reason.to_string().starts_with("expected 300 to 1100 hPa"), "{reason}");
}

#[test]
fn a_channel_without_a_unit_takes_whole_numbers() {
    let mut channels = Channels::new(Schema::named("generic").unwrap());
    channels.put("value1", &Amount::new(number("-7"), "any")).unwrap();
    assert!(channels.put("value", &Amount::new(number("0.5"), "any")).is_err());
    assert_eq!(channels.finish().unwrap(), [ABSENT, -7, ABSENT, ABSENT]);
}

#[test]
fn conversions_are_exact_and_of_units_that_schemas_have() {
    for (from, into, text, wanted) in [
        ("kn", "m/s", "1", 514),
        ("kn", "m/s", "3600", 1_852_000),
        ("cm", "m", "-12345", -123_450),
        ("mm", "m", "1", 1),
        ("1/s", "1/min", "33.5", 2_010_000),
        ("mg/m3", "ug/m3", "0.04", 40_000),
        ("Pa", "hPa", "101325", 1_013_250),
        ("kPa", "hPa", "101.325", 1_013_250),
        ("in/h", "mm/h", "1", 25_400),
        ("%", "/", "0.5", 500),
        ("/", "/100", "0.125", 12_500),
        ("%", "/100", "1", 100_000),
        ("/100", "/", "50", 500),
    ] {
        let (numerator, denominator) = conversion(from, into).unwrap();
        let value = number(text).to_fixed_ratio(numerator, denominator, 3, Rounding::HalfAwayFromZero);
        assert_eq!(value, Ok(wanted), "{text} {from} in {into}");
    }
    assert_eq!(conversion("m", "km"), None);
}

#[test]
fn accuracy_is_dilution_times_range_error_rounded_up() {
    let five = RangeError::default();
    assert_eq!(five.accuracy(&number("0.54")), Ok(2_700));
    assert_eq!(five.accuracy(&number("0.0001")), Ok(1));
    assert_eq!(five.accuracy(&number("0")), Ok(ACCURACY_UNKNOWN));
    assert!(five.accuracy(&number("-1")).is_err());
    assert!(five.accuracy(&number("1e9")).is_err());
    let own: RangeError = "6.7".parse().unwrap();
    assert_eq!(own.accuracy(&number("1.4")), Ok(9_380));
    for text in ["0", "-1", "0.0001", "1e9", "x"] {
        assert!(text.parse::<RangeError>().is_err(), "{text}");
    }
}
