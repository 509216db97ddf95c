// Keys that act, what they are called, and how a curator changes them; kept in this browser.

export const ACTS = [
  ["accept", "a", "Accept the fact"],
  ["correct", "c", "Correct it"],
  ["reject", "r", "Reject it"],
  ["undo", "u", "Undo the decision on it"],
  ["undo-last", "U", "Undo my last decision here"],
  ["add", "n", "Add a fact from the selected words"],
  ["accept-all", "A", "Accept all that pass the checks"],
  ["next", "j", "Next fact (or ↓)"],
  ["previous", "k", "Previous fact (or ↑)"],
  ["next-study", "]", "Next study (or Shift+J)"],
  ["previous-study", "[", "Previous study (or Shift+K)"],
  ["history", "h", "History of the fact"],
  ["finish", "f", "Nothing to add: done with this study"],
  ["search", "/", "Search the queue"],
  ["help", "?", "These keys"],
];
const ALSO = { ArrowDown: "next", ArrowUp: "previous", J: "next-study", K: "previous-study" };
const KEPT = "cartevidence.keys";
const ON = "cartevidence.keys.on";

function kept() {
  try {
    const given = JSON.parse(localStorage.getItem(KEPT) || "{}");
    return given && typeof given === "object" ? given : {};
  } catch {
    return {};
  }
}

/** The key of each act as it is now. */
export function keys() {
  const mine = kept();
  return Object.fromEntries(ACTS.map(([act, usual]) => [act, typeof mine[act] === "string" ? mine[act] : usual]));
}

export function areOn() {
  return localStorage.getItem(ON) !== "no";
}

/** The act that a key press asks for, or nothing while something is typed. */
export function actOf(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return null;
  const typed = Object.entries(keys()).find(([, key]) => key === event.key);
  if (event.key === keys().help) return "help";
  if (!areOn()) return null;
  // Enter and Space press what has the focus.
  if (typed) return typed[0];
  return ALSO[event.key] || null;
}

/** Write the keys as they are now wherever they are shown. */
export function show(within = document) {
  const now = keys();
  for (const shown of within.querySelectorAll("[data-shows]")) {
    shown.textContent = now[shown.dataset.shows];
    shown.hidden = !areOn() && shown.dataset.shows !== "help";
  }
  for (const button of within.querySelectorAll("[data-act]")) {
    const key = now[button.dataset.act];
    if (key && areOn()) button.setAttribute("aria-keyshortcuts", key);
    else button.removeAttribute("aria-keyshortcuts");
  }
}

/** The dialog of the keys. */
export function help() {
  const dialog = document.getElementById("help");
  const list = document.getElementById("help-keys");
  const problem = document.getElementById("help-problem");
  const draw = () => {
    const now = keys();
    list.replaceChildren(
      ...ACTS.map(([act, , says]) => {
        const label = document.createElement("label");
        const box = document.createElement("input");
        box.type = "text";
        box.value = now[act];
        box.readOnly = true;
        box.dataset.key = act;
        box.addEventListener("keydown", (event) => change(event, act));
        label.append(says, box);
        return label;
      }),
    );
    document.getElementById("keys-on").checked = areOn();
  };
  const change = (event, act) => {
    if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const other = Object.entries(keys()).find(([name, key]) => key === event.key && name !== act);
    problem.hidden = !other && !(event.key in ALSO);
    if (!problem.hidden) {
      const whose = other ? other[0] : ALSO[event.key];
      problem.textContent = `${event.key} is taken: ${ACTS.find(([name]) => name === whose)[2]}. Choose another key.`;
      return;
    }
    localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [act]: event.key }));
    event.target.value = event.key;
    show();
  };
  problem.hidden = true;
  draw();
  document.getElementById("help-close").onclick = () => dialog.close();
  document.getElementById("keys-reset").onclick = () => {
    localStorage.removeItem(KEPT);
    localStorage.removeItem(ON);
    problem.hidden = true;
    draw();
    show();
  };
  document.getElementById("keys-on").onchange = (event) => {
    localStorage.setItem(ON, event.target.checked ? "yes" : "no");
    show();
  };
  dialog.showModal();
}
