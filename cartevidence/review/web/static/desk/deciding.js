// Deciding on facts: each act is sent, and the study is shown as it then stands.

import { about, card, choose, chosen, facts, nextOpen, open, seen, words } from "./choosing.js";
import * as form from "./form.js";
import * as keys from "./keys.js";
import { post } from "./server.js";
import { complain, say } from "./telling.js";

const main = document.getElementById("study");
const desk = document.getElementById("desk");
const pmid = main.dataset.pmid;

let busy = false;

/**
 * Send an act and show the study as it then stands. `then(answer)` chooses what comes next; `again(draft)` opens the
 * form anew with what was typed, where another decision came between.
 */
export async function act(name, given, then, again) {
  if (busy) {
    const error = "The last act is still being stored: press again in a moment.";
    say(error); // nothing is decided unseen: the fact that comes next is not shown yet
    return { ok: false, error };
  }
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
    if (draft && again) again(draft);
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
    say(`${sentence}. ${about().left} to decide.`);
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

export function accept(fact) {
  const at = facts().indexOf(fact);
  return act("accept", { fact: fact.dataset.fact, seen: seen(fact) }, (answer) => goOn(answer.said, at));
}

export function correct(fact, given = {}) {
  choose(fact, { focus: false });
  const id = fact.dataset.fact;
  form.openForm(
    fact,
    "correct",
    { fact: id, title: "Correct this fact", type: fact.dataset.type, values: JSON.parse(fact.dataset.values), ...given },
    (filled) => {
      const now = card(id) || fact;
      const at = facts().indexOf(now);
      const again = (draft) => card(id) && correct(card(id), draft);
      return act("correct", { fact: id, seen: seen(now), ...filled }, (answer) => goOn(answer.said, at), again);
    },
    () => card(id) && card(id).focus({ preventScroll: true }),
  );
}

export function reject(fact, given = {}) {
  choose(fact, { focus: false });
  const id = fact.dataset.fact;
  form.openForm(
    fact,
    "reject",
    { fact: id, title: "Reject this fact", ...given },
    (filled) => {
      const now = card(id) || fact;
      const at = facts().indexOf(now);
      const again = (draft) => card(id) && reject(card(id), draft);
      return act("reject", { fact: id, seen: seen(now), reason: filled.reason }, (answer) => goOn(answer.said, at), again);
    },
    () => card(id) && card(id).focus({ preventScroll: true }),
  );
}

export function undo(fact) {
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

export function undoLast() {
  const before = new Map(facts().map((fact) => [fact.dataset.fact, fact.dataset.status]));
  act("undo", { fact: null, seen: null }, (answer) => {
    const changed = facts().find((fact) => before.get(fact.dataset.fact) !== fact.dataset.status);
    choose(changed || facts()[0]);
    say(changed ? `Undone: ${words(changed)}` : answer.said);
  });
}

export function acceptAll() {
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

/** The values of one of a pair, to be saved as they are or changed. */
export function take(fact, button) {
  const values = JSON.parse(button.dataset.values);
  correct(fact, { type: values.type, values });
}

export function finish() {
  if (document.querySelector('[data-act="finish"]')) act("finish", {}, (answer) => goOn(answer.said, facts().length - 1));
  else say("Decide on all facts first");
}
