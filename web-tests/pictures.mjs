// Takes the pictures of the README into docs/pictures, from a house with the demonstration world in it:
//   cargo build -p dinh && cd web-tests && npm ci && npm run pictures
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OFFICERS, CITIZEN, ROOT, openBrowser, openHouse, signedIn } from './house.mjs';
import { fieldsOf, fill, sampleOf } from './filling.mjs';
import { apply, onePage, receive, send, workThrough } from './walking.mjs';

const FOLDER = join(ROOT, 'docs', 'pictures');
// A page with pictures loads on a phone too.
const BYTES_MAX = 150_000;
// A README shows a desk at about this share of its size.
const DESK_SCALE = 0.8;

const house = await openHouse('sqlite', { dossiers: 240 });
const browser = await openBrowser();
mkdirSync(FOLDER, { recursive: true });
const citizen = await signedIn(browser, house.url, CITIZEN, { phone: true });
const officers = {};
for (const [role, login] of Object.entries(OFFICERS)) {
  officers[role] = await signedIn(browser, house.url, login, { scale: DESK_SCALE });
}
await onThePhone();
await atTheDesk();
await ofTheChair();
await browser.close();
await house.close();

async function onThePhone() {
  await citizen.goto('/procedures/1.001193');
  await take(citizen, 'phone-procedure');
  await send(citizen, citizen.locator('a[href^="/apply/start"]').first());
  const fields = { ...fieldsOf(sampleOf('1.001193')), agency: 'H15.101', whom: 'self' };
  while (!new URL(citizen.url()).pathname.includes('/form/')) {
    await onePage(citizen, new URL(citizen.url()).pathname, fields);
  }
  await fill(citizen, fields);
  await citizen.evaluate(() => globalThis.scrollTo(0, 0));
  await take(citizen, 'phone-application');
  const dossier = await apply(citizen, '1.004873');
  await receive(officers.counter, dossier);
  await workThrough(officers, dossier);
  await citizen.goto(`/dossiers/${dossier}`);
  await citizen.locator('#timeline').evaluate((heading) => heading.scrollIntoView());
  await take(citizen, 'phone-dossier');
}

async function atTheDesk() {
  const desk = officers.civil;
  await desk.goto('/desk');
  await take(desk, 'desk-inbox');
  await send(desk, desk.locator('a[data-row]').first());
  await take(desk, 'desk-dossier');
  const counter = officers.counter;
  await counter.goto('/counter/intake?q=sao+y');
  await send(counter, counter.locator('button[name=procedure]').first());
  await counter.getByLabel('Số định danh, mã số thuế').first().fill('066164005085');
  await send(counter, counter.getByRole('button', { name: 'Tìm người' }).first());
  const known = counter.getByRole('button', { name: /^Chọn/ }).first();
  if (await known.count()) await send(counter, known);
  await fill(counter, fieldsOf(sampleOf('2.000815')));
  await send(counter, counter.getByRole('button', { name: 'Cập nhật', exact: true }).last());
  await take(counter, 'counter-intake');
}

async function ofTheChair() {
  await officers.chair.goto('/console');
  await take(officers.chair, 'console');
}

/** What the window shows now, once its letters are there. */
async function take(page, name) {
  await page.evaluate(() => document.fonts.ready);
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  const { size } = statSync(path);
  console.log(`${path}  ${Math.ceil(size / 1000)} kB`);
  if (size > BYTES_MAX) throw new Error(`${name} is larger than ${BYTES_MAX} bytes`);
}
