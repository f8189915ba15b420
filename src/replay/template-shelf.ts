import { fillTemplate, type IsFree, makeTemplate, type NumberTemplate } from './number-templates.ts';

/** Templates that the texts of one place are tried against. */
export interface TemplateShelf<Value> {
  /** The one that fitted last stands first. */
  readonly templates: NumberTemplate<Value>[];
  fitted: number;
  missed: number;
}

const MAX_TEMPLATES = 8;
/** So many texts may be new before most have to fit. */
const MISSES = 64;

/** Creates an empty shelf. */
export function createShelf<Value>(): TemplateShelf<Value> {
  return { templates: [], fitted: 0, missed: 0 };
}

/** The template of the shelf that the text at `start` fits: it then stands first and holds the text's numbers. Null where none fits. */
export function readFromShelf<Value>(
  shelf: TemplateShelf<Value>,
  text: string,
  start: number,
): NumberTemplate<Value> | null {
  for (const template of shelf.templates) {
    if (!fillTemplate(template, text, start)) continue;
    shelf.fitted += 1;
    moveToFront(shelf.templates, template);
    return template;
  }
  return null;
}

/** Puts an item of a list first, and the first in its place. */
export function moveToFront<Item>(list: Item[], item: Item): void {
  const [first] = list;
  if (first === undefined || first === item) return;
  list[list.indexOf(item)] = first;
  list[0] = item;
}

/** What parsing a text needs beside the text. */
export interface TextToAdd {
  readonly text: string;
  /** What makes the text JSON when put before it; no other text needs to have it. */
  readonly lead: string;
  readonly isFree: IsFree;
}

/**
 * Parses a text that fitted none, and puts its template first. Null where a template would bring nothing: most texts so far were another, or this one cannot
 * be taken apart. Throws on what is not JSON.
 */
export function addToShelf<Value>(
  shelf: TemplateShelf<Value>,
  { text, lead, isFree }: TextToAdd,
): NumberTemplate<Value> | null {
  const { templates } = shelf;
  shelf.missed += 1;
  if (shelf.missed > MISSES && shelf.missed * 2 > shelf.fitted) {
    templates.length = 0;
    return null;
  }
  const template = makeTemplate<Value>(lead + text, lead.length, isFree);
  if (template === null) return null;
  if (templates.length >= MAX_TEMPLATES) templates.pop();
  templates.unshift(template);
  return template;
}
