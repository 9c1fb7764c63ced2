"use strict";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function theme() {
  const ink = dark.matches ? "#d7dde5" : "#2b323b";
  const line = dark.matches ? "#3a434e" : "#d9dee4";
  return {
    background: "transparent",
    font: "system-ui, sans-serif",
    view: { stroke: line },
    axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line, labelLimit: 320 },
    legend: { labelColor: ink, titleColor: ink },
    header: { labelColor: ink, titleColor: ink },
    text: { color: ink },
    rule: { color: ink },
  };
}

async function draw() {
  for (const chart of document.querySelectorAll(".chart")) {
    const specification = JSON.parse(document.getElementById(`${chart.id}-data`).textContent);
    // ast: expressions are interpreted, so that the page needs no right to evaluate strings.
    const options = { renderer: "svg", actions: false, ast: true, config: theme() };
    await vegaEmbed(chart, specification, options);
    chart.querySelector("svg").id = `${chart.id}-svg`;
  }
}

dark.addEventListener("change", draw);
draw();
