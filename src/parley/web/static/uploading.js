// A file goes up in parts that are checked one by one. What has come is kept at the desk: after a
// broken line it goes on by itself, after a reload once the same file was chosen again.
// Without this script, or where a browser cannot hash, the form is sent as any other.

const form = document.querySelector("form[data-uploads]");
const TRIES = 8;
const WAIT = 1000;
const AWAY = 3000;

class Refused extends Error {}

const pause = (time) => new Promise((done) => setTimeout(done, time));

// A browser that takes itself to be offline may reach a desk all the same, at loopback or in a house
// without a way out: it tries again without that word, but does not give up before it.
function online() {
  if (navigator.onLine) return Promise.resolve();
  const word = new Promise((done) => addEventListener("online", done, { once: true }));
  return Promise.race([word, pause(AWAY)]);
}

// Leaf hashes (RFC 9162, 2.1.1) of the parts of a file, one behind the other.
async function leaves(file, size, told) {
  const count = Math.ceil(file.size / size);
  const found = new Uint8Array(32 * count);
  for (let at = 0; at < count; at += 1) {
    const part = await file.slice(at * size, (at + 1) * size).arrayBuffer();
    const data = new Uint8Array(part.byteLength + 1);
    data.set(new Uint8Array(part), 1);
    found.set(new Uint8Array(await crypto.subtle.digest("SHA-256", data)), 32 * at);
    told((at + 1) / count);
  }
  return found;
}

async function send(address, method, body, waits) {
  for (let tried = 0; ; tried += 1) {
    try {
      const answer = await fetch(address, { method, body });
      if (answer.ok) return await answer.json();
      if (answer.status < 500) {
        const said = await answer.json();
        throw new Refused([said.what, said.todo].filter(Boolean).join(" "));
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    if (tried >= TRIES && navigator.onLine) throw new Error("line");
    waits(true);
    await online();
    await pause(WAIT * 2 ** Math.min(tried, 4));
    waits(false);
  }
}

async function upload() {
  const file = form.elements.file.files[0];
  const place = form.querySelector("[data-upload]");
  const label = place.querySelector("label");
  const progress = place.querySelector("progress");
  const say = (name, done) => {
    label.textContent = label.dataset[name];
    if (done !== undefined) progress.value = done;
  };
  place.hidden = false;
  // As the desk cuts it: parts of one size, unless there would be too many.
  let bits = Number(form.dataset.bits);
  while (bits < 20 && Math.ceil(file.size / 2 ** bits) > 2 ** 20) bits += 1;
  const size = 2 ** bits;
  const waits = (down) => say(down ? "waiting" : "sending");
  const hashes = await leaves(file, size, (done) => say("hashing", done));
  const base = form.dataset.uploads;
  const begun = await send(`${base}?size=${file.size}`, "POST", hashes, waits);
  let left = begun.missing.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const all = Math.ceil(file.size / size);
  say("sending", (all - left) / all);
  for (const [first, last] of begun.missing) {
    for (let at = first; at <= last; at += 1) {
      const part = file.slice(at * size, (at + 1) * size);
      await send(`${base}/${begun.upload}?offset=${at * size}`, "PUT", part, waits);
      left -= 1;
      say("sending", (all - left) / all);
    }
  }
  const fields = new URLSearchParams();
  for (const name of ["name", "hazard", "description"]) fields.set(name, form.elements[name].value);
  const made = await send(`${base}/${begun.upload}/finish`, "POST", fields, waits);
  place.hidden = true;
  return made;
}

function attached(made) {
  const text = document.querySelector("form.manuscript");
  const list = document.querySelector("[data-files]");
  if (!text || !list) return location.reload();
  // The text that is being written goes on from the draft as it is now.
  text.elements.revision.value = made.revision;
  const line = document.createElement("li");
  line.textContent = form.elements.name.value;
  line.dir = "auto";
  list.append(line);
  form.reset();
}

if (form && globalThis.crypto?.subtle) {
  const said = form.querySelector("[data-said]");
  form.querySelector("[data-plain]").hidden = true;
  form.elements.file.addEventListener("change", () => {
    const chosen = form.elements.file.files[0];
    if (chosen && !form.elements.name.value) form.elements.name.value = chosen.name;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    said.textContent = "";
    try {
      const made = await upload();
      said.textContent = made.what;
      attached(made);
    } catch (error) {
      const label = form.querySelector("[data-upload] label");
      said.textContent = error instanceof Refused ? error.message : label.dataset.again;
    } finally {
      button.disabled = false;
    }
  });
}
