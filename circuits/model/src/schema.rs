//! The registry of sensor schemas: what the channels of a reading mean.
//!
//! A reading names its schema by number. A schema gives each channel a name, a unit of SenML (RFC 8428 section 12.1 and
//! RFC 8798), the decimal places of its fixed point, and the range that a working sensor stays in. Numbers from
//! [`FIRST_OWN`] are for projects that keep a schema of their own; those below it belong to this registry.
//!
//! ```
//! use zksensor_model::schema::Schema;
//! let (index, speed) = Schema::named("vehicle").and_then(|schema| schema.channel("speed")).expect("it has one");
//! let quantity = speed.quantity.expect("a speed has a unit");
//! assert_eq!((index, quantity.unit, quantity.scale), (0, "m/s", 3));
//! ```

use alloc::format;
use alloc::string::String;

use crate::amount::Amount;

/// What a channel holds that its sensor did not report. No policy admits it: the least value of a policy is -2^40 or more.
pub const ABSENT: i64 = i64::MIN;

/// The first number of a schema that a project may define for itself.
pub const FIRST_OWN: u32 = 1 << 16;

/// What a channel measures, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// Unit, as SenML names it.
    pub unit: &'static str,
    /// Decimal places: the channel holds the value times 10^scale.
    pub scale: u32,
    /// Least plausible value, in fixed point.
    pub low: i64,
    /// Greatest plausible value, in fixed point.
    pub high: i64,
}

impl Quantity {
    /// `value`, in fixed point, as a decimal number of the unit: -1250 at two decimal places is `-12.5`.
    pub fn decimal(&self, value: i64) -> String {
        let places = self.scale as usize;
        let sign = if value < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", value.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        match fraction.trim_end_matches('0') {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}.{fraction}"),
        }
    }
}

/// A channel of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Name, for policies and importers.
    pub name: &'static str,
    /// What it measures. `None`: the project says so elsewhere.
    pub quantity: Option<Quantity>,
    /// One line about it.
    pub about: &'static str,
}

impl Channel {
    /// A value of it, in the schema's fixed point, as an amount of its unit. A whole number without a unit where the schema gives none.
    pub const fn amount(&self, value: i64) -> Amount {
        match &self.quantity {
            Some(quantity) => Amount::new(value, quantity.scale, quantity.unit),
            None => Amount::new(value, 0, ""),
        }
    }
}

/// A sensor profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Number, as readings and policies have it.
    pub id: u32,
    /// Name.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// The channels, in order: one to four.
    pub channels: &'static [Channel],
}

/// Every schema, by number.
pub const SCHEMAS: &[Schema] =
    &[GENERIC, VEHICLE, AIR_QUALITY, GNSS_STATION, CAMERA_EVENT, POSITION, WEATHER];

/// Values of any kind.
pub const GENERIC: Schema = Schema {
    id: 1,
    name: "generic",
    about: "values of any kind; unit and scale are the project's own",
    channels: &[own("value"), own("value1"), own("value2"), own("value3")],
};

/// A road vehicle.
pub const VEHICLE: Schema = Schema {
    id: 2,
    name: "vehicle",
    about: "a road vehicle: what its bus or its dongle reports",
    channels: &[
        measured("speed", "m/s", 3, 0, 100_000, "speed over ground"),
        measured("odometer", "m", 0, 0, 5_000_000_000, "distance driven since the vehicle was built"),
        measured("energy", "/100", 1, 0, 1_000, "fuel or battery level, in percent"),
        measured("engine_speed", "1/min", 0, 0, 20_000, "revolutions of the engine or motor"),
    ],
};

/// A station that measures air. A working monitor of clean air reports a little less than nothing: its noise is around 0.
pub const AIR_QUALITY: Schema = Schema {
    id: 3,
    name: "air_quality",
    about: "a station that measures air",
    channels: &[
        measured("no2", "ug/m3", 1, -100, 40_000, "nitrogen dioxide"),
        measured("pm2_5", "ug/m3", 1, -100, 100_000, "particles of up to 2.5 micrometres"),
        measured("temperature", "Cel", 2, -9_000, 7_000, "air temperature"),
        measured("humidity", "%RH", 1, 0, 1_000, "relative humidity"),
    ],
};

/// A receiver of satellite navigation.
pub const GNSS_STATION: Schema = Schema {
    id: 4,
    name: "gnss_station",
    about: "a receiver of satellite navigation: a base station, or a logger",
    channels: &[
        measured("satellites", "count", 0, 0, 200, "satellites in use"),
        measured("hdop", "/", 2, 0, 9_999, "horizontal dilution of precision"),
        measured("altitude", "m", 3, -500_000, 9_000_000, "height above mean sea level"),
        measured("speed", "m/s", 3, 0, 100_000, "speed over ground"),
    ],
};

