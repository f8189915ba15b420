import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textWidth } from '#core';
import { createReach } from '#network';
import { sendMail, textLines } from '../../src/alerts/index.ts';
import { startSmtp } from '../support/start-smtp.ts';
import { sampleReports } from './sample-reports.ts';

/** A name without a blank that is wider than the columns stays whole. */
const LONGEST_NAME = 60;

describe('the text of a report', () => {
  for (const language of ['en', 'ja'] as const) {
    for (const columns of [64, 76, 110]) {
      it(`is no wider than ${columns} columns in ${language}, from no request to sixty teams`, async () => {
        for (const { name, page } of await sampleReports(language))
          for (const { text } of textLines(page, columns)) {
            const isName = /^\S+$/.test(text.trim()) && textWidth(text) <= LONGEST_NAME + 4;
            assert.ok(isName || textWidth(text) <= columns, `${name}: ${textWidth(text)}: ${text}`);
          }
      });
    }

    it(`has its columns below one another in ${language}`, async () => {
      const [usual] = await sampleReports(language);
      const lines = usual?.mail.text.split('\n') ?? [];
      const at = lines.findIndex((line) => /^product +900/.test(line));
      const ends = lines
        .slice(at - 1, at + 3)
        .map((line) => textWidth(line.replace(/\s*(Change|増減|[+−][\d.]+%)?$/, '')));
      assert.equal(new Set(ends).size, 1, lines.slice(at - 1, at + 3).join('\n'));
    });
  }

  it('is Japanese where the report is: no English word but names, codes and units', async () => {
    for (const { name, mail } of await sampleReports('ja')) {
      const words = mail.text.match(/(?<![\w./:-])[a-z]{3,}(?![\w./:-])/gi) ?? [];
      const known = [
        'USD',
        'signalbox',
        'usage',
        'prod',
        'product',
        'support',
        'monday',
        'openai',
        'assistant',
        'SIGNALBOX',
        'PRODUCTION',
        'Model',
      ];
      assert.deepEqual(
        [...new Set(words)].filter((word) => !known.includes(word)),
        [],
        name,
      );
    }
  });

  it('and its subject arrive by mail as they were written', async (t) => {
    const smtp = await startSmtp(t);
    const settings = { from: 'signalbox@example.com', serverUrl: smtp.url, ca: null, dkim: null };
    const [usual] = await sampleReports('ja');
    assert.ok(usual);
    await sendMail(settings, usual.mail, createReach());
    assert.equal(smtp.mails[0]?.subject, usual.mail.subject);
    assert.equal(smtp.mails[0]?.subject, '[prod] 週次レポート 2026年11月16日〜22日：39.60 USD（+64%）、1,512 件');
    assert.equal(smtp.mails[0]?.text?.trim(), usual.mail.text.trim());
    assert.match(smtp.raw[0] ?? '', /^Subject: =\?UTF-8\?/m);
    for (const line of smtp.raw[0]?.split(/\r?\n/) ?? [])
      assert.ok(line.length <= 998, 'RFC 5322 allows no longer line');
  });
});
