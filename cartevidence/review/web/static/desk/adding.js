// Adding a fact from words of the text: selected by mouse, or by Shift and the arrow keys in a box.

import { card, choose, chosen, facts, words } from "./choosing.js";
import { act } from "./deciding.js";
import * as form from "./form.js";
import * as keys from "./keys.js";
import { ofPart, selected } from "./selection.js";
import { post } from "./server.js";
import { complain, say } from "./telling.js";

const pmid = document.getElementById("study").dataset.pmid;

export function add() {
  const place = selected();
  if (place) addWords(place);
  else pickWords();
}

async function addWords(place, given) {
  closePicker();
  const at = { section: place.section, start: place.start, end: place.end };
  const suggested = given || (await post(`/study/${pmid}/suggest`, at));
  if (!given && !suggested.ok) {
    complain(suggested.error);
    return;
  }
  const before = new Set(facts().map((fact) => fact.dataset.fact));
  const from = chosen();
  form.openForm(
    document.getElementById("new-fact"),
    "add",
    { place: at, title: "Add a fact", quote: place.quote, type: suggested.type, values: suggested.values },
    (filled) =>
      act("add", { ...at, type: filled.type, values: filled.values }, (answer) => {
        const fresh = facts().find((fact) => !before.has(fact.dataset.fact));
        choose(fresh || facts()[0]);
        say(fresh ? `Added: ${words(fresh)}` : answer.said);
      }, (draft) => addWords(place, draft)),
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

export function closePicker() {
  const panel = document.getElementById("words-panel");
  if (panel) panel.remove();
}
