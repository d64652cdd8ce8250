// Đình: keys of the officers' pages. Every page works without them.
(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];

  // In a list whose rows have an a[data-row], j and k walk the rows and x picks the one walked to.
  const walk = (key) => {
    const rows = all("[data-row]"), here = rows.indexOf(document.activeElement);
    if (!rows.length) return false;
    if (key === "x") rows[here]?.closest("tr")?.querySelector("input[type=checkbox]")?.click();
    else rows[key === "j" ? Math.min(here + 1, rows.length - 1) : Math.max(here - 1, 0)].focus();
    return true;
  };

  // Keys: ? lists them, / searches, data-key="x" presses or follows its element.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const help = document.getElementById("keys");
    if (event.key === "?" && help && !help.open) { help.showModal(); return; }
    if ("jkx".includes(event.key) && walk(event.key)) { event.preventDefault(); return; }
    const wanted = event.key === "/" ? "[type=search]" : `[data-key="${CSS.escape(event.key)}"]`;
    const target = document.querySelector(wanted);
    if (!target) return;
    event.preventDefault();
    event.key === "/" ? target.focus() : target.click();
  });
})();
