//! `survey`: a statistic of the samples of N different devices over an epoch, at least k of them, a frame each.
//!
//! Of each frame those samples are counted that the aggregator chose, each of which obeys the policy. How many are left out is public,
//! and the policy bounds it a device.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::aggregate::SUM_OFFSET;
use super::readings::{OF_LEVELS, OF_TRIANGLES};
use super::{Binding, Claim, ClaimFamily, Devices, ShapeError, Size, StatementFamily, StatementId};
use crate::frame::{MAX_FRAME_SAMPLES, SAMPLES_A_STEP};
use crate::policy::PolicyId;
use crate::registry::{Chunk, RegistryError, RegistryRoot};
use crate::rule::Rule;

/// S1: the frame that was signed has these samples, without a gap, and no others.
pub const SAMPLES: Rule = Rule::own(1, "S1 samples");
/// S2: counted samples of a device are in the order of time, no two at one.
pub const TIMES: Rule = Rule::own(2, "S2 times");
/// S3: of each device at least the policy's least number of samples is counted, and the public number is that of all.
pub const COUNTED: Rule = Rule::own(3, "S3 counted");
/// S4: of each device at most the policy's most are left out, and the public number is that of all.
pub const LEFT_OUT: Rule = Rule::own(4, "S4 left out");
/// S5, of a shape with quality: the values of each device are as far apart as the policy asks for.
pub const SPREAD: Rule = Rule::own(5, "S5 spread");
/// S6, of a shape with quality: no value of a device is further from that of the counted sample before than the policy allows.
pub const STEP: Rule = Rule::own(6, "S6 step");

/// The statement: frames of `devices` devices of one chunk of 8^`levels` positions, each of up to `samples` samples, a fence of up to
/// `triangles` triangles, and whether devices have to show quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey {
    devices: u32,
    samples: u32,
    triangles: u32,
    levels: u32,
    quality: bool,
}

/// Devices that one proof may hold at the most.
pub const MAX_DEVICES: usize = 4096;
/// All samples are fewer than 2^this, so that no sum is beyond its width.
pub const COUNTED_BITS: u32 = 21;

crate::public_inputs! {
    /// What a survey makes public: four field elements.
    pub struct SurveyInputs, SurveyFields {
        /// The registry root at the end of the epoch.
        registry_root: RegistryRoot = element as "uint256",
        /// The policy.
        policy_id: PolicyId = element as "uint256",
        /// The epoch's number.
        epoch: u32 = 32 as "uint32",
        /// Width of a chunk: it has 2^chunk_bits positions. The shape fixes it: three bits a level.
        chunk_bits: u8 = 5 as "uint8",
        /// Which chunk: position >> chunk_bits.
        chunk: u32 = 15 as "uint32",
        /// Number of devices, a frame each.
        devices: u32 = 16 as "uint32",
        /// Samples that are counted, of all devices.
        counted: u32 = 21 as "uint32",
        /// Samples of their frames that are not counted.
        left_out: u32 = 21 as "uint32",
        /// Sum of the counted values, in the schema's fixed point: a device weighs as much as samples of it are counted.
        sum: i64 = 62 offset SUM_OFFSET as "int64",
        /// Least value - low, in the schema's fixed point; 0 also means that the policy does not ask for it.
        minimum: u64 = 40 as "uint64",
        /// Greatest value - low, in the schema's fixed point; 0 also means that the policy does not ask for it.
        maximum: u64 = 40 as "uint64",
        /// Sum of squares of value - low, in the square of the schema's fixed point; 0 also means that the policy does not ask for it.
        sum_of_squares: u128 = 101 as "uint128",
        /// Chain, contract, recipient and statement.
        binding: Binding = 152 as "uint152",
    }
}

/// Devices, samples of a device, triangles of the fence, levels of the chunk, and whether quality is asked for.
const SIZES: [Size; 5] = [
    Size { name: "devices", unit: "devices", least: 1, most: MAX_DEVICES as u32, step: 1, usual: 16 },
    Size {
        name: "samples",
        unit: "samples",
        least: SAMPLES_A_STEP as u32,
        most: MAX_FRAME_SAMPLES as u32,
        step: SAMPLES_A_STEP as u32,
        usual: 28,
    },
    OF_TRIANGLES,
    OF_LEVELS,
    Size { name: "quality", unit: "(1 asks for it)", least: 0, most: 1, step: 1, usual: 0 },
];

