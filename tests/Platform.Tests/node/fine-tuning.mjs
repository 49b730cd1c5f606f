// Uploads pairs, makes a DPO job, reads its events and checkpoints, pauses, resumes and cancels it with the official
// client, and prints what came as one JSON document.
//   node fine-tuning.mjs BASE_URL MODEL SEED
import OpenAI, { toFile } from "openai";

const [baseURL, model, seed] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: process.env.OPENAI_API_KEY ?? "none", maxRetries: 0 });

const file = await client.files.create({ file: await toFile(Buffer.from("{}\n"), "pairs.jsonl"), purpose: "fine-tune" });
const created = await client.fineTuning.jobs.create({
  model,
  training_file: file.id,
  seed: Number(seed),
  metadata: { made: "by a test" },
  method: { type: "dpo", dpo: { hyperparameters: { n_epochs: 2, beta: "auto", batch_size: 4 } } },
});
const running = await client.fineTuning.jobs.retrieve(created.id);

const events = [];
for await (const event of client.fineTuning.jobs.listEvents(created.id, { limit: 3 })) {
  events.push(event);
}

const checkpoints = [];
for await (const checkpoint of client.fineTuning.jobs.checkpoints.list(created.id, { limit: 1 })) {
  checkpoints.push(checkpoint);
}

const listed = [];
for await (const job of client.fineTuning.jobs.list({ limit: 1, metadata: { made: "by a test" } })) {
  listed.push(job.id);
}

const paused = await client.fineTuning.jobs.pause(created.id);
const resumed = await client.fineTuning.jobs.resume(created.id);
const cancelled = await client.fineTuning.jobs.cancel(created.id);
let gone = null;
try {
  await client.fineTuning.jobs.retrieve("none");
} catch (error) {
  gone = { status: error.status, code: error.code, type: error.type };
}

console.log(
  JSON.stringify({
    created,
    running: running.status,
    events: events.map(({ type, message, data }) => ({ type, message, data })),
    steps: checkpoints.map((checkpoint) => checkpoint.step_number),
    listed: listed.includes(created.id),
    statuses: [paused.status, resumed.status, cancelled.status],
    gone,
  }),
);
