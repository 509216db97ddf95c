// The desk of one study: choosing facts, deciding on them, adding from selected words. All by key and by mouse.

import * as form from "./form.js";
import * as keys from "./keys.js";
import { ofPart, selected } from "./selection.js";
import { post } from "./server.js";

const main = document.getElementById("study");
const desk = document.getElementById("desk");
const said = document.getElementById("said");
const trouble = document.getElementById("trouble");
const pmid = main.dataset.pmid;

const about = () => document.getElementById("facts").dataset;
const facts = () => [...document.querySelectorAll("article.fact")];
const chosen = () => document.querySelector('article.fact[aria-current="true"]');
const card = (id) => facts().find((fact) => fact.dataset.fact === id) || null;

// Choosing

/** Light a fact and its words; `focus` moves the keyboard there too. */
function choose(fact, { focus = true, scroll = true } = {}) {
  for (const other of facts()) {
    other.removeAttribute("aria-current");
    other.tabIndex = -1;
  }
  for (const lit of document.querySelectorAll("#text .lit")) lit.classList.remove("lit");
  if (!fact) return;
  fact.setAttribute("aria-current", "true");
  fact.tabIndex = 0;
  const number = fact.dataset.number;
  const runs = [...document.querySelectorAll("#text mark.run")].filter((run) => run.dataset.facts.split(" ").includes(number));
  for (const run of runs) run.classList.add("lit");
  for (const ref of document.querySelectorAll(`#text .ref[data-number="${number}"]`)) ref.classList.add("lit");
  if (focus) fact.focus({ preventScroll: true });
  if (!scroll) return;
  fact.scrollIntoView({ block: "nearest" });
  // Side by side the words come into view too; on a narrow screen the fact shows its quote itself.
  if (runs.length && isWide()) intoView(runs[0], runs[runs.length - 1]);
}

const isWide = () => window.matchMedia("(min-width: 46.01rem)").matches;

function intoView(first, last) {
  const top = first.getBoundingClientRect().top;
  const bottom = last.getBoundingClientRect().bottom;
  if (top < 80 || bottom > window.innerHeight - 60) {
    window.scrollTo({ top: window.scrollY + top - window.innerHeight * 0.3 });
  }
}

function step(by) {
  const all = facts();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  choose(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
}

/** The next fact that awaits a decision after the given place, from the top again at the end. */
function nextOpen(after) {
  const all = facts();
  const order = [...all.slice(after + 1), ...all.slice(0, after + 1)];
  return order.find((fact) => fact.dataset.open === "yes") || null;
}

// Telling

let fading = 0;
function say(sentence) {
  said.textContent = sentence;
  said.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => said.classList.remove("shown"), 4000);
  complain("");
}

function complain(sentence) {
  trouble.textContent = sentence;
  trouble.hidden = !sentence;
  if (sentence) trouble.scrollIntoView({ block: "nearest" });
}

// Deciding

let busy = false;

/** Send an act and show the study as it then stands. `then(answer)` chooses what comes next. */
async function act(name, given, then) {
  if (busy) return { ok: false, error: "The last act is still being stored: one moment." };
  busy = true;
  main.setAttribute("aria-busy", "true");
  const answer = await post(`/study/${pmid}/${name}`, given);
  busy = false;
  main.removeAttribute("aria-busy");
  if (answer.ok) {
    form.close();
    draw(answer.html);
    then(answer);
    return answer;
  }
  if (answer.html) {
    // Another decision came between: how things stand now is shown, and what was typed is kept.
    const draft = form.draft();
    const at = chosen() && chosen().dataset.fact;
    form.close();
    draw(answer.html);
    choose(card(given.fact || at) || facts()[0]);
    if (draft) again(draft);
  }
  complain(form.isOpen() ? "" : answer.error); // an open form says it itself, beside what was typed
  return answer;
}

function draw(html) {
  const column = document.getElementById("facts").scrollTop;
  desk.innerHTML = html; // made by the server's templates, which escape every text
  keys.show(desk);
  document.getElementById("facts").scrollTop = column;
}

/** After a decision on a fact: on to the next open one, or to the next study. */
function goOn(sentence, at) {
  const next = nextOpen(at);
  if (next) {
    choose(next);
    say(`${sentence}. ${left()} to decide.`);
    return;
  }
  // One of a pair says first that they are done; else what comes next is at hand.
  const blind = about().mode === "blind" && document.querySelector('[data-act="finish"]');
  const end = blind || document.getElementById("next-study");
  choose(facts()[at] || facts()[0], { focus: false, scroll: false });
  end.focus();
  end.scrollIntoView({ block: "nearest" });
  const key = keys.keys()[end.dataset.act];
  say(`${sentence}. All facts are decided: ${end.firstChild.textContent.trim()} (${key} or Enter).`);
}

