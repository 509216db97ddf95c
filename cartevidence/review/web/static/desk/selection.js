// Which words of the text are selected: section and place, counted in characters as the database counts them.

/** Characters (code points) in the first `units` UTF-16 units of a text. */
function characters(text, units) {
  return [...text.slice(0, units)].length;
}

function place(node, offset, part) {
  // The place of a boundary: all text of the part's runs before it. Numbers of facts are drawn by CSS and hold no text.
  const before = document.createRange();
  before.setStart(part, 0);
  before.setEnd(node, offset);
  const text = before.toString();
  return Number(part.dataset.start) + characters(text, text.length);
}

/** {section, start, end, quote} of the selected words, without blanks around them; null where there are none. */
export function selected() {
  const chosen = window.getSelection();
  if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return null;
  const range = chosen.getRangeAt(0);
  const parts = [...document.querySelectorAll("#text .part")].filter((part) => range.intersectsNode(part));
  for (const part of parts) {
    const within = document.createRange();
    within.selectNodeContents(part);
    if (part.contains(range.startContainer)) within.setStart(range.startContainer, range.startOffset);
    if (part.contains(range.endContainer)) within.setEnd(range.endContainer, range.endOffset);
    const found = trimmed(part, within.toString(), place(within.startContainer, within.startOffset, part));
    if (found) return parts.length > 1 ? { ...found, cut: true } : found;
  }
  return null;
}

/** The same of a part's text from one UTF-16 unit to another, as a textarea tells them. */
export function ofPart(part, from, to) {
  const text = part.textContent;
  return trimmed(part, text.slice(from, to), Number(part.dataset.start) + characters(text, from));
}

function trimmed(part, text, start) {
  const quote = text.trim();
  if (!quote) return null;
  const skipped = text.length - text.trimStart().length;
  const from = start + characters(text, skipped);
  return { section: part.dataset.label, start: from, end: from + [...quote].length, quote };
}
