// What starts folded on a phone, and the map as it was left on this machine. Asked for in the page right after them, so that nothing moves once drawn.
if (matchMedia("(max-width: 640px)").matches) document.querySelectorAll("details[data-fold]").forEach((details) => { details.open = false; });
try { if (localStorage.getItem("carte") === "ouverte") document.getElementById("carte").hidden = false; } catch { /* private mode: folded */ }
