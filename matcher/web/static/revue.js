// One key a decision, wherever one is on the page except in a field.
(() => {
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-review]");
    if (!form) return;
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest("input, textarea, select")) return;
      const button = form.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
      if (!button) return;
      event.preventDefault();
      const name = form.querySelector("#qui");
      if (button.value !== "passer" && !name.value.trim()) return name.focus();
      button.click();
    });
  });
})();
