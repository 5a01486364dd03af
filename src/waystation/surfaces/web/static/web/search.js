// Suggestions under a search box as one types; without this script the box asks the search page.
(() => {
  let boxes = 0;
  for (const box of document.querySelectorAll("input[data-suggest]")) {
    const list = document.createElement("ul");
    list.id = `suggestions-${++boxes}`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.labels[0]?.textContent ?? "");
    const told = document.createElement("p");
    told.className = "aside";
    told.setAttribute("role", "status");
    const around = document.createElement("span");
    around.className = "suggesting";
    box.replaceWith(around);
    around.append(box, list, told);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", "aria-haspopup": "listbox" })) box.setAttribute(name, value);

    let asked = "", waiting = 0, going = null, at = -1;
    const options = () => [...list.children];
    const show = (shown) => {
      list.hidden = !shown;
      box.setAttribute("aria-expanded", String(shown));
      if (!shown) choose(-1);
    };
    const choose = (next) => {
      options()[at]?.removeAttribute("aria-selected");
      at = next;
      const one = options()[at];
      one?.setAttribute("aria-selected", "true");
      one?.scrollIntoView({ block: "nearest" });
      one ? box.setAttribute("aria-activedescendant", one.id) : box.removeAttribute("aria-activedescendant");
    };
    const ask = async () => {
      const words = box.value.trim();
      if (words === asked) return;
      asked = words;
      going?.abort();
      going = new AbortController();
      if (!words) { list.replaceChildren(); told.textContent = ""; return show(false); }
      try {
        const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: words })}`, { signal: going.signal, headers: { "X-Requested-With": "fetch" } });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        list.replaceChildren(...[...page.querySelectorAll("[role=option]")].map((one) => document.adoptNode(one)));
        options().forEach((one, place) => { one.id = `${list.id}-${place}`; });
        at = -1;
        choose(-1);
        show(options().length > 0 && document.activeElement === box);
        told.textContent = list.hidden ? "" : `${options().length} · ${options()[0].textContent.trim()}`;
      } catch (trouble) { if (trouble.name !== "AbortError") show(false); }
    };
    box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 150); });
    box.addEventListener("focus", () => { if (options().length && box.value.trim() === asked) show(true); });
    box.addEventListener("blur", () => setTimeout(() => show(false), 150));
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const many = options().length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!many) return;
        event.preventDefault();
        if (list.hidden) show(true);
        const step = event.key === "ArrowDown" ? 1 : -1;
        choose(at < 0 && step < 0 ? many - 1 : at + step >= many ? -1 : at + step);
      } else if (event.key === "Enter" && at >= 0 && !list.hidden) {
        event.preventDefault();
        location.assign(options()[at].dataset.href);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        show(false);
      }
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    list.addEventListener("click", (event) => {
      const one = event.target.closest("[data-href]");
      if (one) event.ctrlKey || event.metaKey ? open(one.dataset.href) : location.assign(one.dataset.href);
    });
  }
})();
