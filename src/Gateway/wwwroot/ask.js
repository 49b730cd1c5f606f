// Searching and asking: results with their scores explained, answers whose citations open the passage in its document.
import { call, events } from "/client.js";
import { $, clearError, element, showError } from "/elements.js";
import { say } from "/words.js";

let paths = null;
let running = null;

/** Begins to answer the form's questions. */
export function asking(given) {
  paths = given;
  $("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!running) run(ask);
  });
  $("search").addEventListener("click", () => {
    if (!running && $("ask-form").reportValidity()) run(search);
  });
  $("question").addEventListener("keydown", (event) => {
    // While a Korean syllable is being composed, Enter only ends the syllable.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("ask-form").requestSubmit();
    }
  });
  $("stop").addEventListener("click", () => running?.abort());
  $("close-source").addEventListener("click", () => $("source").close());
  loadModels();
}

/** Takes away the last answer. */
export function forget() {
  running?.abort();
  $("answer").hidden = true;
  $("results-title").hidden = true;
  $("results").replaceChildren();
}

async function loadModels() {
  $("ask-model").replaceChildren(new Option(say("quoted"), ""));
  try {
    const { data } = await (await call("/v1/models")).json();
    for (const model of data.filter((one) => one.task === "text-generation")) $("ask-model").add(new Option(model.id, model.id));
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
    await work(question, controller.signal);
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

async function search(query, signal) {
  const page = await (await call(`${paths.storePath()}/search`, { query, explain: true, max_num_results: 10 }, { signal })).json();
  showResults(page.data);
  if (page.data.length === 0) {
    $("answer").hidden = false;
    $("answer-text").hidden = true;
    $("citations").replaceChildren();
    $("answer-note").textContent = say("nothingFound");
  }
}

async function ask(question, signal) {
  $("answer").hidden = false;
  $("answer-text").hidden = false;
  $("answer-text").textContent = "";
  $("citations").replaceChildren();
  $("answer-note").textContent = say("working");
  const request = { question, stream: true };
  if ($("ask-model").value) request.model = $("ask-model").value;
  const sentences = [];
  for await (const event of events(await call(`${paths.storePath()}/ask`, request, { signal }))) {
    if (event.passages) showResults(event.passages);
    if (event.text_delta) $("answer-text").append(event.text_delta);
    if (event.sentence) sentences.push(event.sentence);
    if (event.result) showAnswer(event.result, sentences);
  }
}

function showAnswer(result, sentences) {
  if (result.outcome === "not_in_documents") {
    $("answer-text").textContent = say("notInDocuments");
    $("answer-note").textContent = "";
    return;
  }
  $("answer-text").replaceChildren(...marked(result.answer, sentences.filter((one) => !one.supported), "unsupported", say("unsupportedHint")));
  $("answer-note").textContent = result.unsupported_sentences > 0 ? say("unsupported", result.unsupported_sentences) : "";
  $("citations").replaceChildren(...result.citations.map(citationItem));
}

/** Text with spans of it in elements; offsets count as JavaScript's strings do. */
function marked(text, spans, className, title) {
  const parts = [];
  let from = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start < from || end > text.length) continue;
    parts.push(text.slice(from, start), element("span", { className, title }, text.slice(start, end)));
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}

function citationItem(citation) {
  const open = element("button", { type: "button", className: "link" }, `[${citation.passage}] ${placeOf(citation)}`);
  open.addEventListener("click", () => openSource(citation));
  return element("li", {}, element("div", { className: "place" }, open), element("p", {}, `“${citation.quote}”`));
}

function placeOf({ filename, page, sheet, headings }) {
  const place = [filename];
  if (page) place.push(say("page", page));
  if (sheet) place.push(sheet);
  if (headings.length > 0) place.push(headings.join(" › "));
  return place.join(", ");
}

function showResults(results) {
  $("results-title").hidden = results.length === 0;
  $("results").replaceChildren(...results.map(resultItem));
}

function resultItem(result) {
  const place = { ...result.passage, filename: result.filename, file_id: result.file_id };
  const open = element("button", { type: "button", className: "link" }, placeOf(place));
  open.addEventListener("click", () => openSource(place));
  return element("li", {},
    element("div", { className: "place" }, element("strong", {}, result.score.toFixed(3)), open),
    element("p", { className: "clamp" }, result.content.map((part) => part.text).join("\n")),
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

async function openSource({ file_id: fileId, filename, start, end, ...place }) {
  try {
    const { data } = await (await call(`${paths.filePath(fileId)}/content`)).json();
    const text = data.map((part) => part.text).join("");
    const mark = element("mark", {}, text.slice(start, end));
    $("source-title").textContent = filename;
    $("source-place").textContent = placeOf({ ...place, filename });
    $("source-text").replaceChildren(text.slice(0, start), mark, text.slice(end));
    $("source").showModal();
    mark.scrollIntoView({ block: "center" });
  } catch (error) {
    showError(error);
  }
}
