// On a phone, what can be folded starts folded. Asked for in the page right after it, so that nothing moves once drawn.
if (matchMedia("(max-width: 640px)").matches) document.querySelectorAll("details[data-fold]").forEach((details) => { details.open = false; });
