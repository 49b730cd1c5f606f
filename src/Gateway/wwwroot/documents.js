// The documents page: collections, uploads, the list of documents. What is asked of them is in ask.js.
import { pathOf } from "/answers.js";
import { asking, forget } from "/ask.js";
import { call, upload } from "/client.js";
import { $, clearError, element, showError } from "/elements.js";
import { begin } from "/page.js";
import { say } from "/words.js";

const PAGE = 50;
const AT_ONCE = 3;
let stores = [];
let shown = [];
let hasMore = false;
let timer = 0;
let generation = 0;

const store = () => stores.find((one) => one.id === $("store").value);
const isMine = (one) => one && one.owned_by !== "platform";
// Where files go: into what is shown, or into the first collection of one's own where that is the platform's.
const target = () => (isMine(store()) ? store() : stores.find(isMine));
const storePath = () => pathOf($("store").value);
const filePath = (id) => `${storePath()}/files/${encodeURIComponent(id)}`;

// Collections

async function loadStores(chosen = $("store").value || sessionStorage.getItem("store")) {
  try {
    stores = [];
    let page;
    do {
      const after = page ? `&after=${encodeURIComponent(page.last_id)}` : "";
      page = await (await call(`/v1/vector_stores?limit=100${after}`)).json();
      stores.push(...page.data);
    } while (page.has_more);
    $("store").replaceChildren(...stores.map((one) => new Option(one.owned_by === "platform" ? say("ofPlatform", one.name) : one.name, one.id)));
    if (stores.length === 0) $("store").add(new Option(say("noStore"), ""));
    if (stores.some((one) => one.id === chosen)) $("store").value = chosen;
    $("key-card").hidden = true;
    clearError();
    await openStore();
  } catch (error) {
    showError(error);
  }
}

async function openStore() {
  sessionStorage.setItem("store", $("store").value);
  shown = [];
  hasMore = false;
  forget();
  showStore();
  showDocuments();
  await loadDocuments();
}

function showStore() {
  const one = store();
  for (const id of ["ask", "search", "question", "filter"]) $(id).disabled = !one;
  $("delete-store").hidden = !isMine(one);
  $("goes-to").textContent = say("goesTo", target()?.name ?? say("firstStore"));
  $("store-hint").textContent = one ? describe(one) : say("noStoreHint");
}

function describe({ file_counts: { completed, total }, chunks, embedding_model: model }) {
  const how = model ?? say("wordsOnly");
  return completed === total ? say("storeDone", total, chunks, how) : say("storeHint", completed, total, chunks, how);
}

async function makeStore(name) {
  const made = await (await call("/v1/vector_stores", { name })).json();
  await loadStores(made.id);
  return made.id;
}

// The list

async function loadDocuments(more = false) {
  clearTimeout(timer);
  const mine = ++generation;
  if (!store()) return;
  try {
    const filter = $("filter").value ? `&filter=${$("filter").value}` : "";
    const count = Math.max(PAGE, Math.ceil((shown.length + (more ? PAGE : 0)) / PAGE) * PAGE);
    const found = [];
    let page;
    do {
      const after = page ? `&after=${encodeURIComponent(page.last_id)}` : "";
      page = await (await call(`${storePath()}/files?limit=${PAGE}${filter}${after}`)).json();
      if (mine !== generation) return; // Another collection or filter was chosen meanwhile.
      found.push(...page.data);
    } while (page.has_more && found.length < count);
    const one = await (await call(storePath())).json();
    if (mine !== generation) return;
    stores = stores.map((other) => (other.id === one.id ? one : other));
    shown = found;
    hasMore = page.has_more;
    showStore();
    showDocuments();
    // The list is older than the collection: what it shows as unfinished may be done by now, and is looked at again.
    if (one.status === "in_progress" || shown.some((file) => file.status === "in_progress")) timer = setTimeout(loadDocuments, 1000);
  } catch (error) {
    if (mine === generation) showError(error);
  }
}

