// The start page: pick a model, chat, compare two sentences. Everything goes through the same public API as any client.
import { call, events, hasKey, useKey } from "/client.js";
import { $, clearError, showError } from "/elements.js";
import { say, translate } from "/words.js";

let conversation = [];
let running = null;

// Models

function fill(select, models) {
  const chosen = select.value;
  select.replaceChildren(...models.map((model) => new Option(model.id, model.id)));
  if (models.length === 0) select.add(new Option(say("noModel"), ""));
  if (models.some((model) => model.id === chosen)) select.value = chosen;
  select.disabled = models.length === 0;
}

async function loadModels() {
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
  } catch (error) {
    showError(error);
  }
}

async function loadHealth() {
  const healthy = await fetch("/health").then((response) => response.ok, () => false);
  $("health").firstElementChild.className = `dot ${healthy ? "good" : "bad"}`;
  $("health").title = say(healthy ? "healthy" : "unhealthy");
}

function showExample() {
  const body = { model: $("chat-model").value || "MODEL", messages: [{ role: "user", content: "Hello" }] };
  const key = hasKey() ? ` \\\n  -H "Authorization: Bearer $LLM_API_KEY"` : "";
  $("example").textContent = `curl ${location.origin}/v1/chat/completions${key} \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(body)}'`;
}

// Chat

function addMessage(role, text) {
  const item = document.createElement("li");
  item.className = `message ${role}`;
  const who = document.createElement("span");
  who.className = "who";
  who.textContent = role === "user" ? say("you") : $("chat-model").value;
  const content = document.createElement("span");
  content.className = "text";
  content.textContent = text;
  item.append(who, content);
  $("messages").append(item);
  $("chat-empty").hidden = true;
  item.scrollIntoView({ block: "nearest" });
  return item;
}

function setRunning(controller) {
  running = controller;
  $("send").hidden = controller !== null;
  $("stop").hidden = controller === null;
}

async function send(text) {
  clearError();
  const talk = conversation;
  talk.push({ role: "user", content: text });
  addMessage("user", text);
  const item = addMessage("assistant", "");
  item.classList.add("working");
  const output = item.querySelector(".text");
  const controller = new AbortController();
  setRunning(controller);
  $("chat-live").textContent = say("working");
  $("chat-usage").textContent = "";
  const began = performance.now();
  let first = 0;
  let answer = "";
  try {
    const request = { model: $("chat-model").value, messages: talk, stream: true, stream_options: { include_usage: true } };
    for await (const event of events(await call("/v1/chat/completions", request, { signal: controller.signal }))) {
      const piece = event.choices[0]?.delta?.content ?? "";
      if (piece) {
        first ||= performance.now();
        answer += piece;
        output.textContent = answer;
        item.scrollIntoView({ block: "nearest" });
      }
      if (event.usage) showUsage(event.usage, began, first);
    }
    $("chat-live").textContent = `${say("answered")} ${answer}`;
  } catch (error) {
    if (error.name === "AbortError") {
      $("chat-live").textContent = say("stopped");
    } else {
      $("chat-live").textContent = "";
      showError(error);
    }
  } finally {
    item.classList.remove("working");
    setRunning(null);
    $("prompt").focus();
  }
  if (talk !== conversation) return; // A new chat was begun meanwhile.
  if (answer) {
    talk.push({ role: "assistant", content: answer });
  } else {
    // Nothing came: the question goes back to where it can be sent again.
    talk.pop();
    item.previousElementSibling.remove();
    item.remove();
    $("prompt").value ||= text;
  }
}

function showUsage(usage, began, first) {
  const end = performance.now();
  const seconds = (end - (first || began)) / 1000;
  const rate = usage.completion_tokens > 1 && seconds > 0 ? ((usage.completion_tokens - 1) / seconds).toFixed(1) : "–";
  $("chat-usage").textContent = say("usage", usage.prompt_tokens, usage.completion_tokens, rate, (((first || end) - began) / 1000).toFixed(2));
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

$("chat-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("prompt").value.trim();
  if (text && !running) {
    $("prompt").value = "";
    send(text);
  }
});
$("prompt").addEventListener("keydown", (event) => {
  // While a Korean syllable is being composed, Enter only ends the syllable.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("chat-form").requestSubmit();
  }
});
$("stop").addEventListener("click", () => running?.abort());
$("clear").addEventListener("click", () => {
  running?.abort();
  conversation = [];
  $("messages").replaceChildren();
  $("chat-empty").hidden = false;
  $("chat-usage").textContent = "";
  $("prompt").focus();
});
$("embed-form").addEventListener("submit", (event) => {
  event.preventDefault();
  compare();
});
$("key-card").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey($("key").value.trim());
  loadModels();
});
$("reload").addEventListener("click", loadModels);
$("chat-model").addEventListener("change", showExample);

translate(document);
$("first").value = say("firstExample");
$("second").value = say("secondExample");
showExample();
loadHealth();
loadModels();
