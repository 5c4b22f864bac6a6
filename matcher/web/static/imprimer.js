// « Imprimer » opens the browser's own window; without scripts, its menu does.
(() => {
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
})();
