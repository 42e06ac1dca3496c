// What a page does for whoever has scripts: nothing that it lacks without them.

for (const place of document.querySelectorAll("[data-focus]")) place.focus();

// Copying, where the browser lets a page do so.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy));
  }
}

// One key leads to what has it, unless something is being typed.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.matches("a, button") ? target.click() : target.focus();
});

// Deadlines count down, by the clock of the desk and not of this machine.
const root = document.documentElement;
const behind = Number(root.dataset.now) - Date.now() / 1000;
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

function length(seconds) {
  let rest = seconds;
  const parts = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count || (unit === "minute" && !parts.length)) {
      const options = { style: "unit", unit, unitDisplay: "long", numberingSystem: root.dataset.digits };
      parts.push(new Intl.NumberFormat(root.lang, options).format(count));
    }
    if (parts.length === 2 || (parts.length && !count)) break;
  }
  return parts.join(" ");
}

function count() {
  const now = Date.now() / 1000 + behind;
  for (const place of document.querySelectorAll("time[data-due]")) {
    const rest = Number(place.dataset.due) - now;
    // What is over already says by how much as of when the page was made.
    if (rest > 0) place.textContent = root.dataset.left.replace("%", length(rest));
    else if (!place.closest(".over") && !document.querySelector("textarea")) location.reload();
  }
}
if (document.querySelector("time[data-due]")) setInterval(count, 30000);
