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
    const answers = row.answers.map((answer) => answer.text);
    const gold = row.gold.flatMap((place) => [place.location, ...place.answers]);
    row.words = [row.id, row.question, row.searched, ...row.tags, ...gold, ...answers]
      .join("\n").toLowerCase();
  }

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function matching() {
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
    const kept = matching();
    const pages = Math.max(1, Math.ceil(kept.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const start = state.page * PAGE;
    body.replaceChildren(...kept.slice(start, start + PAGE).map(rowElement));
    document.getElementById("none").hidden = kept.length > 0;
    document.querySelector(".pages").hidden = pages === 1;
    document.getElementById("count").textContent = `${kept.length} of ${rows.length}`;
    document.getElementById("page").textContent = `page ${state.page + 1} of ${pages}`;
    document.getElementById("previous").disabled = state.page === 0;
    document.getElementById("next").disabled = state.page === pages - 1;
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

  function rowElement(row) {
    const made = element("tr");
    const first = element("td");
    const opens = element("button", row.question, "opens");
    opens.type = "button";
    opens.setAttribute("aria-expanded", "false");
    opens.addEventListener("click", () => toggle(made, opens, row));
    first.append(opens);
    const reply = row.reply
      ? cell(row.perhaps ? `perhaps: ${row.reply}` : row.reply, "Reply")
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
    for (const reference of row.gold) gold.append(...goldElements(reference));
    if (!row.gold.length) {
      gold.append(element("p", row.kind === "unanswerable" ? "Unanswerable" : "Unknown"));
    }
    for (const reference of row.rejected) {
      gold.append(element("h3", "Marked wrong"), ...goldElements(reference));
    }
    const answers = element("div");
    answers.append(element("h3", row.reply ? "Answers" : "Refused; closest matches"));
    for (const answer of row.answers) answers.append(...answerElements(row, answer));
    if (!row.answers.length) answers.append(element("p", "none"));
    both.append(gold, answers, element("p", about(row), "about"));
    return both;
  }

  function quoted(pieces, notes) {
    const quote = element("blockquote");
    for (const [text, marked] of pieces) quote.append(marked ? element("mark", text) : text);
    quote.append(element("span", notes.join(" · "), "location"));
    return quote;
  }

  function goldElements(gold) {
    const words = gold.answers.length ? gold.answers.join(" | ") : "(any words on these lines)";
    return [element("p", words), quoted(gold.quote, [gold.location])];
  }

  function answerElements(row, answer) {
    const isRight = answer.right && answer.line_right;
    const head = element("p", answer.text, row.gold.length ? (isRight ? "good" : "bad") : "");
    const notes = [answer.location, `${Math.round(100 * answer.confidence)}% sure`];
    if (row.kind === "answerable") notes.push(`F1 ${answer.f1.toFixed(2)}`);
    if (row.gold.length) notes.push(answer.line_right ? "gold line" : "not a gold line");
    return [head, quoted(answer.quote, notes)];
  }

  function about(row) {
    const notes = [row.id];
    if (row.tags.length) notes.push(row.tags.join(", "));
    if (row.history.length) notes.push(`after: ${row.history.join(" / ")}`);
    if (row.within.length) notes.push(`in: ${row.within.join(", ")}`);
    if (row.searched !== row.question) notes.push(`Searched for: ${row.searched}`);
    if (row.gold.length) {
      notes.push(row.ranks.map(({ranking, rank}) => `${ranking} ${rank ? `#${rank}` : "–"}`).join(", "));
    }
    return notes.join(" · ");
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
  document.getElementById("previous").addEventListener("click", () => { state.page -= 1; draw(); });
  document.getElementById("next").addEventListener("click", () => { state.page += 1; draw(); });
  draw();
})();
