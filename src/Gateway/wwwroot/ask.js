// Searching and asking a collection: results with their scores explained, answers as answers.js shows them.
import { answerFrom, hideAnswer, openSource, pathOf, placeOf, sayInstead } from "/answers.js";
import { call } from "/client.js";
import { $, clearError, element, sendOnEnter, showError } from "/elements.js";
import { say } from "/words.js";

let chosen = null;
let running = null;

/** Begins to answer the form's questions; `store` says which collection is asked. */
export function asking(store) {
  chosen = store;
  $("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!running) run(ask);
  });
  $("search").addEventListener("click", () => {
    if (!running && $("ask-form").reportValidity()) run(search);
  });
  sendOnEnter($("question"), $("ask-form"));
  $("stop").addEventListener("click", () => running?.abort());
  loadModels();
}

/** Takes away the last answer. */
export function forget() {
  running?.abort();
  hideAnswer();
  $("results-title").hidden = true;
  $("results").replaceChildren();
}

async function loadModels() {
  $("ask-model").replaceChildren(new Option(say("quoted"), ""));
  try {
    const { data } = await (await call("/v1/models")).json();
    for (const model of data.filter((one) => one.task === "text-generation")) $("ask-model").add(new Option(say("wordedBy", model.id), model.id));
  } catch {
    // Quoting needs no model, and the list of collections says what is wrong.
  }
}

async function run(work) {
  const question = $("question").value.trim();
  if (!question) return;
  clearError();
  forget();
  const controller = new AbortController();
  setRunning(controller);
  try {
    await work(chosen(), question, controller.signal);
  } catch (error) {
    if (error.name === "AbortError") {
      $("answer-note").textContent = say("stopped");
    } else {
      showError(error);
    }
  } finally {
    if (running === controller) setRunning(null);
  }
}

function setRunning(controller) {
  running = controller;
  $("stop").hidden = controller === null;
  for (const id of ["ask", "search"]) $(id).hidden = controller !== null;
}

const ask = (store, question, signal) => answerFrom(store, question, { model: $("ask-model").value, signal, passages: (results) => showResults(store, results) });

async function search(store, query, signal) {
  const page = await (await call(`${pathOf(store)}/search`, { query, explain: true, max_num_results: 10 }, { signal })).json();
  showResults(store, page.data);
  if (page.data.length === 0) sayInstead(say("nothingFound"));
}

function showResults(store, results) {
  $("results-title").hidden = results.length === 0;
  $("results").replaceChildren(...results.map((result, index) => resultItem(store, result, index + 1)));
}

function resultItem(store, result, rank) {
  const place = { ...result.passage, filename: result.filename, file_id: result.file_id };
  const open = element("button", { type: "button", className: "link" }, `[${rank}] ${placeOf(place)}`);
  open.addEventListener("click", () => openSource(store, place));
  return element("li", {},
    element("div", { className: "place" }, open, element("span", { className: "score", title: say("score") }, result.score.toFixed(3))),
    element("p", { className: "clamp" }, result.content.map((part) => part.text).join("\n").replace(/\n{2,}/g, "\n")),
    explanation(result));
}

function explanation({ score_parts: parts }) {
  const details = element("details", {}, element("summary", {}, say("why")));
  if (!parts) return details;
  const lines = [
    parts.keyword === null ? say("noKeyword") : say("keywordPart", parts.keyword.toFixed(2), parts.keyword_rank, number(parts.keyword_scaled)),
    parts.dense === null ? say("noDense") : say("densePart", parts.dense.toFixed(3), parts.dense_rank, number(parts.dense_scaled)),
    say("weightPart", parts.dense_weight.toFixed(2)),
  ];
  const terms = Object.entries(parts.terms).sort((a, b) => b[1] - a[1]).slice(0, 12);
  if (terms.length > 0) lines.push(say("termsPart", terms.map(([term, score]) => `${term} ${score.toFixed(2)}`).join(", ")));
  if (parts.diversity_penalty !== null) lines.push(say("diversityPart", parts.diversity_penalty.toFixed(3)));
  details.append(element("ul", {}, ...lines.map((line) => element("li", {}, line))));
  return details;
}

const number = (value) => (value === null ? "–" : value.toFixed(2));
