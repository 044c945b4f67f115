//! What is called of the contracts that hold state, and their errors. A test compares the errors with those of the sources, name by name
//! and type by type; calls that are not those of the sources would revert.

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
    }

    contract SensorRegistry {
        constructor(address owner, address registrar, address guardian, uint256 delay);
        function post(uint256 root, bytes32 parent, bytes ops);
        function veto(uint256 from, string reason);
    }

    contract AggregateFeed {
        constructor(Setup setup, Terms terms, string description);
        function POLICY_ID() returns (uint256);
        function setAggregator(address aggregator, uint32 from, uint32 until);
        function submit(bytes32 keyId, bytes proof, Aggregate inputs, address aggregator, uint256 rootIndex);
        function submitBatch(bytes32 keyId, bytes proofs, Aggregate[] inputs, address aggregator, uint256 rootIndex);
        function pause();
        function unpause();
        function void(uint32 epoch, string reason);
        function round(uint32 epoch) returns (Round);
        function latest() returns (uint32 epoch, Round round);
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

        error FeedPaused();
        error WindowShut(uint256 end, uint256 shut);
        error AggregatorUnknown(address aggregator, uint32 epoch);
        error PolicyOther(uint256 wanted, uint256 came);
        error ChunkOther(uint8 wantedBits, uint8 bits, uint32 chunk);
        error TooFew(uint32 wanted, uint32 came);
        error RootOther(uint256 wanted, uint256 came);
        error NotMore(uint32 stored, uint32 came);
        error BatchOrder(uint256 index);
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
