// Holds one streamed chat and gets embeddings with the official client, and prints what came as one JSON document.
//   node openai-client.mjs BASE_URL CHAT_MODEL EMBEDDING_MODEL
import OpenAI from "openai";

const [baseURL, chatModel, embeddingModel] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: process.env.OPENAI_API_KEY ?? "none", maxRetries: 0 });

const models = [];
for await (const model of client.models.list()) {
  models.push(model.id);
}

const stream = await client.chat.completions.create({
  model: chatModel,
  messages: [{ role: "user", content: "What is the capital of France?" }],
  temperature: 0,
  max_completion_tokens: 24,
  stream: true,
  stream_options: { include_usage: true },
});

let content = "";
let chunks = 0;
let role = null;
let finishReason = null;
let usage = null;
for await (const chunk of stream) {
  chunks++;
  const choice = chunk.choices[0];
  role ??= choice?.delta?.role ?? null;
  content += choice?.delta?.content ?? "";
  finishReason = choice?.finish_reason ?? finishReason;
  usage = chunk.usage ?? usage;
}

// The client asks for base64 by itself and turns it into numbers.
const embeddings = await client.embeddings.create({
  model: embeddingModel,
  input: ["A cat sits on the mat.", "고양이가 매트 위에 앉아 있다."],
});

let unknownModel = null;
try {
  await client.chat.completions.create({ model: "no-such-model", messages: [{ role: "user", content: "Hello" }] });
} catch (error) {
  unknownModel = { status: error.status, code: error.code, type: error.type };
}

console.log(
  JSON.stringify({
    models,
    chat: { content, chunks, role, finishReason, usage },
    embeddings: {
      count: embeddings.data.length,
      dimensions: embeddings.data[0].embedding.length,
      first: Array.from(embeddings.data[0].embedding.slice(0, 8)),
      usage: embeddings.usage,
    },
    unknownModel,
  }),
);
