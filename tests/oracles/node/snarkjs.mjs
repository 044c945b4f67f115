// Groth16 of snarkjs: its verifier, and its prover for a circuit that circom compiled.
import * as snarkjs from "snarkjs";
import { serve, verdict } from "./lines.mjs";

// The libraries say on standard output why they refuse, where answers belong.
console.log = console.error;

let proving;

await serve({
  verify: async ({ key, cases }) => {
    const verdicts = [];
    for (const { proof, publicSignals } of cases) {
      verdicts.push(await verdict(() => snarkjs.groth16.verify(key, publicSignals, proof)));
    }
    return verdicts;
  },

  // Powers of tau and a key of their own: nobody relies on them.
  setup: async ({ r1cs, wasm, power }) => {
    const curve = await snarkjs.curves.getCurveFromName("bn128");
    const files = Object.fromEntries(
      ["start", "tau", "ready", "initial", "key"].map((name) => [name, { type: "mem" }]),
    );
    await snarkjs.powersOfTau.newAccumulator(curve, power, files.start);
    await snarkjs.powersOfTau.contribute(files.start, files.tau, "test", "entropy of the accumulator");
    await snarkjs.powersOfTau.preparePhase2(files.tau, files.ready);
    await snarkjs.zKey.newZKey(r1cs, files.ready, files.initial);
    const initial = await snarkjs.zKey.exportVerificationKey(files.initial);
    await snarkjs.zKey.contribute(files.initial, files.key, "test", "entropy of the key");
    proving = { wasm, key: files.key };
    return { initial, key: await snarkjs.zKey.exportVerificationKey(files.key) };
  },

  // Powers of tau that somebody contributed to, as they are and prepared.
  powers: async ({ power, raw, prepared, folder }) => {
    const curve = await snarkjs.curves.getCurveFromName("bn128");
    const step = (number) => `${folder}/tau-${number}.ptau`;
    await snarkjs.powersOfTau.newAccumulator(curve, power, step(0));
    await snarkjs.powersOfTau.contribute(step(0), step(1), "first", "entropy of the first");
    await snarkjs.powersOfTau.beacon(step(1), raw, "beacon", "0102030405060708", 10);
    await snarkjs.powersOfTau.preparePhase2(raw, prepared);
    return true;
  },

  // What their tool says of our file of rows.
  rows: async ({ r1cs }) => {
    const { nVars, nPubInputs, nOutputs, nConstraints } = await snarkjs.r1cs.info(r1cs);
    const { constraints } = await snarkjs.r1cs.exportJson(r1cs);
    const text = (side) => Object.fromEntries(Object.entries(side).map(([at, value]) => [at, value.toString()]));
    return { nVars, nPublic: nPubInputs + nOutputs, nConstraints, constraints: constraints.map((row) => row.map(text)) };
  },

  first: async ({ r1cs, ptau, zkey }) => Buffer.from(await snarkjs.zKey.newZKey(r1cs, ptau, zkey)).toString("hex"),

  contribute: async ({ from, to, name }) =>
    Buffer.from(await snarkjs.zKey.contribute(from, to, name, "typed by somebody")).toString("hex"),

  beacon: async ({ from, to, name, hash, iterations }) =>
    Buffer.from(await snarkjs.zKey.beacon(from, to, name, hash, iterations)).toString("hex"),

  ceremony: async ({ r1cs, ptau, zkey }) => verdict(() => snarkjs.zKey.verifyFromR1cs(r1cs, ptau, zkey)),

  witness: async ({ r1cs, wtns }) => verdict(() => snarkjs.wtns.check(r1cs, wtns)),

  // A proof of their prover with our file of a witness.
  proveOurs: async ({ zkey, wtns }) => ({
    ...(await snarkjs.groth16.prove(zkey, wtns)),
    key: await snarkjs.zKey.exportVerificationKey(zkey),
  }),

  prove: async ({ cases }) => {
    const proofs = [];
    for (const inputs of cases) {
      proofs.push(await snarkjs.groth16.fullProve(inputs, proving.wasm, proving.key));
    }
    return proofs;
  },
});
