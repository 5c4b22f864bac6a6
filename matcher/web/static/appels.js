// The calls of a lot: what is typed of one stays on the telephone that sleeps; how it ends is said at once.
(() => {
  const page = document.querySelector(".calls");
  if (!page) return;
  const draft = (form) => `entremise.brouillon.${page.dataset.offline}.${form.elements.id.value}`;
  const typed = (form) => [...new FormData(form)].filter(([name]) => !["csrf_token", "version", "cle", "le", "qui", "id"].includes(name));
  const fill = (form, held) => held.forEach(([name, value]) => {
    const field = form.elements[name];
    if (!field) return;
    if (field instanceof RadioNodeList || field.type === "radio") form.querySelectorAll(`input[name="${CSS.escape(name)}"]`).forEach((one) => { one.checked = one.value === value; });
    else field.value = value;
  });
  const drafted = (form) => { try { return JSON.parse(localStorage.getItem(draft(form))); } catch { return null; } };
  const forms = [...page.querySelectorAll("form[data-kept]")];
  forms.forEach((form) => {
    fill(form, drafted(form) || []);
    const keep = () => { try { localStorage.setItem(draft(form), JSON.stringify(typed(form))); } catch { /* as long as the page is open */ } };
    form.addEventListener("input", keep);
    // Once the end is told, what is added to it is sent too.
    form.addEventListener("change", (event) => {
      const end = form.querySelector(".button.kept");
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
  page.addEventListener("kept", ({ detail: one }) => {
    const form = page.querySelector(`form[data-kept="${one.about}"]`);
    if (!form) return;
    if (!drafted(form)) fill(form, one.fields);
    form.querySelectorAll("[data-word]").forEach((button) => button.classList.toggle("kept", button.dataset.word === one.word));
    said(one.about, `« ${one.word} »\u00a0: gardé ici, envoyé ensuite.`, true);
    const state = page.querySelector(`[data-state="${one.about}"]`);
    if (state) state.textContent = one.word;
  });
  page.addEventListener("sent", ({ detail: one }) => {
    const form = page.querySelector(`form[data-kept="${one.about}"]`);
    if (form) { try { localStorage.removeItem(draft(form)); } catch { /* it was not kept */ } }
    said(one.about, one.said || `« ${one.word} »\u00a0: noté dans le dossier.`, Boolean(one.said));
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
