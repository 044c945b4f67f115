// EdDSA-Poseidon and Poseidon of circomlibjs. Numbers are decimal text.
import { buildEddsa, buildPoseidon } from "circomlibjs";
import { serve, verdict } from "./lines.mjs";

const eddsa = await buildEddsa();
const poseidon = await buildPoseidon();
const { F } = eddsa;
const text = (element) => F.toObject(element).toString();
const point = (coordinates) => coordinates.map((coordinate) => F.e(BigInt(coordinate)));

await serve({
  sign: ({ cases }) =>
    cases.map(({ secret, message }) => {
      const key = Buffer.from(secret, "hex");
      const { R8, S } = eddsa.signPoseidon(key, F.e(BigInt(message)));
      return { message, key: eddsa.prv2pub(key).map(text), r: R8.map(text), s: S.toString() };
    }),
  verify: ({ cases }) =>
    Promise.all(
      cases.map(({ message, key, r, s }) =>
        verdict(() => eddsa.verifyPoseidon(F.e(BigInt(message)), { R8: point(r), S: BigInt(s) }, point(key))),
      ),
    ),
  hash: ({ cases }) =>
    cases.map(({ tag, inputs }) => text(poseidon(inputs.map((input) => F.e(BigInt(input))), F.e(BigInt(tag))))),
});
