//! Where `device sign` puts what it signs: readings, or frames of them.

use std::num::NonZeroU64;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use zksensor::files::{FramesWriter, Overwrite, ReadingsWriter};
use zksensor::import::{FrameCuts, FrameCutter, Row};
use zksensor::model::device::DeviceKey;
use zksensor::model::frame::{Frame, FrameLink, MAX_FRAME_SAMPLES, SAMPLE_CHANNELS};
use zksensor::model::policy::Policy;

use super::DeviceError;
use crate::output::Output;

/// Options about frames.
#[derive(Debug, clap::Args)]
pub(super) struct FrameArgs {
    /// Signs frames in the place of readings: up to 1001 records under one signature, linked to the frame before. With --policy
    /// each lies in one epoch.
    #[arg(long)]
    frame: bool,
    /// The most records of a frame. 1001 without it.
    #[arg(long, value_name = "N", requires = "frame", value_parser = clap::value_parser!(u16).range(1..=1001))]
    frame_samples: Option<u16>,
    /// How long a frame is at most: its last record is less than this after its first.
    #[arg(long, value_name = "SECONDS", requires = "frame", value_parser = clap::value_parser!(u32).range(1..))]
    frame_span_s: Option<u32>,
    /// Adds the frames to the file of --out, if it is there; sequence numbers and links go on after the device's last frame in it.
    #[arg(long, requires = "frame", conflicts_with = "force")]
    append: bool,
    /// Waits so long while another command adds to the file; 0 fails at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, requires = "append")]
    wait: u32,
}

impl FrameArgs {
    /// Whether frames are signed.
    pub(super) fn is_asked(&self) -> bool {
        self.frame
    }

    fn cuts(&self, policy: Option<Policy>) -> FrameCuts {
        FrameCuts {
            samples: self.frame_samples.map_or(MAX_FRAME_SAMPLES, usize::from),
            span_ms: self.frame_span_s.and_then(|seconds| NonZeroU64::new(1000 * u64::from(seconds))),
            policy,
        }
    }
}

/// Where what is signed goes.
pub(super) enum Sink<'a> {
    /// To a file of readings.
    Readings {
        /// The file.
        writer: ReadingsWriter,
        /// Who signs.
        key: &'a DeviceKey,
    },
    /// To a file of frames.
    Frames(Box<FrameSink<'a>>),
}

/// Frames that are being signed.
pub(super) struct FrameSink<'a> {
    writer: FramesWriter,
    cutter: FrameCutter,
    key: &'a DeviceKey,
    frames: u64,
    samples: u64,
    /// Of the first frame, and of the last one so far.
    sequences: Option<(u64, u64)>,
}

impl<'a> Sink<'a> {
    /// Starts a file of readings.
    ///
    /// # Errors
    /// [`DeviceError::File`].
    pub(super) fn readings(
        path: &Path,
        overwrite: Overwrite,
        key: &'a DeviceKey,
    ) -> Result<Sink<'a>, DeviceError> {
        Ok(Sink::Readings { writer: ReadingsWriter::create(path, overwrite)?, key })
    }

    /// Starts a file of frames, or goes on with it. The first frame has at least the sequence number `first`.
    ///
    /// # Errors
    /// [`DeviceError::File`]; [`DeviceError::LastSequence`] and [`DeviceError::Channel`].
    pub(super) fn frames(
        path: &Path,
        overwrite: Overwrite,
        key: &'a DeviceKey,
        args: &FrameArgs,
        policy: Option<Policy>,
        first: u64,
    ) -> Result<Sink<'a>, DeviceError> {
        if let Some(got) = policy.map(|policy| usize::from(policy.parts().channel))
            && got >= SAMPLE_CHANNELS
        {
            return Err(DeviceError::Channel { got });
        }
        let writer = match args.append {
            true => FramesWriter::append(path, key.public(), Duration::from_secs(args.wait.into()))?,
            false => FramesWriter::create(path, overwrite)?,
        };
        let (sequence, link) = match writer.before() {
            None => (first, FrameLink::NONE),
            Some(before) => {
                let next = before.header().sequence.checked_add(1);
                let next = next.ok_or_else(|| DeviceError::LastSequence { path: path.to_owned() })?;
                (next.max(first), FrameLink::after(before))
            }
        };
        let cutter = FrameCutter::new(args.cuts(policy), sequence, link);
        Ok(Sink::Frames(Box::new(FrameSink { writer, cutter, key, frames: 0, samples: 0, sequences: None })))
    }

    /// Takes a record.
    ///
    /// # Errors
    /// [`DeviceError::Sign`] or [`DeviceError::Frame`] if it may not be signed; [`DeviceError::File`].
    pub(super) fn push(&mut self, row: &Row) -> Result<(), DeviceError> {
        match self {
            Sink::Readings { writer, key } => {
                let signed = key.sign(&row.reading);
                let signed = signed.map_err(|reason| DeviceError::Sign { row: row.number, reason })?;
                Ok(writer.push(&signed)?)
            }
            Sink::Frames(sink) => {
                let done = sink.cutter.push(&row.reading);
                match done.map_err(|reason| DeviceError::Frame { row: row.number, reason })? {
                    Some(frame) => sink.sign(frame),
                    None => Ok(()),
                }
            }
        }
    }

    /// Writes the file, and says what is in it. `signed` records were taken, `bad` were not.
    ///
    /// # Errors
    /// [`DeviceError::File`].
    pub(super) fn finish(
        self,
        path: &Path,
        (signed, bad): (u64, u64),
        output: &Output,
        result: &mut Value,
    ) -> Result<(), DeviceError> {
        let path = path.display();
        match self {
            Sink::Readings { writer, .. } => {
                writer.finish()?;
                output.line(format_args!("signed {signed} readings into {path}, left out {bad} rows"));
                result["signed"] = signed.into();
            }
            Sink::Frames(mut sink) => {
                if let Some(frame) = sink.cutter.finish() {
                    sink.sign(frame)?;
                }
                sink.writer.finish()?;
                output.line(format_args!(
                    "signed {} frames of {} records into {path}, left out {bad} rows",
                    sink.frames, sink.samples
                ));
                result["frames"] = sink.frames.into();
                result["samples"] = sink.samples.into();
                let (first, last) = sink.sequences.unzip();
                result["first_sequence"] = first.map(|sequence| sequence.to_string()).into();
                result["last_sequence"] = last.map(|sequence| sequence.to_string()).into();
                let fourth = sink.cutter.fourth_channels();
                result["fourth_channels_left_out"] = fourth.into();
                if fourth > 0 {
                    output.note(format_args!(
                        "a frame has the first three channels; the fourth one of {fourth} records was left out"
                    ));
                }
            }
        }
        Ok(())
    }
}

impl FrameSink<'_> {
    fn sign(&mut self, frame: Frame) -> Result<(), DeviceError> {
        let (sequence, count) = (frame.header().sequence, frame.summary().count());
        self.frames += 1;
        self.samples += u64::from(count);
        self.sequences = Some((self.sequences.map_or(sequence, |(first, _)| first), sequence));
        Ok(self.writer.push(&self.key.sign_frame(frame))?)
    }
}
