// The chat: answers as they are made, another answer to the same message, and votes that build the preference set.
import { call, events, upload } from "/client.js";
import { $, clearError, element, icon, sendOnEnter, showError } from "/elements.js";
import { asFile, countVotes, forgetAll, pairs, vote, voteOf } from "/preferences.js";
import { say } from "/words.js";

// A thumb pointing up; the other is the same, turned.
const THUMB = "M7 11v9H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zm0 0 4-8a2.5 2.5 0 0 1 2.5 2.5V9h5.6a2 2 0 0 1 2 2.3l-1.1 7a2 2 0 0 1-2 1.7H7";

// Pixels: a line of text or two, and what is said of an answer below it.
const NEAR_THE_END = 150;

let conversation = [];
let running = null;

function addMessage(role, text) {
  const who = element("span", { className: "who" }, role === "user" ? say("you") : $("chat-model").value);
  const item = element("li", { className: `message ${role}` }, who, element("span", { className: "text" }, text));
  $("messages").append(item);
  $("chat-empty").hidden = true;
  follow(true);
  return item;
}

/** Keeps the end of the conversation in view, unless somebody reads further up. */
function follow(always = false) {
  const list = $("messages");
  if (always || list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END) list.scrollTop = list.scrollHeight;
}

function setRunning(controller) {
  running = controller;
  $("send").hidden = controller !== null;
  $("stop").hidden = controller === null;
  for (const button of document.querySelectorAll(".again")) button.disabled = controller !== null;
}

async function send(text) {
  const talk = conversation;
  talk.push({ role: "user", content: text });
  const question = addMessage("user", text);
  const answered = await answer(talk);
  if (talk !== conversation || answered) return; // Answered, or a new chat was begun meanwhile.
  // Nothing came: the question goes back to where it can be sent again.
  talk.pop();
  question.remove();
  $("prompt").value ||= text;
}

async function answerAgain() {
  const talk = conversation;
  if (running || talk.at(-1)?.role !== "assistant") return;
  const before = talk.pop();
  if (!(await answer(talk)) && talk === conversation) {
    talk.push(before);
    showVotes(talk, before.content, $("messages").lastElementChild);
  }
}

/** Asks the model, shows its answer and adds it to the talk. Says whether anything came. */
async function answer(talk) {
  clearError();
  for (const button of document.querySelectorAll(".again")) button.remove();
  const item = addMessage("assistant", "");
  item.classList.add("working");
  const output = item.querySelector(".text");
  const controller = new AbortController();
  setRunning(controller);
  $("chat-live").textContent = say("working");
  $("chat-usage").textContent = "";
  const draw = drawing(item, output);
  const began = performance.now();
  let first = 0;
  let text = "";
  let ended = false;
  try {
    const request = { model: $("chat-model").value, messages: talk, stream: true, stream_options: { include_usage: true } };
    for await (const event of events(await call("/v1/chat/completions", request, { signal: controller.signal }))) {
      const piece = event.choices[0]?.delta?.content ?? "";
      if (piece) {
        first ||= performance.now();
        text += piece;
        draw(piece);
      }
      if (event.usage) showUsage(event.usage, began, first);
    }
    ended = true;
    $("chat-live").textContent = `${say("answered")} ${text}`;
  } catch (error) {
    $("chat-live").textContent = error.name === "AbortError" ? say("stopped") : "";
    if (error.name !== "AbortError") showError(error);
  } finally {
    output.textContent = text;
    item.classList.remove("working");
    setRunning(null);
    $("prompt").focus();
  }
  if (talk !== conversation) return true;
  if (!text) {
    item.remove();
    if (ended) showError(new Error(say("emptyAnswer")));
    return false;
  }
  showVotes([...talk], text, item);
  follow();
  talk.push({ role: "assistant", content: text });
  return true;
}

/** Shows pieces of text once a frame, however fast they come: a small model makes thousands a second. */
function drawing(item, output) {
  let waiting = "";
  return (piece) => {
    if (!waiting) {
      requestAnimationFrame(() => {
        if (!item.classList.contains("working")) return; // All of it is there already.
        output.append(waiting);
        output.normalize();
        waiting = "";
        follow();
      });
    }
    waiting += piece;
  };
}

function showUsage(usage, began, first) {
  const end = performance.now();
  const seconds = (end - (first || began)) / 1000;
  const rate = usage.completion_tokens > 1 && seconds > 0 ? ((usage.completion_tokens - 1) / seconds).toFixed(1) : "–";
  $("chat-usage").textContent = say("usage", usage.prompt_tokens, usage.completion_tokens, rate, (((first || end) - began) / 1000).toFixed(2));
}

// Votes

function showVotes(messages, text, item) {
  item.querySelector(".votes")?.remove();
  const buttons = [["up", say("voteUp")], ["down", say("voteDown")]].map(([direction, label]) => {
    const button = element("button", { type: "button", className: "quiet vote", title: label }, icon(THUMB, direction));
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => {
      vote(messages, text, voteOf(messages, text) === direction ? undefined : direction);
      show();
      showSet();
    });
    return [direction, button];
  });
  const show = () => buttons.forEach(([direction, button]) => button.setAttribute("aria-pressed", String(voteOf(messages, text) === direction)));
  const again = element("button", { type: "button", className: "quiet again" }, say("again"));
  again.addEventListener("click", answerAgain);
  const bar = element("span", { className: "votes" }, ...buttons.map(([, button]) => button), again);
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", say("votes"));
  item.append(bar);
  show();
}

function showSet() {
  const count = pairs().length;
  $("preferences").hidden = countVotes() === 0;
  $("preferences-count").textContent = say("preferencesCount", countVotes(), count);
  $("preferences-download").disabled = count === 0;
  $("preferences-train").disabled = count === 0;
}

function download() {
  const link = element("a", { href: URL.createObjectURL(asFile()), download: "preferences.jsonl" });
  link.click();
  URL.revokeObjectURL(link.href);
}

async function train() {
  clearError();
  $("preferences-train").disabled = true;
  try {
    const file = await upload(asFile(), () => {}, "fine-tune");
    await call("/v1/fine_tuning/jobs", { model: $("chat-model").value, training_file: file.id, method: { type: "dpo" } });
    location.assign("/jobs");
  } catch (error) {
    showError(error);
    showSet();
  }
}

/** Makes the elements of the chat do what they are for. */
export function chatting() {
  $("chat-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("prompt").value.trim();
    if (text && !running) {
      $("prompt").value = "";
      send(text);
    }
  });
  sendOnEnter($("prompt"), $("chat-form"));
  $("stop").addEventListener("click", () => running?.abort());
  $("clear").addEventListener("click", () => {
    running?.abort();
    conversation = [];
    $("messages").replaceChildren();
    $("chat-empty").hidden = false;
    $("chat-usage").textContent = "";
    $("prompt").focus();
  });
  $("preferences-download").addEventListener("click", download);
  $("preferences-train").addEventListener("click", train);
  $("preferences-clear").addEventListener("click", () => {
    if (!confirm(say("preferencesClearQuestion", countVotes()))) return;
    forgetAll();
    for (const button of document.querySelectorAll(".vote")) button.setAttribute("aria-pressed", "false");
    showSet();
  });
  showSet();
}
