// Groth16 of snarkjs: its verifier, and its prover for a circuit that circom compiled.
import * as snarkjs from "snarkjs";
import { serve, verdict } from "./lines.mjs";

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

  prove: async ({ cases }) => {
    const proofs = [];
    for (const inputs of cases) {
      proofs.push(await snarkjs.groth16.fullProve(inputs, proving.wasm, proving.key));
    }
    return proofs;
  },
});
