//! What is called of the contracts here, and their events. A test compares each with the interfaces that are checked in.

#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "made by `sol!`")]

alloy_sol_types::sol! {
    #[derive(Debug)]
    struct Round {
        int96 sum;
        uint32 count;
        uint24 chunks;
        uint40 updatedAt;
        bool isFinal;
        bool voided;
    }

    contract VerifierRouter {
        function owner() returns (address);
        function guardian() returns (address);
        function routeOf(bytes32 keyId) returns (address verifier, bool frozen);
    }

    contract SensorRegistry {
        event RootPosted(uint256 indexed index, uint256 root, bytes32 parent, bytes32 digest, uint256 activeAt, bytes ops);
        event RootsVetoed(uint256 indexed from, uint256 length, string reason);
        function DELAY() returns (uint256);
        function MAX_OPS() returns (uint256);
        function owner() returns (address);
        function guardian() returns (address);
        function registrar() returns (address);
        function length() returns (uint64);
        function head() returns (bytes32);
        function postAt(uint256 index) returns (uint256 root, bytes32 digest, uint256 activeAt);
        function findRoot(uint256 ms) returns (uint256 index, uint256 root);
    }

    contract AggregateFeed {
        function POLICY_ID() returns (uint256);
        function ORIGIN() returns (uint256);
        function LENGTH() returns (uint256);
        function WINDOW() returns (uint256);
        function MIN_COUNT() returns (uint32);
        function ROUTER() returns (address);
        function REGISTRY() returns (address);
        function OUTPUTS() returns (uint8);
        function decimals() returns (uint8);
        function description() returns (string);
        function owner() returns (address);
        function pendingOwner() returns (address);
        function guardian() returns (address);
        function paused() returns (bool);
        function aggregatorOf(address aggregator) returns (uint32 from, uint32 until);
        function chunkBitsOf(uint32 epoch) returns (uint8);
        function chunk(uint32 epoch, uint32 index) returns (int256 sum, uint32 count);
        function finalAt(uint32 epoch) returns (uint256);
        function round(uint32 epoch) returns (Round);
        function latest() returns (uint32 epoch, Round found);
    }

    contract SurveyFeed {
        function devicesOf(uint32 epoch, uint32 index) returns (uint32);
    }

    contract IStatementVerifier {
        function KEY_ID() returns (bytes32);
        function STATEMENT_ID() returns (bytes32);
        function INSECURE() returns (bool);
    }

    contract MeanAdapter {
        function FEED() returns (address);
        function STATISTIC() returns (uint8);
        function decimals() returns (uint8);
    }

    /// Of OpenZeppelin: an owner who decides after a time.
    contract TimelockController {
        function getMinDelay() returns (uint256);
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;
    use serde_json::Value;
    use std::collections::BTreeMap;
    use std::path::Path;

    /// Name and types of what an interface takes or returns.
    fn types(list: &Value) -> String {
        let kind = |part: &Value| match part["components"].is_array() {
            true => {
                part["type"].as_str().unwrap().replace("tuple", &format!("({})", types(&part["components"])))
            }
            false => part["type"].as_str().unwrap().to_owned(),
        };
        list.as_array().unwrap().iter().map(kind).collect::<Vec<_>>().join(",")
    }

    /// Of each function and event of a contract: what it takes and returns.
    fn checked_in(name: &str) -> Option<BTreeMap<String, (String, String)>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../abi/{name}.json"));
        let abi: Value = serde_json::from_str(&std::fs::read_to_string(path).ok()?).unwrap();
        let list = abi.as_array().unwrap().iter();
        let named = list.filter(|item| item["type"] == "function" || item["type"] == "event");
        Some(
            named
                .map(|item| {
                    let outputs =
                        if item["type"] == "event" { String::new() } else { types(&item["outputs"]) };
                    (item["name"].as_str().unwrap().to_owned(), (types(&item["inputs"]), outputs))
                })
                .collect(),
        )
    }

    /// Types of a list as it is written here.
    fn written(list: &str) -> String {
        let kind = |part: &str| {
            let kind = part.split_whitespace().next().unwrap_or_default();
            if kind == "Round" {
                "(int96,uint32,uint24,uint40,bool,bool)".to_owned()
            } else {
                kind.to_owned()
            }
        };
        list.split(',').map(kind).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn everything_is_as_in_the_interfaces() {
        let ours = include_str!("abi.rs").split_once("\n#[cfg(test)]").unwrap().0;
        let mut compared = 0;
        for contract in ours.split("\n    contract ").skip(1) {
            let name = contract.split_once(' ').unwrap().0;
            let Some(interface) = checked_in(name) else {
                assert_eq!(name, "TimelockController");
                continue;
            };
            for line in contract.lines().map(str::trim).filter(|line| line.ends_with(");")) {
                let (kind, rest) = line.split_once(' ').unwrap();
                let (item, rest) = rest.split_once('(').unwrap();
                let (inputs, rest) = rest.split_once(')').unwrap();
                let outputs = rest.trim().trim_start_matches("returns (").trim_end_matches(");");
                let outputs = if kind == "event" { "" } else { outputs };
                let wanted = interface.get(item).unwrap_or_else(|| panic!("{name} has no {item}"));
                assert_eq!((written(inputs), written(outputs)), *wanted, "{name}: {item}");
                compared += 1;
            }
        }
        assert!(compared > 35, "{compared}");
        // OpenZeppelin's, as its documentation has it.
        assert_eq!(keccak256("getMinDelay()")[..4], [0xf2, 0x7a, 0x0c, 0x92]);
    }
}
