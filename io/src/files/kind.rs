//! What kinds of files there are, how to tell them apart and how large they may be.

use std::fmt;

use zksensor_verifier::names;

use super::{format, parts};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// What a prover needs.
    ProvingKey,
    /// What a verifier needs.
    VerifyingKey,
    /// What a prover of halo2 needs.
    Halo2ProvingKey,
    /// What a verifier of halo2 needs.
    Halo2VerifyingKey,
    /// What mocks are made and verified with, which are no proofs.
    MockKey,
    /// The parameters of halo2, which circuits of as many rows share.
    Srs,
    /// Every device of a network.
    Registry,
    /// A proof with its public inputs.
    Proof,
    /// A proof of halo2 with its public inputs.
    Halo2Proof,
    /// What stands in the place of a proof, with its public inputs, and proves nothing.
    MockProof,
    /// The secrets of a device.
    DeviceKey,
    /// What opens the commitment of a reading.
    Opening,
    /// What was sealed of a private sum, until it is released.
    Seal,
    /// A table of readings that are not signed yet.
    Table,
    /// Signed readings, one a line.
    Readings,
    /// Signed frames of samples, one a line.
    Frames,
    /// The public part of a device: what is enrolled.
    Leaf,
    /// One device's place in a registry.
    Membership,
    /// A policy in TOML.
    Policy,
    /// A project's own schema in TOML.
    Schema,
    /// A fence, in any of the formats that outlines have.
    Fence,
    /// The triangles of a fence, with its root.
    FenceTriangles,
    /// The Solidity source of a contract.
    ContractSource,
    /// What is beside the sources in a package of contracts.
    ContractPackage,
    /// What the transaction that deploys a contract carries.
    Deployment,
    /// What a call to a verifier carries.
    Calldata,
    /// The compiler's input for a contract.
    CompilerInput,
    /// A page that shows a proof, with the private places behind it.
    Page,
    /// A page that shows a proof to everybody.
    Report,
    /// What was measured, as a page or a chart.
    Figures,
    /// Where the public fields of a statement lie.
    Layout,
    /// A key, a proof or public signals in the JSON of snarkjs.
    Snarkjs,
    /// What a base station sends: messages of RTCM 3.
    Rtcm,
    /// The rows of a circuit, as circom's tools have them.
    Circuit,
    /// Powers of tau, as circom's tools have them.
    Powers,
    /// A key of a ceremony, as circom's tools have it.
    CeremonyKey,
    /// Parts of the first key of a ceremony, of a run that did not come to its end.
    CeremonyParts,
    /// What a ceremony was: its transcript, and what shows it.
    CeremonyRecord,
    /// A file of a project that is begun.
    Project,
    /// What somebody types so that nobody can guess a contribution to a ceremony.
    Typed,
}

const MIB: u64 = 1 << 20;

impl Kind {
    /// As many bytes as a file of secrets has at most: in so many [`Kind::of`] sees each of them.
    pub const HEAD: u64 = MIB / 16;

    /// The most bytes that a file of this kind may have; of readings and of frames, one line.
    pub fn limit(self) -> u64 {
        match self {
            Kind::ProvingKey | Kind::Halo2ProvingKey | Kind::Srs => 8192 * MIB,
            Kind::Registry => 1024 * MIB,
            Kind::Fence | Kind::Page | Kind::Report | Kind::Figures | Kind::CeremonyRecord => 16 * MIB,
            Kind::FenceTriangles
            | Kind::VerifyingKey
            | Kind::Halo2VerifyingKey
            | Kind::Membership
            | Kind::Frames
            | Kind::Policy
            | Kind::Schema
            | Kind::Proof
            | Kind::Halo2Proof
            | Kind::MockProof
            | Kind::Rtcm
            | Kind::Layout
            | Kind::Snarkjs => MIB,
            Kind::ContractSource
            | Kind::ContractPackage
            | Kind::Deployment
            | Kind::Calldata
            | Kind::CompilerInput
            | Kind::Project => MIB,
            Kind::DeviceKey | Kind::Opening | Kind::Seal | Kind::Typed | Kind::MockKey => Kind::HEAD,
            Kind::Readings | Kind::Leaf => MIB / 16,
            Kind::Table | Kind::Circuit | Kind::Powers | Kind::CeremonyKey | Kind::CeremonyParts => u64::MAX,
        }
    }

