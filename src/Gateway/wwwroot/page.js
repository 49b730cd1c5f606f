// What every page does: its words, its title, where it is among the others, whether the platform is well, and the key that it needs.
import { useKey } from "/client.js";
import { $ } from "/elements.js";
import { say, translate } from "/words.js";

/** Begins a page; `load` fetches what it shows, now and again when a key was entered. */
export function begin(title, load) {
  translate(document);
  document.title = title ? `${title} – LlmPlatform` : "LlmPlatform";
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.pathname === location.pathname) link.ariaCurrent = "page";
  }
  $("key-card").addEventListener("submit", (event) => {
    event.preventDefault();
    useKey($("key").value.trim());
    load();
  });
  showHealth();
  load().finally(() => ($("main").ariaBusy = "false"));
}

async function showHealth() {
  const healthy = await fetch("/health").then(async (response) => {
    await response.text();
    return response.ok;
  }, () => false);
  $("health").firstElementChild.className = `dot ${healthy ? "good" : "bad"}`;
  $("health").title = say(healthy ? "healthy" : "unhealthy");
}
