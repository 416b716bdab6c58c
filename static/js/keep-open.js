// A part of the page that is fetched anew comes as it was made; what a person opened or closed in it stays so.
const asLeft = new Map();
document.addEventListener("htmx:beforeSwap", ({ target }) => {
  for (const part of target.querySelectorAll("details[id]")) asLeft.set(part.id, part.open);
});
// Nor is it fetched while rows are ticked: their ticks would be gone.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.querySelector('input[name="chosen"]:checked')) event.preventDefault();
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of asLeft) document.getElementById(id)?.toggleAttribute("open", open);
  asLeft.clear();
});
