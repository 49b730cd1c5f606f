// Makes a vector store, adds files, waits for them, searches and deletes with the official client, and prints what came
// as one JSON document.
//   node vector-stores.mjs BASE_URL FILE_NAME TEXT QUERY
import OpenAI, { toFile } from "openai";

const [baseURL, filename, text, query] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: process.env.OPENAI_API_KEY ?? "none", maxRetries: 0 });
const pollIntervalMs = 100;

const store = await client.vectorStores.create({ name: "from node", metadata: { made: "by a test" } });
const renamed = await client.vectorStores.update(store.id, { name: "from node, renamed" });

const added = await client.vectorStores.files.uploadAndPoll(store.id, await toFile(Buffer.from(text), filename), { pollIntervalMs });
const attributed = await client.vectorStores.files.update(added.id, { vector_store_id: store.id, attributes: { kind: "text", year: 2024 } });
let content = "";
for await (const part of client.vectorStores.files.content(added.id, { vector_store_id: store.id })) {
  content += part.text;
}

const batch = await client.vectorStores.fileBatches.uploadAndPoll(
  store.id,
  { files: [await toFile(Buffer.from("The second file is about bread."), "second.txt"), await toFile(Buffer.from("The third file is about tea."), "third.txt")] },
  { pollIntervalMs },
);
const batchFiles = [];
for await (const file of client.vectorStores.fileBatches.listFiles(batch.id, { vector_store_id: store.id, limit: 1 })) {
  batchFiles.push(file.status);
}

const files = [];
for await (const file of client.vectorStores.files.list(store.id, { order: "asc", limit: 2 })) {
  files.push(file.id);
}

const results = [];
for await (const result of client.vectorStores.search(store.id, {
  query,
  max_num_results: 5,
  filters: { type: "and", filters: [{ type: "eq", key: "kind", value: "text" }, { type: "gte", key: "year", value: 2020 }] },
})) {
  results.push({ file_id: result.file_id, filename: result.filename, score: result.score, attributes: result.attributes, text: result.content[0].text });
}

const retrieved = await client.vectorStores.retrieve(store.id);
const listed = [];
for await (const one of client.vectorStores.list({ limit: 1 })) {
  listed.push(one.id);
}

const fileDeleted = await client.vectorStores.files.delete(added.id, { vector_store_id: store.id });
const deleted = await client.vectorStores.delete(store.id);
let gone = null;
try {
  await client.vectorStores.retrieve(store.id);
} catch (error) {
  gone = { status: error.status, code: error.code, type: error.type };
}

console.log(
  JSON.stringify({
    store,
    renamed: renamed.name,
    added,
    attributes: attributed.attributes,
    content,
    batch: { status: batch.status, counts: batch.file_counts, files: batchFiles },
    files: { count: files.length, first: files[0] },
    results,
    counts: retrieved.file_counts,
    listed: listed.includes(store.id),
    fileDeleted,
    deleted,
    gone,
  }),
);
