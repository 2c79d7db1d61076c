"use strict";
(function () {
  var box = document.getElementById("filter");
  var shown = document.getElementById("shown");
  var rows = Array.prototype.slice.call(document.querySelectorAll("tbody tr.rule"));
  var texts = rows.map(function (row) { return row.textContent.toLowerCase().replace(/\s+/g, " "); });
  function filter() {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    rows.forEach(function (row, at) {
      var fits = words.every(function (word) { return texts[at].indexOf(word) >= 0; });
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    shown.textContent = words.length ? count + " of " + rows.length : "";
    document.querySelectorAll("tbody").forEach(function (body) {
      body.hidden = !body.querySelector("tr.rule:not([hidden])");
    });
  }
  document.getElementById("search").hidden = false;
  box.addEventListener("input", filter);
  // A link to the page can say what to filter by.
  var asked = /^#filter=(.*)$/.exec(location.hash);
  if (asked) {
    try { box.value = decodeURIComponent(asked[1]); } catch (error) { box.value = asked[1]; }
  }
  filter();
})();