    /// The kind that bytes begin like, if it is one that says so. JSON says so by its member `format`, which may be anywhere
    /// in what is given here: at least [`Kind::HEAD`] bytes of a file, if it has so many.
    pub fn of(head: &[u8]) -> Option<Kind> {
        const MAGICS: [(&[u8], Kind); 11] = [
            (names::GROTH16_PROVING_KEY, Kind::ProvingKey),
            (names::GROTH16_VERIFYING_KEY, Kind::VerifyingKey),
            (names::HALO2_PROVING_KEY, Kind::Halo2ProvingKey),
            (names::HALO2_VERIFYING_KEY, Kind::Halo2VerifyingKey),
            (names::HALO2_PARAMETERS, Kind::Srs),
            (names::MOCK_KEY, Kind::MockKey),
            (b"zksensor registry", Kind::Registry),
            (b"r1cs\x01\0\0\0", Kind::Circuit),
            (b"ptau\x01\0\0\0", Kind::Powers),
            (b"zkey\x01\0\0\0", Kind::CeremonyKey),
            (parts::MAGIC, Kind::CeremonyParts),
        ];
        if let Some((_, kind)) = MAGICS.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Some(*kind);
        }
        let format = format::of(head)?;
        let format = format.strip_prefix("zksensor-")?;
        [
            ("proof/", Kind::Proof),
            ("halo2-proof/", Kind::Halo2Proof),
            ("mock-proof/", Kind::MockProof),
            ("fence/", Kind::FenceTriangles),
            ("device-key/", Kind::DeviceKey),
            ("opening/", Kind::Opening),
            ("seal/", Kind::Seal),
            ("readings/", Kind::Readings),
            ("frames/", Kind::Frames),
            ("layout/", Kind::Layout),
        ]
        .iter()
        .find(|(name, _)| format.starts_with(name))
        .map(|(_, kind)| *kind)
    }

    /// The kind of a file of Groth16 that holds what a file of this one holds of halo2; `None` for any other.
    pub fn of_groth16(self) -> Option<Kind> {
        Kind::OF_BOTH.iter().find(|(_, halo2)| *halo2 == self).map(|(groth16, _)| *groth16)
    }

    /// The other way round: the kind of a file of halo2 that holds what a file of this one holds of Groth16; `None` for any other.
    pub fn of_halo2(self) -> Option<Kind> {
        Kind::OF_BOTH.iter().find(|(groth16, _)| *groth16 == self).map(|(_, halo2)| *halo2)
    }

    /// What there is of both proof systems: the kind of Groth16, and that of halo2.
    const OF_BOTH: [(Kind, Kind); 3] = [
        (Kind::ProvingKey, Kind::Halo2ProvingKey),
        (Kind::VerifyingKey, Kind::Halo2VerifyingKey),
        (Kind::Proof, Kind::Halo2Proof),
    ];

    /// Whether this one is wanted and the other the same of another proof system.
    pub(super) fn is_other_system(self, other: Kind) -> bool {
        self.is_snarkjs_and_not(other) || self.of_groth16() == Some(other) || self.of_halo2() == Some(other)
    }

    /// Whether this one is snarkjs's, whose files are of Groth16, and the other is of halo2.
    pub(super) fn is_snarkjs_and_not(self, other: Kind) -> bool {
        self == Kind::Snarkjs && other.of_groth16().is_some()
    }

    /// Whether it has to do with mocks, which prove nothing.
    pub fn is_mock(self) -> bool {
        matches!(self, Kind::MockKey | Kind::MockProof)
    }

    /// Whether whoever reads the file can act as somebody, or see what was hidden.
    pub fn is_secret(self) -> bool {
        matches!(self, Kind::DeviceKey | Kind::Opening | Kind::Seal | Kind::Page | Kind::Typed)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::ProvingKey => "a proving key",
            Kind::VerifyingKey => "a verifying key",
            Kind::Halo2ProvingKey => "a proving key of halo2",
            Kind::Halo2VerifyingKey => "a verifying key of halo2",
            Kind::MockKey => "a key of mocks",
            Kind::Srs => "parameters (SRS) of halo2",
            Kind::Registry => "a registry",
            Kind::Proof => "a proof",
            Kind::Halo2Proof => "a proof of halo2",
            Kind::MockProof => "a mock, which proves nothing",
            Kind::DeviceKey => "a device key",
            Kind::Opening => "the opening of a commitment",
            Kind::Seal => "the seal of a private sum",
            Kind::Table => "a table",
            Kind::Readings => "signed readings",
            Kind::Frames => "signed frames",
            Kind::Leaf => "a device's leaf",
            Kind::Membership => "a membership",
            Kind::Policy => "a policy",
            Kind::Schema => "a schema",
            Kind::Fence => "a fence",
            Kind::FenceTriangles => "the triangles of a fence",
            Kind::ContractSource => "the source of a contract",
            Kind::ContractPackage => "a file of a package of contracts",
            Kind::Deployment => "a deployment",
            Kind::Calldata => "calldata",
            Kind::CompilerInput => "a compiler's input",
            Kind::Page => "a page",
            Kind::Report => "a report",
            Kind::Figures => "measured figures",
            Kind::Layout => "a layout of public inputs",
            Kind::Snarkjs => "a file of snarkjs",
            Kind::Rtcm => "a log of RTCM 3",
            Kind::Circuit => "a circuit (.r1cs)",
            Kind::Powers => "powers of tau (.ptau)",
            Kind::CeremonyKey => "a key of a ceremony (.zkey)",
            Kind::CeremonyParts => "parts of the first key of a ceremony",
            Kind::CeremonyRecord => "the record of a ceremony",
            Kind::Project => "a project",
            Kind::Typed => "what somebody typed",
        })
    }
}
