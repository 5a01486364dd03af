// The one thing that needs script: the browser's ceremony with a passkey. Its result goes into the form, and the form is sent.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = async (kind, options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    if (kind === "create") {
      publicKey.user = { ...options.user, id: bytes(options.user.id) };
      if (options.excludeCredentials) publicKey.excludeCredentials = listed(options.excludeCredentials);
      return navigator.credentials.create({ publicKey });
    }
    if (options.allowCredentials) publicKey.allowCredentials = listed(options.allowCredentials);
    return navigator.credentials.get({ publicKey });
  };

  const said = (found) => {
    const response = { clientDataJSON: text(found.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (found.response[name]) response[name] = text(found.response[name]);
    }
    return JSON.stringify({ id: text(found.rawId), rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {} });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const trouble = form.querySelector("[data-trouble]");
    form.querySelector("[data-without]")?.remove();
    for (const part of form.querySelectorAll("[data-with]")) part.hidden = false;
    let ready = false;
    // Before the listener that sends a form only once: nothing is sent yet.
    form.addEventListener("submit", async (event) => {
      if (ready) return;
      event.preventDefault();
      event.stopPropagation();
      trouble.hidden = true;
      try {
        form.elements.credential.value = said(await ask(form.dataset.passkey, JSON.parse(form.dataset.options)));
        ready = true;
        form.requestSubmit();
      } catch (refusal) {
        trouble.hidden = false;
      }
    });
  }
})();
