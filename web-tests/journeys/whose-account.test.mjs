// Whose account is whose: somebody makes an account and sees what they filed themselves; what the
// counter took in for the same number comes when an officer has seen the card, and goes again when
// that is undone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, person } from '../house.mjs';
import { begin, declare, layPapers, takeIn } from '../intake.mjs';
import { onEachDatabase } from '../town.mjs';
import { accessible, send } from '../walking.mjs';

const HER = { number: '046195000222', name: 'Trần Thị Xuân', birth: '14/02/1995', phone: '0935111333' };
const SECRET = `${PASSWORD} sân đình cây đa`;

onEachDatabase((town) => {
  test('an account opens what the counter has after the card was seen', async () => {
    const officer = await town.officer('counter');
    const taken = await takenIn(officer);
    const citizen = await registered(town);
    await citizen.goto('/dossiers');
    const before = await citizen.locator('main').innerText();
    assert.match(before, /Tài khoản chưa xác nhận/);
    assert.ok(!before.includes(taken), before);
    await accessible(citizen, 'the dossiers of an unconfirmed account');
    await citizen.goto('/account');
    assert.match(await citizen.locator('main').innerText(), /Chưa xác nhận/);
    await accessible(citizen, 'an unconfirmed account');

    await confirmed(officer);
    await citizen.goto('/dossiers');
    const after = await citizen.locator('main').innerText();
    assert.ok(after.includes(taken) && !after.includes('chưa xác nhận'), after);
    await send(citizen, citizen.locator(`a[href="/dossiers/${taken}"]`).first());

    await officer.getByText('Bỏ xác nhận', { exact: true }).first().click();
    await officer.getByLabel('Lý do bỏ xác nhận').fill('Nhầm người cùng tên');
    await send(officer, officer.getByRole('button', { name: 'Bỏ xác nhận' }));
    await citizen.goto('/dossiers');
    assert.ok(!(await citizen.locator('main').innerText()).includes(taken));
    assert.deepEqual(citizen.problems, []);
  });
});

/** She stands at the counter with her card and has copies certified. */
async function takenIn(officer) {
  await begin(officer, 'sao y', '2.000815');
  await officer.getByLabel('Số định danh, mã số thuế').first().fill(HER.number);
  await officer.getByLabel('Họ và tên, tên tổ chức').first().fill(HER.name);
  await officer.getByLabel('Ngày sinh').first().fill(HER.birth);
  await officer.getByLabel('Điện thoại').first().fill(HER.phone);
  await declare(officer, '2.000815', HER);
  await layPapers(officer);
  return takeIn(officer, HER.name);
}

/** She makes an account at home; her card may have the year alone. */
async function registered(town) {
  const citizen = await person(town.browser, town.house.url, { phone: true });
  await citizen.goto('/register');
  await citizen.getByLabel('Số định danh cá nhân').fill(HER.number);
  await citizen.getByLabel('Họ, chữ đệm và tên').fill(HER.name);
  await citizen.getByLabel('Năm').fill('1995');
  await citizen.getByLabel('Mật khẩu', { exact: true }).fill(SECRET);
  await citizen.getByLabel('Nhập lại mật khẩu').fill(SECRET);
  await send(citizen, citizen.getByRole('button', { name: 'Lập tài khoản' }));
  return citizen;
}

/** The officer finds her by the number on the card, compares, and confirms. */
async function confirmed(officer) {
  await officer.goto('/counter/people');
  await accessible(officer, 'people and accounts');
  await officer.getByLabel('Số trên giấy tờ').fill(HER.number);
  await send(officer, officer.getByRole('button', { name: 'Tìm' }));
  assert.match(await officer.locator('main').innerText(), /Chưa xác nhận/);
  await accessible(officer, 'a person and their account');
  const form = officer.locator('form[action$="/confirmation"]');
  await form.getByLabel('Thẻ căn cước').check({ force: true });
  await form.getByLabel(/Người có mặt đúng là người trong ảnh/).check({ force: true });
  await send(officer, form.getByRole('button', { name: 'Xác nhận tài khoản' }));
  assert.match(await officer.locator('main').innerText(), /Đã xác nhận/);
  await accessible(officer, 'a confirmed account');
}
