// A list that refreshes itself would swap the sign-in page into its own place once the session has ended.
// An answer that came from another address than the one asked for is therefore shown as the page it is.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const asked = new URL(detail.pathInfo.requestPath, location.href);
  const answered = new URL(detail.xhr.responseURL || asked, location.href);
  if (answered.pathname === asked.pathname) return;
  detail.shouldSwap = false;
  location.reload();
});
