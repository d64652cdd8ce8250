// The whole journey of each of the four procedures, on both databases: a citizen on a phone finds the
// procedure, applies, the offices do their work on time, the result comes back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { OFFICERS, databases, accessibilityFaults, openBrowser, openHouse, person,
  signInCitizen, signInOfficer } from '../house.mjs';
import { PAPER, fieldsOf, fill, sampleOf } from '../filling.mjs';

const PROCEDURES = {
  '1.001193': 'khai sinh',
  '1.004873': 'doc than',
  '2.000815': 'ban sao',
  '1.013225': 'xay nha',
};
// Acts of the desk that carry a dossier forward, in the order in which an officer would look for them.
const FORWARD = ['assignment', 'appraisal', 'endorsement', 'approval', 'issuance'];
const PAGES_MAX = 30;

for (const engine of databases()) {
  describe(`on ${engine}`, () => {
    let house;
    let browser;
    const officers = {};
    let citizen;

    before(async () => {
      house = await openHouse(engine);
      browser = await openBrowser();
      citizen = await person(browser, house.url, { phone: true });
      await signInCitizen(citizen);
      for (const [role, login] of Object.entries(OFFICERS)) {
        officers[role] = await person(browser, house.url);
        await signInOfficer(officers[role], login);
      }
    });

    after(async () => {
      await browser?.close();
      const code = await house?.close();
      assert.equal(code, 0, 'the house closes in good order');
    });

    for (const [code, words] of Object.entries(PROCEDURES)) {
      test(`${code}: from the phone to the result in hand`, async () => {
        const dossier = await apply(citizen, code, words);
        await receive(officers.counter, dossier);
        await work(officers, dossier);
        await handOver(officers.counter, dossier);
        await see(citizen, dossier);
        await lookUp(browser, house.url, dossier);
      });
    }

    test('no page made the browser complain', () => {
      const everybody = [citizen, ...Object.values(officers)];
      const problems = everybody.flatMap((page) => page.problems);
      assert.deepEqual(problems, []);
    });
  });
}

async function apply(page, code, words) {
  await page.goto('/procedures');
  await page.locator('input[name=q]').first().fill(words);
  await page.keyboard.press('Enter');
  await page.locator(`a[href*="/procedures/${code}"]`).first().click();
  assert.deepEqual(await accessibilityFaults(page), [], 'the procedure page');
  await page.locator('a[href^="/apply/start"]').first().click();
  const fields = fieldsOf(sampleOf(code));
  Object.assign(fields, { agency: 'H15.101', whom: 'self', way: 'counter', counter: 'H15.101' });
  for (let turn = 0; turn < PAGES_MAX; turn += 1) {
    const path = new URL(page.url()).pathname;
    if (path.endsWith('/done')) break;
    assert.deepEqual(await accessibilityFaults(page), [], path);
    await onePage(page, path, fields);
    const next = new URL(page.url()).pathname;
    const said = await page.locator('main [role=alert]').allInnerTexts();
    assert.notEqual(next, path, `${path} does not go on: ${said.join(' ')}`);
  }
  const text = await page.locator('main').innerText();
  const dossier = text.match(/H15\.101-\d{6}-\d{4,}/)?.[0];
  assert.ok(dossier, `no code on the last page: ${text}`);
  return dossier;
}

/** Does what one page of the application asks, and goes on. */
async function onePage(page, path, fields) {
  if (/^\/apply\/[^/]+$/.test(path) && path !== '/apply/start') {
    // The list of parts: the next one to do, or the check at the end.
    await page.locator('main a[data-next], main a.button').first().click();
    return;
  }
  for (const input of await page.locator('main input[type=file]').all()) {
    if (!(await page.locator('main .files li').count())) await input.setInputFiles(PAPER);
  }
  await fill(page, fields);
  if (path.endsWith('/check')) await page.locator('main input[type=checkbox]').first().check();
  const go = page.locator('main form[method=post] button.button:not(.second)').last();
  await go.click();
  // An upload is sent by the script and moves on when it is done; an error stays on the page.
  await page.waitForFunction((from) =>
    globalThis.location.pathname !== from || globalThis.document.querySelector('[role=alert]'), path);
  await page.waitForLoadState('load');
}

