// Ways back in: a forgotten password at the counter, a new officer's account, and what somebody wrote
// when their session was over. People of their own: their sessions end, which others must not feel.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, person, signIn } from '../house.mjs';
import { onEachDatabase } from '../town.mjs';
import { fieldsOf, sampleOf } from '../filling.mjs';
import { PROCEDURES, accessible, onePage, openAct, search, send } from '../walking.mjs';

const ADMINISTRATOR = 'huynh-nhat-minh.bmt';
// Who did not take part in other journeys.
const CITIZEN = '066184003051';
const WRITER = '066095004068';
const OFFICER = 'hoang-thi-ly.eakar';
const NEW_PASSWORD = 'cây đa bến nước sân đình';

onEachDatabase((town) => {
  const come = (how = {}) => person(town.browser, town.house.url, how);
  const inAs = async (login, how = {}) => {
    const page = await come(how);
    await signIn(page, login);
    return page;
  };

  test('who forgot the password gets a code at the counter, on a phone it opens the account', async () => {
    const officer = await inAs('le-thi-hoa.bmt');
    await officer.goto('/counter');
    await send(officer, officer.getByRole('link', { name: /Mã vào tài khoản/ }));
    await accessible(officer, 'the number of the card');
    await officer.getByLabel(/Số định danh cá nhân/).fill(CITIZEN);
    await send(officer, officer.getByRole('button', { name: 'Tiếp tục' }));
    await accessible(officer, 'what is looked at');
    for (const box of await officer.locator('main input[name=seen]').all()) await box.check({ force: true });
    await send(officer, officer.getByRole('button', { name: 'In mã' }));
    await accessible(officer, 'the code');
    const code = await officer.locator('#one-time-code').innerText();
    const [letter] = await Promise.all([
      officer.context().waitForEvent('response', (answer) => answer.url().endsWith('/counter/code/letter')),
      officer.getByRole('button', { name: /In giấy/ }).click(),
    ]);
    assert.equal(letter.headers()['content-type'], 'application/pdf');

    const citizen = await come({ phone: true, script: false });
    await citizen.goto('/sign-in');
    await send(citizen, citizen.getByRole('link', { name: 'Tôi đã có mã' }));
    await citizen.locator('input[name=login]').fill(CITIZEN);
    await citizen.locator('input[name=one_time]').fill(code.toLowerCase().replaceAll('-', ' '));
    await send(citizen, citizen.getByRole('button', { name: 'Tiếp tục' }));
    await citizen.locator('input[name=password]').fill(NEW_PASSWORD);
    await citizen.locator('input[name=again]').fill(NEW_PASSWORD);
    await send(citizen, citizen.getByRole('button', { name: 'Đặt mật khẩu' }));
    assert.equal(new URL(citizen.url()).pathname, '/dossiers');
    assert.deepEqual([officer.problems, citizen.problems], [[], []]);
    await Promise.all([officer.leave(), citizen.leave()]);
  });

  test('an administrator closes an account, opens it again, and the officer uses the code', async () => {
    const administrator = await inAs(ADMINISTRATOR);
    await administrator.goto('/desk');
    await send(administrator, administrator.getByRole('link', { name: 'Quản trị', exact: true }));
    await accessible(administrator, 'the officers of the agency');
    assert.doesNotMatch(await administrator.locator('main').innerText(), /eakar/);
    await send(administrator, administrator.locator('a[href$="/pham-ngoc-tram.bmt"]'));
    await accessible(administrator, 'one officer');
    await administrator.getByLabel(/Lập nhầm/).check({ force: true });
    await send(administrator, administrator.getByRole('button', { name: 'Đóng tài khoản' }));
    await send(administrator, administrator.getByRole('button', { name: 'Mở lại và in mã' }));
    const code = await administrator.locator('#one-time-code').innerText();
    const officer = await come();
    await officer.goto('/account/code');
    await accessible(officer, 'the page of the code');
    await officer.locator('input[name=login]').fill('pham-ngoc-tram.bmt');
    await officer.locator('input[name=one_time]').fill(code);
    await send(officer, officer.getByRole('button', { name: 'Tiếp tục' }));
    await accessible(officer, 'the new password');
    // The common password of the demonstration: other journeys go on with it.
    await officer.locator('input[name=password]').fill(PASSWORD);
    await officer.locator('input[name=again]').fill(PASSWORD);
    await send(officer, officer.getByRole('button', { name: 'Đặt mật khẩu' }));
    assert.equal(new URL(officer.url()).pathname, '/desk');
    assert.deepEqual([administrator.problems, officer.problems], [[], []]);
    await Promise.all([administrator.leave(), officer.leave()]);
  });

  test('an officer whose session ended while writing an act has the text again', async () => {
    const officer = await inAs(OFFICER);
    await officer.goto('/desk');
    await send(officer, officer.locator('main a[href^="/desk/dossiers/"]').first());
    const dossier = new URL(officer.url()).pathname;
    const action = await officer.locator('main form.ask').filter({ has: officer.locator('textarea') }).first()
      .getAttribute('action');
    const slug = action.split('/').pop();
    const form = await openAct(officer, slug);
    const text = 'Dòng một: còn thiếu <bản vẽ>.\nDòng hai, rất dài và công phu.';
    await form.locator('textarea').first().fill(text);
    await endSessions(OFFICER);
    await send(officer, form.locator('button').first());
    assert.equal(new URL(officer.url()).pathname, '/sign-in/officer');
    assert.match(await officer.locator('main').innerText(), /được giữ lại/);
    await accessible(officer, 'the door with a form kept');
    await enter(officer, OFFICER);
    assert.equal(new URL(officer.url()).pathname, dossier);
    assert.match(await officer.locator('main').innerText(), /vẫn còn đây/);
    await accessible(officer, 'the form again');
    const again = officer.locator(`form[action$="/${slug}"]`).first();
    assert.equal(await again.locator('textarea').first().inputValue(), text);
    assert.ok(await again.locator('textarea').first().isVisible(), 'its fold is open');
    assert.deepEqual(officer.problems, []);
    await officer.leave();
  });

  test('a citizen is told that the session is over, signs in and goes on writing', async () => {
    const citizen = await inAs(WRITER, { phone: true });
    await goToQuestions(citizen, '1.004873');
    const page = new URL(citizen.url()).pathname;
    const field = citizen.locator('main form[data-autosave] input[type=text], main form[data-autosave] textarea').first();
    await endSessions(WRITER);
    await field.fill('Viết khi phiên đã hết');
    const again = citizen.getByRole('link', { name: 'Đăng nhập lại' });
    await again.waitFor();
    assert.match(await citizen.locator('.saved').innerText(), /Phiên đã hết/);
    await send(citizen, again);
    await enter(citizen, WRITER);
    assert.equal(new URL(citizen.url()).pathname, page);
    assert.equal(await field.inputValue(), 'Viết khi phiên đã hết');
    // The browser reports the 401 of the save.
    citizen.problems.length = 0;
    await citizen.leave();
  });

  /** Ends all sessions of somebody from another browser, as they would for a lost device. */
  async function endSessions(login) {
    const other = await inAs(login);
    await other.goto('/account');
    await send(other, other.getByRole('button', { name: 'Đăng xuất mọi thiết bị khác' }));
    await other.leave();
  }
});

/** Types the password where one was led to, and waits for the page that comes. */
async function enter(page, login) {
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill(PASSWORD);
  await send(page, page.getByRole('button', { name: 'Đăng nhập' }).last());
}

/** From the list of procedures to the first page of an application with questions of its own. */
async function goToQuestions(page, code) {
  await page.goto('/procedures');
  await search(page, PROCEDURES[code]);
  await send(page, page.locator(`a[href*="/procedures/${code}"]`).first());
  await send(page, page.locator('a[href^="/apply/start"]').first());
  const fields = fieldsOf(sampleOf(code));
  Object.assign(fields, { agency: 'H15.101', whom: 'self', way: 'counter', counter: 'H15.101' });
  for (let turn = 0; turn < 10; turn += 1) {
    if (await page.locator('main form[data-autosave] input[type=text]').count()) return;
    await onePage(page, new URL(page.url()).pathname, fields);
  }
  assert.fail(`no question at ${page.url()}`);
}
