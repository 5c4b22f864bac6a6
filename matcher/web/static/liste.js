// After each change of the list: say how many there are, and keep the keyboard where the person was.
(() => {
  document.addEventListener("htmx:afterSwap", () => {
    if (!matchMedia("(max-width: 640px)").matches) return;
    document.querySelectorAll("details[data-fold]").forEach((details) => { details.open = false; });
  });
  document.addEventListener("htmx:afterSettle", () => {
    const title = document.getElementById("les-candidats");
    const status = document.getElementById("annonce");
    if (title && status) status.textContent = title.textContent.trim();
    if (title && document.activeElement === document.body) title.focus({ preventScroll: true });
  });
})();
