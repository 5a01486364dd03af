// Quicker, never needed: keys, one send per form, and fresh parts of a page without loading all of it.
(() => {
  const $ = (what, inside = document) => inside.querySelector(what);
  const root = document.documentElement;
  root.classList.add("quick");

  // The menu folds away on a wide screen and stays so; on a narrow one it is a sheet that rises from below.
  const narrow = matchMedia("(max-width: 60rem)");
  const menu = $(".to-street");
  const unfolded = () => menu?.setAttribute("aria-expanded", String(narrow.matches ? location.hash === "#street" : !root.classList.contains("folded")));
  menu?.setAttribute("aria-controls", "street");
  menu?.addEventListener("click", (event) => {
    if (narrow.matches) return;
    event.preventDefault();
    const folded = root.classList.toggle("folded");
    document.cookie = `street=${folded ? "folded" : ""}; path=/; max-age=${folded ? 31536000 : 0}; samesite=lax`;
    unfolded();
  });
  addEventListener("hashchange", unfolded);
  narrow.addEventListener("change", unfolded);
  unfolded();

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      const box = $("#search");
      if (box) { event.preventDefault(); box.focus(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (location.hash === "#street") { location.hash = "main"; menu.focus(); return; }
      if ($(".sheet-beside")) { putAway(); return; }
      for (const drop of document.querySelectorAll("details.drop[open]")) {
        const inside = drop.contains(document.activeElement);
        drop.open = false;
        if (inside) $("summary", drop).focus();
      }
      return;
    }
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const links = [...document.querySelectorAll(".rows tbody th a")].filter((one) => !one.closest(".sheet-beside"));
    const at = links.includes(document.activeElement) ? links.indexOf(document.activeElement) : links.findIndex((one) => one.closest("tr.here"));
    const does = {
      "/": () => $("#search")?.focus(),
      "?": () => $("#keys")?.showModal(),
      j: () => links[Math.min(at + 1, links.length - 1)]?.focus(),
      k: () => links[Math.max(at - 1, 0)]?.focus(),
      e: () => ($(".sheet-beside .acts .act") || $(".acts .act, .head .act"))?.focus(),
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

  // A row of a list opens its sheet beside the list where there is room for both.
  const list = $("[data-list]");
  const putAway = () => {
    const row = $("tr.here");
    $(".sheet-beside").remove();
    list.classList.remove("with-sheet");
    row?.classList.remove("here");
    $("th a", row ?? list)?.focus();
  };
  const setBeside = async (link) => {
    try {
      const page = await fetched(link.href);
      const aside = document.createElement("aside");
      aside.className = "sheet-beside";
      aside.tabIndex = -1;
      aside.setAttribute("aria-label", link.textContent.trim());
      aside.append($("template", list).content.cloneNode(true), ...$("main", page).childNodes);
      for (const one of aside.querySelectorAll("h1")) {
        const lower = document.createElement("h2");
        lower.append(...one.childNodes);
        lower.className = "sheet-title";
        one.replaceWith(lower);
      }
      $("[data-whole]", aside).href = link.href;
      $("[data-away]", aside).addEventListener("click", putAway);
      $(".sheet-beside")?.remove();
      $("tr.here")?.classList.remove("here");
      list.classList.add("with-sheet");
      link.closest("tr").classList.add("here");
      list.append(document.adoptNode(aside));
      aside.focus();
    } catch { location.assign(link.href); }
  };
  list?.addEventListener("click", (event) => {
    const link = event.target.closest("tbody th a");
    if (!link || link.closest(".sheet-beside") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if ($("main").clientWidth < 1100) return;
    event.preventDefault();
    setBeside(link);
  });

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
