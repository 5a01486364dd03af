// Quicker, never needed: keys, one send per form, and fresh parts of a page without loading all of it.
(() => {
  const $ = (what, inside = document) => inside.querySelector(what);

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      const box = $("#search");
      if (box) { event.preventDefault(); box.focus(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (location.hash === "#street") { location.hash = "main"; return; }
      for (const drop of document.querySelectorAll("details.drop[open]")) {
        const inside = drop.contains(document.activeElement);
        drop.open = false;
        if (inside) $("summary", drop).focus();
      }
      return;
    }
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const links = [...document.querySelectorAll(".rows tbody th a")];
    const at = links.indexOf(document.activeElement);
    const does = {
      "/": () => $("#search")?.focus(),
      "?": () => $("#keys")?.showModal(),
      j: () => links[Math.min(at + 1, links.length - 1)]?.focus(),
      k: () => links[Math.max(at - 1, 0)]?.focus(),
      e: () => $(".acts .act, .head .act")?.focus(),
    }[event.key];
    if (does) { event.preventDefault(); does(); }
  });

  document.addEventListener("click", (event) => {
    for (const drop of document.querySelectorAll("details.drop[open]")) if (!drop.contains(event.target)) drop.open = false;
  });

  // A form is sent once, however often its button is pressed; the server would do it once all the same.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  // Files that are together larger than the server takes are told before they travel.
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset?.most) return;
    const size = [...target.files].reduce((sum, one) => sum + one.size, 0);
    target.setCustomValidity(size > +target.dataset.most ? target.dataset.says : "");
    target.reportValidity();
  });

  const fetched = async (url) => {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  // Sliders and choices change the blocks of the page in place.
  const swap = async (url, focus) => {
    try {
      const page = await fetched(url);
      const [old, fresh] = [$("#blocks"), $("#blocks", page)];
      if (!old || !fresh) throw new Error("another page");
      old.replaceWith(document.adoptNode(fresh));
      history.pushState(null, "", url);
      $(focus, fresh)?.focus();
    } catch { location.assign(url); }
  };
  if ($("#blocks")) {
    document.addEventListener("click", (event) => {
      const step = event.target.closest(".slider a");
      if (!step || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      swap(step.href, ".slider a[aria-current]");
    });
    document.addEventListener("change", (event) => {
      const form = event.target.closest("form.choice");
      if (form) swap(`${location.pathname}?${new URLSearchParams(new FormData(form))}`, `#${event.target.id}`);
    });
    addEventListener("popstate", () => location.reload());
  }

  // A running job tells how far it is.
  const watch = async () => {
    const job = $("[data-again]");
    if (!job) return;
    try {
      const fresh = $(".job", await fetched(job.dataset.again));
      if (!fresh.dataset.again) return location.reload();
      const [told, now] = [$(".told", job), $(".told", fresh)]; // a live region speaks when its text changes, not itself
      if (told.textContent !== now.textContent) told.textContent = now.textContent;
      $("progress", job).replaceWith(document.adoptNode($("progress", fresh)));
    } catch { /* away for a moment: ask again */ }
    setTimeout(watch, document.hidden ? 10000 : 2000);
  };
  setTimeout(watch, 1500);
})();
