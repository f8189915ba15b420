import { sampleMails } from '../test/alerts/sample-mails.ts';
import { picturePages } from '../test/support/picture-pages.ts';

/** Draws every mail that alerts send with Chromium, at the widths of a phone and a desk: `node scripts/picture-mails.ts [DIR]` writes `phone.png`, `desk.png` and, as they look where the reader has a dark screen, `dark.png`. */
const directory = process.argv[2] ?? 'pictures/mails';
const pages = sampleMails().map(({ name, mail }) => ({ name, html: mail.html }));
picturePages('chromium', pages, { widthPx: 390, heightPx: 1300, directory, name: 'phone' });
picturePages('chromium', pages, { widthPx: 1280, heightPx: 1000, directory, name: 'desk' });
picturePages('chromium', pages, { widthPx: 390, heightPx: 1300, directory, name: 'dark', isDark: true });
console.log(`phone.png, desk.png and dark.png are in ${directory}`);
