// The worksheet by keyboard: x ticks the line that one is on, Ctrl Z takes the last answer back; how many lines are ticked is said.
(() => {
  const form = document.querySelector("[data-sheet]"), said = form?.querySelector("[data-chosen]");
  const boxes = () => [...form.querySelectorAll("input[name=ligne]")];

  function say() {
    const count = boxes().filter((box) => box.checked).length;
    if (said) said.textContent = count ? `${count}\u00a0ligne${count > 1 ? "s choisies" : " choisie"}` : "Pour les lignes cochées";
    for (const box of boxes()) box.closest("tr").classList.toggle("chosen", box.checked);
  }

  form?.addEventListener("change", (event) => { if (event.target.name === "ligne") say(); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (typing || event.altKey || event.repeat) return;
    const key = event.key.toLowerCase();
    if (key === "z" && (event.ctrlKey || event.metaKey)) {
      const undo = document.querySelector("[data-undo]");
      if (undo) { event.preventDefault(); undo.click(); }
    } else if (key === "x" && !event.ctrlKey && !event.metaKey) {
      const box = event.target.closest("tr")?.querySelector("input[name=ligne]");
      if (box) { event.preventDefault(); box.click(); }
    }
  });
  if (form) say();
})();
