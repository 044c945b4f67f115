//! The tables.

use alloc::vec;
use alloc::vec::Vec;

use super::{Lane, Lanes, Parts, Preimage};
use crate::field::{self, Fr};
use crate::layout::{Field, Layout, Width};
use crate::primitives::merkle::ARITY;
use crate::primitives::poseidon::{self, Domain};

preimage! {
    /// What a device signs: a reading.
    pub struct Message in Message as "message" {
        /// Where the signature counts: the low 248 bits of keccak256(abi.encode(uint256 chain id, address registry)).
        network: 248,
        /// The low 248 bits of keccak256 of what a device sends beside the typed fields; 0 if nothing.
        payload_hash: 248,
        /// Everything else but the channels.
        header: Header,
        /// The first two channels.
        first_channels: FirstChannels,
        /// The last two channels.
        last_channels: LastChannels,
    }
}

lane! {
    /// Everything of a reading but network, payload and channels.
    pub struct Header as "header" {
        /// Version of the encoding and of the message: 1.
        version = 8 as "uint8",
        /// The sensor profile.
        schema = 32 as "uint32",
        /// Increases with every reading of the device.
        sequence = 64 as "uint64",
        /// When, in Unix milliseconds.
        time_unix_ms = 48 as "uint48",
        /// Where, in 1e-7 degree (WGS 84), north positive: -900000000 to 900000000.
        latitude_e7 = 32 offset 31 as "int32",
        /// Where, in 1e-7 degree (WGS 84), east positive: -1800000000 to 1800000000.
        longitude_e7 = 32 offset 31 as "int32",
        /// Horizontal accuracy in millimetres; 4294967295 if unknown, never 0.
        accuracy_mm = 32 as "uint32",
    }
}

lane! {
    /// The first two channels of a reading, in the fixed point of its schema; one that is absent is -2^63.
    pub struct FirstChannels as "first_channels" {
        /// Channel 0.
        channel_0 = 64 offset 63 as "int64",
        /// Channel 1.
        channel_1 = 64 offset 63 as "int64",
    }
}

lane! {
    /// The last two channels of a reading, in the fixed point of its schema; one that is absent is -2^63.
    pub struct LastChannels as "last_channels" {
        /// Channel 2.
        channel_2 = 64 offset 63 as "int64",
        /// Channel 3.
        channel_3 = 64 offset 63 as "int64",
    }
}

preimage! {
    /// The challenge h of a signature (R, S) under the key A, with tag 0, as circomlib has it.
    pub struct Challenge in Eddsa as "challenge" {
        /// x of R.
        nonce_x: element,
        /// y of R.
        nonce_y: element,
        /// x of A.
        key_x: element,
        /// y of A.
        key_y: element,
        /// What is signed.
        message: element,
    }
}

preimage! {
    /// What the registry stores for one device.
    pub struct Leaf in Leaf as "leaf" {
        /// x of the device's key A.
        key_x: element,
        /// y of the device's key A.
        key_y: element,
        /// The hash of the device secret.
        identity: element,
        /// What kind of device it is.
        class: 16,
        /// Readings must be earlier than this, in Unix milliseconds.
        expiry_unix_ms: 48,
        /// Whose it is.
        owner: 128,
    }
}

preimage! {
    /// The public commitment to a device secret.
    pub struct Identity in Identity as "identity" {
        /// Known to the device's own node alone.
        device_secret: element,
    }
}

preimage! {
    /// One for each device, policy and epoch.
    pub struct Nullifier in Nullifier as "nullifier" {
        /// Known to the device's own node alone.
        device_secret: element,
        /// The id of the policy.
        policy_id: element,
        /// The number of the epoch.
        epoch: 32,
    }
}

preimage! {
    /// The commitment to a reading.
    pub struct Commitment in Commitment as "commitment" {
        /// The message of the reading.
        message: element,
        /// Fresh for every commitment: 248 random bits.
        salt: element,
    }
}

preimage! {
    /// The id of a policy.
    pub struct Policy in Policy as "policy" {
        /// The network that readings are for.
        network: 248,
        /// Root of the fence that readings lie in.
        fence_root: element,
        /// What readings and epochs are held to.
        ranges: PolicyRanges,
        /// Which statement, of which readings.
        kind: PolicyKind,
        /// What else the statement is held to, as its family says; 0 if it has no such parameters.
        parameters: element,
    }
}

lane! {
    /// What a policy holds readings and epochs to.
    pub struct PolicyRanges as "ranges" {
        /// Smallest value allowed, in the schema's fixed point.
        low = 41 offset 40 as "int64",
        /// Largest value allowed: low <= high < low + 2^40.
        high = 41 offset 40 as "int64",
        /// Largest horizontal accuracy allowed, in millimetres.
        max_accuracy_mm = 32 as "uint32",
        /// Start of epoch 0, in Unix milliseconds.
        epoch_origin_unix_ms = 48 as "uint48",
        /// Length of an epoch in milliseconds, at least 1. Epoch 0 ends by 2^48.
        epoch_length_ms = 40 as "uint40",
        /// Fewest devices, at least 1; 1 for the statements `reading` and `track`.
        k = 21 as "uint24",
    }
}

