// From a mock to a mean, with the artifacts of the package: what a contract developer writes first.
"use strict";

const assert = require("node:assert/strict");
const { BrowserProvider, ContractFactory, AbiCoder, keccak256 } = require("ethers");
const { artifacts, network } = require("hardhat");

const ORIGIN = 4_000_000_000_000n;
const LENGTH = 600_000n;
const WINDOW = 300_000n;
const DELAY = 600n;
const ROOT = 77n;
const K = 5n;
const EPOCH = 2n;

const artifact = (name) => require(`@zksensor/contracts/artifacts/${name}.json`);
const provider = new BrowserProvider(network.provider, undefined, { cacheTimeout: -1 });

async function deploy({ abi, bytecode }, signer, ...values) {
  const contract = await new ContractFactory(abi, bytecode, signer).deploy(...values);
  return contract.waitForDeployment();
}

async function at(milliseconds) {
  await network.provider.send("evm_setNextBlockTimestamp", [Number(milliseconds / 1000n)]);
  await network.provider.send("evm_mine", []);
}

/** The words of a proof: what the library of the package packs, and the binding to this chain, the feed and who submits. */
async function proofOf(scene, inputs) {
  const { mock, feed, packer, owner } = scene;
  const id = await mock.STATEMENT_ID();
  const types = ["uint256", "address", "address", "bytes32"];
  const { chainId } = await provider.getNetwork();
  const digest = keccak256(AbiCoder.defaultAbiCoder().encode(types, [chainId, await feed.getAddress(), owner.address, id]));
  return mock.proofFor([...(await packer.pack(inputs, BigInt(digest) & ((1n << 152n) - 1n)))]);
}

async function scene() {
  const owner = await provider.getSigner(0);
  await at(ORIGIN - 2n * DELAY * 1000n);
  const router = await deploy(artifact("VerifierRouter"), owner, owner.address, owner.address);
  const registry = await deploy(artifact("SensorRegistry"), owner, owner.address, owner.address, owner.address, DELAY);
  const mock = await deploy(artifact("MockVerifier"), owner, "aggregate/v2", "/64x32x7", 4);
  const code = await provider.getCode(await mock.getAddress());
  await (await router.add(await mock.getAddress(), keccak256(code))).wait();
  await (await registry.post(ROOT, `0x${"0".repeat(64)}`, "0x")).wait();
  const terms = {
    fenceRoot: 3, low: -40_000, high: 60_000, maxAccuracyMm: 10_000, originMs: ORIGIN, lengthMs: LENGTH, k: K,
    schema: 1, channel: 0, deviceClass: 65536, outputs: 0,
  };
  const feed = await deploy(artifact("AggregateFeed"), owner, setup(router, registry, owner), terms, "Temperature, Munich");
  const gate = await deploy(artifact("ReadingGate"), owner, router.target, registry.target, { ...terms, k: 1 }, 0);
  await (await feed.setAggregator(owner.address, 0, 1000)).wait();
  const mean = await deploy(artifact("MeanAdapter"), owner, feed.target, 0, 2);
  const greenhouse = await deploy(await artifacts.readArtifact("Greenhouse"), owner, mean.target, feed.target, gate.target, 3600);
  const packer = await deploy(await artifacts.readArtifact("Packer"), owner);
  return { owner, router, registry, mock, feed, gate, mean, greenhouse, packer };
}

describe("a contract that reads a feed", () => {
  // Time goes forward alone.
  beforeEach(() => network.provider.send("hardhat_reset", []));

  it("sees a mean once its epoch is final, and not before", async () => {
    const { feed, mock, mean, greenhouse, owner, ...others } = await scene();
    const inputs = {
      registryRoot: ROOT, policyId: await feed.POLICY_ID(), epoch: EPOCH, chunkBits: 21, chunk: 0, count: 6, sum: -3,
      sumOfSquares: 0, minimum: 0, maximum: 0,
    };
    const keyId = await mock.KEY_ID();
    const proof = await proofOf({ feed, mock, owner, ...others }, inputs);
    await at(ORIGIN + (EPOCH + 1n) * LENGTH);
    await refused(feed.submit.staticCall(keyId, proof, { ...inputs, sum: -2 }, owner.address, 0), mock, "ProofRejected");
    await (await feed.submit(keyId, proof, inputs, owner.address, 0)).wait();
    await assert.rejects(greenhouse.temperature(), /No data present/);
    await refused(greenhouse.wasWarmer(EPOCH, -1), feed, "NotFinal");

    await at(1000n * (await feed.finalAt(EPOCH)));
    // -3/6 with two decimals more than the schema's three.
    assert.equal(await greenhouse.temperature(), -50n);
    assert.equal(await mean.decimals(), 5n);
    assert.deepEqual([await greenhouse.wasWarmer(EPOCH, -1), await greenhouse.wasWarmer(EPOCH, 0)], [true, false]);
    await at(ORIGIN + (EPOCH + 1n) * LENGTH + 3_601_000n);
    await refused(greenhouse.temperature(), greenhouse, "TooOld");
  });

  it("lets a reading of another policy through no gate", async () => {
    const { greenhouse, gate, mock } = await scene();
    const inputs = { registryRoot: ROOT, policyId: 1, nullifier: 1, commitment: 1, epoch: EPOCH };
    await refused(greenhouse.report.staticCall(await mock.KEY_ID(), "0x", inputs, 0), gate, "PolicyOther");
  });
});

async function refused(call, contract, error) {
  const came = await call.then(() => null, (reason) => reason);
  const parsed = came?.data ? contract.interface.parseError(came.data) : null;
  assert.equal(parsed?.name, error, came ? came.message : "it was accepted");
}

function setup(router, registry, owner) {
  return {
    router: router.target, registry: registry.target, owner: owner.address, guardian: owner.address, windowMs: WINDOW,
    minCount: K + 1n, chunkBits: 21, decimals: 3,
  };
}
