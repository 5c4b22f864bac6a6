// The person's choice of theme, over the system's. Loaded before the page is drawn, so that it never flashes.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "sombre" : dark.matches);
  root.classList.add("js");
  const chosen = stored();
  if (chosen === "sombre" || chosen === "clair") root.dataset.theme = chosen;
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    const say = () => { button.textContent = isDark() ? "Thème clair" : "Thème sombre"; };
    say();
    dark.addEventListener("change", say);
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "clair" : "sombre";
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private mode: the choice lasts for this page */ }
      say();
    });
  });
})();
