//! Signatures over frames.

use super::{Frame, FrameError, FrameSummary};
use crate::device::DeviceKey;
use crate::primitives::eddsa::{self, PublicKey, Signature};

/// A device's signature over a frame whose samples are elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameSeal {
    pub(super) summary: FrameSummary,
    pub(super) key: PublicKey,
    pub(super) signature: Signature,
}

impl FrameSeal {
    /// What was signed.
    pub fn summary(&self) -> &FrameSummary {
        &self.summary
    }

    /// Who signed it.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The signature over [`FrameSummary::message`].
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

impl DeviceKey {
    /// Signs a frame whose samples are kept elsewhere, or nowhere.
    pub fn seal(&self, summary: FrameSummary) -> FrameSeal {
        FrameSeal { summary, key: *self.public(), signature: self.sign_message(&summary.message()) }
    }

    /// Signs a frame.
    pub fn sign_frame(&self, frame: Frame) -> SignedFrame {
        let FrameSeal { key, signature, .. } = self.seal(*frame.summary());
        SignedFrame { frame, key, signature }
    }
}

/// A frame with a signature that holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SignedFrame {
    frame: Frame,
    key: PublicKey,
    signature: Signature,
}

impl SignedFrame {
    /// Checks the signature over the message of the frame.
    ///
    /// # Errors
    /// [`FrameError::Signature`].
    pub fn new(frame: Frame, key: PublicKey, signature: Signature) -> Result<SignedFrame, FrameError> {
        eddsa::verify(&key, &frame.message(), &signature)
            .map_err(|reason| FrameError::Signature { reason })?;
        Ok(SignedFrame { frame, key, signature })
    }

    /// Puts the parts together unchecked.
    ///
    /// # Security
    /// For tests and hostile vectors only: it feeds bad signatures to the circuits.
    pub fn insecure_unverified(frame: Frame, key: PublicKey, signature: Signature) -> SignedFrame {
        SignedFrame { frame, key, signature }
    }

    /// What was signed.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Who signed it.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The signature over [`Frame::message`].
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The signature without the samples.
    pub fn seal(&self) -> FrameSeal {
        FrameSeal { summary: *self.frame.summary(), key: self.key, signature: self.signature }
    }
}
