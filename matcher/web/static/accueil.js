// The entrance by keyboard: « Échap » empties the field, then takes back who has just come in.
(() => {
  const field = document.getElementById("typed");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (field.value) { field.value = ""; field.focus(); return; }
    document.querySelector("[data-undo]")?.click();
  });
})();