async function receive(officer, dossier) {
  await officer.goto('/desk');
  await officer.getByRole('link', { name: dossier }).first().click();
  assert.deepEqual(await accessibilityFaults(officer), [], 'the dossier on one screen');
  const form = officer.locator('form[action$="/acceptance"]');
  for (const box of await form.locator('input[type=checkbox]').all()) await box.check();
  await form.locator('button').first().click();
  await officer.waitForLoadState('load');
  const receipt = await officer.request.get(`/dossiers/${dossier}/letters/01.pdf`);
  assert.equal(receipt.headers()['content-type'], 'application/pdf');
  assert.ok((await receipt.body()).subarray(0, 5).equals(Buffer.from('%PDF-')));
}

async function work(officers, dossier) {
  for (let step = 0; step < PAGES_MAX; step += 1) {
    let done = false;
    for (const officer of Object.values(officers)) {
      await officer.goto(`/desk/dossiers/${dossier}`);
      const text = await officer.locator('main').innerText();
      if (/Đã có kết quả|Chờ trả/i.test(text.slice(0, 400))) return;
      done = (await oneAct(officer)) || done;
      if (done) break;
    }
    assert.ok(done, `nobody can go on with ${dossier}`);
  }
  assert.fail(`${dossier} never came to an end`);
}

/** The first act that carries the dossier forward, if this officer may do one. */
async function oneAct(officer) {
  for (const slug of FORWARD) {
    const form = officer.locator(`form[action$="/${slug}"]`).first();
    if (!(await form.count())) continue;
    await form.evaluate((node) => node.closest('details')?.setAttribute('open', ''));
    // Only an assignment must name somebody; after the others whoever has the right goes on.
    const named = slug === 'assignment' ? await form.locator('select').all() : [];
    for (const select of named) {
      const options = await select.locator('option').evaluateAll((all) =>
        all.map((option) => option.value).filter(Boolean));
      if (options.length && !(await select.inputValue())) await select.selectOption(options[0]);
    }
    await form.locator('button').first().click();
    await officer.waitForLoadState('load');
    return true;
  }
  return false;
}

async function handOver(officer, dossier) {
  await officer.goto(`/counter/fees/${dossier}`);
  const fee = officer.locator('main form.ask');
  if (await fee.count()) {
    const cash = fee.locator('input[type=radio][value=cash]');
    if (await cash.count()) await cash.check({ force: true });
    await fee.locator('button.button').first().click();
    await officer.waitForLoadState('load');
    const receipt = await officer.request.get(`/dossiers/${dossier}/letters/fee-receipt.pdf`);
    assert.equal(receipt.status(), 200, 'the fee receipt');
  }
  await officer.goto(`/counter/return/${dossier}`);
  assert.deepEqual(await accessibilityFaults(officer), [], 'the return of a result');
  const form = officer.locator('main form.ask').first();
  for (const name of ['way', 'receiver', 'identity']) {
    const choice = form.locator(`input[type=radio][name=${name}]`).first();
    if (await choice.count()) await choice.check({ force: true });
  }
  for (const box of await form.locator('input[type=checkbox]').all()) await box.check();
  await form.locator('button.button').first().click();
  await officer.waitForLoadState('load');
}

async function see(page, dossier) {
  await page.goto(`/dossiers/${dossier}`);
  const text = await page.locator('main').innerText();
  assert.match(text, /Đã trả kết quả|đã nhận kết quả/i);
  assert.deepEqual(await accessibilityFaults(page), [], 'the dossier of the citizen');
  const result = await page.request.get(`/dossiers/${dossier}/result`);
  assert.equal(result.status(), 200);
  assert.ok((await result.body()).subarray(0, 5).equals(Buffer.from('%PDF-')));
  const notices = await page.goto('/notices');
  assert.equal(notices.status(), 200);
  await page.waitForFunction((code) => document.body.innerText.includes(code), dossier)
    .catch(async () => {
      await page.reload();
      assert.match(await page.locator('main').innerText(), new RegExp(dossier));
    });
}

async function lookUp(browser, url, dossier) {
  const stranger = await person(browser, url);
  await stranger.goto(`/lookup/${dossier}`);
  const text = await stranger.locator('main').innerText();
  assert.match(text, /Đã trả kết quả/i);
  assert.doesNotMatch(text, /Nguyễn Thị Hoa|066162001017|0905/);
  const hidden = await stranger.request.get(`/dossiers/${dossier}/result`, { maxRedirects: 0 });
  assert.notEqual(hidden.status(), 200, 'a stranger gets no result');
  await stranger.leave();
}
