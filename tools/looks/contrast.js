// The text that stands out too little from what lies behind it, by WCAG's level AA: [kind, what] each.
// What lies behind is what the browser finds under the middle of the text, be it a box or a part of a
// picture. Gradients are left out.
(async () => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const kept = (make, seen = new Map()) => key => {
    if (!seen.has(key)) seen.set(key, make(key));
    return seen.get(key);
  };
  const rgba = kept(colour => {  // whatever CSS calls it
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  });
  const style = kept(e => getComputedStyle(e));
  const opacity = kept(e => e ? parseFloat(style(e).opacity) * opacity(e.parentElement) : 1);
  const over = (top, below) => below.map((c, i) => i == 3 ? 1 : top[3] * top[i] + (1 - top[3]) * c);
  const faded = (colour, by) => [...colour.slice(0, 3), colour[3] * by];

  const pixels = kept(async image => {  // of an <image> in a picture
    const bitmap = new Image();
    bitmap.src = image.href.baseVal;
    await bitmap.decode();
    const all = new OffscreenCanvas(bitmap.naturalWidth, bitmap.naturalHeight).getContext('2d');
    all.drawImage(bitmap, 0, 0);
    return all;
  });
  async function of_image(image, x, y) {
    const box = image.getBoundingClientRect(), all = await pixels(image);
    const at = (where, from, size, count) =>
      Math.min(count - 1, Math.max(0, Math.floor((where - from) / size * count)));
    const [r, g, b, a] = all.getImageData(at(x, box.left, box.width, all.canvas.width),
                                          at(y, box.top, box.height, all.canvas.height), 1, 1).data;
    return [r, g, b, a / 255];
  }
  async function paint(e, x, y) {  // what an element has at a place, less its text
    if (e instanceof SVGImageElement) return of_image(e, x, y);
    if (e instanceof SVGElement && !(e instanceof SVGSVGElement)) {
      const fill = style(e).fill;
      if (!(e instanceof SVGGeometryElement) || fill == 'none' || fill.startsWith('url'))
        return [0, 0, 0, 0];
      return faded(rgba(fill), parseFloat(style(e).fillOpacity));
    }
    return rgba(style(e).backgroundColor);
  }
  async function behind(owner, x, y) {
    let stack = document.elementsFromPoint(x, y);
    const own = stack.findIndex(e => e == owner || owner.contains(e));
    if (own >= 0) stack = stack.slice(own);
    else  // it lies under something, or has scrolled out of its box
      for (stack = []; owner; owner = owner.parentElement) stack.push(owner);
    let colour = rgba(style(document.documentElement).colorScheme.includes('dark') ? '#121212' : '#fff');
    for (const e of stack.reverse()) colour = over(faded(await paint(e, x, y), opacity(e)), colour);
    return colour;
  }

  const light = colour => colour.slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const hex = colour => '#' + colour.slice(0, 3).map(c => Math.round(c).toString(16).padStart(2, '0'))
    .join('');
  const found = [], said = new Set();
  const report = (kind, what, example = '') => {
    if (!said.has(what)) said.add(what), found.push([kind, what + example]);
  };
  async function judge(owner, box, colour, words) {
    const scale = owner.ownerSVGElement ? owner.getScreenCTM().a : 1;
    const size = parseFloat(style(owner).fontSize) * scale;
    const large = size >= 24 || (size >= 18.66 && parseFloat(style(owner).fontWeight) >= 700);
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const paper = await behind(owner, x, y), ink = over(faded(rgba(colour), opacity(owner)), paper);
    const [low, high] = [light(ink), light(paper)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05), need = large ? 3 : 4.5;
    if (ratio > need - 0.005) return;
    const kind = owner.closest('svg') ? 'svg' : owner.className;
    report('has too little contrast', `${ratio.toFixed(2)} for ${hex(ink)} on ${hex(paper)}, expected ` +
      `${need}: <${owner.tagName.toLowerCase()}>${kind && ' of ' + kind}`, ` "${words.trim().slice(0, 40)}"`);
  }
  // Within what scrolls, and above the footer.
  const content = document.getElementById('doc-content') || document.documentElement;
  const in_view = box => box.top > Math.max(0, content.getBoundingClientRect().top) &&
    box.bottom < window.innerHeight - 60;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = new Range();
  // Where an element stands, by kinds. Of many of one kind a few will do, but for those in pictures.
  const place = kept(e => e &&
    `${place(e.parentElement)} ${e.tagName} ${e.className} ${e.getAttribute('style')}`);
  const times = new Map(), enough = 3;
  while (walk.nextNode()) {
    const text = walk.currentNode, owner = text.parentElement;
    if (!/\S/.test(text.data) || owner.closest('script, style, noscript')) continue;
    range.selectNodeContents(text);
    const boxes = () => Array.from(range.getClientRects()).find(one => one.width > 1 && one.height > 1);
    let box = boxes();
    if (!box || style(owner).visibility == 'hidden' || opacity(owner) < 0.02) continue;
    if (!owner.ownerSVGElement) {
      times.set(place(owner), (times.get(place(owner)) || 0) + 1);
      if (times.get(place(owner)) > enough) continue;
    }
    if (!in_view(box)) {
      owner.scrollIntoView({block: 'start', inline: 'nearest', behavior: 'instant'});
      box = boxes();
    }
    const colour = owner.ownerSVGElement ? style(owner).fill : style(owner).color;
    await judge(owner, box, colour, text.data);
  }
  for (const field of document.querySelectorAll('input[placeholder], input:not([type])')) {
    const box = field.getBoundingClientRect();
    if (box.width && field.placeholder)
      await judge(field, box, getComputedStyle(field, '::placeholder').color, field.placeholder);
  }
  const paper = style(document.body).backgroundColor;
  for (const svg of document.querySelectorAll('figure.plot svg')) {
    const rect = svg.querySelector('rect');
    if (rect && style(rect).fill != paper)
      report('has another paper than the page',
             `${(svg.getAttribute('aria-label') || '').slice(0, 40)}: ${style(rect).fill}`);
  }
  return found;
})()
