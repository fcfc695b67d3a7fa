"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.getElementById("filter"), tip = document.getElementById("tip");
  const fields = ["stage", "dimension", "segment"];

  // The filter: what it says stands in the address after #, so that a link to it can be shared.
  const wanted = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const fits = (one, state) => {
    const { stage, dimension, segment } = one.dataset;
    if (stage !== undefined && state.get("stage") && stage !== state.get("stage")) return false;
    if (dimension !== undefined && state.get("dimension") && dimension !== state.get("dimension")) return false;
    return !(segment !== undefined && state.get("segment") && segment !== state.get("segment"));
  };
  const show = () => {
    const state = wanted();
    for (const name of fields) {
      const field = form.elements[name];
      const known = [...field.options].some((option) => option.value === (state.get(name) || ""));
      field.value = known ? state.get(name) || field.options[0].value : field.options[0].value;
      if (!known) state.delete(name);
    }
    for (const option of form.elements.segment.options) {
      option.hidden = Boolean(option.dataset.of && option.dataset.of !== state.get("dimension"));
    }
    form.elements.segment.disabled = !state.get("dimension");
    for (const one of all("figure[data-stage], figure[data-dimension], tr[data-stage], tr[data-dimension]")) {
      one.hidden = !fits(one, state);
    }
    for (const words of all(".none")) {
      words.hidden = Boolean(words.closest("details").querySelector("tbody tr:not([hidden])"));
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "dimension") form.elements.segment.value = "";
    const state = new URLSearchParams();
    for (const name of fields) {
      const { value } = form.elements[name];
      if (value) state.set(name, value);
    }
    history.replaceState(null, "", `#${state}`);
    show();
  });
  addEventListener("hashchange", show);
  if (form.elements.stage.options.length) {
    form.hidden = false;
    show();
  }

  // Points: one stop of the Tab key for each chart, arrow keys between them; what a point says is shown beside it.
  const say = (point) => {
    const { left, bottom, width } = point.getBoundingClientRect();
    tip.textContent = point.getAttribute("aria-label");
    tip.hidden = false;
    const room = innerWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(left + width / 2 - tip.offsetWidth / 2, room))}px`;
    const below = bottom + 8;
    tip.style.top = `${below + tip.offsetHeight > innerHeight ? bottom - tip.offsetHeight - 28 : below}px`;
  };
  const hush = () => { tip.hidden = true; };
  for (const chart of all("svg")) {
    const points = all(".point", chart);
    points.forEach((point, place) => {
      point.setAttribute("tabindex", place ? "-1" : "0");
      point.addEventListener("focus", () => say(point));
      point.addEventListener("mouseenter", () => say(point));
      point.addEventListener("blur", hush);
      point.addEventListener("mouseleave", hush);
    });
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = step && points[points.indexOf(document.activeElement) + step];
      if (event.key === "Escape") hush();
      if (!step) return;
      event.preventDefault();
      if (!next) return;
      points.forEach((point) => point.setAttribute("tabindex", point === next ? "0" : "-1"));
      next.focus();
    });
  }

  // Tables: a column's head sorts by what the published file holds, numbers as numbers.
  for (const table of all("table")) {
    const body = table.tBodies[0];
    all("th", table).forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        for (const other of all("th", table)) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down === 1 ? "ascending" : "descending");
        const key = (row) => row.cells[place].dataset.v ?? row.cells[place].textContent;
        const compare = (a, b) => {
          const [x, y] = [key(a), key(b)];
          if (!x || !y) return Number(!x) - Number(!y);
          const both = Number(x) - Number(y);
          return down * (Number.isNaN(both) ? x.localeCompare(y, document.documentElement.lang) : both);
        };
        body.append(...[...body.rows].sort(compare));
      });
    });
  }

  for (const button of all(".copy")) {
    const words = button.textContent, text = button.closest(".sql").querySelector("pre");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
      } catch {
        getSelection().selectAllChildren(text);
        document.execCommand("copy");
      }
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
})();
