//! A reading, or the dummy of an unused slot, as the field elements that a circuit takes.

use ark_ff::{AdditiveGroup, Field as _};
use zeroize::Zeroize;

use super::EnrolledReading;
use zksensor_model::field::Fr;
use zksensor_model::layout::{Field, InputValue};
use zksensor_model::preimages::{self, FirstChannels, Header, Message};
use zksensor_model::primitives::babyjubjub::Point;
use zksensor_model::primitives::eddsa;
use zksensor_model::reading::READING_VERSION;

/// A reading as the field elements that a circuit takes: a real one, or the dummy of an unused slot.
#[derive(Clone)]
pub(in crate::statement) struct EnrolledValues {
    pub(in crate::statement) network: Fr,
    pub(in crate::statement) payload_hash: Fr,
    pub(in crate::statement) schema: Fr,
    pub(in crate::statement) sequence: Fr,
    pub(in crate::statement) time: Fr,
    pub(in crate::statement) latitude: Fr,
    pub(in crate::statement) longitude: Fr,
    pub(in crate::statement) accuracy: Fr,
    pub(in crate::statement) lanes: [Fr; 2],
    pub(in crate::statement) key: Point,
    pub(in crate::statement) nonce: Point,
    pub(in crate::statement) response: Fr,
    pub(in crate::statement) identity: Fr,
    pub(in crate::statement) class: Fr,
    pub(in crate::statement) expiry: Fr,
    pub(in crate::statement) owner: Fr,
}

impl Drop for EnrolledValues {
    fn drop(&mut self) {
        let EnrolledValues {
            network,
            payload_hash,
            schema,
            sequence,
            time,
            latitude,
            longitude,
            accuracy,
            lanes: [first, second],
            key,
            nonce,
            response,
            identity,
            class,
            expiry,
            owner,
        } = self;
        let reading =
            [network, payload_hash, schema, sequence, time, latitude, longitude, accuracy, first, second];
        let signature = [&mut key.x, &mut key.y, &mut nonce.x, &mut nonce.y, response];
        let device = [identity, class, expiry, owner];
        reading.into_iter().chain(signature).chain(device).for_each(Zeroize::zeroize);
    }
}

impl EnrolledValues {
    pub(in crate::statement) fn new(enrolled: &EnrolledReading) -> Self {
        let (signed, leaf) = (&enrolled.signed, enrolled.leaf().preimage());
        let reading = signed.reading();
        let (message, header) = (reading.preimage(), reading.header());
        EnrolledValues {
            network: message.network,
            payload_hash: message.payload_hash,
            schema: header.schema,
            sequence: header.sequence,
            time: header.time_unix_ms,
            latitude: header.latitude_e7,
            longitude: header.longitude_e7,
            accuracy: header.accuracy_mm,
            lanes: [message.first_channels, message.last_channels],
            key: *signed.key().point(),
            nonce: signed.signature().r,
            response: eddsa::response_element(&signed.signature().s),
            identity: leaf.identity,
            class: leaf.class,
            expiry: leaf.expiry_unix_ms,
            owner: leaf.owner,
        }
    }
}

/// The reading of unused slots. Its key 8A != O is not of prime order, so no registry accepts it; it is the same for
/// everybody and says nothing.
pub(in crate::statement) fn dummy() -> &'static EnrolledValues {
    use std::sync::OnceLock;
    static DUMMY: OnceLock<EnrolledValues> = OnceLock::new();
    DUMMY.get_or_init(|| {
        let none = |part: &Field| 0i64.encode(part);
        let channel = none(&FirstChannels::PARTS.channel_0);
        let lane = FirstChannels { channel_0: channel, channel_1: channel }.pack();
        let (latitude, longitude) = (none(&Header::PARTS.latitude_e7), none(&Header::PARTS.longitude_e7));
        let header = Header {
            version: Fr::from(READING_VERSION),
            schema: Fr::ZERO,
            sequence: Fr::ZERO,
            time_unix_ms: Fr::ZERO,
            latitude_e7: latitude,
            longitude_e7: longitude,
            accuracy_mm: Fr::ONE,
        };
        let message = Message {
            network: Fr::ZERO,
            payload_hash: Fr::ZERO,
            header: header.pack(),
            first_channels: lane,
            last_channels: lane,
        };
        let (key, signature) = eddsa::insecure_dummy_signature(&message.hash());
        EnrolledValues {
            network: Fr::ZERO,
            payload_hash: Fr::ZERO,
            schema: Fr::ZERO,
            sequence: Fr::ZERO,
            time: Fr::ZERO,
            latitude,
            longitude,
            accuracy: Fr::ONE,
            lanes: [lane; 2],
            key,
            nonce: signature.r,
            response: eddsa::response_element(&signature.s),
            identity: Fr::ZERO,
            class: Fr::ZERO,
            expiry: Fr::ZERO,
            owner: Fr::ZERO,
        }
    })
}

impl EnrolledValues {
    /// The hash of the leaf.
    pub(in crate::statement) fn leaf(&self) -> Fr {
        let &EnrolledValues { key, identity, class, expiry, owner, .. } = self;
        preimages::Leaf { key_x: key.x, key_y: key.y, identity, class, expiry_unix_ms: expiry, owner }.hash()
    }
}
