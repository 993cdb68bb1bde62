// Berth console: progressive enhancement only. Loaded in <head> without defer: the theme is set before the first paint.
(function () {
  "use strict";
  var root = document.documentElement;
  var remembered;
  try { remembered = localStorage.getItem("berth-theme"); } catch (e) { /* no storage */ }
  if (remembered === "light" || remembered === "dark") root.dataset.theme = remembered;

  function each(selector, action) { document.querySelectorAll(selector).forEach(action); }
  function two(n) { return (n < 10 ? "0" : "") + n; }
  function local(d) { return d.getFullYear() + "-" + two(d.getMonth() + 1) + "-" + two(d.getDate()) + " " + two(d.getHours()) + ":" + two(d.getMinutes()); }
  function utc(d) { return d.toISOString().slice(0, 16).replace("T", " ") + " UTC"; }
  function byId(id) { return document.getElementById(id); }

  // <html data-theme>: button[data-theme-switch], aria-label from data-light / data-dark
  function theme() {
    var dark = matchMedia("(prefers-color-scheme: dark)");
    each("[data-theme-switch]", function (button) {
      function now() { return root.dataset.theme || (dark.matches ? "dark" : "light"); }
      function label() {
        button.title = now() === "dark" ? button.dataset.light : button.dataset.dark;
        button.setAttribute("aria-label", button.title);
      }
      button.hidden = false;
      label();
      button.addEventListener("click", function () {
        root.dataset.theme = now() === "dark" ? "light" : "dark";
        try { localStorage.setItem("berth-theme", root.dataset.theme); } catch (e) { /* no storage */ }
        label();
      });
    });
  }

  // <time datetime> in the viewer's zone, UTC in the title; [data-zone] names the zone
  function times() {
    var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    each("time[datetime]", function (time) {
      var instant = new Date(time.getAttribute("datetime"));
      if (isNaN(instant)) return;
      time.title = utc(instant);
      time.textContent = local(instant);
    });
    if (zone) each("[data-zone]", function (element) { element.textContent = zone; });
  }

  // button[data-copy]: copies its value, or the code beside it; says data-copied
  function copies() {
    var live = byId("live");
    function fallback(text) {
      var area = document.createElement("textarea");
      area.value = text;
      area.className = "hidden";
      document.body.appendChild(area);
      area.select();
      var done = false;
      try { done = document.execCommand("copy"); } catch (e) { /* not allowed */ }
      area.remove();
      return done ? Promise.resolve() : Promise.reject();
    }
    each("[data-copy]", function (button) {
      var before = button.textContent, timer;
      button.hidden = false;
      button.addEventListener("click", function () {
        var code = button.parentNode.querySelector("code");
        var text = button.dataset.copy || (code ? code.textContent.trim() : "");
        var write = navigator.clipboard ? navigator.clipboard.writeText(text).catch(function () { return fallback(text); }) : fallback(text);
        write.then(function () {
          button.textContent = button.dataset.copied;
          button.classList.add("done");
          if (live) live.textContent = button.dataset.copied;
          button.focus();
          clearTimeout(timer);
          timer = setTimeout(function () {
            button.textContent = before;
            button.classList.remove("done");
            if (live) live.textContent = "";
          }, 2000);
        }, function () { if (code) getSelection().selectAllChildren(code); });
      });
    });
  }

  // textarea[data-counter=id][data-max]: Unicode code points
  function counters() {
    each("[data-counter]", function (area) {
      var output = byId(area.dataset.counter), max = Number(area.dataset.max);
      if (!output) return;
      function show() {
        var count = Array.from(area.value).length;
        output.textContent = count.toLocaleString(root.lang) + " / " + max.toLocaleString(root.lang);
        output.classList.toggle("over", count > max);
      }
      area.addEventListener("input", show);
      show();
    });
  }

  // input[type=datetime-local][data-instant=id of the hidden field][data-utc=id of the output][data-value=instant]
  // The hidden field stays empty without this script: the server then reads the field as UTC.
  // input[data-forever=id] switches that field off.
  function deadlines() {
    each("[data-instant]", function (input) {
      var hidden = byId(input.dataset.instant), output = byId(input.dataset.utc);
      var given = new Date(input.dataset.value || "");
      if (!isNaN(given)) input.value = local(given).replace(" ", "T");
      var first = input.value;
      function show() {
        var instant = !isNaN(given) && input.value === first ? given : new Date(input.value), known = !isNaN(instant) && !input.disabled;
        if (hidden) hidden.value = known ? instant.toISOString().slice(0, 19) + "Z" : "";
        if (output) output.textContent = known ? "= " + utc(instant) : "";
      }
      input.addEventListener("input", show);
      each("[data-forever='" + input.id + "']", function (box) {
        function turn() { input.disabled = box.checked; show(); }
        box.addEventListener("change", turn);
        turn();
      });
      show();
    });
  }

  // Menus close on Escape and on a click outside; a filter with data-submit sends its form
  function menus() {
    document.addEventListener("click", function (event) {
      each(".menu[open]", function (menu) { if (!menu.contains(event.target)) menu.open = false; });
    });
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      each(".menu[open]", function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
    });
    each("[data-submit]", function (box) { box.addEventListener("change", function () { box.form.submit(); }); });
  }

  document.addEventListener("DOMContentLoaded", function () {
    [theme, times, copies, counters, deadlines, menus].forEach(function (part) {
      try { part(); } catch (e) { console.error(e); }
    });
  });
})();
