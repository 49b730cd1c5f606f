// The page of training jobs: how far they are, their curves, and what can be done with them.
import { chart, short } from "/chart.js";
import { call } from "/client.js";
import { $, clearError, element, showError } from "/elements.js";
import { begin } from "/page.js";
import { say } from "/words.js";

const PAGE = 20;
const EVENTS = 1000;
const ACTIVE = ["queued", "validating_files", "running"];
const CHARTS = [
  ["loss", ["loss", "eval_loss"]],
  ["margins", ["rewards/margins", "eval_rewards/margins"]],
  ["accuracies", ["rewards/accuracies", "eval_rewards/accuracies"]],
];
const ACTIONS = [["pause", ACTIVE], ["resume", ["paused", "failed"]], ["cancel", [...ACTIVE, "paused"]]];

const cards = new Map();
let count = PAGE;
let timer = 0;

const path = (id, rest = "") => `/v1/fine_tuning/jobs/${encodeURIComponent(id)}${rest}`;

async function load() {
  clearTimeout(timer);
  try {
    const jobs = [];
    let page;
    do {
      const after = page ? `&after=${encodeURIComponent(jobs.at(-1).id)}` : "";
      page = await (await call(`/v1/fine_tuning/jobs?limit=${PAGE}${after}`)).json();
      jobs.push(...page.data);
    } while (page.has_more && jobs.length < count);
    if (!$("key-card").hidden) clearError(); // What was asked for is there.
    $("key-card").hidden = true;
    $("no-jobs").hidden = jobs.length > 0;
    $("more").hidden = !page.has_more;
    jobs.forEach(show);
    await Promise.all(jobs.map((job) => cards.get(job.id)).filter((card) => card.details.open && !card.complete).map(follow));
    timer = setTimeout(load, jobs.some((job) => ACTIVE.includes(job.status)) ? 1500 : 5000); // A job may come from elsewhere.
  } catch (error) {
    showError(error);
    if (error.status !== 401) timer = setTimeout(load, 10000);
  }
}

// A job's card is made once and then changed, so that the keyboard's place in it stays.
function show(job) {
  const card = cards.get(job.id) ?? make(job);
  card.job = job;
  card.status.textContent = say(`job_${job.status}`);
  card.item.className = `card job ${job.status}`;
  card.bar.hidden = !job.max_steps;
  if (job.max_steps) {
    card.bar.max = job.max_steps;
    card.bar.value = job.step;
    card.steps.textContent = say("steps", job.step, job.max_steps) + timeLeft(job);
  }
  card.numbers.textContent = Object.entries(job.metrics)
    .filter(([name]) => ["loss", "rewards/margins", "rewards/accuracies", "learning_rate"].includes(name))
    .map(([name, value]) => `${name} ${short(value)}`).join("   ");
  card.why.hidden = !job.error;
  card.why.textContent = job.error ? `${job.error.code}: ${job.error.message}` : "";
  card.result.hidden = !job.fine_tuned_model;
  card.result.textContent = job.fine_tuned_model ? say("jobResult", job.fine_tuned_model) : "";
  for (const [name, button] of Object.entries(card.buttons)) button.hidden = !ACTIONS.find(([action]) => action === name)[1].includes(job.status);
}

function make(job) {
  const title = element("h2", {}, `${job.user_provided_suffix ?? job.recipe.output_model ?? job.id}`);
  const status = element("strong", { className: "status" });
  const bar = element("progress", {});
  bar.setAttribute("aria-label", say("progress"));
  const buttons = Object.fromEntries(ACTIONS.map(([action]) => {
    const button = element("button", { type: "button", className: action === "cancel" ? "stop" : "quiet" }, say(`job_do_${action}`));
    button.setAttribute("aria-label", `${say(`job_do_${action}`)}: ${job.id}`);
    button.addEventListener("click", () => change(job.id, action, button));
    return [action, button];
  }));
  const curves = element("div", { className: "curves" });
  const isNewest = [...cards.values()].every((other) => other.job.created_at < job.created_at);
  const details = element("details", { open: isNewest || ACTIVE.includes(job.status) }, element("summary", {}, say("curves")), curves);
  const recipe = element("details", {}, element("summary", {}, say("recipe")), element("pre", { tabIndex: 0 }, JSON.stringify(job.recipe, null, 2)));
  const steps = element("span", { className: "hint" }), numbers = element("p", { className: "hint numbers" });
  const why = element("p", { className: "why" }), result = element("p", {});
  const item = element("li", {},
    element("div", { className: "head" }, title, status, ...Object.values(buttons)),
    element("p", { className: "hint" }, `${job.id} · ${job.recipe.objective} · ${job.model}`),
    element("p", { className: "row" }, bar, steps), numbers, why, result, details, recipe);
  const card = { item, status, bar, steps, numbers, why, result, details, curves, buttons, job, points: {}, newest: "", complete: false };
  details.addEventListener("toggle", () => details.open && !card.complete && follow(card).catch(showError));
  cards.set(job.id, card);
  // The newest come first, and a new job is newer than those that are shown.
  const next = [...cards.values()].find((other) => other !== card && other.item.isConnected && other.job.created_at < job.created_at);
  $("jobs").insertBefore(item, next?.item ?? null);
  return card;
}

function timeLeft(job) {
  if (!job.estimated_finish) return "";
  const seconds = Math.max(0, job.estimated_finish - Date.now() / 1000);
  return `, ${seconds >= 90 ? say("minutesLeft", Math.round(seconds / 60)) : say("secondsLeft", Math.round(seconds))}`;
}

async function change(id, action, button) {
  if (action === "cancel" && !confirm(say("cancelQuestion", id))) return;
  clearError();
  button.disabled = true;
  try {
    show(await (await call(path(id, `/${action}`), undefined, { method: "POST" })).json());
    cards.get(id).complete = false;
    await load();
  } catch (error) {
    showError(error);
  } finally {
    button.disabled = false;
  }
}

/** Takes in the events that are new, which come newest first, and draws the curves. */
async function follow(card) {
  if (card.following) return;
  card.following = true;
  try {
    const ended = !ACTIVE.includes(card.job.status);
    const fresh = [];
    let page;
    do {
      const after = page ? `&after=${encodeURIComponent(page.data.at(-1).id)}` : "";
      page = await (await call(path(card.job.id, `/events?limit=${card.newest ? 100 : EVENTS}${after}`))).json();
      const known = page.data.findIndex((event) => event.id === card.newest);
      fresh.push(...(known < 0 ? page.data : page.data.slice(0, known)));
      if (known >= 0) break;
    } while (page.has_more);
    for (const event of fresh.reverse()) {
      card.newest = event.id;
      if (event.type !== "metrics") continue;
      for (const [name, value] of Object.entries(event.data)) (card.points[name] ??= []).push([event.data.step, value]);
    }
    card.complete = ended && card.job.status !== "paused";
    const drawn = CHARTS.map(([title, names]) => [say(`chart_${title}`), names.filter((name) => card.points[name]).map((name) => ({ name, points: card.points[name] }))])
      .filter(([, curves]) => curves.length > 0);
    card.curves.replaceChildren(...drawn.map(([title, curves]) => element("figure", {}, element("figcaption", {}, title), chart(title, curves))));
    if (drawn.length === 0) card.curves.textContent = say("noCurves");
  } finally {
    card.following = false;
  }
}

// What happens when

$("more").addEventListener("click", () => {
  count += PAGE;
  load();
});

begin(say("jobsTitle"), load);
