// Nothing here is needed to read a page: it shows what has come since, and opens addresses of an older kind.
"use strict";

const EVERY = 2000;

// /companies/1#Purchase-42 pointed into a list of the newest; any document has an address of its own now.
function openOlderAddress() {
  const named = /^#([A-Za-z]+)-(\d+)$/.exec(location.hash);
  const company = /^\/companies\/\d+$/.exec(location.pathname);
  if (named && company && !document.getElementById(location.hash.slice(1))) {
    location.replace(`${location.pathname}/${named[1].toLowerCase()}/${named[2]}`);
  }
}

// The page is asked for again and its tables are put in place, unless somebody is at work in it.
async function refresh() {
  const main = document.querySelector("main[data-live]");
  if (!main || document.hidden || main.contains(document.activeElement) || String(getSelection())) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main[data-live]");
  if (!fresh || fresh.innerHTML === main.dataset.seen) return;
  const known = new Set([...main.querySelectorAll("tr[id]")].map((row) => row.id));
  const seen = fresh.innerHTML;
  if (main.dataset.seen !== undefined || known.size) {
    for (const row of fresh.querySelectorAll("tr[id]")) if (!known.has(row.id)) row.classList.add("new");
  }
  main.replaceChildren(...fresh.childNodes);
  main.dataset.seen = seen;
}

// A long choice is narrowed by typing; without this it is scrolled.
function narrow(event) {
  const finder = event.target.closest(".finder");
  if (!finder) return;
  const words = finder.value.toLowerCase().trim();
  for (const row of finder.nextElementSibling.children) row.hidden = !(row.dataset.name || "").includes(words);
}

// On a phone the sections stand side by side: the one that is open is brought into view, without moving the page.
function showSection() {
  const here = document.querySelector(".rail [aria-current]");
  const rail = here && here.closest(".rail");
  if (rail && rail.scrollWidth > rail.clientWidth) rail.scrollLeft = here.offsetLeft - rail.clientWidth / 3;
}

openOlderAddress();
showSection();
addEventListener("hashchange", openOlderAddress);
addEventListener("input", narrow);
if (document.querySelector("main[data-live]")) setInterval(() => refresh().catch(() => {}), EVERY);
