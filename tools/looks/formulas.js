// The formulas that MathJax has rendered, and of which there is something to see: how many.
(() => {
  if (!window.MathJax || !MathJax.Hub) return 0;
  const visible = id => {
    const frame = document.getElementById(id + '-Frame');
    if (!frame || frame.querySelector('.merror')) return false;
    const folded = !frame.offsetParent && frame.childElementCount;  // in what is not unfolded
    return frame.getBoundingClientRect().width > 0 || folded;
  };
  return MathJax.Hub.getAllJax().filter(jax => visible(jax.inputID)).length;
})()
