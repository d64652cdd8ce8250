// Those who lead: the figures of today follow what people do within seconds, the report of the month
// balances and can be taken along as a table, on a telephone too. Those who only work at it see none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachDatabase } from '../town.mjs';
import { accessible, apply } from '../walking.mjs';

// Two seconds for the figures, and the patience of a busy machine.
const FOLLOWS_WITHIN = 6_000;

onEachDatabase((town) => {
  const figure = async (page, name) => {
    await page.goto('/console');
    const value = page.locator('.figure', { hasText: name }).locator('b');
    return Number((await value.innerText()).replace(/\D/g, ''));
  };

  test('what is handed in is counted on the page of the chair', async () => {
    const chair = await town.officer('chair');
    const before = await figure(chair, 'Nhận hôm nay');
    await apply(await town.citizen(), '1.004873');
    const until = Date.now() + FOLLOWS_WITHIN;
    while (await figure(chair, 'Nhận hôm nay') <= before) {
      assert.ok(Date.now() < until, 'the figures do not follow');
      await chair.waitForTimeout(100);
    }
    await accessible(chair, 'console');
    await chair.getByText('Các con số của hình').click();
    assert.equal(await chair.locator('#chart-text tbody tr').count(), 8);
  });

  test('the report of the month balances, and comes as a table', async () => {
    const chair = await town.officer('chair');
    await chair.goto('/console/report');
    await accessible(chair, 'console');
    const cells = await chair.locator('table.report tfoot td').allInnerTexts();
    const n = cells.map((cell) => Number(cell.replace(/\./g, '')));
    assert.equal(n.length, 22);
    const [inHand, carried, online, counter, post] = n;
    assert.equal(inHand, carried + online + counter + post);
    const [done, open, refused, waits, late, stopped, withdrawn] = [6, 11, 14, 15, 16, 17, 18];
    const became = [done, open, refused, waits, late, stopped, withdrawn].map((place) => n[place]);
    assert.equal(inHand, became.reduce((sum, part) => sum + part, 0));
    const href = await chair.getByRole('link', { name: 'Bảng tính (CSV)' }).getAttribute('href');
    const table = await chair.request.get(href);
    assert.match(table.headers()['content-type'], /text\/csv/);
    assert.ok((await table.text()).trimEnd().split('\r\n').at(-1).startsWith('Tổng cộng'));
  });

  test('an officer who does not lead has no such menu and no such page', async () => {
    const officer = await town.officer('counter');
    await officer.goto('/desk');
    assert.equal(await officer.locator('nav a[href^="/console"]').count(), 0);
    assert.equal((await officer.request.get('/console')).status(), 403);
    const book = await officer.request.get('/desk/book.csv');
    assert.match(await book.text(), /^\uFEFFSTT,Mã hồ sơ,/);
  });
});
