// Who sees a dossier: its applicant and the officers of its own offices. Everybody else gets nothing,
// not even the difference between "not yours" and "not there". A code alone shows the status only.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ELSEWHERE, NEIGHBOUR } from '../house.mjs';
import { onEachDatabase } from '../town.mjs';
import { accessible, apply, receive, send } from '../walking.mjs';

const APPLICANT = 'Nguyễn Thị Hoa';
// What the lookup must not say: the applicant's name, number, telephone, and any officer.
const PRIVATE = /Nguyễn Thị Hoa|066162001017|0905|Lê Thị Hoa|\.pdf/;

onEachDatabase((town) => {
  let dossier;
  let papers;
  let none;

  before(async () => {
    const citizen = await town.citizen();
    dossier = await apply(citizen, '1.013225');
    none = dossier.replace(/\d{4,}$/, '9999');
    await receive(await town.officer('counter'), dossier);
    await citizen.goto(`/dossiers/${dossier}`);
    const links = citizen.locator(`a[href^="/dossiers/${dossier}/papers/"]`);
    papers = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    assert.ok(papers.length, 'the dossier has a paper with a file');
  });

  /** All that belongs to a dossier. */
  const rooms = (code) => [
    `/dossiers/${code}`, `/dossiers/${code}/supplement`, `/dossiers/${code}/withdrawal`,
    `/dossiers/${code}/result`, `/dossiers/${code}/letters/01.pdf`,
    `/dossiers/${code}/letters/06.pdf`, ...papers.map((path) => path.replace(dossier, code)),
  ];
  const desks = (code) => [
    `/desk/dossiers/${code}`, `/counter/reception/${code}`, `/counter/received/${code}`,
    `/counter/fees/${code}`, `/counter/fees/${code}/fee-receipt.pdf`, `/counter/return/${code}`,
  ];

  test('the applicant opens it, with its papers', async () => {
    const citizen = await town.citizen();
    for (const path of [`/dossiers/${dossier}`, `/dossiers/${dossier}/letters/01.pdf`, ...papers]) {
      assert.equal((await citizen.request.get(path)).status(), 200, path);
    }
  });

  test('an officer of the other commune gets no list entry, search hit, page, PDF or file', async () => {
    const officer = await town.officer(ELSEWHERE.counter);
    const lists = ['/desk', '/desk?queue=late', '/counter', '/counter/fees', '/counter/return',
      '/desk/book', '/desk/book?agency=H15.101', `/desk/search?q=${dossier}`,
      `/desk/search?q=${encodeURIComponent(APPLICANT)}`, `/counter/search?q=${dossier}`,
      `/counter/return?q=${dossier}`, `/counter/fees?q=${dossier}`];
    for (const list of lists) {
      await officer.goto(list);
      const shown = (await officer.content()).replaceAll(`value="${dossier}"`, '');
      assert.ok(!shown.includes(`/${dossier}`), `${list} leads to the dossier`);
      assert.ok(!(await officer.locator('main table, main .tasks').allInnerTexts()).join()
        .includes(dossier), `${list} names the dossier`);
    }
    await closed(officer, [...rooms(dossier), ...desks(dossier)], [...rooms(none), ...desks(none)]);
    officer.problems.length = 0; // the browser reports a book that is not theirs
  });

  test('nobody of the other commune can act on it', async () => {
    const officer = await town.officer(ELSEWHERE.counter);
    await officer.goto('/desk');
    const csrf = await officer.locator('input[name=csrf]').first().getAttribute('value');
    for (const act of ['refusal', 'claim', 'withdrawal', 'supplement-request']) {
      const form = { csrf, command_id: `abc${act}`, text: 'x', reason: 'other', basis: 'x' };
      const path = `/desk/dossiers/${dossier}/${act}`;
      const answer = await officer.request.post(path, { form, maxRedirects: 0 });
      assert.ok([403, 404, 422].includes(answer.status()), `${path}: ${answer.status()}`);
    }
    const own = await town.officer('counter');
    await own.goto(`/desk/dossiers/${dossier}`);
    assert.doesNotMatch(await own.locator('main h1').innerText(), /rút|từ chối/i);
  });

  test('a citizen opens no dossier and no draft of another citizen', async () => {
    const neighbour = await town.citizen(NEIGHBOUR);
    await neighbour.goto('/dossiers');
    assert.ok(!(await neighbour.content()).includes(dossier));
    await closed(neighbour, [...rooms(dossier), ...desks(dossier)], [...rooms(none), ...desks(none)]);
    const citizen = await town.citizen();
    await citizen.goto('/apply/start?code=2.000815&case=default&level=commune');
    await citizen.getByLabel(/phường Buôn Ma Thuột/).check({ force: true });
    await citizen.locator('input[name=whom][value=self]').check({ force: true });
    await citizen.getByRole('button', { name: 'Bắt đầu' }).click();
    await citizen.waitForURL(/\/apply\/[0-9a-f-]{36}/);
    const draft = new URL(citizen.url()).pathname.split('/').slice(0, 3).join('/');
    const unknown = '/apply/00000000-0000-4000-8000-000000000000';
    const parts = ['', '/papers', '/check', '/person'];
    await closed(neighbour, parts.map((part) => draft + part), parts.map((part) => unknown + part));
  });

  test('a code alone shows the status, no names, no papers', async () => {
    const stranger = await town.stranger();
    await stranger.goto('/lookup');
    await stranger.getByLabel('Mã hồ sơ').fill(dossier);
    await send(stranger, stranger.getByRole('button', { name: 'Tra cứu' }));
    const text = await stranger.locator('main').innerText();
    assert.match(text, new RegExp(dossier));
    assert.match(text, /Hẹn trả kết quả/);
    assert.doesNotMatch(text, PRIVATE);
    await accessible(stranger, 'the lookup');
    for (const path of [...rooms(dossier), ...desks(dossier)]) {
      const answer = await stranger.request.get(path, { maxRedirects: 0 });
      const door = answer.headers().location ?? '';
      assert.ok(answer.status() === 303 && door.startsWith('/sign-in'), `${path}: ${answer.status()}`);
    }
  });
});

/** These are closed, and one cannot tell them from what does not exist. */
async function closed(page, theirs, nobodys) {
  for (const [at, path] of theirs.entries()) {
    const answer = await page.request.get(path);
    const other = await page.request.get(nobodys[at]);
    assert.ok([403, 404].includes(answer.status()), `${path}: ${answer.status()}`);
    assert.equal(answer.status(), other.status(), `${path} tells that it exists`);
  }
}
