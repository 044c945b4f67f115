//! What is called of the contracts that hold state, and their errors. Tests compare errors, structs, functions and constructors with the
//! sources, type by type in their order, and structs by names, too.

#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "made by `sol!`")]

alloy_sol_types::sol! {
    struct Aggregate {
        uint256 registryRoot;
        uint256 policyId;
        uint32 epoch;
        uint8 chunkBits;
        uint32 chunk;
        uint32 count;
        int64 sum;
        uint128 sumOfSquares;
        uint64 minimum;
        uint64 maximum;
    }

    struct Survey {
        uint256 registryRoot;
        uint256 policyId;
        uint32 epoch;
        uint8 chunkBits;
        uint32 chunk;
        uint32 devices;
        uint32 counted;
        uint32 leftOut;
        int64 sum;
        uint64 minimum;
        uint64 maximum;
        uint128 sumOfSquares;
    }

    struct PrivateSum {
        uint256 registryRoot;
        uint256 policyId;
        uint256 seal;
        uint256 beacon;
        uint32 epoch;
        uint8 chunkBits;
        uint32 chunk;
        uint32 count;
        int64 sum;
    }

    #[derive(Debug, PartialEq, Eq)]
    struct Terms {
        uint256 fenceRoot;
        int64 low;
        int64 high;
        uint32 maxAccuracyMm;
        uint48 originMs;
        uint40 lengthMs;
        uint24 k;
        uint32 schema;
        uint8 channel;
        uint24 deviceClass;
        uint8 outputs;
    }

    #[derive(Debug, PartialEq, Eq)]
    struct OfSurvey {
        Terms common;
        uint16 leastSamples;
        uint16 mostLeftOut;
        uint40 leastSpread;
        uint40 largestStep;
    }

    #[derive(Debug, PartialEq, Eq)]
    struct OfPrivate {
        Terms common;
        uint8 scaleBits;
    }

    struct SealingOf {
        address beacon;
        uint64 windowMs;
    }

    struct Setup {
        address router;
        address registry;
        address owner;
        address guardian;
        uint64 windowMs;
        uint32 minCount;
        uint8 chunkBits;
        uint8 decimals;
    }

    struct Round {
        int96 sum;
        uint32 count;
        uint24 chunks;
        uint40 updatedAt;
        bool isFinal;
        bool voided;
    }

    contract VerifierRouter {
        constructor(address owner, address guardian);
        function add(address verifier, bytes32 codeHash);
        function freeze(bytes32 keyId, string reason);
        function freezeByProof(bytes32 keyId, bytes proof, uint256[] words);
    }

    contract SensorRegistry {
        constructor(address owner, address registrar, address guardian, uint256 delay);
        function post(uint256 root, bytes32 parent, bytes ops);
        function veto(uint256 from, string reason);
        function findRoot(uint256 ms) returns (uint256 index, uint256 root);
    }

    contract AggregateFeed {
        constructor(Setup setup, Terms terms, string description);
        function POLICY_ID() returns (uint256);
        function setAggregator(address aggregator, uint32 from, uint32 until);
        function submit(bytes32 keyId, bytes proof, Aggregate inputs, address aggregator, uint256 rootIndex);
        function submitBatch(bytes32 keyId, bytes proofs, Aggregate[] inputs, address aggregator, uint256 rootIndex);
        function round(uint32 epoch) returns (Round);
        function chunk(uint32 epoch, uint32 index) returns (int256 sum, uint32 count);
    }

    contract MockVerifier {
        constructor(string family, string shape, uint256 inputs);
    }

    contract SurveyFeed {
        constructor(Setup setup, OfSurvey terms, string description);
        function submit(bytes32 keyId, bytes proof, Survey inputs, address aggregator, uint256 rootIndex);
        function submitBatch(bytes32 keyId, bytes proofs, Survey[] inputs, address aggregator, uint256 rootIndex);
        function devices(uint32 epoch) returns (uint32);
        function devicesOf(uint32 epoch, uint32 index) returns (uint32);
    }

    contract PrivateFeed {
        constructor(Setup setup, SealingOf sealing, OfPrivate terms, string description);
        function seal(uint32 epoch, uint32 index, uint256 sealId);
        function submit(bytes32 keyId, bytes proof, PrivateSum inputs, address aggregator, uint256 rootIndex);
        function deadlineOf(uint32 epoch) returns (uint256);
        function sealOf(uint32 epoch, uint32 index) returns (uint256 sealId, address aggregator);
    }

    contract BlockBeacon {
        function draw(uint256 momentMs) returns (uint256 number);
        function recordBeacon(uint256 momentMs) returns (uint256 beacon);
        function drawnOf(uint256 momentMs) returns (uint256);
        function beaconOf(uint256 momentMs) returns (uint256);
    }

    contract MeanAdapter {
        constructor(address feed, uint8 statistic, uint8 extra);
        function latestRoundData() returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
    }

    contract HeatCover {
        constructor(
            address feed, uint32 epoch, int64 threshold, uint32 minCount, uint256 grace, address insured, address insurer
        );
        function settle();
        function refund();
    }

    contract Refusals {
        error OwnableUnauthorizedAccount(address account);
        error OwnableInvalidOwner(address owner);
        error NotGuardian(address wanted, address came);
        error NotGuardianOrOwner(address guardian, address owner, address came);
        error OwnerStays();

        error CodeOther(bytes32 wanted, bytes32 came);
        error KeyInsecure(bytes32 keyId, uint256 chainId);
        error KeyKnown(bytes32 keyId, address verifier);
        error RouteUnknown(bytes32 keyId);
        error RouteFrozen(bytes32 keyId);
        error RouteFamily(bytes32 wanted, bytes32 came);
        error ProofPossible(bytes32 family);

        error DelayOther(uint256 most, uint256 came);
        error NotRegistrar(address wanted, address came);
        error RootOutOfRange(uint256 root);
        error ParentOther(bytes32 wanted, bytes32 came);
        error OpsTooLong(uint256 most, uint256 came);
        error PostUnknown(uint256 index, uint256 length);
        error PostActive(uint256 index, uint256 activeAt);
        error TimeAhead(uint256 ms, uint256 nowMs);
        error IndexOther(uint256 ms, uint256 index);
        error NoRoot(uint256 ms);

        error RouterMissing(address router);
        error DelayShort(uint256 least, uint256 came);
        error WindowOther(uint256 most, uint256 came);
        error MinCountOther(uint32 least, uint32 came);
        error ChunkBitsOther(uint8 came);
        error TooLate(uint32 least, uint32 came);
        error ChunkBitsPending(uint32 fromEpoch);
        error NotVoidable(uint32 epoch);
        error ValuesOther(int64 low, int64 high);
        error AccuracyZero();
        error EpochsOther(uint48 originMs, uint40 lengthMs);
        error KOther(uint24 least, uint24 came);
        error DeviceClassOther(uint24 came);
        error ChannelOther(uint8 came);
        error LowOther(int64 least, int64 came);
        error SamplesZero();
        error SpreadOther(uint256 most, uint40 came);
        error StepZero();
        error ScaleOther(uint8 most, uint8 came);
        error NothingToHide(int64 value);
        error OutputsOther(uint8 came);
        error BeaconMissing(address beacon);
        error SealWindowOther(uint256 most, uint256 came);

        error FeedPaused();
        error WindowShut(uint256 end, uint256 shut);
        error AggregatorUnknown(address aggregator, uint32 epoch);
        error PolicyOther(uint256 wanted, uint256 came);
        error ChunkOther(uint8 wantedBits, uint8 bits, uint32 chunk);
        error TooFew(uint32 wanted, uint32 came);
        error RootOther(uint256 wanted, uint256 came);
        error NotMore(uint32 stored, uint32 came);
        error BatchOrder(uint256 index);
        error SealShut(uint256 end, uint256 deadline);
        error SealOutOfRange(uint256 seal);
        error IsSealed(uint256 seal);
        error SealOther(uint256 wanted, uint256 came);
        error SealerOther(address wanted, address came);
        error BeforeDeadline(uint256 deadline);
        error BeaconOther(uint256 wanted, uint256 came);
        error IsReleased(uint32 epoch, uint32 chunk);
        error BeaconUnknown(uint256 momentMs);
        error MomentAhead(uint256 momentMs, uint256 nowMs);
        error IsDrawn(uint256 momentMs);
        error NotDrawn(uint256 momentMs);
        error BlockOther(uint256 first, uint256 last, uint256 number);
        error NoData();
        error NotFinal(uint32 epoch, uint256 finalAt);
        error EpochIsVoid(uint32 epoch);

        error StatisticMissing(uint8 statistic);
        error DecimalsOther(uint256 most, uint256 came);
        error NotOfOneDevice(uint24 k, uint8 outputs);
        error GateShut(uint256 start, uint256 shut);
        error NullifierUsed(uint256 nullifier);
        error MockOnRealChain(uint256 chainId);

        error EpochHasBegun(uint256 startMs);
        error IsSettled();
        error TooEarly(uint256 time);
        error NoAnswer();
        error HasAnswer();
        error PaymentRefused(address payee);
    }
}

