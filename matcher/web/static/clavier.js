// The list by single keys, said at its foot; off in a field, and for good on this machine where the person says so.
(() => {
  const stored = () => { try { return localStorage.getItem("touches"); } catch { return null; } };
  const store = (value) => { try { localStorage.setItem("touches", value); } catch { /* private mode: the choice lasts for this page */ } };
  let on = stored() !== "non";
  const rows = () => [...document.querySelectorAll(".candidate")];
  const current = () => document.activeElement?.closest?.(".candidate");

  function go(row) {
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  function step(by) {
    const all = rows(), at = all.indexOf(current());
    go(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
  }
  // As long as the trade is asked, a number is an answer; then a part of the list.
  function numbered(place) {
    const answers = document.querySelectorAll(".question.trade a.answer");
    if (answers.length) answers[place]?.click();
    else go([...document.querySelectorAll("section.band")][place]?.querySelector(".candidate"));
  }
  const press = (selector) => current()?.querySelector(selector)?.click();
  const KEYS = {
    j: () => step(1), k: () => step(-1), r: () => press("[name=retenu]"), c: () => press("[name=compare]"), p: () => press(".why > summary"),
    m: () => document.querySelector("[data-map-fold]")?.click(), 1: () => numbered(0), 2: () => numbered(1), 3: () => numbered(2),
  };

  function show() {
    const box = document.getElementById("touches");
    if (box) box.checked = on;
  }
  document.addEventListener("change", (event) => {
    if (event.target.id !== "touches") return;
    on = event.target.checked;
    store(on ? "oui" : "non");
  });
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea, .map *")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("htmx:afterSwap", show);
})();