function showDocuments() {
  const focused = document.activeElement?.dataset?.file;
  $("documents").replaceChildren(...shown.map(documentRow));
  $("no-documents").hidden = shown.length > 0;
  $("more").hidden = !hasMore;
  if (focused) $("documents").querySelector(`[data-file="${CSS.escape(focused)}"]`)?.focus();
}

function documentRow(file) {
  const status = element("td", {}, say(file.status));
  if (file.progress) {
    const { stage, chunks_done: done, chunks_total: total } = file.progress;
    status.textContent = say(stage);
    const bar = element("progress", { max: Math.max(total, 1) });
    if (total > 0) bar.value = done;
    bar.setAttribute("aria-label", say(stage));
    status.append(" ", bar);
  }
  if (file.last_error) status.append(element("span", { className: "why" }, file.last_error.message));
  for (const warning of file.warnings ?? []) status.append(element("span", { className: "hint" }, ` ${warning}`));
  const actions = element("td", {});
  if (isMine(store())) {
    const remove = element("button", { type: "button", className: "quiet" }, say("remove"));
    remove.dataset.file = file.id;
    remove.setAttribute("aria-label", `${say("remove")}: ${file.filename}`);
    remove.addEventListener("click", () => removeDocument(file, remove));
    actions.append(remove);
  }
  return element("tr", {}, element("td", {}, file.filename), status, element("td", {}, String(file.chunks)), actions);
}

async function removeDocument(file, button) {
  if (!confirm(say("removeQuestion", file.filename))) return;
  button.disabled = true;
  try {
    await call(filePath(file.id), undefined, { method: "DELETE" });
    shown = shown.filter((other) => other.id !== file.id);
    showDocuments();
    await loadDocuments();
  } catch (error) {
    button.disabled = false;
    showError(error);
  }
}

// Uploads

async function addFiles(files) {
  clearError();
  const waiting = [...files];
  if (waiting.length === 0) return;
  try {
    if (!target()) await makeStore(say("firstStore"));
    else if (target() !== store()) await loadStores(target().id);
  } catch (error) {
    showError(error);
    return;
  }
  const place = storePath();
  const lines = new Map(waiting.map((file) => [file, uploadLine(file)]));
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await addFile(place, file, lines.get(file));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function uploadLine(file) {
  const bar = element("progress", { max: 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  const line = element("li", {}, element("span", {}, file.name), bar);
  $("uploads").append(line);
  return { line, bar };
}

async function addFile(place, file, { line, bar }) {
  try {
    const uploaded = await upload(file, (share) => (bar.value = share));
    await call(`${place}/files`, { file_id: uploaded.id });
    line.remove();
    if (place === storePath()) loadDocuments();
  } catch (error) {
    bar.remove();
    line.append(element("span", { className: "why" }, error.message));
    if (error.status === 401) showError(error);
  }
}

// What happens when

$("store").addEventListener("change", openStore);
$("filter").addEventListener("change", () => {
  shown = [];
  loadDocuments();
});
$("more").addEventListener("click", () => loadDocuments(true));
$("new-store-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await makeStore($("new-store").value.trim());
    $("new-store").value = "";
  } catch (error) {
    showError(error);
  }
});
$("delete-store").addEventListener("click", async () => {
  const one = store();
  if (!one || !confirm(say("deleteStoreQuestion", one.name, one.file_counts.total))) return;
  try {
    await call(storePath(), undefined, { method: "DELETE" });
    await loadStores("");
  } catch (error) {
    showError(error);
  }
});
$("files").addEventListener("change", () => {
  addFiles($("files").files);
  $("files").value = "";
});
for (const name of ["dragover", "dragenter"]) {
  $("drop").addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.add("over");
  });
}
$("drop").addEventListener("dragleave", () => $("drop").classList.remove("over"));
$("drop").addEventListener("drop", (event) => {
  event.preventDefault();
  $("drop").classList.remove("over");
  addFiles(event.dataTransfer.files);
});

asking(() => $("store").value);
begin(say("documentsTitle"), () => loadStores());
