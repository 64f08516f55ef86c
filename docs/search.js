// The search of the book. Its index is a script of its own, since a page that is opened from a file may
// not read others; it is loaded when the reader first searches. Without scripts there is no box.
(() => {
  const SHOWN = 25, SNIPPET = 170;
  // What a word is worth by where it stands; a whole word half as much again, in the reference less. So
  // the place that defines a term comes before a class of that name.
  const WORTH = {title: 40, term: 30, heading: 12, text: 1}, REFERENCE = 0.5;
  const make = (parent, tag, name, text) => {
    const element = parent.appendChild(document.createElement(tag));
    if (name) element.className = name;
    if (text) element.textContent = text;
    return element;
  };

  const top = document.getElementById('top');
  if (!top) return;
  const place = document.createElement('div');
  place.id = 'book-search';
  top.insertBefore(place, document.getElementById('titlearea').nextSibling);
  const box = make(place, 'div');
  box.id = 'MSearchBox';  // the theme sets its switch of light and dark beside it
  box.setAttribute('role', 'search');
  const field = make(box, 'input');
  Object.assign(field, {type: 'search', autocomplete: 'off', spellcheck: false,
    placeholder: matchMedia('(hover: none)').matches ? 'Search' : 'Search (press /)'});
  const panel = make(document.body, 'div');
  panel.id = 'book-results';
  panel.hidden = true;
  const status = make(panel, 'p', 'status');
  status.setAttribute('role', 'status');
  const list = make(panel, 'div', 'list');
  list.id = 'book-results-list';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Results');
  for (const [name, value] of Object.entries({role: 'combobox', 'aria-label': 'Search the book',
       'aria-expanded': 'false', 'aria-controls': list.id, 'aria-autocomplete': 'list'}))
    field.setAttribute(name, value);

  // Signs that join words count as spaces, so that "one-hot" finds one_hot; no letter changes its place.
  const plain = text => text.replace(/[A-Z]/g, letter => letter.toLowerCase()).replace(/[-_–’'/]/g, ' ');
  // CategoricalCrossentropy is found by its second word, too.
  const parted = name => `${name} ${name.replace(/([a-z\d])([A-Z])/g, '$1 $2')}`;
  const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // The beginning of a word, and with an s more or less. One or two letters begin too many words; unless
  // they are still being typed, they are a word.
  const pattern = (word, place, words) => {
    const stem = /[^s]s$/.test(word) && word.length > 4 ? word.slice(0, -1) : word;
    const whole = word.length < 3 && place < words.length - 1;
    return new RegExp(`(?<![\\p{L}\\p{N}])${escaped(stem)}(s?(?![\\p{L}\\p{N}]))${whole ? '' : '?'}`, 'gu');
  };

  let entries = null, loading = false;
  function load() {
    if (loading) return;
    loading = true;
    const script = document.createElement('script');
    script.src = 'search_index.js';
    script.onload = () => {
      const {pages, sections} = window.bookIndex;
      entries = sections.map(([page, anchor, heading, terms, text]) => {
        const [file, title, kind] = pages[page];
        return {
          file, title, kind, heading, text, address: file + (anchor && '#' + anchor),
          fields: {title: anchor ? '' : plain(parted(title)), term: plain(terms), text: plain(text),
                   heading: plain(kind ? parted(heading) : heading)},
          around: anchor ? plain(parted(title)) : '',  // a word may be that of the page, without worth
        };
      });
      search();
    };
    script.onerror = () => { status.textContent = 'The index of the search is not there.'; };
    document.head.append(script);
  }

  // Zero unless every word occurs.
  function worth(entry, words) {
    let sum = 0;
    for (const word of words) {
      let best = 0, count = 0;
      for (const [field, text] of Object.entries(entry.fields))
        for (const match of text.matchAll(word)) {
          const whole = match[1] === undefined ? 1 : 1.5, share = match[0].length / text.length;
          best = Math.max(best, WORTH[field] * (whole + 0.1 * share));
          ++count;
        }
      if (!best && entry.around.search(word) >= 0) best = 0.1;
      if (!best) return 0;
      sum += best + 0.1 * Math.min(count, 8);
    }
    return entry.kind ? REFERENCE * sum : sum;
  }

  // Adds the text with its words marked.
  function marked(parent, text, words) {
    const places = words.flatMap(word => Array.from(plain(text).matchAll(word), match =>
      [match.index, match.index + match[0].length])).sort((a, b) => a[0] - b[0]);
    let at = 0;
    for (const [begin, end] of places) {
      if (begin < at) continue;
      parent.append(text.slice(at, begin));
      make(parent, 'mark', '', text.slice(begin, end));
      at = end;
    }
    parent.append(text.slice(at));
  }
  // The part of the text that has most of the words.
  function snippet(entry, words) {
    const places = words.flatMap((word, i) => Array.from(entry.fields.text.matchAll(word), m => [m.index, i]))
      .sort((a, b) => a[0] - b[0]);
    let best = 0, most = 0;
    places.forEach(([begin], i) => {
      const near = new Set();
      for (let j = i; j < places.length && places[j][0] < begin + SNIPPET - 60; ++j) near.add(places[j][1]);
      if (near.size > most) [most, best] = [near.size, begin];
    });
    let begin = Math.max(0, best - 50);
    if (begin) begin = entry.text.indexOf(' ', begin) + 1;
    let end = Math.min(entry.text.length, begin + SNIPPET);
    if (end < entry.text.length) end = Math.max(begin + 60, entry.text.lastIndexOf(' ', end));
    return (begin ? '… ' : '') + entry.text.slice(begin, end) + (end < entry.text.length ? ' …' : '');
  }

  let links = [], chosen = -1;
  function choose(index) {
    if (links[chosen]) links[chosen].setAttribute('aria-selected', 'false');
    chosen = links.length ? (index + links.length) % links.length : -1;
    field.removeAttribute('aria-activedescendant');
    if (chosen < 0) return;
    links[chosen].setAttribute('aria-selected', 'true');
    links[chosen].scrollIntoView({block: 'nearest'});
    field.setAttribute('aria-activedescendant', links[chosen].id);
  }
  function show(open) {
    panel.hidden = !open;
    field.setAttribute('aria-expanded', String(open));
    if (open) panel.style.setProperty('--below', `${Math.round(box.getBoundingClientRect().bottom)}px`);
  }
  function search() {
    const words = field.value.split(/\s+/).map(word => plain(word).trim())
      .filter(word => /[\p{L}\p{N}]/u.test(word)).map(pattern);
    links = [];
    list.replaceChildren();
    show(words.length > 0);
    if (!words.length) return;
    if (!entries) {
      status.textContent = 'Loading …';
      load();
      return;
    }
    const found = entries.map(entry => [worth(entry, words), entry]).filter(([sum]) => sum > 0)
      .sort((a, b) => b[0] - a[0]);
    status.textContent = !found.length ? 'Nothing has all of these words.' :
      found.length <= SHOWN ? `${found.length} found` : `The first ${SHOWN} of ${found.length} found`;
    for (const [, entry] of found.slice(0, SHOWN)) {
      const link = make(list, 'a');
      link.href = entry.address;
      link.id = `book-result-${links.length}`;
      link.setAttribute('role', 'option');
      link.setAttribute('aria-selected', 'false');
      marked(make(link, 'strong'), entry.heading || entry.title, words);
      const where = entry.kind ? `${entry.kind}${entry.heading ? ' ' + entry.title : ''}` :
        entry.heading ? entry.title : '';
      if (where) make(link, 'small', '', where);
      marked(make(link, 'span'), snippet(entry, words), words);
      links.push(link);
    }
    choose(0);
    panel.scrollTop = 0;
  }
  function close() {
    show(false);
    field.blur();
  }

  field.addEventListener('input', search);
  field.addEventListener('focus', () => { if (field.value.trim()) search(); });
  field.addEventListener('keydown', event => {
    if (event.key == 'Escape') { field.value = ''; close(); }
    else if (event.key == 'ArrowDown') choose(chosen + 1);
    else if (event.key == 'ArrowUp') choose(chosen - 1);
    else if (event.key == 'Enter' && links[chosen]) links[chosen].click();
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', event => {
    if (event.key != '/' || event.ctrlKey || event.metaKey || event.altKey ||
        event.target.closest('input, textarea, select, [contenteditable]')) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  document.addEventListener('click', event => {
    if (event.target.closest('#book-results a')) show(false);
    else if (!event.target.closest('#book-results, #book-search')) show(false);
  });
})();
