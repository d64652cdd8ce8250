// The stretches of a dossier's way that many journeys have in common: applied for on a phone, received,
// worked through the offices, paid, handed over. Each does what a person would, on the real pages.
import assert from 'node:assert/strict';
import { accessibilityFaults } from './house.mjs';
import { PAPER, fieldsOf, fill, sampleOf } from './filling.mjs';

// Acts of the desk that carry a dossier forward, in the order in which an officer would look for them.
const FORWARD = ['assignment', 'appraisal', 'endorsement', 'approval', 'issuance'];
// An application has about ten pages, a dossier about as many acts; more is a circle.
const TURNS_MAX = 30;
/** The words with which somebody would look for each procedure. */
export const PROCEDURES = {
  '1.001193': 'khai sinh',
  '1.004873': 'doc than',
  '2.000815': 'ban sao',
  '1.013225': 'xay nha',
};

/**
 * Finds the procedure, fills in every page, hands in. Returns the code of the dossier.
 * `look(page, where)` is called on every page; `turn` does what one page asks.
 */
export async function apply(page, code, { look = async () => {}, turn = onePage } = {}) {
  await page.goto('/procedures');
  await search(page, PROCEDURES[code]);
  await send(page, page.locator(`a[href*="/procedures/${code}"]`).first());
  await look(page, 'the procedure page');
  await send(page, page.locator('a[href^="/apply/start"]').first());
  const fields = fieldsOf(sampleOf(code));
  Object.assign(fields, { agency: 'H15.101', whom: 'self', way: 'counter', counter: 'H15.101' });
  for (let pages = 0; pages < TURNS_MAX; pages += 1) {
    const path = new URL(page.url()).pathname;
    if (path.startsWith('/apply/done/')) break;
    await look(page, path);
    await turn(page, path, fields);
    const said = await page.locator('main [role=alert]').allInnerTexts();
    assert.deepEqual(said, [], `${path} does not go on`);
  }
  return codeOn(page);
}

/** The code of a dossier of the ward that the page shows. */
export async function codeOn(page) {
  const text = await page.locator('main').innerText();
  const code = text.match(/H15\.101-\d{6}-\d{4,}/)?.[0];
  assert.ok(code, `no code on the page: ${text}`);
  return code;
}

/** Does what one page of the application asks, and goes on. */
export async function onePage(page, path, fields) {
  if (/^\/apply\/[^/]+$/.test(path) && path !== '/apply/start') {
    // The list of parts: the next one to do, or the check at the end.
    await send(page, page.locator('main a.button').first());
    return;
  }
  await choosePapers(page);
  await fill(page, fields);
  await goOn(page, path);
}

/** Chooses a file wherever the page has a place for one and none is there. */
export async function choosePapers(page) {
  for (const input of await page.locator('main input[type=file]').all()) {
    if (!(await page.locator('main .files li').count())) await input.setInputFiles(PAPER);
  }
}

/** Promises what is to be promised and presses the page's own button. */
export async function goOn(page, path) {
  if (path.endsWith('/check')) await page.locator('main input[type=checkbox]').first().check();
  await send(page, page.locator('main form[method=post] button.button:not(.second)').last());
}

/**
 * Presses a button or a link and waits for the page that comes. With files the script sends the form
 * itself, and moves on when they are there.
 */
export async function send(page, button) {
  const came = page.waitForEvent('domcontentloaded');
  await button.click();
  await came;
  await page.waitForLoadState('load');
}

/** Types words into the page's search and waits for what is found. */
export async function search(page, words) {
  const field = page.locator('main input[name=q]').first();
  await field.fill(words);
  const came = page.waitForEvent('domcontentloaded');
  await field.press('Enter');
  await came;
  await page.waitForLoadState('load');
}

/** The counter takes in an application that came over the net, and prints form 01. */
export async function receive(officer, dossier) {
  await officer.goto('/desk');
  await send(officer, officer.getByRole('link', { name: dossier }).first());
  await accessible(officer, 'the dossier on one screen');
  const form = await openAct(officer, 'acceptance');
  for (const box of await form.locator('input[type=checkbox]').all()) await box.check();
  await send(officer, form.locator('button').first());
  await printed(officer, `/dossiers/${dossier}/letters/01.pdf`);
}

