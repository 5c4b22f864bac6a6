// One key a decision, wherever one is on the page except in a field: the button or link that has the key is pressed, a field takes the cursor.
(() => {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest("input, textarea, select")) return;
    const target = document.querySelector(`[data-review] [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) return target.focus();
    const name = target.form?.querySelector("[name=qui]");
    if (name && target.value !== "passer" && !name.value.trim()) return name.focus();
    target.click();
  });
})();
