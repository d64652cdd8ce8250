// The whole application in a browser that runs no script: questions that hang on another come when the
// page is sent, communes of a province by a button, files with the form itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill } from '../filling.mjs';
import { NEIGHBOUR } from '../house.mjs';
import { onEachDatabase } from '../town.mjs';
import { apply, choosePapers, goOn, onePage, send } from '../walking.mjs';

onEachDatabase((town) => {
  test('a house permit is applied for without a script, to its timeline', async () => {
    const citizen = await town.withoutScript(NEIGHBOUR);
    const dossier = await apply(citizen, '1.013225', { turn: plainPage });
    await send(citizen, citizen.getByRole('link', { name: 'Xem hồ sơ' }));
    assert.equal(new URL(citizen.url()).pathname, `/dossiers/${dossier}`);
    assert.match(await citizen.locator('.timeline').innerText(), /Nộp hồ sơ|Đã nộp/i);
    const papers = citizen.locator(`a[href^="/dossiers/${dossier}/papers/"]`);
    assert.ok(await papers.count(), 'the files came with the form');
    const file = await citizen.request.get(await papers.first().getAttribute('href'));
    assert.equal(file.headers()['content-type'], 'application/pdf');
  });
});

/** One page: what hangs on a province is asked for with the button that stands there for it. */
async function plainPage(page, path, fields) {
  if (/^\/apply\/[^/]+$/.test(path)) return onePage(page, path, fields);
  await fill(page, fields);
  for (const place of await page.locator('fieldset.place').all()) {
    const communes = place.locator('select[name$=".commune"]');
    const button = place.locator('[data-scriptless] button');
    if ((await communes.count()) || !(await button.count())) continue;
    await send(page, button);
    await fill(page, fields);
    break;
  }
  await choosePapers(page);
  return goOn(page, path);
}