#[cfg(test)]
mod tests {
    use crate::model::StatementContract;
    use crate::source::STATE;
    use zksensor_model::claim::ClaimFamily;
    use zksensor_model::claim::aggregate::Aggregate;
    use zksensor_model::claim::private_sum::PrivateSum;
    use zksensor_model::claim::survey::Survey;

    /// What stands here for a type of the sources.
    const NAMES: [(&str, &str); 14] = [
        ("AggregateV2Inputs", "Aggregate"),
        ("SurveyV1Inputs", "Survey"),
        ("PrivateSumV1Inputs", "PrivateSum"),
        ("PolicyTerms", "Terms"),
        ("SurveyTerms", "OfSurvey"),
        ("PrivateTerms", "OfPrivate"),
        ("FeedSetup", "Setup"),
        ("SealSetup", "SealingOf"),
        ("IAggregateFeed", "address"),
        ("IBeacon", "address"),
        ("IStatementVerifier", "address"),
        ("SensorRegistry", "address"),
        ("VerifierRouter", "address"),
        ("Statistic", "uint8"),
    ];

    fn words(text: &str) -> Vec<String> {
        let named = |word: &str| {
            let known = NAMES.iter().find(|(of, _)| *of == word);
            known.map_or(word, |(_, here)| *here).to_owned()
        };
        text.split_whitespace().map(named).collect()
    }

