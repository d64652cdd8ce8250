// Đình: what a page does better with a script. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Larger text, kept in this browser.
  const keep = (value) => { try { localStorage.setItem("text", value); } catch { /* private window */ } };
  const kept = () => { try { return localStorage.getItem("text"); } catch { return null; } };
  root.classList.toggle("large", kept() === "large");
  all("[data-text-size]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-pressed", root.classList.contains("large"));
    button.addEventListener("click", () => {
      const large = root.classList.toggle("large");
      button.setAttribute("aria-pressed", large);
      keep(large ? "large" : "");
    });
  });

  // On a phone the menu goes sideways: where one is stands in sight.
  document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

  // Printing the page: <button data-print hidden>.
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  // A page with mistakes begins at their list.
  const errors = document.querySelector(".errors");
  if (errors) errors.focus();

  // A session that is over, or a page drawn in one before: the server keeps what was sent, and says
  // where to go on. What is written there afterwards is kept too, at the next save.
  const ended = (status, way, news) => {
    if (!way || (status !== 401 && status !== 403)) return false;
    const again = document.createElement("a"), over = status === 401;
    again.href = way;
    again.textContent = over ? "Đăng nhập lại" : "Tải lại trang";
    news.setAttribute("role", "alert");
    news.replaceChildren(over ? "Phiên đã hết. Những gì đã viết được giữ lại. " : "Trang này mở từ phiên trước. Những gì đã viết được giữ lại. ", again);
    return true;
  };

  // Autosave: <form data-autosave="/path">, with <p class="saved" data-failed="…"> for news.
  const pause = 1500;
  all("form[data-autosave]").forEach((form) => {
    let news = form.querySelector(".saved");
    if (!news) { news = document.createElement("p"); news.className = "saved"; form.append(news); }
    let timer = 0, running = false, again = false, sending = false;
    const tell = (text) => { news.textContent = text; };
    const save = async () => {
      if (sending) return;
      if (running) { again = true; return; }
      running = true;
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { accept: "application/json" } });
        if (!answer.ok || answer.redirected) throw answer;
        const now = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
        tell((news.dataset.saved || "Đã lưu lúc") + " " + now);
      } catch (failed) {
        const way = failed.headers?.get("x-way");
        if (!ended(failed.status, way, news)) {
          tell(news.dataset.failed || "Chưa lưu được. Sẽ thử lại khi có mạng.");
          timer = setTimeout(save, 10 * pause);
        }
      }
      running = false;
      if (again) { again = false; save(); }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, pause); });
    form.addEventListener("submit", () => { sending = true; clearTimeout(timer); });
    addEventListener("online", () => { if (timer) save(); });
  });

  // Questions that hang on another: a change inside [data-refresh] posts the form with _refresh and draws
  // its [data-fresh] part anew, unless something was typed meanwhile. Without a script a button does it.
  const unscript = (from) => all("[data-scriptless]", from).forEach((part) => { part.hidden = true; });
  unscript(document);
  let typed = 0, asking = 0;
  // Until the new questions stand there the form says that it is busy, to readers of screens too.
  const refresh = async (form) => {
    asking += 1;
    form.setAttribute("aria-busy", "true");
    await redraw(form).catch(() => {});
    asking -= 1;
    if (!asking) form.removeAttribute("aria-busy");
  };
  const redraw = async (form) => {
    const body = new URLSearchParams(), before = typed;
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    body.append("_refresh", "fresh");
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-fresh]"), focus = document.activeElement;
    if (!fresh || form.dataset.sent) return;
    if (typed !== before) { await redraw(form); return; }
    unscript(fresh);
    form.querySelector("[data-fresh]").replaceWith(fresh);
    document.querySelector(".errors")?.remove();
    if (focus && focus.id && !focus.isConnected) document.getElementById(focus.id)?.focus();
  };
  document.addEventListener("input", () => { typed += 1; });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-refresh]") && event.target.closest("form");
    const files = form && all("input[type=file]", form).some((input) => input.files.length);
    if (form && !files && form.querySelector("[data-fresh]")) refresh(form);
  });

  // Ask again before what cannot be undone: <button data-confirm="…">.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (button && !confirm(button.dataset.confirm)) event.preventDefault();
  });

  // One press is one submission; a page that comes back from history may be sent again.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    if (event.target.method === "post") event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Forms with files are sent by a script of their own.
  if (document.querySelector("form[enctype='multipart/form-data']")) {
    const script = document.createElement("script");
    script.src = document.body.dataset.send;
    document.head.append(script);
  }

  // Show a password while it is typed.
  all("[data-reveal]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const input = document.getElementById(button.dataset.reveal);
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", !shown);
    });
  });
})();