/// Something that a camera saw.
pub const CAMERA_EVENT: Schema = Schema {
    id: 5,
    name: "camera_event",
    about: "something that a camera saw; the picture itself is the payload",
    channels: &[
        measured("detections", "count", 0, 0, 10_000, "objects found in the picture"),
        measured("confidence", "/", 4, 0, 10_000, "of the detector, 0 to 1"),
        measured("speed", "m/s", 3, 0, 100_000, "of the camera over ground"),
        measured("heading", "rad", 4, 0, 62_832, "of the camera, clockwise from north"),
    ],
};

/// Somebody was somewhere at a time, and nothing else was measured. The channel is 1 in every record: its sum is their number.
pub const POSITION: Schema = Schema {
    id: 6,
    name: "position",
    about: "place and time alone, such as a track",
    channels: &[measured("fixes", "count", 0, 1, 1, "1: the record itself")],
};

/// A weather station. What it measures of moisture is in [`AIR_QUALITY`]: a reading has four channels.
pub const WEATHER: Schema = Schema {
    id: 7,
    name: "weather",
    about: "a weather station",
    channels: &[
        measured("temperature", "Cel", 2, -9_000, 7_000, "air temperature"),
        measured(
            "pressure",
            "hPa",
            1,
            3_000,
            11_000,
            "air pressure at the station, not reduced to sea level",
        ),
        measured("wind_speed", "m/s", 2, 0, 12_000, "wind speed, the mean of the station's interval"),
        measured("rain", "mm/h", 1, 0, 20_000, "rate of precipitation, the mean of the station's interval"),
    ],
};

impl Schema {
    /// The schema of this name.
    pub fn named(name: &str) -> Option<&'static Schema> {
        SCHEMAS.iter().find(|schema| schema.name == name)
    }

    /// The schema of this number.
    pub fn numbered(id: u32) -> Option<&'static Schema> {
        SCHEMAS.iter().find(|schema| schema.id == id)
    }

    /// The channel of this name, and its index.
    pub fn channel(&self, name: &str) -> Option<(usize, &'static Channel)> {
        self.channels.iter().enumerate().find(|(_, channel)| channel.name == name)
    }
}

const fn own(name: &'static str) -> Channel {
    Channel { name, quantity: None, about: "a value" }
}

const fn measured(
    name: &'static str,
    unit: &'static str,
    scale: u32,
    low: i64,
    high: i64,
    about: &'static str,
) -> Channel {
    Channel { name, quantity: Some(Quantity { unit, scale, low, high }), about }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::policy::encoding;

    #[test]
    fn every_name_and_number_is_there_once() {
        let ids: HashSet<u32> = SCHEMAS.iter().map(|schema| schema.id).collect();
        let names: HashSet<&str> = SCHEMAS.iter().map(|schema| schema.name).collect();
        assert_eq!((ids.len(), names.len()), (SCHEMAS.len(), SCHEMAS.len()));
        for schema in SCHEMAS {
            assert!((1..FIRST_OWN).contains(&schema.id));
            assert_eq!(Schema::numbered(schema.id), Some(schema));
            let channels: HashSet<&str> = schema.channels.iter().map(|channel| channel.name).collect();
            assert_eq!(channels.len(), schema.channels.len());
            assert!((1..=4).contains(&channels.len()));
        }
    }

    #[test]
    fn fixed_point_is_shown_as_a_decimal_number() {
        for (scale, value, text) in [
            (0, 1200, "1200"),
            (0, 0, "0"),
            (2, 0, "0"),
            (2, -1250, "-12.5"),
            (2, -5, "-0.05"),
            (3, 100_000, "100"),
            (3, 1, "0.001"),
            (1, i64::MIN, "-922337203685477580.8"),
        ] {
            assert_eq!(Quantity { unit: "m", scale, low: 0, high: 1 }.decimal(value), text);
        }
    }

    #[test]
    fn every_range_is_one_that_a_policy_can_have() {
        for channel in SCHEMAS.iter().flat_map(|schema| schema.channels) {
            if let Some(quantity) = channel.quantity {
                assert!(quantity.low <= quantity.high && quantity.scale < 10, "{}", channel.name);
                assert!(quantity.low >= -encoding::VALUE_OFFSET && quantity.high < encoding::VALUE_OFFSET);
                assert!(quantity.high - quantity.low < encoding::VALUE_OFFSET);
            }
        }
        const { assert!(ABSENT < -encoding::VALUE_OFFSET) };
    }
}
