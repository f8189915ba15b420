import { DIGITS_6 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { contextNumber } from '../context-number.ts';

const NUMBER = /\d(?:[- ]?\d){5,16}/g;
const SAID =
  /(?:bank|checking|savings|deposit)[\w ]{0,12}account\D{0,24}$|\baccount ?(?:number|no\.?|#|is|:)\D{0,16}$|\ba\/c\D{0,12}$|(?:普通|当座|口座番号|口座)(?:預金)?\D{0,10}$/i;

/** Numbers of bank accounts. */
export const bankAccount: Check = {
  name: 'bank-account',
  summary:
    'Numbers of bank accounts, after words as "account number" or "口座番号": 普通 and 当座 with seven digits, others with 6 to 17.',
  limits: 'Account numbers have no form of their own: without such words none is found.',
  compile: () => contextNumber({ label: 'BANK_ACCOUNT', expression: NUMBER, said: SAID, needs: DIGITS_6 }),
  sample: {
    options: {},
    hit: { kind: 'text', text: '三井住友銀行 渋谷支店 普通 1234567' },
    miss: { kind: 'text', text: 'Order number 1234567' },
  },
};