const left = () => document.getElementById("left").dataset.left;
const open = () => facts().filter((fact) => fact.dataset.open === "yes");
const seen = (fact) => (fact.dataset.seen === "" ? null : Number(fact.dataset.seen));
const words = (fact) => fact.querySelector(".words").textContent.replace(/\s+/g, " ").trim();

function accept(fact) {
  const at = facts().indexOf(fact);
  return act("accept", { fact: fact.dataset.fact, seen: seen(fact) }, (answer) => goOn(answer.said, at));
}

function correct(fact, given = {}) {
  choose(fact, { focus: false });
  const id = fact.dataset.fact;
  form.openForm(
    fact,
    "correct",
    { fact: id, title: "Correct this fact", type: fact.dataset.type, values: JSON.parse(fact.dataset.values), ...given },
    (filled) => {
      const now = card(id) || fact;
      const at = facts().indexOf(now);
      return act("correct", { fact: id, seen: seen(now), ...filled }, (answer) => goOn(answer.said, at));
    },
    () => card(id) && card(id).focus({ preventScroll: true }),
  );
}

function reject(fact, given = {}) {
  choose(fact, { focus: false });
  const id = fact.dataset.fact;
  form.openForm(
    fact,
    "reject",
    { fact: id, title: "Reject this fact", ...given },
    (filled) => {
      const now = card(id) || fact;
      const at = facts().indexOf(now);
      return act("reject", { fact: id, seen: seen(now), reason: filled.reason }, (answer) => goOn(answer.said, at));
    },
    () => card(id) && card(id).focus({ preventScroll: true }),
  );
}

function undo(fact) {
  if (fact.dataset.status === "unreviewed") {
    say("There is nothing to undo on this fact");
    return;
  }
  const at = facts().indexOf(fact);
  act("undo", { fact: fact.dataset.fact, seen: seen(fact) }, (answer) => {
    choose(card(fact.dataset.fact) || facts()[Math.min(at, facts().length - 1)]);
    say(answer.said);
  });
}

function undoLast() {
  const before = new Map(facts().map((fact) => [fact.dataset.fact, fact.dataset.status]));
  act("undo", { fact: null, seen: null }, (answer) => {
    const changed = facts().find((fact) => before.get(fact.dataset.fact) !== fact.dataset.status);
    choose(changed || facts()[0]);
    say(changed ? `Undone: ${words(changed)}` : answer.said);
  });
}

function acceptAll() {
  const button = document.querySelector('[data-act="accept-all"]');
  if (!button) {
    say("There is no fact that passes all checks and is not decided");
    return;
  }
  const before = open().length;
  act("accept-all", { seen: JSON.parse(button.dataset.seen) }, () => {
    const accepted = before - open().length;
    goOn(`Accepted ${accepted} ${accepted === 1 ? "fact" : "facts"}`, -1);
  });
}

// Adding

function add() {
  const place = selected();
  if (place) addWords(place);
  else pickWords();
}

async function addWords(place, given) {
  closePicker();
  const suggested = given || (await post(`/study/${pmid}/suggest`, { section: place.section, start: place.start, end: place.end }));
  if (!given && !suggested.ok) {
    complain(suggested.error);
    return;
  }
  const before = new Set(facts().map((fact) => fact.dataset.fact));
  const from = chosen();
  form.openForm(
    document.getElementById("new-fact"),
    "add",
    { place: { section: place.section, start: place.start, end: place.end }, title: "Add a fact", quote: place.quote, type: suggested.type, values: suggested.values },
    (filled) =>
      act("add", { section: place.section, start: place.start, end: place.end, type: filled.type, values: filled.values }, (answer) => {
        const fresh = facts().find((fact) => !before.has(fact.dataset.fact));
        choose(fresh || facts()[0]);
        say(fresh ? `Added: ${words(fresh)}` : answer.said);
      }),
    () => from && card(from.dataset.fact) && card(from.dataset.fact).focus({ preventScroll: true }),
  );
  if (place.cut) form.problem("The words went over more than one part of the text; those of the first are taken.");
}

/** Selecting words without a mouse: a part of the text in a field that takes a caret but no typing. */
function pickWords() {
  form.close();
  closePicker();
  document.getElementById("new-fact").append(document.getElementById("words-frame").content.cloneNode(true));
  keys.show(document.getElementById("new-fact"));
  const parts = [...document.querySelectorAll("#text .part")];
  const list = document.getElementById("words-part");
  const box = document.getElementById("words");
  for (const [number, part] of parts.entries()) list.add(new Option(part.dataset.label, String(number)));
  const around = chosen() && document.querySelector("#text .run.lit");
  list.value = String(Math.max(0, around ? parts.indexOf(around.closest(".part")) : parts.length > 1 ? 1 : 0));
  const fillBox = () => {
    box.value = parts[Number(list.value)].textContent;
    box.setSelectionRange(0, 0);
  };
  fillBox();
  list.addEventListener("change", fillBox);
  for (const kind of ["beforeinput", "paste", "cut", "drop"]) box.addEventListener(kind, (event) => event.preventDefault());
  const take = () => {
    const place = ofPart(parts[Number(list.value)], box.selectionStart, box.selectionEnd);
    const problem = document.getElementById("words-problem");
    problem.hidden = Boolean(place);
    problem.textContent = place ? "" : "No words are selected: hold Shift and press the arrow keys.";
    if (place) addWords(place);
    else box.focus();
  };
  document.getElementById("words-take").addEventListener("click", take);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      take();
    }
  });
  box.focus();
  document.getElementById("words-panel").scrollIntoView({ block: "nearest" });
}

