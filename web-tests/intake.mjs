// Taking somebody in at the counter, piece by piece, as an officer does.
import assert from 'node:assert/strict';
import { PAPER, fieldsOf, fill, sampleOf, shown } from './filling.mjs';
import { accessible, codeOn, printed, search, send } from './walking.mjs';

// Questions that hang on another come when the sheet is brought up to date; twice is the deepest.
const UPDATES = 3;

/** Finds the procedure as an officer would, and opens an empty sheet. */
export async function begin(officer, words, code) {
  await officer.goto('/counter');
  await send(officer, officer.getByRole('link', { name: /^Tiếp nhận/ }).first());
  await search(officer, words);
  const row = officer.locator('tr', { hasText: code });
  await send(officer, row.getByRole('button'));
  await accessible(officer, 'the sheet of the intake');
}

/** Types what the person says, in the words of the procedure's own sample. */
export async function declare(officer, code, person) {
  const fields = fieldsOf(sampleOf(code));
  Object.assign(fields, { requester_name: person.name, requester_personal_id: person.number });
  for (let update = 0; update < UPDATES; update += 1) {
    await fill(officer, fields);
    const before = await shown(officer);
    await send(officer, officer.getByRole('button', { name: 'Cập nhật', exact: true }).last());
    if ((await shown(officer)).length === before.length) return;
  }
}

/** Ticks every paper as seen: the original where there is one; the first that may be scanned is. */
export async function layPapers(officer) {
  for (const paper of await officer.locator('fieldset.paper').all()) {
    for (const form of ['original', 'shown', 'copy']) {
      const chip = paper.locator(`input[type=radio][value=${form}]`);
      if (!(await chip.count())) continue;
      await chip.check({ force: true });
      break;
    }
  }
  const scan = officer.locator('fieldset.paper input[type=file]').first();
  if (await scan.count()) await scan.setInputFiles(PAPER);
  await officer.getByLabel('Đã đối chiếu thẻ căn cước').first().check({ force: true });
}

/** Receives: the code of the dossier is there, and form 01 to take home. */
export async function takeIn(officer, name) {
  await send(officer, officer.getByRole('button', { name: 'Tiếp nhận, cấp mã hồ sơ' }));
  const text = await officer.locator('main').innerText();
  assert.match(text, new RegExp(`Đã tiếp nhận hồ sơ của ${name}`));
  assert.match(text, /Hẹn trả/);
  await accessible(officer, 'received');
  const form = await officer.getByRole('link', { name: /mẫu 01/ }).getAttribute('href');
  await printed(officer, form);
  return codeOn(officer);
}
