// When a dossier does not go straight: something is missing, the applicant takes it back, the counter
// does not receive it. Each time the citizen reads on the phone what happened, why, and what to do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAPER } from '../filling.mjs';
import { onEachDatabase } from '../town.mjs';
import { accessible, apply, openAct, printed, receive, sayWhy, send, workThrough } from '../walking.mjs';

const MISSING = { what: 'Ảnh chụp mặt sau của bằng', why: 'Bản gửi thiếu trang có dấu đỏ.' };
const REFUSED = {
  text: 'Bằng này do trường khác cấp lại, không phải bản chính.',
  basis: 'Nghị định 23/2015/NĐ-CP, Điều 22',
};

onEachDatabase((town) => {
  test('an officer asks for a supplement, the citizen supplies it, the dossier goes on', async () => {
    const citizen = await town.citizen();
    const dossier = await apply(citizen, '2.000815');
    await receive(await town.officer('counter'), dossier);
    await ask(await town.officer('civil'), dossier);
    await supply(citizen, dossier);
    const officer = await town.officer('counter');
    await officer.goto(`/desk/dossiers/${dossier}`);
    const accept = await openAct(officer, 'supplement-acceptance');
    await send(officer, accept.locator('button').first());
    await citizen.goto(`/dossiers/${dossier}`);
    assert.equal(await citizen.getByRole('link', { name: 'Bổ sung ngay' }).count(), 0);
    await printed(citizen, `/dossiers/${dossier}/letters/02.pdf`);
    await workThrough(await town.officers(), dossier);
  });

  test('the applicant takes a dossier back', async () => {
    const citizen = await town.citizen();
    const dossier = await apply(citizen, '2.000815');
    await citizen.goto(`/dossiers/${dossier}`);
    await send(citizen, citizen.getByRole('link', { name: 'Rút hồ sơ' }));
    await accessible(citizen, 'the withdrawal');
    await citizen.getByLabel(/Vì sao bạn rút/).fill('Tôi đã có bản sao rồi.');
    await send(citizen, citizen.getByRole('button', { name: 'Rút hồ sơ' }));
    await citizen.goto(`/dossiers/${dossier}`);
    assert.match(await citizen.locator('main').innerText(), /rút hồ sơ/i);
    assert.equal(await citizen.getByRole('link', { name: 'Rút hồ sơ' }).count(), 0);
    const officer = await town.officer('counter');
    await officer.goto('/counter');
    assert.ok(!(await officer.locator('main').innerText()).includes(dossier), 'nobody waits for it');
    await officer.goto(`/desk/dossiers/${dossier}`);
    await sayWhy(officer, 'Trả lời người nộp hồ sơ');
    assert.match(await officer.locator('main').innerText(), /không có việc nào với hồ sơ này/);
    // The applicant reads who looked, and why.
    await citizen.goto(`/dossiers/${dossier}`);
    assert.match(await citizen.locator('main').innerText(), /Ai đã xem hồ sơ của bạn[\s\S]*Lê Thị Hoa/);
  });

  test('a refusal says its reason and its basis in law', async () => {
    const citizen = await town.citizen();
    const dossier = await apply(citizen, '2.000815');
    const officer = await town.officer('counter');
    await officer.goto(`/desk/dossiers/${dossier}`);
    const form = await openAct(officer, 'refusal');
    await form.getByLabel('Lý do', { exact: true }).selectOption('papers_invalid');
    await form.getByLabel('Giải thích cho người nộp').fill(REFUSED.text);
    await form.getByLabel('Căn cứ pháp lý').fill(REFUSED.basis);
    await send(officer, form.getByRole('button', { name: 'Từ chối tiếp nhận' }));
    await citizen.goto(`/dossiers/${dossier}`);
    const text = await citizen.locator('main').innerText();
    for (const words of [/từ chối/i, new RegExp(REFUSED.text), new RegExp(REFUSED.basis)]) {
      assert.match(text, words);
    }
    await accessible(citizen, 'a refused dossier');
    await printed(citizen, `/dossiers/${dossier}/letters/03.pdf`);
  });
});

/** One complete list, once: afterwards the form is not offered again. */
async function ask(officer, dossier) {
  await officer.goto(`/desk/dossiers/${dossier}`);
  const form = await openAct(officer, 'supplement-request');
  const first = form.locator('fieldset.item').first();
  await first.getByLabel('Cần bổ sung, sửa').fill(MISSING.what);
  await first.getByLabel('Vì sao').fill(MISSING.why);
  await first.locator('select').selectOption({ index: 1 });
  await send(officer, form.getByRole('button', { name: 'Gửi yêu cầu bổ sung' }));
  assert.match(await officer.locator('main').innerText(), /Đã gửi yêu cầu bổ sung/);
  await officer.goto(`/desk/dossiers/${dossier}`);
  assert.equal(await officer.locator('form[action$="/supplement-request"]').count(), 0);
}

/** The citizen finds it among their dossiers, reads what is missing, sends it. */
async function supply(citizen, dossier) {
  await citizen.goto('/dossiers');
  assert.match(await citizen.locator('main').innerText(), /Đang chờ bạn/);
  await send(citizen, citizen.locator(`a[href="/dossiers/${dossier}"]`).first());
  const text = await citizen.locator('main').innerText();
  assert.match(text, /Bạn cần bổ sung 1 nội dung/);
  assert.match(text, new RegExp(`${MISSING.what}[\\s\\S]*${MISSING.why}`));
  await accessible(citizen, 'a dossier that waits for its applicant');
  await send(citizen, citizen.getByRole('link', { name: 'Bổ sung ngay' }));
  await accessible(citizen, 'the supplement');
  await citizen.locator('main input[type=file]').first().setInputFiles(PAPER);
  await citizen.getByLabel(/Lời nhắn cho cán bộ/).fill('Tôi gửi lại đủ hai mặt.');
  await send(citizen, citizen.getByRole('button', { name: 'Gửi bổ sung' }));
}
