// The desk of one study: what keys, clicks and the page's address ask for.

import { add, closePicker } from "./adding.js";
import { about, card, choose, chosen, facts, nextOpen, ofWords, step } from "./choosing.js";
import { accept, acceptAll, correct, finish, reject, take, undo, undoLast } from "./deciding.js";
import * as form from "./form.js";
import * as keys from "./keys.js";
import { complain, say } from "./telling.js";

const pmid = document.getElementById("study").dataset.pmid;

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
  take,
  history: (fact) => go(`/study/${pmid}/history?fact=${encodeURIComponent(fact.dataset.fact)}`),
  finish,
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
