"use strict";
(() => {
  const PAGE = 50;
  const rows = JSON.parse(document.getElementById("rows").textContent);
  const body = document.querySelector("#questions tbody");
  const find = document.getElementById("find");
  const cause = document.getElementById("cause");
  const kind = document.getElementById("kind");
  const state = { key: "", descending: false, page: 0 };
  for (const row of rows) {
    const given = row.given.map((one) => one.text);
    const gold = row.gold.flatMap((one) => [one.place, ...one.answers]);
    row.words = [row.id, row.question, row.asked, ...row.tags, ...gold, ...given]
      .join("\n").toLowerCase();
  }

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function chosen() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = rows.filter((row) =>
      (!cause.value || (cause.value === "*" ? row.cause : row.cause === cause.value)) &&
      (!kind.value || row.kind === kind.value) &&
      words.every((word) => row.words.includes(word)));
    if (!state.key) return kept;
    const sign = state.descending ? -1 : 1;
    return kept.sort((one, other) => {
      const [a, b] = [one[state.key], other[state.key]];
      return sign * (typeof a === "number" ? a - b : a.localeCompare(b));
    });
  }

  function draw() {
    const kept = chosen();
    const pages = Math.max(1, Math.ceil(kept.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const start = state.page * PAGE;
    body.replaceChildren(...kept.slice(start, start + PAGE).map(line));
    document.getElementById("none").hidden = kept.length > 0;
    document.querySelector(".pages").hidden = pages === 1;
    document.getElementById("count").textContent = `${kept.length} of ${rows.length}`;
    document.getElementById("page").textContent = `page ${state.page + 1} of ${pages}`;
    document.getElementById("back").disabled = state.page === 0;
    document.getElementById("on").disabled = state.page === pages - 1;
    for (const button of document.querySelectorAll("[data-key]")) {
      const sorted = button.dataset.key === state.key;
      const order = state.descending ? "descending" : "ascending";
      button.parentElement.setAttribute("aria-sort", sorted ? order : "none");
    }
  }

  function cell(text, label, className) {
    const made = element("td", text, className);
    if (label) made.dataset.label = label;
    return made;
  }

  function line(row) {
    const made = element("tr");
    const first = element("td");
    const opens = element("button", row.question, "opens");
    opens.type = "button";
    opens.setAttribute("aria-expanded", "false");
    opens.addEventListener("click", () => toggle(made, opens, row));
    first.append(opens);
    const reply = row.reply
      ? cell(row.reply, "Reply")
      : cell(row.reason ? `refused: ${row.reason}` : "refused", "Reply", "refused");
    const isScored = row.kind === "answerable" || row.kind === "unanswerable";
    made.append(
      first,
      reply,
      cell(isScored ? row.f1.toFixed(2) : "–", "F1", "number"),
      cell(row.confidence.toFixed(2), "Sure", "number"),
      cell(row.milliseconds.toFixed(0), "ms", "number"),
      cell(row.cause, row.cause ? "Failed because" : "", row.cause ? "bad" : ""));
    return made;
  }

  function toggle(made, opens, row) {
    const isOpen = opens.getAttribute("aria-expanded") === "true";
    opens.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) {
      made.nextElementSibling.remove();
      return;
    }
    const wide = element("tr");
    const only = element("td");
    only.colSpan = 6;
    only.append(sides(row));
    wide.append(only);
    made.after(wide);
  }

  function sides(row) {
    const both = element("div", undefined, "sides");
    const gold = element("div");
    gold.append(element("h3", "Gold"));
    for (const place of row.gold) gold.append(...goldPlace(place));
    if (!row.gold.length) gold.append(element("p", without(row)));
    for (const place of row.rejected) {
      gold.append(element("h3", "Marked wrong"), ...goldPlace(place));
    }
    const given = element("div");
    given.append(element("h3", row.reply ? "Given" : "Refused; nearest were"));
    for (const one of row.given) given.append(...answer(row, one));
    if (!row.given.length) given.append(element("p", "nothing"));
    both.append(gold, given, element("p", about(row), "about"));
    return both;
  }

  function without(row) {
    return row.kind === "unanswerable" ? "The articles do not answer it." : "What is right is not known.";
  }

  function quoted(pieces, told) {
    const quote = element("blockquote");
    for (const [text, marked] of pieces) quote.append(marked ? element("mark", text) : text);
    quote.append(element("span", told.join(" · "), "place"));
    return quote;
  }

  function goldPlace(place) {
    const words = place.answers.length ? place.answers.join(" | ") : "(the place alone counts)";
    return [element("p", words), quoted(place.quote, [place.place])];
  }

  function answer(row, one) {
    const isRight = one.right && one.line_right;
    const head = element("p", one.text, row.gold.length ? (isRight ? "good" : "bad") : "");
    const told = [one.place, `${Math.round(100 * one.confidence)}% sure`];
    if (row.kind === "answerable") told.push(`F1 ${one.f1.toFixed(2)}`);
    if (row.gold.length) told.push(one.line_right ? "gold line" : "not a gold line");
    return [head, quoted(one.quote, told)];
  }

  function about(row) {
    const told = [row.id];
    if (row.tags.length) told.push(row.tags.join(", "));
    if (row.history.length) told.push(`after: ${row.history.join(" / ")}`);
    if (row.asked !== row.question) told.push(`asked as: ${row.asked}`);
    if (row.gold.length) {
      told.push(row.ranks.map((one) => `${one.ranking} ${one.rank ? `#${one.rank}` : "–"}`).join(", "));
    }
    return told.join(" · ");
  }

  function redraw() {
    state.page = 0;
    draw();
  }

  for (const control of [find, cause, kind]) control.addEventListener("input", redraw);
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("[data-key]")) {
    button.addEventListener("click", () => {
      state.descending = state.key === button.dataset.key && !state.descending;
      state.key = button.dataset.key;
      redraw();
    });
  }
  for (const button of document.querySelectorAll("[data-cause]")) {
    button.addEventListener("click", () => {
      cause.value = button.dataset.cause;
      redraw();
      document.getElementById("questions-title").scrollIntoView();
    });
  }
  document.getElementById("back").addEventListener("click", () => { state.page -= 1; draw(); });
  document.getElementById("on").addEventListener("click", () => { state.page += 1; draw(); });
  draw();
})();
