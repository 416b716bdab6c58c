// What was chosen and not saved would be gone with the page, so the browser asks first. It may stand in a form that
// came back with an error.
const form = document.getElementById("mapping");
let unsaved = form !== null && [...form.elements].some((field) => field.getAttribute("aria-invalid") === "true");
document.addEventListener("input", ({ target }) => {
  if (form !== null && target.form === form) unsaved = true;
});
form?.addEventListener("submit", () => {
  unsaved = false;
});
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
