import { sampleMails } from '../test/alerts/sample-mails.ts';
import { picturePages } from '../test/support/picture-pages.ts';

/** Draws every mail that alerts send with Chromium, at the widths of a phone and a desk: `node scripts/picture-mails.ts [DIR]` writes `phone.png` and `desk.png`. */
const directory = process.argv[2] ?? 'pictures/mails';
const pages = sampleMails().map(({ name, mail }) => ({ name, html: mail.html }));
picturePages('chromium', pages, { widthPx: 390, heightPx: 1300, directory, name: 'phone' });
picturePages('chromium', pages, { widthPx: 1024, heightPx: 1000, directory, name: 'desk' });
console.log(`phone.png and desk.png are in ${directory}`);
