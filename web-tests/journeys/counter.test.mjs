// A person stands at the one-stop counter with their papers. The officer takes them in on one page,
// collects the fee, prints form 01; later the result is given back into the hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, declare, layPapers, takeIn } from '../intake.mjs';
import { onEachDatabase } from '../town.mjs';
import { accessible, collectFee, handOver, printed, search, send, workThrough } from '../walking.mjs';

const NEW = { number: '046195000111', name: 'Nguyễn Thị Lành', birth: '12/03/1995', phone: '0935111222' };
// In the record of the demonstration world, without an account.
const KNOWN = { number: '066164005085', name: 'Hoàng Thanh Hương' };

onEachDatabase((town) => {
  test('somebody who is not on record yet has copies certified', async () => {
    const officer = await town.officer('counter');
    await begin(officer, 'sao y', '2.000815');
    await officer.getByLabel('Số định danh, mã số thuế').first().fill(NEW.number);
    await officer.getByLabel('Họ và tên, tên tổ chức').first().fill(NEW.name);
    await officer.getByLabel('Ngày sinh').first().fill(NEW.birth);
    await officer.getByLabel('Điện thoại').first().fill(NEW.phone);
    await declare(officer, '2.000815', NEW);
    await layPapers(officer);
    const dossier = await takeIn(officer, NEW.name);
    assert.ok(await collectFee(officer, dossier), 'certified copies cost a fee');
    await giveBack(town, dossier, NEW.name);
  });

  test('somebody who is on record is found by their number', async () => {
    const officer = await town.officer('counter');
    await begin(officer, 'doc than', '1.004873');
    await officer.getByLabel('Số định danh, mã số thuế').first().fill(KNOWN.number);
    await send(officer, officer.getByRole('button', { name: 'Tìm người' }).first());
    const choose = officer.getByRole('button', { name: `Chọn ${KNOWN.name}`, exact: true });
    if (await choose.count()) await send(officer, choose);
    assert.match(await officer.locator('main').innerText(), /Đã có trong sổ/);
    const name = officer.getByLabel('Họ và tên, tên tổ chức').first();
    assert.equal(await name.inputValue(), KNOWN.name);
    await declare(officer, '1.004873', KNOWN);
    await layPapers(officer);
    const dossier = await takeIn(officer, KNOWN.name);
    await collectFee(officer, dossier);
    await giveBack(town, dossier, KNOWN.name);
  });

  test('with a paper missing the sheet is kept, form 02 says what to bring', async () => {
    const officer = await town.officer('counter');
    await begin(officer, 'sao y', '2.000815');
    await officer.getByLabel('Họ và tên, tên tổ chức').first().fill('Lò Văn Thiếu');
    await officer.getByLabel('Đã đối chiếu thẻ căn cước').first().check({ force: true });
    await declare(officer, '2.000815', { ...NEW, name: 'Lò Văn Thiếu' });
    await send(officer, officer.getByRole('button', { name: 'Tiếp nhận, cấp mã hồ sơ' }));
    assert.match(await officer.locator('main').innerText(), /Còn thiếu: /);
    await accessible(officer, 'what lacks');
    const sheet = new URL(officer.url()).pathname;
    await printed(officer, `${sheet}/letters/02.pdf`);
    await send(officer, officer.getByRole('button', { name: 'Giữ phiếu, về quầy' }));
    const kept = officer.locator('#drafts').getByRole('link', { name: 'Lò Văn Thiếu' });
    await send(officer, kept.first());
    assert.match(new URL(officer.url()).pathname, /^\/counter\/intake\/./);
    officer.problems.length = 0; // the browser reports the 422 of the incomplete sheet
  });
});

/** The offices work; the person comes again, signs the book, and goes home with the result. */
async function giveBack(town, dossier, name) {
  const officer = await town.officer('counter');
  await workThrough(await town.officers(), dossier);
  await officer.goto('/counter/return');
  await search(officer, dossier);
  await handOver(officer, dossier);
  const text = await officer.locator('main').innerText();
  assert.match(text, /Đã trả kết quả/);
  assert.match(text, new RegExp(`Sổ ký nhận[\\s\\S]*${name}`));
  await printed(officer, `/dossiers/${dossier}/result`);
}
