// A file that will be refused for its size need not travel first. The server says the same without this.
const chosen = document.querySelector("input[type=file][data-largest]");
chosen?.addEventListener("change", () => {
  const isLarge = [...chosen.files].some((file) => file.size > Number(chosen.dataset.largest));
  chosen.setCustomValidity(isLarge ? chosen.dataset.tooLarge : "");
  chosen.reportValidity();
});
