// Copy a text as it was edited. Without scripts the button is not there: the text can be selected.
(() => {
  const said = document.querySelector("[data-copied]");
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const text = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.value);
        said.textContent = "Copié.";
      } catch {
        text.focus();
        text.select();
        said.textContent = "Le texte est sélectionné : copiez-le avec Ctrl+C.";
      }
    });
  });
})();
