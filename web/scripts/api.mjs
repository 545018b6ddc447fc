/**
 * Types of the API from the server's own document. `--check` fails if the committed ones differ.
 *
 * What a screen has no use for is left out first: headers, examples, and the many refusals, which
 * all have one form.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";

const root = resolve(import.meta.dirname, "../..");
const file = resolve(import.meta.dirname, "../src/shared/api/schema.ts");
const own = resolve(root, ".venv/bin/python");
const python = process.env.FIRMHOLD_PYTHON ?? (existsSync(own) ? own : "python3");

const printed = execFileSync(
  python,
  ["-c", "from firmhold.cli.main import main; main()", "openapi"],
  {
    env: { ...process.env, PYTHONPATH: resolve(root, "src") },
    maxBuffer: 64 * 1024 * 1024,
  },
);
const document = JSON.parse(printed.toString("utf8"));

for (const path of Object.values(document.paths)) {
  for (const operation of Object.values(path)) {
    if (operation.responses === undefined) continue;
    const kept = {};
    for (const [status, answer] of Object.entries(operation.responses)) {
      delete answer.headers;
      if (status.startsWith("2")) kept[status] = answer;
      else if (answer.content?.["application/problem+json"] !== undefined)
        kept.default ??= { description: "A refusal.", content: answer.content };
    }
    operation.responses = kept;
  }
}

const written = `/* Made by \`npm run api\` from the server's document. */\n${astToString(await openapiTS(document, { defaultNonNullable: false }))}`;
if (!process.argv.includes("--check")) {
  writeFileSync(file, written);
} else if (!existsSync(file) || readFileSync(file, "utf8") !== written) {
  process.stderr.write("src/shared/api/schema.ts differs from the server: run npm run api.\n");
  process.exit(1);
}
