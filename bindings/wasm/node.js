// In Node the module is there at once. `init` is for code that runs in a browser, too: there it has to be awaited.
import { readFileSync } from "node:fs";

import { initSync } from "./pkg/zksensor.js";

initSync({ module: readFileSync(new URL("./pkg/zksensor_bg.wasm", import.meta.url)) });

export * from "./pkg/zksensor.js";
export default async function init() {}
