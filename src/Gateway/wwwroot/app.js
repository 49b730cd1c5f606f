// The start page: chat, ask the documentation, compare two sentences. Everything goes through the same public API as any client.
import { chatting } from "/chat.js";
import { call, hasKey } from "/client.js";
import { documentation, loadDocumentation } from "/docs.js";
import { $, clearError, showError } from "/elements.js";
import { begin } from "/page.js";
import { say } from "/words.js";

// What there is

function fill(select, models) {
  const chosen = select.value;
  select.replaceChildren(...models.map((model) => new Option(model.id, model.id)));
  if (models.length === 0) select.add(new Option(say("noModel"), ""));
  if (models.some((model) => model.id === chosen)) select.value = chosen;
  select.disabled = models.length === 0;
}

async function load() {
  try {
    const { data } = await (await call("/v1/models")).json();
    const chat = data.filter((model) => model.task === "text-generation");
    const embedding = data.filter((model) => model.task === "sentence-similarity" || model.task === "feature-extraction");
    fill($("chat-model"), chat);
    fill($("embed-model"), embedding);
    for (const id of ["send", "prompt"]) $(id).disabled = chat.length === 0;
    for (const id of ["compare", "first", "second"]) $(id).disabled = embedding.length === 0;
    $("no-models").hidden = data.length > 0;
    $("key-card").hidden = true;
    clearError();
    showExample();
    await loadDocumentation();
  } catch (error) {
    showError(error);
  }
}

function showExample() {
  const body = { model: $("chat-model").value || "MODEL", messages: [{ role: "user", content: "Hello" }] };
  const key = hasKey() ? ` \\\n  -H "Authorization: Bearer $LLM_API_KEY"` : "";
  $("example").textContent = `curl ${location.origin}/v1/chat/completions${key} \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(body)}'`;
}

// Similarity

function cosine(a, b) {
  let dot = 0, aa = 0, bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return dot / (Math.sqrt(aa * bb) || 1);
}

async function compare() {
  clearError();
  $("compare").disabled = true;
  try {
    const request = { model: $("embed-model").value, input: [$("first").value, $("second").value] };
    const { data, usage } = await (await call("/v1/embeddings", request)).json();
    const score = cosine(data[0].embedding, data[1].embedding);
    $("score").textContent = score.toFixed(3);
    $("meter").value = score;
    $("embed-usage").textContent = say("embedUsage", data[0].embedding.length, usage.prompt_tokens);
    $("similarity").hidden = false;
  } catch (error) {
    showError(error);
  } finally {
    $("compare").disabled = false;
  }
}

// What happens when

$("embed-form").addEventListener("submit", (event) => {
  event.preventDefault();
  compare();
});
$("reload").addEventListener("click", load);
$("chat-model").addEventListener("change", showExample);

chatting();
documentation();
$("first").value = say("firstExample");
$("second").value = say("secondExample");
showExample();
begin("", load);
