// EdDSA-Poseidon of @zk-kit/eddsa-poseidon. Numbers are decimal text.
import { createRequire } from "node:module";
import { serve, verdict } from "./lines.mjs";

// Its form for `import` asks blakejs for names that Node does not find there.
const { derivePublicKey, signMessage, verifySignature } = createRequire(import.meta.url)("@zk-kit/eddsa-poseidon");

await serve({
  sign: ({ cases }) =>
    cases.map(({ secret, message }) => {
      const key = Buffer.from(secret, "hex");
      const { R8, S } = signMessage(key, BigInt(message));
      return { message, key: derivePublicKey(key).map(String), r: R8.map(String), s: S.toString() };
    }),
  verify: ({ cases }) =>
    Promise.all(
      cases.map(({ message, key, r, s }) =>
        verdict(() => verifySignature(BigInt(message), { R8: r.map(BigInt), S: BigInt(s) }, key.map(BigInt))),
      ),
    ),
});
