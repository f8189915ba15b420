/**
 * What a reader would call broken on a page that is drawn, measured on its elements: text beside the page or cut off, a part that scrolls sideways, letters without
 * enough contrast (4.5 to 1, WCAG 2.2 SC 1.4.3), lines over one another, a short word or a number on two lines. A script of the browser: `picture-pages.ts` puts it
 * into the page that frames what is drawn, and gives it the document of a frame.
 */
// biome-ignore lint/correctness/noUnusedVariables: called by the page that this script is put into
function pageFaults(document) {
  const view = document.defaultView;
  const root = document.documentElement;
  const canvas = canvasColour();
  const faults = [];
  const lines = [];
  if (root.scrollWidth > root.clientWidth)
    faults.push(`the page is ${root.scrollWidth} px wide, the screen ${root.clientWidth}`);
  for (const node of textNodes()) {
    const text = node.textContent;
    const element = node.parentElement;
    const boxes = boxesOf(node, 0, text.length);
    const name = text.trim().replace(/\s+/g, ' ');
    if (name === '' || boxes.length === 0) continue;
    for (const box of boxes) {
      lines.push({ name, box, node });
      if (box.left < -0.5 || box.right > root.clientWidth + 0.5) faults.push(`beside the page: ${name}`);
      if (isCut(element, box)) faults.push(`cut: ${name}`);
    }
    const ratio = contrast(inkOf(element), groundOf(element));
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(1)}: ${name}`);
    for (const word of brokenWords(node)) faults.push(`broken: ${word}`);
  }
  lines.sort((a, b) => a.box.top - b.box.top);
  for (const [at, one] of lines.entries())
    for (let next = at + 1; next < lines.length && lines[next].box.top < one.box.bottom; next++)
      if (one.node !== lines[next].node && isOver(one.box, lines[next].box))
        faults.push(`over one another: ${one.name} | ${lines[next].name}`);
  return [...new Set(faults)];

  function textNodes() {
    const walker = document.createTreeWalker(document.body, view.NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (walker.currentNode.parentElement.localName !== 'title') nodes.push(walker.currentNode);
    return nodes;
  }

  function boxesOf(node, start, end) {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    return [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
  }

  /** By a frame that hides or scrolls, or by the edge of a drawing. */
  function isCut(element, box) {
    for (let outer = element; outer !== document.body && outer !== null; outer = outer.parentElement) {
      if (outer.localName !== 'svg' && view.getComputedStyle(outer).overflowX === 'visible') continue;
      const frame = outer.getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1) return true;
    }
    return false;
  }

  function isOver(a, b) {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return across > 2 && down > Math.min(a.height, b.height) / 3;
  }

  /** Short words and numbers that stand on two lines; a name too long for a phone may break anywhere, any other after a hyphen or a slash. */
  function brokenWords(node) {
    const found = [];
    for (const { 0: whole, index } of node.textContent.matchAll(/[\p{Script=Latin}\p{N}\p{P}+−]+/gu)) {
      if (whole.length > 24) continue;
      for (const { 0: part, index: at } of whole.matchAll(/[\p{Script=Latin}\p{N}.,%+−]+/gu)) {
        const tops = boxesOf(node, index + at, index + at + part.length).map(({ top }) => Math.round(top));
        if (new Set(tops).size > 1) found.push(part);
      }
    }
    return found;
  }

  function colourOf(text) {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return { red, green, blue, alpha };
  }

  function blend(front, back, opacity = 1) {
    const alpha = front.alpha * opacity;
    const mix = (name) => front[name] * alpha + back[name] * (1 - alpha);
    return { red: mix('red'), green: mix('green'), blue: mix('blue'), alpha: 1 };
  }

  function canvasColour() {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.cssText = 'position:absolute;background-color:Canvas';
    const colour = colourOf(view.getComputedStyle(probe).backgroundColor);
    probe.remove();
    return colour;
  }

  function ancestors(element) {
    return element === null ? [] : [...ancestors(element.parentElement), element];
  }

  function groundOf(element) {
    return ancestors(element).reduce((ground, each) => blend(colourOf(view.getComputedStyle(each).backgroundColor), ground), canvas);
  }

  function inkOf(element) {
    const style = view.getComputedStyle(element);
    const ink = colourOf(element.closest('svg') === null ? style.color : style.fill);
    const opacity = ancestors(element).reduce((product, each) => product * Number(view.getComputedStyle(each).opacity), 1);
    return blend(ink, groundOf(element), opacity);
  }

  function contrast(one, other) {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }

  function luminance({ red, green, blue }) {
    const linear = (value) => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  }
}