impl Survey {
    /// The statement of this shape. `samples` is a multiple of seven, `triangles` of eight, `levels` is 2 to 7, a chunk has as many
    /// positions as there are `devices` or more, and all samples are fewer than 2^21.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn new(
        devices: usize,
        samples: usize,
        triangles: usize,
        levels: usize,
        quality: bool,
    ) -> Result<Self, ShapeError> {
        let [of_devices, of_samples, of_triangles, of_levels, _] = &SIZES;
        let shape = Survey {
            devices: of_devices.check(devices)?,
            samples: of_samples.check(samples)?,
            triangles: of_triangles.check(triangles)?,
            levels: of_levels.check(levels)?,
            quality,
        };
        let positions = shape.first_chunk().positions() as usize;
        if devices > positions {
            let because = format!("chunks of {levels} levels, which have as many positions");
            return Err(ShapeError::Together { unit: "devices", most: positions, because, got: devices });
        }
        if devices * samples >= 1 << COUNTED_BITS {
            let most = ((1 << COUNTED_BITS) - 1) / samples;
            let because = format!("{samples} samples a device, fewer than 2^{COUNTED_BITS} in all");
            return Err(ShapeError::Together { unit: "devices", most, because, got: devices });
        }
        Ok(shape)
    }

    /// Devices that a proof holds at the most.
    pub fn devices(&self) -> usize {
        self.devices as usize
    }

    /// Samples that the frame of a device has at the most.
    pub fn samples(&self) -> usize {
        self.samples as usize
    }

    /// Triangles that the fence has at the most.
    pub fn triangles(&self) -> usize {
        self.triangles as usize
    }

    /// Levels of a chunk: 2 to 7.
    pub fn levels(&self) -> usize {
        self.levels as usize
    }

    /// Whether devices have to show quality.
    pub fn quality(&self) -> bool {
        self.quality
    }

    /// The chunk of this shape that has this index.
    ///
    /// # Errors
    /// [`RegistryError::ChunkIndex`] if there are not so many.
    pub fn chunk(&self, index: u32) -> Result<Chunk, RegistryError> {
        Chunk::new(self.levels as u8, index)
    }

    /// The first chunk of this shape: of a young registry, every device.
    pub fn first_chunk(&self) -> Chunk {
        self.chunk(0).expect("the levels of a shape are those of a chunk")
    }
}

impl ClaimFamily for Survey {
    const FAMILY: StatementFamily =
        StatementFamily::ours(3, "survey", Devices::AtLeastK).with_parameters().of_frames();
    const VERSION: u16 = 1;
    const ABOUT: &'static str = "A statistic of samples over an epoch from at least k devices, a frame each";
    const SIZES: &'static [Size] = &SIZES;

    fn of_checked(shape: &[u32]) -> Result<Self, ShapeError> {
        let [devices, samples, triangles, levels, quality] = shape else {
            return Err(ShapeError::Count { wanted: Self::pattern(), got: shape.len() });
        };
        let [devices, samples, triangles, levels] =
            [devices, samples, triangles, levels].map(|size| *size as usize);
        Survey::new(devices, samples, triangles, levels, *quality == 1)
    }
}

impl Claim for Survey {
    type Inputs = SurveyInputs;

    fn id(&self) -> StatementId {
        let Survey { devices, samples, triangles, levels, quality } = *self;
        Self::id_of(vec![devices, samples, triangles, levels, quality.into()])
    }

    /// C1 to C19 and S1 to S6; a single device has no order, and a shape without quality neither of S5 and S6.
    fn rules(&self) -> Vec<Rule> {
        let own = [
            Rule::ACTIVITY,
            Rule::ORDER,
            Rule::CHUNK,
            Rule::COUNT,
            Rule::SUM,
            Rule::SUM_OF_SQUARES,
            Rule::MINIMUM,
            Rule::MAXIMUM,
            SAMPLES,
            TIMES,
            COUNTED,
            LEFT_OUT,
            SPREAD,
            STEP,
        ];
        let mut rules = [&Rule::OF_A_READING[..], &own].concat();
        rules.retain(|rule| self.devices > 1 || *rule != Rule::ORDER);
        rules.retain(|rule| self.quality || ![SPREAD, STEP].contains(rule));
        rules.sort_unstable();
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::PublicInputs;
    use alloc::string::ToString;

    #[test]
    fn four_words_of_which_none_is_over_253_bits() {
        assert_eq!(SurveyInputs::layout().words(), 4);
        assert_eq!(SurveyInputs::layout().fields().len(), 13);
        for field in SurveyInputs::layout().fields() {
            let is_total = ["counted", "left_out"].contains(&field.name);
            assert!(!is_total || field.bits() == COUNTED_BITS, "{}", field.name);
        }
    }

    #[test]
    fn shapes_that_do_not_go_together_are_refused() {
        assert!(Survey::new(64, 7, 8, 2, false).is_ok());
        assert!(matches!(Survey::new(65, 7, 8, 2, false), Err(ShapeError::Together { most: 64, .. })));
        assert!(Survey::new(2095, 1001, 8, 7, true).is_ok());
        assert!(matches!(Survey::new(2096, 1001, 8, 7, true), Err(ShapeError::Together { most: 2095, .. })));
        for (devices, samples, triangles, levels) in [
            (0, 7, 8, 3),
            (1, 8, 8, 3),
            (1, 0, 8, 3),
            (1, 1008, 8, 3),
            (1, 7, 9, 3),
            (1, 7, 264, 3),
            (1, 7, 8, 1),
        ] {
            let refused = Survey::new(devices, samples, triangles, levels, false);
            assert!(matches!(refused, Err(ShapeError::Size { .. })), "{refused:?}");
        }
        let shape = Survey::new(16, 28, 32, 3, true).unwrap();
        assert_eq!(shape.id().to_string(), "survey/v1/16x28x32x3x1");
        assert_eq!(Survey::of_shape(&shape.id().shape), Ok(shape));
        assert!(Survey::of_shape(&[16, 28, 32, 3, 2]).is_err());
    }
}