/** Opens the fold of an act of the desk; the form in it. */
export async function openAct(officer, slug) {
  const form = officer.locator(`form[action$="/${slug}"]`).first();
  await form.evaluate((node) => node.closest('details')?.setAttribute('open', ''));
  return form;
}

/** No fault that the accessibility checker finds. For `look` of apply(). */
export async function accessible(page, where) {
  assert.deepEqual(await accessibilityFaults(page), [], where);
}

/** A sheet as PDF, as this person gets it. */
export async function printed(page, address) {
  const answer = await page.request.get(address);
  assert.equal(answer.status(), 200, address);
  assert.equal(answer.headers()['content-type'], 'application/pdf', address);
  assert.ok((await answer.body()).subarray(0, 5).equals(Buffer.from('%PDF-')), address);
}

/** Opens a dossier at the desk: false for who may not see it, or would have to say why. */
async function openDossier(officer, dossier) {
  const before = officer.problems.length;
  const answer = await officer.goto(`/desk/dossiers/${dossier}`);
  if (answer.status() === 404) {
    officer.problems.length = before; // the browser reports a dossier of another field
    return false;
  }
  return (await officer.locator('form[action$="/look"]').count()) === 0;
}

/** Says why, where a dossier is not the officer's work. */
export async function sayWhy(officer, reason) {
  await accessible(officer, 'the page that asks why');
  await officer.getByLabel(reason).check({ force: true });
  await send(officer, officer.getByRole('button', { name: 'Lưu lý do và xem' }));
}

/** The offices do what is to be done, one after the other, until the result is there. */
export async function workThrough(officers, dossier) {
  const everybody = Object.values(officers);
  let turn = 0;
  for (let step = 0; step < TURNS_MAX; step += 1) {
    let acted = false;
    // Whoever acted last looks first: often the next step is theirs too.
    for (let asked = 0; asked < everybody.length && !acted; asked += 1) {
      const officer = everybody[turn];
      acted = await openDossier(officer, dossier);
      if (acted) {
        const status = await officer.locator('main h1').innerText();
        if (/Đã có kết quả|Chờ trả/i.test(status)) return;
        acted = await oneAct(officer);
      }
      if (!acted) turn = (turn + 1) % everybody.length;
    }
    assert.ok(acted, `nobody can go on with ${dossier}`);
  }
  assert.fail(`${dossier} never came to an end`);
}

/** The first act that carries the dossier forward, if this officer may do one. */
async function oneAct(officer) {
  for (const slug of FORWARD) {
    if (!(await officer.locator(`form[action$="/${slug}"]`).count())) continue;
    const form = await openAct(officer, slug);
    // Only an assignment must name somebody; after the others whoever has the right goes on.
    const named = slug === 'assignment' ? await form.locator('select').all() : [];
    for (const select of named) {
      const options = await select.locator('option').evaluateAll((all) =>
        all.map((option) => option.value).filter(Boolean));
      if (options.length && !(await select.inputValue())) await select.selectOption(options[0]);
    }
    await send(officer, form.locator('button').first());
    return true;
  }
  return false;
}

/** The counter takes the money that is due, if any, and prints the receipt. */
export async function collectFee(officer, dossier) {
  await officer.goto(`/counter/fees/${dossier}`);
  await accessible(officer, 'the fees');
  const fee = officer.locator('main form.ask');
  if (!(await fee.count())) return false;
  const cash = fee.locator('input[type=radio][value=cash]');
  if (await cash.count()) await cash.check({ force: true });
  await send(officer, fee.locator('button.button').first());
  await printed(officer, `/dossiers/${dossier}/letters/fee-receipt.pdf`);
  return true;
}

/** The counter gives the result into the applicant's hand. */
export async function handOver(officer, dossier) {
  await officer.goto(`/counter/return/${dossier}`);
  await accessible(officer, 'the return of a result');
  const form = officer.locator('main form.ask').first();
  for (const name of ['way', 'receiver', 'identity']) {
    const choice = form.locator(`input[type=radio][name=${name}]`).first();
    if (await choice.count()) await choice.check({ force: true });
  }
  await send(officer, form.locator('button.button').first());
}
