// The whole journey of each of the four procedures: a citizen on a phone finds the procedure, applies,
// the offices do their work on time, the result comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachDatabase } from '../town.mjs';
import { PROCEDURES, accessible, apply, collectFee, handOver, printed, receive,
  workThrough } from '../walking.mjs';

onEachDatabase((town) => {
  for (const code of Object.keys(PROCEDURES)) {
    test(`${code}: from the phone to the result in hand`, async () => {
      const citizen = await town.citizen();
      const counter = await town.officer('counter');
      const dossier = await apply(citizen, code, { look: accessible });
      await receive(counter, dossier);
      await workThrough(await town.officers(), dossier);
      await collectFee(counter, dossier);
      await handOver(counter, dossier);
      await see(citizen, dossier);
    });
  }
});

async function see(page, dossier) {
  await page.goto(`/dossiers/${dossier}`);
  assert.match(await page.locator('main').innerText(), /Đã trả kết quả|đã nhận kết quả/i);
  await accessible(page, 'the dossier of the citizen');
  await printed(page, `/dossiers/${dossier}/result`);
  await noticed(page, dossier);
}

/** A notice is written by a reader of the journal, a moment after the act. */
async function noticed(page, dossier) {
  for (let look = 0; look < 20; look += 1) {
    await page.goto('/notices');
    if ((await page.locator('main').innerText()).includes(dossier)) return;
    await page.waitForTimeout(250);
  }
  assert.fail(`no notice about ${dossier}`);
}
