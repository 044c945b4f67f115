// Proves `reading/v2` in WebAssembly and writes the proof in hexadecimal digits: `node .ci/wasm.mjs MODULE SEED`.
// The module is given nothing: no clock, no randomness, no threads.
import { readFile } from "node:fs/promises";

const [path, seed] = process.argv.slice(2);
const module = await WebAssembly.compile(await readFile(path));
const wanted = WebAssembly.Module.imports(module);
if (wanted.length > 0) {
  throw new Error(`expected a module that imports nothing, it imports ${JSON.stringify(wanted)}`);
}
const { exports } = await WebAssembly.instantiate(module, {});
const start = performance.now();
const status = exports.zksensor_prove(BigInt(seed));
if (status !== 0) {
  const steps = ["", "the claim", "the prover", "the verifier", "the verifier, of other inputs"];
  throw new Error(`no proof: ${steps[status] ?? status} said no`);
}
const bytes = [];
for (let byte; (byte = exports.zksensor_proof_byte(bytes.length)) < 256; bytes.push(byte));
console.error(`set up, proved and verified in ${Math.round(performance.now() - start)} ms`);
console.log("0x" + bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(""));
