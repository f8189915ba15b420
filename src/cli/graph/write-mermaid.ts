import { safeText } from '../report/safe-text.ts';
import type { GraphEdge, GraphNode, RouteGraph } from './route-graph.ts';

/** The brackets that draw each kind: a stadium, a hexagon, a box, a cylinder, a flag. */
const SHAPES: Readonly<Record<GraphNode['kind'], readonly [open: string, close: string]>> = {
  route: ['([', '])'],
  chain: ['{{', '}}'],
  target: ['[', ']'],
  cache: ['[(', ')]'],
  budget: ['>', ']'],
};

const ARROWS: Readonly<Record<GraphEdge['kind'], string>> = {
  sends: '-->',
  asks: '-->',
  enters: '-->',
  downgrades: '==>',
  limits: '-.->',
  caches: '-.->',
};

/** The graph as a Mermaid flowchart, as GitHub and GitLab draw it in Markdown. Pure. Source: mermaid.js.org/syntax/flowchart, read 2026-11. */
export function writeMermaid({ nodes, edges }: RouteGraph): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = ['flowchart LR'];
  for (const { id, kind, label } of nodes) {
    const [open, close] = SHAPES[kind];
    lines.push(`  ${ids.get(id)}${open}"${label.map(escapeLabel).join('<br/>')}"${close}`);
  }
  for (const { from, to, kind, label } of edges) {
    const text = label === '' ? '' : `|"${escapeLabel(label)}"|`;
    lines.push(`  ${ids.get(from)} ${ARROWS[kind]}${text} ${ids.get(to)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Everything that could end a label or become HTML is an entity of Mermaid's own: `#34;`, `#60;`. */
function escapeLabel(text: string): string {
  return safeText(text).replace(/[^\p{L}\p{N} ./,:*%_@$+=-]/gu, (character) => `#${character.codePointAt(0)};`);
}
