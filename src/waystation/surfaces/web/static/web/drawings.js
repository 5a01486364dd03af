// Drawings are whole without this: what a mark says at once under the pointer, a map that comes closer, tables by a key.
(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // the table beside a drawing says the same to everyone
  document.body.append(tip);

  const markOf = (target) => {
    const mark = target.closest?.(".drawn svg *");
    const title = mark && [...mark.children].find((one) => one.localName === "title");
    if (title) { mark.dataset.says = title.textContent; title.remove(); } // else the browser says it a second time
    return mark?.dataset.says ? mark : null;
  };
  document.addEventListener("pointerover", ({ target }) => {
    const mark = markOf(target);
    tip.hidden = !mark;
    if (mark) tip.textContent = mark.dataset.says;
  });
  document.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (tip.hidden) return;
    const { offsetWidth: width, offsetHeight: height } = tip;
    tip.style.left = `${Math.max(4, Math.min(clientX + 12, innerWidth - width - 4))}px`;
    tip.style.top = `${clientY > height + 24 ? clientY - height - 12 : clientY + 20}px`;
  });
  addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });

  // A map comes closer around the middle of what is seen, and is moved by dragging.
  const whole = (svg) => (svg.dataset.whole ??= svg.getAttribute("viewBox")).split(" ").map(Number);
  const seen = (svg) => svg.getAttribute("viewBox").split(" ").map(Number);
  const show = (svg, x, y, width) => {
    const [, , most, tall] = whole(svg);
    const height = (width * tall) / most;
    const held = (at, size, all) => Math.max(0, Math.min(at, all - size));
    svg.setAttribute("viewBox", [held(x, width, most), held(y, height, tall), width, height].map((n) => n.toFixed(1)).join(" "));
  };
  const zoom = (svg, times) => {
    const [x, y, width, height] = seen(svg);
    const next = Math.max(whole(svg)[2] / 16, Math.min(whole(svg)[2], width / times));
    show(svg, x + (width - next) / 2, y + (height - (next * height) / width) / 2, next);
  };
  const closer = (svg) => seen(svg)[2] < whole(svg)[2];
  const dress = (figure) => {
    figure.dataset.dressed = "yes";
    const row = document.createElement("div");
    row.className = "zoom";
    for (const [sign, says, times] of [["+", figure.dataset.closer, 2], ["−", figure.dataset.further, 0.5], ["○", figure.dataset.all, 0]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.title = says;
      button.setAttribute("aria-label", says);
      button.addEventListener("click", () => {
        for (const svg of figure.querySelectorAll(".drawn svg")) times ? zoom(svg, times) : show(svg, 0, 0, whole(svg)[2]);
      });
      row.append(button);
    }
    figure.querySelector(".drawn").before(row);
    for (const svg of figure.querySelectorAll(".drawn svg")) {
      let from = null;
      svg.addEventListener("pointerdown", (event) => {
        if (closer(svg) && !event.button) { from = [event.clientX, event.clientY, ...seen(svg)]; svg.setPointerCapture(event.pointerId); event.preventDefault(); }
      });
      svg.addEventListener("pointermove", (event) => {
        if (!from) return;
        const [x, y, left, top, width] = from;
        const scale = width / svg.clientWidth;
        show(svg, left - (event.clientX - x) * scale, top - (event.clientY - y) * scale, width);
      });
      for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { from = null; });
    }
  };
  const all = () => document.querySelectorAll("figure[data-map]:not([data-dressed])").forEach(dress);
  new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
  all();

  document.addEventListener("keydown", (event) => {
    if (event.key !== "t" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const tables = [...document.querySelectorAll("details.as-table")];
    const open = tables.some((one) => !one.open);
    for (const one of tables) one.open = open;
  });
})();
