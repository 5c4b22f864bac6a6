// A participant's own page: what it says is shown at once; hors-ligne.js keeps and sends it, suivre.js follows the organiser's timetable.
(() => {
  const page = document.querySelector("[data-offline]");
  if (!page) return;
  const said = (about, word) => page.querySelectorAll(`[data-said="${about}"]`).forEach((one) => { one.textContent = word; });
  const noted = (one) => {
    const typed = Object.fromEntries(one.fields);
    const field = document.getElementById(`note-${one.about.split("-")[1]}`);
    return field && "note" in typed ? [field, typed.note] : [];
  };

  page.addEventListener("kept", ({ detail: one }) => {
    said(one.about, one.word);
    if (one.about === "tout") page.querySelectorAll("[data-said^=reponse-]").forEach((each) => { each.textContent = one.word; });
    page.querySelectorAll(`.meet-results [data-about="${one.about}"]`).forEach((each) => { each.classList.toggle("kept", each.dataset.word === one.word); });
    const [field, text] = noted(one);
    if (field) field.value = text;  // where the page was loaded again before the network was back
  });
  page.addEventListener("sent", ({ detail: one }) => {
    const [field, text] = noted(one);
    if (field) field.form.elements.avant.value = text;
  });
  page.addEventListener("refused", ({ detail: one }) => {
    said(one.about, one.why);
    page.dispatchEvent(new CustomEvent("forget", { detail: one.key }));
  });
})();
