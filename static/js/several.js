// How many rows of a list are ticked, and what they come to; and one tick for all of them.
const ticks = () => [...document.querySelectorAll('input[name="chosen"]')];
const tell = () => {
  const chosen = ticks().filter((tick) => tick.checked);
  const all = document.getElementById("several-all");
  const word = document.getElementById("several-chosen");
  if (all === null || word === null) return;
  all.checked = chosen.length > 0 && chosen.length === ticks().length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  const sums = new Map();
  for (const { dataset } of chosen) sums.set(dataset.currency, (sums.get(dataset.currency) ?? 0) + Number(dataset.minor));
  const money = [...sums].map(([currency, minor]) => {
    const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
    return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
  });
  word.textContent = `${chosen.length} chosen, ${money.join(" and ")}`;
};
// It does nothing without this file, so it is shown by it.
const offer = () => document.getElementById("several-all")?.removeAttribute("hidden");
document.addEventListener("change", ({ target }) => {
  if (target.id === "several-all") for (const tick of ticks()) tick.checked = target.checked;
  if (target.id === "several-all" || target.name === "chosen") tell();
});
document.addEventListener("htmx:afterSwap", offer);
offer();
// The browser keeps ticks over a reload.
tell();
