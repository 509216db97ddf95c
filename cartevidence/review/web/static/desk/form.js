// The one open form: correct a fact, reject it, or add one. It stays, with all that was typed, until it is stored.

import { post } from "./server.js";

let open = null; // {kind, fact, place, submit, dirty}

export const isOpen = () => open !== null;
export const isDirty = () => open !== null && open.dirty;
export const current = () => open;

/** What the fields hold; boxes that are ticked are true. */
export function values() {
  const given = {};
  for (const field of document.querySelectorAll("#form-fields [name]")) {
    given[field.name] = field.type === "checkbox" ? field.checked : field.value;
  }
  return given;
}

function fill(given) {
  for (const field of document.querySelectorAll("#form-fields [name]")) {
    const value = given[field.name];
    if (field.type === "checkbox") field.checked = Boolean(value);
    else if (value !== undefined && value !== null && value !== "") {
      if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === String(value))) {
        field.add(new Option(String(value), String(value)));
      }
      field.value = String(value);
    }
  }
}

function setFields(type, given) {
  document.getElementById("form-type").value = type;
  document.getElementById("form-fields").replaceChildren(document.getElementById(`fields-${type}`).content.cloneNode(true));
  fill(given);
}

/**
 * Open a form at `where`. `kind` is correct, reject or add; `given` holds title, quote, type, values, reason.
 * `submit` is called with {type, values, reason} and answers {ok, error}; `closed` when the form goes away.
 */
export function openForm(where, kind, given, submit, closed) {
  close();
  where.append(document.getElementById("form-frame").content.cloneNode(true));
  const form = document.getElementById("form");
  open = { kind, fact: given.fact || null, place: given.place || null, submit, closed, dirty: false };
  document.getElementById("form-title").textContent = given.title;
  const quote = document.getElementById("form-quote");
  quote.hidden = kind !== "add";
  quote.textContent = given.quote || "";
  document.getElementById("form-type-field").hidden = kind === "reject";
  document.getElementById("form-check").hidden = kind === "reject";
  document.getElementById("form-reason-label").textContent = kind === "reject" ? "Why is it wrong? (required)" : "Reason (if you like)";
  document.getElementById("form-reason-field").hidden = kind === "add";
  document.getElementById("form-reason").value = given.reason || "";
  document.getElementById("form-reason").required = kind === "reject";
  document.getElementById("form-reasons").hidden = kind !== "reject";
  document.getElementById("form-save").textContent = { correct: "Save the correction", reject: "Reject", add: "Add" }[kind];
  document.getElementById("form-save").append(" ", Object.assign(document.createElement("kbd"), { textContent: "Enter" }));
  if (kind !== "reject") setFields(given.type, given.values || {});
  const start = kind === "reject" ? "#form-reason" : kind === "add" ? "#form-type" : "#form-fields [name]";
  form.querySelector(start).focus();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("input", () => {
    open.dirty = true;
    checkSoon();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.tagName === "SELECT") {
      event.preventDefault();
      send();
    }
  });
  document.getElementById("form-type").addEventListener("change", (event) => setFields(event.target.value, values()));
  for (const chip of form.querySelectorAll("[data-reason]")) {
    chip.addEventListener("click", () => {
      document.getElementById("form-reason").value = chip.dataset.reason;
      open.dirty = true;
      document.getElementById("form-reason").focus();
    });
  }
  form.scrollIntoView({ block: "nearest" });
  if (kind === "add") checkSoon();
}

/** All that is needed to open the same form again after the page was drawn anew. */
export function draft() {
  if (!open) return null;
  const type = document.getElementById("form-type").value;
  return { type, values: values(), reason: document.getElementById("form-reason").value };
}

export function close() {
  const form = document.getElementById("form");
  if (form) form.remove();
  const was = open;
  open = null;
  if (was && was.closed) was.closed();
}

export function problem(sentence, field) {
  const shown = document.getElementById("form-problem");
  if (!shown) return;
  shown.textContent = sentence;
  shown.hidden = !sentence;
  for (const marked of document.querySelectorAll("#form [aria-invalid]")) marked.removeAttribute("aria-invalid");
  const named = field && document.getElementById(`field-${field}`);
  if (named) {
    named.setAttribute("aria-invalid", "true");
    named.focus();
  }
}

async function send() {
  const save = document.getElementById("form-save");
  if (save.disabled) return;
  const reason = document.getElementById("form-reason");
  if (reason.required && !reason.value.trim()) {
    problem("Say why the fact is wrong; a word is enough.");
    reason.focus();
    return;
  }
  save.disabled = true;
  const answer = await open.submit({ type: document.getElementById("form-type").value, values: values(), reason: reason.value });
  if (document.body.contains(save)) save.disabled = false;
  if (!answer.ok && document.getElementById("form")) {
    const named = /^(?:[A-Za-z]+\.)?([a-z_]+): /.exec(answer.error || "");
    problem(answer.error, named && named[1]);
  }
}

let timer = 0;
let asked = 0;
function checkSoon() {
  clearTimeout(timer);
  timer = setTimeout(check, 250);
}

/** What the values say, and what does not add up in them, by the extractor's own checks. */
async function check() {
  if (!open || open.kind === "reject") return;
  const number = ++asked;
  const given = { type: document.getElementById("form-type").value, values: values(), fact: open.fact, ...(open.place || {}) };
  const answer = await post(`/study/${document.getElementById("study").dataset.pmid}/check`, given);
  const shown = document.getElementById("form-check");
  if (number !== asked || !shown) return;
  const lines = answer.ok ? [answer.words, ...(answer.problems || []).map((line) => `⚠ ${line}`), answer.error] : [answer.error];
  shown.classList.toggle("failed", Boolean(!answer.ok || answer.error || (answer.problems || []).length));
  shown.replaceChildren(
    ...lines.filter(Boolean).map((line) => Object.assign(document.createElement("span"), { textContent: line.replaceAll(">=", "≥") })),
  );
}
