// The sums of a split of hours, kept while its cells are typed in (data-split). Without scripts, « Recompter » does the same.
(() => {
  const french = new Intl.NumberFormat("fr-FR");
  // Hours as they are typed: « 1 200 », « 1200 h »; a text that is no number counts none, as the server says.
  const hours = (cell) => {
    const found = Number(cell.value.replace(/[\s\u202f\u00a0]|h(eures?)?$/gi, "").replace(",", "."));
    return Number.isFinite(found) && found > 0 ? Math.round(found) : 0;
  };
  const add = (cells) => cells.reduce((sum, cell) => sum + hours(cell), 0);

  const count = (table) => {
    const all = [...table.querySelectorAll("[data-placed]")];
    const asked = all.reduce((sum, cell) => sum + Number(cell.dataset.hours), 0);
    let wrong = 0;
    for (const cell of all) {
      const placed = add([...table.querySelectorAll(`[data-cell="${cell.dataset.placed}"]`)]);
      const due = Number(cell.dataset.hours);
      cell.textContent = placed === due ? french.format(placed) : `${french.format(placed)} sur ${french.format(due)}`;
      cell.classList.toggle("late", placed !== due);
      if (placed !== due) wrong += 1;
    }
    let total = 0;
    for (const row of table.querySelectorAll("[data-way]")) {
      const its = add([...row.querySelectorAll("[data-cell]")]);
      total += its;
      const sum = row.querySelector("[data-sum]");
      if (sum) sum.textContent = french.format(its);
      const share = 100 * its / asked;
      row.querySelector("[data-share]").textContent = share > 0 && share < 1 ? "moins de 1 %" : `${Math.round(share)} %`;
    }
    const sum = table.querySelector("[data-all]");
    if (sum) sum.textContent = french.format(total);
    table.querySelector("[data-says]").textContent = wrong
      ? `Le compte n’y est pas dans ${wrong > 1 ? `${wrong} contrats` : "un contrat"}.`
      : "Le compte est bon dans chaque contrat.";
    for (const said of table.closest("form").querySelectorAll("[data-gap]")) said.hidden = true;
  };

  for (const table of document.querySelectorAll("[data-split]")) {
    const keys = table.closest("form").querySelector("[data-keys]");
    if (keys) keys.hidden = false;
    table.addEventListener("input", () => count(table));
    table.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 10, ArrowDown: -10 }[event.key];
      if (!step || !event.target.matches("[data-cell]")) return;
      event.preventDefault();
      event.target.value = Math.max(hours(event.target) + step, 0) || "";
      count(table);
    });
  }
})();