lane! {
    /// Which statement a policy is for, and of which readings.
    pub struct PolicyKind as "kind" {
        /// The statement: 1 aggregate, 2 reading, 3 survey, 4 track, 5 histogram, 6 private-sum.
        family = 8 as "uint8",
        /// Version of the statement.
        statement_version = 16 as "uint16",
        /// The sensor profile of readings.
        schema = 32 as "uint32",
        /// The channel that the value is taken from.
        channel = 2 as "uint8",
        /// Class that devices have; 65536 is any.
        device_class = 17 as "uint24",
        /// What is published beside count and sum: 4 sum of squares, 2 minimum, 1 maximum; 0 for the statements `reading`, `track`, `histogram` and `private-sum`.
        outputs = 3 as "uint8",
    }
}

lane! {
    /// A triangle of a fence: three corners, counter-clockwise, in 1e-7 degree (WGS 84).
    pub struct Corners as "triangle" {
        /// Latitude of the first corner.
        latitude_a_e7 = 32 offset 31 as "int32",
        /// Longitude of the first corner.
        longitude_a_e7 = 32 offset 31 as "int32",
        /// Latitude of the second corner.
        latitude_b_e7 = 32 offset 31 as "int32",
        /// Longitude of the second corner.
        longitude_b_e7 = 32 offset 31 as "int32",
        /// Latitude of the third corner.
        latitude_c_e7 = 32 offset 31 as "int32",
        /// Longitude of the third corner.
        longitude_c_e7 = 32 offset 31 as "int32",
    }
}

preimage! {
    /// What a device signs: a frame of samples.
    pub struct Frame in Frame as "frame" {
        /// Where the signature counts: as of a reading.
        network: 248,
        /// The low 248 bits of keccak256 of what a device sends beside the samples; 0 if nothing.
        payload_hash: 248,
        /// Everything else but link and samples.
        header: FrameHeader,
        /// The low 248 bits of the message of the device's frame before; 0 if there is none.
        link: 248,
        /// The chain of the samples (`samples`).
        chain: element,
    }
}

lane! {
    /// Everything of a frame but network, payload, link and samples.
    pub struct FrameHeader as "frame_header" {
        /// Version of the encoding and of the message: 1.
        version = 8 as "uint8",
        /// The sensor profile.
        schema = 32 as "uint32",
        /// Increases with every frame of the device.
        sequence = 64 as "uint64",
        /// What offsets are counted from, in Unix milliseconds.
        start_unix_ms = 48 as "uint48",
        /// How many samples there are: 1 to 1001.
        count = 16 as "uint16",
    }
}

preimage! {
    /// A step of the chain of a frame's samples, seven at a time. The chain begins with 0, and the samples that the last step lacks are 0.
    pub struct Samples in Samples as "samples" {
        /// The chain before this step.
        chain: element,
        /// The first of the seven samples, packed (`sample`).
        sample_0: element,
        /// The second sample, or 0.
        sample_1: element,
        /// The third sample, or 0.
        sample_2: element,
        /// The fourth sample, or 0.
        sample_3: element,
        /// The fifth sample, or 0.
        sample_4: element,
        /// The sixth sample, or 0.
        sample_5: element,
        /// The seventh sample, or 0.
        sample_6: element,
    }
}

impl<T> Samples<T> {
    /// The step that goes on from `chain` with these samples.
    pub fn of(chain: T, samples: [T; 7]) -> Self {
        let [sample_0, sample_1, sample_2, sample_3, sample_4, sample_5, sample_6] = samples;
        Samples { chain, sample_0, sample_1, sample_2, sample_3, sample_4, sample_5, sample_6 }
    }
}

lane! {
    /// A sample of a frame. No sample is 0, as no accuracy is.
    pub struct Sample as "sample" {
        /// When, in milliseconds after the start of the frame; no less than that of the sample before.
        offset_ms = 32 as "uint32",
        /// Where, in 1e-7 degree (WGS 84), north positive: -900000000 to 900000000.
        latitude_e7 = 32 offset 31 as "int32",
        /// Where, in 1e-7 degree (WGS 84), east positive: -1800000000 to 1800000000.
        longitude_e7 = 32 offset 31 as "int32",
        /// Horizontal accuracy in millimetres; 4294967295 if unknown, never 0.
        accuracy_mm = 32 as "uint32",
        /// Channel 0, in the fixed point of the schema; -2^40 if it is absent, and no measured value is that.
        channel_0 = 41 offset 40 as "int64",
        /// Channel 1.
        channel_1 = 41 offset 40 as "int64",
        /// Channel 2.
        channel_2 = 41 offset 40 as "int64",
    }
}

