// The calls of a lot: what is typed of one stays on the telephone that sleeps; how it ends is said at once.
(() => {
  const page = document.querySelector(".calls");
  if (!page) return;
  const draft = (form) => `entremise.brouillon.${page.dataset.offline}.${form.elements.id.value}`;
  const typed = (form) => [...new FormData(form)].filter(([name]) => !["csrf_token", "version", "cle", "le", "qui", "id"].includes(name));
  const fill = (form, held) => {
    if (held.length) form.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = held.some(([name, value]) => name === box.name && value === box.value); });
    held.forEach(([name, value]) => {
      const field = form.elements[name];
      if (!field || field.type === "checkbox" || field[0]?.type === "checkbox") return;
      if (field instanceof RadioNodeList || field.type === "radio") form.querySelectorAll(`input[name="${CSS.escape(name)}"]`).forEach((one) => { one.checked = one.value === value; });
      else field.value = value;
    });
  };
  const drafted = (form) => { try { return JSON.parse(localStorage.getItem(draft(form))); } catch { return null; } };
  // Words that are no single number are kept as they are written: which of their numbers is meant is asked at once.
  const numbers = (text) => [...new Set((text.match(/\d+(?:[ \u00a0\u202f]\d{3})*/g) || []).map((one) => String(Number(one.replace(/\D/g, "")))))].filter((one) => one !== "0" && one.length < 5);
  const choice = (name, value, words, checked) => {
    const label = document.createElement("label");
    const radio = Object.assign(document.createElement("input"), { type: "radio", name, value, checked });
    label.append(radio, words);
    return label;
  };
  const askNumber = (field) => {
    const form = field.form, name = field.dataset.chosen, found = numbers(field.value);
    const chosen = form.querySelector(`input[name="${CSS.escape(name)}"]:checked`)?.value ?? field.dataset.number;
    form.querySelector(`[data-asked="${CSS.escape(name)}"]`)?.remove();
    if (!field.value.trim() || found.length === 1) return;
    const asked = document.createElement("fieldset"), legend = document.createElement("legend"), segments = document.createElement("div");
    asked.className = "call-asked";
    asked.dataset.asked = name;
    legend.className = "unknown";
    legend.textContent = "Gardé tel quel. Pour ce lot, c’est combien\u00a0?";
    segments.className = "segments";
    segments.append(...found.map((one) => choice(name, one, one, one === chosen)), choice(name, "", "Non connu", !found.includes(chosen)));
    asked.append(legend, segments);
    field.closest("p").after(asked);
  };
  const forms = [...page.querySelectorAll("form[data-kept]")];
  forms.forEach((form) => {
    const held = drafted(form) || [];
    fill(form, held);
    form.querySelectorAll("[data-chosen]").forEach((field) => {
      const draft_chosen = held.find(([name]) => name === field.dataset.chosen);
      if (draft_chosen) field.dataset.number = draft_chosen[1];
      askNumber(field);
      field.addEventListener("input", () => askNumber(field));
    });
    const keep = () => { try { localStorage.setItem(draft(form), JSON.stringify(typed(form))); } catch { /* as long as the page is open */ } };
    form.addEventListener("input", keep);
    // Once the end is told, what is added to it is sent too.
    form.addEventListener("change", (event) => {
      const end = form.querySelector(".call-outcomes .kept");
      if (!end || event.target.name === "qui") return;
      form.dataset.calm = "";
      form.requestSubmit(end);
      delete form.dataset.calm;
    });
    // The return key of a field ends no call.
    form.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); });
  });
  const said = (anchor, text, waits) => {
    const line = page.querySelector(`[data-said="${anchor}"]`);
    if (line) { line.textContent = text; line.classList.toggle("waits", Boolean(waits)); }
  };
  const hour = () => new Date().toLocaleTimeString("fr-FR", { hour: "numeric", minute: "2-digit" }).replace(":", " h ");
  // The outcome that is noted is the one filled row, and the foot says so: it can be taken back, and one goes on.
  const mark = (anchor, word) => {
    const call = document.getElementById(anchor);
    call.querySelectorAll("[data-word]").forEach((button) => {
      const its = button.dataset.word === word;
      button.classList.toggle("kept", its);
      button.querySelector(".call-when")?.remove();
      if (its) button.append(Object.assign(document.createElement("span"), { className: "call-when", textContent: `noté, ${hour()}` }));
    });
    const undo = call.querySelector("[data-undo]"), next = call.querySelector("[data-next]");
    if (undo) undo.hidden = !word;
    next.classList.toggle("main", Boolean(word));
    next.querySelector("[data-pass]").hidden = Boolean(word);
    next.querySelector("[data-go]").hidden = !word;
  };
  const pending = new Map();
  // Whose answer is in the dossier already: undoing then is for the server, whatever waits here.
  const written = new Set([...page.querySelectorAll("[data-undo]:not([hidden])")].map((undo) => undo.dataset.undo));
  page.addEventListener("submit", (event) => {
    const undo = event.target.closest("[data-undo]");
    const key = undo && pending.get(undo.dataset.undo);
    if (!key) return;
    page.dispatchEvent(new CustomEvent("forget", { detail: key }));
    pending.delete(undo.dataset.undo);
    if (written.has(undo.dataset.undo)) return;
    event.preventDefault();
    mark(undo.dataset.undo, "");
    said(undo.dataset.undo, "Annulé\u00a0: rien n’est enregistré.");
  });
  addEventListener("load", () => page.querySelector(".call:target .call-clash h2")?.focus());
  page.addEventListener("kept", ({ detail: one }) => {
    const form = page.querySelector(`form[data-kept="${one.about}"]`);
    if (!form) return;
    if (!drafted(form)) fill(form, one.fields);
    pending.set(one.about, one.key);
    mark(one.about, one.word);
    said(one.about, `« ${one.word} »\u00a0: gardé ici, envoyé ensuite.`, true);
    const state = page.querySelector(`[data-state="${one.about}"]`);
    if (state) state.textContent = one.word;
  });
  page.addEventListener("sent", ({ detail: one }) => {
    const form = page.querySelector(`form[data-kept="${one.about}"]`);
    if (form) { try { localStorage.removeItem(draft(form)); } catch { /* it was not kept */ } }
    pending.delete(one.about);
    written.add(one.about);
    const undo = page.querySelector(`[data-undo="${one.about}"]`);
    if (undo) undo.elements.cle.value = one.key;
    said(one.about, one.said || `« ${one.word} », enregistré.`, Boolean(one.said));
    if (one.clash) location.reload();
  });
  page.addEventListener("refused", ({ detail: one }) => {
    said(one.about, `« ${one.word} »\u00a0: pas envoyé. ${one.why} `, true);
    const line = page.querySelector(`[data-said="${one.about}"]`);
    if (!line) return;
    const drop = document.createElement("button");
    drop.className = "link";
    drop.type = "button";
    drop.textContent = "Oublier cette réponse";
    drop.addEventListener("click", () => { page.dispatchEvent(new CustomEvent("forget", { detail: one.key })); said(one.about, ""); });
    line.append(drop);
  });
})();
