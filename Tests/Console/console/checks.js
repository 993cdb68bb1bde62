// What is looked at in a page. Each function gives back what is wrong, in words; an empty list is good.

function described(element) {
  const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
  const classes = [...element.classList].map((name) => "." + name).join("");
  return `<${element.localName}${element.id ? "#" + element.id : ""}${classes}> ${text}`;
}

function isShown(element) {
  return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

// One h1; no level is left out on the way down.
function wrongHeadings() {
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(isShown);
  const levels = headings.map((heading) => Number(heading.localName[1]));
  const wrong = levels.filter((level) => level === 1).length === 1 ? [] : [`levels ${levels}`];
  headings.forEach((heading, at) => {
    if (levels[at] > (levels[at - 1] || 0) + 1) wrong.push(described(heading));
    if (!heading.textContent.trim()) wrong.push("an empty heading");
  });
  return wrong;
}

function unlabelledFields() {
  return [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter((field) => ![...field.labels].some((label) => label.textContent.trim()))
    .map(described);
}

function namelessControls() {
  return [...document.querySelectorAll("a, button, summary")]
    .filter((control) => !control.textContent.trim() && !control.getAttribute("aria-label"))
    .map(described);
}

// What a field, a form or a cell refers to by its id must be there, once.
function brokenReferences() {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const wrong = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} is there twice`);
  for (const name of ["for", "aria-describedby", "aria-labelledby", "aria-controls", "headers"])
    for (const element of document.querySelectorAll(`[${name}]`))
      for (const id of element.getAttribute(name).split(/\s+/).filter((id) => id))
        if (!ids.includes(id)) wrong.push(`${described(element)} refers to ${id}`);
  return wrong;
}

function silentPictures() {
  return [...document.querySelectorAll("img, svg")]
    .filter((picture) => !picture.closest("[aria-hidden=true]"))
    .filter((picture) => !picture.getAttribute("alt") && !picture.getAttribute("aria-label"))
    .map(described);
}

function tablesWithoutHeads() {
  return [...document.querySelectorAll("table")]
    .filter((table) => !table.caption || [...table.querySelectorAll("th")].some((head) => !head.scope || !head.textContent.trim()))
    .map(described);
}

// Nothing is written where the content policy would not let it work.
function inlineCode() {
  const wrong = [...document.querySelectorAll("style, script:not([src]), [style]")].map(described);
  for (const element of document.querySelectorAll("*"))
    for (const attribute of element.attributes)
      if (attribute.name.startsWith("on") || /^\s*javascript:/i.test(attribute.value)) wrong.push(described(element));
  return wrong;
}

// Any color of CSS as red, green, blue and opacity.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function parsed(color) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, opacity] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, opacity / 255];
}

function over(front, back) {
  return [0, 1, 2].map((at) => front[at] * front[3] + back[at] * (1 - front[3]));
}

function backgroundOf(element) {
  const layers = [];
  for (let one = element; one; one = one.parentElement) layers.unshift(parsed(getComputedStyle(one).backgroundColor));
  const canvasColor = parsed(getComputedStyle(document.documentElement).colorScheme === "dark" ? "#121212" : "#fff");
  return layers.reduce((back, front) => over(front, back), canvasColor);
}

function luminance(color) {
  const [red, green, blue] = color.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(color, element) {
  const back = backgroundOf(element);
  const [darker, lighter] = [luminance(over(parsed(color), back)), luminance(back)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

// Texts, and what fields hold or hint at, that stand out too little from what is behind them.
function faintTexts(least) {
  const wrong = [];
  function look(element, color, text) {
    const found = contrast(color, element);
    if (found < least) wrong.push(`${found.toFixed(2)}: ${described(element)} ${text.trim().slice(0, 40)}`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !isShown(element) || element.closest("[aria-disabled=true], :disabled")) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const { width, height } = range.getBoundingClientRect();
    if (width > 1 && height > 1) look(element, getComputedStyle(element).color, walker.currentNode.data);
  }
  for (const field of document.querySelectorAll("input:not([type=hidden], [type=checkbox]), textarea")) {
    if (!isShown(field) || field.disabled) continue;
    look(field, getComputedStyle(field).color, field.value);
    if (field.placeholder) look(field, getComputedStyle(field, "::placeholder").color, field.placeholder);
  }
  return wrong;
}

// What reaches beyond the right edge, unless it stands in a box that scrolls by itself.
function overflowing() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > width + 1);
  return [`${document.documentElement.scrollWidth} > ${width}`, ...wide.slice(0, 5).map(described)];
}

// What a finger would miss: WCAG's 24 by 24 pixels; links within sentences may be smaller.
function tinyTargets() {
  return [...document.querySelectorAll("button, summary, input[type=checkbox], a.button, .tabs a, .mainnav a")]
    .filter(isShown)
    .filter((target) => {
      const { width, height } = (target.closest("label") || target).getBoundingClientRect();
      return width < 24 || height < 24;
    })
    .map(described);
}
