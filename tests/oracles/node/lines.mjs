// One JSON request a line on standard input, one JSON answer a line on standard output.
import { createInterface } from "node:readline";

export async function serve(answers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const answer = await answers[request.op](request);
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
  // Worker threads of the libraries would keep the process alive.
  process.exit(0);
}

/** What a check says of a case; one that throws refuses. */
export async function verdict(check) {
  try {
    return (await check()) === true;
  } catch {
    return false;
  }
}
