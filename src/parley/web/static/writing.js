// Writing: what is typed is saved as one goes, and kept in this window until it is.
// Without this script the form is sent as any other.

const form = document.querySelector("form.manuscript");
const saved = document.querySelector("[data-saved]");
const key = form && `parley-text:${form.dataset.place}`;
const WAIT = 1500;
const AGAIN = 15000;
const EARLIER = ["revision", "do", "add-language"];

let timer = 0;
let sending = false;
let changed = false;
let leaving = false;
let stopped = false;

function typed() {
  return [...new FormData(form)].filter(([name]) => !EARLIER.includes(name));
}

function keep() {
  try {
    sessionStorage.setItem(key, JSON.stringify(typed()));
  } catch {
    // A window that keeps nothing still has the form itself.
  }
}

function forget() {
  sessionStorage.removeItem(key);
}

function say(text, field) {
  saved.textContent = text;
  saved.toggleAttribute("data-wrong", field !== undefined);
  if (!field) return;
  const link = document.createElement("a");
  link.href = `#${field}`;
  link.textContent = text;
  saved.replaceChildren(link);
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

async function save() {
  if (sending || stopped || leaving || !changed) return;
  sending = true;
  changed = false;
  let wait = WAIT;
  const body = new URLSearchParams(typed());
  body.set("revision", form.elements.revision.value);
  try {
    const answer = await fetch(form.dataset.autosave, { method: "PUT", body });
    const said = await answer.json();
    if (answer.ok) {
      form.elements.revision.value = said.revision;
      say(said.what);
      if (!changed) forget();
    } else {
      say([said.what, said.todo].filter(Boolean).join(" "), said.field ?? "");
      // Somebody was quicker: from here on the two texts are put together by hand.
      stopped = answer.status === 409;
      // Signed out: whoever signs in again in another window has the text saved from this one.
      if (answer.status === 401) throw new Error("session");
    }
  } catch {
    changed = true;
    wait = AGAIN;
  } finally {
    sending = false;
    if (changed && !stopped) later(wait);
  }
}

function put(pairs) {
  const by = new Map();
  for (const [name, value] of pairs) by.set(name, [...(by.get(name) ?? []), value]);
  for (const input of form.elements) {
    if (!input.name || input.type === "hidden" || input.tagName === "BUTTON") continue;
    const values = by.get(input.name) ?? [];
    if (input.type === "checkbox" || input.type === "radio") {
      input.checked = values.includes(input.value);
    } else if (values.length) {
      input.value = values[0];
    }
  }
}

function offer() {
  const kept = sessionStorage.getItem(key);
  if (!kept || kept === JSON.stringify(typed())) return forget();
  const place = document.querySelector("[data-kept]");
  place.hidden = false;
  place.querySelector("[data-put-back]").addEventListener("click", () => {
    put(JSON.parse(kept));
    place.hidden = true;
    form.dispatchEvent(new Event("input"));
  });
  place.querySelector("[data-throw-away]").addEventListener("click", () => {
    forget();
    place.hidden = true;
  });
}

if (form) {
  offer();
  form.addEventListener("input", () => {
    changed = true;
    keep();
    if (form.dataset.autosave) later(WAIT);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  for (const button of document.querySelectorAll("button[data-take]")) {
    button.hidden = !form.elements[button.dataset.take]?.matches?.("textarea, input");
    button.addEventListener("click", () => {
      form.elements[button.dataset.take].value = button.dataset.text;
      form.dispatchEvent(new Event("input"));
    });
  }
}
