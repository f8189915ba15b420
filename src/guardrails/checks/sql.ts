import { LETTER } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { spansOf } from '../spans-of.ts';

const NAME = '["`\\[]?[\\w.$]{1,64}["`\\]]?';
const COLUMN = '(?:\\d{1,9}|[\\w."`]{1,64}(?:\\([^()]{0,64}\\))?(?:\\s{1,4}as\\s{1,4}[\\w"`]{1,64})?)';
const STATEMENT = new RegExp(
  [
    `select\\s{1,8}(?:distinct\\s{1,8})?(?:\\*|${COLUMN}(?:\\s{0,8},\\s{0,8}${COLUMN}){0,40})\\s{1,8}from\\s{1,8}${NAME}`,
    `insert\\s{1,8}into\\s{1,8}${NAME}\\s{0,8}(?:\\(|values|select)`,
    `update\\s{1,8}${NAME}\\s{1,8}set\\s{1,8}${NAME}\\s{0,4}=`,
    `delete\\s{1,8}from\\s{1,8}${NAME}(?=\\s{0,8}(?:;|where|$))`,
    `(?:drop|truncate|alter|create)\\s{1,8}(?:table|database|schema|view|index|user|role)\\s{1,8}(?:if\\s{1,4}(?:not\\s{1,4})?exists\\s{1,4})?${NAME}(?=\\s{0,8}(?:;|\\(|as\\s|add\\s|drop\\s|$|cascade|--))`,
    'union\\s{1,8}(?:all\\s{1,8})?select\\s',
    "'\\s{0,4}(?:or|and)\\s{1,4}'?\\d{1,4}'?\\s{0,4}=\\s{0,4}'?\\d{1,4}",
    `(?:grant|revoke)\\s{1,8}(?:all|select|insert|update|delete)\\s[\\w, ]{0,64}?\\son\\s{1,8}${NAME}`,
  ].join('|'),
  'gim',
);

/** Statements of SQL. */
export const sql: Check = {
  name: 'sql',
  summary: "Statements of SQL, by their first clauses, and the conditions that injections add (`' or 1=1`).",
  limits:
    'An English sentence in that very order ("select one from list") is found as well. Dialects for other data bases are not.',
  compile: () => ({
    kind: 'spans',
    label: 'SQL',
    needs: LETTER,
    reach: 1200,
    find: (text) => spansOf(text, STATEMENT),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Run DROP TABLE orders; on it.' },
    miss: { kind: 'text', text: 'Please select the table from which you update us.' },
  },
};
