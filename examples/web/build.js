// Makes one page of the template and the package in bindings/wasm, which was built before: `node examples/web/build.js [FILE]`. The page
// holds the module, so that it works from a file and asks nobody for anything.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const of = (name) => join(here, "../../bindings/wasm", name);
const page = process.argv[2] ?? join(here, "zksensor.html");

const { version } = JSON.parse(readFileSync(of("package.json"), "utf8"));
const glue = readFileSync(of("pkg/zksensor.js"), "utf8");
const module = gzipSync(readFileSync(of("pkg/zksensor_bg.wasm")), { level: 9 }).toString("base64");
const parts = { VERSION: version, GLUE: glue.replaceAll("</script", "<\\/script"), MODULE: module };

let html = readFileSync(join(here, "template.html"), "utf8");
for (const [name, part] of Object.entries(parts)) {
  const mark = `/*${name}*/`;
  if (html.split(mark).length !== 2) throw new Error(`expected ${mark} once in the template`);
  html = html.split(mark).join(part);
}
writeFileSync(page, html);
console.log(`WEB ${JSON.stringify({ page: html.length })}`);