lane! {
    /// The parameters of a policy for the statement `track`.
    pub struct TrackLimits as "track_limits" {
        /// Greatest speed between two samples of a leg, in millimetres a second.
        top_speed_mm_s = 19 as "uint24",
        /// Longest time between two samples of a leg, in milliseconds, at least 1.
        longest_gap_ms = 22 as "uint24",
        /// What a place may be off by, in millimetres: a step adds as much less than it is long.
        jitter_mm = 20 as "uint24",
        /// 1e-7 degree of latitude, in units of 2^-10 millimetres; in the fence it is nowhere less.
        latitude_scale = 14 as "uint16",
        /// 1e-7 degree of longitude, in units of 2^-10 millimetres; in the fence it is nowhere less.
        longitude_scale = 14 as "uint16",
        /// Length of a slot in milliseconds, at least 1. An epoch has at most 65536 slots.
        slot_ms = 27 as "uint32",
        /// Fewest samples that are counted, at least 1.
        least_samples = 16 as "uint16",
        /// Most samples of the frame that are left out.
        most_left_out = 16 as "uint16",
    }
}

lane! {
    /// The parameters of a policy for the statement `survey`.
    pub struct SurveyLimits as "survey_limits" {
        /// Fewest samples of a device that are counted, at least 1.
        least_samples = 16 as "uint16",
        /// Most samples of a device's frame that are left out.
        most_left_out = 16 as "uint16",
        /// What the greatest and the least counted value of a device differ by at the least; 0 if no quality is asked for.
        least_spread = 40 as "uint40",
        /// What the values of a device's counted samples, one after the other, differ by at the most, at least 1; 0 if no quality is
        /// asked for.
        largest_step = 40 as "uint40",
    }
}

lane! {
    /// The parameters of a policy for the statement `histogram`.
    pub struct HistogramLimits as "histogram_limits" {
        /// Width of a bin in the schema's fixed point, at least 1. Bin 0 begins at low, and the last one takes what is above it, too.
        bin_width = 40 as "uint40",
    }
}

lane! {
    /// The parameters of a policy for the statement `private-sum`.
    pub struct NoiseLimits as "noise_limits" {
        /// s: noise of scale 2^s is added to the sum, 0 to 40.
        scale_bits = 6 as "uint8",
    }
}

preimage! {
    /// The seal of a private sum, posted before its beacon is known.
    pub struct Seal in Seal as "seal" {
        /// Fresh for every release: 248 random bits.
        secret: element,
        /// The id of the policy.
        policy_id: element,
        /// Which release of it.
        release: SealedRelease,
        /// The exact sum.
        sum: SealedSum,
        /// The number of devices in it.
        count: 21,
        /// Fresh for every release: 248 random bits.
        salt: element,
    }
}

lane! {
    /// Which release of a policy a seal is for.
    pub struct SealedRelease as "sealed_release" {
        /// The number of the epoch.
        epoch = 32 as "uint32",
        /// Width of a chunk, in bits.
        chunk_bits = 5 as "uint8",
        /// The chunk.
        chunk = 22 as "uint32",
    }
}

lane! {
    /// An exact sum, in the fixed point of the schema.
    pub struct SealedSum as "sealed_sum" {
        /// The sum.
        sum = 62 offset 61 as "int64",
    }
}

preimage! {
    /// The seed of the noise of a private sum.
    pub struct NoiseSeed in NoiseSeed as "noise_seed" {
        /// The secret of its seal.
        secret: element,
        /// Public randomness of a moment after the deadline of the seal.
        beacon: element,
        /// The id of the policy.
        policy_id: element,
        /// The number of the epoch.
        epoch: 32,
        /// Width of a chunk, in bits.
        chunk_bits: 5,
        /// The chunk.
        chunk: 22,
    }
}

preimage! {
    /// Three words of 62 bits of a noise: the low 186 bits of the hash, if the rest is below floor(r / 2^186).
    pub struct NoiseWords in NoiseWords as "noise_words" {
        /// The seed of the noise.
        seed: element,
        /// Which three: 0 to 30.
        index: 5,
    }
}

/// An inner node of the registry tree. What takes eight children by index is [`crate::primitives::merkle::node_hash`].
pub const NODE: Preimage = Preimage {
    name: "node",
    about: "An inner node of the registry tree.",
    domain: Domain::Node,
    lanes: &CHILDREN,
};

/// An inner node of a fence tree.
pub const FENCE_NODE: Preimage = Preimage {
    name: "fence_node",
    about: "An inner node of a fence tree.",
    domain: Domain::Fence,
    lanes: &CHILDREN,
};

/// The children in index order.
const CHILDREN: [Lane; ARITY] = [
    preimage!(@lane child_0 "Child 0."; element),
    preimage!(@lane child_1 "Child 1."; element),
    preimage!(@lane child_2 "Child 2."; element),
    preimage!(@lane child_3 "Child 3."; element),
    preimage!(@lane child_4 "Child 4."; element),
    preimage!(@lane child_5 "Child 5."; element),
    preimage!(@lane child_6 "Child 6."; element),
    preimage!(@lane child_7 "Child 7."; element),
];
