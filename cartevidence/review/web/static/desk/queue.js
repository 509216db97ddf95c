// The queue by key: / searches, j and k go through the studies, Enter opens one.

import { actOf } from "./keys.js";

const links = () => [...document.querySelectorAll("#queue tbody th a")];

document.addEventListener("keydown", (event) => {
  const act = actOf(event);
  if (act === "search") {
    event.preventDefault();
    document.getElementById("search").focus();
  } else if (act === "next" || act === "previous") {
    event.preventDefault();
    const all = links();
    const at = all.indexOf(document.activeElement);
    const to = all[Math.min(all.length - 1, Math.max(0, at + (act === "next" ? 1 : -1)))];
    if (to) to.focus();
  } else if (act === "next-study") {
    const start = document.getElementById("start");
    if (start) start.click();
  }
});
if (window.location.hash === "#search") document.getElementById("search").focus();
