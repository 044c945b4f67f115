//! The channels of the registry of schemas, by name: `air_quality::TEMPERATURE`.

use zksensor_model::schema::{self, Quantity, Schema};

use super::Amount;

/// A channel of a schema of the registry. There is one constant for each, such as [`air_quality::TEMPERATURE`]; an index is none.
///
/// ```compile_fail,E0308
/// use zksensor::prelude::*;
/// let policy = Policy::on_chain(80_002, [0x11; 20]).mean(2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    schema: &'static Schema,
    index: u8,
}

impl Channel {
    /// The channel of this name, which the schema has: else the constant does not compile.
    const fn named(schema: &'static Schema, name: &str) -> Channel {
        let mut index = 0;
        while index < schema.channels.len() {
            if is_same(schema.channels[index].name.as_bytes(), name.as_bytes()) {
                return Channel { schema, index: index as u8 };
            }
            index += 1;
        }
        panic!("the schema has no such channel")
    }

    /// The channel of this index of the schema of this number, if the registry has it.
    pub(super) fn numbered(schema: u32, index: u8) -> Option<Channel> {
        let schema = Schema::numbered(schema)?;
        (usize::from(index) < schema.channels.len()).then_some(Channel { schema, index })
    }

    /// Its schema: the other channels, and what they are about.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// Its name, as [`ReadingBuilder::set`](super::ReadingBuilder::set) takes it.
    pub fn name(&self) -> &'static str {
        self.channel().name
    }

    /// Unit and decimal places; `None` for a channel of [`generic`], whose whole numbers mean what the project says.
    pub fn quantity(&self) -> Option<&'static Quantity> {
        self.channel().quantity.as_ref()
    }

    /// A value of it, in the schema's fixed point, as an amount of its unit.
    pub fn amount(&self, value: i64) -> Amount {
        self.channel().amount(value)
    }

    pub(super) fn channel(&self) -> &'static schema::Channel {
        &self.schema.channels[usize::from(self.index)]
    }

    pub(super) fn index(&self) -> u8 {
        self.index
    }
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// One module of constants for each schema.
macro_rules! channels {
    ($($(#[$about:meta])* $module:ident, $schema:ident: $($constant:ident = $name:literal),+;)+) => {$(
        $(#[$about])*
        pub mod $module {
            use super::{Channel, schema};
            $(
                #[doc = concat!("The channel `", $name, "`.")]
                pub const $constant: Channel = Channel::named(&schema::$schema, $name);
            )+
            #[cfg(test)]
            pub(super) const ALL: &[Channel] = &[$($constant),+];
        }
    )+};
}

channels! {
    /// Values of any kind: whole numbers, of which unit and scale are the project's own.
    generic, GENERIC: VALUE = "value", VALUE1 = "value1", VALUE2 = "value2", VALUE3 = "value3";
    /// A road vehicle.
    vehicle, VEHICLE: SPEED = "speed", ODOMETER = "odometer", ENERGY = "energy", ENGINE_SPEED = "engine_speed";
    /// A station that measures air.
    air_quality, AIR_QUALITY: NO2 = "no2", PM2_5 = "pm2_5", TEMPERATURE = "temperature", HUMIDITY = "humidity";
    /// A receiver of satellite navigation.
    gnss_station, GNSS_STATION: SATELLITES = "satellites", HDOP = "hdop", ALTITUDE = "altitude", SPEED = "speed";
    /// Something that a camera saw.
    camera_event, CAMERA_EVENT: DETECTIONS = "detections", CONFIDENCE = "confidence", SPEED = "speed", HEADING = "heading";
    /// Somebody was somewhere at a time.
    position, POSITION: FIXES = "fixes";
    /// A weather station.
    weather, WEATHER: TEMPERATURE = "temperature", PRESSURE = "pressure", WIND_SPEED = "wind_speed", RAIN = "rain";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_of_the_registry_has_a_constant() {
        let all = [
            generic::ALL,
            vehicle::ALL,
            air_quality::ALL,
            gnss_station::ALL,
            camera_event::ALL,
            position::ALL,
            weather::ALL,
        ];
        for (schema, constants) in schema::SCHEMAS.iter().zip(all) {
            let names: Vec<&str> = constants.iter().map(Channel::name).collect();
            assert_eq!(names, schema.channels.iter().map(|channel| channel.name).collect::<Vec<_>>());
            assert!(constants.iter().all(|channel| channel.schema() == schema));
        }
        assert_eq!(all.len(), schema::SCHEMAS.len());
        assert_eq!(Channel::numbered(3, 2), Some(air_quality::TEMPERATURE));
        assert_eq!((Channel::numbered(3, 4), Channel::numbered(65_536, 0)), (None, None));
    }
}
