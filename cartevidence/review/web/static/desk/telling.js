// What the page says: what was decided, to be read and heard; and what went wrong, until something goes right.

const said = document.getElementById("said");
const trouble = document.getElementById("trouble");

let fading = 0;
export function say(sentence) {
  said.textContent = sentence;
  said.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => said.classList.remove("shown"), 4000);
  complain("");
}

export function complain(sentence) {
  trouble.textContent = sentence;
  trouble.hidden = !sentence;
  if (sentence) trouble.scrollIntoView({ block: "nearest" });
}
