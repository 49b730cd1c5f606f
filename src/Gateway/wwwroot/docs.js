// The platform's own documentation, asked on the start page: how far it is indexed, and answers quoted from it.
import { answerFrom, hideAnswer } from "/answers.js";
import { call } from "/client.js";
import { $, clearError, element, sendOnEnter, showError } from "/elements.js";
import { say } from "/words.js";

const DOCS = "docs";
const LOOK_AGAIN = 700;
let running = null;
let timer = 0;

/** Makes the elements of the section do what they are for. */
export function documentation() {
  $("docs-form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask($("docs-question").value.trim());
  });
  sendOnEnter($("docs-question"), $("docs-form"));
  for (const key of ["docsExample1", "docsExample2", "docsExample3"]) {
    const example = element("button", { type: "button", className: "quiet" }, say(key));
    example.addEventListener("click", () => {
      $("docs-question").value = say(key);
      ask(say(key));
    });
    $("docs-examples").append(element("li", {}, example));
  }
}

/** Shows how far the documentation is indexed, until it is. */
export async function loadDocumentation() {
  clearTimeout(timer);
  const page = await (await call(`/v1/vector_stores?limit=100`)).json();
  const docs = page.data.find((store) => store.owned_by === "platform" && store.name === DOCS);
  showState(docs);
  if (docs?.status !== "completed" || docs.file_counts.total === 0) timer = setTimeout(() => loadDocumentation().catch(showError), LOOK_AGAIN);
}

function showState(docs) {
  const counts = docs?.file_counts ?? { completed: 0, total: 0 };
  const working = docs?.status !== "completed" || counts.total === 0;
  $("docs-progress").hidden = !working;
  if (counts.total > 0) {
    $("docs-progress").max = counts.total;
    $("docs-progress").value = counts.completed;
  }
  $("docs-hint").textContent = working
    ? say("docsIndexing", counts.completed, counts.total)
    : say("storeDone", counts.total, docs.chunks, docs.embedding_model ?? say("wordsOnly"));
}

async function ask(question) {
  if (!question || running) return;
  clearError();
  hideAnswer();
  running = new AbortController();
  $("docs-ask").disabled = true;
  try {
    await answerFrom(DOCS, question, { signal: running.signal });
  } catch (error) {
    hideAnswer();
    showError(error);
  } finally {
    running = null;
    $("docs-ask").disabled = false;
  }
}
