// A file is read into the text field beside it: it is seen before it is sent, and without scripts
// its text is put there by hand.

const MOST_BYTES = 1024 * 1024;

for (const place of document.querySelectorAll("[data-file-for]")) {
  const target = document.getElementById(place.dataset.fileFor);
  const input = place.querySelector("input[type=file]");
  place.hidden = false;
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    input.setCustomValidity("");
    try {
      if (file.size > MOST_BYTES) throw new RangeError();
      const bytes = await file.arrayBuffer();
      target.value = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      target.dispatchEvent(new Event("input", { bubbles: true }));
    } catch (error) {
      const words = error instanceof RangeError ? place.dataset.large : place.dataset.unreadable;
      input.setCustomValidity(words);
      input.reportValidity();
    }
  });
}

// What is written into a list is meant to be used.
for (const text of document.querySelectorAll("textarea[data-checks]")) {
  text.addEventListener("input", () => {
    if (text.value) document.getElementById(text.dataset.checks).checked = true;
  });
}
