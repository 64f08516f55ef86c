// What is wrong with a page as it stands there now: [kind, what] each. Leaves it unfolded.
(() => {
  const found = [];
  const report = (kind, what) => found.push([kind, what]);
  const name = e => `<${e.tagName.toLowerCase()}${e.className && e.className.trim ?
    ' class="' + e.className + '"' : ''}> "${e.textContent.trim().slice(0, 40)}"`;
  const style = (e, what) => getComputedStyle(e)[what];
  const page = document.documentElement, content = document.querySelector('.contents');
  const telephone = window.innerWidth < 768;
  for (const e of document.querySelectorAll('details')) e.open = true;
  for (const e of document.querySelectorAll('.frames')) e.classList.add('all');

  for (const box of [page, document.body, document.getElementById('doc-content')])
    if (box && box.scrollWidth > box.clientWidth + 1) {
      const wide = Array.from(content.querySelectorAll('*')).find(e =>
        e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest('pre, .fragment'));
      report('scrolls sideways', `${box.id || box.tagName}, by ${box.scrollWidth - box.clientWidth}` +
        (wide ? ': ' + name(wide) : ''));
    }
  const menu = document.getElementById('nav-tree');
  for (const e of telephone ? [] : document.querySelectorAll('#nav-tree a'))
    if (e.getBoundingClientRect().right > menu.clientWidth + 1) report('is cut in the menu', name(e));
  // Boxes that show less than they hold. On a telephone output may scroll, where the finger can.
  for (const e of content.querySelectorAll(
         'pre, div, table, figure, details, fieldset, aside, p, dl, ul, ol, nav, button, h1, h2, h3')) {
    if (e.closest('.toc, svg') || !e.clientWidth) continue;
    const overflow = style(e, 'overflowX'), hidden = e.scrollWidth - e.clientWidth;
    const may_scroll = telephone && overflow != 'hidden' && !e.matches('div.fragment, .quoted tbody');
    if (hidden > 1 && overflow != 'visible' && !may_scroll)
      report('is clipped', `${name(e)}, by ${hidden}`);
    const below = e.scrollHeight - e.clientHeight;
    if (below > 1 && style(e, 'overflowY') == 'hidden' && !e.matches('.formulaDsp'))
      report('is clipped', `${name(e)}, by ${below} below`);
  }
  const toc = document.querySelector('.toc');
  const free = toc && !telephone ? toc.getBoundingClientRect().left : window.innerWidth;
  for (const e of content.querySelectorAll('pre, .fragment, figure, table, .formulaDsp, p')) {
    const box = e.getBoundingClientRect();
    if (!e.closest('.toc, .fragment .fragment, .memproto') && box.right > free + 1 && box.left < free)
      report('lies under something', name(e));
  }

  for (const image of document.images) {
    if (image.complete && !image.naturalWidth) report('is a broken image', image.src);
    if (image.getClientRects().length && !image.hasAttribute('alt'))
      report('has no alternative text', image.src);
  }
  for (const e of content.querySelectorAll('object, embed, video, canvas'))
    report('is not part of the page', e.outerHTML.slice(0, 80));
  for (const svg of content.querySelectorAll('svg')) {
    const box = svg.getBoundingClientRect(), what = svg.getAttribute('aria-label') || '';
    if (svg.closest('[title], [aria-hidden=true]')) continue;  // a button, which says what it does
    if (svg.getAttribute('role') != 'img' || !what.trim()) report('has no alternative text', name(svg));
    if (svg.closest('figure') && svg.closest('figure').querySelectorAll('figcaption').length != 1)
      report('has not one caption', what.slice(0, 40));
    const scale = svg.viewBox.baseVal ? box.width / svg.viewBox.baseVal.width : 1;
    for (const text of svg.querySelectorAll('text')) {
      if (!text.textContent.trim()) continue;
      const size = parseFloat(style(text, 'fontSize')) * scale, at = text.getBoundingClientRect();
      const which = `"${text.textContent}" of ${what.slice(0, 40)}`;
      if (size < 9.5) report('is too small to read', `${which}: ${size} px`);
      if (at.left < box.left - 2 || at.right > box.right + 2) report('leaves its picture', which);
    }
  }
  return found;
})()
