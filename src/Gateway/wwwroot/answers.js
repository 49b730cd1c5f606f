// Answers from documents, as they are made: quoted or worded by a model, with citations that open the passage in its document.
import { call, events } from "/client.js";
import { $, element, showError } from "/elements.js";
import { say } from "/words.js";

/** The address of a collection. */
export const pathOf = (store) => `/v1/vector_stores/${encodeURIComponent(store)}`;

/** Asks a collection and shows the answer. `passages` is told what the answer may rest on. */
export async function answerFrom(store, question, { model, signal, passages } = {}) {
  $("answer").hidden = false;
  $("answer-text").hidden = false;
  $("answer-text").textContent = "";
  $("citations").replaceChildren();
  $("answer-note").textContent = model ? say("working") : say("looking");
  const request = { question, stream: true };
  if (model) request.model = model;
  const sentences = [];
  for await (const event of events(await call(`${pathOf(store)}/ask`, request, { signal }))) {
    if (event.passages) passages?.(event.passages);
    if (event.text_delta) $("answer-text").append(event.text_delta);
    if (event.sentence) sentences.push(event.sentence);
    if (event.result) showAnswer(store, event.result, sentences);
  }
}

/** Takes away the last answer. */
export function hideAnswer() {
  $("answer").hidden = true;
}

/** Says a word in the answer's place. */
export function sayInstead(text) {
  $("answer").hidden = false;
  $("answer-text").hidden = true;
  $("citations").replaceChildren();
  $("answer-note").textContent = text;
}

function showAnswer(store, result, sentences) {
  if (result.outcome === "not_in_documents") {
    $("answer-text").textContent = say("notInDocuments");
    $("answer-note").textContent = "";
    return;
  }
  $("answer-text").replaceChildren(...marked(result.answer, sentences.filter((one) => !one.supported), "span", { className: "unsupported", title: say("unsupportedHint") }));
  $("answer-note").textContent = result.unsupported_sentences > 0 ? say("unsupported", result.unsupported_sentences) : "";
  const passages = Map.groupBy(result.citations, (citation) => citation.passage);
  $("citations").replaceChildren(...[...passages.values()].map((citations) => citationItem(store, citations)));
}

/** Text with spans of it in elements; offsets count as JavaScript's strings do. */
function marked(text, spans, tag, properties) {
  const parts = [];
  let from = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start < from || end > text.length) continue;
    parts.push(text.slice(from, start), element(tag, properties, text.slice(start, end)));
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}

/** What an answer quotes from one passage. */
function citationItem(store, citations) {
  const [first] = citations;
  const open = element("button", { type: "button", className: "link" }, `[${first.passage}] ${placeOf(first)}`);
  open.addEventListener("click", () => openSource(store, first, citations));
  return element("li", {}, element("div", { className: "place" }, open), ...citations.map(({ quote }) => element("blockquote", {}, quote)));
}

/** A passage's place in words. */
export function placeOf({ filename, page, sheet, headings }) {
  const place = filename ? [filename] : [];
  if (page) place.push(say("page", page));
  if (sheet) place.push(sheet);
  if (headings.length > 0) place.push(headings.join(" › "));
  return place.join(", ");
}

/** Opens the document of a passage, with spans of it marked: all of the passage unless others are named. */
export async function openSource(store, place, spans = [place]) {
  try {
    const { data } = await (await call(`${pathOf(store)}/files/${encodeURIComponent(place.file_id)}/content`)).json();
    const text = data.map((part) => part.text).join("");
    $("source-title").textContent = place.filename;
    $("source-place").textContent = placeOf({ ...place, filename: "" });
    $("source-text").replaceChildren(...marked(text, spans, "mark", {}));
    $("close-source").onclick = () => $("source").close();
    $("source").showModal();
    $("source-text").querySelector("mark")?.scrollIntoView({ block: "center" });
  } catch (error) {
    showError(error);
  }
}
