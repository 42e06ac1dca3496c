// Passkeys (WebAuthn, level 3: the JSON forms), and the token behind the # of a one-time link.

const can = window.PublicKeyCredential?.parseRequestOptionsFromJSON;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!can) continue;
  const go = form.querySelector("[data-go]");
  go.disabled = false;
  form.querySelector("[data-without]").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go.disabled = true;
    form.querySelector("[data-said]").hidden = true;
    ask(form)
      // The same form, now with its answer; this does not come here again.
      .then(() => form.submit())
      .catch(() => {
        go.disabled = false;
        form.querySelector("[data-said]").hidden = false;
      });
  });
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST" });
  if (!answer.ok) throw new Error(String(answer.status));
  const options = await answer.json();
  const made =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
        });
  form.querySelector("[name=answer], [name=confirm-answer]").value = JSON.stringify(made);
}

const token = document.querySelector("[data-from-address]");
if (token && location.hash.length > 1) {
  token.value = location.hash.slice(1);
  // It stands in no history of the browser.
  history.replaceState(null, "", location.pathname);
}
