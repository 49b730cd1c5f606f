// Small helpers for the page's elements.
export const $ = (id) => document.getElementById(id);

/** An element with properties and children; text is text, never markup. */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture of lines on a ground of 24 by 24; what it means is said beside it. */
export function icon(path, className = "") {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("class", `icon ${className}`);
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  picture.append(line);
  return picture;
}

/** Enter sends the form, Shift+Enter breaks the line. While a Korean syllable is being composed, Enter only ends the syllable. */
export function sendOnEnter(field, form) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
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
