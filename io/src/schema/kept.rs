//! Schemas that were read are kept for as long as the process runs: amounts, channels and errors refer to them as they do to those of the
//! registry. Each is kept once, and there is a limit.

use std::sync::{Mutex, PoisonError};

use zksensor_model::schema::{Channel, Quantity, Schema};

use super::{OwnChannel, OwnSchema, SchemaTomlError};

/// The most schemas of its own that a process reads: with the longest names they take some 200 kB.
pub const MOST_SCHEMAS: usize = 256;

static KEPT: Mutex<Vec<&'static Schema>> = Mutex::new(Vec::new());

/// The schema, kept.
///
/// # Errors
/// [`SchemaTomlError::TooMany`] if as many others are.
pub(super) fn keep(own: OwnSchema) -> Result<&'static Schema, SchemaTomlError> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(schema) = kept.iter().find(|schema| is_of(&own, schema)) {
        return Ok(schema);
    }
    if kept.len() >= MOST_SCHEMAS {
        return Err(SchemaTomlError::TooMany { limit: MOST_SCHEMAS });
    }
    let schema: &'static Schema = Box::leak(Box::new(leaked(own)));
    kept.push(schema);
    Ok(schema)
}

fn is_of(own: &OwnSchema, schema: &Schema) -> bool {
    let same = (own.number, &*own.name, &*own.about) == (schema.id, schema.name, schema.about);
    same && own.channels.len() == schema.channels.len()
        && own.channels.iter().zip(schema.channels).all(|(own, channel)| {
            (&*own.name, &*own.about) == (channel.name, channel.about)
                && channel.quantity.is_some_and(|quantity| {
                    let Quantity { unit, scale, low, high } = quantity;
                    (&*own.unit, own.scale, own.low, own.high) == (unit, scale, low, high)
                })
        })
}

fn leaked(own: OwnSchema) -> Schema {
    let channels: Vec<Channel> = own.channels.into_iter().map(channel).collect();
    Schema { id: own.number, name: own.name.leak(), about: own.about.leak(), channels: channels.leak() }
}

fn channel(own: OwnChannel) -> Channel {
    let quantity = Quantity { unit: own.unit.leak(), scale: own.scale, low: own.low, high: own.high };
    Channel { name: own.name.leak(), quantity: Some(quantity), about: own.about.leak() }
}
