// Đình: sends forms with files, with a bar that shows how far they are. Every form works without it.
(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // What a form sends and where to, with the button that was pressed: by hand, since browsers of 2022 do
  // not take it from new FormData(form, button), and those before do not say which it was.
  let pressed = null;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, input[type=submit]");
    pressed = button && button.form && button.type === "submit" ? button : null;
  }, true);
  const letter = (form, event) => {
    const data = new FormData(form);
    const button = event.submitter || (pressed && pressed.form === form ? pressed : null);
    if (button && button.name) data.append(button.name, button.value);
    const own = button && button.hasAttribute("formaction");
    return { data, to: own ? button.formAction : form.action };
  };

  // To another page. One that differs by its anchor alone would only be scrolled: it is loaded anew.
  const goTo = (address) => {
    const next = new URL(address, location.href), here = location;
    if (next.pathname === here.pathname && next.search === here.search) {
      history.replaceState(null, "", here.pathname + (here.search ? here.search + "&" : "?"));
      here.replace(next.href);
    } else here.assign(next.href);
  };

  // A sentence at a field, as the server draws it; "" takes it away.
  const say = (input, text) => {
    const field = input.closest(".field") || input.parentElement;
    const id = (input.id || input.name) + "-fault", before = document.getElementById(id);
    if (!text && !before) return;
    before?.remove();
    field.classList.toggle("wrong", !!text);
    input.removeAttribute("aria-invalid");
    if (!text) return;
    const fault = document.createElement("span");
    fault.className = "error";
    fault.id = id;
    fault.setAttribute("role", "alert");
    fault.textContent = text;
    input.setAttribute("aria-invalid", "true");
    const others = (input.getAttribute("aria-describedby") || "").split(" ").filter((one) => one !== id);
    input.setAttribute("aria-describedby", [...others, id].join(" ").trim());
    (input.closest(".file") || input).before(fault);
  };

  // What is wrong with the files of a field, or of the whole form: said before anything is sent.
  const limits = document.body.dataset;
  const fault = (input) => {
    const heavy = [...input.files].filter((file) => file.size > Number(limits.maxBytes));
    return heavy.length ? heavy.map((file) => file.name).join(", ") + ": " + limits.tooLarge : "";
  };
  const checkFiles = (form) => {
    const inputs = all("input[type=file]", form).filter((input) => input.files.length);
    inputs.forEach((input) => say(input, fault(input)));
    const files = inputs.flatMap((input) => [...input.files]);
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const tooMuch = files.length > Number(limits.maxFiles) || bytes > Number(limits.maxForm);
    if (tooMuch && !inputs.some(fault)) say(inputs[inputs.length - 1], limits.tooMuch);
    return inputs.find(fault) || (tooMuch && inputs[inputs.length - 1]);
  };

  // Uploads show how far they are; a file too large is said before it is sent.
  all("form[enctype='multipart/form-data']").forEach((form) => {
    form.addEventListener("change", (event) => {
      if (event.target.type === "file" && limits.maxBytes) say(event.target, fault(event.target));
    });
    form.addEventListener("submit", (event) => {
      const has = all("input[type=file]", form).some((input) => input.files.length);
      if (event.defaultPrevented || !has) return;
      event.preventDefault();
      if (form.dataset.sent) return;
      const wrong = limits.maxBytes && checkFiles(form);
      if (wrong) { wrong.focus(); return; }
      form.dataset.sent = "yes";
      const bar = document.createElement("progress");
      bar.max = 100;
      form.append(bar);
      const request = new XMLHttpRequest(), { data, to } = letter(form, event);
      request.upload.onprogress = (step) => { bar.value = 100 * step.loaded / step.total; };
      request.onload = () => {
        const next = request.getResponseHeader("x-next-page");
        if (next) { goTo(next); return; }
        document.open(); document.write(request.responseText); document.close();
      };
      request.onerror = () => {
        bar.remove();
        delete form.dataset.sent;
        alert("Mất kết nối. Các tệp chưa được gửi, xin thử lại.");
      };
      request.open("POST", to);
      request.setRequestHeader("accept", "text/html");
      // The answer names the next page instead of leading there: its message is for the person.
      request.setRequestHeader("x-script", "form");
      request.send(data);
    });
  });
})();
