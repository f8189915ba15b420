import { safeText } from '../report/safe-text.ts';
import type { GraphEdge, GraphNode, RouteGraph } from './route-graph.ts';

const SHAPES: Readonly<Record<GraphNode['kind'], string>> = {
  route: 'shape=box, style="rounded,filled", fillcolor="#e8f0fe"',
  chain: 'shape=hexagon, style=filled, fillcolor="#fef7e0"',
  target: 'shape=box, style=filled, fillcolor="#ffffff"',
  cache: 'shape=cylinder, style=filled, fillcolor="#e6f4ea"',
  budget: 'shape=note, style=filled, fillcolor="#fce8e6"',
};

const ARROWS: Readonly<Record<GraphEdge['kind'], string>> = {
  sends: '',
  asks: '',
  enters: '',
  downgrades: 'style=bold, color="#c5221f"',
  limits: 'style=dotted',
  caches: 'style=dashed, arrowhead=none',
};

/** The graph in the language of Graphviz: `signalbox graph --format dot | dot -Tsvg`. Pure. Source: graphviz.org/doc/info/lang.html, read 2026-11. */
export function writeDot({ nodes, edges, environment }: RouteGraph): string {
  const lines = [
    `digraph ${quote(environment)} {`,
    '  rankdir=LR;',
    '  node [fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=10];',
    ...nodes.map(({ id, kind, label }) => `  ${quote(id)} [label=${quote(label.join('\n'))}, ${SHAPES[kind]}];`),
    ...edges.map(({ from, to, kind, label }) => {
      const attributes = [
        ...(label === '' ? [] : [`label=${quote(label)}`]),
        ...(ARROWS[kind] === '' ? [] : [ARROWS[kind]]),
      ];
      return `  ${quote(from)} -> ${quote(to)}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`};`;
    }),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** In quotes only the quote and the backslash mean something; `\n` is a line of a label. */
function quote(text: string): string {
  const lines = text.split('\n').map((line) => safeText(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"'));
  return `"${lines.join('\\n')}"`;
}
