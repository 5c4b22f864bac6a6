// Copy a text as it was edited (data-copy is its id), or the address of the page (empty). Without scripts the button is not there.
(() => {
  document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const said = document.querySelector("[data-copied]"), text = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text ? text.value : location.href);
      said.textContent = text ? "Copié." : "Lien copié.";
      if (!text) button.textContent = "Lien copié";
    } catch {
      text?.focus();
      text?.select();
      said.textContent = text ? "Le texte est sélectionné : copiez-le avec Ctrl+C." : "Le navigateur refuse : copiez l’adresse de la page.";
      if (!text) button.textContent = "Copiez l’adresse de la page";
    }
  });
})();
