// A part of the page that is fetched anew comes as it was made; what a person opened or closed in it stays so.
const asLeft = new Map();
document.addEventListener("htmx:beforeSwap", ({ target }) => {
  for (const part of target.querySelectorAll("details[id]")) asLeft.set(part.id, part.open);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of asLeft) document.getElementById(id)?.toggleAttribute("open", open);
  asLeft.clear();
});
