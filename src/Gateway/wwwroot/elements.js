// Small helpers for the page's elements.
export const $ = (id) => document.getElementById(id);

/** An element with properties and children; text is text, never markup. */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function showError(error) {
  $("key-card").hidden = error.status !== 401;
  $("notice").hidden = false;
  $("notice").textContent = error.message;
  $("notice").scrollIntoView({ block: "nearest" });
  if (error.status === 401) $("key").focus();
}

export function clearError() {
  $("notice").hidden = true;
}