function closePicker() {
  const panel = document.getElementById("words-panel");
  if (panel) panel.remove();
}

/** Open a form again as it was before the page was drawn anew. */
function again(draft) {
  const fact = draft.fact && card(draft.fact);
  if (draft.kind === "add" && draft.place) {
    addWords({ ...draft.place, quote: draft.quote }, draft);
  } else if (fact) {
    (draft.kind === "reject" ? reject : correct)(fact, { type: draft.type, values: draft.values, reason: draft.reason });
  }
}

function cancel() {
  const from = chosen();
  closePicker();
  form.close();
  if (from) choose(from, { scroll: false });
}

function go(address) {
  window.location.assign(address);
}

const DO = {
  accept,
  correct,
  reject,
  undo,
  "undo-last": undoLast,
  "accept-all": acceptAll,
  add,
  take: (fact, button) => correct(fact, { values: { ...JSON.parse(fact.dataset.values), ...JSON.parse(button.dataset.values) } }),
  history: (fact) => go(`/study/${pmid}/history?fact=${encodeURIComponent(fact.dataset.fact)}`),
  finish: () => {
    const button = document.querySelector('[data-act="finish"]');
    if (button) act("finish", {}, (answer) => goOn(answer.said, facts().length - 1));
    else say("Decide on all facts first");
  },
  next: () => step(1),
  previous: () => step(-1),
  "next-study": () => go(about().next ? `/study/${about().next}` : "/"),
  "previous-study": () => go(about().previous ? `/study/${about().previous}` : "/"),
  search: () => go("/#search"),
  help: () => keys.help(),
  cancel,
};
const OF_A_FACT = new Set(["accept", "correct", "reject", "undo", "history", "take"]);
const DECIDES = new Set(["accept", "correct", "reject", "undo", "undo-last", "accept-all", "add", "take"]);
const GOES_ON = new Set(["next", "previous", "help", "cancel"]);

function run(name, fact, button) {
  if ((form.isOpen() || document.getElementById("words-panel")) && !GOES_ON.has(name) && name !== "add") {
    if (form.isDirty()) {
      complain("A form is open: save it, or press Escape to leave it.");
      return;
    }
    form.close();
    closePicker();
  }
  if (DECIDES.has(name) && !document.querySelector(".facts-head .acts")) {
    say("Nothing can be decided on this study now");
    return;
  }
  if (OF_A_FACT.has(name) && !fact) {
    say("Choose a fact first: j or k");
    return;
  }
  DO[name](fact, button);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && (form.isOpen() || document.getElementById("words-panel"))) {
    event.preventDefault();
    cancel();
    return;
  }
  const name = keys.actOf(event);
  if (!name) return;
  event.preventDefault();
  if (event.repeat && name !== "next" && name !== "previous") return;
  run(name, chosen());
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  const fact = event.target.closest("article.fact");
  if (button && !button.matches("a[href]")) {
    run(button.dataset.act, fact || chosen(), button);
    return;
  }
  if (fact && !event.target.closest("#form")) {
    if (fact !== chosen()) choose(fact);
    return;
  }
  const ref = event.target.closest("#text .ref");
  if (ref) {
    choose(facts().find((one) => one.dataset.number === ref.dataset.number));
    return;
  }
  const run_ = event.target.closest("#text mark.run");
  if (run_ && window.getSelection().isCollapsed) choose(ofWords(run_));
});

/** The fact that a click on words means: that with the shortest quote; clicked again, the next one that covers them. */
function ofWords(run_) {
  const length = (fact) => fact.querySelector(".quote q").textContent.length;
  const covering = run_.dataset.facts.split(" ").map((number) => facts().find((fact) => fact.dataset.number === number));
  covering.sort((one, other) => length(one) - length(other));
  return covering[(covering.indexOf(chosen()) + 1) % covering.length];
}

document.addEventListener("focusin", (event) => {
  const fact = event.target.closest("article.fact");
  if (fact && fact !== chosen() && !form.isOpen()) choose(fact, { focus: false, scroll: false });
});

window.addEventListener("beforeunload", (event) => {
  if (form.isDirty()) event.preventDefault();
});

keys.show();
const wanted = new URLSearchParams(window.location.search).get("fact");
const first = (wanted && card(wanted)) || nextOpen(-1) || facts()[0];
if (first) choose(first, { scroll: Boolean(wanted) });
if (wanted && !card(wanted)) complain("The fact of this link is not there any more: it was extracted anew or undone.");