    /// Types and names of a struct's fields.
    fn fields(text: &str, name: &str) -> Option<Vec<Vec<String>>> {
        let (_, body) = text.split_once(&format!("struct {name} {{"))?;
        let lines = body.split_once('}')?.0.lines().map(str::trim);
        Some(lines.filter_map(|line| line.strip_suffix(';')).map(words).collect())
    }

    /// Types of what a function or a constructor takes.
    fn parameters(text: &str, head: &str) -> Vec<Vec<String>> {
        let declared = text.match_indices(head).map(|(at, _)| {
            let list = text[at + head.len()..].split_once(')').unwrap().0;
            let kind = |one: &str| {
                words(one).first().map(|kind| {
                    kind.replace("AggregateV2Inputs", "Aggregate").replace("SurveyV1Inputs", "Survey")
                })
            };
            list.split(',').filter_map(kind).collect()
        });
        declared.collect()
    }

    fn ours() -> &'static str {
        include_str!("abi.rs").split_once("\n#[cfg(test)]").unwrap().0
    }

    #[test]
    fn structs_are_those_of_the_sources() {
        let titles = [Aggregate::id_of(Vec::new()), Survey::id_of(Vec::new()), PrivateSum::id_of(Vec::new())]
            .map(|id| id.title());
        let libraries =
            titles.map(|title| StatementContract::named(&title).unwrap().render_library("a test").unwrap());
        let sources: Vec<&str> =
            STATE.iter().map(|(_, text)| *text).chain(libraries.iter().map(String::as_str)).collect();
        let pairs = [
            ("AggregateV2Inputs", "Aggregate"),
            ("SurveyV1Inputs", "Survey"),
            ("PrivateSumV1Inputs", "PrivateSum"),
            ("PolicyTerms", "Terms"),
            ("SurveyTerms", "OfSurvey"),
            ("PrivateTerms", "OfPrivate"),
            ("FeedSetup", "Setup"),
            ("SealSetup", "SealingOf"),
            ("Round", "Round"),
        ];
        for (of, here) in pairs {
            let declared: Vec<_> = sources.iter().filter_map(|text| fields(text, of)).collect();
            let wanted = fields(ours(), here).unwrap();
            assert!(wanted.len() > 1 && !declared.is_empty(), "{of}");
            assert!(declared.iter().all(|fields| *fields == wanted), "{of}: {declared:?}, here {wanted:?}");
        }
    }

    #[test]
    fn functions_and_constructors_are_those_of_the_sources() {
        let mut compared = 0;
        let (_, base) = STATE.iter().find(|(path, _)| path.ends_with("/StatementFeed.sol")).unwrap();
        for contract in ours().split("\n    contract ").skip(1) {
            let name = contract.split_once(' ').unwrap().0;
            let Some((_, source)) = STATE.iter().find(|(path, _)| path.ends_with(&format!("/{name}.sol")))
            else {
                assert_eq!(name, "Refusals");
                continue;
            };
            let functions = contract
                .match_indices("function ")
                .map(|(at, _)| &contract[at..at + contract[at..].find('(').unwrap() + 1]);
            let made = source.contains("constructor(").then_some("constructor(");
            assert_eq!(made.is_some(), contract.contains("constructor("), "{name}");
            for head in functions.chain(made) {
                let [wanted] = &parameters(contract, head)[..] else { panic!("{name}: {head}") };
                // What feeds have in common is written in what both are.
                let (of, common) = (parameters(source, head), parameters(base, head));
                let is_feed = name.ends_with("Feed") && of.is_empty();
                let declared = if is_feed { common } else { of };
                // A constant is read by a function that no source writes out.
                let constant = head.strip_prefix("function ").and_then(|head| head.strip_suffix('('));
                let is_constant = wanted.is_empty()
                    && constant.is_some_and(|name| base.contains(&format!("immutable override {name};")));
                assert!(
                    declared == [wanted.clone()] || is_constant,
                    "{name}: {head}: {declared:?}, here {wanted:?}"
                );
                compared += 1;
            }
        }
        assert!(compared > 12, "{compared}");
    }
}
