// The drop of a file: says at once that it is too large, rather than after it was sent.
(() => {
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-drop]");
    const input = form?.querySelector('input[type="file"]');
    if (!input) return;
    const largest = Number(form.dataset.largest);
    const line = form.querySelector(".fault");
    const button = form.querySelector("button");
    input.addEventListener("change", () => {
      const file = input.files[0];
      const heavy = file && file.size > largest * 2 ** 20;
      const fault = heavy ? `« ${file.name} » pèse ${Math.ceil(file.size / 2 ** 20)} Mio ; la page en prend ${largest} au plus. Découpez-le, ou importez-le par la ligne de commande.` : file && !file.size ? `« ${file.name} » est vide.` : "";
      line.querySelector("[data-fault]").textContent = fault;
      line.hidden = !fault;
      input.toggleAttribute("aria-invalid", Boolean(fault));
      if (fault) input.setAttribute("aria-invalid", "true");
      button.disabled = Boolean(fault);
    });
    for (const [name, on] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
      form.addEventListener(name, () => form.classList.toggle("over", on));
    }
    form.addEventListener("submit", () => { button.disabled = true; button.textContent = "Envoi…"; });
  });
})();
