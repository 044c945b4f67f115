// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the preimage `policy` by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {SCALAR_ORDER} from "../core/Field.sol";

/// @title Poseidon of 5 field elements under the tag `zksensor/policy/v2`
/// @notice The hash of circuits and native code, with circomlib's constants. For constructors: it costs too much for more.
/// @dev Of a partial round only the first constant is left: the others pass its S-box untouched, and went through the matrix
/// into the next round's. The tag is the capacity element, which is lane 0.
library PolicyPoseidon {
    /// The tag, read as a big-endian integer.
    uint256 private constant TAG = 0x00000000000000000000000000007a6b73656e736f722f706f6c6963792f7632;
    /// Rounds: the first and the last 4 are full ones.
    uint256 private constant ROUNDS = 68;
    /// The first partial round, and the first full one behind them.
    uint256 private constant PARTIAL_FROM = 4;
    uint256 private constant PARTIAL_TO = 64;
    /// Bytes of a state, and of the constants before the matrix.
    uint256 private constant STATE = 192;
    uint256 private constant CONSTANTS = 3456;

    /// @notice The digest of these elements.
    /// @param lanes Each below r
    function hash(uint256[5] memory lanes) internal pure returns (uint256 digest) {
        bytes memory table = _table();
        uint256[12] memory states;
        states[0] = TAG;
        for (uint256 i = 0; i < 5; i++) {
            states[i + 1] = lanes[i];
        }
        assembly ("memory-safe") {
            // Two states: one is read while the other is written, and then they change places.
            let state := states
            let other := add(states, STATE)
            // The constant that comes next, and the matrix by rows.
            let at := add(table, 32)
            let matrix := add(at, CONSTANTS)
            for { let round := 0 } lt(round, ROUNDS) { round := add(round, 1) } {
                // A partial round takes its constant and x^5 on lane 0 alone.
                let end := add(state, STATE)
                if and(iszero(lt(round, PARTIAL_FROM)), lt(round, PARTIAL_TO)) { end := add(state, 32) }
                for { let lane := state } lt(lane, end) { lane := add(lane, 32) } {
                    let x := addmod(mload(lane), mload(at), SCALAR_ORDER)
                    let squared := mulmod(x, x, SCALAR_ORDER)
                    mstore(lane, mulmod(x, mulmod(squared, squared, SCALAR_ORDER), SCALAR_ORDER))
                    at := add(at, 32)
                }
                // Each lane of the other state: a row of the matrix times the state.
                let row := matrix
                for { let i := 0 } lt(i, STATE) { i := add(i, 32) } {
                    let sum := 0
                    for { let j := 0 } lt(j, STATE) { j := add(j, 32) } {
                        sum := addmod(sum, mulmod(mload(row), mload(add(state, j)), SCALAR_ORDER), SCALAR_ORDER)
                        row := add(row, 32)
                    }
                    mstore(add(other, i), sum)
                }
                let read := state
                state := other
                other := read
            }
            digest := mload(state)
        }
    }

    /// The constants in the order of their use, then the matrix by rows.
    function _table() private pure returns (bytes memory) {
        return hex"1448614598e00f98e7ae7dea45fbd83bd968653ef8390cde2e86b706ad40c651"
            hex"0ab7b291388e5c9e43c0dc1f591fb83ecdb65022e1b70af43b8a7b40c1dff7c3"
            hex"2b7cbb217896f52c9a8c088e654af21e84cde754a3cef5b15c4d5466612d6adf"
            hex"2bc6b0ddbe1d701b6570428bdc1ca1bf0da59ff3bbbb95fc2bc71c0c6e67a65c"
            hex"123a55a31980384f3d20b2cecbc44ed60c38c11f7d20e9271efab9a905eefd3c"
            hex"037501cc8c9dc819309a769f4df098e588b01858bc8eb7e279e2883be9fb8c53"
            hex"1c2116e47e03a86bb11695b0a5f6dab6b9a460b1eb951ab01c259eca3fd47d51"
            hex"2c18213489032e85a9c8cb8e9a65839bfaed13e57bc0fae49dbdaebf54f56f93"
            hex"2ee8fed3d4d2c71a0429eafd8e5db1718f29e2227985fdf2ad8703c835b9e031"
            hex"28c64d8f5ed7aac004c92029d9e9bf91ba9436d1cce94b9316d111c70a0c1714"
            hex"18a01d9ffb747ae0de3e83c707f8b24f682c84f15abf571b34254a03478665e0"
            hex"1c21d92bef197e73b234e4777b60db14e642a56cee71515d54e1ac71cde72bd3"
            hex"0ad404ccbcb1e195897cb60c80981ebb9d66a6677dbbedad8b6455fe62d807b1"
            hex"0a9b6de833064f93b6adb99af6c005945cb654cb7bd14c8b97af8b60cc1fb387"
            hex"13129e3f930aed6d47690331ff09dc5160efa58ddce2c3e6180d45bec3aa3a6f"
            hex"0d7a614c8991508ab1ce4895813bb1c82f18bf7bfc9e280ccca18079839387f1"
            hex"0532f7ec36e30041b0486986875c913a49bddf2f5af5febe8c31f2f4094ffea5"
            hex"06bbcb8e8e180201293e712f4950f1b0bbee808c9d64263c84d9d8ae155cb892"
            hex"0f558a4db1a3ac07f61e2e6bee947f73586bf40f211ceb4f687ca5678a9dcb33"
            hex"2be140a60b5b5f2f8edd78a818a969b20c643e419bcf0b577c24a0d0e7acfe98"
            hex"1c49c4b9a9f09f7b9ad5f74ebacc710512b8e867bace27cb0dea06e89b96f631"
            hex"170c1a732721b12cde7f33e476a39a1aa77a81c06e2eac503847b00d597652db"
            hex"19c27d0e52f65ca34f4e31a068e49331c6bfc39d9241f9d4c302041615cf27f1"
            hex"2f1bdc5254f9220c1a731fc5276964dab26b385fa40b6b04bed9960e2543ba08"
            hex"05b42d2fbccbf4d39d2be9339cabe9d0dc6d921e855cd91154b639d28d4a1cf0"
            hex"02a57ec597841b7af6bb2c15136d02dd3284ed95445ee5fb18c8c94c1fc12642"
            hex"2a5e087184dfb25ba6d5627b5b72c73cb9642bd570af6e035486254077315cf8"
            hex"20c1c5f8313fa7339a150138664988c27adc409527370e306cf1ac6638fc7ac2"
            hex"2d54d9d5ac04f5130f017588029427f9d82e8a9a55cabaa64b8cf36071ba5298"
            hex"1b48299e9aac042b5fe7a382730567759a9b4cba92f931b395c4c760b5376d67"
            hex"13c5df8c934479d17316546f9a28447464c87a224935518830493e7c280679d9"
            hex"2b6ed97d0659e356d7e3b026acb0c688cc27b260489196688d0cd5787af549db"
            hex"100d549f7e69393a119e8d65d614d761b6e70fc29fc8bfd1a0fe536a962985ff"
            hex"259ae53a9c98a3836dd45d757d3a728b65c898c32d4dabdd0079fe0134e70953"
            hex"184658bef5899e86519c1645bbe06c712d3fbaaecdf5072d6eafb0653ba8ac5b"
            hex"0d9b29ccd4f14175ca5aad76d44cd2b5d557f3199aadb650071b0aa6e80fd3eb"
            hex"130233d86e2f179f5cdbaaf7b7e67bbfb24ed7b9572b8a45c90140bcf0d18caf"
            hex"19301899b379d8648d56410e9a77e85c3ea7da3f276b424fbe301fdf6e924436"
            hex"18dc523eab2465bbee60aacf190f5dd5de09927aaf0f276a002fd9887fd4e047"
            hex"29f972bdb996981c25d4ac5743d81cf07b2be6a933148c5bfbb47ae73deaf213"
            hex"20b3a21dafb023941e2d39445a4c39e7fce2b7130b24e9abb64bff1c4b928dea"
            hex"0db5d6ef51635ebdb0a8d99240fe447399c7e7aace53be14c55699b18c870833"
            hex"0388351fc916a7f96871f2e78dac05d6dbc67b92fa92d5e4cc6042aaab2e3b78"
            hex"0dce204ff463be58372777ea1194ee74d54b0015119706810787acc52e8f58e0"
            hex"2e366c10c0e5096449960e8f0c4843ca8e3b35b64f0c4aa928e1d4adf1730d42"
            hex"14aa7a383350de3271e2cc2ce77d4070499786a2d0c2261afbb8762d7b575401"
            hex"253def0717c4a3046fbcfae38547107257ea7e6b7a060ed1990ae2b7c5d253b2"
            hex"08d522e9d831b5a1acc3f72c633798e4272dea3b1866b153381dab49040612e2"
            hex"29762c3acadf8ad7ebb4f1e6829bb5a934c601329f8e1d11f03c8c9469e4da32"
            hex"0cf0ff462256d7ac257d897ea858afd78311a899b1d8b7ffb2c56403e9f67c3f"
            hex"2d8bd5a193f01a6023e4d18dfa3f5583140282becd925b763fd874a6829bdc08"
            hex"105342c6d8ff2a2c89460046ceaffcf87e9edca08d55981091348b9735093265"
            hex"26e36ca28958b6be8db38d45a4be7f24724424ce515b8538ff5da1c0dbadccc5"
            hex"09df39a7947b44ae119139dcd929175be78185e664539c3b43c826f14e2e9bc7"
            hex"1f6840920d337ac2ebc04dbba388e9e95bdccfd90e26d9129b79612a24d96db7"
            hex"25c2790d7d94c1e2c71753d23e19818674648c435e50f1efb08c97364116226f"
            hex"129c19bc66372c6f050005b7f59df3f24d995a9700c1171e56148e8c890bc26c"
            hex"06302e0a9d3fee5b05e03d52d9f48df083261cdbac469165235a12b68d0120c6"
            hex"03f434c3ae6118516749f300c2057c304fa0b27953903ef7142c711e87c51540"
            hex"07759c05e52314d2ca911fbdf1cb2ce2bef47e496c77ad0c9826b2521949349d"
            hex"24a084e5fbbe3d9b7e003bb9ad177b01755ce7e5378a8b934b23eafe9c273f7b"
            hex"19bc6c8d09e10f91b1271effb722978063d58c5d7b7753beff806c14545aa206"
            hex"1df0cbb25ce3e97d538e75b7b7a71b2383f74622f8f40e0066898d9e383eda4a"
            hex"0ea9a19e365eddbc3f3be5389a70eb35364a003a83c87d60444603d2d9612b38"
            hex"00b3b601b74801b1c15f5d2df2d54db2eeae19e3a8abb8498ed2a086093e5357"
            hex"0ae15833e4f8b46b03201183501339a7c09a6a09a27ffc489c994b0df3768324"
            hex"0c4b91efcc1758392eb5566acc68ffad0d265eeb2f9004732d68e19e713b55f9"
            hex"2d16a37374a8f5387f56b0e0b0ed5462405fc6481c5b7397ac053bdbf033ba38"
            hex"20215f2e35364215a29a6a23c201efa57ef55797a7227935490e1f7b965dba4b"
            hex"1d363a2a4ba0c9c5910dab8aee6e153fc42be64f2e1ee20f1ecd55a94d5dce33"
            hex"0e39c4b9177d76efc777c30c50038a2b0e6aacf3f655a12f17d2e162e05e802c"
            hex"23eee395fc613a9edb2ca2aecbf6cb3d213f701395837d336053cb3540e714f3"
            hex"1cc34d4d6ff96c4904c17cf32e1adbecae22726c73ed4f9680b9da6205ecefd0"
            hex"0768a9f9b5dc3a9939b1c1209ac74f0520274b97fb689c864700c8b57d496a70"
            hex"2b6d8d1929ca88aefbd5347dff4937094138f407968cb90d13e54472e43354ed"
            hex"1b2e61b7ab48ece369f3d63e551b099e79afb01c52bd444ac899c19bdbd5e5e7"
            hex"18a9074b6fb9275e6168ba4b166a42d8cfacd46921db7ced5f2bc242b7cceedf"
            hex"2c69737d4c0c9edc94bb5133461d1237c83994fb6219497890d369bf159c432f"
            hex"27291b04a9d5ecd6fa18bdbb87b58a64cfb8c575d54f1ed469809807f3154bae"
            hex"185ab1c008c6d2fd5594860aa59fbec514f546a6e1a2aa3d561c8c1e5e19f721"
            hex"170ef28a1802bc5ce71537091d895989d26100d1e4086289fbd4e4f069462c9a"
            hex"0a581bc68219a9260302740cabbbdec06c946da5859cde180c68c83dca9f2613"
            hex"1af2fddfbc56f21ad21c7483070b8174bb3d0f383f3c2605d33a2d28eb7f6842"
            hex"0ddff45972431b0324203dded64f7aac309942b0cfce737f1502129a7d2e6401"
            hex"18e60bdf40bfa6c3f2f641cdedb1d125aa1bf48a1fc6ca29fc1fdcf77716aad1"
            hex"20c23beb320a05d0caa84b45c69d5e6c74735bb753259bba9c44c2fb7bd8affa"
            hex"0d62aaf2398fca2276abef4ce6c6aabc3b844541fe6b5c747218948a90bc2e2f"
            hex"2d63d89510e2b77228628132e7f7d33a5b5a4f5a9be8c35762ff8665d0d28a5a"
            hex"0b95bf29f9682370c734ea3fac76dbf64b2ba70c0066cb7f0c31c0cc5571eb21"
            hex"21d15a0578a1a4dad8cb44a77068cc48053a27d371f73e23d123dbf6ff17910f"
            hex"02174f49edb02d5154d2beca2dc92b9cc595383da1fde8f09e4b5ee3ea5a065e"
            hex"0f64891c2c8b020e46c3594cb758f0bddcdbd09bd0308816fb41734a869872c3"
            hex"192a84ca2f99d36991e2d2b1deff3989d1c156c239e10e9f56140e1854576067"
            hex"29dfcd7b63f05abf2753a8c341d6b7a60c6243b04c9a1b8b3320bba04a4d4787"
            hex"1ee27ad6b9b5a867733afc61a2b3e76a52ba3e4bd5e657ade91fc038819dba5b"
            hex"0ab4773f150c3f8ad3bc9538f43cec395a7e3731ae973fefeb623a09217e64c7"
            hex"13c352a02f595186202cb0b99fa58c5542ab67f9b6d3a0afd103deeff6d80f41"
            hex"2a97cf2c10c4bfbfd299f67c52a169f92c05b7dac56a41c4dd4fe87c8246ce14"
            hex"00becbb47042bd7f8c9f6bb422162d1aed089a28482f7fd16ab06a13285fe702"
            hex"008e44da21d738691b881757ef37ed29c5bd9f7a4450fcf53290a92cc2ca2176"
            hex"2b205a8b6d4b7063d931f3bb5d3464053843fe7fbe4b83c17883f86527882a18"
            hex"2d9e32a7c90556fe108d255ac01e75df338fcd63b2bf84c19280d427298863fc"
            hex"29a322a84c25bd2ddf6e2e4200228d95abd6349a02266ac1dbba520738ceca97"
            hex"0678c9bfc6f2df012f4fe55e33bb68ac14ced1df0d02152792089d046d828c43"
            hex"0faff3a5e7425794fe20a7e0eb615b8b1760394b7f2304286a3ae4009124db23"
            hex"1f8f5b611af9feb9cea86c084058120553e404103aee213f5a41d1d02541c0d3"
            hex"160875d8479602f96f40acc2d042ee52c1588b6a29de4284965a6dc6c930ea07"
            hex"16d87a5183a316a1d70afc951efe2cd667c77328fcfda458cbf5fe3045f46d9e"
            hex"124666f80561ed5916f2f070b1bd248c6d53f44d273d956a0c87b917692a4d18"
            hex"11924f02fd19b09255aaa1cf46ea0518e3d7bfeef47421609491011db0bd0b02"
            hex"247fa7f022304a1994ff505456c2201ef9b717369498d3ffce446601ed9df845"
            hex"03fd7b19ef2c861f22f77ff810f54e277bc94eb76c02d79d986be3dcdf051c3f"
            hex"18bd41239c3e71579a677443ecffbd555a81eeeea69352a68b67c8563c0c2a06"
            hex"2d78c3a5d28de9ff35bf0a257635196e5730ca7f40493277078cd75da8b4ebdc"
            hex"0a514a5c227f4cec95dfa029e8dd124c34895aa46bb27c0911f3780d5015540a"
            hex"192e16d17d956b257b85a652eefdf2ee09589eac5be80915775723d2cb1da06d"
            hex"298ce0c1e3113bb935c7058e7772b533b1aa9db0c0926bdc8917e5605ca3ac10"
            hex"094cb4e83621afd271e41bc71727f0158ebd612239ac9d698b17fe4be05b7fc8"
            hex"03d880395be93c27d649af5fd142e76b33918cb8841d5a28173bd5cf7d328791"
            hex"28eeae6b5866ad68e443bbaf91680db7d7e2b3037e38fef61b42cbccffceca81"
            hex"278bb49a7b4e44aea46eb0f882cb692801a6e60fdd5b5c23c63cd65ccce4fe0a"
            hex"063edec1bed831f506af8db648d6fdea145345887e8bdcff109035a1d9b674d7"
            hex"1baef1cb5509b526a42061fb53657f99b3232500e855192cbe8c940e068c475f"
            hex"1324564ac7bdf9e22164e9858d7fa8e368b165eaea3daf4eb67ee59c0df2e5d4"
            hex"005761b8c6aecb1a8ca4ea4dfc2c8376064a4a8004ceeda210a55240562ddc13"
            hex"10c9e283159d58cb4cb2e35fde83a3ba1fdc28002ed9963d2a99f186178a148d"
            hex"0c399e9f67aa40707a203feefb0b958bbdadcec5ca34901d253d026a2419f6a2"
            hex"083f0df3f1a0351d0330ec3ff602ca8cc353b7f6e762c7107184cd7b423449f6"
            hex"1a6764d5943fc4a720b4c0a19fdb8c711984307287a58b9b5f9f5d58212cb263"
            hex"011a63a26feabf87fa66bde66cc25a922c96382d76c6a7ff48f1537beaed683a"
            hex"08ca7b64657c3548f32bef5b63ad24288a41c0b251099ad27f9434307e3e64d4"
            hex"01998270471e9361955446b0cdb8bea915ec0675f1cd648ddcb04303507a4489"
            hex"1d6b3d5f6ea369c26f825d2362933eaa31ea35ec0a77c1fbd9e01ca1523e4432"
            hex"119ef188bb3dd0d32306976c19941e8664be687e7a69692da27da215a6f06d40"
            hex"2d9e0ab5c06893dfdfd03481381ba86b6e6292df5609d71f2c64b2d9a79f809e"
            hex"25f16631bf77060f7ea34087c025bf135784319ef08cda2e31419ee0a529e658"
            hex"144c7a11da5a7c5dabae3f33fbd03cad86d18bc594c79a497ecb9894edb554f1"
            hex"0f971162627723f3feadacb28b0c104cb8f74de508752fa8d7c0db2af13de8ee"
            hex"24be510095436206dd0abd0b0cbb95c883ab304aa52598b1a69306ec981a688d"
            hex"211610e2ad4a377426fadf7068b0c1a6c299a164c1c1a603eaed944870d0b9b9"
            hex"15a67d981041b1f6f09f3f9ebefd864e779d3af08157786ac077505e50ec79fc"
            hex"049327fa79d28c12a2c82406947f77f06775b0287468b3136877701dbe7c9598"
            hex"230940dcc5232658ff9c29697a3fd416d170e8c998f1aa85dea0c42d79f951aa"
            hex"1b121c049cd1159e289007e0c9da9995cc4bab4c26fb888ec3972a8a2e656964";
    }
}
