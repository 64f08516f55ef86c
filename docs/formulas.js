// A formula that is too long for a telephone goes on in the next line.
MathJax.Hub.Config({"HTML-CSS": {linebreaks: {automatic: true}}});
