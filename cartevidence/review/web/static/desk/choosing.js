// The facts of the study as the page shows them, and the one that is chosen: it is lit together with its words.

export const about = () => document.getElementById("facts").dataset;
export const facts = () => [...document.querySelectorAll("article.fact")];
export const open = () => facts().filter((fact) => fact.dataset.open === "yes");
export const chosen = () => document.querySelector('article.fact[aria-current="true"]');
export const card = (id) => facts().find((fact) => fact.dataset.fact === id) || null;
export const seen = (fact) => (fact.dataset.seen === "" ? null : Number(fact.dataset.seen));
export const words = (fact) => fact.querySelector(".words").textContent.replace(/\s+/g, " ").trim();

/** Light a fact and its words; `focus` moves the keyboard there too. */
export function choose(fact, { focus = true, scroll = true } = {}) {
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

export function step(by) {
  const all = facts();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  choose(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
}

/** The next fact that awaits a decision after the given place, from the top again at the end. */
export function nextOpen(after) {
  const all = facts();
  const order = [...all.slice(after + 1), ...all.slice(0, after + 1)];
  return order.find((fact) => fact.dataset.open === "yes") || null;
}

/** The fact that a click on words means: that with the shortest quote; clicked again, the next one that covers them. */
export function ofWords(run_) {
  const length = (fact) => fact.querySelector(".quote q").textContent.length;
  const covering = run_.dataset.facts.split(" ").map((number) => facts().find((fact) => fact.dataset.number === number));
  covering.sort((one, other) => length(one) - length(other));
  return covering[(covering.indexOf(chosen()) + 1) % covering.length];
}
