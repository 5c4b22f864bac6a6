// Completion of a text field, after the combobox pattern of the ARIA Authoring Practices. Without it the field is plain text.
(() => {
  let number = 0;

  function combobox(box) {
    const input = box.querySelector("input");
    if (!input || input.getAttribute("role") === "combobox") return;
    const several = box.hasAttribute("data-several");
    const list = document.createElement("div");
    const status = document.createElement("div");
    list.id = `suggestions-${++number}`;
    list.className = "combo-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Propositions");
    list.hidden = true;
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    box.append(list, status);

    let shown = [], active = -1, timer = 0, asked = 0;

    const parts = () => (several ? input.value.split(";") : [input.value]);
    const typed = () => parts().at(-1).trim();

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    // What is still asked no longer opens the list.
    function leave() {
      clearTimeout(timer);
      asked += 1;
      close();
    }

    function point(index) {
      active = index;
      [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
      if (index < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    }

    function take(index) {
      const before = parts().slice(0, -1).map((part) => part.trim());
      input.value = [...before, shown[index].value].join(" ; ");
      leave();
      status.textContent = `${shown[index].label} choisi`;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function line(found, index, text) {
      const option = document.createElement("div");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const at = found.label.toLowerCase().indexOf(text.toLowerCase());
      if (at < 0) option.append(found.label);
      else {
        const mark = document.createElement("mark");
        mark.textContent = found.label.slice(at, at + text.length);
        option.append(found.label.slice(0, at), mark, found.label.slice(at + text.length));
      }
      const what = document.createElement("span");
      what.className = "what";
      what.textContent = found.what;
      option.append(what);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
      return option;
    }

    async function suggest() {
      const text = typed(), turn = ++asked;
      if (text.length < 2) return close();
      let found;
      try {
        const answer = await fetch(`${box.dataset.combo}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
        if (!answer.ok) return close();
        found = await answer.json();
      } catch { return close(); }
      if (turn !== asked || document.activeElement !== input) return;
      shown = found;
      list.replaceChildren(...found.map((one, index) => line(one, index, text)));
      if (!found.length) { status.textContent = "Aucune proposition"; return close(); }
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      status.textContent = found.length === 1 ? "1 proposition" : `${found.length} propositions`;
      point(-1);
    }

    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(suggest, 120); });
    input.addEventListener("blur", leave);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); return void suggest(); }
      if (list.hidden) return void (event.key === "Escape" && leave());
      const last = shown.length - 1;
      const moves = { ArrowDown: active < last ? active + 1 : 0, ArrowUp: active > 0 ? active - 1 : last, Home: 0, End: last };
      if (event.key in moves && !(active < 0 && (event.key === "Home" || event.key === "End"))) { event.preventDefault(); point(moves[event.key]); }
      else if (event.key === "Enter" && active >= 0) { event.preventDefault(); take(active); }
      else if (event.key === "Escape") { event.preventDefault(); leave(); }
      else if (event.key === "Tab" && active >= 0) take(active);
    });
  }

  const start = () => document.querySelectorAll("[data-combo]").forEach(combobox);
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:afterSettle", start);
})();
