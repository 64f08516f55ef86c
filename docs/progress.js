// What the reader has read and answered, kept in this browser alone. Chapters get a button at their end,
// questions a sign, and the home page's track says how far one has come. Without scripts there is none.
(() => {
  // Where a browser refuses to keep anything, this page remembers it for as long as it is open; the
  // theme's switch of light and dark asks for the same store.
  try {
    window.localStorage.getItem('');
  } catch {
    const kept = new Map();
    Object.defineProperty(window, 'localStorage', {value: {
      getItem: key => kept.has(key) ? kept.get(key) : null,
      setItem: (key, value) => kept.set(key, String(value)),
      removeItem: key => kept.delete(key),
    }});
  }

  const KEY = 'lanewise-progress';
  // {"04": {"read": true, "questions": 4, "answers": {"0": "first"}}}; an answer is "first" if the right
  // choice was the first that the reader unfolded, "later", or "wrong" until it is found.
  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return kept && typeof kept == 'object' && !Array.isArray(kept) ? kept : {};
    } catch {
      return {};
    }
  }
  function change(chapter, by) {  // what other pages have kept meanwhile stays
    const all = load(), own = {...all[chapter]};
    own.answers = {...own.answers};
    by(own);
    try {
      localStorage.setItem(KEY, JSON.stringify({...all, [chapter]: own}));
    } catch {}  // there is no room: nothing is kept
    return own;
  }
  const counts = ({answers, questions = 0}) => {
    const all = Object.values(answers || {});
    return {first: all.filter(one => one == 'first').length,
            found: all.filter(one => one != 'wrong').length, questions};
  };
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text || '';
    return element;
  };

  function in_chapter(chapter) {
    const questions = Array.from(document.querySelectorAll('fieldset.question'));
    const total = make('p', 'progress');
    total.setAttribute('role', 'status');
    const done = make('button', 'done'), bottom = document.querySelectorAll('nav.way');
    done.type = 'button';
    let own = change(chapter, state => { state.questions = questions.length; });

    function show() {
      const {first, found} = counts(own);
      total.textContent = found ? `${found} of ${questions.length} found, ${first} at the first try.` : '';
      questions.forEach((question, i) => { question.dataset.answer = own.answers[i] || ''; });
      done.textContent = own.read ? '✓ You have read this chapter' : 'I have read this chapter';
      done.setAttribute('aria-pressed', String(Boolean(own.read)));
    }
    questions.forEach((question, i) => question.addEventListener('click', event => {
      const summary = event.target.closest('summary'), choice = summary && summary.parentElement;
      if (!choice) return;
      const right = choice.classList.contains('right'), before = own.answers[i];
      if (before && (before != 'wrong' || !right)) return;
      own = change(chapter, state => { state.answers[i] = right ? (before ? 'later' : 'first') : 'wrong'; });
      show();
    }));
    done.addEventListener('click', () => {
      own = change(chapter, state => { state.read = !state.read; });
      show();
    });
    if (questions.length) questions[0].parentElement.append(total);
    if (bottom.length) bottom[bottom.length - 1].before(done);
    show();
  }

  function at_home(parts) {
    const all = load(), signs = [];
    for (const item of parts.flatMap(part => Array.from(part.children))) {
      const link = item.querySelector('a[href^="ch"]');
      const own = link && all[link.getAttribute('href').slice(2, 4)];
      if (!own) continue;
      const {first, found, questions} = counts(own);
      const words = (own.read ? ['read'] : []).concat(
        found ? [`${found} of ${questions} questions, ${first} at the first try`] : []);
      if (!words.length) continue;
      const sign = make('span', 'progress', (own.read ? '✓ ' : '') + words.join(', '));
      (item.querySelector('.time') || link).after(' ', sign);
      signs.push(sign);
    }
    if (!signs.length) return;
    const forget = make('button', 'forget', 'Forget what I have read and answered');
    forget.type = 'button';
    forget.addEventListener('click', () => {
      if (forget.dataset.sure) {
        localStorage.removeItem(KEY);
        for (const element of [...signs, forget]) element.remove();
        return;
      }
      forget.dataset.sure = 'asked';
      forget.textContent = 'Really? This cannot be undone. Forget it all';
    });
    parts.at(-1).after(forget);
  }

  document.addEventListener('DOMContentLoaded', () => {
    const page = /\/ch(\d\d)\.html$/.exec(location.pathname);
    const parts = Array.from(document.querySelectorAll('h3.part + ul'));
    if (page) in_chapter(page[1]);
    else if (parts.length) at_home(parts);
  });
})();
