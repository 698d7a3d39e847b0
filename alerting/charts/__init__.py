"""Pictures of series: one description of a chart, drawn as PNG for mail and as SVG for pages."""
