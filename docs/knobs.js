// The box with twelve knobs of chapter 01, to be turned on the page. Without scripts the page shows
// pictures of five settings instead.
(() => {
  const hours = ['day', 'dusk', 'night'], channels = ['red', 'green', 'blue', 'extra'];
  const panel = document.querySelector('.knobs');
  if (!panel) return;
  const pixels = Array.from(panel.querySelectorAll('span'),
                            row => row.textContent.trim().split(/\s+/).map(Number));
  const make = (parent, tag, text, name) => {
    const element = parent.appendChild(document.createElement(tag));
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  };

  // A group of four knobs for each output.
  const groups = make(panel, 'div', '', 'groups');
  const knobs = hours.map(hour => {
    const group = make(groups, 'fieldset');
    make(group, 'legend', `speaks for ${hour}`);
    return channels.map(channel => {
      const label = make(group, 'label', channel);
      const knob = make(label, 'input');
      Object.assign(knob, {type: 'range', min: -10, max: 10, step: 1, value: 0});
      knob.setAttribute('aria-label', `${channel}, for ${hour}`);
      knob.shown = make(label, 'output', '0');
      knob.addEventListener('input', show);
      return knob;
    });
  });

  // A line for each picture: its colour, and a bar for each output.
  const lines = hours.map((hour, h) => {
    const line = make(panel, 'div', '', 'hour');
    const colour = make(line, 'i');
    colour.style.background = `rgb(${pixels[h].map(v => Math.round(255 * v))})`;
    make(line, 'b', hour);
    const bars = hours.map(() => {
      const bar = make(line, 'div', '', 'bar');
      return {length: make(bar, 'em'), words: make(bar, 'small')};
    });
    return {bars, verdict: make(line, 'strong')};
  });
  const again = make(panel, 'button', 'All knobs at 0');
  again.type = 'button';
  again.addEventListener('click', () => {
    for (const knob of knobs.flat()) knob.value = 0;
    show();
  });

  function show() {
    for (const knob of knobs.flat()) knob.shown.textContent = knob.value;
    lines.forEach(({bars, verdict}, h) => {
      const inputs = [...pixels[h], 1];
      const powers = knobs.map(
          group => Math.exp(group.reduce((sum, knob, i) => sum + inputs[i] * knob.value, 0)));
      const all = powers.reduce((a, b) => a + b, 0);
      bars.forEach((bar, k) => {
        bar.length.style.width = `${100 * powers[k] / all}%`;
        bar.words.textContent = `${hours[k]} ${(powers[k] / all).toFixed(2)}`;
      });
      const right = powers.every((power, k) => k == h || power < powers[h]);
      verdict.textContent = right ? 'right' : 'not right';
      verdict.className = right ? 'yes' : '';
    });
  }
  show();
  panel.hidden = false;
})();
