// node tokenizers.mjs TOKENIZER_JSON LINES_JSON SAVED_JSON
// Encodes each line with the npm package tokenizers, prints the ids and saves the tokenizer as the package does.
import { readFileSync } from "node:fs";
import tokenizers from "tokenizers";

const [tokenizerPath, linesPath, savedPath] = process.argv.slice(2);
const tokenizer = tokenizers.Tokenizer.fromFile(tokenizerPath);
const ids = [];
const decoded = [];
for (const line of JSON.parse(readFileSync(linesPath, "utf8"))) {
  const encoding = await tokenizer.encode(line);
  ids.push(encoding.getIds());
  decoded.push(await tokenizer.decode(encoding.getIds(), true));
}

tokenizer.save(savedPath, true);
process.stdout.write(JSON.stringify({ ids, decoded }));
